import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { Relation } from './brute-force.test-support.ts';
import { isLinearizableByBruteForce } from './brute-force.test-support.ts';
import { causeOf } from './cause.ts';
import { checkLinearizable } from './check.ts';
import type { AnyModel, Model } from './model.ts';
import { queue } from './models/queue.ts';
import { Draws } from './random-history.test-support.ts';
import type { SmallQueueOp } from './small-queue.test-support.ts';
import { smallQueue } from './small-queue.test-support.ts';

interface Op {
  readonly f: 'read' | 'write';
  readonly value?: number;
}

/** A register whose answers tell no version. */
const plain: Model<{ readonly holds: number | null }, Op, number | null> = {
  name: 'plain',
  init: () => ({ holds: null }),
  step(state, op, value) {
    if (op.f === 'write') return { holds: op.value! };
    return value === undefined || value === state.holds ? state : null;
  },
  readOnly: (op) => op.f === 'read',
  hindsight: {
    overwrites: true,
    leaves: (op) => op.value,
    shows: (_op, value) => value ?? undefined,
    answerOf: () => null,
    unseen: (op) => ({ ...op, value: -1 }),
  },
  describe: (op, value) =>
    op.f === 'write' ? `write ${op.value}` : `read${value === undefined ? '' : ` ${value}`}`,
  describeState: ({ holds }) => String(holds),
};

/** An operation from one millisecond to another; `null`: it never ended. */
function at(
  id: number,
  from: number,
  to: number | null,
  op: Op,
  value: number | null = null,
): Operation<Op, number | null> {
  const end = to ?? Infinity;
  return {
    id,
    process: id,
    op,
    invokedAt: from,
    completedAt: end,
    outcome: to === null ? 'info' : 'ok',
    value: to === null ? undefined : value,
    place: 0,
    invokedUs: from * 1_000,
    completedUs: end * 1_000,
  };
}

/** The same, with nothing in common. */
const plainRelation: Relation<number | null> = {
  init: null,
  next(state, o, value) {
    const op = o as Op;
    if (op.f === 'write') return [op.value!];
    return value === undefined || value === state ? [state] : [];
  },
};

/** Values written once each, and reads of any of them, of none, and of one that nobody writes. */
function drawPlain(draws: Draws, least = 5): readonly Operation<Op, number | null>[] {
  const operations = least + draws.below(5);
  const values: (number | null)[] = [null];
  const drawn: Operation<Op, number | null>[] = [];
  for (let id = 1; id <= operations; id += 1) {
    const from = 4 * id + draws.below(4);
    const isWrite = draws.chance(50);
    if (isWrite) values.push(id);
    const to = draws.chance(isWrite ? 30 : 0) ? null : from + 1 + draws.below(12);
    drawn.push(at(id, from, to, isWrite ? write(id) : read));
  }
  const last = values.length - 1;
  return drawn.map((o) => {
    if (o.op.f === 'write') return o;
    if (draws.chance(5)) return { ...o, value: 99 };
    const soFar = values.filter((v) => v === null || v < o.id).length - 1;
    return {
      ...o,
      value: values[draws.chance(15) ? draws.below(last + 1) : Math.max(0, soFar - draws.below(3))]!,
    };
  });
}

const write = (value: number): Op => ({ f: 'write', value });
const read: Op = { f: 'read' };

function reasonOf(...history: readonly Operation<Op, number | null>[]): string {
  const result = checkLinearizable(plain, history);
  return result.verdict === 'violation' ? result.reason : result.verdict;
}

describe('the reason of a violation', () => {
  test('a value that was overwritten, by what, and how long before', () => {
    expect(
      reasonOf(
        at(1, 0, 5, write(3)),
        at(2, 10, 28, write(1)),
        at(7, 10, 30, write(2)),
        at(4, 40, 50, read, 3),
      ),
    ).toBe('read 3; possible were 1 and 2; 3 was overwritten by write 1 (#2), which ended 12 ms before');
  });

  test('a value that was overwritten by a write of unknown result, which another answer had shown', () => {
    expect(
      reasonOf(
        at(1, 0, 5, write(1)),
        at(2, 10, null, write(2)),
        at(3, 12, 20, read, 2),
        at(4, 25.5, 40, read, 1),
      ),
    ).toBe(
      'read 1; possible was 2; 1 was overwritten by write 2 (#2), which read (#3) had shown 5.5 ms before',
    );
  });

  test('a value that nobody wrote', () => {
    expect(reasonOf(at(1, 0, 5, write(1)), at(2, 10, 20, read, 8))).toBe(
      'read 8; possible was 1; nobody wrote 8',
    );
  });

  test('a value of a write that was recorded as failed', () => {
    const failed = { ...at(1, 0, 5, write(1)), outcome: 'fail' as const };
    expect(reasonOf(failed, at(2, 10, 20, read, 1))).toBe(
      'read 1; possible was null; only #1 set out to write 1, and it is recorded as failed',
    );
    expect(checkLinearizable(plain, [failed, at(2, 10, 20, read, 1)])).toMatchObject({
      message:
        'The history is not linearizable: read 1 by process 2 at 0.020 s fits no order. Whatever the order of the others, it found null. Nobody wrote what it shows but write 1 (#1) by process 1, which is recorded as failed.',
    });
  });

  test('a value that was written only later', () => {
    expect(reasonOf(at(1, 0, 5, read, 4), at(2, 10, 20, write(4)))).toBe(
      'read 4; possible was null; write 4 (#2) was invoked only later',
    );
  });

  test('the first state after a write', () => {
    expect(reasonOf(at(1, 0, 5, write(4)), at(2, 10, 20, read, null))).toBe(
      'read null; possible was 4; the first state was overwritten by write 4 (#1), which ended 5 ms before',
    );
  });

  test('an element of a queue that was taken before; that others were enqueued since is no reason', () => {
    const told = (...ops: readonly [SmallQueueOp, number | null][]): string => {
      const history = ops.map(([op, value], i) => ({ ...at(i, 10 * i, 10 * i + 5, read, value), op }));
      const result = checkLinearizable(smallQueue, history);
      return result.verdict === 'violation' ? result.reason : result.verdict;
    };
    const enqueue = (value: number): [SmallQueueOp, null] => [{ f: 'enqueue', value }, null];
    const dequeue: SmallQueueOp = { f: 'dequeue' };
    expect(told(enqueue(1), enqueue(2), [dequeue, 1], [dequeue, 1])).toBe(
      '{"f":"dequeue"} → 1; possible was [2]; 1 was written once, by #0, and taken by {"f":"dequeue"} (#2) too',
    );
    expect(told(enqueue(1), enqueue(2), enqueue(3), [dequeue, 2])).toBe(
      '{"f":"dequeue"} → 2; possible was [1,2,3]; 2 was written by #1',
    );
  });

  test('only where the value is from, if no single write makes it impossible', () => {
    expect(
      reasonOf(
        at(1, 0, 20, write(1)),
        at(2, 0, 20, write(2)),
        at(3, 30, 40, read, 2),
        at(4, 30, 40, read, 1),
        at(5, 50, 60, read, 2),
        at(6, 70, 80, read, 1),
      ),
    ).toMatch(/^read [12]; possible (was|were) .*; [12] was written by #[12]$/);
  });

  test('all who may have written it last, up to three', () => {
    const written = (...ids: readonly number[]) => ids.map((id) => at(id, 10, 20, write(1)));
    const told = (...ids: readonly number[]): string =>
      reasonOf(
        at(90, 0, 5, write(1)),
        at(91, 6, 8, write(2)),
        ...written(...ids),
        at(92, 10, 22, write(2)),
        ...[at(93, 30, 40, read, 2), at(94, 50, 60, read, 1)],
      );
    // The first write of 1 was overwritten before the others were invoked.
    expect(told(3)).toBe('read 1; possible was 2; 1 was written by #3');
    expect(told(3, 4)).toBe('read 1; possible was 2; 1 was written by #3 or #4');
    expect(told(3, 4, 5)).toBe('read 1; possible was 2; 1 was written by #3, #4, or #5');
    expect(told(3, 4, 5, 6)).toBe('read 1; possible was 2; 1 was written by one of 4 operations');
  });

  test('who may have written it, in a sentence: those heard of, and those that set out to', () => {
    const history = [
      ...[at(1, 0, null, write(1)), at(2, 0, 5, write(2)), at(3, 1, 5, write(1))],
      // Only the first one can have written what this second read found; then it is done.
      ...[at(4, 6, 7, read, 2), at(5, 8, 9, read, 1)],
      ...[at(6, 8, 20, write(2)), at(7, 10, 11, read, 2), at(8, 12, 13, read, 1)],
    ];
    expect(checkLinearizable(plain, history)).toMatchObject({
      message:
        'The history is not linearizable: read 1 by process 8 at 0.013 s fits no order. Whatever the order of the others, it found 2. ' +
        'What it shows was written by process 1, which set out to at 0.000 s or process 3 at 0.001 s.',
    });
  });

  test('a value of which every write was overwritten', () => {
    expect(
      reasonOf(at(1, 0, 5, write(3)), at(2, 3, 9, write(3)), at(3, 10, 20, write(1)), at(4, 30, 40, read, 3)),
    ).toBe('read 3; possible was 1; 3 was overwritten by write 1 (#3), which ended 10 ms before');
  });

  test('of a queue nothing is said to be overwritten', () => {
    const taken = [
      at(1, 0, 5, { f: 'enqueue', value: 1 } as never),
      at(2, 10, 15, { f: 'enqueue', value: 2 } as never),
      at(3, 20, 25, { f: 'dequeue' } as never, 1),
      at(4, 30, 35, { f: 'dequeue' } as never, 1),
    ];
    expect(checkLinearizable(queue as AnyModel, taken)).toMatchObject({
      reason:
        'dequeue → 1; possible was a queue of 2; 1 was written once, by #1, and taken by dequeue (#3) too',
    });
  });

  test('is certain where values are written several times, too: of 2,000 wrong histories, none is explained by what is not named', () => {
    const told = { overwritten: 0, written: 0 };
    let several = 0;
    for (let seed = 1, found = 0; found < 2_000; seed += 1) {
      const draws = new Draws(seed);
      // Three values, none of them the number of an operation.
      const valueOf = (value: number): number => 100 + (value % 3);
      const history = drawPlain(draws, 9).map((o) =>
        o.op.f === 'write'
          ? { ...o, op: write(valueOf(o.op.value!)) }
          : { ...o, value: o.value == null ? null : valueOf(o.value) },
      );
      const result = checkLinearizable(plain, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      const cause = causeOf(plain as AnyModel, history, [], result.operation);
      if (cause?.why !== 'overwritten' && cause?.why !== 'written') continue;
      const shown = result.operation.value;
      const isWriter = (o: Operation): boolean => (o.op as Op).value === shown;
      // Of one write alone, answers tell more: that is judged above.
      if (history.filter(isWriter).length === 1) continue;
      const writers = history.filter((o) => isWriter(o) && o.invokedAt <= result.operation.completedAt);
      const isLeft = cause.why === 'overwritten' ? () => false : (o: Operation) => cause.writers.includes(o);
      if (writers.filter((o) => !isLeft(o)).length > 0) told[cause.why] += 1;
      if (cause.why === 'written' && cause.writers.length > 1) several += 1;
      // Had only those written it that are not named, it could not have been read; which reads showed it then is another matter.
      const others = history.filter((o) => o === result.operation || (o.value !== shown && !isLeft(o)));
      expect(isLinearizableByBruteForce(plainRelation, others), `seed ${seed}`).toBe(false);
    }
    expect(told.overwritten).toBeGreaterThan(100);
    expect(told.written).toBeGreaterThan(25);
    expect(several).toBeGreaterThan(20);
  });

  test('is certain: of 800 wrong histories, the few operations it names can have no order either', () => {
    const told = { overwritten: 0, 'no longer the first state': 0, 'not yet written': 0, 'never written': 0 };
    let byAnswer = 0;
    let found = 0;
    for (let seed = 1; found < 800; seed += 1) {
      const history = drawPlain(new Draws(seed));
      const result = checkLinearizable(plain, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      const cause = causeOf(plain as AnyModel, history, [], result.operation);
      if (cause === null || cause.why === 'written' || cause.why === 'taken') continue;
      told[cause.why] += 1;
      const named: Operation[] = [result.operation];
      if ('by' in cause) named.push(cause.by);
      if (cause.why === 'not yet written') named.push(cause.writer);
      if (cause.why === 'overwritten') {
        if (cause.shownBy !== null) byAnswer += 1;
        // When the write had taken effect may be known by an answer that shows it.
        named.push(cause.writer, ...history.filter((o) => o.value === (cause.writer.op as Op).value));
        if (cause.shownBy !== null) named.push(cause.shownBy);
      }
      const some = history.filter((o) => named.includes(o));
      expect(isLinearizableByBruteForce(plainRelation, some), `seed ${seed}`).toBe(false);
    }
    expect(told.overwritten).toBeGreaterThan(80);
    expect(byAnswer).toBeGreaterThan(8);
    expect(told['no longer the first state']).toBeGreaterThan(50);
    expect(told['not yet written']).toBeGreaterThan(20);
    expect(told['never written']).toBeGreaterThan(20);
  });
});
