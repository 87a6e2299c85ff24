/** Locks and semaphores: what they allow and what they do not. */
import { describe, expect, test } from 'vitest';
import { fencedMutex } from './fenced-mutex.ts';
import { mutex } from './mutex.ts';
import { reentrantMutex, reentrantMutexOf } from './reentrant-mutex.ts';
import { semaphore, semaphoreOf } from './semaphore.ts';
import { judged, operation, verdict } from './sequence.test-support.ts';

const acquire = { f: 'acquire' };
const release = { f: 'release' };
const by = (client: string | number, op: object) => ({ ...op, client });

describe('a mutex', () => {
  test('is held by one at a time, and released by anybody', () => {
    expect(verdict(mutex, [acquire, true], [acquire, false], [release, true], [acquire, true])).toBe('ok');
    expect(verdict(mutex, [acquire, true], [acquire, true])).toBe('violation');
    expect(verdict(mutex, [release, true])).toBe('violation');
    expect(verdict(mutex, [acquire, false])).toBe('violation');
  });

  test('may have been released by somebody who never heard so', () => {
    expect(verdict(mutex, [acquire, true], [release], [acquire, true])).toBe('ok');
    expect(verdict(mutex, [acquire, true], [release], [acquire, true], [acquire, true])).toBe('violation');
  });
});

describe('a re-entrant mutex', () => {
  test('is held by its owner as often as it may, and freed by as many releases', () => {
    const twice = [[by('a', acquire), true] as const, [by('a', acquire), true] as const];
    expect(verdict(reentrantMutex, ...twice, [by('a', acquire), false], [by('b', acquire), false])).toBe(
      'ok',
    );
    expect(verdict(reentrantMutex, ...twice, [by('a', acquire), true])).toBe('violation');
    expect(verdict(reentrantMutexOf(3), ...twice, [by('a', acquire), true])).toBe('ok');
    expect(verdict(reentrantMutex, ...twice, [by('a', release), true], [by('b', acquire), true])).toBe(
      'violation',
    );
    expect(
      verdict(
        reentrantMutex,
        ...twice,
        [by('a', release), true],
        [by('a', release), true],
        [by('b', acquire), true],
      ),
    ).toBe('ok');
  });

  test('is owned by the process where no client is named, and 1 is not "1"', () => {
    const history = [operation(0, 1, 2, acquire, true), operation(1, 3, 4, release, true)];
    expect(judged(reentrantMutex, history).verdict).toBe('violation');
    expect(
      judged(
        reentrantMutex,
        history.map((o) => ({ ...o, process: 7 })),
      ).verdict,
    ).toBe('ok');
    expect(verdict(reentrantMutex, [by(1, acquire), true], [by('1', release), true])).toBe('violation');
  });

  test('takes a bound of at least 1', () => {
    expect(() => reentrantMutexOf(0)).toThrow('holdsMax is a whole number of at least 1; got 0.');
  });
});

describe('a fenced mutex', () => {
  test('gives each grant a greater token than all before it', () => {
    const grant = (client: string, token: number) => [
      [by(client, acquire), token] as const,
      [by(client, release), true] as const,
    ];
    expect(verdict(fencedMutex, ...grant('a', 3), ...grant('b', 7))).toBe('ok');
    expect(verdict(fencedMutex, ...grant('a', 3), ...grant('b', 3))).toBe('violation');
    expect(verdict(fencedMutex, ...grant('a', 3), ...grant('b', 2))).toBe('violation');
  });

  test('uses up a token for a grant that nobody heard of', () => {
    const unheard = [
      [by('a', acquire)] as const,
      [by('a', release), true] as const,
      [by('b', acquire), 1] as const,
    ];
    expect(verdict(fencedMutex, ...unheard)).toBe('violation');
    expect(verdict(fencedMutex, ...unheard.slice(0, 2), [by('b', acquire), 2])).toBe('ok');
  });

  test('that may still give out a smaller token stands for one that may not, and not the other way round', () => {
    const [less, more] = [
      { owner: 'a', last: 1 },
      { owner: 'a', last: 2 },
    ];
    expect([fencedMutex.covers!(less, more), fencedMutex.covers!(more, less)]).toEqual([true, false]);
    expect(fencedMutex.covers!(less, { owner: 'b', last: 2 })).toBe(false);
  });

  test('is not taken again by its owner, nor released by another', () => {
    expect(verdict(fencedMutex, [by('a', acquire), 1], [by('a', acquire), 2])).toBe('violation');
    expect(verdict(fencedMutex, [by('a', acquire), 1], [by('b', release), true])).toBe('violation');
    expect(verdict(fencedMutex, [by('a', acquire), 1], [by('b', release), false])).toBe('ok');
  });
});

describe('a semaphore', () => {
  test('gives out as many permits as it has, and takes back from who holds them', () => {
    const both = [by('a', { ...acquire, permits: 2 }), true] as const;
    expect(
      verdict(semaphore, both, [by('b', acquire), false], [by('a', release), true], [by('b', acquire), true]),
    ).toBe('ok');
    expect(verdict(semaphore, both, [by('b', acquire), true])).toBe('violation');
    expect(verdict(semaphoreOf(3), both, [by('b', acquire), true])).toBe('ok');
    expect(verdict(semaphore, both, [by('b', release), true])).toBe('violation');
  });

  test('takes numbers of permits that are whole and at least 1', () => {
    expect(() => semaphoreOf(1.5)).toThrow('permits is a whole number of at least 1; got 1.5.');
    expect(() => verdict(semaphore, [by('a', { ...acquire, permits: 0 }), true])).toThrow(
      expect.objectContaining({ code: 'BAD_OPERATION', operation: 0 }) as Error,
    );
  });

  test('says who holds what', () => {
    const wrong = [
      operation(0, 1, 2, by('a', acquire), true),
      operation(1, 3, 4, by('b', { ...acquire, permits: 2 }), true),
    ];
    expect(judged(semaphore, wrong)).toMatchObject({
      message: expect.stringContaining('acquire 2 by b → done') as string,
      possible: ['1 of 2 free, a holds 1'],
    });
  });
});
