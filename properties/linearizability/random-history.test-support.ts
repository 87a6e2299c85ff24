/** Random small histories of a register, right ones and broken ones, for comparing checkers. */
import type { Operation } from '../history.ts';

/** A small generator of uniform integers below a bound (a linear congruence, high bits). */
export class Draws {
  #state: number;
  constructor(seed: number) {
    this.#state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0;
    for (let i = 0; i < 4; i += 1) this.below(2);
  }
  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 4294967296) * bound);
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
}

/** What a history is drawn from. */
export interface HistoryShape {
  readonly operations: number;
  readonly processes: number;
  /** Distinct values that are written. */
  readonly values: number;
  readonly infoPercent: number;
  readonly keys?: number;
  /** Tell the places, as a simulation does. */
  readonly places?: boolean;
}

type Mutable = { -readonly [K in keyof Operation]: Operation[K] };

/** A linearizable history: each operation takes effect at an instant within its interval (unknown ones maybe later, or never). */
export function rightHistory(draws: Draws, shape: HistoryShape): Operation[] {
  const operations: Mutable[] = [];
  const keys = Array.from({ length: shape.keys ?? 1 }, () => ({
    value: null as number | null,
    version: 0,
    last: 0,
  }));
  const effects: (() => void)[] = [];
  const running: { operation: Mutable; answer: unknown; done: boolean }[] = [];
  let clock = 0;
  let place = 0;
  let invoked = 0;
  while (invoked < shape.operations || running.length > 0) {
    const start = running.length < shape.processes && invoked < shape.operations && draws.chance(45);
    if (start) {
      const processes = new Set(running.map((r) => r.operation.process));
      let process = 0;
      while (processes.has(process)) process += 1;
      const key = draws.below(keys.length);
      const register = keys[key]!;
      const operation: Mutable = {
        id: invoked,
        process,
        op: drawOp(draws, shape, key, register.last),
        invokedAt: ++clock,
        completedAt: Infinity,
        outcome: 'info',
        value: undefined,
        place: 0,
      };
      invoked += 1;
      operations.push(operation);
      running.push({ operation, answer: undefined, done: false });
      continue;
    }
    if (running.length === 0) continue;
    const one = running[draws.below(running.length)]!;
    if (!one.done) {
      const effect = (): void => {
        place += 1 + draws.below(2);
        one.answer = takeEffect(keys, one.operation.op, place);
        if (shape.places === true) one.operation.place = place;
        one.done = true;
      };
      if (draws.chance(shape.infoPercent)) {
        const late = draws.below(3);
        if (late === 1) effects.push(effect);
        if (late === 2) effect();
        running.splice(running.indexOf(one), 1);
      } else effect();
    } else {
      one.operation.outcome = 'ok';
      one.operation.completedAt = ++clock;
      one.operation.value = one.answer;
      running.splice(running.indexOf(one), 1);
    }
    if (effects.length > 0 && draws.chance(30)) effects.shift()!();
  }
  return operations;
}

function drawOp(draws: Draws, shape: HistoryShape, key: number, last: number): unknown {
  const kind = draws.below(10);
  const value = draws.below(shape.values);
  if (kind < 3) return { f: 'get', key };
  if (kind < 6) return { f: 'put', key, value };
  if (kind < 7) return { f: 'delete', key };
  return { f: 'cas', key, version: draws.chance(70) ? last : Math.max(0, last - draws.below(3)), value };
}

function takeEffect(
  keys: { value: number | null; version: number; last: number }[],
  o: unknown,
  version: number,
): unknown {
  const op = o as { f: string; key: number; value?: number; version?: number };
  const register = keys[op.key]!;
  const shown = { value: register.value, version: register.version };
  switch (op.f) {
    case 'get':
      return shown;
    case 'delete': {
      const existed = register.version > 0;
      register.value = null;
      register.version = 0;
      return { existed };
    }
    case 'cas':
      if (register.version !== op.version) return { done: false, ...shown };
  }
  register.value = op.value!;
  register.version = version;
  register.last = version;
  return op.f === 'put' ? { version } : { done: true, version };
}

/** The history with one answer, or one interval, made another. */
export function mutated(draws: Draws, history: readonly Operation[]): Operation[] {
  const completed = history.filter((o) => o.outcome === 'ok');
  if (completed.length === 0) return [...history];
  const victim = completed[draws.below(completed.length)]!;
  return history.map((o) => (o === victim ? { ...o, value: otherAnswer(draws, o.value, history) } : o));
}

function otherAnswer(draws: Draws, value: unknown, history: readonly Operation[]): unknown {
  const answer = value as { value?: number | null; version?: number; existed?: boolean; done?: boolean };
  if (answer.existed !== undefined) return { existed: !answer.existed };
  const seen = history
    .map((o) => o.value as { value?: number | null; version?: number } | undefined)
    .filter((v) => v?.version !== undefined);
  const other = seen[draws.below(seen.length)] ?? {};
  if (answer.value !== undefined && draws.chance(50) && other.value !== undefined) {
    return { ...answer, value: other.value, version: other.version! };
  }
  if (answer.value !== undefined && answer.value !== null && draws.chance(40)) {
    return { ...answer, value: answer.value + 1 };
  }
  return { ...answer, version: draws.chance(50) ? other.version! : answer.version! + 1 };
}
