import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from './id-table.ts';

const id = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: -20, max: 20 }).map((n) => n * 1024),
  fc.maxSafeInteger(),
);
const action = fc.record({ id, kind: fc.constantFrom('set', 'set', 'delete', 'has', 'get') });

test('holds what a Map holds, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 400 }), (actions) => {
      const table = new IdTable<{ readonly n: number }>();
      const map = new Map<number, { readonly n: number }>();
      actions.forEach(({ id, kind }, n) => {
        if (kind === 'set') {
          table.set(id, { n });
          map.set(id, { n });
        } else if (kind === 'delete') expect(table.delete(id)).toBe(map.delete(id));
        else if (kind === 'has') expect(table.has(id)).toBe(map.has(id));
        else expect(table.get(id)).toEqual(map.get(id));
        expect(table.size).toBe(map.size);
      });
      expect(table.ids()).toEqual([...map.keys()].sort((a, b) => a - b));
      for (const [key, value] of map) expect(table.get(key)).toEqual(value);
    }),
    { numRuns: 500 },
  );
});

test('thousands that are there at once are found again when most have gone', () => {
  const table = new IdTable<{ readonly n: number }>();
  for (let n = 0; n < 10_000; n += 1) table.set(n * 4096, { n });
  expect(table.size).toBe(10_000);
  for (let n = 0; n < 9_990; n += 1) expect(table.delete(n * 4096)).toBe(true);
  expect(table.ids()).toEqual(Array.from({ length: 10 }, (_, i) => (9_990 + i) * 4096));
  expect(table.get(9_995 * 4096)).toEqual({ n: 9_995 });
});

test('a table that was cleared is empty, and is filled anew', () => {
  const table = new IdTable<{ readonly n: number }>();
  for (let n = 0; n < 100; n += 1) table.set(n, { n });
  table.clear();
  expect(table.size).toBe(0);
  expect(table.get(5)).toBeUndefined();
  table.set(5, { n: 6 });
  expect(table.ids()).toEqual([5]);
});
