import { describe, expect, test } from 'vitest';
import type { AnyModel, Model } from '../linearizability/model.ts';
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
        'Not linearizable; sequentially consistent: what was read was stale, but every process saw one order of all that happened.',
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
      'Not linearizable; not sequentially consistent. Of the session guarantees, read your writes, monotonic reads, monotonic writes and writes follow reads cannot be told.',
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
      'Linearizable or not: undecided; sequentially consistent or not: undecided. Of the session guarantees, read your writes, monotonic reads, monotonic writes and writes follow reads cannot be told.',
    );
    expect(howFar(counter, counted, { maxStates: 1 }).summary).toBe(
      'Linearizable or not: undecided; sequentially consistent.',
    );
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
