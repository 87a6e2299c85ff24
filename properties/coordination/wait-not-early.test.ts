import { expect, test } from 'vitest';
import { ObservedRun } from '../observed-run.test-support.ts';
import { waitNotEarly } from './wait-not-early.ts';

const client = 3;

/** An acquire that waits 2 s, and after some time an answer. */
function waited(us: number, value: object): ObservedRun {
  const op = { f: 'acquire', lock: 'red', holder: 'h', waitUs: 2_000_000 };
  const told = new ObservedRun([waitNotEarly]).see(client, { kind: 'invoked', process: 1, id: 7, op });
  return told.wait(us).see(client, {
    kind: 'completed',
    process: 1,
    id: 7,
    outcome: 'ok',
    value,
    place: 9,
    session: 1,
    number: 1,
  });
}

test('a timeout after the wait, and a grant before it, violate nothing', () => {
  expect(waited(2_000_000, { timeout: true }).violated).toEqual([]);
  expect(waited(10, { token: 8, count: 1, ttlUs: 1, nextTtlUs: 1 }).violated).toEqual([]);
});

test('a timeout before the wait is over is named, with both times', () => {
  const told = waited(1_500_000, { timeout: true });
  expect(told.violated).toEqual(['wait-not-early']);
  expect(told.findings[0]?.message).toBe(
    'Operation 7 asked to wait 2 s for a lock and was told of its timeout after 1.501 s.',
  );
});
