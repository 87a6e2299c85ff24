/**
 * What a model must not do, because a search would take it for something else and tell a wrong verdict: a first state of `null`, a `step` that
 * forgets to return, answers later or changes the state it was given, states and keys that look alike though they are not, `reaches` that contradict `step`.
 */
import type { AnyModel } from './model.ts';
import { describeOperation, describeState, identityOf } from './model.ts';

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

/** Models of this package, whose `reaches` a test compares with `step`: a search need not. */
const provedReaches = new WeakSet<object>();

/** The model, whose `reaches` are proved by a test. A copy of it with something else in it is another model. */
export function withProvedReaches<M extends object>(model: M): M {
  provedReaches.add(model);
  return model;
}

/** Whether what the model says in `reaches` is to be compared with `step`. */
export function hasReachesToProve(model: AnyModel): boolean {
  return model.reaches !== undefined && !provedReaches.has(model);
}

/**
 * Compares what `reaches` says of an operation with what `step` made of it.
 *
 * @param after what `step` made of `before`
 * @throws BadModel where they disagree: a search believes `reaches`
 */
export function checkReaches(
  model: AnyModel,
  { op, value }: { readonly op: unknown; readonly value: unknown },
  before: unknown,
  after: unknown,
): void {
  const from = model.reaches?.from(op, value);
  // Where reads lead, `reaches` is not asked.
  const to = model.readOnly?.(op, value) === true ? undefined : model.reaches?.to(op, value);
  const refuse = (said: string, does: string): never => {
    throw new BadModel(
      model,
      `reaches says of ${describeOperation(model, op, value)} that ${said}, but step() ${does} ${describeState(model, before, op)}`,
      'Let it say what step() does in every state, and undefined where there are several answers or it is not known.',
    );
  };
  const isThere = from !== undefined && isSameState(identityOf(model, before), from);
  if (after === null) {
    if (isThere) refuse(`it is legal in the state ${from}`, 'refuses it in');
    if (from === undefined && to !== undefined) refuse('it is legal in every state', 'refuses it in');
    return;
  }
  if (from !== undefined && !isThere) refuse(`it is legal in the state ${from} only`, 'allows it in');
  if (to === undefined) return;
  const left = identityOf(model, after);
  if (!isSameState(left, to)) refuse(`it leaves the state ${to}`, `makes it leave ${left}, from`);
}

/** As a map tells its keys: `NaN` is one, and so are 0 and −0. */
function isSameState(a: string | number, b: string | number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Without what the model says in advance all can be explained, and with it the operation fits nowhere. @throws BadModel */
export function refuseContradiction(
  model: AnyModel,
  { op, value }: { readonly op: unknown; readonly value: unknown },
): never {
  throw new BadModel(
    model,
    `by what it says in reaches, hindsight or foresee ${describeOperation(model, op, value)} fits no order, but by step() alone it fits`,
    'Let them say what step() does, and nothing where it is not known.',
  );
}
