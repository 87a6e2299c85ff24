/** `replay --export`: real runs in the formats of other tools, from the command line of the built package (`npm test` builds first). */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChromeTrace } from '../../reports/chrome-trace.ts';
import { readByEngine } from '../../reports/chrome-trace.test-support.ts';
import { exportTargets } from './export-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
let folder = '';

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'stormglass-export-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stormglass(...words: string[]): { code: number | null; out: string; err: string } {
  const ran = spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

describe('replay --export', () => {
  test('writes several files of one run, which is the same run as without', () => {
    const plain = stormglass('replay', 'lock-storm', '--seed', '3');
    const { code, out } = stormglass(
      ...[
        'replay',
        'lock-storm',
        '--seed',
        '3',
        '--export',
        'chrome=new/run.json',
        '--export',
        'shiviz=run.log',
      ],
    );
    expect(out.startsWith(plain.out.trimEnd())).toBe(true);
    expect(out).toMatch(/Written: new\/run\.json, a Chrome trace: [^]*Written: run\.log, a ShiViz log: /);
    expect(code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['new', 'run.log']);
  });

  test("a Chrome trace of a real run is read whole by the engine of Chrome's DevTools", async () => {
    const trace = JSON.parse(read('new/run.json')) as ChromeTrace;
    const reading = await readByEngine(trace);
    const spans = trace.traceEvents.filter((event) => event.ph === 'X');
    expect(reading.spans).toHaveLength(spans.length);
    expect(spans.length).toBeGreaterThan(5_000);
    // Two arrivals at one host and instant share their events there: to the engine they are no further flow.
    const flows = trace.traceEvents.filter((event) => event.ph === 'f').length;
    expect(flows).toBeGreaterThan(5_000);
    expect(reading.flows.length / flows).toBeGreaterThan(0.98);
    expect([...reading.processes.values()]).toEqual(
      expect.arrayContaining(['n0', 'n1', 'n2', 'c0', 'faults']),
    );
    const tracks = new Set(reading.threads.values());
    expect([...tracks].sort()).toEqual([
      'down, paused',
      'in force',
      'messages',
      'operations',
      'role and term',
    ]);
  });

  test('with --until has the run up to there', () => {
    const { code, out } = stormglass(
      ...['replay', 'leader-crash', '--seed', '3', '--until', '2000', '--export', 'shiviz=part.log'],
    );
    expect(out).toContain('Written: part.log');
    expect(code).toBe(0);
    const numbers = [...read('part.log').matchAll(/^\S+ s #(\d+) /gm)].map(([, seq]) => Number(seq));
    expect(Math.max(...numbers)).toBe(2_000);
    expect(numbers.length).toBeGreaterThan(1_900);
  });

  test('leaves the old file where the new one cannot be written, and says so', () => {
    writeFileSync(join(folder, 'file'), 'old');
    const { code, err } = stormglass(
      ...['replay', 'leader-crash', '--seed', '3', '--until', '100', '--export', 'chrome=file/run.json'],
    );
    expect(err).toMatch(/^error OUT_NOT_WRITABLE {2}file\/run\.json: .*\n {2}try: /);
    expect(code).toBe(2);
    expect(read('file')).toBe('old');
  });

  test.each(['perfetto=run.json', 'run.json', 'chrome=', '=run.json', ''])(
    'refuses "%s" before it runs',
    (given) => {
      expect(() => exportTargets([given])).toThrow(
        `--export takes a format and a file, chrome=FILE or shiviz=FILE; got "${given}".`,
      );
    },
  );
});
