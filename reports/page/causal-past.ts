/** Happened-before over the events of the page: what an event came of, and what came of it. */
import type { Timeline } from './run-page.ts';
import { lowerBound } from './span-index.ts';

/** All that happened before an event, and itself: 1 by place. Causes come earlier in the table, so that one walk back finds them. */
export function pastOf({ events, messages }: Timeline, event: number): Uint8Array {
  const past = new Uint8Array(events.seq.length);
  if (event < 0 || event >= past.length) return past;
  past[event] = 1;
  for (let at = event; at >= 0; at -= 1) {
    if (past[at] === 0) continue;
    const before = events.previous[at]!;
    if (before >= 0) past[before] = 1;
    const message = events.message[at]!;
    const sender = message >= 0 ? messages.sent[message]! : -1;
    if (sender >= 0) past[sender] = 1;
  }
  return past;
}

/** By host the last event of a past: what it did up to there belongs to it, as the past of one host has no holes. -1: nothing. */
export function frontierOf({ events }: Timeline, past: Uint8Array, hosts: number): Int32Array {
  const last = new Int32Array(hosts).fill(-1);
  for (let at = 0; at < past.length; at += 1) {
    const host = events.host[at]!;
    if (past[at] === 1 && host >= 0 && host < hosts) last[host] = at;
  }
  return last;
}

/** Places of events by host, and of messages by the event that sent them. Made once. */
export class EventIndex {
  readonly #timeline: Timeline;
  readonly #byHost: readonly Int32Array[];
  readonly #times: readonly Float64Array[];
  /** A list of messages by sender: the first of an event, the next after a message. A Map of lists would take long for 200,000. */
  readonly #firstSent: Int32Array;
  readonly #nextSent: Int32Array;
  readonly #next: Int32Array;

  constructor(timeline: Timeline, hosts: number) {
    this.#timeline = timeline;
    const { host, atUs, previous } = timeline.events;
    const places: number[][] = Array.from({ length: hosts }, () => []);
    host.forEach((one, place) => places[one]?.push(place));
    this.#byHost = places.map((list) => Int32Array.from(list));
    this.#times = places.map((list) => Float64Array.from(list, (place) => atUs[place]!));
    this.#next = new Int32Array(host.length).fill(-1);
    previous.forEach((before, place) => {
      if (before >= 0) this.#next[before] = place;
    });
    const { sent } = timeline.messages;
    this.#firstSent = new Int32Array(host.length).fill(-1);
    this.#nextSent = new Int32Array(sent.length).fill(-1);
    for (let message = sent.length - 1; message >= 0; message -= 1) {
      const sender = sent[message]!;
      if (sender < 0) continue;
      this.#nextSent[message] = this.#firstSent[sender]!;
      this.#firstSent[sender] = message;
    }
  }

  /** The event of a host nearest to an instant, at most this far from it; -1 where there is none. */
  nearest(host: number, us: number, withinUs: number): number {
    const times = this.#times[host];
    if (times === undefined || times.length === 0) return -1;
    const i = lowerBound(times, us);
    const before = i > 0 ? us - times[i - 1]! : Infinity;
    const after = i < times.length ? times[i]! - us : Infinity;
    if (Math.min(before, after) > withinUs) return -1;
    return this.#byHost[host]![after <= before ? i : i - 1]!;
  }

  /** What an event came of: the one before it on its host, and the one that sent what it received; -1 where there is none. */
  causes(event: number): { readonly previous: number; readonly sender: number } {
    const { events, messages } = this.#timeline;
    const message = events.message[event] ?? -1;
    return {
      previous: events.previous[event] ?? -1,
      sender: message >= 0 ? messages.sent[message]! : -1,
    };
  }

  /** What came of an event directly: the next one on its host, and those that received what it sent. */
  effects(event: number): readonly number[] {
    const received = this.sentBy(event)
      .map((message) => this.#timeline.messages.received[message]!)
      .filter((place) => place >= 0);
    const next = this.#next[event] ?? -1;
    return [...new Set(next >= 0 ? [next, ...received] : received)].sort((a, b) => a - b);
  }

  /** Messages that an event sent. */
  sentBy(event: number): readonly number[] {
    const list: number[] = [];
    for (let at = this.#firstSent[event] ?? -1; at >= 0; at = this.#nextSent[at]!) list.push(at);
    return list;
  }

  /** Whether a host has events from here to there, ends included; and how many. */
  count(host: number, fromUs: number, toUs: number): number {
    const times = this.#times[host];
    if (times === undefined) return 0;
    return Math.max(0, lowerBound(times, toUs + 1) - lowerBound(times, fromUs));
  }
}
