import { describe, expect, test } from 'vitest';
import { counted, duration, exact, hanging, instant, short } from './figures.ts';

describe('figures', () => {
  test('numbers carry separators, and a unit from a million on', () => {
    expect(exact(9007199254740991)).toBe('9,007,199,254,740,991');
    expect([short(871_204), short(9_100_000), short(1.2e9)]).toEqual(['871,204', '9.1 M', '1.2 G']);
    expect([counted(1, 'seed'), counted(1_040, 'seed')]).toEqual(['1 seed', '1,040 seeds']);
  });

  test('instants have milliseconds, lengths at most two units', () => {
    expect(instant(4_182_000)).toBe('4.182 s');
    const lengths = [850_000, 999_600, 41e6, 20 * 60e6, 320e6, 19_200e6, 3_599.7e6];
    expect(lengths.map(duration)).toEqual([
      '850 ms',
      '1 s',
      '41 s',
      '20 min',
      '5 min 20 s',
      '5 h 20 min',
      '1 h',
    ]);
  });

  test('a paragraph hangs under its heading and stays within 80 columns', () => {
    const lines = hanging('  weather      ', 'a partition and a crash, '.repeat(9));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toMatch(/^ {15}\S/);
  });
});
