/** When entries of the log were first applied, and which request made them. */
import { logChanges } from '../run-record.ts';
import type { RunRecord } from '../run-record.ts';

const applied = logChanges.indexOf('applied');
const restored = logChanges.indexOf('restored');

/** Who asked for an entry. */
export interface Request {
  readonly group: number;
  readonly session: number;
  readonly number: number;
}

/** Looks up when entries were applied. */
export class EntryTimes {
  /** By group, by index: when the first replica applied it, in virtual microseconds. */
  readonly #first = new Map<number, number[]>();
  readonly #requests = new Map<string, { readonly atUs: number; readonly index: number }>();
  readonly #ofEntry = new Map<string, Request>();

  constructor({ steps, log, observations }: RunRecord) {
    /** By host and group, up to where it has applied. */
    const upTo = new Map<string, number>();
    for (let row = 0; row < log.step.length; row += 1) {
      const change = log.change[row];
      if (change !== applied && change !== restored) continue;
      const step = log.step[row]!;
      const group = log.group[row]!;
      const key = `${steps.host[step]!} ${group}`;
      const index = log.index[row]!;
      const before = upTo.get(key) ?? 0;
      upTo.set(key, index);
      if (change === applied) this.#note(group, before + 1, index, steps.at[step]!);
    }
    for (const { step, group, observation } of observations) {
      if (observation.kind !== 'applied') continue;
      const { session, number, index, repeated } = observation as Record<string, unknown>;
      if (typeof session !== 'number' || typeof number !== 'number' || typeof index !== 'number') continue;
      if (session === 0) continue;
      const entry = `${group} ${index}`;
      if (!this.#ofEntry.has(entry)) this.#ofEntry.set(entry, { group, session, number });
      const request = `${group} ${session} ${number}`;
      if (repeated === true || this.#requests.has(request)) continue;
      this.#requests.set(request, { atUs: steps.at[step]!, index });
    }
  }

  #note(group: number, from: number, to: number, atUs: number): void {
    const known = this.#first.get(group) ?? [];
    this.#first.set(group, known);
    for (let index = from; index <= to; index += 1) known[index] ??= atUs;
  }

  /** When the first replica applied an entry; null where none did. */
  applied(group: number, index: number): number | null {
    return this.#first.get(group)?.[index] ?? null;
  }

  /** When a request was first applied, where that was recorded. */
  ofRequest({ group, session, number }: Request): number | null {
    return this.#requests.get(`${group} ${session} ${number}`)?.atUs ?? null;
  }

  /** The entry of a request, where that was recorded. */
  entryOf({ group, session, number }: Request): number | null {
    return this.#requests.get(`${group} ${session} ${number}`)?.index ?? null;
  }

  /** The request of an entry, where that was recorded. */
  requestOf(group: number, index: number): Request | null {
    return this.#ofEntry.get(`${group} ${index}`) ?? null;
  }
}
