/** The pages of a campaign as they are opened: in a real browser, from disk, whatever its processes call things. `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { layOut } from '../cli/own-scenarios.test-support.ts';
import { chromiumPath, testBrowser, whySkipped } from './chromium.test-support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/scenarios/cli/main.js');

/** Ends elements, attributes, comments and strings, and would show itself by a flag of the window. */
const hostile =
  '</script></style>--><img src=x onerror="window.struck=1">\' " ` ${struck=1} \u0000\u001b[31m\u202e';

/** A process that says hostile things in every way that it has: kinds and fields of observations, messages, what it throws. */
const source = `
import { property, scenario } from 'stormglass';
const hostile = ${JSON.stringify(hostile)};
// \`property()\` refuses such an id; a property is a plain object, and may have any.
const plain = property('plain', { sentence: hostile, start: () => 0,
  on: { [hostile]: (n, o, fail) => (n > 4 ? fail(hostile + 'x'.repeat(1_000_000)) : n + 1) } });
const bad = { ...plain, id: '__proto__' + hostile };
export default scenario({
  name: 'hostile', nodes: 2, durationMs: 2000, summary: hostile,
  process: (ports) => ({
    start() { ports.timers.set(0, ports.clock.monotonicUs() + 100_000); },
    receive() {},
    wake(key) {
      ports.timers.set(key, ports.clock.monotonicUs() + 100_000);
      ports.transport.send(1 - ports.node, { type: hostile, ['__proto__']: hostile });
      ports.emit({ kind: hostile, ['__proto__']: hostile, constructor: hostile, [hostile]: 'x'.repeat(100_000) });
    },
  }),
  properties: [bad],
});
`;

describe.skipIf(chromiumPath() === null)(`the pages of a campaign${whySkipped}`, () => {
  const browser = testBrowser();
  let folder = '';
  beforeAll(() => {
    if (!existsSync(program)) throw new Error('build first: npm run build');
    folder = layOut();
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
    writeFileSync(join(folder, 'own/hostile.mjs'), source);
    const words = ['run', '--scenario', 'own/hostile.mjs', '--seeds', '2', '--workers', '1'];
    const ran = spawnSync(process.execPath, [program, ...words, '--reporter', 'html', '--out', 'out'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect({ code: ran.status, err: ran.stderr }).toEqual({ code: 1, err: '' });
  }, 60_000);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('lead to the page of a violation and back, fetch nothing, and run nothing of what processes say', async () => {
    const { page, requests, complaints } = await browser.openPage(join(folder, 'out/report.html'));
    const struck = (): Promise<unknown> => page.evaluate('window.struck');
    expect(await struck()).toBeUndefined();
    await page.click('a[href^="runs/"]');
    await page.waitForSelector('html[data-ready="true"] #top');
    expect(await struck()).toBeUndefined();
    expect(await page.textContent('#top')).toContain('<img src=x onerror=');
    await page.click('a[href="../report.html"]');
    await page.waitForSelector('main#campaign');
    expect(complaints).toEqual([]);
    const [run] = readdirSync(join(folder, 'out/runs'));
    expect(requests.map((url) => url.replace(/.*\/out\//, ''))).toEqual([
      'report.html',
      `runs/${run!}`,
      'report.html',
    ]);
  });

  test('stay small, and the one of the run replays', () => {
    const [run] = readdirSync(join(folder, 'out/runs'));
    expect(run).toMatch(/^[a-z0-9_-]+\.html$/);
    for (const file of ['report.html', `runs/${run!}`]) {
      expect(statSync(join(folder, 'out', file)).size).toBeLessThan(1_000_000);
    }
    const ran = spawnSync(process.execPath, [program, 'replay', `out/runs/${run!}`], {
      cwd: folder,
      encoding: 'utf8',
      // The terminal tells what was said in full.
      maxBuffer: 16 * 1024 * 1024,
    });
    expect(ran.stdout).toMatch(/^Same run: /);
    expect(ran.status).toBe(1);
  });
});
