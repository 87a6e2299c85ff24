import { describe, expect, test } from 'vitest';
import { casRegister } from './cas-register.ts';
import { judged, oneByOne, operation, verdict } from './sequence.test-support.ts';

const read = { f: 'read' };
const write = (value: unknown) => ({ f: 'write', value });
const cas = (from: unknown, to: unknown) => ({ f: 'cas', from, to });

describe('a register that compares values', () => {
  test('holds null until something is written, and then that', () => {
    expect(verdict(casRegister, [read, null], [write(1), null], [read, 1])).toBe('ok');
    expect(verdict(casRegister, [read, 1])).toBe('violation');
    expect(verdict(casRegister, [write(1), null], [read, null])).toBe('violation');
  });

  test('writes on a cas if it holds what was asked for, and only then', () => {
    expect(verdict(casRegister, [cas(null, 1), true], [cas(1, 2), true], [read, 2])).toBe('ok');
    expect(verdict(casRegister, [write(1), null], [cas(2, 3), true])).toBe('violation');
    expect(verdict(casRegister, [write(1), null], [cas(1, 3), false])).toBe('violation');
    expect(verdict(casRegister, [write(1), null], [cas(2, 3), false], [read, 1])).toBe('ok');
  });

  test('compares objects by their meaning, and tells 1 from "1"', () => {
    expect(verdict(casRegister, [write({ a: 1, b: 2 }), null], [read, { b: 2, a: 1 }])).toBe('ok');
    expect(verdict(casRegister, [write(1), null], [read, '1'])).toBe('violation');
  });

  test('may or may not have done what nobody heard the end of', () => {
    expect(verdict(casRegister, [write(1), null], [write(2)], [read, 1], [read, 2])).toBe('ok');
    expect(verdict(casRegister, [write(1), null], [write(2)], [read, 2], [read, 1])).toBe('violation');
  });

  test('judges keys apart, whatever they are called', () => {
    const at = (key: string, op: object) => ({ ...op, key });
    const history = ['__proto__', 'constructor', '1'].map((key) => [at(key, write(key)), null] as const);
    expect(verdict(casRegister, ...history, [at('__proto__', read), '__proto__'], [read, null])).toBe('ok');
    expect(verdict(casRegister, ...history, [at('__proto__', read), '1'])).toBe('violation');
  });

  test('says in words what was asked, answered and possible', () => {
    const told = [
      operation(0, 1, 2, { ...write(1), key: 'k7' }, null),
      operation(1, 3, 4, { ...read, key: 'k7' }, 2),
    ];
    expect(judged(casRegister, told)).toMatchObject({
      message: expect.stringContaining('read k7 → 2 by process 1') as string,
      possible: ['1'],
    });
    const wrong = oneByOne([write(1), null], [cas(2, 3), true]);
    expect(judged(casRegister, wrong)).toMatchObject({
      message: expect.stringContaining('cas 2 to 3 → done') as string,
    });
  });
});
