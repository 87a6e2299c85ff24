/**
 * Happened-before in a recorded run (Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978): a step comes after the one
 * before it on its host, and after the step that sent the message that it received; nothing else. An fsync's end is a step of the host that
 * began it, so program order covers it. A restart is program order as well: what the host's disk holds survives.
 *
 * Faults come from outside: two hosts that one fault took down are concurrent.
 */
import type { RunRecord } from './run-record.ts';

/** The two reasons that a step may have, as steps: -1 where there is none. */
export interface Causes {
  /** The step before it on its host. */
  readonly previous: Int32Array;
  /** The step that sent what it received. */
  readonly sender: Int32Array;
}

/** The causes of every step. Both come earlier in the columns, so that one walk back finds all there is. */
export function causesOf({ steps, messages, hosts }: RunRecord): Causes {
  const count = steps.seq.length;
  const previous = new Int32Array(count).fill(-1);
  const sender = new Int32Array(count).fill(-1);
  const last = new Int32Array(hosts).fill(-1);
  for (let step = 0; step < count; step += 1) {
    const host = steps.host[step]!;
    previous[step] = last[host]!;
    last[host] = step;
    const message = steps.message[step]!;
    if (message >= 0) sender[step] = messages.step[message]!;
  }
  return { previous, sender };
}

/** All that happened before one of these steps, and they themselves: 1 by step. */
export function causalPast(causes: Causes, of: readonly number[]): Uint8Array {
  const { previous, sender } = causes;
  const past = new Uint8Array(previous.length);
  for (const step of of) past[step] = 1;
  for (let step = Math.max(-1, ...of); step >= 0; step -= 1) {
    if (past[step] === 0) continue;
    if (previous[step]! >= 0) past[previous[step]!] = 1;
    if (sender[step]! >= 0) past[sender[step]!] = 1;
  }
  return past;
}

/**
 * The vector clocks of these steps, as if there were no others (Fidge 1988, Mattern 1989): a clock has for each host how many of its chosen steps
 * happened before, or are, this one. One step is before another if and only if its clock is below the other's.
 * @param hosts at most a few dozen: a clock has an integer for each
 * @param chosen 1 by step
 * @returns by step, of the chosen ones
 */
export function vectorClocks(
  { steps }: RunRecord,
  causes: Causes,
  hosts: number,
  chosen: Uint8Array,
): ReadonlyMap<number, Int32Array> {
  const clocks = new Map<number, Int32Array>();
  // Steps that are not chosen hand on what they know, so they have clocks too, as long as somebody may still ask for them.
  const known = new Map<number, Int32Array>();
  const asked = lastAsked(causes);
  const forget = new Map<number, number[]>();
  for (let step = 0; step < chosen.length; step += 1) {
    const clock = new Int32Array(hosts);
    for (const cause of [causes.previous[step]!, causes.sender[step]!]) {
      const before = known.get(cause);
      if (before === undefined) continue;
      for (let host = 0; host < hosts; host += 1)
        if (before[host]! > clock[host]!) clock[host] = before[host]!;
    }
    if (chosen[step] === 1) {
      const host = steps.host[step]!;
      clock[host] = clock[host]! + 1;
      clocks.set(step, clock);
    }
    if (asked[step]! > step) {
      known.set(step, clock);
      const others = forget.get(asked[step]!);
      if (others === undefined) forget.set(asked[step]!, [step]);
      else others.push(step);
    }
    for (const done of forget.get(step) ?? []) known.delete(done);
    forget.delete(step);
  }
  return clocks;
}

/** By step, the last one that has it for a cause. */
function lastAsked({ previous, sender }: Causes): Int32Array {
  const asked = new Int32Array(previous.length).fill(-1);
  for (let step = 0; step < previous.length; step += 1) {
    if (previous[step]! >= 0) asked[previous[step]!] = step;
    if (sender[step]! >= 0) asked[sender[step]!] = step;
  }
  return asked;
}
