import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { AnyModel } from '../linearizability/model.ts';
import { siblings } from '../linearizability/models/siblings.ts';
import { Draws } from '../linearizability/random-history.test-support.ts';
import type { Guarantee, SessionGuarantees } from './session-guarantees.ts';
import { checkSessionGuarantees } from './session-guarantees.ts';

const model = siblings([]) as unknown as AnyModel;
const four: readonly Guarantee[] = [
  'readYourWrites',
  'monotonicReads',
  'monotonicWrites',
  'writesFollowReads',
];

type Clock = Readonly<Record<string, number>>;

/** An operation on `k` that completes before the next one begins; who writes does so as the actor of that name. */
function did(id: number, process: number, writer: string | null, clock: Clock): Operation {
  const entries = Object.entries(clock).filter(([, counter]) => counter > 0);
  return {
    id,
    process,
    op:
      writer === null
        ? { f: 'getSiblings', key: 'k' }
        : { f: 'putSiblings', key: 'k', actor: writer, value: id },
    invokedAt: 2 * id,
    completedAt: 2 * id + 1,
    outcome: 'ok',
    value: { siblings: [], context: { key: 'k', clock: entries } },
    place: 0,
  };
}

function violated(result: SessionGuarantees): readonly string[] {
  return four.filter((g) => result[g].verdict === 'violated');
}

function messageOf(result: SessionGuarantees, guarantee: Guarantee): string {
  const one = result[guarantee];
  return one.verdict === 'violated' ? one.message : one.verdict;
}

describe('session guarantees by dots', () => {
  test('an answer that does not count the session’s own write', () => {
    const result = checkSessionGuarantees(model, [did(1, 1, 'a', { a: 1 }), did(2, 1, null, {})]);
    expect(messageOf(result, 'readYourWrites')).toBe(
      'process 1 was answered {} (#2) on k, which does not count its own write (a:1, #1).',
    );
  });

  test('an answer that counts less than an earlier one', () => {
    const result = checkSessionGuarantees(model, [
      did(1, 1, 'a', { a: 1 }),
      did(2, 2, null, { a: 1 }),
      did(3, 2, null, {}),
    ]);
    expect(violated(result)).toEqual(['monotonicReads']);
    expect(messageOf(result, 'monotonicReads')).toBe(
      'process 2 was answered {} (#3) on k, which does not count what it was shown before ({a:1}, #2).',
    );
  });

  test('an answer that counts a session’s second write and not its first', () => {
    const result = checkSessionGuarantees(model, [
      did(1, 1, 'a', { a: 1 }),
      did(2, 1, 'b', { a: 1, b: 1 }),
      did(3, 2, null, { b: 1 }),
    ]);
    expect(messageOf(result, 'monotonicWrites')).toBe(
      'process 2 was answered {b:1} (#3) on k, which counts the write b:1 (#2) and not the write of the same session before it (a:1, #1).',
    );
  });

  test('an answer that counts a write and not what its session had been shown', () => {
    const result = checkSessionGuarantees(model, [
      did(1, 1, 'a', { a: 1 }),
      did(2, 2, null, { a: 1 }),
      did(3, 2, 'b', { a: 1, b: 1 }),
      did(4, 3, null, { b: 1 }),
    ]);
    expect(violated(result)).toEqual(['writesFollowReads']);
    expect(messageOf(result, 'writesFollowReads')).toBe(
      'process 3 was answered {b:1} (#4) on k, which counts the write b:1 (#3) and not what its session had been shown before it ({a:1}, #2).',
    );
  });

  test('agree with their definitions, pair by pair, on 3,000 small histories', () => {
    const count = Object.fromEntries([...four, 'any'].map((g) => [g, 0]));
    for (let seed = 1; seed <= 3_000; seed += 1) {
      const history = draw(new Draws(seed));
      const result = checkSessionGuarantees(model, history);
      for (const guarantee of four) {
        const broken = isBroken(guarantee, history);
        expect(result[guarantee].verdict, `seed ${seed}, ${guarantee}`).toBe(broken ? 'violated' : 'holds');
        if (broken) count[guarantee]! += 1;
      }
      if (violated(result).length > 0) count['any']! += 1;
    }
    expect(count['any']! / 3_000).toBeGreaterThan(0.3);
    expect(count['any']! / 3_000).toBeLessThan(0.7);
    expect(Math.min(...four.map((g) => count[g]!))).toBeGreaterThan(150);
  });
});

/** Writers with a dot each time, and answers that mostly count all there is. */
function draw(draws: Draws): readonly Operation[] {
  const actors = ['a', 'b', 'c'];
  const last: Record<string, number> = { a: 0, b: 0, c: 0 };
  return Array.from({ length: 4 + draws.below(5) }, (_, i) => {
    const writer = draws.chance(45) ? actors[draws.below(3)]! : null;
    const clock: Record<string, number> = {};
    for (const actor of actors) {
      const all = last[actor]!;
      clock[actor] = draws.chance(70) ? all : draws.below(all + 1);
    }
    if (writer !== null) clock[writer] = last[writer] = last[writer]! + 1;
    return did(i + 1, draws.below(3), writer, clock);
  });
}

function clockOf(o: Operation): Clock {
  return Object.fromEntries((o.value as { context: { clock: [string, number][] } }).context.clock);
}

function actorOf(o: Operation): string | undefined {
  return (o.op as { actor?: string }).actor;
}

/** The definitions, as they stand. */
function isBroken(guarantee: Guarantee, history: readonly Operation[]): boolean {
  const counts = (r: Operation, w: Operation): boolean =>
    (clockOf(r)[actorOf(w)!] ?? 0) >= clockOf(w)[actorOf(w)!]!;
  const countsAll = (r: Operation, q: Operation): boolean =>
    Object.entries(clockOf(q)).every(([actor, counter]) => (clockOf(r)[actor] ?? 0) >= counter);
  return history.some((first) =>
    history.some((second) => {
      if (first.process !== second.process || first.completedAt >= second.invokedAt) return false;
      const wrote = actorOf(first) !== undefined;
      if (guarantee === 'readYourWrites') return wrote && !counts(second, first);
      if (guarantee === 'monotonicReads') return !countsAll(second, first);
      if (actorOf(second) === undefined) return false;
      return history.some((r) => {
        if (!counts(r, second)) return false;
        return guarantee === 'monotonicWrites' ? wrote && !counts(r, first) : !countsAll(r, first);
      });
    }),
  );
}
