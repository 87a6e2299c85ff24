import { describe, expect, test } from 'vitest';
import { canonical, isSameValue, nameOfValue, shownValue } from './json-value.ts';

const values: readonly unknown[] = [
  ...[0, 1, -1, 1.5, '', '0', '1', 'null', '\0null', '\0"a"', 'a', '[1]', '{"a":1}', true, false, null],
  ...[[], [1], ['1'], [[1]], {}, { a: 1 }, { a: '1' }, { a: { b: [null] } }, { a: 1, b: 2 }],
  ...[JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":{"a":1}}')],
];

describe('values', () => {
  test('have the same name if and only if they mean the same JSON', () => {
    for (const [i, a] of values.entries()) {
      for (const [j, b] of values.entries()) {
        expect(nameOfValue(a) === nameOfValue(b), `${JSON.stringify(a)} and ${JSON.stringify(b)}`).toBe(
          i === j,
        );
        expect(isSameValue(a, structuredClone(b))).toBe(i === j);
      }
    }
  });

  test('are the same whatever the order of keys, all the way down', () => {
    const [a, b] = [
      { x: 1, y: [{ p: 1, q: 2 }] },
      { y: [{ q: 2, p: 1 }], x: 1 },
    ];
    expect(isSameValue(a, b)).toBe(true);
    expect(nameOfValue(a)).toBe(nameOfValue(b));
    expect(isSameValue([1, 2], [2, 1])).toBe(false);
  });

  test('keep a key that is called __proto__', () => {
    const odd = JSON.parse('{"b":1,"__proto__":{"c":2}}') as unknown;
    expect(JSON.stringify(canonical(odd))).toBe('{"__proto__":{"c":2},"b":1}');
  });

  test('are shown without ornament where that is clear', () => {
    expect([41, 'a word', '', null, { a: 1 }].map(shownValue)).toEqual([
      '41',
      'a word',
      '""',
      'null',
      '{"a":1}',
    ]);
  });
});
