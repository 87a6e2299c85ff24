import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { ConcreteRegister } from '../linearizability/brute-force.test-support.ts';
import { concreteRegister } from '../linearizability/brute-force.test-support.ts';
import type { AnyModel } from '../linearizability/model.ts';
import { queue as builtInQueue } from '../linearizability/models/queue.ts';
import { register } from '../linearizability/models/register.ts';
import { Draws, mutated, rightHistory } from '../linearizability/random-history.test-support.ts';
import type { System } from './any-order.test-support.ts';
import { isOrderable, plainSystem, queueSystem } from './any-order.test-support.ts';
import { checkSequential } from './sequential.ts';
import type { PlainOp, PlainValue } from './weak-history.test-support.ts';
import { plainRegister, told, weakHistory } from './weak-history.test-support.ts';
import type { SmallQueueOp } from '../linearizability/small-queue.test-support.ts';
import { smallQueue } from '../linearizability/small-queue.test-support.ts';

/** More versions than any of the histories here can need. */
const oneRegister = concreteRegister(24);
const versionedSystem: System<Readonly<Record<number, ConcreteRegister>>> = {
  init: { 0: oneRegister.init, 1: oneRegister.init },
  next(state, op, value) {
    const { key } = op as { readonly key: 0 | 1 };
    return oneRegister.next(state[key]!, op, value).map((next) => ({ ...state, [key]: next }));
  },
};

/** Whether the system allows these operations in this order, and each process's own order is kept. */
function explains<S>(system: System<S>, order: readonly Operation[]): boolean {
  let states: readonly S[] = [system.init];
  order.forEach((o, i) => {
    const value = o.outcome === 'ok' ? o.value : undefined;
    states = states.flatMap((state) => [...system.next(state, o.op, value)]);
    const early = order.slice(0, i).some((e) => e.process === o.process && o.completedAt < e.invokedAt);
    if (early) states = [];
  });
  return states.length > 0;
}

/** Compares with brute force; how many of the histories have no order. */
function compare<S>(
  histories: number,
  system: System<S>,
  model: AnyModel,
  draw: (draws: Draws) => readonly Operation[],
): number {
  let wrong = 0;
  for (let seed = 1; seed <= histories; seed += 1) {
    const history = draw(new Draws(seed));
    const right = isOrderable(system, history);
    const result = checkSequential(model, history);
    if (result.verdict !== (right ? 'holds' : 'violated')) {
      expect.fail(
        `seed ${seed}: ${JSON.stringify(result)}\n${history.map((o) => JSON.stringify(o)).join('\n')}`,
      );
    }
    if (result.verdict === 'holds') {
      const completed = history.filter((o) => o.outcome === 'ok');
      expect(completed.every((o) => result.order.some((p) => p.id === o.id))).toBe(true);
      expect(explains(system, result.order), `seed ${seed}`).toBe(true);
    } else wrong += 1;
    if (result.verdict === 'violated' && result.operations.length > 0) cycles += 1;
  }
  return wrong;
}
let cycles = 0;

describe('sequential consistency', () => {
  test('agrees with brute force on 3,000 small histories of two or three registers', () => {
    cycles = 0;
    const wrong = compare(3_000, plainSystem, plainRegister as AnyModel, (draws) =>
      weakHistory(draws, {
        operations: 6 + draws.below(6),
        sessions: 2 + draws.below(2),
        keys: 2 + draws.below(2),
        infoPercent: draws.chance(50) ? 20 : 0,
        wildPercent: 10 + draws.below(40),
        cas: draws.chance(30),
      }),
    );
    expect(wrong / 3_000).toBeGreaterThan(0.3);
    expect(wrong / 3_000).toBeLessThan(0.7);
    expect(cycles).toBeGreaterThan(300);
  });

  test('agrees with brute force on 2,000 where values are not distinct', () => {
    const wrong = compare(2_000, plainSystem, plainRegister as AnyModel, (draws) =>
      weakHistory(draws, {
        operations: 6 + draws.below(6),
        sessions: 2 + draws.below(2),
        keys: 2,
        infoPercent: draws.chance(50) ? 20 : 0,
        wildPercent: 30 + draws.below(60),
        values: 3,
      }),
    );
    expect(wrong / 2_000).toBeGreaterThan(0.3);
    expect(wrong / 2_000).toBeLessThan(0.7);
  });

  test.each([
    ['a queue', smallQueue as AnyModel],
    // Its answers show what an enqueue left, but no enqueue ends what stood there.
    ['the queue that comes with the package', builtInQueue as AnyModel],
  ])('agrees with brute force on 2,000 of %s', (_, model) => {
    const wrong = compare(2_000, queueSystem, model, (draws) => drawQueue(draws));
    expect(wrong / 2_000).toBeGreaterThan(0.3);
    expect(wrong / 2_000).toBeLessThan(0.7);
  });

  test('agrees with brute force on 700 of registers whose versions are told', () => {
    const wrong = compare(700, versionedSystem, register as AnyModel, (draws) => {
      const shape = {
        operations: 5 + draws.below(5),
        processes: 3,
        values: draws.chance(50) ? 2 : 9,
        infoPercent: draws.chance(50) ? 20 : 0,
        keys: 2,
      };
      const history = rightHistory(draws, shape);
      return draws.chance(80) ? mutated(draws, history) : history;
    });
    expect(wrong / 700).toBeGreaterThan(0.3);
    expect(wrong / 700).toBeLessThan(0.7);
  });

  test('holds for every linearizable history of registers with versions: 300, places or none', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const draws = new Draws(seed);
      const history = rightHistory(draws, {
        operations: 60,
        processes: 4,
        values: 4,
        infoPercent: 8,
        keys: 3,
      });
      expect(checkSequential(register as AnyModel, history).verdict, `seed ${seed}`).toBe('holds');
    }
  });

  test('is decided for 300 of those with one answer changed', () => {
    const verdicts = { holds: 0, violated: 0, undecided: 0 };
    for (let seed = 1; seed <= 300; seed += 1) {
      const draws = new Draws(seed);
      const shape = { operations: 60, processes: 4, values: 1_000, infoPercent: 5, keys: 3 };
      const history = mutated(draws, rightHistory(draws, shape));
      verdicts[checkSequential(register as AnyModel, history, { maxStates: 50_000 }).verdict] += 1;
    }
    expect(verdicts.violated).toBeGreaterThan(90);
    expect(verdicts.undecided).toBeLessThan(15);
  });

  test('Dekker’s mutual exclusion: both processes write, and neither sees the other', () => {
    const result = checkSequential(
      plainRegister,
      told(`
        1: w x 1
        1: r y null
        2: w y 1
        2: r x null`),
    );
    expect(result).toMatchObject({
      verdict: 'violated',
      message:
        'No order explains it: process 1 did {"f":"write","key":"x","value":1} → null (#1) before {"f":"read","key":"y"} → null (#2); {"f":"read","key":"y"} → null (#2) shows the first state, so that {"f":"write","key":"y","value":1} → null (#3) comes after it; process 2 did {"f":"write","key":"y","value":1} → null (#3) before {"f":"read","key":"x"} → null (#4); {"f":"read","key":"x"} → null (#4) shows the first state, so that {"f":"write","key":"x","value":1} → null (#1) comes after it.',
    });
    expect(result).toHaveProperty('operations.length', 4);
  });

  test('a stale read, and all that follows it in one process, is explained by an order', () => {
    const result = checkSequential(
      plainRegister,
      told(`
        1: w x 1
        1: w x 2
        2: r x null
        2: r x 1
        2: r x 2`),
    );
    if (result.verdict !== 'holds') return expect.fail(result.verdict);
    expect(result.order.map((o) => o.id)).toEqual([3, 1, 4, 2, 5]);
  });

  test('each key alone has an order and both together have none: it is not local', () => {
    const history = told(`
        1: w x 1
        2: w y 1
        1: r y null
        2: r x null`);
    const alone = (key: string): string =>
      checkSequential(
        plainRegister,
        history.filter((o) => o.op.key === key),
      ).verdict;
    expect([alone('x'), alone('y')]).toEqual(['holds', 'holds']);
    expect(checkSequential(plainRegister, history).verdict).toBe('violated');
  });

  test('a write of unknown result is used where it is needed, after what its process did before', () => {
    const unknown = (o: Operation<PlainOp, PlainValue>): Operation<PlainOp, PlainValue> =>
      o.id === 2 ? { ...o, outcome: 'info', completedAt: Infinity, value: undefined } : o;
    const seen = told(`
        1: r x null
        1: w x 2
        2: r x 2`).map(unknown);
    expect(checkSequential(plainRegister, seen).verdict).toBe('holds');
    const tooEarly = told(`
        1: r x 2
        1: w x 2
        2: r x null`).map(unknown);
    expect(checkSequential(plainRegister, tooEarly).verdict).toBe('violated');
  });

  test('a value that nobody wrote is explained by no order', () => {
    expect(checkSequential(plainRegister, told('1: r x 7'))).toMatchObject({
      verdict: 'violated',
      message: 'No order explains it: #1 shows 7, which nobody wrote.',
    });
  });

  test('is decided for 4,000 operations of 8 processes that read from replicas lagging behind', () => {
    const result = checkSequential(plainRegister, lagging(4_000, 8, 0));
    expect(result.verdict).toBe('holds');
    const broken = checkSequential(plainRegister, lagging(4_000, 8, 30));
    expect(broken.verdict).toBe('violated');
  });

  test('says undecided when the budget is spent, and refuses what is no budget', () => {
    const draws = new Draws(4);
    const history = Array.from({ length: 30 }, () => drawQueue(draws)).flatMap((part, i) =>
      part.map((o) => ({
        ...o,
        id: o.id + i * 100,
        invokedAt: o.invokedAt + i * 1_000,
        completedAt: o.completedAt + i * 1_000,
      })),
    );
    const result = checkSequential(smallQueue as AnyModel, history, { maxStates: 500 });
    expect(result.verdict).toBe('undecided');
    expect(() => checkSequential(smallQueue, [], { maxStates: 0 })).toThrow(RangeError);
  });
});

/** A few processes at a queue, answers mostly those of a queue in real time, some not. */
function drawQueue(draws: Draws, wrongPercent = 12): readonly Operation<SmallQueueOp, number | null>[] {
  const state: number[] = [];
  return Array.from({ length: 6 + draws.below(4) }, (_, i) => {
    const enqueue = draws.chance(55);
    const op: SmallQueueOp = enqueue ? { f: 'enqueue', value: i } : { f: 'dequeue' };
    if (enqueue) state.splice(Math.max(0, state.length - (draws.chance(30) ? 1 : 0)), 0, i);
    const first = draws.chance(wrongPercent) ? draws.below(i + 1) : (state.shift() ?? null);
    const value = enqueue || draws.chance(5) ? null : first;
    const info = draws.chance(10);
    return {
      id: i + 1,
      process: draws.below(3),
      op,
      invokedAt: 3 * i,
      completedAt: info ? Infinity : 3 * i + 1,
      outcome: info ? ('info' as const) : ('ok' as const),
      value: info ? undefined : value,
      place: 0,
    };
  });
}

/** Processes write to one log of writes and read from a prefix of it, each its own, that never gets shorter; some answers are drawn anew. */
function lagging(
  operations: number,
  processes: number,
  wrongPerMille: number,
): readonly Operation<PlainOp, PlainValue>[] {
  const draws = new Draws(17);
  const log: { key: string; value: number }[] = [];
  const read = new Array<number>(processes).fill(0);
  return Array.from({ length: operations }, (_, id) => {
    const process = draws.below(processes);
    const key = `k${draws.below(10)}`;
    const at = { id, process, invokedAt: 2 * id, completedAt: 2 * id + 1, outcome: 'ok' as const, place: 0 };
    if (draws.chance(40)) {
      log.push({ key, value: id });
      // What it wrote it has seen.
      read[process] = log.length;
      return { ...at, op: { f: 'write', key, value: id }, value: null };
    }
    read[process] = Math.min(log.length, read[process]! + draws.below(12));
    const wrong = draws.below(1_000) < wrongPerMille;
    const prefix = log.slice(0, wrong ? draws.below(log.length) : read[process]);
    const value = prefix.findLast((entry) => entry.key === key)?.value ?? null;
    return { ...at, op: { f: 'read', key }, value };
  });
}
