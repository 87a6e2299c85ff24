/**
 * Clocks that disagree.
 *
 * Fault model: the monotonic clock's rate is off by a drift that may change but stays within the scenario's ρ; it never jumps. The wall
 * clock jumps by hours either way, at any time: whatever decides by it is wrong.
 */
import type { Fault, FaultControl, Nemesis } from '../faults.ts';
import type { Episode } from '../plan.ts';
import { hosts } from '../targets.ts';
import { drawServer, drawWhole, storm } from './storm.ts';
import type { Span } from './storm.ts';

function argument(episode: Episode, name: string): number {
  const value = episode.args[name];
  return typeof value === 'number' ? value : 0;
}

function shift(
  id: string,
  name: string,
  by: (control: FaultControl, host: number, amount: number) => void,
): Fault {
  return {
    id,
    start(control, targets, episode) {
      for (const host of targets) by(control, host, argument(episode, name));
    },
    stop(control, targets, episode) {
      for (const host of targets) by(control, host, -argument(episode, name));
    },
  };
}

/** A server's monotonic clock runs faster or slower by `deltaPpm`. */
export const drift = shift('drift', 'deltaPpm', (control, host, ppm) => control.drift(host, ppm));
/** A server's wall clock is off by `deltaUs` for a while: it jumps there and back. */
export const wallJump = shift('wall-jump', 'deltaUs', (control, host, us) => control.jumpWall(host, us));

/** What an episode adds to its hosts' drift, in ppm; 0 for other faults. */
export function driftOf(episode: Episode): number {
  return episode.fault === drift.id ? argument(episode, 'deltaPpm') : 0;
}

/**
 * Clocks that change their rate, one server at a time.
 * @param options.ppm the largest change in ppm, either way (default 5,000); the hosts' own drift leaves room for it within ρ
 */
export function driftingClocks(
  options: { readonly everyMs?: Span; readonly lastMs?: Span; readonly ppm?: number } = {},
): Nemesis {
  const ppm = options.ppm ?? 5_000;
  return storm({
    everyMs: options.everyMs ?? [500, 2_000],
    lastMs: options.lastMs ?? [500, 5_000],
    atOnceMax: 1,
    kinds: [
      {
        fault: drift,
        weight: 1,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: hosts(drawServer(context)),
          args: { deltaPpm: drawWhole([-ppm, ppm], context.random) },
        }),
      },
    ],
  });
}

/** Wall clocks that jump. @param options.jumpMs how far, either way (default up to an hour) */
export function jumpingWallClocks(
  options: { readonly everyMs?: Span; readonly lastMs?: Span; readonly jumpMs?: number } = {},
): Nemesis {
  const jumpMs = options.jumpMs ?? 3_600_000;
  return storm({
    everyMs: options.everyMs ?? [500, 3_000],
    lastMs: options.lastMs ?? [200, 5_000],
    kinds: [
      {
        fault: wallJump,
        weight: 1,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: hosts(drawServer(context)),
          args: { deltaUs: drawWhole([-jumpMs, jumpMs], context.random) * 1_000 },
        }),
      },
    ],
  });
}
