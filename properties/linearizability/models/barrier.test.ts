import { describe, expect, test } from 'vitest';
import type { Operation } from '../../history.ts';
import { checkLinearizable } from '../check.ts';
import type { AnyModel } from '../model.ts';
import { barrier, barrierWithSessionsOf } from './barrier.ts';

const second = 1_000_000;

/** One operation: asked in a session, from a second to another (null: never answered). */
type Step = readonly [session: number, op: object, answer: object, from: number, to: number | null];

function historyOf(steps: readonly Step[]): Operation[] {
  return steps.map(([session, op, value, from, to], id) => ({
    id,
    process: id,
    op,
    invokedAt: from,
    completedAt: to ?? Infinity,
    outcome: to === null ? 'info' : 'ok',
    value: to === null ? undefined : value,
    place: 0,
    session,
    invokedUs: from * second,
    completedUs: to === null ? Infinity : to * second,
  }));
}

function judge(steps: readonly Step[]) {
  return checkLinearizable(barrier as unknown as AnyModel, historyOf(steps));
}

const verdict = (steps: readonly Step[]): string => judge(steps).verdict;

const of = (name: string, creation: number) => ({
  register: (participant: string) => ({ f: 'register', barrier: name, creation, participant }),
  deregister: (participant: string) => ({ f: 'deregister', barrier: name, creation, participant }),
  arrive: (participant: string, generation: number) => ({
    f: 'arrive',
    ...{ barrier: name, creation, participant, generation },
  }),
  /** The two halves of the arrival number `id`. */
  wait: (participant: string, generation: number, id: number) => ({
    f: 'arrive',
    ...{ barrier: name, creation, participant, generation, phase: 'enqueue', of: id },
  }),
  hear: (participant: string, generation: number, id: number) => ({
    f: 'arrive',
    ...{ barrier: name, creation, participant, generation, phase: 'grant', of: id },
  }),
  reset: (generation: number) => ({ f: 'reset', barrier: name, creation, generation }),
  destroy: { f: 'destroyBarrier', barrier: name, creation },
});
const create = (name: string, more: object = {}) => ({ f: 'createBarrier', barrier: name, ...more });
const made = (creation: number, generation = 1) => ({ creation, generation });
const joined = (generation = 1) => ({ registered: true, generation });
const tripped = (generation = 1) => ({ outcome: 'tripped', generation });
const broken = (generation = 1) => ({ outcome: 'broken', generation });
const left = (generation = 1) => ({ outcome: 'left', generation });
const waits = { queued: true };
const close = { f: 'close' };

const b = of('b', 3);
const c = of('c', 4);

/** A barrier of two, both registered. */
const two: readonly Step[] = [
  [1, create('b'), made(3), 0, 0.1],
  [1, b.register('p1'), joined(), 0.2, 0.3],
  [2, b.register('p2'), joined(), 0.4, 0.5],
];

describe('a barrier', () => {
  test('trips when all have arrived, and all who waited hear so', () => {
    expect(
      verdict([
        ...two,
        [1, b.wait('p1', 1, 9), waits, 1, 2],
        [1, b.hear('p1', 1, 9), tripped(), 1, 4],
        [2, b.arrive('p2', 1), tripped(), 3, 4],
        [1, b.register('p1'), joined(2), 5, 6],
      ]),
    ).toBe('ok');
  });

  test('does not trip while somebody is missing', () => {
    const result = judge([...two, [1, b.arrive('p1', 1), tripped(), 1, 2]]);
    expect(result).toMatchObject({
      verdict: 'violation',
      key: 'b',
      possible: ['b at 1 (1 of 2 arrived: p1)'],
    });
    expect(result).toHaveProperty(
      'message',
      expect.stringContaining('p1 in session 1 waits at b for 1 → tripped by process 3'),
    );
  });

  test('trips at the latest when the last one has arrived: nobody finds it waiting then', () => {
    const then = (generation: number): string =>
      verdict([
        ...two,
        [1, b.wait('p1', 1, 9), waits, 1, 2],
        [2, b.arrive('p2', 1), tripped(), 3, 4],
        [1, b.register('p1'), joined(generation), 5, 6],
      ]);
    expect([then(1), then(2)]).toEqual(['violation', 'ok']);
  });

  test('counts a participant once, however often it arrives', () => {
    expect(
      verdict([...two, [1, b.arrive('p1', 1), tripped(), 1, 3], [1, b.arrive('p1', 1), tripped(), 1, 3]]),
    ).toBe('violation');
  });

  test('does not count an arrival for the generation before in this one', () => {
    const next = (generation: number): string =>
      verdict([
        ...two,
        [1, b.arrive('p1', 1), tripped(), 1, 3],
        [2, b.arrive('p2', 1), tripped(), 2, 3],
        [1, b.arrive('p1', generation), tripped(generation), 4, 6],
        [2, b.arrive('p2', 2), tripped(2), 5, 6],
      ]);
    expect([next(1), next(2)]).toEqual(['violation', 'ok']);
  });

  test('trips with as many as were asked for, and no fewer registered than asked for', () => {
    const withOf = (numerator: number, minParticipants: number): string =>
      verdict([
        [1, create('b', { numerator, denominator: 4, minParticipants }), made(3), 0, 0.1],
        ...two.slice(1),
        [1, b.arrive('p1', 1), tripped(), 1, 2],
      ]);
    expect([withOf(2, 1), withOf(2, 2), withOf(2, 3), withOf(3, 1)]).toEqual([
      'ok',
      'ok',
      'violation',
      'violation',
    ]);
  });

  test('ends a generation in one way for everybody', () => {
    expect(
      verdict([
        ...two,
        [1, b.arrive('p1', 1), tripped(), 1, 3],
        [2, b.arrive('p2', 1), broken(), 1, 3],
        [1, b.reset(1), { generation: 2, reset: true }, 1, 3],
      ]),
    ).toBe('violation');
  });

  test('trips when somebody leaves for whom the others waited, who is not among them', () => {
    const after = (who: string): string =>
      verdict([
        ...two,
        [1, b.wait('p1', 1, 9), waits, 1, 2],
        [who === 'p1' ? 1 : 2, b.deregister(who), { left: true }, 3, 4],
        [1, b.hear('p1', 1, 9), tripped(), 1, 5],
      ]);
    expect([after('p1'), after('p2')]).toEqual(['violation', 'ok']);
  });

  test('tells whoever leaves while it waits that it left, and nobody else', () => {
    const after = (who: string): string =>
      verdict([
        ...two,
        [2, b.wait('p2', 1, 8), waits, 1, 1.5],
        [3, b.register('p3'), joined(), 2, 2.5],
        [who === 'p2' ? 2 : 3, b.deregister(who), { left: true }, 3, 4],
        [2, b.hear('p2', 1, 8), left(), 1, 5],
      ]);
    expect([after('p2'), after('p3')]).toEqual(['ok', 'violation']);
  });

  test('does not tell anybody that he left who arrived after that', () => {
    expect(
      verdict([
        ...two,
        [1, b.deregister('p1'), { left: true }, 1, 3],
        [1, b.wait('p1', 1, 9), waits, 4, 5],
        [1, b.hear('p1', 1, 9), left(), 4, 6],
        [1, b.register('p1'), joined(), 2, 3.5],
      ]),
    ).toBe('violation');
  });

  test('belongs to whoever registered: another session neither arrives nor leaves in that name', () => {
    const as = (session: number, op: object, answer: object): string =>
      verdict([...two, [session, op, answer, 1, 2]]);
    const notRegistered = { error: 'NOT_REGISTERED', barrier: 'b', participant: 'p1' };
    const taken = { error: 'ALREADY_REGISTERED', barrier: 'b', participant: 'p1' };
    expect([as(1, b.wait('p1', 1, 9), waits), as(2, b.wait('p1', 1, 9), waits)]).toEqual(['ok', 'violation']);
    expect([as(1, b.arrive('p1', 1), notRegistered), as(2, b.arrive('p1', 1), notRegistered)]).toEqual([
      'violation',
      'ok',
    ]);
    expect([as(1, b.register('p1'), joined()), as(2, b.register('p1'), joined())]).toEqual([
      'ok',
      'violation',
    ]);
    expect([as(1, b.register('p1'), taken), as(2, b.register('p1'), taken)]).toEqual(['violation', 'ok']);
    expect([as(1, b.deregister('p1'), { left: true }), as(2, b.deregister('p1'), { left: true })]).toEqual([
      'ok',
      'violation',
    ]);
  });

  test('is reset in the generation that is named, or not at all, and says which is current', () => {
    const after = (generation: number, answer: object): string =>
      verdict([...two, [1, b.reset(generation), answer, 1, 2], [2, b.arrive('p2', 1), broken(), 1, 3]]);
    expect(after(1, { generation: 2, reset: true })).toBe('ok');
    expect(after(1, { generation: 1, reset: false })).toBe('violation');
    expect(after(2, { generation: 1, reset: false })).toBe('violation');
    expect(verdict([...two, [1, b.reset(2), { generation: 1, reset: false }, 1, 2]])).toBe('ok');
  });

  test('refuses a generation that has not come, with the one that has', () => {
    const future = (current: number): string =>
      verdict([
        ...two,
        [1, b.arrive('p1', 3), { error: 'FUTURE_GENERATION', barrier: 'b', generation: 3, current }, 1, 2],
      ]);
    expect([future(1), future(2)]).toEqual(['ok', 'violation']);
  });

  test('remembers how the last 16 generations ended, and no more', () => {
    const resets = Array.from({ length: 17 }, (_, i): Step => {
      return [1, b.reset(i + 1), { generation: i + 2, reset: true }, i + 1, i + 1.5];
    });
    const asked = (generation: number, answer: object): string =>
      verdict([...two, ...resets, [1, b.arrive('p1', generation), answer, 20, 21]]);
    const forgotten = (generation: number) => ({
      error: 'GENERATION_FORGOTTEN',
      ...{ barrier: 'b', generation, current: 18 },
    });
    expect([asked(1, forgotten(1)), asked(2, forgotten(2))]).toEqual(['ok', 'violation']);
    expect([asked(1, broken(1)), asked(2, broken(2))]).toEqual(['violation', 'ok']);
  });

  test('that is destroyed breaks, and is another one when it is created again', () => {
    const again = (answer: object, op: object = create('b')): string =>
      verdict([
        ...two,
        [1, b.wait('p1', 1, 9), waits, 1, 2],
        [2, b.destroy, { destroyed: true }, 3, 4],
        [1, b.hear('p1', 1, 9), broken(), 1, 5],
        [1, op, answer, 6, 7],
      ]);
    expect([again(made(3)), again(made(8))]).toEqual(['violation', 'ok']);
    expect(again({ error: 'UNKNOWN_BARRIER', barrier: 'b' }, b.register('p1'))).toBe('ok');
    expect(again(joined(), b.register('p1'))).toBe('violation');
  });

  test('is created as it was asked for first', () => {
    const then = (more: object, answer: object): string =>
      verdict([...two, [2, create('b', more), answer, 1, 2]]);
    const exists = { error: 'BARRIER_EXISTS', barrier: 'b', creation: 3 };
    expect([then({}, made(3)), then({}, made(4)), then({}, exists)]).toEqual([
      'ok',
      'violation',
      'violation',
    ]);
    expect([then({ minParticipants: 2 }, made(3)), then({ minParticipants: 2 }, exists)]).toEqual([
      'violation',
      'ok',
    ]);
    const wrong = { error: 'WRONG_CREATION', barrier: 'b', creation: 2, current: 3 };
    expect(verdict([...two, [1, of('b', 2).register('p3'), wrong, 1, 2]])).toBe('ok');
  });

  test('answers limits and lost sessions as it may: these are not judged', () => {
    const error = { error: 'TOO_MANY_PARTICIPANTS', barrier: 'b', limit: 256 };
    expect(verdict([...two, [1, b.register('p3'), error, 1, 2]])).toBe('ok');
    expect(verdict([...two, [1, b.arrive('p1', 1), { error: 'SESSION_NOT_OPEN' }, 1, 2]])).toBe('ok');
    expect(verdict([...two, [1, b.arrive('p1', 1), { error: 'UNKNOWN_BARRIER', barrier: 'b' }, 1, 2]])).toBe(
      'violation',
    );
  });
});

describe('many who arrive at once', () => {
  /** 64 take part, three quarters of them suffice, and only one end is heard of what each asked. */
  const crowd = (generations: readonly number[]): readonly Step[] => {
    const members = Array.from({ length: 64 }, (_, i) => i + 1);
    return [
      [1, create('b', { numerator: 3, denominator: 4 }), made(3), 0, 0.1],
      ...members.map((s): Step => [s, b.register(`p${s}`), joined(), s / 100, s / 100 + 0.001]),
      ...generations.flatMap((g) =>
        members.map((s): Step => [s, b.arrive(`p${s}`, g), tripped(g), g, g + 0.5]),
      ),
    ];
  };

  test('come to the same whoever of them it was that tripped it: no sets of arrivals are tried', () => {
    const result = judge(crowd([1, 2, 3]));
    expect(result.verdict).toBe('ok');
    expect(result.states).toBeLessThan(40_000);
  });

  test('are told apart where one of them may leave: it may be the one for whom the others waited', () => {
    const few: readonly Step[] = [
      ...two,
      [3, b.register('p3'), joined(), 0.6, 0.7],
      [1, b.arrive('p1', 1), tripped(), 1, 5],
      [2, b.arrive('p2', 1), tripped(), 1, 6],
    ];
    expect(verdict([...few, [3, b.deregister('p3'), { left: true }, 2, 3]])).toBe('ok');
    expect(verdict([...few, [3, b.wait('p3', 1, 9), waits, 1, 2]])).toBe('ok');
    expect(verdict(few)).toBe('violation');
  });
});

describe('a deadline', () => {
  const timed: readonly Step[] = [
    [1, create('b', { timeoutUs: 5 * second }), made(3), 0, 0.1],
    ...two.slice(1),
  ];

  test('may have passed so long after the first arrival was asked for, and not before', () => {
    const brokenAt = (to: number): string => verdict([...timed, [1, b.arrive('p1', 1), broken(), 1, to]]);
    expect([brokenAt(5.9), brokenAt(6)]).toEqual(['violation', 'ok']);
  });

  test('need not have passed: somebody may have arrived in time', () => {
    const late: Step = [2, b.arrive('p2', 1), tripped(), 30, 31];
    expect(verdict([...timed, [1, b.arrive('p1', 1), tripped(), 1, 31], late])).toBe('ok');
  });

  test('runs anew from the next first arrival where those before have left', () => {
    const brokenAt = (to: number): string =>
      verdict([
        ...timed,
        [1, b.wait('p1', 1, 9), waits, 1, 1.5],
        [1, b.deregister('p1'), { left: true }, 2, 2.5],
        [1, b.register('p1'), joined(), 3, 3.5],
        [1, b.arrive('p1', 1), broken(), 4, to],
      ]);
    expect([brokenAt(8.9), brokenAt(9)]).toEqual(['violation', 'ok']);
  });

  test('that has passed breaks the generation for good: nobody trips it afterwards', () => {
    expect(
      verdict([...timed, [1, b.arrive('p1', 1), broken(), 1, 7], [2, b.arrive('p2', 1), tripped(), 8, 9]]),
    ).toBe('violation');
  });

  test('passes for nobody who is told of before that time', () => {
    const register = (to: number): Step => [3, b.register('p3'), joined(), 5, to];
    // He is told that it is broken, and so the deadline had passed when p3, who trips it, was registered.
    const story = (to: number): string =>
      verdict([
        ...timed,
        [1, b.wait('p1', 1, 9), waits, 1, 1.5],
        [2, b.arrive('p2', 1), broken(), 2, 5.5],
        register(to),
      ]);
    expect(story(7)).toBe('violation');
  });
});

describe('a tree of barriers', () => {
  const tree: readonly Step[] = [
    [1, create('b'), made(3), 0, 0.1],
    [1, create('c', { parent: 'b' }), made(4), 0.2, 0.3],
    [1, b.register('p1'), joined(), 0.4, 0.5],
    [2, c.register('p2'), joined(), 0.6, 0.7],
  ];

  test('trips from the top: a child after its parent, in the same entry if all is there', () => {
    expect(
      verdict([
        ...tree,
        [2, c.wait('p2', 1, 9), waits, 1, 2],
        [1, b.arrive('p1', 1), tripped(), 3, 4],
        [2, c.hear('p2', 1, 9), tripped(), 1, 5],
        [2, c.register('p2'), joined(2), 6, 7],
      ]),
    ).toBe('ok');
    expect(verdict([...tree, [2, c.arrive('p2', 1), tripped(), 1, 2]])).toBe('violation');
  });

  test('breaks from the top: what a parent’s reset ends is broken below it, what its child’s ends is not above it', () => {
    const reset = (barrierOfIt: typeof b): string =>
      verdict([
        ...tree,
        [2, c.wait('p2', 1, 9), waits, 1, 2],
        [1, barrierOfIt.reset(1), { generation: 2, reset: true }, 3, 4],
        [2, c.hear('p2', 1, 9), broken(), 1, 5],
        [1, b.register('p1'), joined(2), 6, 7],
      ]);
    expect([reset(b), reset(c)]).toEqual(['ok', 'violation']);
  });

  test('takes a child without participants along', () => {
    const child = (generation: number): string =>
      verdict([
        ...tree.slice(0, 3),
        [1, b.arrive('p1', 1), tripped(), 1, 2],
        [2, c.register('p2'), joined(generation), 3, 4],
      ]);
    expect([child(1), child(2)]).toEqual(['violation', 'ok']);
  });

  test('has a root that somebody takes part in, or nobody arrives below it', () => {
    const empty = { error: 'PARENT_EMPTY', barrier: 'c', parent: 'b' };
    const arrival = (before: readonly Step[]): string =>
      verdict([...before, [2, c.register('p2'), joined(), 1, 2], [2, c.arrive('p2', 1), empty, 3, 4]]);
    expect([arrival(tree.slice(0, 2)), arrival(tree.slice(0, 3))]).toEqual(['ok', 'violation']);
  });

  test('breaks as a whole when the last one at its root leaves, those ahead of it too', () => {
    expect(
      verdict([
        ...tree,
        [2, c.reset(1), { generation: 2, reset: true }, 1, 2],
        [2, c.wait('p2', 2, 9), waits, 3, 4],
        [1, b.deregister('p1'), { left: true }, 5, 6],
        [2, c.hear('p2', 2, 9), broken(2), 3, 7],
        [2, c.register('p2'), joined(2), 8, 9],
      ]),
    ).toBe('ok');
  });

  test('waits for a child that is 15 generations behind', () => {
    const behind = (trips: number): string =>
      verdict([
        ...tree,
        ...Array.from({ length: trips }, (_, i): Step => [
          1,
          b.arrive('p1', i + 1),
          tripped(i + 1),
          i + 1,
          i + 1.5,
        ]),
        [
          1,
          b.arrive('p1', trips + 1),
          { error: 'CHILD_BEHIND', barrier: 'b', child: 'c', generation: 1 },
          30,
          31,
        ],
      ]);
    expect([behind(14), behind(15)]).toEqual(['violation', 'ok']);
  });

  test('is made top down, and taken down bottom up', () => {
    const then = (session: number, op: object, answer: object): string =>
      verdict([...tree, [session, op, answer, 1, 2]]);
    expect(then(1, b.destroy, { error: 'HAS_CHILDREN', barrier: 'b', children: ['c'] })).toBe('ok');
    expect(then(1, b.destroy, { destroyed: true })).toBe('violation');
    expect(
      then(1, create('e', { parent: 'x' }), { error: 'UNKNOWN_PARENT', barrier: 'e', parent: 'x' }),
    ).toBe('ok');
    expect(
      then(1, create('e', { parent: 'b' }), { error: 'UNKNOWN_PARENT', barrier: 'e', parent: 'b' }),
    ).toBe('violation');
    expect(then(1, create('e', { parent: 'e' }), { error: 'PARENT_SELF', barrier: 'e' })).toBe('ok');
  });

  test('is judged apart from others', () => {
    const other = of('x', 2);
    expect(
      judge([
        ...tree,
        [3, create('x'), made(2), 1, 2],
        [3, other.register('p'), joined(), 3, 4],
        [3, other.arrive('p', 1), broken(), 5, 6],
      ]),
    ).toMatchObject({ verdict: 'violation', key: 'x' });
  });
});

describe('what nobody heard of', () => {
  test('an arrival may have counted, or not', () => {
    const unheard: Step = [1, b.arrive('p1', 1), {}, 1, null];
    expect(verdict([...two, unheard, [2, b.arrive('p2', 1), tripped(), 2, 3]])).toBe('ok');
    expect(verdict([...two, unheard, [2, b.wait('p2', 1, 9), waits, 2, 3]])).toBe('ok');
    expect(
      verdict([...two, [1, b.arrive('p1', 2), {}, 1, null], [2, b.arrive('p2', 1), tripped(), 2, 3]]),
    ).toBe('violation');
  });

  test('a creation has a number of its own, the same for everybody, greater than those before', () => {
    const then = (first: number, next: number): string =>
      verdict([
        ...two,
        [1, b.destroy, { destroyed: true }, 1, 2],
        [1, create('b'), {}, 3, null],
        [2, of('b', first).register('p2'), joined(), 4, 5],
        [3, of('b', next).register('p3'), joined(), 6, 7],
      ]);
    expect([then(9, 9), then(9, 10), then(2, 2)]).toEqual(['ok', 'violation', 'violation']);
  });

  test('a participant of whom nobody knows the session may be anybody’s', () => {
    const stranger: Step = [0, b.register('p3'), {}, 1, null];
    expect(verdict([...two, stranger, [3, b.wait('p3', 1, 9), waits, 2, 3]])).toBe('ok');
    const taken = { error: 'ALREADY_REGISTERED', barrier: 'b', participant: 'p3' };
    expect(verdict([...two, stranger, [3, b.register('p3'), taken, 2, 3]])).toBe('ok');
    expect(verdict([...two, [3, b.register('p3'), taken, 2, 3]])).toBe('violation');
  });
});

describe('the end of a session', () => {
  test('takes out whoever took part in it, in every tree, and the others may go on', () => {
    const after = (closing: number): string =>
      verdict([
        ...two,
        [3, create('x'), made(4), 0.6, 0.7],
        [2, of('x', 4).register('p2'), joined(), 0.8, 0.9],
        [1, b.wait('p1', 1, 9), waits, 1, 2],
        [closing, close, {}, 3, 4],
        [1, b.hear('p1', 1, 9), tripped(), 1, 5],
        [3, of('x', 4).register('p2'), joined(), 6, 7],
      ]);
    expect([after(2), after(3)]).toEqual(['ok', 'violation']);
  });

  test('may come when it was silent for its time to live, and not before', () => {
    const tripsAt = (to: number, ttlUs = 30 * second): string =>
      checkLinearizable(
        barrierWithSessionsOf(ttlUs) as unknown as AnyModel,
        historyOf([...two, [1, b.arrive('p1', 1), tripped(), 1, to]]),
      ).verdict;
    expect([tripsAt(30), tripsAt(30.5)]).toEqual(['violation', 'ok']);
    expect([tripsAt(10, 10 * second), tripsAt(10.5, 10 * second)]).toEqual(['violation', 'ok']);
  });

  test('came about when a recorder saw it, at the latest: nobody waits for who is known to have gone', () => {
    const waiting: readonly Step[] = [
      ...two,
      [2, b.reset(9), { generation: 1, reset: false }, 0.6, 0.7],
      [1, b.wait('p1', 1, 9), waits, 1, 2],
      [1, b.register('p1'), joined(), 41, 42],
    ];
    const judged = (seen: readonly Operation[]): string =>
      checkLinearizable(barrier as unknown as AnyModel, [...historyOf(waiting), ...seen]).verdict;
    const seenAt = (at: number, reason: string): readonly Operation[] =>
      historyOf([[2, { f: 'sessionEnded', reason }, {}, 0, at]]).map((o) => ({
        ...o,
        id: -9,
        value: undefined,
      }));
    expect(judged([])).toBe('ok');
    expect([judged(seenAt(40, 'expired')), judged(seenAt(43, 'expired'))]).toEqual(['violation', 'ok']);
    expect([judged(seenAt(40, 'closed')), judged(seenAt(43, 'closed'))]).toEqual(['violation', 'ok']);
  });

  test('may come with that of others in one entry if they expire, and only then does anybody look at who is left', () => {
    // Two thirds of at least three: with one of the two gone it trips, with both it may not.
    const ends = (reason: 'closed' | 'expired', generation: number): string => {
      const history = historyOf([
        [1, create('b', { numerator: 2, denominator: 3, minParticipants: 3 }), made(3), 0, 0.1],
        ...[1, 2, 3, 4].map((s): Step => [s, b.register(`p${s}`), joined(), s / 10, s / 10 + 0.05]),
        [1, b.wait('p1', 1, 9), waits, 1, 2],
        [2, b.wait('p2', 1, 10), waits, 1, 2],
        ...[3, 4].map((s): Step => [s, b.reset(9), { generation: 1, reset: false }, 3, 3.1]),
        [3, { f: 'sessionEnded', reason }, {}, 0, 40],
        [4, { f: 'sessionEnded', reason }, {}, 0, 40],
        [1, b.register('p1'), joined(generation), 41, 42],
        // They live on.
        [2, b.register('p2'), joined(generation), 41, 42],
      ]);
      return checkLinearizable(barrier as unknown as AnyModel, history).verdict;
    };
    expect([ends('expired', 1), ends('expired', 2), ends('expired', 3)]).toEqual(['ok', 'ok', 'violation']);
    expect([ends('closed', 1), ends('closed', 2)]).toEqual(['violation', 'ok']);
  });
});

describe('a history without times', () => {
  test('may have had deadlines that passed at any moment, and still no generation that ends in two ways', () => {
    const timeless = (first: object, then: object): string =>
      checkLinearizable(
        barrier as unknown as AnyModel,
        historyOf([
          [1, create('b', { timeoutUs: 5 * second }), made(3), 0, 0.1],
          ...two.slice(1),
          [1, b.arrive('p1', 1), first, 1, 2],
          [2, b.arrive('p2', 1), then, 3, 4],
        ]).map(({ id, process, op, invokedAt, completedAt, outcome, value, place, session }) => {
          return { id, process, op, invokedAt, completedAt, outcome, value, place, session: session! };
        }),
      ).verdict;
    expect([timeless(broken(), broken()), timeless(broken(), tripped())]).toEqual(['ok', 'violation']);
  });
});
