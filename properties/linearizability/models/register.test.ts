import { describe, expect, test } from 'vitest';
import type { RegisterOp, RegisterState, RegisterValue } from './register.ts';
import { register } from './register.ts';

const get: RegisterOp = { f: 'get', key: 'k' };
const put = (value: unknown): RegisterOp => ({ f: 'put', key: 'k', value });
const cas = (version: number, value: unknown): RegisterOp => ({ f: 'cas', key: 'k', version, value });
const remove: RegisterOp = { f: 'delete', key: 'k' };

/** The state after a sequence of operations; `null` from the first that the model refuses. */
function after(...steps: [RegisterOp, RegisterValue?][]): RegisterState | null {
  return steps.reduce<RegisterState | null>(
    (state, [op, value]) => (state === null ? null : register.step(state, op, value)),
    register.init(),
  );
}

describe('the register', () => {
  test('answers the last write, and absence with version 0', () => {
    expect(after([get, { value: null, version: 0 }])).not.toBeNull();
    expect(after([put(1), { version: 4 }], [get, { value: 1, version: 4 }])).not.toBeNull();
    expect(after([put(1), { version: 4 }], [get, { value: 2, version: 4 }])).toBeNull();
    expect(after([put(1), { version: 4 }], [get, { value: 1, version: 5 }])).toBeNull();
    expect(after([put(1), { version: 4 }], [get, { value: null, version: 0 }])).toBeNull();
  });

  test('gives each write a greater version than every earlier one, deleted ones included', () => {
    expect(after([put(1), { version: 4 }], [put(2), { version: 4 }])).toBeNull();
    expect(after([put(1), { version: 4 }], [remove, { existed: true }], [put(2), { version: 3 }])).toBeNull();
    expect(
      after([put(1), { version: 4 }], [remove, { existed: true }], [put(2), { version: 6 }]),
    ).not.toBeNull();
  });

  test('says of a delete whether the key existed', () => {
    expect(after([remove, { existed: true }])).toBeNull();
    expect(after([put(1), { version: 1 }], [remove, { existed: false }])).toBeNull();
    expect(after([put(1), { version: 1 }], [remove], [get, { value: null, version: 0 }])).not.toBeNull();
  });

  test('does a cas exactly if its version is the one that stands, 0 if absent', () => {
    expect(
      after([cas(0, 1), { done: true, version: 2 }], [cas(2, 5), { done: true, version: 3 }]),
    ).not.toBeNull();
    expect(after([cas(1, 1), { done: true, version: 2 }])).toBeNull();
    expect(after([cas(1, 1), { done: false, value: null, version: 0 }])).not.toBeNull();
    expect(after([put(1), { version: 2 }], [cas(2, 1), { done: false, value: 1, version: 2 }])).toBeNull();
  });

  test('lets a write of unknown result have any greater version, fixed by whoever sees it first', () => {
    const written: [RegisterOp, RegisterValue?][] = [[put(1), { version: 4 }], [put(2)]];
    expect(after(...written, [get, { value: 2, version: 4 }])).toBeNull();
    expect(after(...written, [get, { value: 2, version: 9 }])).not.toBeNull();
    expect(after(...written, [get, { value: 2, version: 9 }], [get, { value: 2, version: 8 }])).toBeNull();
    expect(after(...written, [put(3), { version: 5 }])).toBeNull();
    expect(after(...written, [put(3), { version: 6 }])).not.toBeNull();
    expect(after(...written, [cas(7, 3), { done: true, version: 8 }])).not.toBeNull();
    expect(after(...written, [cas(7, 3), { done: true, version: 7 }])).toBeNull();
    expect(after(...written, [cas(4, 3)])).toBeNull();
  });

  test('is left as it was by an operation that was refused', () => {
    expect(after([put(1), { error: 'KEY_TOO_LONG' }], [get, { value: null, version: 0 }])).not.toBeNull();
  });

  test('tells operations and states in words', () => {
    expect(register.describe!(cas(4, 9), { done: false, value: 1, version: 5 })).toBe(
      'cas k = 9 if version 4 → not done, 1 (version 5)',
    );
    expect(register.describeState!(after([put(1), { version: 4 }])!)).toBe('1 (version 4)');
    expect(register.describeState!(after([put(1)])!)).toBe('1 (version at least 1)');
    expect(register.describeState!(after()!)).toBe('absent');
  });
});
