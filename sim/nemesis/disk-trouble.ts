/**
 * Disks that fail: an fsync that reports an error, no room, and bytes that change after they were durable (sim/disk.ts, sim/disk-damage.ts).
 *
 * Fault model: a process whose disk has failed must stop, and its operator starts it again when the disk is well: so each of these faults ends with a
 * restart. What is durable is damaged on hosts of the plan's fault atlas only, a minority; it shows at the next boot, so that the host goes
 * down with it; a snapshot may be read earlier, so that it also rots while the host runs. The others lose no more than what was not durable.
 */
import type { Fault, FaultControl, Nemesis } from '../faults.ts';
import type { Episode } from '../plan.ts';
import { hosts } from '../targets.ts';
import { drawServer, drawWhole, storm } from './storm.ts';
import type { Span } from './storm.ts';

/** The operator starts the process again. */
function restart(control: FaultControl, host: number): void {
  control.crash(host, false);
  control.restart(host);
}

/** Fsyncs of a server fail; it is started again when they do not any more. */
export const fsyncError: Fault = {
  id: 'fsync-error',
  start(control, targets) {
    for (const host of targets) control.failFsyncs(host, true);
  },
  stop(control, targets) {
    for (const host of targets) {
      control.failFsyncs(host, false);
      restart(control, host);
    }
  },
};

/** The disk of a server has room for a few bytes more; it is started again when there is room. */
export const diskFull: Fault = {
  id: 'disk-full',
  start(control, targets, episode) {
    for (const host of targets) control.fillDisk(host, Number(episode.args['roomBytes'] ?? 0));
  },
  stop(control, targets) {
    for (const host of targets) {
      control.freeSpace(host);
      restart(control, host);
    }
  },
};

function damaging(id: 'rot' | 'misdirected-write'): Fault {
  return {
    id,
    damages: true,
    start(control, targets, episode: Episode) {
      for (const host of targets) {
        control.crash(host, episode.args['power'] === 1);
        control.damage(host, id);
      }
    },
    stop(control, targets) {
      for (const host of targets) control.restart(host);
    },
  };
}

/** A server goes down, and finds that bytes of its disk have rotted when it is back. */
export const rotted = damaging('rot');
/** A server goes down, and finds that a write of its disk went elsewhere. */
export const misdirectedWrite = damaging('misdirected-write');

/** A snapshot rots while its server runs: nothing tells, before it is read. */
export const snapshotRotted: Fault = {
  id: 'snapshot-rot',
  damages: true,
  start(control, targets) {
    for (const host of targets) control.damage(host, 'snapshot-rot');
  },
  stop() {
    // What has rotted stays so.
  },
};

/**
 * Fsyncs that fail.
 * @param options.everyMs start to start (default 1.5–5 s)
 * @param options.lastMs until the server is started again (default 0.1–1.5 s)
 */
export function fsyncErrors(options: { readonly everyMs?: Span; readonly lastMs?: Span } = {}): Nemesis {
  const { everyMs = [1_500, 5_000], lastMs = [100, 1_500] } = options;
  return storm({
    everyMs,
    lastMs,
    kinds: [
      {
        fault: fsyncError,
        weight: 1,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: hosts(drawServer(context)),
          args: {},
        }),
      },
    ],
  });
}

/**
 * Disks that are full.
 * @param options.everyMs start to start (default 1.5–5 s)
 * @param options.lastMs until there is room, and the server is started again (default 0.3–2 s)
 * @param options.roomBytes what still fits (default 0–20,000)
 */
export function fullDisks(
  options: { readonly everyMs?: Span; readonly lastMs?: Span; readonly roomBytes?: Span } = {},
): Nemesis {
  const { everyMs = [1_500, 5_000], lastMs = [300, 2_000], roomBytes = [0, 20_000] } = options;
  return storm({
    everyMs,
    lastMs,
    kinds: [
      {
        fault: diskFull,
        weight: 1,
        draft: (context, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: hosts(drawServer(context)),
          args: { roomBytes: drawWhole(roomBytes, context.random) },
        }),
      },
    ],
  });
}

/**
 * Damage to what is durable, on the servers of the atlas: a minority, drawn for each run.
 * @param options.everyMs start to start (default 1–3 s)
 * @param options.downMs how long the server is down with it (default 0.1–1 s)
 * @param options.misdirected share of misdirected writes, 0 … 1 (default 0.3)
 */
export function damage(
  options: { readonly everyMs?: Span; readonly downMs?: Span; readonly misdirected?: number } = {},
): Nemesis {
  const { everyMs = [1_000, 3_000], downMs = [100, 1_000], misdirected = 0.3 } = options;
  const weight = Math.round(misdirected * 1_000);
  return storm({
    everyMs,
    lastMs: downMs,
    kinds: [
      { fault: rotted, weight: 1_000 - weight },
      { fault: misdirectedWrite, weight },
    ].map((kind) => ({
      ...kind,
      draft: (context, atUs, durationUs) => {
        const { atlas, random } = context;
        // A group of one or two has nobody to spare: nothing is damaged there.
        const target = atlas.length === 0 ? hosts() : hosts(atlas[random.below(atlas.length)] as number);
        return { when: { atUs }, durationUs, target, args: { power: random.below(2) } };
      },
    })),
  });
}

/**
 * Snapshots that rot under running servers of the atlas.
 * @param options.everyMs start to start (default 0.5–2 s)
 */
export function rottingSnapshots(options: { readonly everyMs?: Span } = {}): Nemesis {
  const { everyMs = [500, 2_000] } = options;
  return storm({
    everyMs,
    lastMs: [1, 1],
    kinds: [
      {
        fault: snapshotRotted,
        weight: 1,
        draft: ({ atlas, random }, atUs, durationUs) => ({
          when: { atUs },
          durationUs,
          target: atlas.length === 0 ? hosts() : hosts(atlas[random.below(atlas.length)] as number),
          args: {},
        }),
      },
    ],
  });
}
