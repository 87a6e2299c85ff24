/**
 * What becomes of concurrent values, by key prefix: configuration of the cluster, the same at every replica.
 *
 * - `last_writer_wins`: the one of the greatest log index stays. By wall clocks, an earlier write could beat a later one that was acknowledged.
 * - `merge_function`: they become one, by a function that is commutative, associative and idempotent (scenarios/merge-laws.ts tries it before anything starts).
 * - `application_callback`: all stay; the application resolves them and writes back with their context.
 * - `reject`: the write is refused, and told what stands.
 */
import { CoreError } from '../../errors.ts';
import type { RegisterValue } from '../registers/registers.ts';

/** How a key's concurrent values are dealt with. */
export type Strategy = 'last_writer_wins' | 'merge_function' | 'application_callback' | 'reject';

const knownStrategies: readonly Strategy[] = [
  'last_writer_wins',
  'merge_function',
  'application_callback',
  'reject',
];

/** Makes one value of two. Pure; may throw where two values cannot be merged. */
export type MergeFunction = (a: RegisterValue, b: RegisterValue) => RegisterValue;

/** Functions by name: code, and so no part of what is replicated. */
export type MergeFunctions = { readonly [name: string]: MergeFunction };

/** The strategy of the keys that begin with `prefix`; of several, the longest counts. */
export interface PrefixStrategy {
  readonly prefix: string;
  readonly strategy: Strategy;
  /** Of `merge_function`: which. */
  readonly merge?: string;
}

/** Strategies by prefix, and the functions that they name. */
export interface ConflictConfiguration {
  /** Keys of no prefix: `application_callback`. */
  readonly strategies: readonly PrefixStrategy[];
  readonly merges: MergeFunctions;
}

function words(value: RegisterValue): readonly string[] {
  return String(value)
    .split(' ')
    .filter((word) => word !== '');
}

/** The functions that come with the package: the greater of two numbers, and the union of two sets of words. */
export const builtInMerges: MergeFunctions = {
  max: (a, b) => {
    if (typeof a !== 'number' || typeof b !== 'number') throw new TypeError('max merges integers');
    return a >= b ? a : b;
  },
  union: (a, b) =>
    [...new Set([...words(a), ...words(b)])].sort((x, y) => (x < y ? -1 : x > y ? 1 : 0)).join(' '),
};

/** One prefix for each strategy. */
export const defaultConflicts: ConflictConfiguration = {
  strategies: [
    { prefix: 'lww:', strategy: 'last_writer_wins' },
    { prefix: 'max:', strategy: 'merge_function', merge: 'max' },
    { prefix: 'union:', strategy: 'merge_function', merge: 'union' },
    { prefix: 'app:', strategy: 'application_callback' },
    { prefix: 'reject:', strategy: 'reject' },
  ],
  merges: builtInMerges,
};

/** @throws CoreError BAD_CONFIGURATION where a prefix comes twice, a strategy is not known, or a function is missing. */
export function requireConflicts({ strategies, merges }: ConflictConfiguration): void {
  const prefixes = new Set<string>();
  for (const { prefix, strategy, merge } of strategies) {
    if (prefixes.has(prefix)) {
      throw new CoreError('BAD_CONFIGURATION', `The prefix "${prefix}" has two strategies.`, 'Leave one.');
    }
    prefixes.add(prefix);
    if (!knownStrategies.includes(strategy)) {
      throw new CoreError(
        'BAD_CONFIGURATION',
        `Keys "${prefix}…" have the strategy "${strategy}", which there is not.`,
        `Known: ${knownStrategies.join(', ')}.`,
      );
    }
    if (strategy !== 'merge_function') continue;
    if (merge === undefined || !Object.hasOwn(merges, merge)) {
      throw new CoreError(
        'BAD_CONFIGURATION',
        `Keys "${prefix}…" are merged by ${merge === undefined ? 'no function' : `"${merge}"`}, which there is not.`,
        `Known: ${Object.keys(merges).join(', ')}.`,
      );
    }
  }
}

const callback: PrefixStrategy = { prefix: '', strategy: 'application_callback' };

/** The strategy of a key. */
export function strategyOf(key: string, { strategies }: ConflictConfiguration): PrefixStrategy {
  let found = callback;
  for (const one of strategies) {
    if (key.startsWith(one.prefix) && (found === callback || one.prefix.length > found.prefix.length))
      found = one;
  }
  return found;
}
