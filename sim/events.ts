/** The kinds of queue entries, as small integers, and what `a`, `b` and the body of each hold. */

/** A host boots. */
export const START = 1;
/** A message arrives: a = sender, b = its number on the link, body = the message or its frame. */
export const DELIVER = 2;
/** A look at a timer: a = key, b = generation. */
export const TIMER = 3;
/** An fsync is done on the disk: a = request. */
export const FSYNCED = 4;
/** A process that was paused hears of an fsync: a = token, b = boot, body = error. */
export const SYNC_NOTICE = 5;
/** An episode starts, ends, ticks: a = its place in the plan, b = number of the tick. */
export const FAULT_START = 6;
export const FAULT_END = 7;
export const FAULT_TICK = 8;
/** The pinned start of an episode whose trigger did not set it off again: a = its place in the plan. */
export const FAULT_PINNED = 9;
/** The quorum is healed; everything is. */
export const HEAL_QUORUM = 10;
export const HEAL_ALL = 11;

/** For traces, by kind. */
export const kindNames: readonly string[] = [
  'none',
  'start',
  'deliver',
  'timer',
  'fsynced',
  'synced',
  'fault',
  'fault-end',
  'fault-tick',
  'fault',
  'heal',
  'heal',
];
