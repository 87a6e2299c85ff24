import { describe, expect, test } from 'vitest';
import { InputError } from '../input-error.ts';
import { oneSeed, seedRange, shardOf, verifyEvery, wallTime, workerCount } from './arguments.ts';

const none = { seeds: undefined, seed: undefined, first: undefined };
const codeOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.problem.code;
    throw error;
  }
  return 'read';
};

describe('arguments', () => {
  test('seeds are whole numbers from 1 to 2^53 − 1', () => {
    expect(seedRange({ ...none, seeds: '40' }, 50, () => 0)).toEqual({ first: 1, seeds: 40 });
    expect(seedRange({ ...none, first: '9007199254740991' }, 1, () => 0).first).toBe(2 ** 53 - 1);
    expect(oneSeed('9007199254740991')).toBe(2 ** 53 - 1);
    for (const seeds of ['ten', '-1', '0', '', '1.5', '1e3', '9007199254740992']) {
      expect(codeOf(() => seedRange({ ...none, seeds }, 50, () => 0))).toBe('BAD_SEEDS');
    }
    expect(codeOf(() => seedRange({ ...none, seeds: '2', first: '9007199254740991' }, 50, () => 0))).toBe(
      'BAD_SEEDS',
    );
    expect(codeOf(() => seedRange({ ...none, seeds: '2', seed: '1' }, 50, () => 0))).toBe('BAD_SEEDS');
    expect(codeOf(() => oneSeed(''))).toBe('BAD_SEED');
  });

  test('a random first seed is drawn from 1 up', () => {
    expect(seedRange({ ...none, first: 'random' }, 5, () => 0)).toEqual({ first: 1, seeds: 5 });
  });

  test('a shard counts from 1 and must hold a seed', () => {
    expect(shardOf('2/4', 10)).toEqual({ index: 2, of: 4 });
    for (const shard of ['0/4', '5/4', '1', '1/0', '-1/2', 'a/b', '']) {
      expect(codeOf(() => shardOf(shard, 10))).toBe('BAD_SHARD');
    }
    expect(codeOf(() => shardOf('3/4', 2))).toBe('BAD_SHARD');
  });

  test('workers, verification and times say what they take', () => {
    expect(codeOf(() => workerCount('0'))).toBe('BAD_WORKERS');
    expect(codeOf(() => workerCount('257'))).toBe('BAD_WORKERS');
    expect(verifyEvery('1/20')).toBe(20);
    expect(codeOf(() => verifyEvery('2/20'))).toBe('BAD_VERIFY');
    expect(['500ms', '60s', '5m', '2h', '3'].map((text) => wallTime(text, '--time-limit', 'X'))).toEqual([
      500, 60_000, 300_000, 7_200_000, 3_000,
    ]);
    expect(codeOf(() => wallTime('soon', '--time-limit', 'BAD_TIME_LIMIT'))).toBe('BAD_TIME_LIMIT');
  });
});
