/** The edges of decisions: what holds exactly at a bound, and what one condition alone is worth. */
import { describe, expect, test } from 'vitest';
import { raftRules as rules } from './rules.ts';

describe('at the edge of a rule', () => {
  test('a completion confirms only with both: the term it was issued in, and the entry that it names', () => {
    expect(rules.completionConfirms(3, 3, 2, 2)).toBe(true);
    expect(rules.completionConfirms(3, 4, 2, 2)).toBe(false);
    expect(rules.completionConfirms(3, 3, 2, 3)).toBe(false);
  });

  test('the committed entry itself may not be removed, the one behind it may', () => {
    expect(rules.mayTruncate(5, 5)).toBe(false);
    expect(rules.mayTruncate(6, 5)).toBe(true);
  });

  test('a refusal of what was acknowledged is old news, also exactly there, and so is one of an earlier epoch', () => {
    expect(rules.refusalIsStale(2, 2, 7, 7)).toBe(true);
    expect(rules.refusalIsStale(2, 2, 8, 7)).toBe(false);
    expect(rules.refusalIsStale(1, 2, 8, 7)).toBe(true);
  });

  test('one append may always leave; further ones below both bounds', () => {
    expect(rules.mayPipeline(0, 4, 99, 50)).toBe(true);
    expect(rules.mayPipeline(1, 4, 49, 50)).toBe(true);
    expect(rules.mayPipeline(1, 4, 50, 50)).toBe(false);
    expect(rules.mayPipeline(4, 4, 0, 50)).toBe(false);
  });

  test('a batch is filled to its last byte, and the first entry always fits', () => {
    expect(rules.fitsBatch(1, 50, 50)).toBe(true);
    expect(rules.fitsBatch(1, 51, 50)).toBe(false);
    expect(rules.fitsBatch(0, 51, 50)).toBe(true);
  });

  test('uncommitted bytes are filled to the last, and one command is taken when nothing waits', () => {
    expect(rules.mayTakeBytes(20, 30, 50)).toBe(true);
    expect(rules.mayTakeBytes(20, 31, 50)).toBe(false);
    expect(rules.mayTakeBytes(0, 51, 50)).toBe(true);
  });

  test('a snapshot that ends at the commit index is stale', () => {
    expect(rules.snapshotIsStale(5, 5)).toBe(true);
    expect(rules.snapshotIsStale(6, 5)).toBe(false);
  });

  test('a chunk continues the snapshot that is the same in end, term, size and checksum', () => {
    const arriving = { index: 5, term: 2, size: 100, sum: 7 };
    expect(rules.chunkContinues(arriving, { ...arriving })).toBe(true);
    for (const field of ['index', 'term', 'size', 'sum'] as const) {
      expect(rules.chunkContinues(arriving, { ...arriving, [field]: 99 }), field).toBe(false);
    }
  });

  test('a snapshot begins at its beginning, with the newest of that leader or a newer one', () => {
    expect(rules.chunkBegins(0, 5, 5)).toBe(true);
    expect(rules.chunkBegins(0, 4, 5)).toBe(false);
    expect(rules.chunkBegins(1, 6, 5)).toBe(false);
  });

  test('a repair is over with both: accepted of this leader, and durable, up to the entry; and not before there is one', () => {
    expect(rules.mayRejoin(9, 9, 9)).toBe(true);
    expect(rules.mayRejoin(8, 9, 9)).toBe(false);
    expect(rules.mayRejoin(9, 8, 9)).toBe(false);
    expect(rules.mayRejoin(9, 9, 0)).toBe(false);
  });

  test('an acknowledgement of this boot is not of an earlier one', () => {
    expect(rules.acknowledgementIsOfEarlierBoot(2, 2)).toBe(false);
    expect(rules.acknowledgementIsOfEarlierBoot(1, 2)).toBe(true);
  });
});
