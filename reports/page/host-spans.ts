/** Who led in which term, who was down, stood still or had stopped, and which faults were in force: the spans of a page. */
import { roleAfter } from '../roles.ts';
import type { RecordedFault, RunRecord } from '../run-record.ts';
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

/** Faults of which the targets are one side, and nothing passes between it and the rest. */
const twoSided = new Set([
  'partition',
  'isolated',
  'isolated-leader',
  'isolated-at-election',
  'rest-cut-off',
]);

/** Faults of the plan, in the order of the run. */
export function faultSpans(record: RunRecord): FaultSpan[] {
  return record.faults.map((fault) => {
    const sides = sidesOf(fault, record.hosts);
    const { fault: name, hosts, fromUs } = fault;
    const toUs = Math.min(fault.toUs, record.untilUs);
    return { fault: name, hosts, sides, fromUs, toUs, lost: sides === null ? null : lost(record, fault) };
  });
}

function sidesOf({ fault, hosts }: RecordedFault, count: number): number[][] | null {
  if (!twoSided.has(fault) || hosts.length === 0) return null;
  const side = [...hosts].sort((a, b) => a - b);
  const rest = [...Array(count).keys()].filter((host) => !side.includes(host));
  return rest.length === 0 ? null : [side, rest];
}

/** Messages between the sides that were lost while it lasted. */
function lost({ steps, messages }: RunRecord, { hosts, fromUs, toUs }: RecordedFault): number {
  const side = new Set(hosts);
  let count = 0;
  for (let message = 0; message < messages.step.length; message += 1) {
    if (messages.copies[message] !== 0) continue;
    const step = messages.step[message]!;
    const at = steps.at[step]!;
    if (at < fromUs || at > toUs) continue;
    if (side.has(steps.host[step]!) !== side.has(messages.to[message]!)) count += 1;
  }
  return count;
}
