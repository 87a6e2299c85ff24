/** Reports of the command line, for services: the built package in a process of its own. `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDocument } from '../../reports/result.ts';
import type { RunDocument } from '../../reports/result.ts';
import { InputError } from '../input-error.ts';
import { layOut } from './own-scenarios.test-support.ts';
import { report } from './report.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
let folder = '';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function stormglass(...words: string[]): Ran {
  return spawned(process.execPath, [program, ...words]);
}

function spawned(command: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  const ran = spawnSync(command, words, { cwd: folder, encoding: 'utf8', env: { ...process.env, ...env } });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const violating = ['run', '--scenario', 'own/violates.ts', '--workers', '1'];
const holding = ['run', '--scenario', 'own/holds.mjs', '--workers', '1'];
const shards = ['1/3', '2/3', '3/3'];

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = layOut();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
  for (const [i, shard] of shards.entries()) {
    stormglass(...violating, '--seeds', '7', '--shard', shard, '--out', `shards/${i + 1}`);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What of a document does not depend on the machine, nor on where repros were put. */
function outcome(text: string): object {
  const document: RunDocument = runDocument.parse(JSON.parse(text));
  return {
    ...document,
    ...{ workers: 0, wallMs: 0 },
    scenarios: document.scenarios.map((scenario) => ({
      ...scenario,
      ...{ elapsedMs: 0, slowest: [] },
      violations: scenario.violations.map((violation) => ({ ...violation, repro: null })),
      told: scenario.told.map((told) => ({ ...told, repro: null })),
    })),
  };
}

/** How `report` refuses a path, in this very process. */
async function refusal(path: string): Promise<string> {
  const rest = { out: undefined, json: false, color: false, debug: false };
  try {
    await report({ from: [path], reporter: 'junit', ...rest });
  } catch (error) {
    if (error instanceof InputError) return `${error.problem.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

describe('report', () => {
  test('comes to the same document as one run, from folders, and from the folder around them besides', () => {
    const one = outcome(stormglass(...violating, '--seeds', '7', '--json', '--out', 'one').out);
    const folders = shards.map((_, i) => `shards/${i + 1}`);
    for (const from of [folders, ['shards', ...folders]]) {
      const { code, out } = stormglass('report', ...from, '--json');
      expect(outcome(out)).toEqual(one);
      expect(code).toBe(1);
    }
  });

  test('writes what run writes, and the sum, which it reads in turn', () => {
    const { code, out } = stormglass(
      'report',
      'shards',
      '--reporter',
      'terminal,junit,markdown',
      '--out',
      'sum',
    );
    expect(code).toBe(1);
    expect(out).toContain('✗ seen — own/violates, seed 1');
    expect(out).toContain('Violated: 1 kind of violation in 7 of 7 runs');
    expect(out).toMatch(/\nWritten: sum\/merged\.json, sum\/junit\.xml, sum\/summary\.md\n$/);
    expect(readdirSync(join(folder, 'sum')).sort()).toEqual(['junit.xml', 'merged.json', 'summary.md']);
    expect(stormglass('report', 'sum/merged.json').out).toContain('in 7 of 7 runs');
  });

  test.each<[string, (at: string) => void, RegExp]>([
    [
      'a missing shard',
      (at) => rmSync(join(at, '2'), { recursive: true }),
      /^SHARD_MISSING: shard 2\/3 is missing; found .*\/1\/result-1of3\.json, .*\/3\/result-3of3\.json\./,
    ],
    [
      'a half-written result',
      (at) =>
        writeFileSync(
          join(at, '2/result-2of3.json'),
          readFileSync(join(at, '2/result-2of3.json')).subarray(0, 900),
        ),
      /^BAD_RESULT: .*\/2\/result-2of3\.json is not whole JSON: it was cut/,
    ],
    [
      'a result of a newer version',
      (at) => writeFileSync(join(at, '2/result-2of3.json'), '{"schema": 99}'),
      /^BAD_RESULT: .*\/2\/result-2of3\.json is of schema 99, written by a newer stormglass/,
    ],
    [
      'a shard given twice',
      (at) => writeFileSync(join(at, '2/result-3of3.json'), readFileSync(join(at, '3/result-3of3.json'))),
      /^SHARD_OVERLAP: .*\/2\/result-3of3\.json and .*\/3\/result-3of3\.json are both shard 3\/3\./,
    ],
    [
      'another commit',
      (at) => {
        const path = join(at, '2/result-2of3.json');
        writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), commit: 'fffffff' }));
      },
      /^SHARD_OTHER_COMMIT: .* at commit fffffff /,
    ],
  ])('refuses %s by the name of its file', async (name, spoil, said) => {
    const at = join(folder, `spoilt ${name}`);
    cpSync(join(folder, 'shards'), at, { recursive: true });
    spoil(at);
    expect(await refusal(at)).toMatch(said);
  });

  test('refuses what is no result: nothing there, a folder without one, another file', async () => {
    mkdirSync(join(folder, 'empty'));
    expect(await refusal(join(folder, 'nowhere'))).toMatch(/^RESULT_NOT_FOUND: there is no file or folder /);
    expect(await refusal(join(folder, 'empty'))).toMatch(/^RESULT_NOT_FOUND: .* holds no result of a run/);
    expect(await refusal(join(folder, 'package.json'))).toMatch(/^BAD_RESULT: .* is no result document/);
  });

  test('names a folder that may not be read', () => {
    mkdirSync(join(folder, 'shut/inside'), { recursive: true });
    // Whoever is root may read all: the folder is refused in Node.
    const refuse = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
      const real = fs.readdirSync;
      fs.readdirSync = (path, ...rest) => {
        if (String(path).endsWith('inside')) throw new Error("EACCES: permission denied, scandir '" + path + "'");
        return real(path, ...rest);
      };
      syncBuiltinESMExports();`;
    const preload = `data:text/javascript,${encodeURIComponent(refuse)}`;
    const { code, out, err } = spawned(process.execPath, ['--import', preload, program, 'report', 'shut']);
    expect(err).toBe(
      "error RESULT_NOT_FOUND  cannot read shut/inside (EACCES: permission denied, scandir 'shut/inside').\n  try: check who may read it\n",
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('says so on standard error, with exit code 2 and nothing written', () => {
    const { code, err, out } = stormglass('report', 'shards/1', '--reporter', 'junit', '--out', 'refused');
    expect(err).toMatch(
      /^error SHARD_MISSING {2}shards 2\/3, 3\/3 are missing; found shards\/1\/result-1of3\.json\./,
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(existsSync(join(folder, 'refused'))).toBe(false);
  });
});

describe('run --reporter', () => {
  test('serves several readers at once, annotations at the line of the definition, from the root of the repository', () => {
    const words = [...violating, '--seeds', '2', '--reporter', 'github,junit,markdown', '--out', 'all'];
    const { code, out } = spawned(process.execPath, [program, ...words], {
      GITHUB_WORKSPACE: join(folder, '..'),
    });
    const [line, ...more] = out.trimEnd().split('\n');
    const place = `${folder.split('/').at(-1)}/own/violates.ts`;
    expect(line).toBe(
      `::error file=${place},line=5,title=seen violated in own/violates, seed 1::saw 9%0ASeen in 2 of 2 seeds.%0AReplay: npx stormglass replay all/own-violates-1.json`.replace(
        ', seed',
        '%2C seed',
      ),
    );
    expect({ code, more }).toEqual({ code: 1, more: [] });
    expect(read('all/junit.xml')).toContain('<testsuite name="own/violates" tests=');
    expect(read('all/summary.md')).toMatch(/^## ✗ Violated\n/);
    expect(runDocument.parse(JSON.parse(read('all/result.json'))).verdict).toBe('violated');
  });

  test('without a reporter and without --out writes no report', () => {
    stormglass(...holding, '--seeds', '1');
    expect(existsSync(join(folder, 'stormglass-out'))).toBe(false);
  });

  test('refuses one that is none before anything runs', () => {
    const { code, err } = stormglass(...holding, '--reporter', 'terminal,junitt');
    expect(err).toMatch(/^error BAD_REPORTER {2}.*got "junitt"\.\n {2}try: … --reporter junit\n/);
    expect(code).toBe(2);
  });
});

describe('a disk that is full while a report is written', () => {
  // A limit on the size of files ends a write in its middle, as a full disk does, and leaves the repro files, which are smaller, alone.
  const full = (limitKiB: number, ...words: string[]): Ran =>
    spawned('bash', ['-c', `ulimit -f ${limitKiB}; exec "$@"`, 'bash', process.execPath, program, ...words]);

  test('takes the new report; the old one stands, and nothing is left beside it', () => {
    for (const name of ['junit.xml', 'summary.md', 'merged.json']) {
      mkdirSync(join(folder, 'kept'), { recursive: true });
      writeFileSync(join(folder, 'kept', name), 'old');
    }
    const { code, err } = full(1, 'report', 'shards', '--reporter', 'junit,markdown', '--out', 'kept');
    expect(err).toMatch(
      /^error OUT_NOT_WRITABLE {2}merged\.json was not written: cannot write into kept \(EFBIG\)\./,
    );
    expect(code).toBe(1);
    expect(readdirSync(join(folder, 'kept')).sort()).toEqual(['junit.xml', 'merged.json', 'summary.md']);
    expect(['junit.xml', 'merged.json', 'summary.md'].map((name) => read(`kept/${name}`))).toEqual([
      'old',
      'old',
      'old',
    ]);
  });

  test('is an error of its own where all held: exit code 2, never 0', () => {
    const words = [...holding, '--seeds', '2', '--reporter', 'terminal,junit', '--out', 'held'];
    expect(stormglass(...words).code).toBe(0);
    const before = read('held/result.json');
    const { code, out, err } = full(1, ...words);
    expect(out).toContain('All held: 2 runs');
    expect(err).toContain('error OUT_NOT_WRITABLE  result.json was not written');
    expect(code).toBe(2);
    expect(read('held/result.json')).toBe(before);
  });

  test('a folder that cannot be written is told before anything runs', () => {
    const { code, err, out } = stormglass(...holding, '--reporter', 'junit', '--out', 'bad/file');
    expect(err).toMatch(/^error OUT_NOT_WRITABLE/);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});
