/**
 * The trial of merge functions, before anything starts: replicas merge the same values in other orders and groupings, and some more than once, so a function must be
 * commutative, associative and idempotent. Values are drawn from an arbitrary of fast-check that comes with the function's registration; a counterexample is
 * shrunk and shown.
 */
import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import { CoreError } from '../core/errors.ts';
import type { RegisterValue } from '../core/machine/registers/registers.ts';
import type { MergeFunction, MergeFunctions } from '../core/machine/siblings/strategies.ts';

/** A function and the values that it is for. */
export interface MergeRegistration {
  readonly merge: MergeFunction;
  /** Real values, as the application writes them. */
  readonly values: Arbitrary<RegisterValue>;
}

/** Always the same trial. */
const trial = { seed: 20_260_101, numRuns: 1_000 } as const;

function called(name: string, merge: MergeFunction, a: RegisterValue, b: RegisterValue): RegisterValue {
  try {
    return merge(a, b);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`merge("${name}") throws: ${name}(${text(a)}, ${text(b)}): ${why}`, { cause: error });
  }
}

function text(value: RegisterValue): string {
  return JSON.stringify(value);
}

/** What breaks a law, in a sentence with the smallest counterexample found; `null`: nothing did. */
export function counterexample(name: string, { merge, values }: MergeRegistration): string | null {
  const of = (a: RegisterValue, b: RegisterValue): RegisterValue => called(name, merge, a, b);
  const laws = [
    fc.property(values, values, (a, b) => {
      const [one, other] = [of(a, b), of(b, a)];
      if (one === other) return;
      throw new Error(
        `merge("${name}") is not commutative: ${name}(${text(a)}, ${text(b)}) = ${text(one)}, ${name}(${text(b)}, ${text(a)}) = ${text(other)}`,
      );
    }),
    fc.property(values, (a) => {
      const twice = of(a, a);
      if (twice === a) return;
      throw new Error(`merge("${name}") is not idempotent: ${name}(${text(a)}, ${text(a)}) = ${text(twice)}`);
    }),
    fc.property(values, values, values, (a, b, c) => {
      const [left, right] = [of(of(a, b), c), of(a, of(b, c))];
      if (left === right) return;
      throw new Error(
        `merge("${name}") is not associative: with ${[a, b, c].map(text).join(', ')} the left two first give ${text(left)}, the right two first ${text(right)}`,
      );
    }),
  ];
  for (const law of laws) {
    // Nothing in it is asynchronous.
    const { failed, errorInstance } = fc.check(
      law as fc.IRawProperty<unknown>,
      trial,
    ) as fc.RunDetails<unknown>;
    if (failed) return errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  }
  return null;
}

/**
 * Tries every function and gives them as a machine takes them.
 * @throws CoreError BAD_CONFIGURATION with the counterexample, for the first function that breaks a law or throws
 */
export function triedMerges(registrations: { readonly [name: string]: MergeRegistration }): MergeFunctions {
  for (const [name, registration] of Object.entries(registrations)) {
    const found = counterexample(name, registration);
    if (found !== null) {
      throw new CoreError(
        'BAD_CONFIGURATION',
        `${found}.`,
        'Make it commutative, associative and idempotent, or keep the siblings.',
      );
    }
  }
  return Object.fromEntries(Object.entries(registrations).map(([name, { merge }]) => [name, merge]));
}
