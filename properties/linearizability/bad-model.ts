/**
 * What a model must not do, because a search would take it for something else and tell a wrong verdict: a first state of `null`, a `step` that
 * forgets to return, answers later or changes the state it was given, states and keys that look alike though they are not.
 */
import type { AnyModel } from './model.ts';
import { identityOf } from './model.ts';

/** A model that cannot judge anything. The message says what it does, and what it should. */
export class BadModel extends Error {
  readonly code = 'BAD_MODEL';
  /** What to write instead. */
  readonly next: string;
  constructor(model: AnyModel, what: string, next: string) {
    super(`the model ${String(model.name)} cannot judge: ${what}. ${next}`);
    this.name = 'BadModel';
    this.next = next;
  }
}

/** The state before the first operation. @throws BadModel where there cannot be one */
export function firstState(model: AnyModel): unknown {
  const state = model.init();
  if (state === null || state === undefined) {
    throw new BadModel(
      model,
      `init() gives ${state === null ? 'null, which is how step says "illegal"' : 'undefined'}`,
      'Give the empty object a state that is something: { value: null }, 0, [].',
    );
  }
  checkState(model, state, 'init()');
  return state;
}

/** @throws BadModel for what `step` cannot have meant; `null` is meant */
export function checkNext(model: AnyModel, next: unknown): void {
  if (next !== undefined) return;
  throw new BadModel(
    model,
    'step() returned undefined',
    'Return the state after the operation, or null where it cannot have been answered so.',
  );
}

/** @throws BadModel if `step` changed the state that it was given, whose identity was `identity` */
export function checkUnchanged(model: AnyModel, state: unknown, identity: string | number): void {
  if (identityOf(model, state) === identity) return;
  throw new BadModel(
    model,
    'step() changed the state that it was given',
    'States are immutable: return a new one.',
  );
}

/** What is looked at of a state. */
const partsMax = 1_000;

/** @throws BadModel if the state is none, or JSON cannot tell it from others and the model has no `identity` */
export function checkState(model: AnyModel, state: unknown, from: string): void {
  if (state instanceof Promise) {
    throw new BadModel(model, `${from} gives a promise`, 'Models are synchronous: no async, no await.');
  }
  if (model.identity !== undefined || typeof state !== 'object' || state === null) return;
  let left = partsMax;
  const look = (part: unknown): void => {
    left -= 1;
    if (left < 0) return;
    const what = lostInJson(part);
    if (what !== null) {
      throw new BadModel(
        model,
        `a state holds ${what}, which its JSON does not show, so that different states would look the same`,
        'Use plain data, or give the model an identity(state).',
      );
    }
    if (typeof part === 'object' && part !== null && !('toJSON' in part)) Object.values(part).forEach(look);
  };
  look(state);
}

/** What JSON leaves out, or writes like something else. */
function lostInJson(part: unknown): string | null {
  if (part instanceof Map) return 'a Map';
  if (part instanceof Set) return 'a Set';
  if (typeof part === 'bigint' || typeof part === 'function' || typeof part === 'symbol') {
    return `a ${typeof part}`;
  }
  if (typeof part === 'number' && !Number.isFinite(part)) return String(part);
  if (typeof part !== 'object' || part === null || Array.isArray(part) || 'toJSON' in part) return null;
  const prototype: unknown = Object.getPrototypeOf(part);
  const isPlain = prototype === Object.prototype || prototype === null;
  return isPlain || Object.keys(part).length > 0 ? null : 'an object without fields that can be seen';
}

/** The key of an operation. @throws BadModel where it is no key: objects would all be different ones */
export function keyOfOperation(model: AnyModel, op: unknown): string | number | null {
  const key: unknown = model.key === undefined ? null : model.key(op);
  if (typeof key === 'string' || typeof key === 'number' || key === null) return key;
  if (key === undefined) return null;
  throw new BadModel(
    model,
    `key() gives ${Array.isArray(key) ? 'an array' : `a value of type ${typeof key}`}`,
    'A key is a string or a number, and null where there is none.',
  );
}
