import { describe, expect, test } from 'vitest';
import { digestOfData } from './digest.ts';
import { Trace } from './trace.ts';

function hashOf(...events: readonly (readonly [number, number, number, number, number])[]): string {
  const trace = new Trace();
  for (const event of events) trace.event(...event);
  return trace.hex();
}

describe('the trace hash', () => {
  test('is 12 hex digits and depends on every field of every event, and on their order', () => {
    const first = [1_000, 1, 0, 2, 77] as const;
    const second = [1_001, 2, 1, 3, -5] as const;
    const variants = [
      hashOf(first, second),
      hashOf(second, first),
      hashOf(first),
      hashOf([1_000 + 2 ** 32, 1, 0, 2, 77], second),
      hashOf([1_001, 1, 0, 2, 77], second),
      hashOf([1_000, 2, 0, 2, 77], second),
      hashOf([1_000, 1, 1, 2, 77], second),
      hashOf([1_000, 1, 0, 3, 77], second),
      hashOf([1_000, 1, 0, 2, 78], second),
    ];
    expect(new Set(variants).size).toBe(variants.length);
    for (const hash of variants) expect(hash).toMatch(/^[0-9a-f]{12}$/);
  });

  test('keeps a checkpoint every 1,000 events', () => {
    const trace = new Trace();
    for (let seq = 1; seq <= 2_500; seq += 1) {
      trace.event(seq, seq, 0, 1, 0);
      trace.checkpoint(seq);
    }
    expect(trace.checkpoints).toHaveLength(2);
    expect(trace.checkpoints[0]).not.toBe(trace.checkpoints[1]);
  });
});

describe('a digest of plain data', () => {
  test('tells values apart that differ in an integer, a text, a name, a flag or their nesting', () => {
    const values: unknown[] = [
      0,
      1,
      -1,
      2 ** 32,
      2 ** 40,
      0.5,
      '',
      '0',
      true,
      false,
      null,
      undefined,
      [],
      [0],
      [[0]],
      {},
      { a: 1 },
      { b: 1 },
      { a: 1, b: 2 },
      { a: { b: 1 } },
      new Uint8Array([1]),
      new Uint8Array([1, 0]),
      new Map([['a', 1]]),
      ['a', 1],
      5n,
    ];
    expect(new Set(values.map(digestOfData)).size).toBe(values.length);
  });

  test('is the same for equal values, and ends in a cycle', () => {
    expect(digestOfData({ type: 'put', key: 'k', n: [1, 2] })).toBe(
      digestOfData({ type: 'put', key: 'k', n: [1, 2] }),
    );
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(digestOfData(cycle)).toBe(digestOfData(cycle));
  });
});
