import { describe, expect, test } from 'vitest';
import type { Html } from './html.ts';
import { momentOf } from './moment.ts';
import { picturePage } from './picture-page.test-support.ts';
import type { RunPage, WhatIf, WithoutFault } from './run-page.ts';
import { inevitableHtml, whatIfHtml } from './what-if-html.ts';

const picture = picturePage();
const at = (step: number) => picture.story[step - 1]!;

function without(fault: string, changes: Partial<WithoutFault> = {}): WithoutFault {
  return { fault, fromUs: 3_702_000, outcome: 'held', property: null, atUs: null, ...changes };
}

/** The picture's run, reseeded: at its steps 3 to 9, by how many of 20 broke, and were undecided. */
function asked(
  violated: readonly number[],
  changes: Partial<WhatIf> = {},
  undecided: readonly number[] = [],
): RunPage {
  const instants = violated.map((n, i) => {
    const { at: atUs, seq } = at(i + 3);
    return { atUs, seq, violated: n, undecided: undecided[i] ?? 0 };
  });
  const step = violated.findLastIndex((n) => n < 20) + 1 + 3;
  const inevitable = step - 3 < violated.length;
  const reseeded = {
    ...{ runs: 20, instants },
    inevitableStep: inevitable ? step : null,
    inevitableUs: inevitable ? at(step).at : null,
  };
  return { ...picture, whatIf: { without: [], reseeded, ...changes } };
}

function textOf(html: Html | null): string {
  return html!.text
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

describe('what if', () => {
  test('says of each fault whether the run holds without it', () => {
    const page = asked([20], {
      without: [
        without('partition of n0, n1 at 3.741 s', { outcome: 'still', atUs: 15_255_000 }),
        without('pause of c1 at 3.702 s'),
        without('crash of n2 at 1.000 s', { outcome: 'other', property: 'vote-once', atUs: 2_000_000 }),
        without('slow of n2 at 0.500 s', { outcome: 'undecided', property: 'linearizable-lock' }),
      ],
    });
    const text = textOf(whatIfHtml(page));
    expect(text).toContain('without partition of n0, n1 at 3.741 s it still breaks');
    expect(text).toContain('without pause of c1 at 3.702 s it holds');
    expect(text).toContain('without crash of n2 at 1.000 s vote-once breaks instead, at 2.000 s');
    expect(text).toContain('1 fault before without slow of n2 at 0.500 s linearizable-lock is undecided');
  });

  test('adds how many reseeded runs hold with the fault, where not all break', () => {
    const fault = without('pause of c1 at 3.702 s', { fromUs: at(3).at });
    expect(textOf(whatIfHtml(asked([2, 20], { without: [fault] })))).toMatch(
      /it holds as 18 of 20 reseeded$/,
    );
    expect(textOf(whatIfHtml(asked([20, 20], { without: [fault] })))).toMatch(/it holds$/);
    const earlier = { ...fault, fromUs: 0 };
    expect(textOf(whatIfHtml(asked([2, 20], { without: [earlier] })))).toMatch(/it holds$/);
  });

  test('says why nothing was asked', () => {
    expect(whatIfHtml(picture)).toBeNull();
    expect(inevitableHtml(picture)).toBeNull();
    const leftOut = { ...picture, whatIfLeftOut: 'its runs are made later.' };
    expect(textOf(whatIfHtml(leftOut))).toBe('What if Not asked: its runs are made later.');
    expect(textOf(whatIfHtml(asked([20])))).toBe('What if No fault struck before the violation.');
    const long = asked([20], { reseeded: null });
    expect(textOf(whatIfHtml(long))).toContain('Not asked: a run of 18,204 events takes too long');
    expect(textOf(inevitableHtml(long))).toContain('Not asked: a run of 18,204 events takes too long');
  });

  test('nothing that a fault or a property is called becomes HTML, and long names are cut', () => {
    const hostile = `<img src=x onerror=alert(1)>"'\u202e${'x'.repeat(1e6)}`;
    const page = asked([20], {
      without: [without(hostile, { outcome: 'other', property: hostile, atUs: 1 }), without('__proto__')],
    });
    const { text } = whatIfHtml(page)!;
    expect(text).not.toContain('<img');
    expect(text).not.toContain('\u202e');
    expect(text.length).toBeLessThan(4_000);
  });
});

describe('inevitable', () => {
  test('names the step from which every reseeded run breaks, and the last measure before it', () => {
    const html = inevitableHtml(asked([0, 1, 2, 20, 20, 20, 20]));
    expect(textOf(html)).toContain(
      'Inevitable from step 6 20 of 20 reseeded runs break from 13.353 s on, 2 of 20 before.',
    );
    expect(html!.text.match(/<g class="instant inevitable"/g)).toHaveLength(4);
    expect(html!.text.match(/<g class="instant"/g)).toHaveLength(3);
  });

  test('a curve that falls back is inevitable only after that', () => {
    expect(textOf(inevitableHtml(asked([20, 20, 19, 20])))).toContain(
      'Inevitable from step 6 20 of 20 reseeded runs break from 13.353 s on, 19 of 20 before.',
    );
  });

  test('says so where it was inevitable at the first instant, and where it never was', () => {
    expect(textOf(inevitableHtml(asked([20, 20])))).toContain(
      'Inevitable from step 3 20 of 20 reseeded runs break from 3.702 s on, the first instant tried.',
    );
    expect(textOf(inevitableHtml(asked([20, 19])))).toContain(
      'Never inevitable 19 of 20 reseeded runs break from 3.741 s on, the last instant before it.',
    );
  });

  test('after the last step before the violation is told by its instant, not denied', () => {
    const { whatIf } = asked([0, 20]);
    const reseeded = { ...whatIf!.reseeded!, inevitableStep: null, inevitableUs: null };
    expect(textOf(inevitableHtml(asked([0, 20], { reseeded })))).toContain(
      'Inevitable from 3.741 s 20 of 20 reseeded runs break from 3.741 s on, 0 of 20 before.',
    );
  });

  test('runs that are undecided have a number and a bar of their own, and held no more than they broke', () => {
    const fault = without('pause of c1 at 3.702 s', { fromUs: at(3).at });
    const some = asked([2, 20], { without: [fault] }, [3, 0]);
    expect(textOf(inevitableHtml(some))).toContain('from 3.741 s on, 2 of 20 before (3 undecided).');
    expect(textOf(inevitableHtml(some))).toContain('step 3 2 of 20 (3 undecided) 3.741 s step 4 20 of 20');
    expect(inevitableHtml(some)!.text.match(/<rect\s+class="open"/g)).toHaveLength(1);
    expect(textOf(whatIfHtml(some))).toMatch(/it holds as 15 of 20 reseeded$/);
    const none = asked([17], { without: [fault] }, [3]);
    expect(textOf(whatIfHtml(none))).toMatch(/it holds$/);
    expect(textOf(inevitableHtml(none))).toContain(
      'Whether inevitable is undecided 17 of 20 reseeded runs break from 3.702 s on, the last instant before it (3 undecided).',
    );
    expect(textOf(inevitableHtml(asked([16], {}, [3])))).toContain('Never inevitable');
  });

  test('has the numbers of the plot beside it, each instant a link to it', () => {
    const html = inevitableHtml(asked([0, 1, 2, 20]))!;
    expect(textOf(html)).toContain('3.702 s step 3 0 of 20 3.741 s step 4 1 of 20 4.011 s step 5 2 of 20');
    const links = [...html.text.matchAll(/<a href="#([^"]*)"/g)].map(([, href]) => href!);
    expect(links.map((href) => momentOf(picture, href.replaceAll('&amp;', '&'))?.step)).toEqual([3, 4, 5, 6]);
  });
});
