/** Locks, barriers and keys as they stood at an instant, with what they were at an earlier one. */
import { arrivedBy } from './barrier-lanes.ts';
import type { BarrierState, HeldToken, KeyState, KeyValue, LockState } from './page-state.ts';
import type { BarrierLane, KeyLane, LockLane, RunPage } from './run-page.ts';

/** Two instants, in virtual microseconds; -1: before the run. */
export interface Instants {
  readonly nowUs: number;
  readonly beforeUs: number;
}

/** The last of what had begun by then: of a list in the order of its times. */
function lastBy<T>(list: readonly T[], atUs: number, time: (one: T) => number): T | undefined {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (time(list[middle]!) <= atUs) low = middle + 1;
    else high = middle;
  }
  return list[low - 1];
}

/** Whether something that began lasts at an instant; what lasted to the end of the run does. */
function lasts({ toUs }: { readonly toUs: number }, atUs: number, untilUs: number): boolean {
  return toUs > atUs || (toUs === untilUs && atUs === untilUs);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A value with what it was, where that was another; nothing was before the run. */
function changing<T>(of: (atUs: number) => T, { nowUs, beforeUs }: Instants): { now: T; before?: T } {
  const now = of(nowUs);
  if (beforeUs < 0) return { now };
  const before = of(beforeUs);
  return same(now, before) ? { now } : { now, before };
}

/** Those that the verdict is about first. */
function inOrder<T extends { readonly violating: boolean }>(states: readonly T[]): T[] {
  return [...states.filter((one) => one.violating), ...states.filter((one) => !one.violating)];
}

/** Locks. */
export function lockStates({ timeline, about }: RunPage, times: Instants): LockState[] {
  return inOrder(timeline.locks.map((lane) => lockState(lane, times, about.untilUs)));
}

function lockState(lane: LockLane, times: Instants, untilUs: number): LockState {
  const holdingAt = (atUs: number): LockLane['holdings'][number] | null => {
    const last = lastBy(lane.holdings, atUs, (one) => one.fromUs);
    return last !== undefined && ((lasts(last, atUs, untilUs) && last.reason === null) || last.toUs > atUs)
      ? last
      : null;
  };
  const held = (atUs: number): HeldToken | null => {
    const holding = holdingAt(atUs);
    if (holding === null) return null;
    const { token, nth, holder, host } = holding;
    return { token, nth, holder, host };
  };
  const holding = holdingAt(times.nowUs);
  const lease = lastBy(lane.leases, times.nowUs, (one) => one.atUs);
  const own = holding !== null && lease?.token === holding.token ? lease : null;
  return {
    ...{ name: lane.name, group: lane.group },
    holding: changing(held, times),
    leaseLeftUs: own === null ? null : own.atUs + own.ttlUs - times.nowUs,
    ttlUs: own?.ttlUs ?? null,
    queue: changing((atUs) => lastBy(lane.queue, atUs, (one) => one.atUs)?.waiting ?? [], times),
    believers: lane.beliefs
      .filter((one) => one.fromUs <= times.nowUs && lasts(one, times.nowUs, untilUs))
      .map(({ host, token, nth }) => ({ host, token, nth, zombie: holding?.token !== token })),
    violating: lane.violating,
  };
}

/** Barriers. */
export function barrierStates({ timeline }: RunPage, times: Instants): BarrierState[] {
  return inOrder(timeline.barriers.map((lane) => barrierState(lane, times)));
}

function barrierState(lane: BarrierLane, times: Instants): BarrierState {
  const current = (atUs: number): BarrierLane['generations'][number] | undefined =>
    lastBy(lane.generations, atUs, (one) => one.fromUs);
  const needed = lastBy(lane.needed, times.nowUs, (one) => one.atUs);
  const ended = lane.generations.findLast((one) => one.outcome !== null && one.toUs <= times.nowUs);
  return {
    ...{ name: lane.name, group: lane.group, parent: lane.parent, violating: lane.violating },
    generation: changing((atUs) => current(atUs)?.generation ?? 0, times),
    arrived: changing((atUs) => {
      const generation = current(atUs);
      return generation === undefined ? [] : arrivedBy(generation, atUs).map((one) => one.participant);
    }, times),
    participants: needed?.participants ?? [],
    needed: needed?.needed ?? 0,
    last:
      ended === undefined || ended.outcome === null
        ? null
        : { generation: ended.generation, outcome: ended.outcome },
  };
}

/** Keys. */
export function keyStates({ timeline }: RunPage, times: Instants): KeyState[] {
  /** By group and token. */
  const nths = new Map<string, number>();
  for (const { group, holdings } of timeline.locks)
    for (const { token, nth } of holdings) nths.set(`${group} ${token}`, nth);
  return inOrder(timeline.keys.map((lane) => keyState(lane, times, nths)));
}

function keyState(lane: KeyLane, times: Instants, nths: ReadonlyMap<string, number>): KeyState {
  const at = (atUs: number): KeyValue | null => {
    const value = lastBy(lane.values, atUs, (one) => one.fromUs);
    if (value === undefined) return null;
    const { text, dots, token } = value;
    return { text, dots, token, nth: token === 0 ? -1 : (nths.get(`${lane.group} ${token}`) ?? 0) };
  };
  return {
    ...{ name: lane.name, group: lane.group },
    value: changing(at, times),
    violating: lastBy(lane.values, times.nowUs, (one) => one.fromUs)?.violating ?? false,
  };
}
