/** `stormglass check` as people meet it; what depends on the process runs the built package in one of its own. `npm test` builds first. */
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
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { InputError } from '../input-error.ts';
import { check } from './check.ts';
import type { CheckArguments } from './check.ts';
import { historyFile } from './history-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
let folder = '';
const before = process.cwd();

const right = `{:process 0, :type :invoke, :f :write, :value 3, :time 1000000}
{:process 0, :type :ok, :f :write, :value 3, :time 2000000}
{:process 1, :type :invoke, :f :read, :value nil, :time 3000000}
{:process 1, :type :ok, :f :read, :value 3, :time 4000000}
`;
const wrong = right.replace(':ok, :f :read, :value 3', ':ok, :f :read, :value nil');
const files: { readonly [name: string]: string } = {
  'right.edn': right,
  'wrong.edn': wrong,
  'cut.edn': right.slice(0, -30),
  'failed.edn': '{:process 0 :type :invoke :f :read}\n{:process 0 :type :fail :f :read}\n',
  'back.edn': '{:process 0 :type :invoke :f :read :time 2000}\n{:process 0 :type :ok :f :read :time 1000}\n',
  // Twelve writes at once, one of them read: every set of them may have happened.
  'hard.jsonl': Array.from(
    { length: 12 },
    (_, i) => `{"type":"invoke","process":${i},"f":"write","value":${i}}\n`,
  )
    .concat('{"type":"invoke","process":99,"f":"read"}\n{"type":"ok","process":99,"value":null}\n')
    .concat(Array.from({ length: 12 }, (_, i) => `{"type":"ok","process":${i}}\n`))
    .join(''),
  'votes.jsonl': `{"type":"invoke","process":0,"f":"vote","for":"a"}
{"type":"ok","process":0,"value":1}
{"type":"invoke","process":1,"f":"vote","for":"a"}
{"type":"ok","process":1,"value":1}
`,
  'votes.ts': `import type { Model } from 'stormglass/properties';
interface Vote { readonly f: 'vote'; readonly for: string }
const votes: Model<number, Vote, number> = {
  name: 'votes',
  init: () => 0,
  step: (count, _vote, value) => (value === undefined || value === count + 1 ? count + 1 : null),
};
export default votes;
`,
  'throws.mjs': "export default { name: 'throws', init: () => 0, step() { throw new Error('no idea'); } };",
  'forgets.mjs': "export default { name: 'forgets', init: () => 0, step() {} };",
  'empty.mjs': 'export const model = 1;',
  'package.json': '{"name": "histories", "private": true, "type": "module"}',
};

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'stormglass-check-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the program. */
function spawned(...words: string[]): { code: number | null; out: string; err: string } {
  return fed('', ...words);
}

/** Runs it with that on standard input. */
function fed(input: string, ...words: string[]): { code: number | null; out: string; err: string } {
  const ran = spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: 'utf8', input });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

/** Runs the command in this process, which is much faster: its exit code, and what it prints, with line breaks as spaces. */
async function checked(
  files: readonly string[],
  options: Partial<CheckArguments> = {},
): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written.err += String(text);
    return true;
  });
  try {
    const nothing = {
      model: undefined,
      format: undefined,
      maxStates: undefined,
      keyed: undefined,
      out: undefined,
    };
    const code = await check({
      ...nothing,
      ignoreTimes: false,
      json: false,
      color: false,
      files,
      ...options,
    });
    return {
      code,
      out: options.json === true ? written.out : written.out.replace(/\s+/g, ' '),
      err: written.err,
    };
  } finally {
    vi.restoreAllMocks();
  }
}

interface Document {
  readonly verdict: string;
  readonly histories: readonly { readonly verdict: string; readonly error?: { readonly code: string } }[];
}

describe('one history', () => {
  test('that is linearizable: exit code 0, and how it was read', async () => {
    const { code, out } = await checked(['right.edn']);
    expect(out).toMatch(/^✓ Linearizable — right\.edn, 2 operations \(cas-register\) /);
    expect(out).toContain('2 ok, 0 failed, 0 of unknown result, by 2 processes');
    expect(out).toContain('Jepsen EDN; model cas-register, guessed from write, read');
    expect(code).toBe(0);
  });

  test('that is not: exit code 1, the sentence, the operations, and what to type next', async () => {
    const { code, out } = await checked(['wrong.edn']);
    expect(out).toMatch(/^✗ Not linearizable — wrong\.edn/);
    expect(out).toContain('read → null by process 1 at 0.004 s fits no order.');
    expect(out).toContain('• 0.001–0.002 s process 0 write = 3');
    expect(out).toContain('✗ 0.003–0.004 s process 1 read → null');
    expect(out).toContain('npx stormglass check wrong.edn --out DIR');
    expect(code).toBe(1);
  });

  test('whose name is long is told in 80 columns, but for the name', async () => {
    mkdirSync('a-folder-with-a-rather-long-name', { recursive: true });
    writeFileSync('a-folder-with-a-rather-long-name/and-a-history.edn', right);
    const { out } = spawned('check', 'a-folder-with-a-rather-long-name/and-a-history.edn');
    expect(out.split('\n').slice(0, 2)).toEqual([
      '✓ Linearizable — a-folder-with-a-rather-long-name/and-a-history.edn,',
      '  2 operations (cas-register)',
    ]);
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('--out writes the operations that matter, which are not linearizable by themselves', async () => {
    expect((await checked(['wrong.edn'], { out: 'found' })).out).toContain(
      'Written: found/wrong.edn.check.json, found/wrong.edn.smaller.jsonl',
    );
    const report = JSON.parse(readFileSync('found/wrong.edn.check.json', 'utf8')) as Document;
    expect(report.verdict).toBe('not-linearizable');
    const again = await checked(['found/wrong.edn.smaller.jsonl']);
    expect(again.out).toContain('JSON Lines; model cas-register, named by the file');
    expect(again.code).toBe(1);
  });

  test('in which nothing was answered says so', async () => {
    expect((await checked(['failed.edn'])).out).toContain(
      'none was answered, so that nothing could be wrong',
    );
  });

  test('that is not decided within --max-states: exit code 4, and a larger budget to try', async () => {
    const { code, out } = await checked(['hard.jsonl'], { maxStates: '1' });
    expect(out).toMatch(/^\? Undecided — hard\.jsonl/);
    expect(out).toContain('npx stormglass check hard.jsonl --max-states 10000000');
    expect(code).toBe(4);
    expect((await checked(['hard.jsonl'])).code).toBe(0);
  });

  test('--json is one document and nothing else', async () => {
    const { code, out, err } = await checked(['wrong.edn'], { json: true });
    expect(JSON.parse(out)).toMatchObject({
      schema: 1,
      verdict: 'not-linearizable',
      histories: [
        {
          ...{ file: 'wrong.edn', verdict: 'not-linearizable', format: 'jepsen-edn' },
          ...{ model: { name: 'cas-register', from: 'guess', file: null }, operations: { total: 2, ok: 2 } },
          violation: { operation: { process: 1, value: null }, history: [{ id: 0 }, { id: 1 }] },
        },
      ],
    });
    expect(err).toBe('');
    expect(code).toBe(1);
  });

  test("is judged by the user's own model, in TypeScript", async () => {
    const { code, out } = await checked(['votes.jsonl'], { model: 'votes.ts' });
    expect(out).toContain('{"f":"vote","for":"a"} → 1 by process 1 fits no order');
    expect(out).toContain('model votes, from votes.ts');
    expect(code).toBe(1);
  });

  test('with times that go back is taken where that is asked for', async () => {
    await expect(checked(['back.edn'])).rejects.toThrow('back.edn, line 2, column 1: this event is at 1 µs');
    expect((await checked(['back.edn'], { ignoreTimes: true })).code).toBe(0);
  });
});

describe('several histories', () => {
  test('are a line each, then what is wrong with those that could not be read', async () => {
    const { code, out } = await checked(['right.edn', 'wrong.edn', 'cut.edn']);
    expect(out).toContain('✓ right.edn linearizable 2 ops cas-register');
    expect(out).toContain('✗ wrong.edn not linearizable 2 ops');
    expect(out).toContain('! cut.edn CUT_HISTORY');
    expect(out).toContain('error CUT_HISTORY cut.edn, line 4, column 1: the text ends inside');
    expect(out).toContain('3 histories: 1 linearizable, 1 not, 1 not judged');
    expect(out).toContain('Why: npx stormglass check wrong.edn');
    expect(code).toBe(2);
    expect((await checked(['right.edn', 'wrong.edn'])).code).toBe(1);
    expect((await checked(['right.edn', 'right.edn'])).code).toBe(0);
  });

  test('are entries of one document', async () => {
    const { code, out } = await checked(['right.edn', 'cut.edn'], { json: true });
    const { verdict, histories } = JSON.parse(out) as Document;
    expect(verdict).toBe('bad-input');
    expect(histories.map((one) => one.error?.code ?? one.verdict)).toEqual(['linearizable', 'CUT_HISTORY']);
    expect(code).toBe(2);
  });
});

test.each<readonly [string, Partial<CheckArguments>, string]>([
  ['nowhere.edn', {}, 'HISTORY_NOT_FOUND'],
  ['.', {}, 'HISTORY_NOT_READABLE'],
  ['package.json', {}, 'BAD_EVENT'],
  ['votes.ts', {}, 'UNKNOWN_FORMAT'],
  ['cut.edn', {}, 'CUT_HISTORY'],
  ['votes.jsonl', {}, 'WHICH_MODEL'],
  ['right.edn', { format: 'porcupin' }, 'BAD_FORMAT'],
  ['right.edn', { format: 'jepsen-log' }, 'MIXED_FORMATS'],
  ['right.edn', { model: 'cas-registr' }, 'UNKNOWN_MODEL'],
  ['right.edn', { model: 'kv' }, 'UNFIT_MODEL'],
  ['failed.edn', { model: 'kv' }, 'UNFIT_MODEL'],
  ['right.edn', { model: 'nowhere.ts' }, 'MODEL_FILE_NOT_FOUND'],
  ['right.edn', { model: 'empty.mjs' }, 'MODEL_FILE_EMPTY'],
  ['right.edn', { model: 'throws.mjs' }, 'MODEL_THREW'],
  ['right.edn', { model: 'forgets.mjs' }, 'BAD_MODEL'],
  ['right.edn', { maxStates: '0' }, 'BAD_MAX_STATES'],
  ['right.edn', { out: 'package.json/x' }, 'OUT_NOT_WRITABLE'],
])('%s with %j is bad input: %s, and what to do next', async (file, options, code) => {
  const error = await checked([file], options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  const { problem } = error as InputError;
  expect(problem.code).toBe(code);
  expect(problem.message).not.toContain('\n');
  expect(problem.next.join()).toMatch(/^(try|nearest): ./);
});

test('standard input, named twice, is bad input', async () => {
  await expect(checked(['-', '/dev/stdin'])).rejects.toThrow('standard input can be read once');
});

test.each([
  [undefined, 'run.xml', 'run.xml does not tell its format'],
  ['jepsen-log', 'run.edn', '--history-format takes jepsen-edn, porcupine, json-lines; got "jepsen-log"'],
])('replay --history-format %s --history %s is bad input', (format, file, message) => {
  expect(() => historyFile(file, format)).toThrow(message);
});

describe('the program', () => {
  test('ends with the exit code of the verdict, and with 2 and one clear line for bad input', () => {
    expect(spawned('check', 'right.edn', 'wrong.edn').code).toBe(1);
    const cut = spawned('check', 'cut.edn', '--json');
    expect(cut.code).toBe(2);
    expect(JSON.parse(cut.out)).toMatchObject({
      verdict: 'bad-input',
      histories: [{ file: 'cut.edn', verdict: 'bad-input', error: { code: 'CUT_HISTORY' } }],
    });
    expect(cut.err).toMatch(/^error CUT_HISTORY {2}cut\.edn, line 4, column 1: .*\n {2}try: .*\n$/);
    expect(spawned('check', 'cut.edn')).toMatchObject({ code: 2, out: '', err: cut.err });
    expect(spawned('check').err).toMatch(/^error BAD_OPTION/);
  });

  test('judges what comes on standard input, and what is at the end of a pipe', () => {
    const { code, out } = fed(right, 'check', '-');
    expect(out).toMatch(/^✓ Linearizable — standard input, 2 operations \(cas-register\)/);
    expect(code).toBe(0);
    const refused = fed(wrong, 'check', '-', 'right.edn', '--json');
    expect(refused.code).toBe(1);
    expect((JSON.parse(refused.out) as Document).histories.map(({ verdict }) => verdict)).toEqual([
      'not-linearizable',
      'linearizable',
    ]);
    const why = fed(wrong, 'check', '/dev/stdin').out;
    expect(why.replace(/\s+/g, ' ')).toContain(
      'the first state was overwritten by write = 3 (#0), which ended 1 ms',
    );
    expect(why.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('judges the history of a simulated run as the run did: of registers', () => {
    const { code, out } = spawned('replay', 'leader-crash', '--seed', '3', '--history', 'run.jsonl');
    expect(out).toMatch(/^Held: [^]*Written: run\.jsonl, [\d,]+ operations as JSON Lines/);
    expect(out).toContain('npx stormglass check run.jsonl');
    expect(code).toBe(0);
    const judged = spawned('check', 'run.jsonl');
    expect(judged.out).toMatch(/^✓ Linearizable — run\.jsonl, [\d,]+ operations \(register\)/);
  });

  test('and of locks, whose sessions and their ends it keeps in EDN as well', () => {
    const { out } = spawned('replay', 'lock-storm', '--seed', '3', '--history', 'locks.edn');
    expect(out).toContain('check locks.edn --model lock');
    expect(spawned('check', 'locks.edn', '--model', 'lock').out).toMatch(/^✓ Linearizable/);
  });
});
