/** State, object and linearizability of a real run in a real browser: they follow the cursor, answer, and stand without scripts too. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RunPage } from '../../reports/page/run-page.ts';
import { picturePage } from '../../reports/page/picture-page.test-support.ts';
import { picturePlaced } from '../../reports/page/picture-state.test-support.ts';
import { plant } from '../bugs/bug.ts';
import { catalogued } from '../bugs/catch.ts';
import { bugs } from '../bugs/index.ts';
import { testBrowser, whySkipped } from './chromium.test-support.ts';
import { placedHistory } from './placed-history.ts';
import { plantedPage } from './planted-page.test-support.ts';
import { runPageText } from './write-page.ts';

const browser = testBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let zombie = '';
let groups = '';

function fileOf(name: string, page: RunPage): string {
  const file = join(browser.folder, `${name}.html`);
  writeFileSync(file, runPageText(page, { repro: null, campaign: null }));
  return file;
}

beforeAll(() => {
  const { page, finding } = plantedPage('no-stale-write', 'no-fence', 'zombie-holder', 1);
  const scenario = plant(
    catalogued('zombie-holder'),
    bugs.find((bug) => bug.id === 'no-fence')!,
  );
  const linearizability = placedHistory(scenario, page.about.seed, { ...finding }, []);
  zombie = fileOf('zombie', { ...page, linearizability });
  groups = fileOf('groups', twoGroups());
}, 60_000);
afterEach(() => browser.closePages());

/** The picture's run with a second group of replicas, and a lock of the same name in it. */
function twoGroups(): RunPage {
  const page = picturePage();
  const { timeline } = page;
  const [lock] = timeline.locks;
  return {
    ...page,
    linearizability: picturePlaced(),
    timeline: {
      ...timeline,
      roles: [...timeline.roles, { ...timeline.roles[0]!, host: 1, group: 1, term: 7, toUs: 16_000_000 }],
      locks: [lock!, { ...lock!, group: 1, violating: false, holdings: [], beliefs: [] }],
    },
  };
}

/** What a part says, in one line. */
async function said(page: Page, part: string): Promise<string> {
  return (await page.locator(part).innerText()).replace(/\s+/g, ' ');
}

describe.skipIf(whySkipped !== '')(`panels in Chromium${whySkipped}`, () => {
  test('it opens on the violation: one cell outlined, the zombie named', async () => {
    const { page, complaints } = await browser.openPage(zombie);
    expect(await said(page, '#state')).toMatch(/^State after step 12 /);
    expect(await page.locator('.entry.violating').count()).toBe(1);
    expect(await page.locator('tr:has(.entry.violating) .of-node').innerText()).toBe('n0');
    expect(await said(page, '#object')).toMatch(/^Lock l0 c3 believes it holds ◆45 owner c2 token ◆78 /);
    expect(await said(page, '#object')).toMatch(/g0 2000023 → 3000012 under ◆45 stale/);
    expect(complaints).toEqual([]);
  });

  test('a region that scrolls and has the focus keeps the keys that scroll it', async () => {
    const { page } = await browser.openPage(zombie, { width: 390, height: 844 });
    const scrolled = () => page.evaluate<number>("document.querySelector('.state-scroll').scrollLeft");
    const before = await scrolled();
    expect(before).toBeGreaterThan(0);
    await page.locator('.state-scroll').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(scrolled).toBeLessThan(before);
    expect(new URL(page.url()).hash).toBe('');
    // Down it has nothing to scroll: there the story moves.
    await page.keyboard.press('ArrowUp');
    expect(await page.locator('.step.current').getAttribute('data-step')).toBe('11');
    expect(await page.evaluate('document.activeElement.className')).toBe('state-scroll');
  });

  test('the newest entry is in view, and nothing of the panels is wider than its place', async () => {
    for (const width of [1440, 1024, 390]) {
      const { page } = await browser.openPage(zombie, { width });
      const cell = (await page.locator('.entry.violating').boundingBox())!;
      const scroll = (await page.locator('.state-scroll').boundingBox())!;
      expect(cell.x).toBeGreaterThanOrEqual(scroll.x);
      expect(cell.x + cell.width).toBeLessThanOrEqual(scroll.x + scroll.width + 1);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });

  test('state and object follow the cursor, by key and by address', async () => {
    const { page } = await browser.openPage(zombie);
    const granted = 'n0 granted l0 to session 3, token';
    await page
      .locator('.step .told', { hasText: granted.replace('n0 ', '') })
      .first()
      .click();
    expect(await said(page, '#state')).toMatch(/^State after step 4 /);
    expect(await said(page, '#object')).toMatch(/^Lock l0 owner c1 → c3 token ◆31 → ◆45 lease left 2.000 s/);
    expect(await page.locator('.entry.violating').count()).toBe(0);
    await page.keyboard.press('ArrowDown');
    expect(await said(page, '#object')).toMatch(/^Lock l0 owner c3 → .* token ◆45 → /);
    await page.keyboard.press('ArrowRight');
    expect(await said(page, '#state')).toMatch(/^State at \d+\.\d{3} s /);
    await page.keyboard.press('End');
    expect(await page.locator('.entry.violating').count()).toBe(1);
  });

  test('a log that somebody scrolled back stays there when the cursor moves', async () => {
    const { page } = await browser.openPage(zombie, { width: 390, height: 844 });
    await page.locator('.state-scroll').evaluate((one) => one.scrollTo(40, 0));
    await page.getByRole('button', { name: 'Previous step' }).click();
    await page.locator('#state h2', { hasText: 'State after step 11' }).waitFor();
    expect(await page.locator('.state-scroll').evaluate((one) => one.scrollLeft)).toBe(40);
  });

  test('a key beside the lock opens, the keyboard stays there, and the lock is a button then', async () => {
    const { page } = await browser.openPage(zombie);
    await page.locator('#object button', { hasText: 'g0' }).focus();
    await page.keyboard.press('Enter');
    expect(await said(page, '#object')).toMatch(/^Key g0 the verdict is about it value 3000012/);
    expect(await page.evaluate('document.activeElement.dataset.select')).toBe('l:l0');
    expect(page.url()).toContain('sel=k%3Ag0');
    await page.keyboard.press('Enter');
    expect(await said(page, '#object')).toMatch(/^Lock l0/);
  });

  test('of several groups each has its nodes and its objects', async () => {
    const { page } = await browser.openPage(groups);
    expect(await said(page, '#state')).toContain('of group 0');
    expect(await page.locator('#state tbody .of-node').allInnerTexts()).toEqual(['n0', 'n3']);
    await page.locator('[data-group="1"]').click();
    expect(await page.locator('#state tbody .of-node').allInnerTexts()).toEqual(['n1']);
    expect(await page.evaluate('document.activeElement.dataset.group')).toBe('1');
    expect(await said(page, '#object')).toMatch(/^Lock L of group 0/);
    await page.locator('#object .other', { hasText: 'of 1' }).click();
    expect(await said(page, '#object')).toMatch(/^Lock L of group 1 owner free/);
    await page.locator('#object .other', { hasText: 'of 0' }).click();
    expect(await said(page, '#object')).toMatch(/^Lock L of group 0/);
  });

  test('the order opens at what has no place, and reads well to a screen reader, light and dark', async () => {
    for (const dark of [false, true]) {
      const { page } = await browser.openPage(zombie, { dark });
      await page.locator('.placed > summary').click();
      const inView = async (part: string): Promise<boolean> =>
        page.locator(part).evaluate((one) => {
          const box = one.getBoundingClientRect();
          const around = one.closest('.placed-scroll')!.getBoundingClientRect();
          return (
            box.right <= around.right + 1 && box.bottom <= around.bottom + 1 && box.left >= around.left - 1
          );
        });
      await expect.poll(() => inView('.placed-lanes .bar.odd')).toBe(true);
      expect(await inView('.placed-table .odd td:first-child')).toBe(true);
      // Not as a script of the page: its policy allows none but its own.
      await page.evaluate(axe);
      const found = await page.evaluate<string[]>(
        "axe.run('.work').then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].html}`))",
      );
      expect(found).toEqual([]);
    }
  });

  test('without scripts state, object and order are there, and nothing is offered that would not answer', async () => {
    const { page } = await browser.openPage(zombie, { scripts: false });
    expect(await said(page, '#state')).toMatch(/^State after step 12 /);
    expect(await said(page, '#object')).toMatch(/^Lock l0 c3 believes/);
    expect(await page.locator('#object .others').isVisible()).toBe(false);
    await page.locator('.placed > summary').click();
    expect(await page.locator('.placed-table tbody tr').count()).toBe(78);
    expect(await page.locator('.placed-lanes .bar.odd').isVisible()).toBe(true);
  });
});
