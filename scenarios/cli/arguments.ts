/** What people type behind options, read strictly: a value that is not understood is an error, never a default. */
import { exact } from '../../reports/figures.ts';
import { InputError } from '../input-error.ts';

/** Largest number of workers: more threads than any machine's cores help nobody. */
export const maxWorkers = 256;

/**
 * A whole number in decimal digits.
 * @throws InputError with the code
 */
export function wholeNumber(
  text: string,
  option: string,
  code: string,
  max: number,
  example: string,
): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= 1 && value <= max) return value;
  throw new InputError(code, `${option} takes a whole number from 1 to ${exact(max)}; got "${text}".`, [
    `try: ${example}`,
  ]);
}

/** `--seeds`, `--seed`, `--first`. */
export interface SeedArguments {
  readonly seeds: string | undefined;
  readonly seed: string | undefined;
  readonly first: string | undefined;
}

/**
 * The range of seeds; `random` draws a base, which the header of the run prints.
 * @throws InputError BAD_SEEDS, BAD_SEED, BAD_FIRST
 */
export function seedRange(
  given: SeedArguments,
  standard: number,
  random: () => number,
): { readonly first: number; readonly seeds: number } {
  const run = 'npx stormglass run';
  if (given.seed !== undefined) {
    if (given.seeds !== undefined || given.first !== undefined) {
      throw new InputError(
        'BAD_SEEDS',
        '--seed runs that one seed; it does not go with --seeds or --first.',
        [`try: ${run} --seeds 10 --first 31`],
      );
    }
    return { first: oneSeed(given.seed), seeds: 1 };
  }
  const largest = Number.MAX_SAFE_INTEGER;
  const seeds =
    given.seeds === undefined
      ? standard
      : wholeNumber(given.seeds, '--seeds', 'BAD_SEEDS', largest, `${run} --seeds 10`);
  if (given.first === 'random') return { first: 1 + Math.floor(random() * (2 ** 32 - 1)), seeds };
  const first =
    given.first === undefined
      ? 1
      : wholeNumber(given.first, '--first', 'BAD_FIRST', largest, `${run} --seeds 10 --first 31`);
  if (first - 1 > largest - seeds) {
    throw new InputError('BAD_SEEDS', `the last of the seeds would be above ${exact(largest)}.`, [
      `try: ${run} --seeds 10 --first 1`,
    ]);
  }
  return { first, seeds };
}

/**
 * `--seed`.
 * @throws InputError BAD_SEED
 */
export function oneSeed(text: string): number {
  return wholeNumber(text, '--seed', 'BAD_SEED', Number.MAX_SAFE_INTEGER, '… --seed 31');
}

/**
 * `--workers`.
 * @throws InputError BAD_WORKERS
 */
export function workerCount(text: string): number {
  return wholeNumber(text, '--workers', 'BAD_WORKERS', maxWorkers, 'npx stormglass run --workers 2');
}

/**
 * `--shard i/n`, counted from 1; each shard must have a seed.
 * @throws InputError BAD_SHARD
 */
export function shardOf(text: string, seeds: number): { readonly index: number; readonly of: number } {
  const [index, of] = fraction(text);
  if (index === undefined || of === undefined || index > of) {
    throw new InputError('BAD_SHARD', `--shard takes i/n, with i from 1 to n; got "${text}".`, [
      'try: npx stormglass run --seeds 100 --shard 1/4',
    ]);
  }
  if (index > seeds) {
    throw new InputError('BAD_SHARD', `shard ${text} of ${exact(seeds)} seeds is empty.`, [
      `try: npx stormglass run --seeds ${of * 10} --shard ${text}`,
    ]);
  }
  return { index, of };
}

/**
 * `--verify 1/20`: every how many seeds.
 * @throws InputError BAD_VERIFY
 */
export function verifyEvery(text: string): number {
  const [one, of] = fraction(text);
  if (one === 1 && of !== undefined) return of;
  throw new InputError('BAD_VERIFY', `--verify takes 1/n, every nth seed; got "${text}".`, [
    'try: npx stormglass run --verify 1/20',
  ]);
}

function fraction(text: string): [number?, number?] {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  if (match === null) return [];
  const numbers = [Number(match[1]), Number(match[2])] as const;
  return numbers.every((n) => Number.isSafeInteger(n) && n >= 1) ? [...numbers] : [];
}

const units: { readonly [unit: string]: number } = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** The longest delay that a timer of Node takes: 24 days. */
const longestMs = 2 ** 31 - 1;

/**
 * A length of wall time in ms: `500ms`, `60s`, `5m`, `2h`; a bare number is seconds.
 * @throws InputError with the code
 */
export function wallTime(text: string, option: string, code: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text);
  const value = match === null ? Number.NaN : Math.round(Number(match[1]) * units[match[2] ?? 's']!);
  if (value >= 1 && value <= longestMs) return value;
  throw new InputError(code, `${option} takes a time such as 500ms, 60s, 5m or 2h; got "${text}".`, [
    `try: … ${option} 60s`,
  ]);
}
