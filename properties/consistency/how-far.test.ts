import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { AnyModel, Model } from '../linearizability/model.ts';
import { queue } from '../linearizability/models/queue.ts';
import { set } from '../linearizability/models/set.ts';
import { stack } from '../linearizability/models/stack.ts';
import { Draws } from '../linearizability/random-history.test-support.ts';
import { isOrderable, plainSystem } from './any-order.test-support.ts';
import { howFar } from './how-far.ts';
import { plainRegister, told, weakHistory } from './weak-history.test-support.ts';

describe('how far a history falls', () => {
  test('not at all', () => {
    const result = howFar(
      plainRegister,
      told(`
        1: w x 1
        2: r x 1`),
    );
    expect(result).toMatchObject({
      summary: 'Linearizable.',
      linearizable: { verdict: 'ok' },
      sequential: null,
      sessionGuarantees: { readYourWrites: { verdict: 'holds', reads: 1, unjudged: 0 } },
    });
  });

  test('to sequential consistency: a stale read', () => {
    const result = howFar(
      plainRegister,
      told(`
        1: w x 1
        2: r x null
        2: r x 1`),
    );
    expect(result).toMatchObject({
      summary:
        'Not linearizable; sequentially consistent: in another order than that of real time, but every process saw the same one.',
      linearizable: { verdict: 'violation', operation: { id: 2 } },
      sequential: { verdict: 'holds' },
    });
  });

  test('to session guarantees: two processes miss one another’s writes', () => {
    const result = howFar(
      plainRegister,
      told(`
        1: w x 1
        2: w y 1
        1: r y null
        2: r x null`),
    );
    expect(result.summary).toBe(
      'Not linearizable; not sequentially consistent. Of the session guarantees, read your writes, monotonic reads, monotonic writes and writes follow reads hold.',
    );
  });

  test('below some of them', () => {
    const result = howFar(
      plainRegister,
      told(`
        1: w x 1
        1: r x null`),
    );
    expect(result.summary).toBe(
      'Not linearizable; not sequentially consistent. Of the session guarantees, monotonic reads, monotonic writes and writes follow reads hold; read your writes is violated.',
    );
  });

  test('is said of what cannot be told, and of what was not decided', () => {
    const history = told(`
        1: w x 1
        2: w x 1
        3: r x 1
        3: r x null`);
    expect(howFar(plainRegister, history).summary).toBe(
      'Not linearizable; not sequentially consistent. The session guarantees cannot be told: no answer says which write it shows, or not which of several.',
    );
    const counter: Model<number, 'add' | 'read', number> = {
      name: 'counter',
      init: () => 0,
      step: (n, op, value) => (op === 'add' ? n + 1 : value === undefined || value === n ? n : null),
    };
    const at = { completedAt: 9, outcome: 'ok', place: 0 } as const;
    const counted = [
      { ...at, id: 1, process: 1, invokedAt: 1, op: 'add', value: 0 },
      { ...at, id: 2, process: 2, invokedAt: 2, op: 'read', value: 1 },
    ] as const;
    expect(howFar(counter, counted, { maxStates: 1, maxSequentialStates: 1 }).summary).toBe(
      'Linearizable or not: undecided; sequentially consistent or not: undecided. The session guarantees cannot be told: no answer says which write it shows, or not which of several.',
    );
    expect(howFar(counter, counted, { maxStates: 1 }).summary).toBe(
      'Linearizable or not: undecided; sequentially consistent.',
    );
  });

  test('of a queue and of a stack is not said what is true of registers alone', () => {
    const inTurn = (...asked: readonly (readonly [number, unknown, unknown])[]): readonly Operation[] =>
      asked.map(([process, op, value], id) => ({
        ...{ id, process, op, value, invokedAt: 2 * id, completedAt: 2 * id + 1 },
        ...{ outcome: 'ok', place: 0 },
      }));
    const later =
      'Not linearizable; sequentially consistent: in another order than that of real time, but every process saw the same one.';
    const queued = inTurn(
      [0, { f: 'enqueue', value: 1 }, null],
      [0, { f: 'enqueue', value: 2 }, null],
      [1, { f: 'dequeue' }, null],
      [0, { f: 'dequeue' }, 1],
    );
    expect(howFar(queue as AnyModel, queued).summary).toBe(later);
    const stacked = inTurn(
      [0, { f: 'push', value: 1 }, null],
      [0, { f: 'push', value: 2 }, null],
      [1, { f: 'pop' }, null],
      [0, { f: 'pop' }, 2],
      [0, { f: 'pop' }, 1],
    );
    expect(howFar(stack as AnyModel, stacked).summary).toBe(later);
    // It does not read what it wrote itself: that nothing is violated would be false.
    const added = inTurn([0, { f: 'add', value: 1 }, true], [0, { f: 'contains', value: 1 }, false]);
    expect(howFar(set as AnyModel, added).sessionGuarantees).toMatchObject({
      readYourWrites: { verdict: 'not-applicable' },
      monotonicWrites: { verdict: 'not-applicable' },
    });
  });

  test('what is violated below decides what was not decided above', () => {
    const history = told(`
        1: w x 1
        1: r x null`);
    expect(howFar(plainRegister, history, { maxStates: 1, maxSequentialStates: 1 })).toMatchObject({
      linearizable: { verdict: 'undecided' },
      sequential: { verdict: 'violated', operations: [{ id: 1 }, { id: 2 }] },
      summary: expect.stringMatching(/^Not linearizable; not sequentially consistent\./) as string,
    });
  });

  test('takes what was found before', () => {
    const history = told('1: r x null');
    const linearizable = { verdict: 'undecided', states: 9, message: 'Not decided.' } as const;
    expect(howFar(plainRegister, history, { linearizable })).toMatchObject({
      linearizable,
      sequential: { verdict: 'holds' },
    });
  });

  test('goes down the steps one by one: what is above holds only with what is below, in 3,000 histories', () => {
    const steps = { linearizable: 0, sequential: 0, guaranteed: 0, less: 0 };
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const draws = new Draws(seed);
      const history = weakHistory(draws, {
        operations: 5 + draws.below(6),
        sessions: 3,
        keys: 2,
        infoPercent: draws.chance(50) ? 15 : 0,
        wildPercent: 10 + draws.below(40),
      });
      const { linearizable, sequential, sessionGuarantees } = howFar(plainRegister as AnyModel, history);
      expect(linearizable.verdict === 'ok', `seed ${seed}`).toBe(isOrderable(plainSystem, history, true));
      const ordered = sequential === null || sequential.verdict === 'holds';
      const violated = Object.values(sessionGuarantees).some((g) => g.verdict === 'violated');
      if (ordered) expect(violated, `seed ${seed}`).toBe(false);
      if (sequential === null) steps.linearizable += 1;
      else if (ordered) steps.sequential += 1;
      else if (violated) steps.less += 1;
      else steps.guaranteed += 1;
    }
    expect(Math.min(...Object.values(steps))).toBeGreaterThan(100);
  });
});
