/** What a check of a growing history keeps, counts and spends. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { HistoryCheck } from './history-check.ts';
import type { Model } from './model.ts';
import { casRegister } from './models/cas-register.ts';

/** Bits that are set, each by an operation of its own; a get answers all of them. */
type BitOp = { readonly f: 'get' } | { readonly f: 'set'; readonly bit: number };
const bits: Model<number, BitOp, number | null> = {
  name: 'bits',
  init: () => 0,
  step: (state, op, value) => (op.f === 'set' ? state | (1 << op.bit) : state === value ? state : null),
  readOnly: (op) => op.f === 'get',
};

/** Sets so many bits at once, while a get answers that all of them are set. */
function setAll(check: HistoryCheck<number, BitOp, number | null>, count: number): void {
  for (let bit = 0; bit < count; bit += 1) check.invoke(bit, { f: 'set', bit });
  check.invoke(count, { f: 'get' });
  check.complete(count, 'ok', 2 ** count - 1);
  for (let bit = 0; bit < count; bit += 1) check.complete(bit, 'ok', null);
}

/** A lock of which nobody knows in advance where an operation leads. */
const toggle: Model<boolean, { readonly f: 'acquire' | 'release' }, true> = {
  name: 'toggle',
  init: () => false,
  step: (held, { f }) => (held === (f === 'release') ? !held : null),
};

/** Bytes in use once what nobody refers to is gone. */
function bytesInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

describe('a check of a growing history', () => {
  test('keeps nothing of what returned: a lock taken 100,000 times, and as many comparisons that fail', () => {
    const locks = new HistoryCheck(toggle);
    const registers = new HistoryCheck(casRegister);
    let id = 0;
    const goOn = (times: number): void => {
      for (let i = 0; i < times; i += 1, id += 2) {
        locks.invoke(id, { f: 'acquire' });
        locks.complete(id, 'ok', true);
        locks.invoke(id + 1, { f: 'release' });
        locks.complete(id + 1, 'ok', true);
        registers.invoke(id, { f: 'cas', from: `v${id}`, to: 1 });
        registers.invoke(id + 1, { f: 'write', value: i % 3 });
        registers.complete(id, 'ok', false);
        registers.complete(id + 1, 'ok', null);
      }
    };
    goOn(20_000);
    const before = bytesInUse();
    goOn(80_000);
    expect(bytesInUse() - before).toBeLessThan(3e6);
    expect(locks.end().verdict).toBe('ok');
    expect(registers.end().verdict).toBe('ok');
  });

  test('counts what is kept, though a violation ends what is judged of a key', () => {
    const check = new HistoryCheck(casRegister);
    check.invoke(1, { f: 'write', value: 1 });
    check.invoke(2, { f: 'read' });
    check.complete(2, 'ok', 7);
    check.invoke(3, { f: 'read' });
    expect(check.soFar()).toMatchObject({ verdict: 'ok', operations: 0, kept: 3 });
    check.complete(1, 'ok', null);
    expect(check.soFar()).toMatchObject({ verdict: 'violation', operations: 1, kept: 0 });
    check.complete(3, 'ok', 7);
    expect(check.end()).toMatchObject({ operations: 1, decided: 0, kept: 0 });
  });

  test('counts an operation when its return is judged', () => {
    const check = new HistoryCheck(casRegister);
    check.invoke(1, { f: 'write', value: 1 });
    check.invoke(2, { f: 'write', value: 2 });
    check.complete(1, 'ok', null);
    expect(check.soFar()).toMatchObject({ operations: 0, decided: 0, kept: 1 });
    check.complete(2, 'ok', null);
    expect(check.soFar()).toMatchObject({ operations: 2, decided: 2, kept: 0 });
  });

  test('stops within a return when the budget is spent', () => {
    const check = new HistoryCheck(bits, { maxStates: 500 });
    setAll(check, 14);
    const { verdict, states, message } = check.end();
    expect(verdict).toBe('undecided');
    expect(states).toBeLessThan(600);
    expect(message).toBe('Whether the history is linearizable was not decided within 500 states.');
  });

  test('proves more with a wider beam: 14 operations in any order', () => {
    const narrow = new HistoryCheck(bits);
    setAll(narrow, 14);
    expect(narrow.end()).toMatchObject({
      verdict: 'undecided',
      message: 'Whether the history is linearizable was not decided within a beam of 64 configurations.',
    });
    const wide = new HistoryCheck(bits, { beam: 20_000 });
    setAll(wide, 14);
    expect(wide.end().verdict).toBe('ok');
  });

  test('tells what was short at the key that it names', () => {
    const check = new HistoryCheck<number, BitOp, number | null>(
      { ...bits, key: (op) => ('bit' in op && op.bit === 30 ? 'b' : 'a') },
      { maxStates: 1_000_000 },
    );
    setAll(check, 14);
    const message =
      'Whether the history of a is linearizable was not decided within a beam of 64 configurations.';
    expect(check.soFar()).toMatchObject({ verdict: 'undecided', message });
    for (let id = 100; check.soFar().states < 1_000_000; id += 1) {
      check.invoke(id, { f: 'set', bit: 30 });
      check.complete(id, 'ok', null);
    }
    expect(check.end().message).toBe(message);
  });

  test('refuses a model that makes several operations of one', () => {
    const check = new HistoryCheck({ ...bits, prepare: ([one]) => [one!, one!] });
    check.invoke(1, { f: 'get' });
    expect(() => check.complete(1, 'ok', 0)).toThrow(
      'the model bits makes several operations of operation 1, none, or one on another key: record',
    );
  });
});
