/** Random small histories of a register that keeps concurrent values, right ones and broken ones, and what it does, in sets: for comparing checkers. */
import type { Operation } from '../../history.ts';
import type { Relation } from '../brute-force.test-support.ts';
import type { Draws } from '../random-history.test-support.ts';
import type { SiblingStrategy } from './siblings.ts';

type Clock = readonly (readonly [actor: string, counter: number])[];

/** What a client asks. */
export interface Asked {
  readonly f: 'getSiblings' | 'putSiblings' | 'deleteSiblings' | 'casSiblings';
  readonly key: string;
  readonly actor?: string;
  readonly value?: number;
  readonly context?: { readonly key: string; readonly clock: Clock };
}

/** What is answered: what stands, with its context, and whether a write was done. */
export interface Answer {
  readonly done?: boolean;
  readonly rejected?: true;
  readonly siblings?: readonly { readonly actor: string; readonly counter: number; readonly value: number }[];
  readonly context?: { readonly key: string; readonly clock: Clock };
  readonly error?: string;
}

export type SiblingHistory = readonly Operation<Asked, Answer>[];
type Mutable = { -readonly [K in keyof SiblingHistory[number]]: SiblingHistory[number][K] };

/** One key for each strategy. */
export const strategies: readonly SiblingStrategy[] = [
  { prefix: '', strategy: 'application_callback' },
  { prefix: 'last/', strategy: 'last_writer_wins' },
  { prefix: 'most/', strategy: 'merge_function', merge: (a, b) => (Number(a) > Number(b) ? a : b) },
  { prefix: 'none/', strategy: 'reject' },
];
const keys = ['kept/k', 'last/k', 'most/k', 'none/k'];

/** Every write ever made, by dot, and those whose values stand. */
export interface Written {
  readonly known: readonly string[];
  readonly standing: readonly { readonly dot: string; readonly value: number }[];
}

/** Dots given twice; a blind write takes all with it; a write leaves what it has seen; a delete that is forgotten. */
export type Fault = 'dots' | 'blind' | 'stubborn' | 'forgetful';

const dotOf = (actor: string, counter: number): string => `${actor}:${counter}`;
const actorOf = (dot: string): string => dot.slice(0, dot.lastIndexOf(':'));
const counterOf = (dot: string): number => Number(dot.slice(dot.lastIndexOf(':') + 1));

/** All dots that a clock stands for. */
function dotsIn(clock: Clock): readonly string[] {
  return clock.flatMap(([actor, counter]) => Array.from({ length: counter }, (_, i) => dotOf(actor, i + 1)));
}

function clockOf(known: readonly string[]): Clock {
  const actors = [...new Set(known.map(actorOf))].sort();
  return actors.map((actor) => [
    actor,
    Math.max(...known.filter((d) => actorOf(d) === actor).map(counterOf)),
  ]);
}

function shown(key: string, { known, standing }: Written): Answer {
  const siblings = standing
    .map(({ dot, value }) => ({ actor: actorOf(dot), counter: counterOf(dot), value }))
    .sort((a, b) => (a.actor === b.actor ? a.counter - b.counter : a.actor < b.actor ? -1 : 1));
  return { siblings, context: { key, clock: clockOf(known) } };
}

/** What comes of an operation: one answer, one state. */
export function carriedOut(
  state: Written,
  op: Asked,
  fault?: Fault,
): { readonly answer: Answer; readonly next: Written } {
  const { key, value = 0 } = op;
  const stay = (more: Answer): { answer: Answer; next: Written } => ({
    answer: { ...more, ...shown(key, state) },
    next: state,
  });
  if (op.f === 'getSiblings') return stay({});
  const seen = dotsIn(op.context?.clock ?? []);
  if (op.f === 'casSiblings' && JSON.stringify(clockOf(state.known)) !== JSON.stringify(op.context!.clock)) {
    return stay({ done: false });
  }
  if (seen.some((dot) => !state.known.includes(dot)))
    return { answer: { error: 'CONTEXT_AHEAD' }, next: state };
  const strategy = strategies.find(({ prefix }) => prefix !== '' && key.startsWith(prefix))?.strategy;
  const concurrent = state.standing.filter(
    ({ dot }) =>
      fault === 'stubborn' || !(seen.includes(dot) || (fault === 'blind' && op.context === undefined)),
  );
  if (strategy === 'reject' && concurrent.length > 0) return stay({ rejected: true });
  const actor = op.actor!;
  const before = state.known.filter((dot) => actorOf(dot) === actor).map(counterOf);
  const dot = dotOf(actor, Math.max(0, ...before) + (fault === 'dots' && before.length > 0 ? 0 : 1));
  const known =
    fault === 'forgetful' && op.f === 'deleteSiblings' ? state.known : [...new Set([...state.known, dot])];
  let standing = [...concurrent, { dot, value }];
  if (op.f === 'deleteSiblings') standing = strategy === 'last_writer_wins' ? [] : concurrent;
  else if (strategy === 'last_writer_wins') standing = [{ dot, value }];
  else if (strategy === 'merge_function')
    standing = [{ dot, value: Math.max(...standing.map((one) => one.value)) }];
  const next: Written = { known, standing };
  return { answer: op.f === 'casSiblings' ? { done: true, ...shown(key, next) } : shown(key, next), next };
}

const sorted = (answer: Answer): string =>
  JSON.stringify(Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1)));

/** One key. */
export const concreteSiblings: Relation<Written> = {
  init: { known: [], standing: [] },
  next(state, op, value) {
    const heard = value as Answer | undefined;
    // Refusals by name are taken as they are.
    if (heard?.error !== undefined) return [state];
    const { answer, next } = carriedOut(state, op as Asked);
    if (heard === undefined) return answer.error === undefined ? [next] : [];
    return sorted(answer) === sorted(heard) ? [next] : [];
  },
};

/** What a history is drawn from. */
export interface SiblingShape {
  readonly operations: number;
  readonly concurrency: number;
  readonly infoPercent: number;
  readonly fault?: Fault | undefined;
  /** Tell the places, as a simulation does. */
  readonly places?: boolean;
}

interface Running {
  readonly operation: Mutable;
  answer: Answer | undefined;
}

/** A history of one key, right if it is: each operation takes effect at an instant within its interval (unknown ones maybe later, or never). */
export function siblingHistory(draws: Draws, shape: SiblingShape): SiblingHistory {
  const key = keys[draws.below(keys.length)]!;
  let state: Written = concreteSiblings.init;
  const contexts: NonNullable<Answer['context']>[] = [];
  const operations: Mutable[] = [];
  let running: Running[] = [];
  const late: Running[] = [];
  let clock = 0;
  let index = 0;
  const apply = (r: Running): void => {
    index += 1;
    if (shape.places === true) r.operation.place = index;
    const { answer, next } = carriedOut(state, r.operation.op, shape.fault);
    state = next;
    r.answer = answer;
  };
  const drawn = (): Asked => {
    const kind = draws.below(10);
    if (kind < 2) return { f: 'getSiblings', key };
    const actor = ['a', 'b', 'c'][draws.below(3)]!;
    const context = draws.chance(70)
      ? contexts[Math.max(0, contexts.length - 1 - draws.below(2))]
      : undefined;
    const about = context === undefined ? {} : { context };
    if (kind < 8) return { f: 'putSiblings', key, actor, value: draws.below(4), ...about };
    if (kind < 9) return { f: 'deleteSiblings', key, actor, ...about };
    return { f: 'casSiblings', key, actor, value: draws.below(4), context: context ?? { key, clock: [] } };
  };
  while (operations.length < shape.operations || running.length > 0) {
    clock += 1;
    if (late.length > 0 && draws.chance(30)) apply(late.shift()!);
    if (running.length < shape.concurrency && operations.length < shape.operations && draws.chance(50)) {
      const id = operations.length;
      const operation: Mutable = {
        ...{ id, process: id, op: drawn(), invokedAt: clock, completedAt: Infinity },
        ...{ outcome: 'info', value: undefined, place: 0 },
      };
      operations.push(operation);
      running.push({ operation, answer: undefined });
      continue;
    }
    const r = running[draws.below(Math.max(1, running.length))];
    if (r === undefined) continue;
    if (draws.chance(shape.infoPercent / 2)) {
      if (r.answer === undefined && draws.chance(50)) late.push(r);
      running = running.filter((x) => x !== r);
    } else if (r.answer === undefined) apply(r);
    else {
      Object.assign(r.operation, { outcome: 'ok', completedAt: clock, value: r.answer });
      if (r.answer.context !== undefined) contexts.push(r.answer.context);
      running = running.filter((x) => x !== r);
    }
  }
  return operations;
}

/** The history with one answer made another. */
export function flipped(draws: Draws, history: SiblingHistory): SiblingHistory {
  const heard = history.filter((o) => o.outcome === 'ok' && o.value!.error === undefined);
  const victim = heard[draws.below(heard.length)];
  if (victim === undefined) return history;
  const other = heard[draws.below(heard.length)]!;
  const value = otherAnswer(draws, victim.value!, other.value!);
  return history.map((o) => (o === victim ? { ...o, value } : o));
}

function otherAnswer(draws: Draws, answer: Answer, other: Answer): Answer {
  const { siblings = [], context } = answer;
  const kind = draws.below(5);
  if (kind === 0) return { ...answer, siblings: other.siblings!, context: other.context! };
  if (kind === 1 && answer.done !== undefined) return { ...answer, done: !answer.done };
  if (kind === 2 && siblings.length > 0) return { ...answer, siblings: siblings.slice(1) };
  if (kind === 3 && siblings.length > 0) {
    const at = draws.below(siblings.length);
    return {
      ...answer,
      siblings: siblings.map((one, i) => (i === at ? { ...one, value: one.value + 1 } : one)),
    };
  }
  const [[actor, counter] = ['a', 0], ...rest] = context!.clock;
  return { ...answer, context: { ...context!, clock: [[actor, counter + 1], ...rest] } };
}
