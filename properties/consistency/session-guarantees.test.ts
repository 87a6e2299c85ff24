import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { Model } from '../linearizability/model.ts';
import type { RegisterOp, RegisterValue } from '../linearizability/models/register.ts';
import { register } from '../linearizability/models/register.ts';
import { Draws } from '../linearizability/random-history.test-support.ts';
import type { Seen } from './by-definition.test-support.ts';
import { guaranteesByDefinition, seenOf } from './by-definition.test-support.ts';
import type { Guarantee, SessionGuarantees } from './session-guarantees.ts';
import { checkSessionGuarantees } from './session-guarantees.ts';
import type { PlainOp, PlainValue } from './weak-history.test-support.ts';
import { plainRegister, told, weakHistory } from './weak-history.test-support.ts';

const four: readonly Guarantee[] = [
  'readYourWrites',
  'monotonicReads',
  'monotonicWrites',
  'writesFollowReads',
];

function verdicts(result: SessionGuarantees): Record<Guarantee, string> {
  return Object.fromEntries(four.map((g) => [g, result[g].verdict])) as Record<Guarantee, string>;
}

function violation(
  result: SessionGuarantees,
  guarantee: Guarantee,
): { ids: readonly number[]; message: string } {
  const one = result[guarantee];
  if (one.verdict !== 'violated') return expect.fail(`${guarantee}: ${one.verdict}`);
  return { ids: one.operations.map((o) => o.id), message: one.message };
}

const all = (verdict: string): Record<Guarantee, string> => ({
  readYourWrites: verdict,
  monotonicReads: verdict,
  monotonicWrites: verdict,
  writesFollowReads: verdict,
});

describe('session guarantees', () => {
  test('a client that does not see its own write: read your writes, and no other', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        1: r x null`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), readYourWrites: 'violated' });
    expect(violation(result, 'readYourWrites')).toEqual({
      ids: [1, 2],
      message:
        'process 1 read the first state of x (#2) after it had written x = 1 (#1): no order of the writes of x allows that.',
    });
  });

  test('a client that goes back to an older state: monotonic reads, and no other', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        2: r x 1
        2: r x null`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), monotonicReads: 'violated' });
    expect(violation(result, 'monotonicReads')).toEqual({
      ids: [2, 3],
      message:
        'process 2 read the first state of x (#3) after it had read x = 1 (#2): no order of the writes of x allows that.',
    });
  });

  test('two clients that see two writes in opposite orders: monotonic reads', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        2: w x 2
        3: r x 1
        3: r x 2
        4: r x 2
        4: r x 1`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), monotonicReads: 'violated' });
    expect(violation(result, 'monotonicReads').ids).toEqual([3, 4, 5, 6]);
  });

  test('a client’s writes seen in another order: monotonic writes, and no other', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        1: w x 2
        2: r x 2
        2: r x 1`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), monotonicWrites: 'violated' });
    expect(violation(result, 'monotonicWrites')).toEqual({
      ids: [1, 2, 3, 4],
      message:
        'process 1 wrote x = 2 (#2) after it had written x = 1 (#1); process 2 read x = 1 (#4) after it had read x = 2 (#3): no order of the writes of x allows that.',
    });
  });

  test('a later write seen without an earlier one to another key: monotonic writes', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        1: w y 2
        2: r y 2
        2: r x null`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), monotonicWrites: 'violated' });
    expect(violation(result, 'monotonicWrites')).toEqual({
      ids: [1, 3, 4],
      message:
        'process 2 read y = 2 (#3) and then the first state of x (#4), and process 1 had written x = 1 (#1) before: no order of the writes of x allows that.',
    });
  });

  test('an answer seen without the question: writes follow reads, and no other', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        2: r x 1
        2: w y 2
        3: r y 2
        3: r x null`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), writesFollowReads: 'violated' });
    expect(violation(result, 'writesFollowReads')).toEqual({
      ids: [2, 4, 5],
      message:
        'process 3 read y = 2 (#4) and then the first state of x (#5), and process 2 had read x = 1 (#2) before it wrote that: no order of the writes of x allows that.',
    });
  });

  test('a write that goes before what its client had read: writes follow reads', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        2: r x 1
        2: w x 2
        3: r x 2
        3: r x 1`),
    );
    expect(verdicts(result)).toEqual({ ...all('holds'), writesFollowReads: 'violated' });
  });

  test('what a third client had read before is followed over two writes', () => {
    const history = told(`
        1: w x 1
        2: r x 1
        2: w y 2
        3: r y 2
        3: w z 3
        4: r z 3
        4: r x null`);
    expect(violation(checkSessionGuarantees(plainRegister, history), 'writesFollowReads').message).toBe(
      'process 4 read z = 3 (#6) and then the first state of x (#7), and process 2 had read x = 1 (#2) before what process 3 wrote there came about: no order of the writes of x allows that.',
    );
  });

  test('a comparison that succeeded tells the order of two writes', () => {
    const result = checkSessionGuarantees(
      plainRegister,
      told(`
        1: w x 1
        2: cas x 1 2
        1: w x 3
        3: r x 2
        3: r x 1`),
    );
    expect(violation(result, 'monotonicReads').message).toBe(
      'process 2 wrote x = 2 in place of x = 1 (#2); process 3 read x = 1 (#5) after it had read x = 2 (#4): no order of the writes of x allows that.',
    );
  });

  test('versions that are told put a client’s writes out of order without any read', () => {
    const put = (id: number, process: number, value: number, version: number) => ({
      id,
      process,
      op: { f: 'put', key: 'k', value } as RegisterOp,
      invokedAt: 2 * id,
      completedAt: 2 * id + 1,
      outcome: 'ok' as const,
      value: { version } as RegisterValue,
      place: 0,
    });
    const result = checkSessionGuarantees(register, [put(1, 1, 7, 9), put(2, 1, 7, 5)]);
    expect(violation(result, 'monotonicWrites')).toEqual({
      ids: [1, 2],
      message:
        'process 1 wrote k = 7 (version 5) (#2) after it had written k = 7 (version 9) (#1); the version of k = 7 (version 9) is told to be greater than that of k = 7 (version 5): no order of the writes of k allows that.',
    });
    expect(result.monotonicReads.verdict).toBe('holds');
  });

  test('a stale read by another client breaks none of them', () => {
    const history = told(`
        1: w x 1
        1: w x 2
        2: r x 1
        2: r x 2
        3: r x null`);
    expect(verdicts(checkSessionGuarantees(plainRegister, history))).toEqual(all('holds'));
  });

  test('a write of unknown result binds nobody before it is seen', () => {
    const unknown = { outcome: 'info', completedAt: Infinity, value: undefined } as const;
    const history = told(`
        1: w x 1
        1: r x null
        2: r x 1
        2: r x null`);
    const result = checkSessionGuarantees(plainRegister, [
      { ...history[0]!, ...unknown },
      ...history.slice(1),
    ]);
    expect(verdicts(result)).toEqual({ ...all('holds'), monotonicReads: 'violated' });
  });

  test('sessions are those that were recorded, over several processes', () => {
    const history = told(`
        1: w x 1
        2: r x null`).map((o) => ({ ...o, session: 5 }));
    expect(violation(checkSessionGuarantees(plainRegister, history), 'readYourWrites').message).toContain(
      'session 5 read the first state of x',
    );
  });
});

describe('where they do not apply', () => {
  test('values that are not distinct are named, with who wrote them', () => {
    const history = told(`
        1: w x 1
        2: w x 1
        3: r x 1`);
    const result = checkSessionGuarantees(plainRegister, history);
    expect(verdicts(result)).toEqual(all('not-applicable'));
    expect(result.monotonicReads).toMatchObject({
      operations: [{ id: 1 }, { id: 2 }, { id: 3 }],
      message: '#1 and #2 both write 1, which #3 shows: which of them, nobody can tell.',
    });
  });

  test('what is certain all the same is violated', () => {
    const history = told(`
        1: w x 1
        2: w x 1
        3: r x 1
        4: w y 2
        4: r y null`);
    const result = checkSessionGuarantees(plainRegister, history);
    expect(verdicts(result)).toEqual({ ...all('not-applicable'), readYourWrites: 'violated' });
  });

  test('a value that nobody wrote is named', () => {
    const result = checkSessionGuarantees(plainRegister, told('1: r x 7'));
    expect(result.readYourWrites).toMatchObject({ message: '#1 shows 7, which nobody wrote.' });
  });

  test('an object that keeps what was written: a queue by its dequeues, a log of entries by what it still answers', () => {
    interface Op {
      readonly f: 'add' | 'take' | 'look';
      readonly value?: number;
    }
    const kept: Model<readonly number[], Op, number | null> = {
      name: 'kept',
      init: () => [],
      step(state, op, value) {
        if (op.f === 'add') return [...state, op.value!];
        if (value === undefined || value === null) return state;
        if (!state.includes(value)) return null;
        return op.f === 'look' ? state : state.filter((v) => v !== value);
      },
      readOnly: (op) => op.f === 'look',
      hindsight: {
        leaves: (op) => op.value,
        shows: (_op, value) => value ?? undefined,
        answerOf: () => null,
        unseen: (op) => op,
      },
    };
    const at = (id: number, op: Op, value: number | null) =>
      ({
        id,
        process: 1,
        op,
        invokedAt: 2 * id,
        completedAt: 2 * id + 1,
        outcome: 'ok',
        value,
        place: 0,
      }) as const;
    const added = [at(1, { f: 'add', value: 1 }, null), at(2, { f: 'add', value: 2 }, null)];
    for (const [f, value] of [
      ['take', 1],
      ['look', 1],
      ['look', null],
    ] as const) {
      const result = checkSessionGuarantees(kept, [...added, at(3, { f }, value)]);
      expect(verdicts(result)).toEqual(all('not-applicable'));
      expect(result.readYourWrites).toMatchObject({
        message: 'The model kept does not say which write an answer shows.',
      });
    }
  });

  test('answers of which none says which write it shows', () => {
    const get = (id: number, op: RegisterOp, value: RegisterValue): Operation<RegisterOp, RegisterValue> => ({
      id,
      process: 1,
      op,
      invokedAt: 2 * id,
      completedAt: 2 * id + 1,
      outcome: 'ok',
      value,
      place: 0,
    });
    const result = checkSessionGuarantees(register, [
      get(1, { f: 'put', key: 'k', value: 1 }, { version: 1 }),
      get(2, { f: 'delete', key: 'k' }, { existed: true }),
      get(3, { f: 'get', key: 'k' }, { value: null, version: 0 }),
    ]);
    expect(result.readYourWrites).toMatchObject({ message: 'No answer says which write it shows.' });
  });

  test('a model whose answers show no write', () => {
    const counter: Model<number, 'add', number> = { name: 'counter', init: () => 0, step: (n) => n + 1 };
    expect(checkSessionGuarantees(counter, []).monotonicWrites).toEqual({
      verdict: 'not-applicable',
      operations: [],
      message: 'The model counter does not say which write an answer shows.',
    });
  });
});

/** The history with versions told to those who write and those who read, ascending as written but for a few. */
function versioned(
  draws: Draws,
  history: readonly Operation<PlainOp, PlainValue>[],
): { history: readonly Operation<RegisterOp, RegisterValue>[]; seen: readonly Seen[] } {
  const versions = new Map<number, number>();
  for (const { id, op } of history) {
    if (op.f !== 'read')
      versions.set(op.f === 'cas' ? op.to : op.value, draws.chance(75) ? id * 2 : id * 2 - 9);
  }
  const least = Math.min(0, ...versions.values());
  const versionOf = (value: number): number => versions.get(value)! - least + 1;
  const shown = new Set(history.map((o) => (o.op.f === 'read' ? o.value : null)));
  return {
    history: history.map((o) => {
      const op: RegisterOp =
        o.op.f === 'read'
          ? { f: 'get', key: o.op.key }
          : { f: 'put', key: o.op.key, value: o.op.f === 'cas' ? o.op.to : o.op.value };
      const read = o.value as number | null;
      const value: RegisterValue | undefined =
        o.outcome === 'info'
          ? undefined
          : op.f === 'put'
            ? { version: versionOf(op.value as number) }
            : { value: read, version: read === null ? 0 : versionOf(read) };
      return { ...o, op, value };
    }),
    seen: seenOf(history).map((o, i) => {
      const told = o.wrote !== null && (history[i]!.outcome === 'ok' || shown.has(o.wrote));
      const read = o.wrote === null ? o.read : undefined;
      return { ...o, read, ...(told && { version: versionOf(o.wrote!) }) };
    }),
  };
}

/** Compares with the definitions; how many histories violate each guarantee, and any. */
function compare(
  histories: number,
  draw: (draws: Draws) => { result: SessionGuarantees; seen: readonly Seen[] },
): Record<Guarantee | 'any', number> {
  const violated = {
    readYourWrites: 0,
    monotonicReads: 0,
    monotonicWrites: 0,
    writesFollowReads: 0,
    any: 0,
  };
  for (let seed = 1; seed <= histories; seed += 1) {
    const { result, seen } = draw(new Draws(seed));
    const defined = guaranteesByDefinition(seen);
    for (const guarantee of four) {
      const expected = defined[guarantee] ? 'holds' : 'violated';
      if (result[guarantee].verdict !== expected) {
        expect.fail(
          `seed ${seed}, ${guarantee}: ${JSON.stringify(result[guarantee])}, by definition ${expected}\n${seen.map((o) => JSON.stringify(o)).join('\n')}`,
        );
      }
      if (!defined[guarantee]) violated[guarantee] += 1;
    }
    if (four.some((g) => !defined[g])) violated.any += 1;
  }
  return violated;
}

/** A comparison is worth something only if neither verdict is rare. */
function expectMixed(violated: Record<Guarantee | 'any', number>, histories: number): void {
  expect(violated.any / histories).toBeGreaterThan(0.3);
  expect(violated.any / histories).toBeLessThan(0.7);
  for (const guarantee of four) expect(violated[guarantee] / histories).toBeGreaterThan(0.04);
}

function drawPlain(draws: Draws): readonly Operation<PlainOp, PlainValue>[] {
  return weakHistory(draws, {
    operations: 7 + draws.below(8),
    sessions: 2 + draws.below(2),
    keys: 1 + draws.below(3),
    infoPercent: draws.chance(50) ? 15 : 0,
    wildPercent: 5 + draws.below(35),
    pairs: draws.chance(30),
  });
}

describe('the verdicts', () => {
  test('are those of the definitions, tried out on 4,000 small histories', () => {
    const violated = compare(4_000, (draws) => {
      const history = drawPlain(draws);
      return { result: checkSessionGuarantees(plainRegister, history), seen: seenOf(history) };
    });
    expectMixed(violated, 4_000);
  });

  test('are those of the definitions where versions are told, on 2,000 more', () => {
    const violated = compare(2_000, (draws) => {
      const { history, seen } = versioned(draws, drawPlain(draws));
      return { result: checkSessionGuarantees(register, history), seen };
    });
    expectMixed(violated, 2_000);
  });
});
