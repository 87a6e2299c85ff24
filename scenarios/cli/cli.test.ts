/** The command line as people meet it: the built package in a process of its own. `npm test` builds first. */
import { spawn, spawnSync } from 'node:child_process';
import {
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
import { freePorts } from '../kill/processes.ts';
import { layOut } from './own-scenarios.test-support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
let folder = '';

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = layOut();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stormglass(...words: string[]): { code: number | null; out: string; err: string } {
  const ran = spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

describe('list', () => {
  test('names the scenarios, for people and as one document', () => {
    expect(stormglass('list').out).toContain('leader-crash');
    const document = JSON.parse(stormglass('list', '--json').out) as { scenarios: { name: string }[] };
    expect(document.scenarios.map((s) => s.name)).toContain('standard-chaos');
  });
});

describe('a look inside a run', () => {
  const seed = (n: string): readonly string[] => ['replay', 'leader-crash', '--seed', n];

  test('stops after an event, shows the last ones of some hosts, and the state of one', () => {
    const { code, out } = stormglass(...seed('7'), '--until', '3905', '--focus', 'n2', '--dump', 'n2');
    expect(out).toMatch(/^ +3,\d{3} .* n2 /m);
    expect(out).not.toMatch(/ n[013] {2}(deliver|fsynced) /);
    expect(out).toMatch(/^n2 {2}up, boot \d+$/m);
    expect(out).toMatch(/role follower, term \d+/);
    expect(out).toContain('Stopped after event 3,905');
    expect(code).toBe(0);
  });

  test('is written as files, of which diff finds the first event that differs', () => {
    for (const n of ['7', '8']) stormglass(...seed(n), '--until', '500', '--out', 'traces');
    const [a, b] = ['traces/leader-crash-7.trace.jsonl', 'traces/leader-crash-8.trace.jsonl'];
    expect(stormglass('diff', a, a)).toMatchObject({ code: 0, out: 'Same: 500 events.\n' });
    const parted = stormglass('diff', a, b);
    expect(parted.out).toMatch(/^They part at event \d+, after \d+ events that are the same\./);
    expect(parted.out).toMatch(/^A {3}\d+ .*\nB {3}\d+ /m);
    expect(parted.code).toBe(1);
    writeFileSync(join(folder, 'traces/cut.jsonl'), readFileSync(join(folder, a), 'utf8').slice(0, 900));
    expect(stormglass('diff', a, 'traces/cut.jsonl').err).toContain('error BAD_TRACE');
  });
});

describe('run', () => {
  test('a scenario of the user that holds: exit code 0, nothing left behind', () => {
    const { code, out } = stormglass('run', '--scenario', 'own/holds.mjs', '--seeds', '3');
    expect(out).toContain('✓ own/holds');
    expect(out).toContain('All held: 3 runs');
    expect(code).toBe(0);
    expect(existsSync(join(folder, 'stormglass-out'))).toBe(false);
  });

  test('prints one document with --json, the same for 1 and 2 workers, and nothing else', () => {
    const run = (workers: string) => {
      const words = ['run', '--scenario', 'own/holds.mjs', '--seeds', '6', '--workers', workers, '--json'];
      return runDocument.parse(JSON.parse(stormglass(...words).out));
    };
    const [one, two] = [run('1'), run('2')];
    expect(one.hash).toMatch(/^(?!0{12})[0-9a-f]{12}$/);
    expect(two.hash).toBe(one.hash);
  });

  test('takes several names, and of an option given twice the last', () => {
    const { out } = stormglass('run', 'steady-state', 'bridge', '--seeds', '7', '--seeds', '1', '--json');
    const { scenarios } = JSON.parse(out) as { scenarios: { name: string; seeds: number }[] };
    expect(scenarios.map(({ name, seeds }) => [name, seeds])).toEqual([
      ['steady-state', 1],
      ['bridge', 1],
    ]);
  });

  test('a violation in TypeScript leaves a repro, which replays to the same run in a fresh process', () => {
    const { code, out } = stormglass(
      'run',
      '--scenario',
      'own/violates.ts',
      '--seeds',
      '2',
      '--out',
      'found',
    );
    expect(code).toBe(1);
    expect(out).toContain('✗ seen — own/violates, seed 1');
    expect(out).toContain('npx stormglass replay found/own-violates-1.json');
    expect(readdirSync(join(folder, 'found'))).toEqual([
      'own-violates-1.json',
      'own-violates-2.json',
      'result.json',
    ]);
    const again = stormglass('replay', 'found/own-violates-1.json');
    expect(again.out).toMatch(
      /^Same run: [\d,]+ events?, hash [0-9a-f]{12} as recorded. seen violated again/,
    );
    expect(again.code).toBe(1);
  });

  test('a process that throws is a violation of process-alive', () => {
    const { code, out } = stormglass('run', '--scenario', 'own/throws.mjs', '--seeds', '1', '--out', 'threw');
    expect(out).toContain('✗ process-alive');
    expect(out).toContain('out of ideas');
    expect(out).toMatch(/at .*own\/throws\.mjs:\d+/);
    expect(code).toBe(1);
  });

  test('an event that never ends is stopped, told, and replayed', () => {
    const limit = ['--event-limit', '1s'];
    const run = stormglass(
      'run',
      '--scenario',
      'own/endless.mjs',
      '--seeds',
      '1',
      '--out',
      'endless',
      ...limit,
    );
    expect(run.out).toContain('✗ process-alive');
    expect(run.code).toBe(1);
    const repro = JSON.parse(readFileSync(join(folder, 'endless/own-endless-1.json'), 'utf8')) as object;
    expect(repro).toMatchObject({
      hash: null,
      seed: 1,
      event: 3,
      violation: { nodes: [expect.any(Number)] },
    });
    const again = stormglass('replay', 'endless/own-endless-1.json', ...limit);
    expect(again.out).toContain('Same run: it reached an event that never ends');
    expect(again.code).toBe(1);
  });

  test('a process that draws outside randomness is found by --verify', () => {
    const { code, out } = stormglass(
      'run',
      '--scenario',
      'own/outside.mjs',
      '--seeds',
      '1',
      '--verify',
      '1/1',
    );
    expect(out).toContain('✗ own/outside');
    expect(out).toContain('is not deterministic');
    expect(code).toBe(3);
    const words = ['run', '--scenario', 'own/outside.mjs', '--seeds', '1', '--verify', '1/1', '--json'];
    const machine = stormglass(...words);
    expect(JSON.parse(machine.out)).toMatchObject({ verdict: 'nondeterministic' });
    expect(machine.err).toMatch(/own\/outside, seed 1, is not deterministic\n\n {2}event \d+/);
  });

  test('an interruption prints what there is and exits with 130', async () => {
    const words = ['run', '--scenario', 'own/holds.mjs', '--seeds', '9007199254740991'];
    const child = spawn(process.execPath, [program, ...words], { cwd: folder });
    let out = '';
    let interrupted = false;
    child.stdout.on('data', (chunk: Uint8Array) => {
      out += String(chunk);
      if (interrupted || !out.includes('runs, now')) return;
      interrupted = true;
      // Twice, as under npm, and never again: one that came while the process ends would be taken by nobody.
      child.kill('SIGINT');
      child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(out).toContain('Interrupted: what was run held');
    expect(code).toBe(130);
  });
});

describe('a repro whose scenario is gone', () => {
  const recorded = (): { scenario: { name: string; file: string } } =>
    JSON.parse(readFileSync(join(folder, 'found/own-violates-1.json'), 'utf8')) as never;

  test('names the file that held it, and how to name another', () => {
    const repro = recorded();
    writeFileSync(
      join(folder, 'renamed.json'),
      JSON.stringify({ ...repro, scenario: { ...repro.scenario, name: 'own/old' } }),
    );
    expect(stormglass('replay', 'renamed.json').err).toMatch(
      /^error SCENARIO_GONE {2}there is no scenario "own\/old" in own\/violates\.ts any more\.\n {2}it holds: own\/violates /,
    );
    writeFileSync(
      join(folder, 'moved.json'),
      JSON.stringify({ ...repro, scenario: { ...repro.scenario, file: 'own/moved.ts' } }),
    );
    const { code, err } = stormglass('replay', 'moved.json');
    expect(err).toMatch(/^error SCENARIO_GONE .*own\/moved\.ts.*\n {2}try: .*--scenario FILE/);
    expect(code).toBe(2);
    expect(stormglass('replay', 'moved.json', '--scenario', 'own/violates.ts').out).toMatch(/^Same run: /);
  });
});

describe('bugs', () => {
  test('says after how many seeds one is caught, for people and as one document', () => {
    const { code, out, err } = stormglass('bugs', 'vote-not-persisted', '--json');
    expect(err).toContain('Every bug is caught in every range, and the same seeds hold without it.');
    const { hunts } = JSON.parse(out) as { hunts: { bug: string; caught: { property: string } | null }[] };
    expect(hunts).toHaveLength(3);
    expect(hunts[0]).toMatchObject({ bug: 'vote-not-persisted', withoutIt: [] });
    expect(code).toBe(0);
  });
});

describe('serve', () => {
  /** Starts a group of one; ends with the signal once it leads. */
  function served(signal: NodeJS.Signals, port: number): Promise<{ code: number | null; out: string }> {
    const words = ['serve', '--id', '0', '--peers', `127.0.0.1:${port}`, '--dir', 'served'];
    const child = spawn(process.execPath, [program, ...words], { cwd: folder });
    let out = '';
    child.stdout.on('data', (chunk: Uint8Array) => {
      out += String(chunk);
      if (out.includes(' leads')) child.kill(signal);
    });
    return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
  }

  test('says where it listens and who leads, and ends with a signal', async () => {
    const [port] = (await freePorts(1)) as [number];
    const first = await served('SIGTERM', port);
    expect(first.out).toMatch(
      /^replica 0 listens on 127\.0\.0\.1:\d+; start 1 in served; .*\nterm 1: replica 0 leads\n$/,
    );
    expect(first.code).toBe(0);
    const second = await served('SIGINT', port);
    expect(second.out).toContain('start 2 in served');
    expect(second.code).toBe(130);
  });
});

describe('bad input is one clear line with the next step, and exit code 2', () => {
  test.each([
    [
      ['run', 'leader-chrash'],
      'UNKNOWN_SCENARIO  there is no scenario "leader-chrash".\n  nearest: leader-crash',
    ],
    [['run', '--seeds', 'ten'], 'BAD_SEEDS'],
    [['run', '--seed', ''], 'BAD_SEED'],
    [['run', '--seeds'], 'BAD_OPTION'],
    [['run', '--workers', '-1'], 'BAD_WORKERS'],
    [['run', '--shard', '3/2'], 'BAD_SHARD'],
    [['run', '--sedes', '3'], 'BAD_OPTION'],
    [['rum'], 'UNKNOWN_COMMAND'],
    [['replay', 'leader-crash', '--seed', '7', '--until', '0'], 'BAD_EVENT'],
    [['replay', 'leader-crash', '--seed', '7', '--until', '99999999'], 'BAD_EVENT'],
    [['replay', 'leader-crash', '--seed', '7', '--dump', 'n9'], 'BAD_HOST'],
    [['replay', 'leader-crash', '--seed', '7', '--break'], 'BAD_OPTION'],
    [['diff', 'nowhere.json', 'nowhere.json'], 'REPRO_NOT_FOUND'],
    [
      ['bugs', 'vote-not-persistd'],
      'UNKNOWN_BUG  there is no planted bug "vote-not-persistd".\n  nearest: vote-not-persisted',
    ],
    [['serve'], 'BAD_OPTION  Missing required arguments: id, peers, dir.'],
    [['serve', '--id', 'x', '--peers', '127.0.0.1:7000', '--dir', 'd'], 'BAD_ID'],
    [['serve', '--id', '0', '--peers', '0.0.0.0:7000', '--dir', 'd'], 'BAD_ADDRESS'],
    [['serve', '--id', '3', '--peers', '127.0.0.1:7000', '--dir', 'd'], 'BAD_PEERS'],
    [['serve', '--id', '0', '--peers', '127.0.0.1:1', '--dir', 'bad/file'], 'FOLDER_UNUSABLE'],
    [['serve', '--id', '0', '--peers', '127.0.0.1:1', '--dir', 'd', '--observe', 'none/here'], 'BAD_FILE'],
    [['run', '--scenario', 'bad/none.mjs'], 'SCENARIO_FILE_NOT_FOUND'],
    [['run', '--scenario', 'bad/throws.mjs'], 'SCENARIO_FILE_THREW'],
    [['run', '--scenario', 'bad/empty.mjs'], 'SCENARIO_FILE_EMPTY'],
    [['run', '--scenario', 'bad/loads-for-ever.mjs', '--event-limit', '200ms'], 'SCENARIO_FILE_ENDLESS'],
    [['run', '--scenario', 'own/holds.mjs', '--out', 'bad/file/out'], 'OUT_NOT_WRITABLE'],
    [['replay', 'bad/cut.json'], 'BAD_REPRO'],
    [['replay', 'bad/newer.json'], 'BAD_REPRO'],
    [['replay', 'bad/empty.json'], 'BAD_REPRO'],
    [['replay', 'bad/none.json'], 'REPRO_NOT_FOUND'],
    [
      ['replay', 'bad/cut.json', 'bad/empty.json'],
      'BAD_OPTION  replay takes one repro file, or one scenario; got 2.',
    ],
  ])('%j', (words, said) => {
    const { code, out, err } = stormglass(...words);
    expect(err).toContain(`error ${said}`);
    expect(err).not.toContain('    at ');
    expect(err.trimEnd().split('\n')).toHaveLength(2);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});
