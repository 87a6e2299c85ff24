/** The pages where people meet them: made, linked and replayed by the command line of the built package. `npm test` builds first. */
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
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPageRepro } from '../../reports/page/embedded-repro.ts';
import { InputError } from '../input-error.ts';
import { openRepro } from '../repro-file.ts';
import { layOut } from './own-scenarios.test-support.ts';
import { pageTarget } from './page-file.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');
let folder = '';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function spawned(command: string, words: readonly string[]): Ran {
  const ran = spawnSync(command, words, { cwd: folder, encoding: 'utf8' });
  return { code: ran.status, out: ran.stdout, err: ran.stderr };
}

const stormglass = (...words: string[]): Ran => spawned(process.execPath, [program, ...words]);
const at = (path: string): string => join(folder, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const list = (path: string): string[] => readdirSync(at(path)).sort();
const hrefs = (html: string): string[] =>
  [...html.matchAll(/href="([^"#]*\.html)"/g)].map(([, href]) => href!);

const violating = ['run', '--scenario', 'own/violates.ts', '--workers', '1', '--reporter', 'terminal,html'];
/** Its scenario's name has a slash: six digits tell it from `own-violates`. */
const pageName = expect.stringMatching(/^own-violates-1-seen-[0-9a-f]{6}\.html$/) as string;

beforeAll(() => {
  if (!existsSync(program)) throw new Error('build first: npm run build');
  folder = layOut();
  mkdirSync(at('node_modules'));
  symlinkSync(root, at('node_modules/stormglass'), 'dir');
  for (const shard of ['1', '2']) {
    stormglass(
      ...violating,
      '--no-what-if',
      '--seeds',
      '4',
      '--shard',
      `${shard}/2`,
      '--out',
      `shards/${shard}`,
    );
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('run --reporter html', () => {
  let ran: Ran;
  beforeAll(() => {
    ran = stormglass(...violating, '--seeds', '2', '--out', 'found');
  }, 60_000);

  test('writes the page of the campaign, and one of each kind of violation, by its lowest seed', () => {
    expect(ran.err).toBe('');
    expect(ran.code).toBe(1);
    expect(list('found')).toEqual([
      'own-violates-1.json',
      'own-violates-2.json',
      'report.html',
      'result.json',
      'runs',
    ]);
    expect(list('found/runs')).toEqual([pageName]);
    expect(ran.out).toMatch(
      /\nWritten: found\/result\.json, found\/report\.html, found\/runs\/own-violates-1-seen-[0-9a-f]{6}\.html\n$/,
    );
  });

  test('links them in both directions', () => {
    const [name] = list('found/runs');
    expect(hrefs(read('found/report.html'))).toContain(`runs/${name!}`);
    expect(hrefs(read(`found/runs/${name!}`))).toContain('../report.html');
  });

  test('tells without scripts what broke, and what to type', () => {
    const file = read(`found/runs/${list('found/runs')[0]!}`);
    const text = file.replace(/<(script|style)[^]*?<\/\1>/g, '').replace(/<[^>]*>/g, '');
    expect(text).toContain('saw 9');
    expect(text).toContain('npx stormglass replay own/violates --scenario own/violates.ts --seed 1');
  });

  test('makes a page that is replayed as a repro file is, to the same run', () => {
    const page = `found/runs/${list('found/runs')[0]!}`;
    const { code, out } = stormglass('replay', page);
    expect(out).toMatch(/^Same run: [\d,]+ events?, hash [0-9a-f]{12} as recorded. seen violated again/);
    expect(out).toContain(`npx stormglass replay ${page}`);
    expect(code).toBe(1);
    expect(readPageRepro(readFileSync(at(page)))).toEqual({
      repro: openRepro(at('found/own-violates-1.json')),
    });
  });

  test('of a kind that several scenarios came to counts the seeds of its own scenario', () => {
    const one = read('own/violates.ts');
    const body = one.slice(one.indexOf('export default ') + 'export default '.length);
    const other = body.replace('own/violates', 'own/other');
    writeFileSync(at('own/two.ts'), `${one}\nexport const other = ${other}`);
    const words = ['run', '--scenario', 'own/two.ts', '--workers', '1', '--seeds', '3', '--no-what-if'];
    const { code, err } = stormglass(...words, '--reporter', 'html', '--out', 'two');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const [page, ...more] = list('two/runs');
    expect(more).toEqual([]);
    expect(read(`two/runs/${page!}`)).toContain('lowest of 3 seeds that fail so');
  });

  test('of a campaign: replay names the pages to take', () => {
    const { code, err } = stormglass('replay', 'found/report.html');
    expect(err).toMatch(
      /^error BAD_REPRO {2}found\/report\.html is the page of a campaign: .*\n {2}try: npx stormglass replay found\/runs\/own-violates-1-seen-[0-9a-f]{6}\.html\n$/,
    );
    expect(code).toBe(2);
  });

  test('where all held writes the one page', () => {
    const words = [
      'run',
      '--scenario',
      'own/holds.mjs',
      '--seeds',
      '2',
      '--reporter',
      'html',
      '--out',
      'held',
    ];
    const { code, out, err } = stormglass(...words);
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: '' });
    expect(list('held')).toEqual(['report.html', 'result.json']);
  });

  test('an event that never ends has a page of what came before it, which replays', () => {
    const limit = ['--event-limit', '1s'];
    const words = ['run', '--scenario', 'own/endless.mjs', '--seeds', '1', '--reporter', 'html'];
    const { code, err } = stormglass(...words, '--out', 'endless', ...limit);
    expect(err).toBe('');
    expect(code).toBe(1);
    const [page] = list('endless/runs');
    expect(page).toMatch(/^own-endless-1-process-alive-[0-9a-f]{6}\.html$/);
    expect(read(`endless/runs/${page!}`)).toContain('did not end within 1 s wall');
    expect(stormglass('replay', `endless/runs/${page!}`, ...limit).out).toContain(
      'Same run: it reached an event that never ends',
    );
  });
});

describe('report --reporter html', () => {
  test('links to the pages of runs that lie in the folders of the shards', () => {
    const { code, err } = stormglass('report', 'shards', '--reporter', 'html', '--out', 'sum');
    expect(err).toBe('');
    expect(code).toBe(1);
    const [name] = list('shards/1/runs');
    const linked = hrefs(read('sum/report.html')).filter((href) => href.includes('runs/'));
    expect(linked).toEqual([`../shards/1/runs/${name!}`]);
    expect(existsSync(join(at('sum'), linked[0]!))).toBe(true);
    expect(list('sum')).toEqual(['merged.json', 'report.html']);
  });

  test('without such pages links to none', () => {
    mkdirSync(at('bare'));
    for (const shard of ['1', '2']) {
      writeFileSync(at(`bare/result-${shard}of2.json`), read(`shards/${shard}/result-${shard}of2.json`));
    }
    stormglass('report', 'bare', '--reporter', 'html', '--out', 'bare');
    expect(hrefs(read('bare/report.html'))).toEqual([]);
    expect(stormglass('replay', 'bare/report.html').err).toContain('it links to no page of a run');
  });
});

describe('replay --report', () => {
  test('writes the page of a run, of a seed and of a repro, beside the answer', () => {
    const seed = ['replay', 'own/violates', '--scenario', 'own/violates.ts', '--seed', '2', '--no-what-if'];
    const { code, out } = stormglass(...seed, '--report', 'new/seed.html');
    expect(out).toMatch(/^✗ seen — own\/violates, seed 2[^]*\nWritten: new\/seed\.html, the page of the run/);
    expect(code).toBe(1);
    const again = stormglass('replay', 'new/seed.html', '--report', 'new/page.html', '--no-what-if');
    expect(again.out).toMatch(/^Same run: [^]*\nWritten: new\/page\.html/);
    expect(readPageRepro(readFileSync(at('new/page.html')))).toEqual(
      readPageRepro(readFileSync(at('new/seed.html'))),
    );
    expect(list('new')).toEqual(['page.html', 'seed.html']);
  });

  test('of a run that held tells so; there is nothing in it to replay', () => {
    const words = ['replay', 'own/holds', '--scenario', 'own/holds.mjs', '--seed', '1'];
    const { code } = stormglass(...words, '--report', 'holds.html');
    expect(code).toBe(0);
    const { code: refused, err } = stormglass('replay', 'holds.html');
    expect(err).toMatch(
      /^error BAD_REPRO {2}holds\.html carries no repro: its run held, left no plan, or was of a scenario that only a test has\.\n {2}try: /,
    );
    expect(refused).toBe(2);
  });

  test('leaves the old page where the new one cannot be written', () => {
    writeFileSync(at('file'), 'old');
    const words = ['replay', 'own/violates', '--scenario', 'own/violates.ts', '--seed', '1', '--no-what-if'];
    const { code, out, err } = stormglass(...words, '--report', 'file/page.html');
    // Before anything runs, with the option that was typed.
    expect(err).toMatch(
      /^error OUT_NOT_WRITABLE {2}cannot write into file [^]*\n {2}try: … --report FILE\.html, in a folder of your own\n$/,
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(read('file')).toBe('old');
  });

  test('a disk that is full by then takes the page, and not the verdict: the exit code is that of a violation', () => {
    writeFileSync(at('late.html'), 'old');
    const words = ['replay', 'own/violates', '--scenario', 'own/violates.ts', '--seed', '1', '--no-what-if'];
    const script = ['-c', 'ulimit -f 20; exec "$@"', 'bash', process.execPath, program, ...words];
    const { code, out, err } = spawned('bash', [...script, '--report', 'late.html']);
    expect(out).toMatch(/^✗ seen — own\/violates, seed 1/);
    expect(err).toMatch(
      /^error OUT_NOT_WRITABLE {2}cannot write into \S+ \(EFBIG\)\.\n {2}try: … --report FILE/,
    );
    expect(code).toBe(1);
    expect(read('late.html')).toBe('old');
  });

  test('refuses a folder for a page', () => {
    mkdirSync(at('folder.html'));
    expect(() => pageTarget(at('folder.html'), undefined)).toThrow(/--report takes a file; .* is a folder\./);
  });

  test.each([
    ['page.txt', undefined, /takes a file that ends in \.html; got "page\.txt"/],
    ['', undefined, /takes a file that ends in \.html; got ""/],
    ['page.html', '100', /it does not go with --until/],
  ])('refuses "%s" with --until %s before it runs', (file, until, said) => {
    expect(() => pageTarget(file, until)).toThrow(said);
  });
});

describe('a file that is no page of a run', () => {
  /** How it is refused, in this very process. */
  function refusal(name: string, text: string | Uint8Array): string {
    writeFileSync(at(name), text);
    try {
      openRepro(at(name));
    } catch (error) {
      if (error instanceof InputError) return `${error.problem.code}: ${error.message.replace(folder, '')}`;
      throw error;
    }
    return 'taken';
  }

  test('is refused by its name, with what is wrong with it', () => {
    const page = read(`found/runs/${list('found/runs')[0]!}`);
    expect(refusal('cut.html', page.slice(0, page.length / 2))).toBe(
      'BAD_REPRO: /cut.html was cut: its end is missing.',
    );
    expect(refusal('foreign.html', '<!doctype html><title>x</title></html>')).toBe(
      'BAD_REPRO: /foreign.html is a page, but none of Stormglass.',
    );
    expect(refusal('newer.html', page.replace('"schema":1,', '"schema":99,'))).toMatch(
      /^BAD_REPRO: \/newer\.html carries a repro that is of schema 99, written by a newer stormglass/,
    );
    expect(refusal('binary.html', new Uint8Array([0, 1, 2]))).toBe(
      'BAD_REPRO: /binary.html is binary, not a repro file.',
    );
    expect(refusal('huge.html', '<!doctype html>'.padEnd(64 * 1024 * 1024 + 1))).toBe(
      'BAD_REPRO: /huge.html is larger than any repro, or page of a run.',
    );
  });

  test('at the command line: one line, what to try, exit code 2', () => {
    const { code, out, err } = stormglass('replay', 'cut.html');
    expect(err).toMatch(/^error BAD_REPRO {2}cut\.html was cut: its end is missing\.\n {2}try: .*\n$/);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

describe('pages that are not made', () => {
  test('a full disk takes the new page; the old one stands, and nothing is left beside it', () => {
    mkdirSync(at('full'));
    writeFileSync(at('full/report.html'), 'old');
    // A limit on the size of files ends a write in its middle, as a full disk does. Results and repros are smaller than pages.
    const words = [...violating, '--seeds', '2', '--out', 'full', '--no-what-if'];
    const script = ['-c', 'ulimit -f 20; exec "$@"', 'bash', process.execPath, program, ...words];
    const { code, err } = spawned('bash', script);
    expect(err).toMatch(
      /error PAGE_NOT_MADE {2}the page of seen in own\/violates, seed 1: cannot write into full\/runs \(EFBIG\)\./,
    );
    expect(err).toContain('error OUT_NOT_WRITABLE  report.html was not written');
    expect(code).toBe(1);
    expect(read('full/report.html')).toBe('old');
    expect(list('full')).toEqual([
      'own-violates-1.json',
      'own-violates-2.json',
      'report.html',
      'result.json',
      'runs',
    ]);
    expect(list('full/runs')).toEqual([]);
  });

  test('a scenario that no longer loads: the page of the campaign is written, and says so', () => {
    const gone =
      "import { existsSync } from 'node:fs';\nif (existsSync('gone/result.json')) throw new Error('moved away');\n";
    writeFileSync(at('own/gone.ts'), gone + read('own/violates.ts').replace('own/violates', 'own/gone'));
    const words = ['run', '--scenario', 'own/gone.ts', '--workers', '1', '--seeds', '2'];
    const { code, err } = stormglass(...words, '--reporter', 'html', '--out', 'gone');
    expect(err).toMatch(
      /^error PAGE_NOT_MADE {2}the page of seen in own\/gone, seed 1: own\/gone\.ts threw while it was loaded: moved away\.\n$/,
    );
    expect(code).toBe(1);
    expect(list('gone')).toEqual(['own-gone-1.json', 'own-gone-2.json', 'report.html', 'result.json']);
    expect(read('gone/report.html')).toContain('threw while it was loaded: moved away');
  });

  test('an interruption while they are made ends the command; the old page stands, and no half file is left', async () => {
    mkdirSync(at('stopped'));
    writeFileSync(at('stopped/report.html'), 'old');
    const words = [...violating, '--seeds', '2', '--out', 'stopped'];
    const child = spawn(process.execPath, [program, ...words], { cwd: folder });
    let out = '';
    child.stdout.on('data', (chunk: Uint8Array) => (out += String(chunk)));
    // The result is the last thing that is written before.
    const watch = setInterval(() => {
      if (!existsSync(at('stopped/result.json'))) return;
      clearInterval(watch);
      child.kill('SIGINT');
    }, 5);
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code).toBe(130);
    expect(out).toContain('Violated: 1 kind of violation in 2 of 2 runs');
    expect(read('stopped/report.html')).toBe('old');
    expect(list('stopped').filter((name) => dirname(name) === '.' && name.endsWith('.tmp'))).toEqual([]);
    expect(list('stopped')).not.toContain('runs');
  });
});
