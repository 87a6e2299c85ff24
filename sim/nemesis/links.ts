/**
 * Links that work badly.
 *
 * Fault model: datagrams. A link may lose, repeat, delay and overtake messages at any rate, differently in each direction, and change its mind many times
 * a second; it never changes a message. What was held back arrives long after the exchange that it belonged to: in a later term, to a later boot.
 * Each class adds to what the plan's network does at all times, and takes the same away when it ends.
 */
import type { DrawContext, Fault, FaultControl, LinkWeather, Nemesis } from '../faults.ts';
import type { Episode } from '../plan.ts';
import { hosts } from '../targets.ts';
import { drawOrder, drawWhole, storm } from './storm.ts';
import type { Span } from './storm.ts';

/** Every one-way link that touches a target, each once. */
function touching(
  control: FaultControl,
  targets: readonly number[],
  change: (from: number, to: number) => void,
): void {
  for (let from = 0; from < control.hosts; from += 1) {
    for (let to = 0; to < control.hosts; to += 1) {
      if (from !== to && (targets.includes(from) || targets.includes(to))) change(from, to);
    }
  }
}

function amountOf(episode: Episode): number {
  const amount = episode.args['amount'];
  return typeof amount === 'number' ? amount : 0;
}

/** A fault that changes the weather of all links of its targets by the episode's `amount`. */
function weathered(id: string, change: (amount: number) => LinkWeather): Fault {
  return {
    id,
    start(control, targets, episode) {
      const worse = change(amountOf(episode));
      touching(control, targets, (from, to) => control.weather(from, to, worse));
    },
    stop(control, targets, episode) {
      const better = change(-amountOf(episode));
      touching(control, targets, (from, to) => control.weather(from, to, better));
    },
  };
}

/** More loss: `amount` in ppm. */
export const lossy = weathered('lossy', (lossPpm) => ({ lossPpm }));
/** Longer delays: `amount` in µs. */
export const slow = weathered('slow', (delayUs) => ({ delayUs }));
/** More copies: `amount` in ppm. */
export const duplicating = weathered('duplicating', (duplicationPpm) => ({ duplicationPpm }));
/** More messages held back: `amount` in ppm. */
export const reordering = weathered('reordering', (reorderPpm) => ({ reorderPpm }));

/** Which flapping episodes have their links cut at the moment, per world. */
const cutNow = new WeakMap<FaultControl, Set<number>>();

function flapTo(control: FaultControl, targets: readonly number[], episode: Episode, cut: boolean): void {
  let episodes = cutNow.get(control);
  if (episodes === undefined) {
    episodes = new Set();
    cutNow.set(control, episodes);
  }
  if (episodes.has(episode.id) === cut) return;
  if (cut) {
    episodes.add(episode.id);
    touching(control, targets, (from, to) => control.cut(from, to));
  } else {
    episodes.delete(episode.id);
    touching(control, targets, (from, to) => control.mend(from, to));
  }
}

/** All links of the targets are cut and mended again and again, at each tick by chance. */
export const flapping: Fault = {
  id: 'flapping',
  tickEveryUs: 40_000,
  start(control, targets, episode) {
    flapTo(control, targets, episode, true);
  },
  tick(control, targets, episode) {
    flapTo(control, targets, episode, control.random.below(2) === 0);
  },
  stop(control, targets, episode) {
    flapTo(control, targets, episode, false);
  },
};

/** Servers whose links are hit: at least one, at most all. */
function drawSome(context: DrawContext): readonly number[] {
  const order = drawOrder(context);
  return order.slice(0, context.random.between(1, context.servers));
}

/** When, how long, how much. */
export interface LinkOptions {
  /** Start to start (default 1–4 s). */
  readonly everyMs?: Span;
  /** (default 0.5–3 s) */
  readonly lastMs?: Span;
}

function linkStorm(fault: Fault, options: LinkOptions, amount: Span): Nemesis {
  return storm({
    everyMs: options.everyMs ?? [1_000, 4_000],
    lastMs: options.lastMs ?? [500, 3_000],
    kinds: [
      {
        fault,
        weight: 1,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: hosts(...drawSome(context)),
          args: { amount: drawWhole(amount, context.random) },
        }),
      },
    ],
  });
}

/** Links that come and go every 40 ms, of one server up to all. */
export function flappingLinks(options: LinkOptions = {}): Nemesis {
  return linkStorm(flapping, options, 0);
}

/** Links that lose much. @param options.lossPpm added loss in ppm (default 5–40 %) */
export function lossyLinks(options: LinkOptions & { readonly lossPpm?: Span } = {}): Nemesis {
  return linkStorm(lossy, options, options.lossPpm ?? [50_000, 400_000]);
}

/** Links that take long. @param options.delayUs added delay in µs (default 1–80 ms) */
export function slowLinks(options: LinkOptions & { readonly delayUs?: Span } = {}): Nemesis {
  return linkStorm(slow, options, options.delayUs ?? [1_000, 80_000]);
}

/** Links that repeat messages. @param options.ppm added copies in ppm (default 10–60 %) */
export function duplicatingLinks(options: LinkOptions & { readonly ppm?: Span } = {}): Nemesis {
  return linkStorm(duplicating, options, options.ppm ?? [100_000, 600_000]);
}

/** Links on which messages pass each other. @param options.ppm messages held back, in ppm (default 10–60 %) */
export function reorderingLinks(options: LinkOptions & { readonly ppm?: Span } = {}): Nemesis {
  return linkStorm(reordering, options, options.ppm ?? [100_000, 600_000]);
}
