import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fragmentOf, momentOf, openingMoment } from './moment.ts';
import { picturePage } from './picture-page.test-support.ts';
import type { RunPage } from './run-page.ts';

const picture = picturePage();

/** A page with these events, and these of them told as steps; -1 a fault that is a step of no host, at the time of the event after it. */
function pageOf(times: readonly number[], steps: readonly number[]): RunPage {
  const { timeline } = picture;
  const place = (step: number): number => (step < 0 ? 0 : step);
  return {
    ...picture,
    storyEvents: steps,
    story: steps.map((step, i) => ({
      ...picture.story[0]!,
      number: i + 1,
      seq: place(step) >> 1,
      at: step < 0 ? times[0]! : times[step]!,
    })),
    timeline: {
      ...timeline,
      events: {
        ...timeline.events,
        seq: times.map((_, i) => i >> 1),
        atUs: times,
        host: times.map((_, i) => i & 1),
      },
    },
  };
}

test('a page opens on the violation', () => {
  expect(openingMoment(picture)).toEqual({ event: 8, step: 10, selected: null });
  expect(fragmentOf(picture, openingMoment(picture))).toBe('t=15.255');
});

test('a step that no host did is named by its time, and shows the last event before it', () => {
  const moment = momentOf(picture, 't=3.741');
  expect(moment).toEqual({ event: 2, step: 4, selected: null });
  expect(fragmentOf(picture, moment!)).toBe('t=3.741');
});

test('a time between events is the last event before it', () => {
  expect(momentOf(picture, 't=13.4')).toMatchObject({ event: 4, step: 6 });
  expect(momentOf(picture, 't=0')).toMatchObject({ event: 0 });
  expect(momentOf(picture, 't=999')).toMatchObject({ event: 8, step: 10 });
});

test('whatever the cursor is on, its fragment leads back to it: with events at one time, and with events of several hosts', () => {
  const times = fc
    .array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 })
    .map((gaps) => gaps.map((_, i) => 12_345_678 + gaps.slice(0, i).reduce((a, b) => a + b, 0)));
  const cases = times.chain((all) =>
    fc.record({
      all: fc.constant(all),
      steps: fc.subarray([...all.keys()]),
      event: fc.integer({ min: 0, max: all.length - 1 }),
    }),
  );
  fc.assert(
    fc.property(cases, ({ all, steps, event }) => {
      const page = pageOf(all, steps);
      const moment = { event, step: steps.indexOf(event) + 1, selected: `e:${event}` };
      expect(momentOf(page, fragmentOf(page, moment))).toEqual(moment);
    }),
  );
});

test('a selection is kept whatever the object is called', () => {
  for (const name of ['\ud800 half', '\u0000\u001b[31m', '__proto__', 'a&sel=e:1#', 'x'.repeat(1000), '']) {
    const locks = [{ ...picture.timeline.locks[0]!, name }];
    const page = { ...picture, timeline: { ...picture.timeline, locks } };
    const moment = { ...openingMoment(page), selected: `l:${name}` };
    expect(momentOf(page, fragmentOf(page, moment))).toEqual(moment);
  }
});

test('what names no moment is none, and a selection that this page does not have is dropped', () => {
  for (const bad of ['', 'x', 't=', 't=-1', 't=1e9', 't=NaN', 't=1.2.3', '__proto__=1', 't=%zz'])
    expect(momentOf(picture, bad)).toBeNull();
  for (const bad of ['e:999', 'e:-1', 'x:1', 'e:', 'l:no', '__proto__', `k:${'x'.repeat(10_000)}`])
    expect(momentOf(picture, `t=1&sel=${encodeURIComponent(bad)}`)).toMatchObject({ selected: null });
  expect(momentOf(picture, 't=1&sel=l%3AL')).toMatchObject({ selected: 'l:L' });
});
