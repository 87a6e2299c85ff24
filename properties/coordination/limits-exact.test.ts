import { expect, test } from 'vitest';
import { ObservedRun } from '../observed-run.test-support.ts';
import { limitsExact } from './limits-exact.ts';

const queueMax = 64;

/** Tells entries of one group as n0 applies them, and what a client hears. */
class Told extends ObservedRun {
  index = 0;

  constructor() {
    super([limitsExact]);
  }

  entry(kind: string, more: object): this {
    this.index += 1;
    return this.see(0, { kind, index: this.index, ...more });
  }

  queued(times: number): this {
    for (let number = 1; number <= times; number += 1)
      this.entry('lockQueued', { lock: 'red', session: 9, holder: 'h', number });
    return this;
  }

  granted(lock: string, queuedAt = 0): this {
    return this.entry('lockGranted', {
      lock,
      session: 9,
      holder: 'h',
      number: 1,
      token: 1,
      ttlUs: 1,
      queuedAt,
    });
  }

  freed(lock: string): this {
    return this.entry('lockFreed', { lock, session: 9, token: 1, version: 1, reason: 'released' });
  }

  wrote(kept: number, actors: number): this {
    return this.entry('siblingsWritten', {
      key: 'k',
      kept: Array.from({ length: kept }, (_, i) => `a${i}:1`),
      clock: Array.from({ length: actors }, (_, i) => [`a${i}`, 1]),
    });
  }

  heard(place: number, value: object): this {
    return this.see(3, {
      kind: 'completed',
      process: 1,
      id: 1,
      outcome: 'ok',
      value,
      place,
      session: 9,
      number: 1,
    });
  }
}

test('a refusal at the limit holds, also when it is heard of after places have come free', () => {
  const told = new Told().granted('red').queued(queueMax);
  const refusedAt = told.index + 1;
  told.index = refusedAt;
  told.freed('red').granted('red', 2);
  told.heard(refusedAt, { error: 'QUEUE_FULL', lock: 'red', limit: queueMax });
  expect(told.violated).toEqual([]);
});

test.each([
  ['QUEUE_FULL', { lock: 'red' }, 'there were 2 waiters of red, of 64', new Told().granted('red').queued(2)],
  [
    'TOO_MANY_LOCKS',
    {},
    'there were 1 locks held, of 256',
    new Told().granted('red').granted('blue').freed('red'),
  ],
  ['REENTRY_LIMIT', { lock: 'red' }, 'there were 1 holdings of one owner of red', new Told().granted('red')],
  ['SIBLINGS_FULL', { key: 'k' }, 'there were 3 siblings of k, of 16', new Told().wrote(3, 2)],
  ['KEY_ACTORS_FULL', { key: 'k' }, 'there were 2 actors of k, of 64', new Told().wrote(3, 2)],
  ['TOO_MANY_PARTICIPANTS', { barrier: 'b' }, 'there were 0 participants of b', new Told()],
  ['TOO_MANY_BARRIERS', {}, 'there were 0 barriers, of 64', new Told()],
])('%s below the limit is named', (error, values, words, told) => {
  told.heard(told.index + 1, { error, ...values });
  expect(told.violated).toEqual(['limits-exact']);
  expect(told.findings[0]?.message).toContain(words);
});

test('one more than the limit is named, whoever refuses nothing', () => {
  const told = new Told().granted('red').queued(queueMax + 1);
  expect(told.findings[0]?.message).toBe(
    `65 waiters of red at index ${queueMax + 2}: at most 64 are allowed.`,
  );
});
