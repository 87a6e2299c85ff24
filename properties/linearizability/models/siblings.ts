/**
 * A register that keeps concurrent values, under each of four strategies: whole answers are compared, siblings and context. Written apart from the core, whose rules
 * it judges. A key's strategy is that of the longest prefix it begins with.
 */
import type { Model } from '../model.ts';

/** A value that stands, or is written. */
export type SiblingValue = number | string;
/** By actor: the greatest counter known. */
export type SiblingClock = readonly (readonly [actor: string, counter: number])[];

/** What the keys that begin with a prefix do about concurrent values; `merge`: of `merge_function`. */
export interface SiblingStrategy {
  readonly prefix: string;
  readonly strategy: 'last_writer_wins' | 'merge_function' | 'application_callback' | 'reject';
  readonly merge?: (a: SiblingValue, b: SiblingValue) => SiblingValue;
}

/** What is asked of it. */
export interface SiblingsOp {
  readonly f: 'getSiblings' | 'putSiblings' | 'deleteSiblings' | 'casSiblings';
  readonly key: string;
  readonly actor?: string;
  readonly value?: SiblingValue;
  readonly context?: { readonly key: string; readonly clock: SiblingClock };
}

/** One value that stands. */
export interface Standing {
  readonly actor: string;
  readonly counter: number;
  readonly value: SiblingValue;
}

/** What a key holds: values by dot, and its clock by actor. */
export interface SiblingsState {
  readonly siblings: readonly Standing[];
  readonly clock: SiblingClock;
}

/** What is answered; which fields there are depends on what was asked. */
export interface SiblingsReply {
  readonly siblings?: unknown;
  readonly context?: { readonly clock?: unknown };
  readonly done?: unknown;
  readonly rejected?: unknown;
  readonly error?: unknown;
}

const nothing: SiblingsState = { siblings: [], clock: [] };

function counterOf(clock: SiblingClock, actor: string): number {
  return clock.find(([name]) => name === actor)?.[1] ?? 0;
}

function byName<T>(name: (one: T) => string): (a: T, b: T) => number {
  return (a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0);
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether an answer shows what stands. */
function shows(state: SiblingsState, { siblings, context }: SiblingsReply): boolean {
  return isSame(siblings, state.siblings) && isSame(context?.clock, state.clock);
}

/** The state after a write took effect; `null`: it is refused. */
function written(state: SiblingsState, op: SiblingsOp, how: SiblingStrategy): SiblingsState | null {
  const actor = op.actor ?? '';
  const carried = op.context?.clock ?? [];
  const concurrent = state.siblings.filter((one) => one.counter > counterOf(carried, one.actor));
  if (how.strategy === 'reject' && concurrent.length > 0) return null;
  const counter = counterOf(state.clock, actor) + 1;
  const clock = [...state.clock.filter(([name]) => name !== actor), [actor, counter] as const].sort(
    byName(([n]) => n),
  );
  const incoming = { actor, counter, value: op.value ?? 0 };
  if (op.f === 'deleteSiblings') {
    return { siblings: how.strategy === 'last_writer_wins' ? [] : concurrent, clock };
  }
  if (concurrent.length === 0 || how.strategy === 'last_writer_wins') return { siblings: [incoming], clock };
  if (how.strategy === 'merge_function') {
    const value = [...concurrent.map((one) => one.value), incoming.value].reduce(how.merge!);
    return { siblings: [{ ...incoming, value }], clock };
  }
  const all = [...concurrent, incoming];
  return {
    siblings: all.sort((a, b) => byName<Standing>((one) => one.actor)(a, b) || a.counter - b.counter),
    clock,
  };
}

/**
 * The model, reported as `linearizable-register`.
 * @param strategies of the system's keys; of none: all siblings are kept
 */
export function siblings(
  strategies: readonly SiblingStrategy[],
): Model<SiblingsState, SiblingsOp, SiblingsReply> {
  const howOf = (key: string): SiblingStrategy => {
    const fitting = strategies.filter(({ prefix }) => key.startsWith(prefix));
    fitting.sort((a, b) => b.prefix.length - a.prefix.length);
    return fitting[0] ?? { prefix: '', strategy: 'application_callback' };
  };
  return {
    name: 'register',
    init: () => nothing,
    key: (op) => op.key,
    handles: (op) => typeof op === 'object' && op !== null && String(op.f).endsWith('Siblings'),
    step(state, op, reply) {
      if (op.f === 'getSiblings') return reply === undefined || shows(state, reply) ? state : null;
      // Refused by name, without effect; what stands is shown where a context was ahead.
      if (reply?.error !== undefined) return state;
      if (op.f === 'casSiblings' && reply?.done !== true) {
        const holds = isSame(op.context?.clock ?? [], state.clock);
        if (reply === undefined) return holds ? written(state, op, howOf(op.key)) : null;
        return !holds && shows(state, reply) ? state : null;
      }
      if (op.f === 'casSiblings' && !isSame(op.context?.clock ?? [], state.clock)) return null;
      // A context ahead of what stands was shown by a later write: it cannot have been applied here.
      if ((op.context?.clock ?? []).some(([actor, counter]) => counter > counterOf(state.clock, actor)))
        return null;
      const after = written(state, op, howOf(op.key));
      if (reply === undefined) return after;
      if (after === null) return reply.rejected === true && shows(state, reply) ? state : null;
      return reply.rejected !== true && shows(after, reply) ? after : null;
    },
    readOnly: (op, reply) =>
      op.f === 'getSiblings' ||
      reply?.error !== undefined ||
      reply?.rejected === true ||
      (op.f === 'casSiblings' && reply?.done === false),
    describe(op, reply) {
      const asked = `${op.f} ${op.key}${op.value === undefined ? '' : ` = ${op.value}`}${op.context === undefined ? '' : ` after ${JSON.stringify(op.context.clock)}`}`;
      return reply === undefined ? asked : `${asked} → ${JSON.stringify(reply)}`;
    },
    describeState: ({ siblings: stand, clock }) =>
      `${stand.map(({ actor, counter, value }) => `${actor}:${counter} ${value}`).join(', ') || 'nothing'} (clock ${JSON.stringify(clock)})`,
  };
}
