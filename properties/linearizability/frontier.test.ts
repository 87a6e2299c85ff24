/** Where techniques of the search meet: what is alike and what is not, numbers of states that change, refutations within a beam. */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { AnyModel, Model } from './model.ts';
import { casRegister } from './models/cas-register.ts';
import { mutex } from './models/mutex.ts';
import { Draws } from './random-history.test-support.ts';
import { search } from './search.ts';

/** A register that answers what stood there before a write; who heard nothing may have found anything. */
const swap: Model<number | null, { readonly f: 'read' | 'swap'; readonly value?: number }, number | null> = {
  name: 'swap',
  init: () => null,
  step(state, op, value) {
    if (value !== undefined && value !== state) return null;
    return op.f === 'read' ? state : op.value!;
  },
};

function operation(
  id: number,
  op: object,
  [invokedAt, completedAt]: readonly [number, number],
  value?: unknown,
): Operation {
  const outcome = completedAt === Infinity ? 'info' : 'ok';
  return { id, process: id, op, invokedAt, completedAt, outcome, value, place: 0 };
}

const verdictOf = (model: unknown, history: readonly Operation[], without = {}): string =>
  search(model as AnyModel, history, 1_000_000, without).verdict;

describe('the search', () => {
  test('tells an operation that answered nothing from one that answered null', () => {
    const one = { f: 'swap', value: 1 };
    // The one that returns first found what the other left.
    expect(verdictOf(swap, [operation(1, one, [1, 3]), operation(2, one, [2, 4], null)])).toBe('ok');
    const history = [
      // May take effect only where nothing stands, the other one anywhere.
      operation(1, one, [1, Infinity], null),
      operation(2, one, [2, Infinity]),
      operation(3, { f: 'swap', value: 5 }, [3, 4], null),
      operation(4, { f: 'read' }, [5, 6], 1),
    ];
    expect(verdictOf(swap, history)).toBe('ok');
    expect(verdictOf(swap, history.toSpliced(1, 1))).toBe('violation');
  });

  test('does not let a mutex answer what it never answers, whoever held it before', () => {
    const held = [operation(1, { f: 'acquire' }, [1, 2], true), operation(2, { f: 'release' }, [3, 4], true)];
    const strange = operation(3, { f: 'acquire' }, [5, 6], null);
    expect(verdictOf(mutex, [...held, strange])).toBe('violation');
    expect(verdictOf(mutex, [...held, strange], { aim: false })).toBe('violation');
  });

  test('without symmetry follows every write of unknown result when states are numbered anew', () => {
    let clock = 0;
    const next = (op: object, value: unknown): Operation => operation(clock, op, [++clock, ++clock], value);
    const writtenAndRead = (from: number): readonly Operation[] =>
      Array.from({ length: 300 }, (_, i) => [
        next({ f: 'write', value: from + i }, null),
        next({ f: 'read' }, from + i),
      ]).flat();
    const unheard = [1, 2].map((id) => operation(-id, { f: 'write', value: -1 }, [-id, Infinity]));
    const first = writtenAndRead(0);
    const invokedAt = ++clock;
    const second = writtenAndRead(1_000);
    const wrong = operation(-3, { f: 'read' }, [invokedAt, ++clock], -7);
    expect(verdictOf(casRegister, [...unheard, ...first, ...second, wrong], { symmetry: false })).toBe(
      'violation',
    );
  });

  test('spends its budget on what it does: 20,000 writes that are open at once take seconds, not hours', () => {
    const writes = 20_000;
    const history = Array.from({ length: writes }, (_, i) =>
      operation(i, { f: 'write', value: i }, [i, 3 * writes - i], null),
    );
    const { verdict, states } = search(casRegister as AnyModel, history, 1_000_000);
    expect(verdict).toBe('undecided');
    expect(states).toBeLessThan(1_100_000);
  });

  test('that refutes a history within its beam says so, even if too little is left to find where it begins', () => {
    const model = casRegister as AnyModel;
    let refuted = 0;
    for (let seed = 1; seed <= 12; seed += 1) {
      const history = hardHistory(new Draws(seed));
      const whole = search(model, history, 1_000_000);
      for (const part of [0.5, 0.6, 0.7]) {
        const result = search(model, history, Math.ceil(whole.states * part));
        if (result.verdict === 'violation' && !result.isFirst) refuted += 1;
        if (result.verdict !== 'undecided') expect(result.verdict).toBe(whole.verdict);
      }
    }
    expect(refuted).toBeGreaterThan(0);
  });
});

/** Reads of few values, each of which many operations of unknown result could have left, one way or another. */
function hardHistory(draws: Draws): readonly Operation[] {
  const values = 5;
  const unknown = Array.from({ length: 26 }, (_, i) => {
    const op =
      i < 20
        ? { f: 'cas', from: draws.below(values), to: draws.below(values) }
        : { f: 'write', value: draws.below(values) };
    return operation(i, op, [i, Infinity]);
  });
  const reads = Array.from({ length: 12 }, (_, i) =>
    operation(100 + i, { f: 'read' }, [100 + 2 * i, 101 + 2 * i], draws.below(values)),
  );
  return [...unknown, ...reads];
}
