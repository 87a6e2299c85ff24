/**
 * README.md as a reader uses it: the very text of its code blocks, laid out as files of a project that depends on the built package, is
 * type-checked, run by the command line, and run by Vitest. `npm test` builds first.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
let folder = '';

/** Code blocks by the file name in their first line: `// kv.ts`. */
const files = new Map(
  [...readme.matchAll(/^```(?:ts|js)\n\/\/ (\S+)[^\n]*\n([\s\S]*?)^```$/gm)].map(([, name, text]) => [
    name as string,
    text as string,
  ]),
);

/** The terminal text that the README shows for a command. */
function captureOf(command: string): string {
  const start = readme.indexOf(`<!-- capture: ${command} -->`);
  if (start < 0) throw new Error(`README.md shows no capture of: ${command}`);
  const from = readme.indexOf('```text\n', start) + '```text\n'.length;
  return readme.slice(from, readme.indexOf('```', from));
}

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'stormglass-readme-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'), 'dir');
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  // The configuration names a folder that this project does not have.
  for (const [name, text] of files) if (!name.endsWith('.js')) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function node(...words: string[]): { code: number | null; out: string } {
  const ran = spawnSync(process.execPath, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: ran.status, out: ran.stdout + ran.stderr };
}

describe('README.md', () => {
  test('its code type-checks under strict flags', () => {
    const sources = [...files.keys()].filter((name) => name.endsWith('.ts'));
    expect(sources).toEqual([
      'bully.ts',
      'kv.ts',
      'kv.test.ts',
      'early-acks.ts',
      'tickets.ts',
      'seats.test.ts',
    ]);
    const checked = ts.createProgram(
      sources.map((name) => join(folder, name)),
      {
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        types: [],
      },
    );
    const problems = ts
      .getPreEmitDiagnostics(checked)
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
    expect(problems).toEqual([]);
  });

  test("one's own system: its property finds the flaw, in the words that the README shows", () => {
    const command = ['run', '--scenario', 'bully.ts', '--seeds', '20'];
    const { code, out } = node(program, ...command);
    const shown = captureOf(`npx stormglass ${command.join(' ')}`);
    const told = (text: string): string =>
      text.slice(text.indexOf('✗ one-leader'), text.indexOf('  in force'));
    expect(told(shown)).toContain('and so does n');
    expect(told(out)).toBe(told(shown));
    expect(code).toBe(1);
  });

  test('the built-in Raft holds in the scenario shown, and its reach is reached', () => {
    const { code, out } = node(program, 'run', '--scenario', 'kv.ts', '--seeds', '50');
    expect(out).toContain('All held: 50 runs');
    expect(code).toBe(0);
  });

  test('the Vitest snippet passes under Vitest', () => {
    const { code, out } = node(vitest, 'run', '--root', folder, 'kv.test.ts');
    expect(out).toMatch(/Tests\s+1 passed/);
    expect(code).toBe(0);
  });

  test('the model of ten lines refuses the recorded history, in the words that the README shows', () => {
    const { code, out } = node(vitest, 'run', '--root', folder, 'seats.test.ts');
    // Real time is another each time.
    const told = (text: string): string =>
      text
        .slice(text.indexOf('LinearizabilityError: '), text.indexOf('in `result`.'))
        .replaceAll(/\d+\.\d{3}/g, 'T');
    const shown = told(captureOf('npx vitest run seats.test.ts'));
    expect(shown).toContain('Property failed after 2 operations: linearizable-seats');
    expect(told(out)).toBe(shown);
    expect(code).toBe(1);
  });

  test('the mistake shown is caught by the property shown, and its repro replays', () => {
    const { code, out } = node(program, 'run', '--scenario', 'early-acks.ts', '--seeds', '60', '--fail-fast');
    expect(captureOf('npx stormglass run --scenario early-acks.ts --seeds 60 --fail-fast')).toContain(
      '✗ committed-durable — early-acks, seed 1,',
    );
    expect(out).toContain('✗ committed-durable — early-acks, seed 1,');
    expect(code).toBe(1);
    const again = node(program, 'replay', 'stormglass-out/early-acks-1.json');
    expect(again.out).toMatch(/^Same run: /);
    expect(again.code).toBe(1);
  });

  test("somebody else's history, judged by the model shown, is refused in the words shown", () => {
    const [, history] = /<!-- file: tickets\.jsonl -->\n\n```text\n([\s\S]*?)```/.exec(readme)!;
    writeFileSync(join(folder, 'tickets.jsonl'), history as string);
    const command = ['check', 'tickets.jsonl', '--model', 'tickets.ts'];
    const { code, out } = node(program, ...command);
    const [, ...shown] = captureOf(`npx stormglass ${command.join(' ')}`).split('\n');
    const timeless = (text: string): string => text.replace(/ {2}cost .*/, '');
    expect(timeless(out)).toBe(timeless(shown.join('\n')));
    expect(code).toBe(1);
  });

  test('the configuration shown is understood', () => {
    mkdirSync(join(folder, 'scenarios'));
    writeFileSync(join(folder, 'scenarios/bully.ts'), files.get('bully.ts') as string);
    writeFileSync(join(folder, 'stormglass.config.js'), files.get('stormglass.config.js') as string);
    expect(node(program, 'list').out.trimStart()).toMatch(/^bully/);
  });
});
