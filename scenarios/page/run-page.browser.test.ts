/** The page of a run in a real browser: what is seen without scrolling, the keys, the address, who may read it, and that nothing runs or is fetched. */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { picturePage } from '../../reports/page/picture-page.test-support.ts';
import type { RunPage } from '../../reports/page/run-page.ts';
import { hostilePage } from '../../reports/page/hostile-page.test-support.ts';
import { testBrowser, whySkipped } from './chromium.test-support.ts';
import { plantedPage } from './planted-page.test-support.ts';
import { runPageText } from './write-page.ts';

const browser = testBrowser();
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Files by name: the picture's run, and a real one. */
const files = new Map<string, string>();

function fileOf(name: string, page: RunPage): string {
  const file = join(browser.folder, `${name}.html`);
  writeFileSync(file, runPageText(page, { repro: null, campaign: '../report.html' }));
  files.set(name, file);
  return file;
}

beforeAll(() => {
  fileOf('picture', picturePage());
  fileOf('zombie', plantedPage('no-stale-write', 'no-fence', 'zombie-holder', 1).page);
});
afterEach(() => browser.closePages());

/** What axe-core finds, as `rule: where`. */
async function violationsOf(page: Page): Promise<string[]> {
  // Not as a script of the page: its policy allows none but its own.
  await page.evaluate(axe);
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map((one) => `${one.id}: ${one.nodes[0].html}`))',
  );
}

/** The step that the story marks, and the moment in the address. */
async function shown(page: Page): Promise<{ step: string | null; hash: string }> {
  const current = page.locator('.step.current');
  const step = (await current.count()) === 0 ? null : await current.getAttribute('data-step');
  return { step, hash: new URL(page.url()).hash };
}

/** How many pixels the page needs, across or down. */
function needed(page: Page, way: 'scrollWidth' | 'scrollHeight'): Promise<number> {
  return page.evaluate(`document.documentElement.${way}`);
}

/** What lies in the clipboard. */
function clipboard(page: Page): Promise<string> {
  return page.evaluate('navigator.clipboard.readText()');
}

/** Whatever Tab should reach. */
const reachable = 'a[href], button, input, select, summary, [tabindex="0"]';

describe.skipIf(whySkipped !== '')(`the page of a run in Chromium${whySkipped}`, () => {
  test.each(['picture', 'zombie'])(
    '%s: the whole top stands in the window at 1280×720 and 390×844',
    async (name) => {
      for (const [width, height] of [
        [1280, 720],
        [390, 844],
      ] as const) {
        const { page } = await browser.openPage(files.get(name)!, { width, height });
        for (const part of ['h1', '#command', 'button[data-copy="command"]', '.build', '.pair', '.kind']) {
          const one = page.locator(part).first();
          // A run whose observations are not two has no pair.
          if (part === '.pair' && (await one.count()) === 0) continue;
          const box = (await one.boundingBox())!;
          expect(box.x, part).toBeGreaterThanOrEqual(0);
          expect(box.y, part).toBeGreaterThanOrEqual(0);
          expect(box.x + box.width, part).toBeLessThanOrEqual(width);
          expect(box.y + box.height, part).toBeLessThanOrEqual(height);
        }
        expect(await needed(page, 'scrollWidth')).toBe(width);
      }
    },
  );

  test('a failing run fits 1440×1000 without scrolling', async () => {
    for (const name of ['picture', 'zombie']) {
      const { page } = await browser.openPage(files.get(name)!);
      expect(await needed(page, 'scrollHeight'), name).toBeLessThanOrEqual(1000);
    }
  });

  test('nothing is asked for but the file, and the console stays silent', async () => {
    const { page, requests, complaints } = await browser.openPage(files.get('zombie')!);
    for (const key of ['ArrowUp', 'ArrowLeft', 't', '+', 't', 'c', 'Escape', 'Home', 'End', 'Enter', '?'])
      await page.keyboard.press(key);
    await page.waitForTimeout(100);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^file:.*zombie\.html$/);
    expect(complaints).toEqual([]);
  });

  test('it opens on the violation; keys move through the story and its events, and the address follows', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    expect(await shown(page)).toEqual({ step: '10', hash: '' });
    const walk = [
      ['ArrowUp', '9', '#t=15.233'],
      ['k', '8', '#t=14.982'],
      ['j', '9', '#t=15.233'],
      ['Home', '1', '#t=3.219'],
      ['ArrowUp', '1', '#t=3.219'],
      ['ArrowRight', '2', '#t=3.668'],
      ['ArrowLeft', '1', '#t=3.219'],
      ['End', '10', '#t=15.255'],
      ['ArrowDown', '10', '#t=15.255'],
    ] as const;
    for (const [key, step, hash] of walk) {
      await page.keyboard.press(key);
      expect(await shown(page), key).toEqual({ step, hash });
    }
  });

  test('an address with a moment opens it, and so does going to one on the open page', async () => {
    const { page } = await browser.openPage(files.get('picture')!, { fragment: '#t=13.353' });
    expect((await shown(page)).step).toBe('6');
    await page.evaluate("location.hash = '#t=3.741'");
    await page.locator('.step.current', { hasText: 'partition' }).waitFor();
    expect((await shown(page)).step).toBe('4');
  });

  test('going back to the address without a moment shows what it shows when it is opened', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    await page.evaluate("location.hash = '#t=3.741'");
    await page.locator('.step.current', { hasText: 'partition' }).waitFor();
    await page.goBack();
    await page.locator('.step.current[data-step="10"]').waitFor();
  });

  test('while a key is held the address is written as often as browsers allow, and is right in the end', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    const written = await page.evaluate<number>(`(() => {
      let count = 0;
      const write = history.replaceState;
      history.replaceState = function (...all) { count += 1; globalThis.written = count; write.apply(this, all); };
      for (let i = 0; i < 90; i += 1)
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: i % 2 === 0 ? 'Home' : 'End', bubbles: true }));
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Home', bubbles: true }));
      return count;
    })()`);
    expect(written).toBeLessThan(30);
    await expect.poll(() => new URL(page.url()).hash).toBe('#t=3.219');
  });

  test('before the first step and after the last there is none to go to: the cursor stays', async () => {
    const { page } = await browser.openPage(files.get('zombie')!);
    await page.keyboard.press('ArrowDown');
    expect((await shown(page)).step).toBe('12');
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowLeft');
    const before = await shown(page);
    await page.keyboard.press('ArrowUp');
    expect(await shown(page)).toEqual(before);
    expect(before.step).toBeNull();
  });

  test('Escape takes one thing back: first out of the field, and the keyboard goes on at the lanes', async () => {
    const { page } = await browser.openPage(files.get('picture')!, { fragment: '#t=3.219&sel=l%3AL' });
    await page.keyboard.press('/');
    await page.keyboard.type('n0');
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement.className')).toBe('lanes-scroll');
    expect(await page.locator('#slice-head input').inputValue()).toBe('n0');
    expect((await shown(page)).hash).toContain('sel=');
    await page.keyboard.press('Escape');
    expect((await shown(page)).hash).not.toContain('sel=');
    expect(await page.locator('#slice-head input').inputValue()).toBe('n0');
    await page.keyboard.press('Escape');
    expect(await page.locator('#slice-head input').inputValue()).toBe('');
  });

  test('keys that select text are the text, and those with the lock of capitals on are meant', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    await page.keyboard.press('Shift+ArrowUp');
    expect((await shown(page)).step).toBe('10');
    await page.keyboard.press('Shift+K');
    expect((await shown(page)).step).toBe('10');
    // As the lock of capitals writes it: without shift.
    await page.keyboard.press('K');
    expect((await shown(page)).step).toBe('9');
  });

  test('rings and links to causes lead to their steps', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    await page.locator('.expected .when a').click();
    expect((await shown(page)).step).toBe('6');
    await page.locator('.step.current .trail a', { hasText: '7' }).click();
    expect((await shown(page)).step).toBe('7');
    await page.locator('.step .told').nth(1).click();
    expect((await shown(page)).step).toBe('2');
  });

  test('Tab reaches everything that answers, and each shows a ring of focus', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    const wanted = await page.evaluate<number>(
      `[...document.querySelectorAll('${reachable}')].filter((one) => one.checkVisibility()).length`,
    );
    const reached = new Set<string>();
    for (let i = 0; i < wanted; i += 1) {
      await page.keyboard.press('Tab');
      const [place, ring] = await page.evaluate<[string, string]>(`(() => {
        const one = document.activeElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return [String([...document.querySelectorAll('*')].indexOf(one)), outlineStyle + ' ' + outlineWidth];
      })()`);
      expect(ring).toBe('solid 2px');
      reached.add(place);
    }
    expect(reached.size).toBe(wanted);
  });

  test('y and the buttons copy the command and the test, and say so; where the clipboard is refused too', async () => {
    const { about } = picturePage();
    for (const noClipboard of [false, true]) {
      const { page } = await browser.openPage(files.get('picture')!);
      if (noClipboard)
        await page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))");
      await page.keyboard.press('y');
      await page.locator('.said', { hasText: 'Copied.' }).waitFor({ state: 'attached' });
      expect(await clipboard(page)).toBe(about.command);
      await page.locator('button[data-copy="test"]').click();
      await page.locator('button[data-copy="test"]', { hasText: 'Copied' }).waitFor();
      expect(await clipboard(page)).toBe(about.vitestTest);
    }
  });

  test('where no way of copying is left, what was asked for stands selected: the test too, which is nowhere else', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    await page.evaluate(
      "navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); document.execCommand = () => false;",
    );
    await page.locator('button[data-copy="test"]').click();
    const field = page.locator('textarea.refused');
    await field.waitFor();
    expect(await field.inputValue()).toBe(picturePage().about.vitestTest);
    expect(await page.evaluate('getSelection().toString()')).toBe(picturePage().about.vitestTest);
    expect(await page.locator('.said').textContent()).toContain('refused');
    await page.locator('button[data-copy="command"]').click();
    await expect.poll(() => page.evaluate('getSelection().toString()')).toBe(picturePage().about.command);
  });

  test('on paper, narrow as it is, all of the story stands, and the lanes are as wide as the paper', async () => {
    const { page } = await browser.openPage(files.get('zombie')!);
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 720, height: 1000 });
    expect(await page.locator('.step:visible').count()).toBe(12);
    expect(await needed(page, 'scrollWidth')).toBe(720);
    const { x, width } = (await page.locator('.lanes-stick canvas').boundingBox())!;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + width).toBeLessThanOrEqual(720);
    expect(await page.evaluate("document.querySelector('.lanes-scroll').scrollLeft")).toBeGreaterThan(0);
    expect(await page.locator('.command button:visible, .scales button:visible').count()).toBe(0);
  });

  test('in forced colours marks keep a form, and what is chosen or current stands out', async () => {
    const { page } = await browser.openPage(files.get('zombie')!);
    await page.emulateMedia({ forcedColors: 'active' });
    const colour = (part: string, which: string) =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${part}')).${which}`);
    const page0 = await colour('body', 'backgroundColor');
    for (const part of ['.role-leader', '.lease-bar i', '[aria-pressed="true"]', '.entry.committed'])
      expect(await colour(part, 'backgroundColor'), part).not.toBe(page0);
    const edge = (part: string) => colour(part, 'borderTopColor');
    expect(await edge('.step.current')).not.toBe(await edge('.step:not(.current)'));
    expect(await edge('.step:not(.current)')).toBe(page0);
  });

  test('? shows all keys in a dialog, Escape closes it, and keys do nothing else meanwhile', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    await page.keyboard.press('?');
    expect(await page.locator('dialog#keys').isVisible()).toBe(true);
    await page.keyboard.press('ArrowUp');
    expect((await shown(page)).step).toBe('10');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog#keys').isVisible()).toBe(false);
  });

  test('where it is narrow, a stepper with targets for fingers moves through the story', async () => {
    const { page } = await browser.openPage(files.get('picture')!, { width: 390, height: 844 });
    const before = page.getByRole('button', { name: 'Previous step' });
    const box = (await before.boundingBox())!;
    expect(box.width).toBeGreaterThanOrEqual(44);
    expect(box.height).toBeGreaterThanOrEqual(32);
    await before.click();
    expect(await page.locator('#story output').textContent()).toBe('9 of 10');
    expect(await page.locator('.step:visible').count()).toBe(1);
    expect(await page.locator('.step:visible').getAttribute('data-step')).toBe('9');
  });

  test.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['narrow', { width: 390, height: 844 }],
    ['narrow and dark', { width: 390, height: 844, dark: true }],
  ] as const)('axe-core finds nothing: %s', async (_, opening) => {
    for (const name of ['picture', 'zombie']) {
      const { page } = await browser.openPage(files.get(name)!, opening);
      expect(await violationsOf(page)).toEqual([]);
      await page.keyboard.press('Home');
      await page.keyboard.press('?');
      expect(await violationsOf(page)).toEqual([]);
    }
  });

  test('axe-core is heard: what is planted is found', async () => {
    const { page } = await browser.openPage(files.get('picture')!);
    await page.evaluate("document.documentElement.lang = ''");
    expect(await violationsOf(page)).toEqual([expect.stringMatching(/^html-has-lang/)]);
  });

  test('without scripts it is whole, and offers nothing that only scripts could do', async () => {
    const { page } = await browser.openPage(files.get('zombie')!, { scripts: false });
    expect(await page.locator('h1').isVisible()).toBe(true);
    expect(await page.locator('#command').isVisible()).toBe(true);
    expect(await page.locator('.step').count()).toBeGreaterThanOrEqual(5);
    for (const button of await page.locator('button').all()) expect(await button.isVisible()).toBe(false);
  });

  test('without scripts and styles the bare text tells verdict, command and story in this order', async () => {
    const bare = readFileSync(files.get('zombie')!, 'utf8').replace(/<style>[\s\S]*?<\/style>/g, '');
    const file = join(browser.folder, 'bare.html');
    writeFileSync(file, bare);
    const { page } = await browser.openPage(file, { scripts: false });
    const text = await page.locator('body').innerText();
    const places = ['Violated', 'write under token', 'npx stormglass replay', 'Story', '1'].map((one) =>
      text.indexOf(one),
    );
    expect(places.every((place, i) => place > (i === 4 ? -1 : (places[i - 1] ?? -1)))).toBe(true);
  });

  test('on the canvas too nothing turns the direction of what stands beside it, or is half a character', async () => {
    const hostile = hostilePage();
    const lock = hostile.timeline.locks.find(({ name }) => name.includes('\u202e'))!;
    const faults = hostile.timeline.faults.map((fault) => ({ ...fault, fault: lock.name }));
    const timeline = { ...hostile.timeline, locks: [lock], faults };
    const { page } = await browser.openPage(fileOf('misleading', { ...picturePage(), timeline }));
    await page.evaluate(`{
      globalThis.drawn = '';
      const write = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...at) {
        globalThis.drawn += text;
        write.call(this, text, ...at);
      };
    }`);
    await page.keyboard.press('c');
    await expect.poll(() => page.evaluate<string>('globalThis.drawn')).not.toBe('');
    expect(await page.evaluate<string>('globalThis.drawn')).not.toMatch(
      /[\u0000-\u001f\u202e]|\p{Surrogate}/u,
    );
  });

  test('hostile names, keys, values and messages run nothing and stand as text', async () => {
    const { page, complaints, requests } = await browser.openPage(fileOf('hostile', hostilePage()));
    for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'Enter', 't', 'End']) await page.keyboard.press(key);
    await page.waitForTimeout(100);
    expect(await page.evaluate("'hacked' in globalThis")).toBe(false);
    expect(await page.locator('img, iframe, object, embed, marquee').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toContain('<img src=x onerror=');
    // Each object can be chosen, whatever it is called, and the address leads back to it.
    await page.locator('#object .others summary').click();
    for (let i = 0; i < 12; i += 1) {
      const button = page.locator('#object .other').nth(i);
      const select = (await button.getAttribute('data-select'))!;
      await button.evaluate((one: { click: () => void }) => one.click());
      expect(new URLSearchParams((await shown(page)).hash.slice(1)).get('sel')).toBe(select);
    }
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});
