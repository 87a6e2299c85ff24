/** The foot of a page in a real browser: what a reseeded run tells, and where its instants lead. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { RunPage } from '../../reports/page/run-page.ts';
import { runPageOf } from '../../reports/page/run-page-of.ts';
import { whatIf } from '../what-if.ts';
import { violating } from '../what-if.test-support.ts';
import { testBrowser, whySkipped } from './chromium.test-support.ts';
import { aboutOf } from './planted-page.test-support.ts';
import { runPageText } from './write-page.ts';

const browser = testBrowser();

/** The page of a stale vote that is counted: chance at first, and inevitable from a step on. */
function stalePage(): RunPage {
  const { scenario, record, facts } = violating(
    'election-safety',
    'stale-vote-counted',
    'lossy-and-slow',
    46,
  );
  return runPageOf({
    ...{
      record,
      finding: facts.result.findings[0]!,
      story: facts.story,
      about: aboutOf(record, facts.result.hash),
    },
    ...{ rule: scenario.properties[0]!.sentence, linearizability: null },
    whatIf: whatIf(scenario, facts, { eventsMax: 450_000 }),
  });
}

describe.skipIf(whySkipped !== '')(`the foot of a page${whySkipped}`, () => {
  const page = stalePage();
  const file = join(browser.folder, 'report.html');
  writeFileSync(file, runPageText(page, { repro: null, campaign: null }));
  const instants = page.whatIf!.reseeded!.instants;
  afterEach(() => browser.closePages());

  test('a click on a bar, and Enter on a time of the table, move the cursor to that instant', async () => {
    const { page: opened, complaints } = await browser.openPage(file);
    const foot = opened.locator('#inevitable');
    // It opens on the violation: the last instant before it is marked.
    expect(await foot.locator('g.current').getAttribute('data-instant')).toBe(String(instants.length - 1));
    await foot.locator('g').nth(3).click();
    await foot.locator('g.current[data-instant="3"]').waitFor();
    await foot.locator('summary').press('Enter');
    const step7 = foot.locator('tr', { hasText: 'step 7' }).locator('a');
    await step7.press('Enter');
    await opened.locator('#story .step.current[data-step="7"]').waitFor();
    expect(await foot.locator('tr.current').textContent()).toContain('step 7');
    expect(complaints).toEqual([]);
  });

  test('tells its sentences without scripts', async () => {
    const { page: opened } = await browser.openPage(file, { scripts: false });
    expect(await opened.locator('#whatif').textContent()).toMatch(/without lossy of n2 at 12\.733\ss/);
    expect(await opened.locator('#inevitable').textContent()).toMatch(
      /Inevitable from step 7\s+\d+ of \d+ reseeded runs break from 13\.815 s on/,
    );
  });

  test.each([
    [1440, false],
    [1440, true],
    [390, false],
  ])('keeps its words within its place, %i wide', async (width, dark) => {
    const { page: opened } = await browser.openPage(file, {
      width,
      dark,
      height: width === 390 ? 844 : 1000,
    });
    for (const id of ['#whatif', '#inevitable']) {
      const overflow = await opened.locator(id).evaluate((one) => one.scrollWidth - one.clientWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
    const shots = process.env['STORMGLASS_SHOTS'];
    if (shots !== undefined)
      await opened.screenshot({
        path: join(shots, `whatif-${width}${dark ? '-dark' : ''}.png`),
        fullPage: true,
      });
  });
});
