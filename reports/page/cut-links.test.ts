import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutMarks, cutWords } from './cut-links.ts';

const both = (pairs: readonly (readonly [number, number])[]) =>
  pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]);
const about = { servers: 5, hosts: 8 };
const told = (cut: readonly (readonly [number, number])[]) =>
  cutMarks({ cut }, 5).map((mark) => `n${mark.host} ${cutWords(mark, about)}`);

test('where there is no room for names a mark still says what is cut', () => {
  const mark = { host: 1, notHeardBy: [0, 2], notHearing: [2, 3] };
  expect(cutWords(mark, about)).toBe('cut off from n2, not heard by n0, does not hear n3');
  expect(cutWords(mark, about, false)).toBe('cut off, not heard, does not hear');
});

describe('cut links', () => {
  test('of a node that nobody hears stand at that node, not at all who do not hear it', () => {
    expect(told([0, 2, 3, 4, 5, 6].map((to) => [1, to] as const))).toEqual([
      'n1 not heard by n0, n2, n3, n4 and 2 more',
    ]);
    expect(told([0, 2, 3, 4, 5, 6, 7].map((to) => [1, to] as const))).toEqual(['n1 heard by nobody']);
    expect(told([0, 2].map((from) => [from, 1] as const))).toEqual(['n1 does not hear n0, n2']);
  });

  test('of a bridge stand on one of its sides, and of a ring of majorities at as few nodes as see it all', () => {
    const bridge = both([
      [0, 3],
      [0, 4],
      [1, 3],
      [1, 4],
    ]);
    expect(told(bridge)).toEqual(['n0 cut off from n3, n4', 'n1 cut off from n3, n4']);
    const ring = both([
      [0, 2],
      [0, 3],
      [1, 3],
      [1, 4],
      [2, 4],
    ]);
    expect(told(ring)).toEqual(['n0 cut off from n2, n3', 'n1 cut off from n3, n4', 'n2 cut off from n4']);
  });

  test('stand at one of their ends each, whichever are cut; those between clients nowhere', () => {
    const link = fc.tuple(fc.nat(7), fc.nat(7)).filter(([a, b]) => a !== b);
    const links = fc.uniqueArray(link, { selector: String });
    fc.assert(
      fc.property(links, (cut) => {
        const marks = cutMarks({ cut }, 5);
        const stand = marks.flatMap(({ host, notHeardBy, notHearing }) => [
          ...notHeardBy.map((to) => `${host},${to}`),
          ...notHearing.map((from) => `${from},${host}`),
        ]);
        const asked = cut.filter(([a, b]) => a < 5 || b < 5).map(String);
        expect([...stand].sort()).toEqual([...asked].sort());
        expect(marks.every(({ host }) => host < 5)).toBe(true);
      }),
    );
  });
});
