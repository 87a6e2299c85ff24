import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../errors.ts';
import { Bench } from '../bench.test-support.ts';
import type { Operation } from '../commands.ts';
import { createMachine, machineRules } from '../machine.ts';
import type { Context } from './operations.ts';
import { defaultConflicts } from './strategies.ts';

type Shown = { siblings: { actor: string; counter: number; value: unknown }[]; context: Context };

/** One session that writes for any actor. */
class Writer extends Bench {
  readonly session = this.open();

  put(key: string, actor: string, value: number | string, context?: Context): Shown {
    return this.ask(this.session, {
      f: 'putSiblings',
      key,
      actor,
      value,
      ...(context && { context }),
    }) as Shown;
  }

  delete(key: string, actor: string, context?: Context): Shown {
    return this.ask(this.session, { f: 'deleteSiblings', key, actor, ...(context && { context }) }) as Shown;
  }

  cas(key: string, actor: string, value: number | string, context: Context): Shown & { done: boolean } {
    return this.ask(this.session, { f: 'casSiblings', key, actor, value, context }) as Shown & {
      done: boolean;
    };
  }

  get(key: string): Shown {
    return this.machine.read({ f: 'getSiblings', key }) as Shown;
  }
}

const values = ({ siblings }: Shown): unknown[] => siblings.map(({ value }) => value);

describe('a write', () => {
  test('replaces what its context covers, and nothing else', () => {
    const writer = new Writer();
    const first = writer.put('app:k', 'a', 1);
    expect(first).toEqual({
      siblings: [{ actor: 'a', counter: 1, value: 1 }],
      context: { key: 'app:k', clock: [['a', 1]] },
    });
    const beside = writer.put('app:k', 'b', 2);
    expect(values(beside)).toEqual([1, 2]);
    expect(values(writer.put('app:k', 'c', 3, first.context))).toEqual([2, 3]);
    expect(values(writer.put('app:k', 'a', 4, writer.get('app:k').context))).toEqual([4]);
  });

  test('of two clients with one past leaves both values: the second is not taken for the heir of the first', () => {
    const writer = new Writer();
    const seen = writer.put('app:k', 'a', 1).context;
    writer.put('app:k', 'a', 2, seen);
    expect(values(writer.put('app:k', 'a', 3, seen))).toEqual([2, 3]);
  });

  test('carries no dot twice: not after a delete either', () => {
    const writer = new Writer();
    const seen = writer.put('app:k', 'a', 1).context;
    const gone = writer.delete('app:k', 'a', seen);
    expect(gone).toEqual({ siblings: [], context: { key: 'app:k', clock: [['a', 2]] } });
    expect(writer.put('app:k', 'a', 2).siblings).toEqual([{ actor: 'a', counter: 3, value: 2 }]);
  });

  test('by compare-and-set is done under the context that stands, and under no other', () => {
    const writer = new Writer();
    const none = { key: 'app:k', clock: [] };
    expect(writer.cas('app:k', 'a', 1, none)).toMatchObject({ done: true });
    expect(writer.cas('app:k', 'a', 2, none)).toMatchObject({ done: false, siblings: [{ value: 1 }] });
    expect(writer.cas('app:k', 'b', 3, writer.get('app:k').context)).toMatchObject({
      done: true,
      siblings: [{ value: 3 }],
    });
  });
});

describe('a delete', () => {
  test('removes what its context covers; what it has not seen stays', () => {
    const writer = new Writer();
    const seen = writer.put('app:k', 'a', 1).context;
    writer.put('app:k', 'b', 2);
    expect(values(writer.delete('app:k', 'a', seen))).toEqual([2]);
    expect(values(writer.delete('app:k', 'a'))).toEqual([2]);
  });

  test('removes everything under last_writer_wins, and is refused under reject unless it covers everything', () => {
    const writer = new Writer();
    writer.put('lww:k', 'a', 1);
    expect(values(writer.delete('lww:k', 'b'))).toEqual([]);
    const { context } = writer.put('reject:k', 'a', 1);
    expect(writer.delete('reject:k', 'b')).toMatchObject({ rejected: true, siblings: [{ value: 1 }] });
    expect(values(writer.delete('reject:k', 'b', context))).toEqual([]);
  });
});

describe('concurrent values', () => {
  test('under last_writer_wins: the later in the log stands, whatever the wall clocks say', () => {
    const writer = new Writer();
    writer.ask(writer.session, { f: 'putSiblings', key: 'lww:k', actor: 'a', value: 1, wallUs: 9_000 });
    writer.ask(writer.session, { f: 'putSiblings', key: 'lww:k', actor: 'b', value: 2, wallUs: 5 });
    expect(writer.get('lww:k')).toEqual({
      siblings: [{ actor: 'b', counter: 1, value: 2 }],
      context: {
        key: 'lww:k',
        clock: [
          ['a', 1],
          ['b', 1],
        ],
      },
    });
  });

  test('under merge_function: become one, under the dot that came in; one that throws changes nothing', () => {
    const writer = new Writer();
    writer.put('union:k', 'a', 'x y');
    expect(writer.put('union:k', 'b', 'z x').siblings).toEqual([{ actor: 'b', counter: 1, value: 'x y z' }]);
    writer.put('max:k', 'a', 4);
    const before = writer.machine.digest();
    const failed = writer.machine.apply(
      99,
      {
        kind: 'request',
        session: writer.session,
        number: 90,
        floor: 0,
        ranges: [],
        op: { f: 'putSiblings', key: 'max:k', actor: 'b', value: 'no number' },
      },
      writer.effects,
    );
    expect(failed.reply?.value).toEqual({ error: 'MERGE_FAILED', merge: 'max', values: [4, 'no number'] });
    expect(values(writer.get('max:k'))).toEqual([4]);
    expect(writer.machine.digest()).not.toBe(before); // The session remembers the answer.
  });

  test('that is merged into more than a value may hold is refused, and changes nothing', () => {
    const writer = new Writer();
    const half = 'x'.repeat(limits.valueBytes / 2);
    const standing = writer.put('union:k', 'a', `a${half}`);
    expect(writer.put('union:k', 'b', `b${half}`)).toMatchObject({ error: 'MERGE_FAILED', merge: 'union' });
    expect(writer.get('union:k')).toEqual(standing);
  });

  test('under application_callback: are kept, up to 16', () => {
    const writer = new Writer();
    for (let i = 1; i <= 16; i += 1) writer.put('app:k', `a${i}`, i);
    expect(writer.put('app:k', 'b', 17)).toEqual({ error: 'SIBLINGS_FULL', key: 'app:k', limit: 16 });
    expect(writer.get('app:k').siblings).toHaveLength(16);
  });

  test('under reject: refuse the write, and show what stands', () => {
    const writer = new Writer();
    const { context } = writer.put('reject:k', 'a', 1);
    expect(writer.put('reject:k', 'b', 2)).toEqual({
      rejected: true,
      siblings: [{ actor: 'a', counter: 1, value: 1 }],
      context,
    });
  });
});

describe('what is refused by name', () => {
  test.each([
    [
      'a context of another key',
      { key: 'other', clock: [] },
      { error: 'CONTEXT_KEY', key: 'app:k', of: 'other' },
    ],
    [
      'a context that is none',
      { key: 'app:k', clock: [['a', 0]] },
      { error: 'CONTEXT_MALFORMED', key: 'app:k' },
    ],
    [
      'a context that names an actor twice',
      {
        key: 'app:k',
        clock: [
          ['a', 1],
          ['a', 1],
        ],
      },
      { error: 'CONTEXT_MALFORMED', key: 'app:k' },
    ],
  ])('%s', (_, context, refusal) => {
    const writer = new Writer();
    writer.put('app:k', 'a', 1);
    expect(writer.put('app:k', 'a', 2, context as unknown as Context)).toEqual(refusal);
  });

  test('a context that is ahead, which shows what stands', () => {
    const writer = new Writer();
    writer.put('app:k', 'a', 1);
    const ahead = { key: 'app:k', clock: [['a', 2]] } as Context;
    expect(writer.put('app:k', 'a', 2, ahead)).toMatchObject({
      error: 'CONTEXT_AHEAD',
      siblings: [{ value: 1 }],
    });
  });

  test('the 65th actor of a key', () => {
    const writer = new Writer();
    for (let i = 0; i < 64; i += 1) writer.put('lww:k', `a${i}`, i);
    expect(writer.put('lww:k', 'one too many', 1)).toEqual({
      error: 'KEY_ACTORS_FULL',
      key: 'lww:k',
      limit: 64,
    });
  });

  test('a configuration that names no function, or a prefix twice: before anything starts', () => {
    const of = (...strategies: object[]) => ({ ...defaultConflicts, strategies: strategies as never });
    const merge = { prefix: 'm:', strategy: 'merge_function', merge: 'none' };
    expect(() => createMachine(machineRules, 0, of(merge))).toThrow(
      'BAD_CONFIGURATION: Keys "m:…" are merged by "none"',
    );
    const twice = { prefix: 'm:', strategy: 'reject' };
    expect(() => createMachine(machineRules, 0, of(twice, twice))).toThrow('has two strategies');
  });
});

describe('against causal histories as explicit sets', () => {
  const step = fc.record({
    actor: fc.constantFrom('a', 'b', 'c'),
    remove: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    /** Which of the contexts shown so far it carries; −1: none. */
    seen: fc.integer({ min: -1, max: 20 }),
    restart: fc.boolean(),
  });

  test('a sibling stands exactly until a write comes that knew of it; a restart from a snapshot changes nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const writer = new Writer();
        const contexts: { context: Context; known: ReadonlySet<number> }[] = [];
        let standing = new Map<number, ReadonlySet<number>>();
        let everything = new Set<number>();
        steps.forEach(({ actor, remove, seen, restart }, i) => {
          const carried = seen < 0 ? undefined : contexts[seen % Math.max(1, contexts.length)];
          const known = carried?.known ?? new Set<number>();
          const before = standing;
          standing = new Map([...standing].filter(([write]) => !known.has(write)));
          if (!remove && standing.size >= 16) {
            standing = before;
            return;
          }
          everything = new Set([...everything, i]);
          if (!remove) standing.set(i, known);
          const answer = remove
            ? writer.delete('app:k', actor, carried?.context)
            : writer.put('app:k', actor, i, carried?.context);
          expect(new Set(values(answer))).toEqual(new Set(standing.keys()));
          contexts.push({ context: answer.context, known: everything });
          if (!restart) return;
          const bytes = writer.machine.snapshot();
          const digest = writer.machine.digest();
          writer.machine.restore(bytes, writer.effects);
          expect([writer.machine.digest(), writer.machine.snapshot()]).toEqual([digest, bytes]);
        });
      }),
    );
  });
});

test('commands come back from their bytes', () => {
  const machine = createMachine();
  const op: Operation = {
    f: 'putSiblings',
    key: 'k',
    actor: 'a',
    value: 'x',
    context: { key: 'k', clock: [['a', 3]] },
    wallUs: 7,
  };
  const command = { kind: 'request', session: 1, number: 1, floor: 0, ranges: [], op };
  expect(machine.decode(machine.encode(command))).toEqual(command);
});
