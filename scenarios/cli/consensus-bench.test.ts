/** The command as people meet it: the built package in a process of its own. `npm test` builds first. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { sectionsNamed } from './consensus-bench.ts';

const program = fileURLToPath(new URL('../../dist/scenarios/cli/main.js', import.meta.url));
/** Where the benchmark puts what is temporary. */
let folder = '';

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'stormglass-bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stormglass(
  words: readonly string[],
  temporary = folder,
): { code: number | null; out: string; err: string } {
  const ran = spawnSync(process.execPath, [program, ...words], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temporary },
  });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const few = ['--only', 'elections', '--seeds', '20'];

describe('consensus-bench', () => {
  test('prints one document with --json and nothing else, the same twice, under either name', () => {
    const first = stormglass(['consensus-bench', '--json', ...few]);
    expect(first).toMatchObject({ code: 0, err: '' });
    const document = JSON.parse(first.out) as { sections: { elections: { distributions: object[] } } };
    expect(document).toMatchObject({ schema: 1, seeds: 20, repeats: 5, held: true });
    expect(Object.keys(document.sections)).toEqual(['elections']);
    for (const one of document.sections.elections.distributions)
      expect(one).toMatchObject({ missed: 0, virtualMs: { samples: 20 } });
    expect(stormglass(['raft-bench', '--json', ...few]).out).toBe(first.out);
  });

  test('tells people in a table, without a word of progress where nobody sees it', () => {
    const { code, out, err } = stormglass(['raft-bench', ...few]);
    expect(out).toMatch(/^elections$/m);
    expect(out).toMatch(/^ {2}failover to leader, 5 servers( +\d+){7}$/m);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test.each([
    [['--only', 'lokcs'], 'UNKNOWN_SECTION', 'nearest: locks'],
    [['--only', ''], 'UNKNOWN_SECTION', 'all: elections, replication, locks'],
    [['--only', 'locks,,barriers'], 'UNKNOWN_SECTION', 'all: elections'],
    [['--repeats', '0'], 'BAD_REPEATS', '--repeats takes a whole number from 1 to 100; got "0".'],
    [['--repeats', '101'], 'BAD_REPEATS', 'try: npx stormglass consensus-bench --repeats 5'],
    [['--seeds', '1e3'], 'BAD_SEEDS', 'from 1 to 100,000'],
    [['--nothing'], 'BAD_OPTION', 'try: npx stormglass raft-bench --help'],
  ])('refuses %j before anything is measured', (words, code, next) => {
    const { err, ...ran } = stormglass(['raft-bench', ...words]);
    expect(ran).toEqual({ code: 2, out: '' });
    expect(err).toContain(`error ${code}  `);
    expect(err).toContain(next);
  });

  test('refuses to begin where there is no folder for temporary files, unless nothing needs one', () => {
    const nowhere = join(folder, 'nowhere');
    expect(stormglass(['raft-bench'], nowhere)).toMatchObject({ code: 2, out: '' });
    expect(stormglass(['raft-bench'], nowhere).err).toContain('error TEMP_NOT_WRITABLE');
    expect(stormglass(['raft-bench', ...few], nowhere).code).toBe(0);
  });

  test('takes sections in any order, each once, and runs them in its own', () => {
    expect(sectionsNamed('locks, elections,locks').map(({ name }) => name)).toEqual(['elections', 'locks']);
    expect(sectionsNamed(undefined)).toHaveLength(7);
    expect(() => sectionsNamed('Locks')).toThrow(InputError);
  });

  test('ends at SIGINT with 130, prints nothing half, and leaves no file behind', async () => {
    const child = spawn(process.execPath, [program, 'raft-bench', '--json', '--only', 'replication'], {
      env: { ...process.env, TMPDIR: folder },
    });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const ours = (): string[] => readdirSync(folder).filter((name) => name.startsWith('stormglass-bench-'));
    while (ours().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    // The folder is there before it listens to signals.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(ours()).toHaveLength(1);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(out).toBe('');
    expect(ours()).toEqual([]);
  }, 30_000);
});
