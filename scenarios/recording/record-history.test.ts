import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../../properties/linearizability/check.ts';
import { cell } from './cell.test-support.ts';
import type { CellOp } from './cell.test-support.ts';
import { recordHistory } from './record-history.ts';

const read: CellOp = { f: 'read', key: 'x' };
const write = (value: number): CellOp => ({ f: 'write', key: 'x', value });

/** A call that is answered when the test says so. */
function pending<T>(): {
  call: () => Promise<T>;
  answer: (value: T) => void;
  refuse: (error: Error) => void;
} {
  let answer!: (value: T) => void;
  let refuse!: (error: Error) => void;
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve;
    refuse = reject;
  });
  return { call: () => promise, answer, refuse };
}

/** A clock that is a millisecond and a half later each time it is read. */
function ticking(): () => number {
  let ms = 5_000;
  return () => (ms += 1.5);
}

describe('an operation wrapped is an operation recorded', () => {
  test('with what was asked and answered, in the order in which things began and ended, in microseconds', async () => {
    const history = recordHistory({ model: cell, nowMs: ticking() });
    const [a, b] = [history.client(), history.client()];
    const slow = pending<null>();
    const writing = a.do(write(1), slow.call);
    expect(await b.do(read, () => Promise.resolve(1))).toBe(1);
    slow.answer(null);
    expect(await writing).toBe(null);
    expect(history.operations()).toEqual([
      {
        id: 0,
        process: 0,
        op: write(1),
        invokedAt: 1,
        completedAt: 4,
        outcome: 'ok',
        value: null,
        place: 0,
        invokedUs: 1_500,
        completedUs: 6_000,
      },
      {
        id: 1,
        process: 1,
        op: read,
        invokedAt: 2,
        completedAt: 3,
        outcome: 'ok',
        value: 1,
        place: 0,
        invokedUs: 3_000,
        completedUs: 4_500,
      },
    ]);
  });

  test('order is exact where the clock stands still', async () => {
    const history = recordHistory({ model: cell, nowMs: () => 7 });
    const client = history.client();
    for (let n = 0; n < 3; n += 1) await client.do(write(n), () => null);
    const spans = history.operations().map((o) => [o.invokedAt, o.completedAt, o.invokedUs, o.completedUs]);
    expect(spans).toEqual([
      [1, 2, 0, 0],
      [3, 4, 0, 0],
      [5, 6, 0, 0],
    ]);
  });

  test('a call that returns rather than promises is one, too', async () => {
    const history = recordHistory({ model: cell });
    expect(await history.client().do(read, () => null)).toBe(null);
    expect(history.operations()[0]).toMatchObject({ outcome: 'ok', value: null });
  });

  test('the result reaches the program as it was; the history gets what the model understands', async () => {
    const history = recordHistory({ model: cell });
    const reply = await history.client().do(
      read,
      () => Promise.resolve('41'),
      (text) => Number(text),
    );
    expect(reply).toBe('41');
    expect(history.operations()[0]!.value).toBe(41);
  });

  test('operations and answers are typed by the model', async () => {
    const history = recordHistory({ model: cell });
    const client = history.client();
    // @ts-expect-error: cells have no such operation
    await client.do({ f: 'increment', key: 'x' }, () => null);
    // @ts-expect-error: what a Redis client answers to SET is no answer of a cell
    await client.do(write(1), () => 'OK');
    await client.do(
      write(1),
      () => 'OK',
      () => null,
    );
    expect(history.operations().map((o) => o.value)).toEqual([null, 'OK', null]);
  });

  test('an answer of undefined is recorded as null: undefined would fit everywhere', async () => {
    const history = recordHistory();
    const store = new Map<string, number>();
    await history.client().do(read, () => store.get('x'));
    expect(history.operations()[0]).toMatchObject({ outcome: 'ok', value: null });
  });

  test('what a caller does with its objects afterwards does not change what was recorded', async () => {
    const history = recordHistory();
    const [op, answer] = [{ f: 'read', keys: ['x'] }, [1, 2]];
    await history.client().do(op, () => answer);
    op.keys.push('y');
    answer.pop();
    expect(history.operations()[0]).toMatchObject({ op: { f: 'read', keys: ['x'] }, value: [1, 2] });
  });

  test('operations under way are unknown, and what was taken out earlier stays as it was', async () => {
    const history = recordHistory({ model: cell });
    const slow = pending<null>();
    const writing = history.client().do(write(1), slow.call);
    const before = history.operations();
    slow.answer(null);
    await writing;
    expect(before[0]).toMatchObject({ outcome: 'info', completedAt: Infinity, completedUs: Infinity });
    expect(history.operations()[0]).toMatchObject({ outcome: 'ok', completedAt: 2 });
  });
});

describe('an error', () => {
  test('leaves the operation unknown, and its client goes on as another process', async () => {
    const history = recordHistory({ model: cell });
    const client = history.client();
    const broken = new Error('connection reset');
    await expect(client.do(write(1), () => Promise.reject(broken))).rejects.toBe(broken);
    await client.do(read, () => 1);
    expect(history.operations()).toMatchObject([
      { process: 0, outcome: 'info', completedAt: Infinity, value: undefined },
      { process: 1, outcome: 'ok', value: 1 },
    ]);
  });

  test('is a failure where the caller declares it certain; the process goes on', async () => {
    const refused = (error: unknown): boolean => error instanceof Error && error.message === 'READONLY';
    const history = recordHistory({ model: cell, failed: refused });
    const client = history.client();
    const ask = (why: string) => () => Promise.reject(new Error(why));
    await expect(client.do(write(1), ask('READONLY'))).rejects.toThrow('READONLY');
    await expect(client.do(write(2), ask('reset'))).rejects.toThrow('reset');
    expect(history.operations()).toMatchObject([
      { process: 0, outcome: 'fail', completedAt: 2 },
      { process: 0, outcome: 'info', completedAt: Infinity },
    ]);
    expect(client.process).toBe(1);
  });

  test('is a failure where the operation has no effect, by the model or by declaration', async () => {
    const broken = (): never => {
      throw new Error('reset');
    };
    const byModel = recordHistory({ model: cell });
    await expect(byModel.client().do(read, broken)).rejects.toThrow('reset');
    // What a cas did is unknown, though one that was refused would have had no effect.
    await expect(byModel.client().do({ f: 'cas', key: 'x', from: 1, to: 2 }, broken)).rejects.toThrow();
    const declared = recordHistory({ readOnly: (op) => op === 'peek' });
    await expect(declared.client().do('peek', broken)).rejects.toThrow('reset');
    const silent = recordHistory();
    await expect(silent.client().do(read, broken)).rejects.toThrow('reset');
    const outcomes = [byModel, declared, silent].map((h) => h.operations().map((o) => o.outcome));
    expect(outcomes).toEqual([['fail', 'info'], ['fail'], ['info']]);
  });
});

describe('a call that takes longer than timeoutMs', () => {
  test('is given up as unknown; its late answer is ignored', async () => {
    const history = recordHistory({ model: cell, timeoutMs: 10, failed: () => true });
    const client = history.client();
    const slow = pending<null>();
    await expect(client.do(write(1), slow.call)).rejects.toMatchObject({
      code: 'TIMED_OUT',
      message:
        'Process 0 heard no answer to {"f":"write","key":"x","value":1} within 10 ms. ' +
        'It is recorded; catch this where the client would go on.',
    });
    await client.do(read, () => 1);
    slow.answer(null);
    await new Promise((resolve) => setImmediate(resolve));
    expect(history.operations()).toMatchObject([
      { process: 0, outcome: 'info', completedAt: Infinity, value: undefined },
      { process: 1, outcome: 'ok', value: 1 },
    ]);
    expect(checkLinearizable(cell, history.operations()).verdict).toBe('ok');
  });

  test('may be refused late without harm', async () => {
    const history = recordHistory({ model: cell, timeoutMs: 5 });
    const slow = pending<null>();
    await expect(history.client().do(write(1), slow.call)).rejects.toThrow('within 5 ms');
    // An unhandled rejection would fail the test run.
    slow.refuse(new Error('reset, much later'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(history.operations()[0]).toMatchObject({ outcome: 'info' });
  });

  test('has failed where it has no effect', async () => {
    const history = recordHistory({ model: cell, timeoutMs: 5 });
    const client = history.client();
    await expect(client.do(read, pending<number>().call)).rejects.toThrow('within 5 ms');
    expect(history.operations()[0]).toMatchObject({ outcome: 'fail' });
    expect(client.process).toBe(0);
  });
});

describe('a mistake of the caller has a name', () => {
  test('two operations of one client at a time; the second call is not made', async () => {
    const history = recordHistory({ model: cell });
    const client = history.client();
    const slow = pending<null>();
    const first = client.do(write(1), slow.call);
    let called = false;
    await expect(client.do(read, () => ((called = true), 1))).rejects.toMatchObject({
      code: 'CLIENT_BUSY',
      message:
        'Process 0 was to do {"f":"read","key":"x"} while its {"f":"write","key":"x","value":1} is under way. ' +
        'Await the one before the next, or take another client from the recorder: it may use the same connection.',
    });
    slow.answer(null);
    await first;
    expect(called).toBe(false);
    expect(history.operations()).toHaveLength(1);
  });

  test('more operations than a history may hold', async () => {
    const history = recordHistory({ model: cell, operationsMax: 2 });
    const client = history.client();
    for (let n = 0; n < 2; n += 1) await client.do(write(n), () => null);
    await expect(client.do(read, () => 1)).rejects.toMatchObject({ code: 'HISTORY_FULL' });
    expect(history.operations()).toHaveLength(2);
  });

  test('what cannot be kept as data: an operation is not asked, an answer leaves it unknown', async () => {
    const history = recordHistory();
    const client = history.client();
    await expect(client.do({ f: () => 1 }, () => 1)).rejects.toMatchObject({ code: 'NOT_DATA' });
    expect(history.operations()).toHaveLength(0);
    await expect(client.do({ f: 'read' }, () => ({ close() {} }))).rejects.toMatchObject({
      code: 'NOT_DATA',
    });
    expect(history.operations()).toMatchObject([{ outcome: 'info', value: undefined }]);
    expect(client.process).toBe(1);
  });

  test('an answer that the mapping does not understand leaves the operation unknown', async () => {
    const history = recordHistory({ model: cell });
    const client = history.client();
    const mapping = (text: string): number => {
      throw new Error(`no number: ${text}`);
    };
    await expect(client.do(read, () => 'x', mapping)).rejects.toThrow('no number: x');
    await client.do(read, () => null);
    expect(history.operations()).toMatchObject([{ outcome: 'info' }, { outcome: 'ok' }]);
  });

  test('a clock that goes back, or shows no number', async () => {
    const readings = [10, 11, 9];
    const history = recordHistory({ model: cell, nowMs: () => readings.shift() ?? NaN });
    const client = history.client();
    await expect(client.do(write(1), () => null)).rejects.toMatchObject({
      code: 'CLOCK_WENT_BACK',
      message: 'nowMs returned 9 after 11. Use a monotonic clock, such as performance.now.',
    });
    expect(history.operations()).toMatchObject([{ outcome: 'info' }]);
    await expect(client.do(write(1), () => null)).rejects.toThrow('nowMs returned NaN after 11.');
    expect(history.operations()).toHaveLength(1);
  });

  test('options out of their bounds', () => {
    for (const timeoutMs of [0, -1, NaN, Infinity, 2 ** 31]) {
      expect(() => recordHistory({ timeoutMs })).toThrow(`timeoutMs is ${timeoutMs}. Pass milliseconds`);
    }
    for (const operationsMax of [0, 1.5, NaN]) {
      expect(() => recordHistory({ operationsMax })).toThrow(`operationsMax is ${operationsMax}.`);
    }
  });
});
