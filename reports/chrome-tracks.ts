/**
 * What a recorded run shows as spans: who led in which term, who was down or stood still, what clients asked, which faults were in force. Spans of
 * one track never overlap, which is what trace viewers ask of a thread.
 */
import { operationWords, shortValue } from './observation-words.ts';
import { roleAfter } from './roles.ts';
import type { RoleInTerm } from './roles.ts';
import type { RunRecord } from './run-record.ts';

/** One span. Times in virtual microseconds. */
export interface Span {
  readonly host: number;
  /** `role`, `host`, or the number of a lane of operations. */
  readonly track: Track;
  readonly name: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** A row under a host's name. `number`: the group of a role, the lane of operations or faults. */
export interface Track {
  readonly kind: 'role' | 'host' | 'operations' | 'faults';
  readonly number: number;
}

/** Host of the spans of faults: they belong to none. */
export const nobody = -1;

/** A span that has begun. */
interface Open {
  readonly name: string;
  readonly fromUs: number;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Tracks of spans of which at most one is open at a time. */
class Lines {
  readonly spans: Span[] = [];
  readonly #open = new Map<string, Open & { readonly host: number; readonly track: Track }>();

  begin(host: number, track: Track, open: Open): void {
    const key = `${host} ${track.kind} ${track.number}`;
    if (this.#open.get(key)?.name === open.name) return;
    this.end(host, track, open.fromUs);
    this.#open.set(key, { host, track, ...open });
  }

  end(host: number, track: Track, toUs: number, more: Readonly<Record<string, unknown>> = {}): void {
    const key = `${host} ${track.kind} ${track.number}`;
    const open = this.#open.get(key);
    if (open === undefined) return;
    this.#open.delete(key);
    const { name, fromUs, args } = open;
    this.spans.push({ host, track, name, fromUs, toUs, args: { ...args, ...more } });
  }

  /** Whether a span is open there. */
  has(host: number, track: Track): boolean {
    return this.#open.has(`${host} ${track.kind} ${track.number}`);
  }

  endAll(toUs: number, more: Readonly<Record<string, unknown>> = {}): void {
    for (const { host, track } of [...this.#open.values()]) this.end(host, track, toUs, more);
  }
}

/** All spans of a run. What is not over at its end ends there. */
export function spansOf(record: RunRecord): Span[] {
  return [...hostSpans(record), ...operationSpans(record), ...faultSpans(record)];
}

/** Roles and terms, by host and group; crashes and pauses, by host. */
function hostSpans({ steps, observations, untilUs }: RunRecord): Span[] {
  const lines = new Lines();
  const groups = new Map<number, Set<number>>();
  const roles = new Map<string, RoleInTerm>();
  const whole: Track = { kind: 'host', number: 0 };
  for (const { step, group, observation } of observations) {
    const host = steps.host[step]!;
    const at = steps.at[step]!;
    const key = `${host} ${group}`;
    const role = roleAfter(observation, roles.get(key) ?? null);
    const track: Track = { kind: 'role', number: group };
    if (role !== null) {
      roles.set(key, role);
      const known = groups.get(host);
      if (known === undefined) groups.set(host, new Set([group]));
      else known.add(group);
      const name = `${role.role}, term ${role.term}`;
      lines.begin(host, track, { name, fromUs: at, args: { term: role.term } });
    }
    const { kind } = observation;
    const gone = kind === 'crashed' || kind === 'threw';
    if (gone) for (const one of groups.get(host) ?? []) lines.end(host, { kind: 'role', number: one }, at);
    if (kind === 'stopped') lines.end(host, track, at);
    if (gone) lines.begin(host, whole, { name: 'down', fromUs: at, args: { why: kind } });
    if (kind === 'paused') lines.begin(host, whole, { name: 'paused', fromUs: at, args: {} });
    if (kind === 'started' || kind === 'resumed') lines.end(host, whole, at);
  }
  lines.endAll(untilUs);
  return lines.spans;
}

/** Operations of clients. Those of one host that overlap lie in lanes of their own, as few as do. */
export function operationSpans({ steps, observations, untilUs }: RunRecord): Span[] {
  const lines = new Lines();
  const lanes = new Map<number, { readonly host: number; readonly track: Track }>();
  for (const { step, observation } of observations) {
    const { kind, id, process, op, outcome, value, place } = observation as Record<string, unknown>;
    if (typeof id !== 'number') continue;
    const host = steps.host[step]!;
    const at = steps.at[step]!;
    if (kind === 'invoked') {
      const track = freeLane(host, 'operations', lines);
      lanes.set(id, { host, track });
      lines.begin(host, track, {
        name: operationWords(op),
        fromUs: at,
        args: { id, process, op: shortValue(op) },
      });
    } else if (kind === 'completed') {
      const lane = lanes.get(id);
      if (lane === undefined) continue;
      lanes.delete(id);
      // The same word as everywhere: people read *unknown*.
      const said = outcome === 'info' ? 'unknown' : outcome;
      lines.end(lane.host, lane.track, at, { outcome: said, value: shortValue(value), place });
    }
  }
  lines.endAll(untilUs, { outcome: 'open' });
  return lines.spans;
}

function freeLane(host: number, kind: Track['kind'], lines: Lines): Track {
  let number = 0;
  while (lines.has(host, { kind, number })) number += 1;
  return { kind, number };
}

/** Faults of the plan, in as few lanes as they need. */
function faultSpans({ faults, untilUs }: RunRecord): Span[] {
  const ends: number[] = [];
  return faults.map(({ fault, hosts, fromUs, toUs, seq }) => {
    const until = Math.min(toUs, untilUs);
    let lane = ends.findIndex((end) => end <= fromUs);
    if (lane < 0) lane = ends.length;
    ends[lane] = until;
    return {
      host: nobody,
      track: { kind: 'faults', number: lane },
      name: shortValue(fault),
      fromUs,
      toUs: until,
      args: { hosts, seq },
    };
  });
}
