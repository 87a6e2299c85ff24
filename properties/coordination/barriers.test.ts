import { describe, expect, test } from 'vitest';
import { barrierProperties } from '../index.ts';
import { ObservedRun } from '../observed-run.test-support.ts';
import type { Property } from '../property.ts';
import { barrierNotEarly, barrierNotLate, barrierOneOutcome, cascadeOrder } from './barriers.ts';

const timeoutUs = 2_000_000;

/** Tells transitions of barriers as a replica that applies the entries would. */
class Told extends ObservedRun {
  index = 0;

  entry(...seen: { kind: string; [field: string]: unknown }[]): this {
    this.index += 1;
    for (const one of seen) this.see(0, { ...one, index: this.index });
    return this.apply(0, this.index, 1);
  }

  /** Barrier `b` is the creation 1, and so on, in order of creation. */
  created(barrier: string, more: object = {}): this {
    return this.entry({
      ...{ kind: 'barrierCreated', barrier, creation: this.index + 1, generation: 1, broken: false },
      ...{ numerator: 1, denominator: 1, minParticipants: 1, timeoutUs, parent: '', ...more },
    });
  }

  joined(creation: number, ...participants: string[]): this {
    for (const participant of participants)
      this.entry({ kind: 'barrierJoined', barrier: 'b', creation, participant, session: 9 });
    return this;
  }

  arrived(
    creation: number,
    participant: string,
    generation: number,
    ...more: { kind: string; [field: string]: unknown }[]
  ): this {
    const arrived = {
      kind: 'barrierArrived',
      barrier: 'b',
      creation,
      generation,
      participant,
      session: 9,
      number: 1,
    };
    return this.entry(arrived, ...more);
  }
}

const tripped = (creation: number, generation: number): { kind: string } =>
  ({ kind: 'barrierTripped', barrier: 'b', creation, generation, arrived: 0, participants: 0 }) as {
    kind: string;
  };
const broken = (creation: number, generation: number, reason = 'timeout'): { kind: string } =>
  ({ kind: 'barrierBroken', barrier: 'b', creation, generation, reason }) as { kind: string };
const answered = (creation: number, generation: number, outcome: string): { kind: string } =>
  ({ kind: 'barrierAnswered', barrier: 'b', creation, generation, session: 9, number: 1, outcome }) as {
    kind: string;
  };

const run = (property: Property): Told => new Told([property]);
const only = (told: ObservedRun): string => {
  expect(told.findings).toHaveLength(1);
  return told.findings[0]?.message ?? '';
};

test('a generation that trips, one that times out, a reset and a child, as they should be, violate nothing', () => {
  const told = new Told([...barrierProperties])
    .created('b')
    .created('c', { parent: 'b' })
    .joined(1, 'x', 'y')
    .joined(2, 'z');
  told
    .arrived(2, 'z', 1)
    .arrived(1, 'x', 1)
    .arrived(1, 'y', 1, tripped(1, 1), answered(1, 1, 'tripped'), tripped(2, 1));
  told
    .arrived(1, 'x', 2)
    .wait(timeoutUs)
    .entry(broken(1, 2), answered(1, 2, 'broken'), broken(2, 2, 'parent'));
  const moved = (creation: number): { kind: string } =>
    ({ kind: 'barrierMoved', barrier: 'b', creation, generation: 3, broken: false }) as { kind: string };
  told.entry(moved(1), moved(2)).arrived(1, 'y', 3).arrived(1, 'x', 3, tripped(1, 3));
  expect(told.end().findings).toEqual([]);
});

describe('barrier-not-early', () => {
  test('a trip before all have arrived', () => {
    const told = run(barrierNotEarly).created('b').joined(1, 'x', 'y').arrived(1, 'x', 1, tripped(1, 1));
    expect(only(told)).toBe(
      'Generation 1 of barrier b tripped at index 4, when 1 of 2 had arrived for it: it takes 2 of at least 1.',
    );
  });

  test('an arrival for another generation, one counted twice, and one of a stranger are none', () => {
    const old = run(barrierNotEarly)
      .created('b')
      .joined(1, 'x', 'y')
      .arrived(1, 'x', 1)
      .arrived(1, 'y', 7, tripped(1, 1));
    expect(only(old)).toContain('1 of 2 had arrived');
    const twice = run(barrierNotEarly)
      .created('b')
      .joined(1, 'x', 'y')
      .arrived(1, 'x', 1)
      .arrived(1, 'x', 1, tripped(1, 1));
    expect(only(twice)).toContain('1 of 2 had arrived');
    const stranger = run(barrierNotEarly).created('b').joined(1, 'x').arrived(1, 'y', 1, tripped(1, 1));
    expect(only(stranger)).toContain('0 of 1 had arrived');
  });

  test('a trip with fewer than must take part', () => {
    const told = run(barrierNotEarly)
      .created('b', { minParticipants: 2 })
      .joined(1, 'x')
      .arrived(1, 'x', 1, tripped(1, 1));
    expect(only(told)).toContain('at least 2');
  });

  test('a deadline that comes too soon, or without an arrival', () => {
    const soon = run(barrierNotEarly)
      .created('b')
      .joined(1, 'x', 'y')
      .arrived(1, 'x', 1)
      .wait(timeoutUs / 2)
      .entry(broken(1, 1));
    expect(only(soon)).toContain('us after its first arrival, of 2000000');
    expect(only(run(barrierNotEarly).created('b').entry(broken(1, 1)))).toContain(
      'though nobody had arrived',
    );
  });
});

describe('barrier-not-late', () => {
  test('a generation that has all it needs, and waits on', () => {
    const told = run(barrierNotLate).created('b').joined(1, 'x').arrived(1, 'x', 1);
    expect(only(told)).toBe(
      'Generation 1 of barrier b had 1 of 1 arrivals after index 3, enough to trip, and did not.',
    );
  });

  test('a departure that leaves only those who have arrived', () => {
    const told = run(barrierNotLate).created('b').joined(1, 'x', 'y').arrived(1, 'x', 1);
    expect(told.findings).toEqual([]);
    expect(only(told.entry({ kind: 'barrierLeft', barrier: 'b', creation: 1, participant: 'y' }))).toContain(
      '1 of 1 arrivals',
    );
  });
});

describe('barrier-one-outcome', () => {
  test('a generation that trips and breaks', () => {
    const told = run(barrierOneOutcome).created('b').entry(tripped(1, 1)).entry(broken(1, 1));
    expect(only(told)).toBe(
      'Generation 1 of barrier b was broken at index 3, though it was tripped already.',
    );
  });

  test('an answer that is not how the generation ended', () => {
    const told = run(barrierOneOutcome)
      .created('b')
      .entry(tripped(1, 1), answered(1, 1, 'broken'));
    expect(only(told)).toContain('was broken, but it was tripped');
  });

  test('another barrier of the same name is another barrier', () => {
    const told = run(barrierOneOutcome).created('b').entry(tripped(1, 1)).created('b').entry(broken(3, 1));
    expect(told.findings).toEqual([]);
  });
});

describe('cascade-order', () => {
  test('a child that trips before its parent, or though its parent broke', () => {
    const before = run(cascadeOrder).created('b').created('c', { parent: 'b' }).entry(tripped(2, 1));
    expect(only(before)).toContain('while that of its parent b had not');
    const though = run(cascadeOrder)
      .created('b')
      .created('c', { parent: 'b' })
      .entry(broken(1, 1))
      .entry(tripped(2, 1));
    expect(only(though)).toContain('was broken');
  });
});
