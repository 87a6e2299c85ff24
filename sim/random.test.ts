import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Stream, streamOf } from './random.ts';

/** Of pairs of election timeouts (150–300 ms) drawn by two streams, how many are closer than 2 ms: a split vote is near. */
function nearTies(a: Stream, b: Stream, pairs: number): number {
  let near = 0;
  for (let i = 0; i < pairs; i += 1) {
    if (Math.abs(a.between(150_000, 300_000) - b.between(150_000, 300_000)) < 2_000) near += 1;
  }
  return near;
}

describe('streams', () => {
  test('are the same for the same seed and name, and go on from a saved state', () => {
    const a = streamOf(42, '0/election/1');
    const b = streamOf(42, '0/election/1');
    for (let i = 0; i < 10; i += 1) expect(a.u32()).toBe(b.u32());
    const c = new Stream(JSON.parse(JSON.stringify(a.save())));
    for (let i = 0; i < 10; i += 1) expect(a.int32()).toBe(c.int32());
  });

  test.each([
    ['names that differ in a letter', streamOf(7, '0/election/1'), streamOf(7, '0/election/2')],
    ['names that differ in their ends', streamOf(7, '0/network/1>2'), streamOf(7, '0/network/2>1')],
    ['neighbouring seeds', streamOf(7, '0/election/1'), streamOf(8, '0/election/1')],
    ['seeds that differ beyond 32 bits', streamOf(7, '0/election/1'), streamOf(7 + 2 ** 32, '0/election/1')],
  ])('of %s tie as often as chance has it', (_name, a, b) => {
    // Expected: 20,000 · (1 − (1 − 2/150)²) ≈ 530; a linear seeding gives none, or nothing but ties.
    const near = nearTies(a, b, 20_000);
    expect(near).toBeGreaterThan(430);
    expect(near).toBeLessThan(640);
  });

  test('of neighbouring seeds do not differ by a constant under exclusive or', () => {
    const a = streamOf(100, 'plan/faults/0');
    const b = streamOf(101, 'plan/faults/0');
    const differences = new Set<number>();
    for (let i = 0; i < 100; i += 1) differences.add(a.u32() ^ b.u32());
    expect(differences.size).toBe(100);
    // The first draws of many seeds fill the range evenly.
    const tenths = new Array<number>(10).fill(0);
    for (let seed = 1; seed <= 10_000; seed += 1) {
      const tenth = streamOf(seed, 'plan/cluster').below(10);
      tenths[tenth] = (tenths[tenth] as number) + 1;
    }
    for (const count of tenths) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  test('draw within their bounds, the largest included', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 31 }), (seed, bound) => {
        const value = streamOf(seed, 'x').below(bound);
        expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true);
      }),
    );
    const coin = streamOf(1, 'coin');
    const seen = new Set<number>();
    for (let i = 0; i < 100; i += 1) seen.add(coin.between(-1, 1));
    expect([...seen].sort((x, y) => x - y)).toEqual([-1, 0, 1]);
  });
});
