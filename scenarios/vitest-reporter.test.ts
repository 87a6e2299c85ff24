/** The reporter as users have it: the real Vitest as a child process, on a project of its own that uses the built package. `npm test` builds first. */
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
import { readResult } from '../reports/result.ts';
import { layOut } from './cli/own-scenarios.test-support.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
let folder = '';
const pageFile = expect.stringMatching(/^runs\/own-violates-1-seen-[0-9a-f]{6}\.html$/) as string;

const tests: { readonly [name: string]: string } = {
  'pass.test.mjs': `
import { test } from 'vitest';
import { expectHolds } from 'stormglass';
import holds from './own/holds.mjs';
test('holds', () => expectHolds(holds, { seeds: 5 }));
test('holds later, too', () => expectHolds(holds, { seeds: 3, first: 100 }));
`,
  'fail.test.mjs': `
import { test } from 'vitest';
import { expectHolds } from 'stormglass';
import violates from './own/violates.ts';
test('never sees more than "5" <b>', () => expectHolds(violates, { seeds: 5 }));
test('is no test of a scenario', () => {});
`,
  'slow.test.mjs': `
import { writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { expectHolds } from 'stormglass';
import holds from './own/holds.mjs';
import violates from './own/violates.ts';
test('fails before', () => expectHolds(violates, { seeds: 5 }));
test('goes on', () => { console.log('BEGUN'); return expectHolds(holds, { seeds: 1_000_000 }).catch((error) => writeFileSync('ended', error.message)); }, 600_000);
`,
  'inline.test.mjs': `
import { test } from 'vitest';
import { expectHolds } from 'stormglass';
import violates from './own/violates.ts';
const changed = { ...violates, plan: (seed) => violates.plan(seed + 1) };
test('has a scenario of its own', () => expectHolds(changed, { seeds: 5 }));
`,
  'plain.test.mjs': `import { test } from 'vitest'; test('adds', () => {});`,
};

beforeAll(() => {
  if (!existsSync(join(root, 'dist/scenarios/vitest-reporter.js')))
    throw new Error('build first: npm run build');
  folder = layOut();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'), 'dir');
  for (const [name, text] of Object.entries(tests)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The configuration's reporters as the text of a JavaScript value; the words behind `vitest run`. */
function configured(reporters: string): void {
  writeFileSync(join(folder, 'vitest.config.mjs'), `export default { test: { reporters: ${reporters} } };`);
}

function environment(changes: { readonly [name: string]: string }): NodeJS.ProcessEnv {
  const { GITHUB_ACTIONS: _actions, ...rest } = process.env;
  return { ...rest, NO_COLOR: '1', ...changes };
}

function run(words: readonly string[], changes: { readonly [name: string]: string } = {}) {
  return spawnSync(process.execPath, [vitest, 'run', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(changes),
  });
}

function written(out: string): readonly string[] {
  return readdirSync(join(folder, out), { recursive: true, encoding: 'utf8' }).sort();
}

const read = (out: string, name: string): string => readFileSync(join(folder, out, name), 'utf8');

function resultOf(out: string) {
  const reading = readResult(readFileSync(join(folder, out, 'result.json')));
  if (!('document' in reading)) throw new Error(reading.problem);
  return reading.document;
}

describe('beside another reporter', () => {
  let ran: ReturnType<typeof run>;
  beforeAll(() => {
    configured(`['default', ['stormglass/vitest-reporter', { out: 'both' }]]`);
    ran = run(['pass', 'fail']);
  });

  test('writes result, JUnit, summary, the campaign and a page a failure; the exit code is that of the tests', () => {
    expect(ran.status).toBe(1);
    const names = written('both');
    expect(names.slice(0, 4)).toEqual(['junit.xml', 'report.html', 'result.json', 'runs']);
    expect(names).toHaveLength(6);
    expect(names[4]).toEqual(pageFile);
    expect(names[5]).toBe('summary.md');
    expect(ran.stdout).toContain('Stormglass  3 expectHolds calls: 1 violated, 2 held; 9 seeds');
    expect(ran.stdout).toContain(
      'Written: both/result.json, both/junit.xml, both/summary.md, both/report.html, both/runs/',
    );
  });

  test('its result is one of a campaign: each call an entry, the same scenario twice told apart by test', () => {
    const document = resultOf('both');
    expect(document).toMatchObject({ verdict: 'violated', complete: false, interrupted: false });
    expect(
      document.scenarios.map(({ name, seeds, planned, test: one }) => ({ name, seeds, planned, one })),
    ).toEqual([
      {
        ...{ name: 'own/violates', seeds: 1, planned: 5 },
        one: { file: 'fail.test.mjs', name: 'never sees more than "5" <b>' },
      },
      { name: 'own/holds (holds)', seeds: 5, planned: 5, one: { file: 'pass.test.mjs', name: 'holds' } },
      {
        ...{ name: 'own/holds (holds later, too)', seeds: 3, planned: 3 },
        one: { file: 'pass.test.mjs', name: 'holds later, too' },
      },
    ]);
    expect(document.scenarios.map(({ file, line }) => [file, line])).toEqual([
      ['fail.test.mjs', 5],
      ['pass.test.mjs', 5],
      ['pass.test.mjs', 6],
    ]);
  });

  test('its files are what others read, and name the command that runs the test with the seed', () => {
    const lint = spawnSync('xmllint', ['--noout', join(folder, 'both/junit.xml')], { encoding: 'utf8' });
    if (lint.error === undefined) expect(lint.stderr).toBe('');
    const command = `STORMGLASS_SEED=1 npx vitest run fail.test.mjs -t 'never sees more than "5" <b>'`;
    expect(read('both', 'summary.md')).toContain(command);
    expect(read('both', 'junit.xml')).toContain('STORMGLASS_SEED=1 npx vitest run fail.test.mjs');
    const page = read('both', written('both')[4]!);
    // Its words stand in elements of their own, so that it breaks between them only.
    expect(page.replaceAll(/<\/?span>/g, '')).toContain(
      'STORMGLASS_SEED=1 npx vitest run fail.test.mjs -t &#39;never sees more than &quot;5&quot; &lt;b&gt;&#39;',
    );
    expect(page).toContain('href="../report.html"');
    expect(read('both', 'report.html')).toContain(written('both')[4]!);
  });

  test('leaves the failure to the other reporter, whose message has counts, seed, story and command', () => {
    const told = `${ran.stdout}${ran.stderr}`;
    expect(told.match(/Property failed after 1 seed: seen in own\/violates/g)).toHaveLength(1);
    expect(told).toMatch(/\{ seed: 1, first: 1, hash: "[0-9a-f]{12}" \}/);
    expect(told).toMatch(/What led to it:\n\s+1 {2}\d+\.\d{3} s {2}n\d /);
    expect(told).toContain(`Replay:  STORMGLASS_SEED=1 npx vitest run fail.test.mjs -t`);
  });

  test('the command, pasted into a shell, fails with that seed again', () => {
    const [command] = /STORMGLASS_SEED=1 npx vitest run .*/.exec(`${ran.stdout}${ran.stderr}`)!;
    const script = command.replace('npx vitest', `'${process.execPath}' '${vitest}'`);
    const again = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8', env: environment({}) });
    expect(again.status).toBe(1);
    expect(again.stdout).toContain('Stormglass  1 expectHolds call: 1 violated; 1 seed');
  });

  test('the page carries its repro, which replays to the same run, and tells what would have been otherwise', () => {
    const main = join(root, 'dist/scenarios/cli/main.js');
    const page = join('both', written('both')[4]!);
    const told = spawnSync(process.execPath, [main, 'replay', page], { cwd: folder, encoding: 'utf8' });
    expect(told.stderr).toBe('');
    expect(told.stdout).toMatch(
      /^Same run: [\d,]+ events?, hash [0-9a-f]{12} as recorded\. seen violated again/,
    );
    expect(told.status).toBe(1);
    expect(read('both', written('both')[4]!)).toContain('No fault struck before the violation.');
  });

  test('stormglass report reads the result', () => {
    const main = join(root, 'dist/scenarios/cli/main.js');
    const told = spawnSync(process.execPath, [main, 'report', 'both'], { cwd: folder, encoding: 'utf8' });
    expect(told.stderr).toBe('');
    expect(told.stdout).toContain('STORMGLASS_SEED=1 npx vitest run fail.test.mjs');
    expect(told.status).toBe(1);
  });
});

test('of a scenario that only the test has, the page says why it is not asked what if, and replay what it lacks', () => {
  configured(`['dot', ['stormglass/vitest-reporter', { out: 'inline' }]]`);
  run(['inline']);
  const page = written('inline').find((name) => name.startsWith('runs/'))!;
  expect(read('inline', page)).toContain(
    'Not asked: its runs are made when all tests are done, of a scenario',
  );
  const main = join(root, 'dist/scenarios/cli/main.js');
  const words = [main, 'replay', join('inline', page)];
  const told = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  expect(told.stderr).toContain('or was of a scenario that only a test has');
  expect(told.status).toBe(2);
});

test('alone it prints the failure itself; within GitHub Actions it annotates the line of the test', () => {
  configured(`[['stormglass/vitest-reporter', { out: 'alone' }]]`);
  const ran = run(['fail'], { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: folder });
  expect(ran.status).toBe(1);
  expect(ran.stdout).toContain(
    ' ✗ fail.test.mjs > never sees more than "5" <b>\n   Property failed after 1 seed: seen in',
  );
  expect(ran.stdout).toMatch(/::error [^\n]*file=fail\.test\.mjs,line=5/);
});

test('passing tests leave a report that says so, and exit code 0', () => {
  configured(`['dot', ['stormglass/vitest-reporter', { out: 'pass', write: ['junit'] }]]`);
  const ran = run(['pass'], {});
  expect(ran.status).toBe(0);
  expect(written('pass')).toEqual(['junit.xml', 'result.json']);
  expect(resultOf('pass')).toMatchObject({ verdict: 'held', complete: true, first: 1 });
});

test.each(['forks', 'threads'])('works with tests in %s', (pool) => {
  configured(`['dot', ['stormglass/vitest-reporter', { out: '${pool}', write: [] }]]`);
  expect(run(['pass', `--pool=${pool}`]).status).toBe(0);
  expect(resultOf(pool).scenarios).toHaveLength(2);
});

test('a run without any such test writes nothing and leaves an old report alone', () => {
  configured(`['dot', ['stormglass/vitest-reporter', { out: 'none' }]]`);
  mkdirSync(join(folder, 'none'));
  writeFileSync(join(folder, 'none/report.html'), 'old');
  expect(run(['plain']).status).toBe(0);
  expect(written('none')).toEqual(['report.html']);
});

test('a folder that cannot be written is named, and tests that pass exit with 2', () => {
  writeFileSync(join(folder, 'taken'), '');
  configured(`['dot', ['stormglass/vitest-reporter', { out: 'taken' }]]`);
  const ran = run(['pass']);
  expect(ran.stderr).toMatch(/OUT_NOT_WRITABLE[^]*cannot write into taken/);
  expect(ran.stderr).toContain("{ out: 'a folder of your own' }");
  expect(ran.status).toBe(2);
});

test('stopped by a signal, it tells what was done by then, as interrupted, with a page of what had failed; nothing is left beside', async () => {
  configured(`['default', ['stormglass/vitest-reporter', { out: 'cut' }]]`);
  const own = join(folder, 'own-tmp');
  mkdirSync(own);
  mkdirSync(join(folder, 'cut'));
  writeFileSync(join(folder, 'cut/report.html'), 'old');
  const child = spawn(process.execPath, [vitest, 'run', 'slow'], {
    cwd: folder,
    env: environment({ TMPDIR: own }),
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString();
    if (told.includes('BEGUN') && !child.killed) child.kill('SIGINT');
  });
  const code = await new Promise((resolve) => child.on('exit', (status) => resolve(status)));
  expect(code).toBe(130);
  // Vitest leaves its workers to themselves; those that run seeds notice.
  const ended = join(folder, 'ended');
  await expect.poll(() => existsSync(ended), { timeout: 30_000 }).toBe(true);
  expect(readFileSync(ended, 'utf8')).toBe('the test runner has gone');
  const files = ['junit.xml', 'report.html', 'result.json', 'runs', pageFile, 'summary.md'];
  expect(written('cut')).toEqual(files);
  expect(read('cut', 'report.html')).toContain(written('cut')[4]!);
  expect(read('cut', 'report.html')).toContain('Interrupted');
  const document = resultOf('cut');
  expect(document).toMatchObject({ verdict: 'interrupted', interrupted: true, complete: false });
  expect(document.scenarios.find((one) => one.test?.name === 'goes on')).toMatchObject({
    planned: 1_000_000,
    seeds: 0,
  });
  expect(readdirSync(own).filter((name) => name.startsWith('stormglass-tests-'))).toEqual([]);
});
