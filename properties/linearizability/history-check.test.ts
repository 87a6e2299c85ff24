import { describe, expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import type { Relation } from './brute-force.test-support.ts';
import { isLinearizableByBruteForce } from './brute-force.test-support.ts';
import { checkLinearizable } from './check.ts';
import type { HistoryVerdict } from './history-check.ts';
import { HistoryCheck } from './history-check.ts';
import type { AnyModel, Model } from './model.ts';
import { lock } from './models/lock.ts';
import type { Bounds, Techniques } from './techniques.ts';
import { Frontier } from './frontier.ts';
import { everyTechnique } from './techniques.ts';
import { register } from './models/register.ts';
import { Draws, mutated, rightHistory } from './random-history.test-support.ts';
import { eventsOf } from './events.ts';
import { search } from './search.ts';

/** A register whose operations say from which value to which they lead. */
type Op =
  | { readonly f: 'read'; readonly key?: number }
  | { readonly f: 'write'; readonly key?: number; readonly value: number }
  | { readonly f: 'cas'; readonly key?: number; readonly from: number; readonly to: number };

const cell: Model<number, Op, unknown> = {
  name: 'cell',
  init: () => 0,
  key: (op) => op.key ?? 0,
  step(state, op, value) {
    if (op.f === 'read') return value === undefined || value === state ? state : null;
    if (op.f === 'write') return op.value;
    if (value === false) return state === op.from ? null : state;
    return state === op.from ? op.to : null;
  },
  readOnly: (op, value) => op.f === 'read' || (op.f === 'cas' && value === false),
  reaches: {
    from: (op, value) =>
      op.f === 'read' ? (value as number) : op.f === 'cas' && value !== false ? op.from : undefined,
    to: (op) => (op.f === 'write' ? op.value : op.f === 'cas' ? op.to : undefined),
  },
};

/** The same, written apart. */
const relation: Relation<number> = {
  init: 0,
  next(state, o, value) {
    const op = o as { f: string; value: number; from: number; to: number };
    const [next, answer] =
      op.f === 'read'
        ? [state, state]
        : op.f === 'write'
          ? [op.value, null]
          : op.from === state
            ? [op.to, true]
            : [state, false];
    return value === undefined || value === answer ? [next] : [];
  },
};

/** A history of a register that works, with one answer changed in `wrongPercent` of the cases. */
function draw(seed: number, wrongPercent: number, operations: number, keys = 1): Operation[] {
  const draws = new Draws(seed);
  const values = 1 + draws.below(4);
  const infoPercent = draws.chance(50) ? 30 : 0;
  const processes = 4 + draws.below(3);
  const stands = new Array<number>(keys).fill(0);
  const history: { -readonly [K in keyof Operation]: Operation[K] }[] = [];
  const running: { of: number; answer: unknown; isDone: boolean }[] = [];
  const late: number[] = [];
  let clock = 0;
  const takeEffect = (of: number): unknown => {
    const op = history[of]!.op as Op;
    const [next] = relation.next(stands[op.key!]!, op, undefined);
    const answer = op.f === 'read' ? next : op.f === 'write' ? null : op.from === stands[op.key!];
    stands[op.key!] = next!;
    return answer;
  };
  const value = (): number => draws.below(values);
  while (history.length < operations || running.length > 0) {
    if (running.length < processes && history.length < operations && draws.chance(45)) {
      const key = draws.below(keys);
      const op: Op = draws.chance(40)
        ? { f: 'read', key }
        : draws.chance(50)
          ? { f: 'write', key, value: value() }
          : { f: 'cas', key, from: value(), to: value() };
      const id = history.length;
      running.push({ of: id, answer: undefined, isDone: false });
      history.push({
        id,
        process: id,
        op,
        invokedAt: ++clock,
        completedAt: Infinity,
        outcome: 'info',
        value: undefined,
        place: 0,
      });
      continue;
    }
    const one = running[draws.below(Math.max(1, running.length))];
    if (one === undefined) continue;
    if (!one.isDone && draws.chance(infoPercent)) {
      running.splice(running.indexOf(one), 1);
      const fate = draws.below(3);
      if (fate === 0) late.push(one.of);
      if (fate === 1) takeEffect(one.of);
    } else if (!one.isDone) {
      one.answer = takeEffect(one.of);
      one.isDone = true;
    } else {
      running.splice(running.indexOf(one), 1);
      Object.assign(history[one.of]!, { outcome: 'ok', completedAt: ++clock, value: one.answer });
    }
    if (late.length > 0 && draws.chance(30)) takeEffect(late.shift()!);
  }
  const told = history.filter((o) => o.outcome === 'ok' && (o.op as Op).f !== 'write');
  if (told.length > 0 && draws.chance(wrongPercent)) {
    const victim = told[draws.below(told.length)]!;
    victim.value = typeof victim.value === 'boolean' ? !victim.value : value();
  }
  return history;
}

/** Feeds a history to a check as it happened. Those of unknown result are told so now and then, or never. */
function judge(history: readonly Operation[], options = {}): HistoryVerdict {
  const check = new HistoryCheck(cell, options);
  const ends = history.flatMap((o) => [
    { at: o.invokedAt, tell: () => check.invoke(o.id, o.op as Op, o.process) },
    { at: o.completedAt, tell: () => check.complete(o.id, 'ok', o.value) },
    {
      at: o.id % 2 === 0 && o.outcome === 'info' ? o.invokedAt + 5.5 : Infinity,
      tell: () => check.complete(o.id, 'info'),
    },
  ]);
  for (const { tell } of ends.filter((e) => e.at < Infinity).sort((a, b) => a.at - b.at)) tell();
  return check.end();
}

const withoutOne: readonly Partial<Techniques>[] = [
  {},
  { absorption: false },
  { symmetry: false },
  { goals: false },
  { hiding: false },
  { aim: false },
  { hiding: false, aim: false },
  { dominance: false },
];

/** A text of which only some operations say where they lead: what an append leaves depends on what stood there. */
const text: Model<string, TextOp, string | null> = {
  name: 'text',
  init: () => '',
  step: (state, op, value) =>
    op.f === 'put' ? op.value : op.f === 'append' ? state + op.value : value === state ? state : null,
  readOnly: (op) => op.f === 'get',
  reaches: {
    from: (op, value) => (op.f === 'get' ? (value ?? undefined) : undefined),
    to: (op) => (op.f === 'put' ? op.value : undefined),
  },
};

type TextOp = { readonly f: 'get' } | { readonly f: 'put' | 'append'; readonly value: string };

const textRelation: Relation<string> = {
  init: '',
  next(state, o, value) {
    const op = o as { f: string; value: string };
    if (op.f === 'get') return value === state ? [state] : [];
    return [op.f === 'put' ? op.value : state + op.value];
  },
};

/** A history of a text that works, with one answer changed now and then. */
function drawText(seed: number): Operation[] {
  const draws = new Draws(seed);
  const history: { -readonly [K in keyof Operation]: Operation[K] }[] = [];
  const running: { of: number; answer: unknown; isDone: boolean }[] = [];
  let stands = '';
  let clock = 0;
  const takeEffect = (of: number): unknown => {
    const op = history[of]!.op as TextOp;
    if (op.f === 'get') return stands;
    stands = op.f === 'put' ? op.value : stands + op.value;
    return null;
  };
  while (history.length < 7 || running.length > 0) {
    if (running.length < 4 && history.length < 7 && draws.chance(45)) {
      const value = 'ab'[draws.below(2)]!;
      const op: TextOp = draws.chance(50)
        ? { f: 'get' }
        : draws.chance(50)
          ? { f: 'put', value }
          : { f: 'append', value };
      const id = history.length;
      running.push({ of: id, answer: undefined, isDone: false });
      history.push({
        ...{ id, process: id, op, invokedAt: ++clock, completedAt: Infinity },
        ...{ outcome: 'info', value: undefined, place: 0 },
      });
      continue;
    }
    const one = running[draws.below(Math.max(1, running.length))];
    if (one === undefined) continue;
    if (!one.isDone && draws.chance(25)) {
      running.splice(running.indexOf(one), 1);
      if (draws.chance(50)) takeEffect(one.of);
    } else if (!one.isDone) {
      one.answer = takeEffect(one.of);
      one.isDone = true;
    } else {
      running.splice(running.indexOf(one), 1);
      Object.assign(history[one.of]!, { outcome: 'ok', completedAt: ++clock, value: one.answer });
    }
  }
  const told = history.filter((o) => o.outcome === 'ok' && (o.op as TextOp).f === 'get');
  if (told.length > 0 && draws.chance(85))
    told[draws.below(told.length)]!.value = ['', 'a', 'b', 'ab'][draws.below(4)];
  return history;
}

describe('a growing history', () => {
  test('of a text that tells of some operations only where they lead is judged as brute force judges it: 2,000 small ones', () => {
    let wrong = 0;
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const history = drawText(seed);
      const right = isLinearizableByBruteForce(textRelation, history);
      if (!right) wrong += 1;
      for (const without of withoutOne) {
        const { verdict } = search(text as AnyModel, history, 1_000_000, without);
        expect(verdict === 'ok', `seed ${seed}, without ${JSON.stringify(without)}`).toBe(right);
      }
    }
    expect(wrong / 2_000).toBeGreaterThan(0.3);
    expect(wrong / 2_000).toBeLessThan(0.7);
  });

  test('is judged as brute force judges it, and as the search does with each technique off: 2,000 small ones', () => {
    let wrong = 0;
    let withInfo = 0;
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const history = draw(seed, 75, 5 + (seed % 5));
      const right = isLinearizableByBruteForce(relation, history);
      if (!right) wrong += 1;
      if (history.some((o) => o.outcome === 'info')) withInfo += 1;
      expect(judge(history).verdict === 'ok', `seed ${seed}`).toBe(right);
      for (const without of withoutOne) {
        const { verdict } = search(cell as AnyModel, history, 1_000_000, without);
        expect(verdict === 'ok', `seed ${seed}, without ${JSON.stringify(without)}`).toBe(right);
      }
    }
    expect(wrong / 2_000).toBeGreaterThan(0.3);
    expect(wrong / 2_000).toBeLessThan(0.7);
    expect(withInfo / 2_000).toBeGreaterThan(0.2);
  });

  test('is refused by brute force too: 1,000 right ones with one answer changed, at least 30 % of them refused', () => {
    let refused = 0;
    for (let seed = 5_001; seed <= 6_000; seed += 1) {
      const history = draw(seed, 100, 9);
      const { verdict } = judge(history);
      expect(verdict === 'ok', `seed ${seed}`).toBe(isLinearizableByBruteForce(relation, history));
      if (verdict === 'violation') refused += 1;
    }
    expect(refused).toBeGreaterThan(300);
  });

  test('with too narrow a beam is never judged wrong, and mostly judged: 400 of 60 operations each', () => {
    let undecided = 0;
    let violations = 0;
    let split = 0;
    for (let seed = 1; seed <= 400; seed += 1) {
      const history = draw(seed, 100, 60);
      const whole = search(cell as AnyModel, history, 10_000_000);
      expect(whole.verdict).not.toBe('undecided');
      for (const beam of [1, 2, 4]) {
        const { verdict, wasSplit } = narrowly(history, { maxStates: Infinity, beam, maxVisited: 12 });
        if (wasSplit) split += 1;
        if (verdict === 'violation') violations += 1;
        if (verdict === 'undecided') undecided += 1;
        else expect(verdict, `seed ${seed}, beam ${beam}`).toBe(whole.verdict);
      }
    }
    // It says something only if beams were too narrow, and both verdicts were reached none the less.
    expect(split).toBeGreaterThan(300);
    expect(undecided).toBeLessThan(400);
    expect(violations).toBeGreaterThan(100);
  });

  test('is judged key by key while it grows, and what is open holds up only its own key', () => {
    const check = new HistoryCheck(cell);
    check.invoke(1, { f: 'write', key: 1, value: 5 });
    for (let id = 10; id < 20; id += 1) {
      for (const key of [1, 2]) {
        check.invoke(id * 10 + key, { f: 'read', key });
        check.complete(id * 10 + key, 'ok', 0);
      }
    }
    expect(check.soFar()).toMatchObject({ verdict: 'ok', operations: 10, decided: 10, kept: 11, keys: 2 });
    check.complete(1, 'ok', null);
    expect(check.soFar()).toMatchObject({ verdict: 'ok', operations: 21, decided: 21, kept: 0 });
    check.invoke(2, { f: 'read', key: 1 });
    check.complete(2, 'ok', 0);
    expect(check.soFar()).toMatchObject({
      verdict: 'violation',
      violation: { key: 1, operation: { id: 2, value: 0 }, possible: ['5'], isFirst: true },
      message: 'Operation 2 on 1 cannot be placed: {"f":"read","key":1} → 0; possible there: 5.',
    });
  });

  test('tells the violation whose operation completed first', () => {
    const check = new HistoryCheck(cell);
    check.invoke(1, { f: 'write', key: 1, value: 1 });
    check.invoke(2, { f: 'read', key: 1 });
    check.complete(2, 'ok', 7);
    check.invoke(3, { f: 'read', key: 2 });
    check.complete(3, 'ok', 7);
    expect(check.soFar().violation?.operation.id).toBe(3);
    expect(check.end().violation?.operation.id).toBe(2);
  });

  test('keeps no operation that was judged: 40,000 on one key', () => {
    const check = new HistoryCheck(cell);
    for (let id = 0; id < 20_000; id += 1) {
      check.invoke(2 * id, { f: 'write', value: id });
      check.invoke(2 * id + 1, { f: 'read' });
      check.complete(2 * id, 'ok', null);
      check.complete(2 * id + 1, 'ok', id);
    }
    expect(check.end()).toMatchObject({ verdict: 'ok', operations: 40_000, decided: 40_000, kept: 0 });
  });

  test('judges nothing of what failed, and ignores what is not the model’s', () => {
    const picky = new HistoryCheck<number, Op, unknown>({ ...cell, handles: (op) => op.f !== 'cas' });
    picky.invoke(1, { f: 'cas', from: 0, to: 9 });
    picky.complete(1, 'ok', true);
    picky.invoke(2, { f: 'write', value: 4 });
    picky.complete(2, 'fail');
    picky.invoke(3, { f: 'read' });
    picky.complete(3, 'ok', 0);
    expect(picky.end()).toMatchObject({ verdict: 'ok', operations: 1 });
  });

  test('more than 32 operations may be open at once', () => {
    const check = new HistoryCheck(cell);
    for (let id = 1; id <= 100; id += 1) check.invoke(id, { f: 'write', value: id });
    check.invoke(101, { f: 'read' });
    check.complete(101, 'ok', 40);
    for (let id = 1; id <= 100; id += 1) check.complete(id, 'ok', null);
    check.invoke(102, { f: 'read' });
    check.complete(102, 'ok', 0);
    expect(check.end()).toMatchObject({ verdict: 'violation', violation: { operation: { id: 102 } } });
  });

  test('is undecided where the budget is spent, and says so', () => {
    const history = draw(3, 0, 60);
    expect(judge(history, { maxStates: 20 })).toMatchObject({
      verdict: 'undecided',
      message: 'Whether the history of 0 is linearizable was not decided within 20 states.',
    });
  });

  test('of many keys is judged the same where only the states of most are kept: 600 small ones', () => {
    let wrong = 0;
    for (let seed = 1; seed <= 600; seed += 1) {
      const draws = new Draws(seed);
      const right = rightHistory(draws, {
        ...{ operations: 24, processes: 3, values: 3, keys: 4, infoPercent: draws.chance(50) ? 10 : 0 },
      });
      const history = draws.chance(70) ? mutated(draws, right) : right;
      const all = checkLinearizable(register as AnyModel, history);
      for (const readyKeys of [1, 2, 1_000]) {
        const { verdict, keys } = follow(new HistoryCheck(register as AnyModel, { readyKeys }), history);
        expect(verdict, `seed ${seed}, ${readyKeys} ready`).toBe(all.verdict);
        expect(keys).toBeGreaterThan(1);
      }
      if (all.verdict === 'violation') wrong += 1;
    }
    expect(wrong).toBeGreaterThan(150);
  });

  test('keeps of 20,000 keys on which nothing goes on no more than it must', () => {
    const check = new HistoryCheck(cell);
    for (let id = 0; id < 20_000; id += 1) {
      check.invoke(id, { f: 'write', key: id, value: id });
      check.complete(id, 'ok', null);
    }
    expect(check.soFar()).toMatchObject({ verdict: 'ok', decided: 20_000, keys: 20_000 });
    // Some 8 KB each.
    expect(check.soFar().searches).toBeLessThanOrEqual(2_000);
    for (let id = 0; id < 20_000; id += 1) {
      check.invoke(20_000 + id, { f: 'read', key: id });
      check.complete(20_000 + id, 'ok', id === 19_000 ? 1 : id);
    }
    expect(check.end()).toMatchObject({
      verdict: 'violation',
      violation: { key: 19_000, possible: ['19000'] },
    });
  });

  test('refuses what it cannot work with', () => {
    expect(() => new HistoryCheck(lock)).toThrow('the model lock judges a history as a whole');
    expect(() => new HistoryCheck(cell, { beam: 0 })).toThrow('beam is a whole number of at least 1; got 0.');
    const check = new HistoryCheck(cell);
    check.invoke(1, { f: 'read' });
    expect(() => check.invoke(1, { f: 'read' })).toThrow('operation 1 was invoked twice');
  });
});

/** Tells the events of a history, in order. */
function follow(
  check: HistoryCheck<unknown, unknown, unknown>,
  history: readonly Operation[],
): HistoryVerdict {
  const events = history.flatMap((o) => [
    { at: o.invokedAt, tell: () => check.invoke(o.id, o.op, o.process) },
    ...(o.outcome === 'ok' ? [{ at: o.completedAt, tell: () => check.complete(o.id, 'ok', o.value) }] : []),
  ]);
  events.sort((a, b) => a.at - b.at);
  for (const { tell } of events) tell();
  return check.end();
}

/** Follows a history within bounds. */
function narrowly(
  history: readonly Operation[],
  bounds: Bounds,
): { verdict: 'ok' | 'violation' | 'undecided'; wasSplit: boolean } {
  const frontier = new Frontier(cell as AnyModel, bounds, everyTechnique);
  const actions = new Map<number, ReturnType<Frontier['invoke']>>();
  const events = eventsOf(history);
  for (let i = 0; i < events.length; i += 1) {
    const o = history[events[i]! >>> 1]!;
    if ((events[i]! & 1) === 1) {
      const passage = frontier.return(actions.get(o.id)!);
      const { wasSplit } = frontier;
      if (passage !== 'survived')
        return { verdict: passage === 'refused' ? 'violation' : 'undecided', wasSplit };
    } else if (o.outcome === 'info') frontier.invokeUnknown(o.op, undefined, () => JSON.stringify(o.op));
    else actions.set(o.id, frontier.invoke(o.op, o.value, o.completedAt));
  }
  return { verdict: frontier.isProved ? 'ok' : 'undecided', wasSplit: frontier.wasSplit };
}
