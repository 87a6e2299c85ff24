import fc from 'fast-check';
import { expect, test } from 'vitest';
import { picturePage } from './picture-page.test-support.ts';
import type { RunPage } from './run-page.ts';
import { storyLinks } from './story-links.ts';

const picture = picturePage();

test('a step names the steps that led to it, along messages and along its own host', () => {
  const links = storyLinks(picture);
  expect(links[9]).toEqual({ causes: [6, 9], effects: [] });
  expect(links[5]).toEqual({ causes: [5], effects: [7, 10] });
});

test('a step that no host did has no links', () => {
  expect(storyLinks(picture)[3]).toEqual({ causes: [], effects: [] });
});

/** A run of some events on three hosts, some of which received what an earlier one sent, some of which are told. */
const runs = fc
  .array(fc.record({ host: fc.nat(2), from: fc.option(fc.nat(30)), told: fc.boolean() }), { maxLength: 30 })
  .map((drawn): RunPage => {
    const { timeline } = picture;
    const sent: number[] = [];
    const message = drawn.map(({ from }, i) => (from === null || from >= i ? -1 : sent.push(from) - 1));
    const steps = drawn.flatMap(({ told }, i) => (told ? [i] : [])).slice(0, 12);
    return {
      ...picture,
      storyEvents: steps,
      story: steps.map((_, i) => ({ ...picture.story[0]!, number: i + 1 })),
      timeline: {
        ...timeline,
        events: {
          ...timeline.events,
          seq: drawn.map((_, i) => i),
          message,
          previous: drawn.map(({ host }, i) => drawn.findLastIndex((one, k) => k < i && one.host === host)),
        },
        messages: { ...timeline.messages, sent },
      },
    };
  });

test('linked are exactly the steps in the causal past between which no other step lies', () => {
  fc.assert(
    fc.property(runs, (page) => {
      const { events, messages } = page.timeline;
      const pastOf = (event: number): Set<number> => {
        const causes = [events.previous[event]!, messages.sent[events.message[event]!] ?? -1];
        return new Set(causes.filter((one) => one >= 0).flatMap((one) => [one, ...pastOf(one)]));
      };
      const pasts = page.storyEvents.map(pastOf);
      const before = (a: number, b: number): boolean => pasts[b]!.has(page.storyEvents[a]!);
      const all = [...page.storyEvents.keys()];
      storyLinks(page).forEach(({ causes }, step) => {
        const nearest = all.filter(
          (one) => before(one, step) && !all.some((other) => before(one, other) && before(other, step)),
        );
        expect(causes).toEqual(nearest.map((one) => one + 1));
      });
    }),
    { numRuns: 200 },
  );
});
