/**
 * The rhythm of a nemesis: faults start one after another, each drawn by weight from the kinds given, and last a drawn time.
 * All fault constructors of this folder are storms of one or a few kinds; several storms in a scenario overlap freely.
 */
import type { Random } from '../../core/ports.ts';
import type { DrawContext, EpisodeDraft, Fault, Nemesis } from '../faults.ts';
import { earliestUs } from '../targets.ts';

/** A number of milliseconds, or a range [min, max] to draw from. */
export type Span = number | readonly [min: number, max: number];

/** One kind of episode a storm may draw. */
export interface StormKind {
  readonly fault: Fault;
  /** Relative frequency: an integer ≥ 0. */
  readonly weight: number;
  /** The episode that starts at (or is armed from) `atUs`. */
  draft(context: DrawContext, atUs: number, durationUs: number): EpisodeDraft;
}

/** What is wrong with the numbers given to a nemesis, found while the scenario is loaded. */
export class BadFaultError extends RangeError {
  readonly code = 'BAD_SCENARIO';
  /** What its author can do about it. */
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.name = 'BadFaultError';
    this.next = next;
  }
}

/** @throws BadFaultError where a time is negative, no finite number, or a range ends before it begins */
export function checkSpan(name: string, span: Span): void {
  const [min, max] = typeof span === 'number' ? [span, span] : span;
  if (min >= 0 && min <= max && Number.isSafeInteger(Math.round(max * 1_000))) return;
  throw new BadFaultError(
    `${name} is ${typeof span === 'number' ? span : `[${span.join(', ')}]`}: times are milliseconds, 0 or more, the smaller first.`,
    `${name}: [200, 2_000]`,
  );
}

/** Milliseconds as drawn microseconds; a plain number takes no draw. */
export function drawUs(span: Span, random: Random): number {
  if (typeof span === 'number') return Math.round(span * 1000);
  return random.between(Math.round(span[0] * 1000), Math.round(span[1] * 1000));
}

/** A whole number from a range; a plain number takes no draw. */
export function drawWhole(range: Span, random: Random): number {
  return typeof range === 'number' ? range : random.between(range[0], range[1]);
}

function drawKind(kinds: readonly StormKind[], random: Random): StormKind {
  let total = 0;
  for (const kind of kinds) total += kind.weight;
  let at = random.below(total);
  for (const kind of kinds) {
    at -= kind.weight;
    if (at < 0) return kind;
  }
  throw new Error(`no kind of fault at ${at} of ${total}`);
}

/**
 * A nemesis that starts a fault every `everyMs` (start to start), each lasting `lastMs`, until the weather ends.
 * `atOnceMax`: with as many of its own faults in force, an instant is passed over; what waits for a trigger counts from when it is armed.
 * @throws BadFaultError where no kind has a weight, or a time is none.
 */
export function storm(options: {
  readonly everyMs: Span;
  readonly lastMs: Span;
  readonly kinds: readonly StormKind[];
  readonly atOnceMax?: number;
}): Nemesis {
  const { everyMs, lastMs, atOnceMax = Infinity } = options;
  const kinds = options.kinds.filter((kind) => kind.weight > 0);
  if (kinds.length === 0) {
    throw new BadFaultError(
      'A storm needs a kind of fault with a weight above 0.',
      'give one kind a weight of 1',
    );
  }
  checkSpan('everyMs', everyMs);
  checkSpan('how long a fault lasts', lastMs);
  return {
    faults: [...new Set(kinds.map((kind) => kind.fault))],
    drawEpisodes(context) {
      const { random, weatherUs } = context;
      const drafts: (EpisodeDraft & { fault: string })[] = [];
      let atUs = drawUs(everyMs, random);
      while (atUs < weatherUs) {
        const durationUs = drawUs(lastMs, random);
        const kind = drawKind(kinds, random);
        const draft = kind.draft(context, atUs, durationUs);
        let inForce = 0;
        for (const other of drafts) {
          // A triggered fault may start a while after it was armed: leave it a quarter of a second.
          const slackUs = 'atUs' in other.when ? 0 : 250_000;
          if (earliestUs(other.when) + slackUs + other.durationUs > atUs) inForce += 1;
        }
        if (inForce < atOnceMax) drafts.push({ ...draft, fault: kind.fault.id });
        // At least a millisecond on: a rhythm of 0 would never end.
        atUs += Math.max(1_000, drawUs(everyMs, random));
      }
      return drafts;
    },
  };
}

/** A server, drawn. */
export function drawServer(context: DrawContext): number {
  return context.random.below(context.servers);
}

/** Every server once, in a drawn order (Fisher–Yates). */
export function drawOrder(context: DrawContext): number[] {
  const order: number[] = [];
  for (let host = 0; host < context.servers; host += 1) order.push(host);
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = context.random.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
