/**
 * Splits a history into parts that can be judged apart. Linearizability is local: a history is linearizable if and only if,
 * for each object, the part that concerns it is (Herlihy and Wing 1990, theorem 1). Here an object is a key.
 */
import type { Operation } from '../history.ts';
import { keyOfOperation } from './bad-model.ts';
import type { AnyModel } from './model.ts';

/** The operations on one key, in the order in which the history has them. */
export interface Component {
  /** `null` where the model has no keys. */
  readonly key: string | number | null;
  readonly operations: Operation[];
}

/**
 * The components of a history, in order of their first operation. Operations that are not the model's are left out, and so are
 * those that failed: they certainly did not happen, so nothing has to explain them, and nothing may rest on them.
 * What an operation of unknown result answered (an error text, say) is no result, and is dropped.
 *
 * @throws BadModel for a key that is none
 */
export function componentsOf(model: AnyModel, operations: readonly Operation[]): readonly Component[] {
  const components = new Map<string | number | null, Component>();
  let last: Component | undefined;
  for (const operation of operations) {
    if (operation.outcome === 'fail') continue;
    if (model.handles !== undefined && !model.handles(operation.op)) continue;
    const key = keyOfOperation(model, operation.op);
    let component = key === last?.key ? last : components.get(key);
    if (component === undefined) components.set(key, (component = { key, operations: [] }));
    last = component;
    const hearsay = operation.outcome === 'info' && operation.value !== undefined;
    component.operations.push(hearsay ? { ...operation, value: undefined } : operation);
  }
  return [...components.values()];
}
