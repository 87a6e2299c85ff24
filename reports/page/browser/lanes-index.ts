/** What the lanes look up in every frame, made once for a page and a choice of lanes: a frame asks for what is in view, and never walks all that a run had. */
import { EventIndex } from '../causal-past.ts';
import { cutMarks, cutWords } from '../cut-links.ts';
import type { CutMark } from '../cut-links.ts';
import type { LaneChoice } from '../lane-choice.ts';
import { operationRow } from '../lane-layout.ts';
import { MessageDensity } from '../message-density.ts';
import type { LockLane, OperationTable, RunPage } from '../run-page.ts';
import { SpanIndex } from '../span-index.ts';

/** What is looked up. */
export interface LaneIndex {
  readonly events: EventIndex;
  readonly messages: SpanIndex;
  readonly density: MessageDensity;
  /** By host and row. */
  readonly operations: ReadonlyMap<string, SpanIndex>;
  /** By operation until when it is drawn: one that never ended, until its client's lane is needed for the next one. */
  readonly ends: Float64Array;
  /** By host, of the group that is shown. */
  readonly roles: ReadonlyMap<number, SpanIndex>;
  /** By place of the key, of the lock, and of the barrier. */
  readonly values: ReadonlyMap<number, SpanIndex>;
  readonly locks: ReadonlyMap<number, LockIndex>;
  readonly generations: ReadonlyMap<number, SpanIndex>;
  /** Which grant of its lock a token was, by lock and token. */
  readonly nth: ReadonlyMap<string, number>;
  readonly violating: ReadonlySet<number>;
  /** What is cut, by the node at which it stands. */
  readonly cut: ReadonlyMap<number, readonly CutSpan[]>;
}

/** A mark of cut links while its fault is in force. */
export interface CutSpan extends CutMark {
  readonly fromUs: number;
  readonly toUs: number;
  /** The longest that has room is drawn. */
  readonly words: readonly string[];
}

function cutSpans({ timeline, about }: RunPage): ReadonlyMap<number, readonly CutSpan[]> {
  const spans = timeline.faults.flatMap(({ fromUs, toUs, cut }) =>
    cutMarks({ cut }, about.servers).map((mark) => ({
      ...mark,
      ...{ fromUs, toUs, words: [cutWords(mark, about), cutWords(mark, about, false)] },
    })),
  );
  return mapped(
    grouped(spans, ({ host }) => host),
    (places) => places.map((place) => spans[place]!),
  );
}

/**
 * Indexes what a page has.
 * @param before what was made for other lanes of the same page: what does not depend on the choice is taken over
 */
export function indexOf(page: RunPage, choice: LaneChoice, before: LaneIndex | null): LaneIndex {
  const { timeline, about } = page;
  const { messages, operations, roles, locks, keys } = timeline;
  const until = about.untilUs;
  const nth = new Map<string, number>();
  for (const { name, holdings } of locks)
    for (const held of holdings) {
      nth.set(`${name}\n${held.token}`, held.nth);
      if (!nth.has(`\n${held.token}`)) nth.set(`\n${held.token}`, held.nth);
    }
  const ofRoles = grouped(roles, (span) => (span.group === choice.group ? span.host : null));
  const ends = before?.ends ?? endsOf(operations, until);
  return {
    events: before?.events ?? new EventIndex(timeline, about.hosts),
    messages: before?.messages ?? new SpanIndex(messages.sentUs, messages.receivedUs),
    density: before?.density ?? new MessageDensity(timeline),
    operations: mapped(
      grouped(operations.host, (host, i) => `${host}/${operationRow(operations.lane[i]!)}`),
      (places) => new SpanIndex(operations.fromUs, ends, places),
    ),
    ends,
    roles: mapped(ofRoles, (places) => spansOf(roles, places)),
    values: new Map(
      choice.keys.map((key) => {
        const { values } = keys[key]!;
        const to = values.map((_, i) => values[i + 1]?.fromUs ?? until);
        return [
          key,
          new SpanIndex(
            values.map((value) => value.fromUs),
            to,
          ),
        ];
      }),
    ),
    locks: new Map(choice.locks.map((lock) => [lock, lockIndexOf(locks[lock]!)])),
    generations: new Map(choice.barriers.map((one) => [one, spansOf(timeline.barriers[one]!.generations)])),
    nth,
    violating: new Set(operations.violating),
    cut: before?.cut ?? cutSpans(page),
  };
}

/** What is looked up of one lock. */
export interface LockIndex {
  readonly holdings: SpanIndex;
  /** By the believer's host. */
  readonly beliefs: ReadonlyMap<number, SpanIndex>;
  /** By belief until when it was true; a belief may end before. */
  readonly trueUntil: Float64Array;
  /** When the queue changed. */
  readonly queued: Float64Array;
}

function lockIndexOf({ holdings, beliefs, queue }: LockLane): LockIndex {
  const byToken = new Map(holdings.map((held) => [held.token, held]));
  const ofHosts = grouped(beliefs, ({ host }) => host);
  return {
    holdings: spansOf(holdings),
    beliefs: mapped(ofHosts, (places) => spansOf(beliefs, places)),
    trueUntil: Float64Array.from(beliefs, ({ token, toUs }) => {
      const held = byToken.get(token);
      return held === undefined || held.reason === null ? toUs : Math.min(held.toUs, toUs);
    }),
    queued: Float64Array.from(queue, ({ atUs }) => atUs),
  };
}

/** Where operations end on their lanes. Of those that never did, where the next one of the lane begins, at the latest with the run. */
function endsOf({ host, lane, fromUs, toUs }: OperationTable, untilUs: number): Float64Array {
  const ends = Float64Array.from(toUs);
  const next = new Map<string, number>();
  // They stand in the order of asking.
  for (let place = toUs.length - 1; place >= 0; place -= 1) {
    const key = `${host[place]!}/${lane[place]!}`;
    if (toUs[place]! < 0) ends[place] = next.get(key) ?? untilUs;
    next.set(key, fromUs[place]!);
  }
  return ends;
}

function spansOf(
  spans: readonly { readonly fromUs: number; readonly toUs: number }[],
  only?: number[],
): SpanIndex {
  return new SpanIndex(
    spans.map((span) => span.fromUs),
    spans.map((span) => span.toUs),
    only,
  );
}

/** Places by key; those whose key is null are left out. */
function grouped<Of, Key>(
  list: readonly Of[],
  keyOf: (one: Of, place: number) => Key | null,
): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  list.forEach((one, place) => {
    const key = keyOf(one, place);
    if (key === null) return;
    const there = groups.get(key);
    if (there === undefined) groups.set(key, [place]);
    else there.push(place);
  });
  return groups;
}

function mapped<Key, From, To>(map: ReadonlyMap<Key, From>, change: (from: From) => To): Map<Key, To> {
  return new Map([...map].map(([key, from]) => [key, change(from)]));
}
