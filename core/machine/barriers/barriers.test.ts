import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bench } from '../bench.test-support.ts';
import type { Operation } from '../commands.ts';
import type { BarrierSpec } from './operations.ts';

const second = 1_000_000;

/** A bench with one barrier after another, and sessions that take part. */
class Rounds extends Bench {
  readonly creations = new Map<string, number>();

  create(barrier: string, spec: BarrierSpec = {}): unknown {
    const session = this.open();
    const answer = this.ask(session, { f: 'createBarrier', barrier, ...spec });
    const { creation } = answer as { creation?: number };
    if (creation !== undefined) this.creations.set(barrier, creation);
    return answer;
  }

  of(barrier: string): { barrier: string; creation: number } {
    return { barrier, creation: this.creations.get(barrier) ?? 1 };
  }

  /** Sessions that take part as p1, p2 … */
  join(barrier: string, count: number): number[] {
    return Array.from({ length: count }, (_, i) => {
      const session = this.open();
      this.ask(session, { f: 'register', ...this.of(barrier), participant: `p${i + 1}` });
      return session;
    });
  }

  arrive(session: number, participant: number, generation: number, barrier = 'b'): unknown {
    return this.ask(session, {
      f: 'arrive',
      ...this.of(barrier),
      participant: `p${participant}`,
      generation,
    });
  }

  reset(generation: number, barrier = 'b'): unknown {
    return this.ask(this.open(), { f: 'reset', ...this.of(barrier), generation });
  }

  leave(session: number, participant: number, barrier = 'b'): unknown {
    return this.ask(session, { f: 'deregister', ...this.of(barrier), participant: `p${participant}` });
  }

  outcomes(): unknown[] {
    return this.late.map(({ value }) => (value as { outcome: unknown }).outcome);
  }
}

const waiting = (generation: number): object => ({ waiting: true, generation });
const tripped = (generation: number): object => ({ outcome: 'tripped', generation });
const broken = (generation: number): object => ({ outcome: 'broken', generation });

describe('a full barrier', () => {
  test('trips with the last of its participants, and all hear so; the next generation has begun', () => {
    const bench = new Rounds();
    bench.create('b');
    const [a, b, c] = bench.join('b', 3) as [number, number, number];
    expect(bench.arrive(a, 1, 1)).toEqual(waiting(1));
    expect(bench.arrive(b, 2, 1)).toEqual(waiting(1));
    expect(bench.arrive(c, 3, 1)).toEqual(tripped(1));
    expect(bench.late.map(({ session, value }) => [session, value])).toEqual([
      [a, tripped(1)],
      [b, tripped(1)],
    ]);
    expect(bench.arrive(a, 1, 2)).toEqual(waiting(2));
  });

  test('counts a participant once a generation: a further arrival waits with the first', () => {
    const bench = new Rounds();
    bench.create('b');
    const [a, b] = bench.join('b', 2) as [number, number];
    bench.arrive(a, 1, 1);
    expect(bench.arrive(a, 1, 1)).toEqual(waiting(1));
    expect(bench.arrive(b, 2, 1)).toEqual(tripped(1));
    expect(bench.outcomes()).toEqual(['tripped', 'tripped']);
  });

  test('answers for an earlier generation with its outcome, refuses one to come, and forgets after 16', () => {
    const bench = new Rounds();
    bench.create('b');
    const [a] = bench.join('b', 1) as [number];
    expect(bench.arrive(a, 1, 2)).toEqual({
      error: 'FUTURE_GENERATION',
      barrier: 'b',
      generation: 2,
      current: 1,
    });
    for (let generation = 1; generation <= 17; generation += 1) {
      expect(bench.arrive(a, 1, generation)).toEqual(tripped(generation));
    }
    expect(bench.arrive(a, 1, 2)).toEqual(tripped(2));
    expect(bench.arrive(a, 1, 1)).toEqual({
      error: 'GENERATION_FORGOTTEN',
      barrier: 'b',
      generation: 1,
      current: 18,
    });
  });

  test('looks again when somebody leaves, or a session ends: the rest may be all', () => {
    const bench = new Rounds();
    bench.create('b');
    const [a, b, c] = bench.join('b', 3) as [number, number, number];
    bench.arrive(a, 1, 1);
    bench.leave(b, 2);
    expect(bench.late).toEqual([]);
    bench.ask(c, { f: 'close' });
    expect(bench.late).toMatchObject([{ session: a, value: tripped(1) }]);
  });

  test('tells who leaves while it waits that it has left', () => {
    const bench = new Rounds();
    bench.create('b');
    const [a] = bench.join('b', 2) as [number];
    bench.arrive(a, 1, 1);
    expect(bench.leave(a, 1)).toEqual({ left: true });
    expect(bench.late).toMatchObject([{ session: a, value: { outcome: 'left', generation: 1 } }]);
  });

  test('does not trip with fewer than it asks for', () => {
    const bench = new Rounds();
    bench.create('b', { minParticipants: 2 });
    const [a] = bench.join('b', 1) as [number];
    expect(bench.arrive(a, 1, 1)).toEqual(waiting(1));
    const late = bench.open();
    bench.ask(late, { f: 'register', ...bench.of('b'), participant: 'late' });
    expect(bench.late).toEqual([]);
    expect(bench.ask(late, { f: 'arrive', ...bench.of('b'), participant: 'late', generation: 1 })).toEqual(
      tripped(1),
    );
  });
});

describe('a partial barrier', () => {
  test.each([
    [3, 4, 4, 3],
    [3, 4, 5, 4],
    [1, 2, 3, 2],
    [2, 3, 3, 2],
  ])('of %i/%i with %i participants trips with the %ith', (numerator, denominator, count, needed) => {
    const bench = new Rounds();
    bench.create('b', { numerator, denominator });
    const sessions = bench.join('b', count);
    const answers = sessions.slice(0, needed).map((session, i) => bench.arrive(session, i + 1, 1));
    expect(answers).toEqual([...answers.slice(1).map(() => waiting(1)), tripped(1)]);
  });
});

describe('a timed barrier', () => {
  const armed = (bench: Rounds): number => bench.armed.get('barrier b')?.version ?? 0;

  test('breaks at its deadline, which runs from its first arrival, and stays broken until it is reset', () => {
    const bench = new Rounds();
    bench.create('b', { timeoutUs: second });
    const [a, b] = bench.join('b', 2) as [number, number];
    expect(armed(bench)).toBe(0);
    bench.arrive(a, 1, 1);
    const version = armed(bench);
    expect(version).toBe(bench.index);
    bench.expire({ kind: 'barrier', id: 'b', version });
    expect(bench.late).toMatchObject([{ session: a, value: broken(1) }]);
    expect(bench.arrive(b, 2, 1)).toEqual(broken(1));
    expect(bench.reset(1)).toEqual({ generation: 2, reset: true });
    expect(bench.reset(1)).toEqual({ generation: 2, reset: false });
    expect(bench.arrive(b, 2, 2)).toEqual(waiting(2));
  });

  test('is not broken by a deadline of a generation that has tripped, nor of arrivals that have left', () => {
    const bench = new Rounds();
    bench.create('b', { timeoutUs: second });
    const [a, b] = bench.join('b', 2) as [number, number];
    bench.arrive(a, 1, 1);
    const first = armed(bench);
    bench.arrive(b, 2, 1);
    expect(armed(bench)).toBe(0);
    bench.expire({ kind: 'barrier', id: 'b', version: first });
    expect(bench.arrive(a, 1, 1)).toEqual(tripped(1));
    bench.arrive(a, 1, 2);
    const second_ = armed(bench);
    bench.leave(a, 1);
    expect(armed(bench)).toBe(0);
    bench.expire({ kind: 'barrier', id: 'b', version: second_ });
    expect(bench.arrive(b, 2, 2)).toEqual(tripped(2));
  });
});

describe('a barrier below another', () => {
  const tree = (spec: BarrierSpec = {}): { bench: Rounds; up: number; down: number } => {
    const bench = new Rounds();
    bench.create('up', spec);
    bench.create('b', { parent: 'up' });
    const [up] = bench.join('up', 1) as [number];
    const [down] = bench.join('b', 1) as [number];
    return { bench, up, down };
  };

  test('trips only after the same generation of its parent', () => {
    const { bench, up, down } = tree();
    expect(bench.arrive(down, 1, 1)).toEqual(waiting(1));
    expect(bench.arrive(up, 1, 1, 'up')).toEqual(tripped(1));
    expect(bench.late).toMatchObject([{ session: down, value: tripped(1) }]);
  });

  test('breaks with its parent, for every generation up to the parent’s', () => {
    const { bench, up, down } = tree({ timeoutUs: second, minParticipants: 1 });
    bench.arrive(up, 1, 1, 'up');
    bench.ask(bench.open(), { f: 'register', ...bench.of('up'), participant: 'late' });
    expect(bench.arrive(down, 1, 1)).toEqual(tripped(1));
    bench.arrive(up, 1, 2, 'up');
    bench.expire({ kind: 'barrier', id: 'up', version: bench.armed.get('barrier up')!.version });
    expect(bench.arrive(down, 1, 2)).toEqual(broken(2));
    expect(bench.reset(2, 'up')).toEqual({ generation: 3, reset: true });
    expect(bench.arrive(down, 1, 3)).toEqual(waiting(3));
  });

  test('that is behind is broken for what it has missed when its parent breaks', () => {
    const { bench, up, down } = tree({ timeoutUs: second });
    bench.arrive(up, 1, 1, 'up');
    bench.ask(bench.open(), { f: 'register', ...bench.of('up'), participant: 'late' });
    bench.arrive(up, 1, 2, 'up');
    bench.expire({ kind: 'barrier', id: 'up', version: bench.armed.get('barrier up')!.version });
    expect(bench.arrive(down, 1, 1)).toEqual(broken(1));
    expect(bench.arrive(down, 1, 2)).toEqual(broken(2));
  });

  test('without participants goes where its parent goes, and takes over the outcomes', () => {
    const bench = new Rounds();
    bench.create('up');
    bench.create('b', { parent: 'up' });
    const [up] = bench.join('up', 1) as [number];
    bench.arrive(up, 1, 1, 'up');
    bench.arrive(up, 1, 2, 'up');
    const [late] = bench.join('b', 1) as [number];
    expect(bench.arrive(late, 1, 2)).toEqual(tripped(2));
    expect(bench.arrive(late, 1, 3)).toEqual(waiting(3));
  });

  test('cannot be entered while nobody is above, and its parent breaks when its last participant leaves', () => {
    const { bench, up, down } = tree();
    bench.arrive(down, 1, 1);
    bench.leave(up, 1, 'up');
    expect(bench.late).toMatchObject([{ session: down, value: broken(1) }]);
    bench.reset(1, 'up');
    expect(bench.arrive(down, 1, 2)).toEqual({ error: 'PARENT_EMPTY', barrier: 'b', parent: 'up' });
  });

  test('holds its parent back when it is 15 generations behind', () => {
    const { bench, up } = tree();
    for (let generation = 1; generation <= 15; generation += 1) {
      expect(bench.arrive(up, 1, generation, 'up')).toEqual(tripped(generation));
    }
    expect(bench.arrive(up, 1, 16, 'up')).toEqual({
      error: 'CHILD_BEHIND',
      barrier: 'up',
      child: 'b',
      generation: 1,
    });
  });
});

describe('a refusal names what it refuses, and changes nothing', () => {
  const cases: [string, (bench: Rounds) => unknown, object][] = [
    [
      'another specification',
      (bench) => bench.create('b', { timeoutUs: second }),
      { error: 'BARRIER_EXISTS', barrier: 'b', creation: 2 },
    ],
    ['the same one', (bench) => bench.create('b'), { creation: 2, generation: 1 }],
    [
      'a barrier above 1',
      (bench) => bench.create('x', { numerator: 5, denominator: 4 }),
      { error: 'BAD_RATIO', numerator: 5, denominator: 4 },
    ],
    [
      'a barrier of nobody',
      (bench) => bench.create('x', { numerator: 0, denominator: 1 }),
      { error: 'BAD_RATIO', numerator: 0, denominator: 1 },
    ],
    [
      'more than may take part',
      (bench) => bench.create('x', { minParticipants: 257 }),
      { error: 'BAD_MIN_PARTICIPANTS', minParticipants: 257, limit: 256 },
    ],
    [
      'a deadline of 1 us',
      (bench) => bench.create('x', { timeoutUs: 1 }),
      { error: 'BAD_TIMEOUT', timeoutUs: 1, minUs: 100_000, maxUs: 600_000_000 },
    ],
    [
      'itself as parent',
      (bench) => bench.create('x', { parent: 'x' }),
      { error: 'PARENT_SELF', barrier: 'x' },
    ],
    [
      'an unknown parent',
      (bench) => bench.create('x', { parent: 'y' }),
      { error: 'UNKNOWN_PARENT', barrier: 'x', parent: 'y' },
    ],
    ['an unknown barrier', (bench) => bench.arrive(1, 1, 1, 'x'), { error: 'UNKNOWN_BARRIER', barrier: 'x' }],
    [
      'another creation',
      (bench) => bench.ask(1, { f: 'reset', barrier: 'b', creation: 1, generation: 1 }),
      { error: 'WRONG_CREATION', barrier: 'b', creation: 1, current: 2 },
    ],
    [
      'a stranger',
      (bench) => bench.arrive(1, 1, 1),
      { error: 'NOT_REGISTERED', barrier: 'b', participant: 'p1' },
    ],
    [
      'a name that another session has',
      (bench) => {
        bench.join('b', 1);
        return bench.ask(1, { f: 'register', ...bench.of('b'), participant: 'p1' });
      },
      { error: 'ALREADY_REGISTERED', barrier: 'b', participant: 'p1' },
    ],
    [
      'the 257th participant',
      (bench) => {
        for (let i = 0; i < 256; i += 1) {
          if (i % 64 === 0) bench.open();
          bench.ask(bench.index - (i % 64), { f: 'register', ...bench.of('b'), participant: `q${i}` });
        }
        return bench.ask(1, { f: 'register', ...bench.of('b'), participant: 'one too many' });
      },
      { error: 'TOO_MANY_PARTICIPANTS', barrier: 'b', limit: 256 },
    ],
    [
      'the 65th barrier',
      (bench) => {
        for (let i = 1; i < 64; i += 1) bench.create(`b${i}`);
        return bench.create('one too many');
      },
      { error: 'TOO_MANY_BARRIERS', limit: 64 },
    ],
    [
      'an end of what has children',
      (bench) => {
        bench.create('c', { parent: 'b' });
        return bench.ask(1, { f: 'destroyBarrier', ...bench.of('b') });
      },
      { error: 'HAS_CHILDREN', barrier: 'b', children: ['c'] },
    ],
  ];
  test.each(cases)('%s', (_, ask, answer) => {
    const bench = new Rounds();
    bench.create('b');
    expect(ask(bench)).toEqual(answer);
  });

  test('a destroyed barrier breaks its generation, and another of its name is another barrier', () => {
    const bench = new Rounds();
    bench.create('b');
    const [a] = bench.join('b', 2) as [number];
    bench.arrive(a, 1, 1);
    expect(bench.ask(1, { f: 'destroyBarrier', ...bench.of('b') })).toEqual({ destroyed: true });
    expect(bench.outcomes()).toEqual(['broken']);
    const before = bench.of('b').creation;
    bench.create('b');
    expect(bench.arrive(a, 1, 1)).toEqual({ error: 'NOT_REGISTERED', barrier: 'b', participant: 'p1' });
    bench.creations.set('b', before);
    expect(bench.arrive(a, 1, 1)).toMatchObject({ error: 'WRONG_CREATION', creation: before });
  });
});

describe('two replicas', () => {
  const names = ['a', 'b', 'c'] as const;
  const barrier = fc.constantFrom(...names);
  const participant = fc.constantFrom('x', 'y', 'z');
  const op = fc.oneof(
    { weight: 1, arbitrary: fc.record({ f: fc.constant('createBarrier'), barrier }) },
    { weight: 4, arbitrary: fc.record({ f: fc.constant('register'), barrier, participant }) },
    { weight: 2, arbitrary: fc.record({ f: fc.constant('deregister'), barrier, participant }) },
    {
      weight: 9,
      arbitrary: fc.record({
        f: fc.constant('arrive'),
        barrier,
        participant,
        ahead: fc.constantFrom(0, 0, 0, 0, -1, 1),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ f: fc.constant('reset'), barrier, ahead: fc.constantFrom(0, 0, -1) }),
    },
    { weight: 1, arbitrary: fc.record({ f: fc.constant('destroyBarrier'), barrier }) },
    { weight: 1, arbitrary: fc.record({ f: fc.constant('close') }) },
    { weight: 2, arbitrary: fc.record({ f: fc.constant('timeout'), barrier }) },
  );
  const specs: { readonly [name: string]: BarrierSpec } = {
    a: { timeoutUs: second },
    b: { parent: 'a', numerator: 1, denominator: 2 },
    c: { parent: 'b', timeoutUs: second },
  };

  function step(bench: Rounds, session: number, one: { f: string; barrier?: string; ahead?: number }): void {
    const { ahead = 0, ...rest } = one;
    const name = one.barrier ?? '';
    if (one.f === 'createBarrier') {
      const answer = bench.ask(session, { ...rest, ...specs[name] } as unknown as Operation) as {
        creation?: number;
      };
      if (answer?.creation !== undefined) bench.creations.set(name, answer.creation);
    } else if (one.f === 'timeout') {
      bench.expire({ kind: 'barrier', id: name, version: bench.armed.get(`barrier ${name}`)?.version ?? 1 });
    } else if (one.f === 'close') bench.ask(session, { f: 'close' });
    else {
      const seen = bench.observed.filter((o) => 'creation' in o && 'generation' in o && o.barrier === name);
      const last = seen.at(-1) as { kind: string; generation: number } | undefined;
      const generation = Math.max(
        0,
        (last?.generation ?? 1) + (last?.kind === 'barrierTripped' ? 1 : 0) + ahead,
      );
      bench.ask(session, { ...rest, ...bench.of(name), generation } as unknown as Operation);
    }
  }

  test('agree on state, bytes and what they tell; a generation ends once, and a child’s after its parent’s', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), op, fc.boolean()), { maxLength: 80 }),
        (steps) => {
          const steady = new Rounds();
          const restarted = new Rounds();
          for (const bench of [steady, restarted]) {
            for (let i = 0; i < 5; i += 1) bench.open();
            for (const name of names) step(bench, 1, { f: 'createBarrier', barrier: name });
          }
          for (const [session, one, restart] of steps) {
            step(steady, session, one);
            step(restarted, session, one);
            if (restart) {
              const bytes = steady.machine.snapshot();
              expect(restarted.machine.snapshot()).toEqual(bytes);
              restarted.machine.restore(bytes, restarted.effects);
            }
            expect(restarted.machine.digest()).toBe(steady.machine.digest());
          }
          expect(restarted.observed).toEqual(steady.observed);
          expect(restarted.armed).toEqual(steady.armed);
          const ended = new Map<string, string>();
          for (const o of steady.observed) {
            if (o.kind !== 'barrierTripped' && o.kind !== 'barrierBroken') continue;
            const key = `${o.creation} ${o.generation}`;
            expect(ended.has(key), key).toBe(false);
            ended.set(key, o.kind);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
