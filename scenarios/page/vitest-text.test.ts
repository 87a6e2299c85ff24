/** The very text that a page gives to paste, laid out as a file of a project, type-checked, and run by Vitest. `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layOut } from '../cli/own-scenarios.test-support.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { vitestText } from './vitest-text.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';

/** Names that would end a string, or an import, if they were put there as they are. */
const hostileName = 'it\'s "odd" \\ `${1}` \u2028\n*/ </script>';
const refs: { readonly [file: string]: ScenarioRef } = {
  'package.test.ts': { from: 'catalogue', name: 'steady-state', file: '', exportName: 'default' },
  'own.test.ts': { from: 'file', name: 'own/violates', file: 'own/violates.ts', exportName: 'default' },
  'odd.test.ts': { from: 'file', name: hostileName, file: "own/it's odd.mjs", exportName: 'a "b" \' c' },
};

beforeAll(() => {
  if (!existsSync(join(root, 'dist/scenarios/index.js'))) throw new Error('build first: npm run build');
  folder = layOut();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'), 'dir');
  const holds = readFileSync(join(folder, 'own/holds.mjs'), 'utf8');
  // `scenario()` refuses such a name; a scenario is a plain object, and may have any.
  const odd = `${holds.replace('export default', 'const plain =')}
const odd = { ...plain, name: ${JSON.stringify(hostileName)} };
export { odd as "a \\"b\\" ' c" };
`;
  writeFileSync(join(folder, "own/it's odd.mjs"), odd);
  const before = process.cwd();
  // The text is written for the folder of the command.
  process.chdir(folder);
  try {
    for (const [name, ref] of Object.entries(refs)) {
      const file = ref.from === 'file' ? join(process.cwd(), ref.file) : ref.file;
      writeFileSync(name, vitestText({ ...ref, file }, 1, true));
    }
  } finally {
    process.chdir(before);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the text of a Vitest test', () => {
  test('runs as it stands: what holds passes, what violated is violated again with its seed', () => {
    const report = join(folder, 'report.json');
    const words = ['run', '--root', folder, '--reporter=json', `--outputFile=${report}`];
    const ran = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...words], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
      testResults: {
        name: string;
        assertionResults: { status: string; title: string; failureMessages: string[] }[];
      }[];
    };
    const told = new Map(
      testResults.map(({ name, assertionResults: [only] }) => [
        relative(folder, name).replace(/.*\//, ''),
        only,
      ]),
    );
    expect(told.get('package.test.ts')).toMatchObject({
      status: 'passed',
      title: 'steady-state holds with seed 1',
    });
    expect(told.get('odd.test.ts')).toMatchObject({
      status: 'passed',
      title: `${hostileName} holds with seed 1`,
    });
    const violating = told.get('own.test.ts');
    expect(violating?.status).toBe('failed');
    expect(violating?.failureMessages.join()).toContain('Property failed after 1 seed: seen in own/violates');
    expect(ran.status).toBe(1);
  });

  test('type-checks under strict flags', () => {
    const checked = ts.createProgram([join(folder, 'package.test.ts')], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: [],
    });
    const problems = ts
      .getPreEmitDiagnostics(checked)
      .map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, '\n'));
    expect(problems).toEqual([]);
  });

  test('says so where its seed no longer draws the plan of the run', () => {
    expect(vitestText(refs['package.test.ts']!, 3, false)).toContain(
      '// The run was replayed from a repro whose plan this seed no longer draws.\n',
    );
  });
});
