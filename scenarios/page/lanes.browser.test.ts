/** The lanes in a real browser: what the pointer finds, what is dimmed, the two scales, the search; read from pixels, the address and what is said. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { columnsOf } from '../../reports/page/causal-columns.ts';
import { chooseLanes } from '../../reports/page/lane-choice.ts';
import { labelsWidth, layOut, laneOfHost } from '../../reports/page/lane-layout.ts';
import { lanesPage, partition } from '../../reports/page/lanes-page.test-support.ts';
import type { RunPage } from '../../reports/page/run-page.ts';
import { testBrowser, whySkipped } from './chromium.test-support.ts';
import type { Opening } from './chromium.test-support.ts';
import { runPageText } from './write-page.ts';

const browser = testBrowser();
afterEach(() => browser.closePages());

/** c0 asks n0, which asks n1 and n2 and answers; n2 goes on alone two seconds later. The conflict is n0's answer. */
const hostile = '<img src=x onerror="window.ran = 1">';
const run = lanesPage({
  servers: 3,
  hosts: 4,
  events: [
    { at: 1000, host: 3 },
    { at: 3000, host: 0, message: 0 },
    { at: 5000, host: 1, message: 1 },
    { at: 5500, host: 2, message: 2 },
    { at: 8000, host: 0, message: 3 },
    { at: 10_000, host: 3, message: 4 },
    { at: 2_010_000, host: 2 },
  ],
  messages: [
    { sent: 0, received: 1 },
    { sent: 1, received: 2 },
    { sent: 1, received: 3 },
    { sent: 2, received: 4 },
    { sent: 4, received: 5 },
    { sent: 4, received: -1, to: 2 },
  ],
  storyEvents: [0, 1, 4],
  operations: {
    ...{ id: [7], host: [3], lane: [0], fromUs: [1000], toUs: [10_000], outcome: ['ok'], asked: [0] },
    ...{ answered: [-1], words: [`put ${hostile}`], pointUs: [8000], token: [0], object: [-1] },
  },
});

/** The same, with 400 events before it on n1. */
function longSlice(): RunPage {
  const events = Array.from({ length: 400 }, (_, i) => ({ at: 1000 * i, host: 1 }));
  return lanesPage({ servers: 3, hosts: 4, events, storyEvents: [399] });
}

/**
 * Dots, numbers and a cross where labels would stand: the story has three steps within a millisecond, c0 asks and n0 leads where steps stand, and a
 * message is lost in the middle of a wall. Of the barrier two more join before anybody arrives.
 */
const crowded = lanesPage({
  servers: 3,
  hosts: 4,
  events: [
    { at: 1000, host: 3 },
    { at: 1_000_000, host: 3 },
    { at: 1_000_300, host: 0 },
    { at: 1_000_600, host: 0 },
    { at: 1_500_000, host: 1 },
    { at: 2_000_000, host: 0 },
  ],
  messages: [{ sent: 2, received: -1, to: 2 }],
  storyEvents: [1, 2, 3, 5],
  faults: [partition([[0, 1], [2]], 0, 2_000_000)],
  operations: {
    ...{ id: [7], host: [3], lane: [0], fromUs: [1000], toUs: [2_000_000], outcome: ['ok'], asked: [0] },
    ...{ answered: [-1], words: ['put somewhere = 1'], pointUs: [-1], token: [0], object: [-1] },
  },
  more: {
    roles: [{ host: 0, group: 0, role: 'leader', term: 4, fromUs: 1_000_200, toUs: 2_000_000 }],
    barriers: [
      {
        ...{ name: 'b', group: 0, violating: true, parent: '' },
        generations: [
          {
            ...{ generation: 0, fromUs: 0, toUs: 2_000_000, outcome: null, reason: null },
            arrived: [{ atUs: 1_000_600, untilUs: -1, participant: 'p0' }],
          },
        ],
        needed: [
          { atUs: 0, participants: [], needed: 1 },
          { atUs: 1000, participants: ['p0', 'p1', 'p2'], needed: 3 },
        ],
      },
    ],
  },
});

/** c0 asked fifty times before the slice and never heard; what it asks in the slice it hears. */
const unheard = lanesPage({
  servers: 1,
  hosts: 2,
  events: Array.from({ length: 52 }, (_, i) => ({ at: 1000 * i, host: i < 50 ? 1 : 0 })),
  slice: [50, 51],
  storyEvents: [50, 51],
  operations: {
    id: Array.from({ length: 51 }, (_, i) => i),
    host: Array.from({ length: 51 }, () => 1),
    lane: Array.from({ length: 51 }, () => 0),
    fromUs: Array.from({ length: 51 }, (_, i) => 1000 * i),
    toUs: Array.from({ length: 51 }, (_, i) => (i < 50 ? -1 : 51_000)),
    outcome: Array.from({ length: 51 }, (_, i) => (i < 50 ? 'unknown' : 'ok')),
    asked: Array.from({ length: 51 }, (_, i) => (i < 50 ? 0 : 1)),
    answered: Array.from({ length: 51 }, () => -1),
    words: ['put unheard', 'put heard'],
    pointUs: Array.from({ length: 51 }, () => -1),
    token: Array.from({ length: 51 }, () => 0),
    object: Array.from({ length: 51 }, () => -1),
  },
});

/** For the first ten seconds nobody hears n1, whose message to n0 is lost. */
const oneWay = lanesPage({
  servers: 3,
  hosts: 3,
  events: [
    { at: 1000, host: 1 },
    { at: 5000, host: 2 },
    { at: 9_000_000, host: 0 },
    { at: 12_000_000, host: 0 },
  ],
  messages: [{ sent: 0, received: -1, to: 2 }],
  storyEvents: [0, 3],
  faults: [
    {
      ...{ fault: 'partition-one-way', hosts: [1], sides: null, fromUs: 0, toUs: 10_000_000, lost: null },
      cut: [
        [1, 0],
        [1, 2],
      ],
    },
  ],
});

const files = new Map<string, string>();
beforeAll(() => {
  for (const [name, page] of [
    ['run', run],
    ['long', longSlice()],
    ['crowded', crowded],
    ['unheard', unheard],
    ['one-way', oneWay],
    [
      'busy',
      lanesPage({
        servers: 2,
        hosts: 2,
        events: Array.from({ length: 900 }, (_, i) => ({ at: 1000 * i, host: i % 2, message: i - 1 })),
        messages: Array.from({ length: 899 }, (_, i) => ({ sent: i, received: i + 1 })),
        slice: [],
      }),
    ],
    [
      'many',
      lanesPage({
        servers: 14,
        hosts: 14,
        events: [0, 1, 2].map((host) => ({ at: 1000 * host, host })),
        storyEvents: [0, 2],
      }),
    ],
    [
      'held',
      lanesPage({
        servers: 3,
        hosts: 4,
        events: [
          { at: 0, host: 0 },
          { at: 9000, host: 1 },
        ],
        slice: [],
      }),
    ],
  ] as const) {
    const file = join(browser.folder, `${name}.html`);
    writeFileSync(file, runPageText(page, { repro: null, campaign: null }));
    files.set(name, file);
  }
});

/** An opened page with the places of its marks. */
class LanesOf {
  readonly page: Page;
  readonly complaints: readonly string[];
  constructor(page: Page, complaints: readonly string[]) {
    this.page = page;
    this.complaints = complaints;
  }

  static async open(name = 'run', opening: Opening = {}): Promise<LanesOf> {
    const { page, complaints } = await browser.openPage(files.get(name)!, opening);
    return new LanesOf(page, complaints);
  }

  /** Where an event stands in the causal scale: px of the lanes, and of the window. */
  async event(place: number): Promise<{ x: number; y: number; pageX: number; pageY: number }> {
    const box = (await this.page.locator('.lanes-surface').boundingBox())!;
    const columns = columnsOf(run.timeline.events, run.timeline.slice, box.width);
    const lane = laneOfHost(layOut(run, chooseLanes(run)), run.timeline.events.host[place]!, 3)!;
    const x = columns.left + place * columns.pitch;
    return { x, y: lane.middle, pageX: box.x + x, pageY: box.y + lane.middle };
  }

  /** Lightness of what is drawn there, 0 to 255: the darkest pixel within two of it. */
  async darkest(x: number, y: number): Promise<number> {
    await this.frame();
    const left = labelsWidth(await this.width()) + Math.round(x) - 2;
    return this.page.evaluate<number>(`{
      const canvas = document.querySelector('.lanes-stick canvas');
      const { data } = canvas.getContext('2d').getImageData(${left}, ${Math.round(y) - 2}, 5, 5);
      let least = 255;
      for (let i = 0; i < data.length; i += 4) least = Math.min(least, (data[i] + data[i + 1] + data[i + 2]) / 3);
      least;
    }`);
  }

  width(): Promise<number> {
    return this.page.evaluate<number>(`document.querySelector('.lanes-stick').clientWidth`);
  }

  /** Two frames: a change is drawn in the next one. */
  async frame(): Promise<void> {
    await this.page.evaluate(
      `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`,
    );
  }

  /** The texts of the next drawing, with the middle and the half width of each; px of the canvas. */
  async texts(): Promise<readonly { text: string; x: number; y: number; half: number }[]> {
    await this.frame();
    await this.page.evaluate(`{
      const pen = CanvasRenderingContext2D.prototype;
      const write = (globalThis.write ??= pen.fillText);
      globalThis.texts = [];
      pen.fillText = function (text, x, y) {
        const half = this.measureText(text).width / 2;
        const { e, f, a } = this.getTransform();
        const middle = this.textAlign === 'center' ? x : x + half;
        texts.push({ text, x: middle + e / a, y: y + f / a, half });
        write.call(this, text, x, y);
      };
    }`);
    await this.page.keyboard.press('c');
    await this.frame();
    await this.page.evaluate('globalThis.texts.length = 0');
    await this.page.keyboard.press('c');
    await this.frame();
    return this.page.evaluate('globalThis.texts');
  }

  hash(): string {
    return decodeURIComponent(new URL(this.page.url()).hash);
  }

  /** What the overview says is in view, in seconds. */
  async inView(): Promise<readonly number[]> {
    await this.frame();
    const label = await this.page.locator('.lanes-overview canvas').getAttribute('aria-label');
    return [...label!.matchAll(/([\d.]+) s/g)].map((found) => Number(found[1]));
  }
}

describe(`the lanes${whySkipped}`, () => {
  const it = test.skipIf(whySkipped !== '');

  it('of a run that held are those of real time: it has no causal slice, and no switch', async () => {
    const { page, complaints } = await LanesOf.open('held');
    const title = page.locator('#slice-head h2');
    expect(await title.textContent()).toBe('Real time');
    expect(await page.locator('[data-scale]').first().isVisible()).toBe(false);
    await page.keyboard.press('t');
    expect(await title.textContent()).toBe('Real time');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('a click on an event moves the cursor there, and tells what it came of and what came of it', async () => {
    const lanes = await LanesOf.open();
    const at = await lanes.event(2);
    await lanes.page.mouse.click(at.pageX, at.pageY);
    await lanes.frame();
    expect(lanes.hash()).toMatch(/t=0\.005.*sel=e:2/);
    const details = lanes.page.locator('.lanes-details');
    expect(await details.innerText()).toContain('n1: deliver append from n0');
    await details.getByRole('button', { name: 'step 3' }).click();
    await lanes.frame();
    expect(lanes.hash()).toMatch(/t=0\.008.*sel=e:4/);
    await lanes.page.keyboard.press('Escape');
    await lanes.frame();
    expect(await details.isVisible()).toBe(false);
    expect(lanes.complaints).toEqual([]);
  });

  it('by keyboard alone details are opened, followed and closed without losing the focus', async () => {
    const lanes = await LanesOf.open();
    const focused = () => lanes.page.evaluate<string>('document.activeElement.outerHTML.slice(0, 60)');
    await lanes.page.locator('.lanes-scroll').focus();
    await lanes.page.keyboard.press('Enter');
    await lanes.frame();
    await lanes.page.keyboard.press('Tab');
    const before = await focused();
    expect(before).toMatch(/^<button type="button" data-event="\d+"/);
    await lanes.page.keyboard.press('Enter');
    await lanes.frame();
    expect(await focused()).toMatch(/^<button type="button" data-event="\d+"/);
    expect(await focused()).not.toBe(before);
    await lanes.page.keyboard.press('Escape');
    await lanes.frame();
    expect(await focused()).toContain('lanes-scroll');
  });

  it('a click on the line of a message chooses the message', async () => {
    const lanes = await LanesOf.open();
    const from = await lanes.event(0);
    const to = await lanes.event(1);
    await lanes.page.mouse.click((from.pageX + to.pageX) / 2, (from.pageY + to.pageY) / 2);
    await lanes.frame();
    expect(lanes.hash()).toContain('sel=m:0');
    expect(await lanes.page.locator('.lanes-details').innerText()).toContain('c0 → n0');
  });

  it('a click on an operation tells all of it, and what it is called never becomes a part of the page', async () => {
    const lanes = await LanesOf.open();
    const at = await lanes.event(2);
    const client = await lanes.event(0);
    await lanes.page.mouse.click(at.pageX + 20, client.pageY);
    await lanes.frame();
    expect(lanes.hash()).toContain('sel=o:0');
    expect(await lanes.page.locator('.lanes-details').innerText()).toContain(hostile);
    expect(await lanes.page.evaluate('window.ran')).toBeUndefined();
    expect(await lanes.page.locator('#lanes img').count()).toBe(0);
  });

  it('pointing at an event leaves what happened before it, and fades the rest', async () => {
    const lanes = await LanesOf.open();
    const [one, two, three] = [await lanes.event(1), await lanes.event(2), await lanes.event(3)];
    // The message to n1 is of the past of n1's step; that to n2 is not.
    const known = [(one.x + two.x) / 2, (one.y + 9 + two.y - 9) / 2] as const;
    const unknown = [one.x + (three.x - one.x) * 0.75, one.y + 9 + (three.y - one.y - 18) * 0.75] as const;
    const before = [await lanes.darkest(...known), await lanes.darkest(...unknown)];
    await lanes.page.mouse.move(two.pageX, two.pageY);
    const after = [await lanes.darkest(...known), await lanes.darkest(...unknown)];
    expect(after[0]).toBeLessThan(180);
    expect(after[1]).toBeGreaterThan(before[1]! + 40);
    expect(await lanes.page.locator('.lanes-tip').innerText()).toContain('n1: deliver');
    await lanes.page.mouse.move(4, 4);
    expect(await lanes.darkest(...unknown)).toBeCloseTo(before[1]!, -1);
  });

  it('t shows real time: it opens on the slice, zooms by keys, wheel and buttons, and pans by dragging', async () => {
    const lanes = await LanesOf.open();
    await lanes.page.keyboard.press('t');
    const [from, to] = await lanes.inView();
    expect([from, to]).toEqual([0, 2.05]);
    await lanes.page.keyboard.press('+');
    const zoomed = await lanes.inView();
    expect(zoomed[1]! - zoomed[0]!).toBeCloseTo((to! - from!) / 2, 2);
    const box = (await lanes.page.locator('.lanes-surface').boundingBox())!;
    await lanes.page.mouse.move(box.x + 500, box.y + 100);
    await lanes.page.mouse.down();
    await lanes.page.mouse.move(box.x + 300, box.y + 100, { steps: 4 });
    await lanes.page.mouse.up();
    const panned = await lanes.inView();
    expect(panned[0]).toBeGreaterThan(zoomed[0]!);
    expect(panned[1]! - panned[0]!).toBeCloseTo(zoomed[1]! - zoomed[0]!, 2);
    await lanes.page.mouse.wheel(0, -400);
    // The browser hands a turn of the wheel on when it likes.
    const length = async () => ((seen) => seen[1]! - seen[0]!)(await lanes.inView());
    await expect.poll(length, { timeout: 4000 }).toBeLessThan(panned[1]! - panned[0]! - 0.1);
    await lanes.page.getByRole('button', { name: 'Whole run' }).click();
    expect(await lanes.inView()).toEqual([0, 2.05]);
    expect(lanes.complaints).toEqual([]);
  });

  it('what was asked before the slice and never heard does not cover what is asked in it', async () => {
    const lanes = await LanesOf.open('unheard');
    const told = (await lanes.texts()).map(({ text }) => text).filter((text) => text.startsWith('put'));
    expect(told).toEqual(['put heard']);
  });

  it('in real time a finger pans, and two zoom', async () => {
    const lanes = await LanesOf.open('run', { touch: true });
    await lanes.page.keyboard.press('t');
    await lanes.page.keyboard.press('+');
    const [from, to] = await lanes.inView();
    const { x, y } = (await lanes.page.locator('.lanes-surface').boundingBox())!;
    const fingers = await lanes.page.context().newCDPSession(lanes.page);
    const drag = async (...ways: readonly (readonly [number, number])[]) => {
      const at = (part: number) =>
        ways.map(([begin, end], id) => ({ id, x: x + begin + (end - begin) * part, y: y + 100 + 9 * id }));
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
      for (const part of [0.25, 0.5, 0.75, 1])
        await fingers.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(part) });
      await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    };
    await drag([500, 300]);
    const panned = await lanes.inView();
    expect(panned[0]).toBeGreaterThan(from! + 0.05);
    expect(panned[1]! - panned[0]!).toBeCloseTo(to! - from!, 2);
    await drag([300, 200], [400, 500]);
    const zoomed = await lanes.inView();
    expect(zoomed[1]! - zoomed[0]!).toBeLessThan((panned[1]! - panned[0]!) / 2);
    expect(lanes.complaints).toEqual([]);
  });

  it('after a click on the lanes Enter still tells of the event at the cursor', async () => {
    const lanes = await LanesOf.open();
    const { x, y } = (await lanes.page.locator('.lanes-surface').boundingBox())!;
    await lanes.page.mouse.click(x + 4, y + 2);
    await lanes.page.keyboard.press('ArrowLeft');
    await lanes.page.keyboard.press('Enter');
    await lanes.frame();
    expect(await lanes.page.locator('.lanes-details').innerText()).toContain('n2: deliver append from n0');
  });

  it('in real time the cursor is followed: an event outside of the window brings the window along', async () => {
    const lanes = await LanesOf.open();
    await lanes.page.keyboard.press('t');
    for (let i = 0; i < 6; i += 1) await lanes.page.keyboard.press('+');
    expect((await lanes.inView())[1]).toBeLessThan(1);
    await lanes.page.keyboard.press('ArrowRight');
    await lanes.page.keyboard.press('ArrowRight');
    const [from, to] = await lanes.inView();
    expect(from).toBeLessThanOrEqual(2.01);
    expect(to).toBeGreaterThanOrEqual(2.01);
  });

  it('a search for a node fades the lanes of others, and counts what it found', async () => {
    const lanes = await LanesOf.open();
    const other = await lanes.event(2);
    const before = await lanes.darkest(other.x + 30, other.y);
    await lanes.page.keyboard.press('/');
    await lanes.page.keyboard.type('n2');
    expect(await lanes.darkest(other.x + 30, other.y)).toBeGreaterThanOrEqual(before);
    const message = await lanes.event(1);
    const client = await lanes.event(0);
    const middle = [(message.x + client.x) / 2, (message.y + client.y) / 2] as const;
    expect(await lanes.darkest(...middle)).toBeGreaterThan(150);
    expect(await lanes.page.locator('#slice-head .note').innerText()).toContain('2 found');
    await lanes.page.keyboard.press('Escape');
    await lanes.page.keyboard.press('Escape');
    expect(await lanes.darkest(...middle)).toBeLessThan(150);
  });

  it('of a long slice the nearest sixty are drawn, and a button shows the earlier ones', async () => {
    const lanes = await LanesOf.open('long');
    const needed = () => lanes.page.evaluate<number>(`document.querySelector('.lanes-scroll').scrollWidth`);
    const narrow = await needed();
    await lanes.page.getByRole('button', { name: 'show 340 earlier' }).click();
    await lanes.frame();
    expect(await needed()).toBeGreaterThan(narrow + 339 * 24);
    expect(await lanes.page.locator('#slice-head .note').innerText()).toContain('400 events');
  });

  it('the list beside the canvas says what is on each lane at the cursor, and follows it', async () => {
    const lanes = await LanesOf.open();
    const list = lanes.page.locator('.lanes-list');
    expect(await list.textContent()).toContain('Lanes at 0.008 s');
    expect(await list.textContent()).toContain('c0: put <img');
    await lanes.page.keyboard.press('ArrowLeft');
    await lanes.frame();
    expect(await list.textContent()).toContain('event: n2: deliver append from n0');
    expect(await list.locator('a, button, [tabindex]').count()).toBe(0);
  });

  it('the list tells of lanes that a search brought, and moving is said to who does not see it', async () => {
    const lanes = await LanesOf.open('many');
    const list = lanes.page.locator('.lanes-list');
    expect(await list.innerText()).not.toMatch(/^n12:/m);
    expect(await lanes.page.locator('.lanes-said').textContent()).toBe('');
    await lanes.page.keyboard.press('/');
    await lanes.page.keyboard.type('n12');
    await lanes.frame();
    expect(await list.innerText()).toMatch(/^n12:/m);
    await lanes.page.keyboard.press('Escape');
    await lanes.page.keyboard.press('Home');
    await lanes.frame();
    expect(await lanes.page.locator('.lanes-said').textContent()).toBe('Step 1 of 2: n0 did 1, 0.000 s');
  });

  it('a canvas that changes its size is never shown empty, and is drawn as large as it is', async () => {
    const lanes = await LanesOf.open();
    const seen = await lanes.page.evaluate<number[]>(`new Promise((done) => {
      const root = document.getElementById('lanes');
      const canvas = root.querySelector('canvas');
      const seen = [];
      new ResizeObserver(() => {
        seen.push(canvas.width, canvas.getContext('2d').getImageData(2, 2, 1, 1).data[0]);
        if (seen.length === 4) done(seen);
      }).observe(root);
      setTimeout(() => { root.style.maxWidth = '700px'; }, 60);
    })`);
    expect(seen[2]).toBeLessThan(seen[0]!);
    expect([seen[1], seen[3]]).toEqual([255, 255]);
    // Another screen and another scheme at once: it is drawn as large as it is.
    const screen = await lanes.page.context().newCDPSession(lanes.page);
    await screen.send('Emulation.setDeviceMetricsOverride', {
      ...{ width: 1440, height: 1000, deviceScaleFactor: 2, mobile: false },
    });
    await lanes.page.emulateMedia({ colorScheme: 'dark' });
    await lanes.frame();
    const [scale, pixels, width] = await lanes.page.evaluate<number[]>(`(() => {
      const canvas = document.querySelector('#lanes canvas');
      return [canvas.getContext('2d').getTransform().a, canvas.width, canvas.clientWidth];
    })()`);
    expect(scale! * width!).toBe(pixels);
  });

  it('what is told of under a pointer that rests goes when it moves away under it', async () => {
    const lanes = await LanesOf.open();
    await lanes.page.keyboard.press('t');
    const box = (await lanes.page.locator('.lanes-surface').boundingBox())!;
    const { pageY } = await lanes.event(3);
    await lanes.page.mouse.move(box.x + (box.width * 2010) / 2050.2, pageY);
    await lanes.frame();
    const tip = lanes.page.locator('.lanes-tip');
    expect(await tip.innerText()).toContain('n2: deliver, 2.010 s');
    for (let i = 0; i < 3; i += 1) await lanes.page.keyboard.press('+');
    await lanes.frame();
    await expect.poll(() => tip.isVisible()).toBe(false);
  });

  it('the overview begins and ends with the lanes', async () => {
    for (const width of [1440, 390]) {
      const lanes = await LanesOf.open('run', { width });
      await lanes.page.keyboard.press('t');
      await lanes.frame();
      const strip = (await lanes.page.locator('.lanes-overview canvas').boundingBox())!;
      const surface = (await lanes.page.locator('.lanes-surface').boundingBox())!;
      expect([strip.x, strip.width]).toEqual([surface.x, surface.width]);
    }
  });

  it('light or dark, the lanes follow the scheme when it changes', async () => {
    const lanes = await LanesOf.open('run', { dark: true });
    const blank = [60, 5] as const;
    expect(await lanes.darkest(...blank)).toBeLessThan(40);
    await lanes.page.emulateMedia({ colorScheme: 'light' });
    expect(await lanes.darkest(...blank)).toBe(255);
  });

  it('labels stand beside the dots of the story, and beside crosses; where there is no room they are dropped', async () => {
    const lanes = await LanesOf.open('crowded', { width: 500 });
    const box = (await lanes.page.locator('.lanes-surface').boundingBox())!;
    const left = labelsWidth(await lanes.width());
    const columns = columnsOf(crowded.timeline.events, crowded.timeline.slice, box.width);
    const dot = (event: number) => left + columns.left + event * columns.pitch;
    const texts = await lanes.texts();
    const clear = (text: string, dots: readonly number[], half: number) => {
      const label = texts.find((one) => one.text === text)!;
      for (const x of dots) expect(Math.abs(x - label.x), text).toBeGreaterThanOrEqual(label.half + half);
    };
    clear('put somewhere = 1', [dot(1)], 6);
    clear('T4 leader', [dot(2), dot(3), dot(5)], 6);
    clear('partition 2.000 s', [dot(2) + 44], 6);
    // Three take part when the first arrives, not one as at the beginning.
    expect(texts.map(({ text }) => text)).toContain('1 of 3');
  });

  it('a partition that lets one way pass is told at the node that is not heard, and what is lost ends there', async () => {
    const lanes = await LanesOf.open('one-way');
    const mark = layOut(oneWay, chooseLanes(oneWay)).lanes.find(({ kind }) => kind === 'cut')!;
    const texts = await lanes.texts();
    expect(texts.find(({ text }) => text === 'heard by nobody 10.000 s')?.y).toBeCloseTo(mark.middle, -1);
    const lost = texts.find(({ text }) => text === 'append lost')!;
    expect(Math.abs(lost.y - mark.middle)).toBeLessThan(12);
    expect(await lanes.page.locator('.lanes-list').innerText()).not.toContain('heard by nobody');
    await lanes.page.keyboard.press('Home');
    await lanes.frame();
    expect(await lanes.page.locator('.lanes-list').innerText()).toContain('heard by nobody');
  });

  it('numbers of the story never cover each other', async () => {
    const lanes = await LanesOf.open('crowded');
    await lanes.page.keyboard.press('t');
    const numbers = (await lanes.texts()).filter(({ text, y }) => /^\d$/.test(text) && y < 22);
    // 4 is in the pill; 1, 2 and 3 stand at one place.
    expect(numbers.map(({ text }) => text)).toEqual(['1', '4']);
    await lanes.page.keyboard.press('0');
    for (let i = 0; i < 3; i += 1) await lanes.page.keyboard.press('ArrowUp');
    const others = (await lanes.texts()).filter(({ text, y }) => /^\d$/.test(text) && y < 22);
    expect(others.map(({ text }) => text)).toEqual(['4', '1']);
  });

  it('messages are drawn as many as can be told apart on the width that there is; of more their number is said', async () => {
    const said = async (opening: Opening) => {
      const texts = await (await LanesOf.open('busy', opening)).texts();
      return texts.map(({ text }) => text).filter((text) => text.includes('messages in view'));
    };
    expect(await said({ width: 1440 })).toEqual([]);
    expect(await said({ width: 390 })).toEqual(['899 messages in view: zoom in to see each']);
  });

  it('on a narrow page the lanes scroll to the cursor, and never widen the page', async () => {
    const lanes = await LanesOf.open('long', { width: 390, height: 844 });
    const scrolled = () => lanes.page.evaluate<number>(`document.querySelector('.lanes-scroll').scrollLeft`);
    expect(await scrolled()).toBeGreaterThan(500);
    await lanes.page.setViewportSize({ width: 700, height: 844 });
    await lanes.frame();
    expect(await lanes.page.evaluate<number>('document.documentElement.scrollWidth')).toBe(700);
    expect(await lanes.width()).toBe(700 - 32);
  });
});
