/** Random histories for tests of formats: any order of events that a recorder could see, right or wrong does not matter. */
import * as fc from 'fast-check';
import type { Operation } from '../history.ts';

type Op = { readonly [field: string]: unknown };

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom(
    '',
    '__proto__',
    'constructor',
    '"',
    '\\',
    '; no comment',
    'a\nb',
    'nil',
    ':k',
    '\ud800',
    '[',
    '#_',
  ),
);
/** Numbers that come back the same; zero has one sign. */
const number = fc.oneof(
  fc.integer({ min: -5, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const scalar = fc.oneof(number, text, fc.boolean(), fc.constant(null));
/** Any plain value. */
const value = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc.dictionary(text, fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })), { maxKeys: 3 }),
  },
);
const key = fc.oneof(text, fc.integer({ min: 0, max: 3 }));

/** What may be asked of each kind of object, and what may be answered. */
const kinds: { readonly [model: string]: fc.Arbitrary<readonly [Op, unknown]> } = {
  'cas-register': fc.oneof(
    fc.tuple(fc.constant({ f: 'read' }), value),
    fc.tuple(fc.record({ f: fc.constant('write'), value }), fc.constant(null)),
    fc.tuple(fc.record({ f: fc.constant('cas'), from: value, to: value }), fc.boolean()),
  ),
  kv: fc.oneof(
    fc.tuple(fc.record({ f: fc.constant('get'), key: text }), text),
    fc.tuple(fc.record({ f: fc.constantFrom('put', 'append'), key: text, value: text }), fc.constant(null)),
  ),
  counter: fc.oneof(
    fc.tuple(fc.constant({ f: 'read' }), number),
    fc.tuple(fc.record({ f: fc.constant('add'), value: number }), fc.constant(null)),
    fc.tuple(fc.record({ f: fc.constant('addAndGet'), value: number }), number),
  ),
  set: fc.oneof(
    fc.tuple(fc.record({ f: fc.constantFrom('add', 'remove'), value }), fc.constantFrom(true, false, null)),
    fc.tuple(fc.record({ f: fc.constant('contains'), value }), fc.boolean()),
    fc.tuple(fc.constant({ f: 'read' }), fc.array(value, { maxLength: 4 })),
  ),
  queue: fc.oneof(
    fc.tuple(fc.record({ f: fc.constant('enqueue'), value }), fc.constant(null)),
    fc.tuple(fc.constant({ f: 'dequeue' }), value),
  ),
  semaphore: fc.tuple(
    fc.record({ f: fc.constantFrom('acquire', 'release'), permits: fc.nat(3), client: text }),
    fc.boolean(),
  ),
  register: fc.oneof(
    fc.tuple(fc.record({ f: fc.constant('get'), key: text }), fc.record({ value, version: fc.nat(9) })),
    fc.tuple(
      fc.record({ f: fc.constant('cas'), key: text, version: fc.nat(9), value }),
      fc.record({ done: fc.boolean(), version: fc.nat(9) }),
    ),
  ),
  // What no format has words for.
  anything: fc.tuple(
    fc.oneof(
      fc.dictionary(text, value, { minKeys: 1, maxKeys: 3 }),
      fc.record({ f: text, value }),
      fc.record({ f: text, key: value }),
      fc.constant('inc' as unknown as Op),
      fc.constant([1] as unknown as Op),
    ),
    fc.oneof(value, fc.constant(undefined)),
  ),
};

/** Names of the kinds of history. */
export const kindsOfHistory = Object.keys(kinds);

/** A step of some process: it invokes, or what it has open ends. */
const step = (kind: string) =>
  fc.record({
    process: fc.nat(4),
    asked: kinds[kind]!,
    key,
    how: fc.constantFrom('ok', 'ok', 'ok', 'fail', 'info', 'stays') as fc.Arbitrary<
      Operation['outcome'] | 'stays'
    >,
    afterNs: fc.nat(5_000),
    session: fc.nat(2),
  });

/**
 * A history of this kind, its operations in order of invocation with ids from 0 and times from 1.
 *
 * @param kind one of `kindsOfHistory`
 */
export function anyHistory(kind: string): fc.Arbitrary<readonly Operation[]> {
  return fc
    .tuple(fc.array(step(kind), { minLength: 1, maxLength: 30 }), fc.boolean(), fc.boolean())
    .map(([steps, keyed, timed]) => {
      const operations: Operation[] = [];
      const open = new Map<number, { id: number; answer: unknown }>();
      let at = 0;
      let ns = 0;
      for (const { process, asked, how, afterNs, session, key: on } of steps) {
        ns += afterNs;
        const running = open.get(process);
        if (running === undefined) {
          const [op, answer] = asked;
          const withKey = keyed && kind !== 'kv' && kind !== 'register' && kind !== 'anything';
          const id = operations.length;
          open.set(process, { id, answer });
          operations.push({
            ...{ id, process, op: withKey ? { ...op, key: on } : op, invokedAt: ++at, completedAt: Infinity },
            ...{ outcome: 'info', value: undefined, place: 0 },
            ...(timed && { invokedUs: ns / 1000, completedUs: Infinity }),
            ...(session > 0 && { session, place: session - 1, appliedAt: at }),
          });
          continue;
        }
        if (how === 'stays') continue;
        open.delete(process);
        if (how === 'info') continue;
        const { id, answer } = running;
        operations[id] = {
          ...operations[id]!,
          ...{ completedAt: ++at, outcome: how, value: how === 'ok' ? answer : undefined },
          ...(timed && { completedUs: ns / 1000 }),
        };
      }
      return operations;
    });
}

/** The same history with times counted from 1, and ids from 0 in order of invocation. */
export function counted(operations: readonly Operation[]): readonly Operation[] {
  const times = operations.flatMap((o) => [
    o.invokedAt,
    ...(o.completedAt === Infinity ? [] : [o.completedAt]),
  ]);
  const rank = new Map(times.sort((a, b) => a - b).map((time, i) => [time, i + 1]));
  return [...operations]
    .sort((a, b) => a.invokedAt - b.invokedAt)
    .map((o, id) => ({
      ...o,
      id,
      invokedAt: rank.get(o.invokedAt)!,
      completedAt: rank.get(o.completedAt) ?? Infinity,
    }));
}
