import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HostClock } from './clocks.ts';

const drift = fc.integer({ min: -200_000, max: 200_000 });
const instant = fc.integer({ min: 0, max: 4_000_000_000 });

describe('the monotonic clock', () => {
  test('reaches a deadline at the first microsecond of virtual time at which it shows it', () => {
    fc.assert(
      fc.property(drift, instant, instant, (ppm, origin, ahead) => {
        const clock = new HostClock(ppm, 0, origin);
        const at = clock.worldTimeOf(origin + ahead);
        expect(clock.monotonicAt(at)).toBeGreaterThanOrEqual(origin + ahead);
        if (at > 0) expect(clock.monotonicAt(at - 1)).toBeLessThan(origin + ahead);
      }),
    );
  });

  test('never goes back and never jumps, however its rate changes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(drift, fc.integer({ min: 0, max: 100_000 })), { maxLength: 30 }),
        (changes) => {
          const clock = new HostClock(0, 0, 1_000);
          let now = 0;
          for (const [ppm, wait] of changes) {
            const before = clock.monotonicAt(now);
            clock.setDrift(ppm, now);
            expect(clock.monotonicAt(now)).toBe(before);
            now += wait;
            const ran = clock.monotonicAt(now) - before;
            expect(Math.abs(ran - wait)).toBeLessThanOrEqual((wait * Math.abs(ppm)) / 1_000_000);
            expect(ran).toBeGreaterThanOrEqual(0);
          }
        },
      ),
    );
  });

  test('gains a second in a hundred at one per cent', () => {
    const clock = new HostClock(10_000, 0, 0);
    expect(clock.monotonicAt(100_000_000)).toBe(101_000_000);
    expect(clock.worldTimeOf(101_000_000)).toBe(100_000_000);
  });

  test('has reached a deadline in the past already', () => {
    const clock = new HostClock(-10_000, 0, 500);
    expect(clock.worldTimeOf(400)).toBe(0);
  });

  test('refuses a rate at which it would stand still', () => {
    expect(() => new HostClock(-1_000_000, 0, 0)).toThrow('cannot drift by -1000000 ppm');
  });
});

describe('the wall clock', () => {
  test('starts at its offset, drifts along, and jumps without moving the monotonic one', () => {
    const clock = new HostClock(10_000, 5_000_000, 77);
    expect(clock.wallAt(0)).toBe(5_000_000);
    expect(clock.wallAt(1_000_000)).toBe(6_010_000);
    clock.jumpWall(-3_000_000);
    expect(clock.wallAt(1_000_000)).toBe(3_010_000);
    expect(clock.monotonicAt(1_000_000)).toBe(1_010_077);
  });
});
