import { describe, expect, test } from 'vitest';
import { modelNamed, modelNames, UnknownModel } from './models-by-name.ts';

describe('a model by name', () => {
  test('is there for every name, and called so; siblings are registers to whoever judges them', () => {
    expect(modelNames).toHaveLength(14);
    for (const name of modelNames)
      expect(modelNamed(name).name).toBe(name === 'siblings' ? 'register' : name);
  });

  test('that is not there is told from the nearest ones', () => {
    const nearestOf = (name: string): readonly string[] => {
      try {
        modelNamed(name);
      } catch (error) {
        if (error instanceof UnknownModel) return error.nearest;
      }
      return expect.fail(`${name} is a model`);
    };
    expect(nearestOf('rentrant-mutx')).toEqual(['reentrant-mutex']);
    expect(nearestOf('Queues')).toEqual(['queue']);
    expect(nearestOf('cas_register')).toEqual(['cas-register', 'register']);
    expect(nearestOf('xyzzy')).toEqual([]);
    expect(nearestOf('q'.repeat(1_000_000))).toEqual([]);
    for (const name of ['__proto__', 'constructor', 'toString', '']) expect(nearestOf(name)).toEqual([]);
    expect(() => modelNamed('mutx')).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_MODEL',
        message:
          'there is no model "mutx". Nearest: mutex. Built in: register, siblings, lock, barrier, cas-register, kv, counter, set, queue, stack, mutex, reentrant-mutex, fenced-mutex, semaphore. Or pass a model of your own.',
      }) as Error,
    );
  });
});
