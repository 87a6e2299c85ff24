/** Who led in which term, who was down, stood still or had stopped, and which faults were in force: the spans of a page. */
import { roleAfter } from '../roles.ts';
import type { RecordedFault, RunRecord } from '../run-record.ts';
import { parts } from './node-order.ts';
import type { FaultSpan, HostSpan, RoleSpan } from './run-page.ts';

type Open<T> = { -readonly [K in keyof T]: T[K] };

/** Roles, by host and group, in the order in which they began. What lasts ends with the run. */
export function roleSpans({ steps, observations, untilUs }: RunRecord): RoleSpan[] {
  const spans: Open<RoleSpan>[] = [];
  const open = new Map<string, Open<RoleSpan>>();
  const end = (key: string, toUs: number): void => {
    const span = open.get(key);
    if (span !== undefined) span.toUs = toUs;
    open.delete(key);
  };
  for (const { step, group, observation } of observations) {
    const host = steps.host[step]!;
    const at = steps.at[step]!;
    const { kind } = observation;
    if (kind === 'crashed' || kind === 'threw')
      for (const key of [...open.keys()]) if (key.startsWith(`${host} `)) end(key, at);
    const key = `${host} ${group}`;
    if (kind === 'stopped') end(key, at);
    const before = open.get(key);
    const role = roleAfter(observation, before ?? null);
    if (role === null) continue;
    if (before !== undefined && before.role === role.role && before.term === role.term) continue;
    end(key, at);
    const span: Open<RoleSpan> = { host, group, ...role, fromUs: at, toUs: untilUs };
    open.set(key, span);
    spans.push(span);
  }
  return spans;
}

/** Crashes until the next start, pauses, and stops for good, which only a start ends. */
export function hostSpans({ steps, observations, untilUs }: RunRecord): HostSpan[] {
  const spans: Open<HostSpan>[] = [];
  const open = new Map<number, Open<HostSpan>>();
  const begin = (host: number, what: HostSpan['what'], at: number): void => {
    end(host, at);
    const span: Open<HostSpan> = { host, what, fromUs: at, toUs: untilUs };
    open.set(host, span);
    spans.push(span);
  };
  const end = (host: number, at: number): void => {
    const span = open.get(host);
    if (span !== undefined) span.toUs = at;
    open.delete(host);
  };
  for (const { step, observation } of observations) {
    const host = steps.host[step]!;
    const at = steps.at[step]!;
    const { kind } = observation;
    if (kind === 'crashed' || kind === 'threw') begin(host, 'crashed', at);
    else if (kind === 'paused') begin(host, 'paused', at);
    else if (kind === 'stopped') begin(host, 'stopped', at);
    else if (kind === 'started') end(host, at);
    else if (kind === 'resumed' && open.get(host)?.what === 'paused') end(host, at);
  }
  return spans;
}

/** Faults of the plan, in the order of the run. */
export function faultSpans(record: RunRecord): FaultSpan[] {
  return record.faults.map((fault) => {
    const { fault: name, hosts, fromUs } = fault;
    const cut = fault.cut ?? [];
    const sides = sidesOf(cut, record);
    const toUs = Math.min(fault.toUs, record.untilUs);
    return {
      ...{ fault: name, hosts, sides, fromUs, toUs },
      cut: sides === null ? cut : [],
      lost: sides === null ? null : lost(record, fault, sides),
    };
  });
}

/** The two sides between which nothing passes either way; clients who reach both stand on both. Null where links are cut otherwise. */
function sidesOf(
  cut: readonly (readonly [number, number])[],
  { hosts, servers }: RunRecord,
): number[][] | null {
  const [first] = cut;
  if (first === undefined) return null;
  const links = new Set(cut.map(([from, to]) => from * hosts + to));
  const all = [...Array(hosts).keys()];
  const one = all.filter((host) => links.has(host * hosts + first[1]));
  const other = all.filter((host) => links.has(first[0] * hosts + host));
  const parted = one.every((a) => other.every((b) => links.has(a * hosts + b) && links.has(b * hosts + a)));
  const both = all.filter((host) => !one.includes(host) && !other.includes(host));
  if (!parted || links.size !== 2 * one.length * other.length || both.some((host) => host < servers))
    return null;
  return [one, other].map((side) => [...side, ...both].sort((a, b) => a - b));
}

/** Messages between the sides that were lost while it lasted. */
function lost(
  { steps, messages }: RunRecord,
  { fromUs, toUs }: RecordedFault,
  sides: readonly (readonly number[])[],
): number {
  let count = 0;
  for (let message = 0; message < messages.step.length; message += 1) {
    if (messages.copies[message] !== 0) continue;
    const step = messages.step[message]!;
    const at = steps.at[step]!;
    if (at < fromUs || at > toUs) continue;
    if (parts(sides, steps.host[step]!, messages.to[message]!)) count += 1;
  }
  return count;
}
