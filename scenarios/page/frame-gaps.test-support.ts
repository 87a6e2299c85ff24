/**
 * Measures what the page of a run of an hour costs in a real Chromium: how long it takes to open, and the gaps between frames of a scripted pan, by
 * the density of what is in view. Prints figures and asserts nothing: a loaded machine is no defect of the page.
 * `npx jiti scenarios/page/frame-gaps.test-support.ts` runs it, after `npm run build`: on drawn data with 200,000 messages; with `real` behind it on a
 * run of an hour that is simulated first, of which it prints the size too.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { longRunPage } from '../../reports/page/long-run.test-support.ts';
import { runPageOf } from '../../reports/page/run-page-of.ts';
import { chromiumPath } from './chromium.test-support.ts';
import { longRun } from './long-run.test-support.ts';
import { writeRunPage } from './write-page.ts';

/** Frames of one pan. */
const frames = 240;

/** In the page: pans by shift and wheel once a frame, back and forth, and keeps the gaps. A text, as these types know no browser. */
const pan = `new Promise((done) => {
  const surface = document.querySelector('.lanes-surface');
  const gaps = [];
  let last = 0;
  const frame = (now) => {
    if (last > 0) gaps.push(now - last);
    last = now;
    if (gaps.length >= ${frames}) return done(gaps);
    const deltaY = gaps.length < ${frames / 2} ? -17 : 17;
    surface.dispatchEvent(new WheelEvent('wheel', { deltaY, shiftKey: true, bubbles: true, cancelable: true }));
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})`;

/** Gaps between frames in milliseconds, rising. */
function told(name: string, gaps: readonly number[]): string {
  const rising = [...gaps].sort((a, b) => a - b);
  const at = (share: number) => rising[Math.floor(share * (rising.length - 1))]!.toFixed(1);
  return `${name}: ${gaps.length} frames, median ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(1)} ms\n`;
}

async function main(): Promise<void> {
  const executablePath = chromiumPath();
  if (executablePath === null) throw new Error('no Chromium here: STORMGLASS_CHROMIUM names one');
  const folder = mkdtempSync(join(tmpdir(), 'stormglass-frames-'));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const data = process.argv.includes('real') ? runPageOf(longRun(3_600_000)) : longRunPage();
    const file = writeRunPage(folder, 'hour.html', data, { repro: null, campaign: null });
    process.stdout.write(
      `${data.timeline.operations.id.length} operations, ${data.timeline.messages.from.length} messages, ${statSync(file).size} bytes\n`,
    );
    const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    const begun = process.hrtime.bigint();
    await page.goto(pathToFileURL(file).href);
    await page.waitForSelector('html[data-ready="true"]');
    const opened = Number(process.hrtime.bigint() - begun) / 1e6;
    process.stdout.write(`opened in ${opened.toFixed(0)} ms\n`);
    await page.keyboard.press('t');
    const box = (await page.locator('.lanes-surface').boundingBox())!;
    await page.keyboard.press('0');
    // Never the whole of it: it would have nowhere to go.
    const views = [
      ['half the run', 1],
      ['a sixteenth', 3],
      ['a 512th', 5],
      ['a 16,384th', 5],
    ] as const;
    for (const [name, closer] of views) {
      for (let i = 0; i < closer; i += 1) await page.keyboard.press('+');
      await page.mouse.move(box.x + 300, box.y + 150);
      process.stdout.write(told(name, await page.evaluate<number[]>(pan)));
    }
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
