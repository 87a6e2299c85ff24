/**
 * Disks that hesitate.
 *
 * Fault model: an fsync may take seconds (a full queue, a failing drive) and then succeed; meanwhile nothing that it covers is durable, terms change, and
 * its completion comes into another world than the one that asked for it. A stall longer than an election uncovers completions that are believed
 * whatever was written since. Nothing durable is damaged; what a power cut takes is in crashes.ts.
 */
import type { Fault, FaultControl, Nemesis } from '../faults.ts';
import type { Episode } from '../plan.ts';
import { atTermChange, drawTrigger, hosts, matched, selected } from '../targets.ts';
import { inward, listOf, outward, someClients } from './partitions.ts';
import { checkSpan, drawOrder, drawUs, storm } from './storm.ts';
import type { Span } from './storm.ts';

function stall(control: FaultControl, targets: readonly number[], episode: Episode): void {
  // Healing ends the stalls of the healed; drawn ones end with the weather on every disk.
  const untilUs = episode.args['untilUs'];
  const leftUs = (typeof untilUs === 'number' ? untilUs : Infinity) - control.nowUs();
  const durationUs = Math.min(episode.durationUs, leftUs);
  if (durationUs <= 0) return;
  for (const host of targets) control.stallFsync(host, durationUs);
}

function stalling(id: string): Fault {
  return {
    id,
    start: stall,
    // It ends by itself.
    stop() {},
  };
}

/** Every fsync of some servers, in flight or new, waits until the stall is over. */
export const fsyncStall = stalling('fsync-stall');
/** Every fsync of whoever leads waits. */
export const leaderFsyncStall = stalling('fsync-stall-leader');
/**
 * Fsyncs wait from the moment at which a server took over a higher term. That of the term and the vote is in flight by then, and waits with
 * the others: the vote is not durable for long.
 */
export const fsyncStallInVote = stalling('fsync-stall-in-vote');

/**
 * Whoever leads is cut off, with what it is writing stuck on its way to the disk, and comes back before the disk does: its entries are replaced while
 * their fsync is still in flight.
 */
export const isolatedStalledLeader: Fault = {
  id: 'isolated-stalled-leader',
  start(control, targets, episode) {
    stall(control, targets, { ...episode, durationUs: episode.durationUs + listOf(episode, 'longerUs')[0]! });
    const spared = listOf(episode, 'spared');
    outward(control, targets, spared, (from, to) => control.cut(from, to));
    inward(control, targets, spared, (from, to) => control.cut(from, to));
  },
  stop(control, targets, episode) {
    const spared = listOf(episode, 'spared');
    outward(control, targets, spared, (from, to) => control.mend(from, to));
    inward(control, targets, spared, (from, to) => control.mend(from, to));
  },
};

/**
 * Leaders that are cut off with a stalled disk.
 * @param options.everyMs start to start (default 2–5 s)
 * @param options.lastMs how long they are cut off (default 0.5–1.2 s: the others elect another)
 * @param options.longerMs how much longer their disk stalls (default 0.1–1.5 s)
 */
export function isolatedStalledLeaders(
  options: { readonly everyMs?: Span; readonly lastMs?: Span; readonly longerMs?: Span } = {},
): Nemesis {
  const { everyMs = [2_000, 5_000], lastMs = [500, 1_200], longerMs = [100, 1_500] } = options;
  checkSpan('longerMs', longerMs);
  return storm({
    everyMs,
    lastMs,
    kinds: [
      {
        fault: isolatedStalledLeader,
        weight: 1,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: selected('leader'),
          args: {
            longerUs: drawUs(longerMs, context.random),
            untilUs: context.weatherUs,
            spared: someClients(context),
          },
        }),
      },
    ],
  });
}

/**
 * Fsync stalls.
 * @param options.everyMs start to start (default 1–4 s)
 * @param options.lastMs how long (default 0.2–5 s)
 * @param options.leader share that hits whoever leads, 0 … 1 (default 0.3; needs the selector `leader`)
 * @param options.inVote share that begins with a change of term, 0 … 1 (default 0.2)
 */
export function fsyncStalls(
  options: {
    readonly everyMs?: Span;
    readonly lastMs?: Span;
    readonly leader?: number;
    readonly inVote?: number;
  } = {},
): Nemesis {
  const { everyMs = [1_000, 4_000], lastMs = [200, 5_000], leader = 0.3, inVote = 0.2 } = options;
  const leaderWeight = Math.round(leader * 1_000);
  const inVoteWeight = Math.round(inVote * 1_000);
  return storm({
    everyMs,
    lastMs,
    kinds: [
      {
        fault: fsyncStall,
        weight: Math.max(0, 1_000 - leaderWeight - inVoteWeight),
        draft(context, atUs, durationUs) {
          const order = drawOrder(context);
          const count = context.random.between(1, Math.max(1, context.servers >>> 1));
          return {
            when: { atUs },
            durationUs,
            target: hosts(...order.slice(0, count)),
            args: { untilUs: context.weatherUs },
          };
        },
      },
      {
        fault: leaderFsyncStall,
        weight: leaderWeight,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: selected('leader'),
          args: { untilUs: context.weatherUs },
        }),
      },
      {
        fault: fsyncStallInVote,
        weight: inVoteWeight,
        draft: (context, atUs, durationUs) => ({
          when: drawTrigger(atTermChange, atUs, context.random),
          durationUs,
          target: matched,
          args: { untilUs: context.weatherUs },
        }),
      },
    ],
  });
}
