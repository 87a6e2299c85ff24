/**
 * A model that says in advance from which state to which its operations lead (`Model.reaches`) is believed: the search does not ask its `step` any
 * longer. So what it says has to be what `step` does, whatever state there is and whatever was asked and answered.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyModel } from '../model.ts';
import { identityOf } from '../model.ts';
import { modelNamed, modelNames } from '../models-by-name.ts';

/** What was asked and answered; `undefined`: nobody knows. */
type Asked = readonly [op: unknown, value: unknown];

/** Few, so that an operation finds what it needs; among them those that look like one another. */
const few: readonly unknown[] = [
  ...[0, -0, 1, -1, '1', '', 'null', null, true, false],
  ...[[], {}, [1], { a: 1, b: [2] }, { b: [2], a: 1 }, NaN],
  // What is written under a mark, and what begins with it.
  ...['\0{}', '\0', '__proto__', JSON.parse('{"__proto__":1}')],
];
const value = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...few) }, fc.jsonValue());
const answer = fc.option(value, { nil: undefined, freq: 4 });
const done = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(true, false, undefined) }, answer);

/** By model: what may be asked of it and answered, sense or nonsense. */
const kinds: { readonly [model: string]: fc.Arbitrary<Asked> } = {
  'cas-register': fc.oneof(
    fc.tuple(fc.record({ f: fc.constant('read') }), answer),
    fc.tuple(fc.record({ f: fc.constant('write'), value: answer }), done),
    fc.tuple(fc.record({ f: fc.constant('cas'), from: answer, to: answer }), done),
  ),
  mutex: fc.tuple(fc.record({ f: fc.constantFrom('acquire', 'release') }), done),
};

const telling = modelNames.map(modelNamed).filter((model) => model.reaches !== undefined);

test('every model that says where its operations lead is held to it here', () => {
  expect(telling.map(({ name }) => name).sort()).toEqual(Object.keys(kinds).sort());
});

/** How often something was said of a state that was reached. */
interface Said {
  from: number;
  elsewhere: number;
  to: number;
  blind: number;
}

/** As the search tells states: as keys of a map, where 0 and −0 are one. */
function isSame(a: string | number, b: string | number | undefined): boolean {
  return new Map([[a, true]]).has(b as never);
}

/** Asks `step` whether what the model says of an operation is so in this state. */
function compare(model: AnyModel, state: unknown, [op, answered]: Asked, said: Said): void {
  const from = model.reaches!.from(op, answered);
  const isRead = model.readOnly?.(op, answered) === true;
  const to = isRead ? undefined : model.reaches!.to(op, answered);
  const after = model.step(state, op, answered);
  const isThere = isSame(identityOf(model, state), from);
  if (from !== undefined) {
    // It is legal there, and nowhere else.
    expect(after !== null).toBe(isThere);
    if (isThere) said.from += 1;
    else said.elsewhere += 1;
  } else if (to !== undefined) {
    expect(after).not.toBeNull();
    said.blind += 1;
  }
  if (after === null) return;
  if (to !== undefined) {
    expect(isSame(identityOf(model, after), to)).toBe(true);
    said.to += 1;
  }
  if (isRead) expect(isSame(identityOf(model, after), identityOf(model, state))).toBe(true);
}

describe('what reaches says is what step does, in every state that operations lead to:', () => {
  test.each(telling.map((model) => [model.name, model] as const))('%s', (name, model) => {
    const said: Said = { from: 0, elsewhere: 0, to: 0, blind: 0 };
    fc.assert(
      fc.property(fc.array(kinds[name]!, { minLength: 1, maxLength: 12 }), (asked) => {
        const states = [model.init()];
        for (const [op, answered] of asked) {
          const after = model.step(states.at(-1), op, answered);
          if (after !== null) states.push(after);
        }
        for (const state of states) for (const one of asked) compare(model, state, one, said);
      }),
      { numRuns: 2_000 },
    );
    // Worth something only if it said much, and of states that were there.
    expect(said.from).toBeGreaterThan(1_000);
    expect(said.elsewhere).toBeGreaterThan(1_000);
    expect(said.to).toBeGreaterThan(1_000);
    if (name === 'cas-register') expect(said.blind).toBeGreaterThan(1_000);
  });
});
