/** The page of a campaign in a real browser: who may read it, the keys, what is copied, and that nothing runs or is fetched. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { campaignHtml } from '../../reports/page/campaign-html.ts';
import type { PageAssets } from '../../reports/page/frame.ts';
import { pictureCampaign } from '../../reports/page/picture-campaign.test-support.ts';
import { campaignOf, hostileCampaign, hostileTexts, states } from '../../reports/states.test-support.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import { testBrowser, whySkipped } from './chromium.test-support.ts';
import { assetsOf } from './write-page.ts';

const browser = testBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The bundle of the sources as they are now, not of the last build. */
async function bundle(): Promise<PageAssets> {
  const entry = fileURLToPath(new URL('../../reports/page/browser/campaign.ts', import.meta.url));
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, minify: true, format: 'iife', outdir: 'out', write: false },
    charset: 'ascii',
  });
  const text = (end: string): string => outputFiles.find(({ path }) => path.endsWith(end))!.text;
  return assetsOf(text('.js'), text('.css'));
}

/** Files by name. */
const files = new Map<string, string>();
const trouble = { scenario: 'held', seed: 2, message: 'event 7 differs', file: null, trace: null };
const tallies: readonly (readonly [string, CampaignTally])[] = [
  ['failing', pictureCampaign()],
  ['held', campaignOf([states.held, states.partlyOff])],
  ['undecided', campaignOf([states.undecided, states.missed, states.notRun], { complete: false })],
  ['untrusted', campaignOf([states.held, states.violated], { nondeterminism: [trouble] })],
  ['empty', campaignOf([])],
  ['hostile', hostile()],
];

/** All hostile texts in one campaign, so that one opening shows what they do. */
function hostile(): CampaignTally {
  const all = hostileTexts.map(hostileCampaign);
  return campaignOf(
    all.flatMap(({ scenarios }) => scenarios),
    {
      nondeterminism: all.flatMap(({ nondeterminism }) => nondeterminism),
      failures: all.flatMap(({ failures }) => failures),
      reproLost: hostileTexts.join(' '),
    },
  );
}

beforeAll(async () => {
  if (whySkipped !== '') return;
  const assets = await bundle();
  const write = (name: string, tally: CampaignTally): void => {
    const file = join(browser.folder, `${name}.html`);
    writeFileSync(file, campaignHtml(tally, { assets, command: 'npx stormglass run --seeds 1000' }));
    files.set(name, file);
  };
  for (const [name, tally] of tallies) write(name, tally);
}, 30_000);
afterEach(() => browser.closePages());

const looks = [
  ['light', 1440],
  ['dark', 1440],
  ['light', 390],
  ['dark', 1024],
] as const;

/** What axe-core finds, as `rule: where`. */
function violationsOf(page: Page): Promise<string[]> {
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].html}`))',
  );
}

function needed(page: Page, way: 'scrollWidth' | 'scrollHeight'): Promise<number> {
  return page.evaluate(`document.documentElement.${way}`);
}

/** What has the focus, in words. */
function focused(page: Page): Promise<string> {
  return page.evaluate(
    `(({ tagName, className, textContent }) => [tagName, className, textContent].join(' ').replace(/\\s+/g, ' ').trim())(document.activeElement)`,
  );
}

describe.skipIf(whySkipped !== '')(`the page of a campaign in Chromium${whySkipped}`, () => {
  test('a failing campaign of twelve scenarios fits 1440×1000 without scrolling', async () => {
    const { page } = await browser.openPage(files.get('failing')!);
    expect(await needed(page, 'scrollHeight')).toBeLessThanOrEqual(1000);
    expect(await needed(page, 'scrollWidth')).toBe(1440);
    const scroll = await page.evaluate(
      '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector(".matrix-scroll"))',
    );
    expect(scroll).toBe(0);
  });

  test.each(tallies.map(([name]) => name))(
    '%s: axe finds nothing, in light, dark and narrow; nothing runs over the edge, nothing is fetched, nothing is complained of',
    async (name) => {
      const { page, requests, complaints } = await browser.openPage(files.get(name)!);
      // Not as a script of the page: its policy allows none but its own.
      await page.evaluate(axe);
      for (const [colorScheme, width] of looks) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        expect(await violationsOf(page), `${colorScheme} ${width}`).toEqual([]);
        expect(await needed(page, 'scrollWidth')).toBe(width);
      }
      expect(requests.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
      expect(complaints).toEqual([]);
    },
    20_000,
  );

  test('the tabulator reaches links, buttons and the matrix, each once and with a ring', async () => {
    const { page } = await browser.openPage(files.get('failing')!);
    const seen: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      await page.keyboard.press('Tab');
      const at = await focused(page);
      if (at.startsWith('BODY')) break;
      seen.push(at);
      const ring = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
      expect(ring, at).toBe('2px');
    }
    expect(seen.map((one) => one.replace(/ scenario .*/, ''))).toEqual([
      'BUTTON Copy',
      'DIV matrix-scroll',
      'A box violated 14 violated, in 14 runs',
      'BUTTON Copy',
      'BUTTON Copy',
      'BUTTON Copy',
      'BUTTON Copy',
    ]);
  });

  test('arrows move through the matrix; the cell says what it is, its row and column stand out, Escape hides the tip', async () => {
    const { page } = await browser.openPage(files.get('failing')!);
    await page.locator('a.box.violated').first().focus();
    const tip = page.locator('#tip');
    expect(await tip.textContent()).toMatch(
      /^no-stale-write in zombie-holder: violated in 14 of 1,000 runs, first by seed 184,467/,
    );
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('A box violated 3 violated, in 3 runs');
    await page.keyboard.press('ArrowLeft');
    expect(await tip.textContent()).toBe('fencing-monotonic in lease-storm: held in 1,000 runs');
    expect((await page.locator('th.marked').allTextContents()).map((one) => one.trim())).toEqual([
      'fencing-monotonic',
      'lease-storm',
    ]);
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);
    await page.keyboard.press('Home');
    expect(await tip.textContent()).toBe('election-safety in lease-storm: held in 1,000 runs');
    for (let i = 0; i < 20; i += 1) await page.keyboard.press('ArrowUp');
    expect(await tip.textContent()).toBe('election-safety in calm: held in 1,000 runs');
    await page.keyboard.press('ArrowLeft');
    expect(await tip.textContent()).toBe('election-safety in calm: held in 1,000 runs');
  });

  test('a red cell leads to the violation that it counts', async () => {
    const { page } = await browser.openPage(files.get('failing')!);
    await page.locator('a.box.violated', { hasText: 'in 14 runs' }).focus();
    await page.keyboard.press('Enter');
    const target = page.locator('.kinds li:target');
    expect(await target.locator('.property').textContent()).toBe('no-stale-write');
  });

  test('a button copies its command, and y the campaign’s; refused, the command is selected', async () => {
    const { page } = await browser.openPage(files.get('failing')!);
    const clipboard = (): Promise<string> => page.evaluate('navigator.clipboard.readText()');
    const button = page.locator('.kinds button').first();
    await button.click();
    await expect.poll(() => button.textContent()).toContain('Copied');
    expect(await clipboard()).toBe('npx stormglass replay cascade-reset --seed 20915');
    await page.keyboard.press('y');
    await expect.poll(clipboard).toBe('npx stormglass run --seeds 1000');
    await page.evaluate(
      'navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => false; 0',
    );
    await page.locator('.kinds button').nth(1).click();
    await expect.poll(() => page.evaluate('String(getSelection())')).toContain('--seed 90211');
    expect(await page.locator('#said').textContent()).toBe('The browser refused; the text is selected.');
  });

  test('with scripts off it is whole: all that is told, no button that does nothing', async () => {
    const { page, complaints } = await browser.openPage(files.get('failing')!, { scripts: false });
    for (const part of [
      'h1',
      '#command',
      '.matrix tbody tr',
      '.kinds li',
      '.plot svg',
      '.faults li',
      '.slowest td',
    ]) {
      expect(await page.locator(part).first().isVisible(), part).toBe(true);
    }
    expect(await page.locator('button:visible').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('nobody’s text runs as a script, in whatever is pointed at', async () => {
    const { page, complaints } = await browser.openPage(files.get('hostile')!);
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const cells = page.locator('.matrix td.cell[data-tip]');
    for (let i = 0; i < 5; i += 1) await cells.nth(i).hover();
    expect(await page.locator('#tip').isVisible()).toBe(true);
    expect(await page.locator('#tip *').count()).toBe(0);
    expect([complaints, dialogs]).toEqual([[], []]);
  });
});
