/** Pages of long runs: what is drawn of them, what is counted, and that both together are all; and how large they become. */
import { expect, test } from 'vitest';
import { decodePage } from '../../reports/page/decode-page.ts';
import { encodePage } from '../../reports/page/encode-page.ts';
import { runPageOf } from '../../reports/page/run-page-of.ts';
import { stateAt } from '../../reports/page/state-at.ts';
import { longRun } from './long-run.test-support.ts';

const input = longRun(90_000);
const whole = runPageOf(input);
const bounded = runPageOf(input, { messages: 6_000, steps: 9_000 });

test('a run within the bounds is drawn whole', () => {
  const { timeline } = whole;
  expect(timeline.density).toBeNull();
  expect(timeline.window).toEqual({ fromUs: 0, toUs: input.record.untilUs });
  expect(timeline.messages.sent).toHaveLength(input.record.messages.step.length);
});

test('of a longer one all of a window round the violation is drawn', () => {
  const { window, events, messages } = bounded.timeline;
  expect(window.fromUs).toBeGreaterThan(0);
  expect(window.fromUs).toBeLessThan(bounded.verdict.atUs);
  expect(window.toUs).toBeGreaterThanOrEqual(bounded.verdict.atUs);
  const within = (us: number): boolean => us >= window.fromUs && us <= window.toUs;
  const all = whole.timeline;
  expect(events.atUs.filter(within)).toEqual(all.events.atUs.filter(within));
  expect(messages.sentUs.filter(within)).toEqual(all.messages.sentUs.filter(within));
  expect(messages.sent.length).toBeLessThanOrEqual(6_000);
  // Ends of messages that cross the window's edge come on top.
  expect(events.seq.length).toBeLessThanOrEqual(9_500);
});

test('what is not drawn is counted, when it was sent', () => {
  const { density, messages } = bounded.timeline;
  const counted = density!.messages.reduce((sum, one) => sum + one, 0);
  expect(counted + messages.sent.length).toBe(input.record.messages.step.length);
  expect(density!.messages.length).toBeLessThanOrEqual(2_000);
});

test('outside the window there is nothing but what happened before the violation, and its messages', () => {
  const { window, events, messages, slice } = bounded.timeline;
  const ends = new Set([...messages.sent, ...messages.received, ...slice, ...bounded.storyEvents]);
  const strangers = events.atUs.flatMap((at, event) =>
    (at < window.fromUs || at > window.toUs) && !ends.has(event) ? [event] : [],
  );
  expect(strangers).toEqual([]);
});

test('operations, roles, faults and the story are of the whole run', () => {
  for (const part of ['roles', 'hostSpans', 'faults', 'operations'] as const)
    expect(bounded.timeline[part]).toEqual(whole.timeline[part]);
  expect(bounded.timeline.operations.id.length).toBeGreaterThan(2_000);
  expect(bounded.storyEvents.every((event, i) => event >= 0 || bounded.story[i]!.node === null)).toBe(true);
});

test('the state at a step of the story is the same, however much is drawn', () => {
  bounded.storyEvents.forEach((event, i) => {
    if (event < 0) return;
    const state = stateAt(bounded, event, -1);
    const same = stateAt(whole, whole.storyEvents[i]!, -1);
    expect(state.nodes).toEqual(same.nodes);
    expect(state.columns.map((one) => one.index)).toEqual(same.columns.map((one) => one.index));
  });
});

test('the state of any event takes a few milliseconds', () => {
  const { length } = whole.timeline.events.seq;
  stateAt(whole, 0);
  const times = Array.from({ length: 100 }, (_, i) => {
    const from = performance.now();
    stateAt(whole, Math.floor((i * length) / 100));
    return performance.now() - from;
  }).sort((a, b) => a - b);
  // The median: what else the machine does is not what is judged.
  expect(times[50]).toBeLessThan(5);
});

test('an operation takes less than 30 bytes of the page, a drawn message less than 15: an hour of 100,000 is 5 MB', async () => {
  const text = encodePage(whole);
  const { operations, messages } = whole.timeline;
  expect(text.length).toBeLessThan(100_000 + 30 * operations.id.length + 15 * messages.sent.length);
  expect(await decodePage(text)).toEqual(whole);
});
