/** What a violation says of the states in which the answer was tried, against all orders there are. */
import { expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { checkLinearizable } from './check.ts';
import type { AnyModel } from './model.ts';
import { describeState } from './model.ts';
import { casRegister } from './models/cas-register.ts';
import { kv } from './models/kv.ts';
import { queue } from './models/queue.ts';
import { Draws } from './random-history.test-support.ts';

/** States that some order of what had returned before `failed` did leaves; `more`: or had been invoked and may have taken effect. */
function statesBefore(
  model: AnyModel,
  all: readonly Operation[],
  failed: Operation,
  more: boolean,
): Set<string> {
  const before = all.filter((o) => o.id !== failed.id && o.invokedAt <= failed.completedAt);
  const required = before.filter((o) => o.outcome === 'ok' && o.completedAt < failed.completedAt);
  const states = new Set<string>();
  const been = new Set<string>();
  const go = (state: unknown, placed: readonly number[]): void => {
    const here = JSON.stringify([state, [...placed].sort()]);
    if (been.has(here)) return;
    been.add(here);
    if (required.every((o) => placed.includes(o.id))) states.add(describeState(model, state, failed.op));
    for (const o of more ? before : required) {
      if (placed.includes(o.id)) continue;
      if (before.some((p) => p.completedAt < o.invokedAt && !placed.includes(p.id))) continue;
      const next = model.step(state, o.op, o.outcome === 'ok' ? o.value : undefined);
      if (next !== null) go(next, [...placed, o.id]);
    }
  };
  go(model.init(), []);
  return states;
}

/** Operations drawn at will, answers too: most of what comes out is wrong. */
function drawn(draws: Draws, kind: (draws: Draws) => readonly [unknown, unknown]): readonly Operation[] {
  return Array.from({ length: 4 + draws.below(5) }, (_, id) => {
    const [op, value] = kind(draws);
    const invokedAt = 2 * id + 1;
    const isKnown = draws.chance(85);
    const completedAt = isKnown ? invokedAt + 1 + 2 * draws.below(4) + id / 100 : Infinity;
    const answered = {
      outcome: isKnown ? ('ok' as const) : ('info' as const),
      value: isKnown ? value : undefined,
    };
    return { id, process: id, op, invokedAt, completedAt, ...answered, place: 0 };
  });
}

const kinds: readonly (readonly [AnyModel, (draws: Draws) => readonly [unknown, unknown]])[] = [
  [
    casRegister as AnyModel,
    (draws) =>
      draws.chance(40)
        ? [{ f: 'read' }, draws.below(3)]
        : draws.chance(60)
          ? [{ f: 'write', value: draws.below(3) }, null]
          : [{ f: 'cas', from: draws.below(3), to: draws.below(3) }, draws.chance(50)],
  ],
  [
    kv as AnyModel,
    (draws) =>
      draws.chance(40)
        ? [{ f: 'get', key: 'k' }, ['', 'x', 'xy', 'yx', 'y'][draws.below(5)]]
        : [{ f: draws.chance(30) ? 'put' : 'append', key: 'k', value: draws.chance(50) ? 'x' : 'y' }, null],
  ],
  [
    queue as AnyModel,
    (draws) =>
      draws.chance(50)
        ? [{ f: 'dequeue' }, draws.chance(20) ? null : draws.below(3)]
        : [{ f: 'enqueue', value: draws.below(3) }, null],
  ],
];

test.each(kinds.map(([model, kind]) => [model.name, model, kind] as const))(
  'what a %s was found to hold is what it could have held, all of it: 400 wrong histories',
  (_, model, kind) => {
    let supposed = 0;
    for (let seed = 1, found = 0; found < 400; seed += 1) {
      const history = drawn(new Draws(seed), kind);
      const result = checkLinearizable(model, history);
      if (result.verdict !== 'violation') continue;
      found += 1;
      const certain = statesBefore(model, history, result.operation, false);
      const all = statesBefore(model, history, result.operation, true);
      expect(
        result.possible.every((state) => all.has(state)),
        `seed ${seed}`,
      ).toBe(true);
      expect(
        [...certain].every((state) => result.possible.includes(state)),
        `seed ${seed}`,
      ).toBe(true);
      const others = [...all].filter((state) => !result.possible.includes(state));
      expect(result.message.includes(' had taken effect.'), `seed ${seed}`).toBe(others.length > 0);
      for (const state of others.length > 4 ? [] : others) expect(result.reason).toContain(state);
      expect(result.message).toContain('Whatever the order of the others, it found ');
      if (others.length > 0) supposed += 1;
    }
    expect(supposed).toBeGreaterThan(40);
  },
);
