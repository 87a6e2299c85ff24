import { describe, expect, test } from 'vitest';
import { LogBook } from './log-book.ts';
import { ObservedRun } from './observed-run.test-support.ts';
import type { Property } from './property.ts';

/** A run whose book the test can read. */
function booked(): { run: ObservedRun; book: () => LogBook } {
  let book: LogBook | null = null;
  const reader: Property = {
    id: 'reader',
    sentence: 'Reads the book.',
    assumes: [],
    needs: 'nothing',
    watch: (context) => {
      book = LogBook.of(context);
      return { on: {} };
    },
  };
  const run = new ObservedRun([reader]);
  return { run, book: () => book as unknown as LogBook };
}

describe('LogBook', () => {
  test('logs with the same entries have the same chain, others differ from the first difference on', () => {
    const { run, book } = booked();
    for (const node of [0, 1]) run.append(node, 1, 1).append(node, 2, 1);
    run.append(2, 1, 1).append(2, 2, 2).append(2, 3, 2).append(0, 3, 2);
    const [a, b, c] = [book().log(0), book().log(1), book().log(2)];
    expect(a.chainAt(2)).toBe(b.chainAt(2));
    expect(a.chainAt(1)).toBe(c.chainAt(1));
    expect(a.chainAt(2)).not.toBe(c.chainAt(2));
    expect(a.chainAt(3)).not.toBe(c.chainAt(3));
  });

  test('a log that begins at a snapshot takes its chain from what is committed', () => {
    const { run, book } = booked();
    run.append(0, 1, 1).append(0, 2, 1).commit(0, 2, 1, true).append(0, 3, 1);
    run.restart(1, { term: 1, votedFor: null, base: 2, baseTerm: 1, terms: [1] });
    expect(book().log(1).chainAt(3)).toBe(book().log(0).chainAt(3));
    expect(book().log(1)).toMatchObject({ base: 2, last: 3, anchored: true });
  });

  test('a log behind a snapshot of entries that nobody committed is compared with nothing', () => {
    const { run, book } = booked();
    run.restart(1, { term: 1, votedFor: null, base: 2, baseTerm: 1, terms: [1] });
    expect(book().log(1).anchored).toBe(false);
    expect(book().log(1).holds(3, 12345)).toBe(true);
  });

  test('a snapshot that the log agrees with leaves it standing; another replaces it', () => {
    const { run, book } = booked();
    run.append(0, 1, 1).append(0, 2, 1).commit(0, 2, 1, true);
    run.append(1, 1, 1).append(1, 2, 1).append(1, 3, 1).append(2, 1, 1);
    const snapshot = { kind: 'snapshotRestored', index: 2, term: 1, digest: 0, from: 'leader' } as const;
    run.see(1, snapshot).see(2, snapshot);
    expect(book().log(1)).toMatchObject({ base: 0, last: 3 });
    expect(book().log(2)).toMatchObject({ base: 2, last: 2 });
  });

  test('grows with the log', () => {
    const { run, book } = booked();
    for (let index = 1; index <= 3_000; index += 1) run.append(0, index, 1);
    run.commit(0, 3_000, 1, true);
    expect(book().committed.last).toBe(3_000);
    expect(book().committed.chainAt(3_000)).toBe(book().log(0).chainAt(3_000));
  });
});
