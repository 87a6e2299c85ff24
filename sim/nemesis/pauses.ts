/**
 * Processes that stop for a while.
 *
 * Fault model: a stop-the-world collection, a suspended machine. The process does nothing, its inputs queue in order, its clocks go on; when it resumes
 * it believes what it believed, among it that it leads, until the queued messages and deadlines tell it otherwise.
 */
import type { Fault, Nemesis } from '../faults.ts';
import { hosts, selected } from '../targets.ts';
import { drawServer, storm } from './storm.ts';
import type { Span } from './storm.ts';

function pausing(id: string): Fault {
  return {
    id,
    start(control, targets) {
      for (const host of targets) control.pause(host);
    },
    stop(control, targets) {
      for (const host of targets) control.resume(host);
    },
  };
}

/** A server stops and goes on. */
export const pause = pausing('pause');
/** Whoever leads stops and goes on. */
export const leaderPause = pausing('leader-pause');

/**
 * Pauses of single servers.
 * @param options.everyMs start to start (default 1–4 s)
 * @param options.lastMs how long (default 0.2–2 s: longer than an election)
 * @param options.leader share of pauses that hit whoever leads, 0 … 1 (default 0; needs the selector `leader`)
 */
export function pauses(
  options: { readonly everyMs?: Span; readonly lastMs?: Span; readonly leader?: number } = {},
): Nemesis {
  const { everyMs = [1_000, 4_000], lastMs = [200, 2_000], leader = 0 } = options;
  const leaderWeight = Math.round(leader * 1_000);
  return storm({
    everyMs,
    lastMs,
    kinds: [
      {
        fault: pause,
        weight: 1_000 - leaderWeight,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: hosts(drawServer(context)),
          args: {},
        }),
      },
      {
        fault: leaderPause,
        weight: leaderWeight,
        draft: (_context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: selected('leader'),
          args: {},
        }),
      },
    ],
  });
}
