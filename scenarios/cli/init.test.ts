/** `stormglass init` as a newcomer meets it: the built package in an empty project. `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
let folder = '';

beforeEach(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'stormglass-init-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'), 'dir');
  // As `npm init -y` makes it, which is not an ES module.
  writeFileSync(join(folder, 'package.json'), '{ "name": "mine", "version": "1.0.0" }\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function ran(words: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { code: status, out: stdout, err: stderr };
}
const stormglass = (...words: string[]): ReturnType<typeof ran> => ran([program, ...words]);
const vitest = (): ReturnType<typeof ran> => ran([join(root, 'node_modules/vitest/vitest.mjs'), 'run']);

/** All files but those of node_modules. */
function files(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('node_modules') && path !== 'stormglass')
    .sort();
}

describe('init in an empty project', () => {
  test('writes what is green at once, under Vitest and as a campaign', () => {
    const { code, out } = stormglass('init');
    expect(code).toBe(0);
    expect(out).toContain('npm install --save-dev vitest');
    expect(files()).toEqual([
      'package.json',
      'stormglass.config.mjs',
      'stormglass/no-ticket-twice.ts',
      'stormglass/tickets.scenario.ts',
      'stormglass/tickets.test.ts',
      'stormglass/tickets.ts',
    ]);
    expect(vitest()).toMatchObject({ code: 0 });
    expect(stormglass('run', '--seeds', '50').out).toContain('All held: 50 runs');
  });

  test('type-checks under the strictest flags', () => {
    stormglass('init');
    const names = files()
      .filter((path) => path.endsWith('.ts'))
      .map((path) => join(folder, path));
    const found = ts.getPreEmitDiagnostics(
      ts.createProgram(names, {
        strict: true,
        noUncheckedIndexedAccess: true,
        exactOptionalPropertyTypes: true,
        noUnusedLocals: true,
        noUnusedParameters: true,
        noImplicitReturns: true,
        skipLibCheck: true,
        noEmit: true,
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.Preserve,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        types: [],
      }),
    );
    expect(found.map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'))).toEqual([]);
  });

  test('names a mistake that the test finds once it is made', () => {
    stormglass('init');
    const path = join(folder, 'stormglass/tickets.ts');
    const text = readFileSync(path, 'utf8');
    const early = text.replace(
      /( +)disk\.fsync\(file, ticket\);/,
      '$1transport.send(from, { ask: message, ticket });\n$1disk.fsync(file, ticket);',
    );
    expect(early).not.toBe(text);
    writeFileSync(path, early);
    const { code, out, err } = vitest();
    expect(code).toBe(1);
    expect(out + err).toMatch(/Property failed after \d+ seeds?: no-ticket-twice in tickets/);
    expect(out + err).toMatch(/was given ticket \d+, and so was another before/);
  });
});

describe('init overwrites nothing', () => {
  const refusal = (...words: string[]): string => {
    const before = files().map((path) => [path, readFileSync(join(folder, path), 'utf8')]);
    const { code, err } = stormglass('init', ...words);
    expect(code).toBe(2);
    expect(err.trimEnd().split('\n')).toHaveLength(2);
    expect(files().map((path) => [path, readFileSync(join(folder, path), 'utf8')])).toEqual(before);
    return err;
  };

  test('where one of the files is there already', () => {
    mkdirSync(join(folder, 'stormglass'));
    writeFileSync(join(folder, 'stormglass/tickets.ts'), 'mine');
    expect(refusal()).toContain('FILES_EXIST  stormglass/tickets.ts is there already; nothing was written.');
    expect(stormglass('init', '--dir', 'test/storm').code).toBe(0);
  });

  test('and leaves a configuration as it is', () => {
    writeFileSync(join(folder, 'stormglass.config.js'), 'module.exports = {}');
    const { code, out } = stormglass('init');
    expect(code).toBe(0);
    expect(out).toContain("add 'stormglass/*.scenario.ts' to its scenarios");
    expect(files()).not.toContain('stormglass.config.mjs');
  });

  test('outside a project, or of the current folder', () => {
    expect(refusal('--dir', '../elsewhere')).toContain('BAD_FOLDER');
    expect(refusal('--dir', '/tmp')).toContain('BAD_FOLDER');
    writeFileSync(join(folder, 'package.json'), '{');
    expect(refusal()).toContain('BAD_PACKAGE');
    rmSync(join(folder, 'package.json'));
    expect(refusal()).toContain('NO_PACKAGE');
  });
});
