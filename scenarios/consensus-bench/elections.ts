/**
 * Time to a leader. Everything here is virtual time in worlds that a seed decides: the same figures on every machine.
 *
 * The network and the disks are those of standard-chaos (0.3–1 ms with a tail of 2 % up to 20 ms more, 1 % loss, 1 % copies; fsyncs of 0.1–1 ms), clocks drift within 1 %;
 * nobody asks anything. All servers start at 0. At an instant drawn within one heartbeat after two seconds, whoever leads dies and stays away.
 */
import { timings } from '../../core/errors.ts';
import type { Envelope, ObservationOf } from '../../core/observe.ts';
import { raftSafety } from '../../properties/index.ts';
import type { Nemesis } from '../../sim/faults.ts';
import { leaderCrash } from '../../sim/nemesis/crashes.ts';
import { selected } from '../../sim/targets.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { runSeed } from '../run-seed.ts';
import type { Reach, Scenario } from '../scenario.ts';
import { breathe } from './section.ts';
import type { Distribution, Measuring, SectionResult } from './section.ts';
import { binned, longSpreadOf } from './spread.ts';

const sizes = [3, 5] as const;
const CRASH_AT_US = 2_000_000;
const DURATION_MS = 6_000;
/** Worlds between two looks whether to stop. */
const WORLDS_A_BREATH = 25;
/** Election timeouts are 150–300 ms: most lies in the first half, split votes beyond. */
const BIN_MS = 20;
const BINS = 48;

/** Virtual microseconds; `null` where it did not happen. */
interface Times {
  firstUs: number | null;
  failoverUs: number | null;
  servesUs: number | null;
}

/** What is told of a size: which time, and in which words. */
const kinds = [
  { id: 'first-election', label: 'first election', of: 'firstUs' },
  { id: 'failover', label: 'failover to leader', of: 'failoverUs' },
  { id: 'failover-to-commit', label: 'failover to commit', of: 'servesUs' },
] as const;

const theLeaderDies: Nemesis = {
  faults: [leaderCrash],
  drawEpisodes: ({ random }) => [
    {
      fault: leaderCrash.id,
      when: { atUs: CRASH_AT_US + random.below(timings.heartbeatUs) },
      durationUs: DURATION_MS * 1_000,
      target: selected('leader'),
      args: {},
    },
  ],
};

/** Takes the times of the run that it watches. */
function stopwatch(times: Times): Reach {
  return {
    name: 'failed-over',
    sentence: 'Another leader followed the one that died.',
    watch(hit) {
      let leader = -1;
      let diedAt = -1;
      const on = {
        leaderElected(_o: ObservationOf<'leaderElected'>, { at, node }: Envelope) {
          leader = node;
          times.firstUs ??= at;
          if (diedAt < 0 || times.failoverUs !== null) return;
          times.failoverUs = at - diedAt;
          hit();
        },
        crashed(_o: ObservationOf<'crashed'>, { at, node }: Envelope) {
          if (node === leader) diedAt = at;
        },
        committed({ leading }: ObservationOf<'committed'>, { at }: Envelope) {
          if (leading && times.failoverUs !== null) times.servesUs ??= at - diedAt;
        },
      };
      return { on: on as ReturnType<Reach['watch']>['on'] };
    },
  };
}

function worldOf(nodes: number, times: Times): Scenario {
  return scenario({
    name: `elections-${nodes}`,
    summary: 'A first election, and one after the leader died.',
    nodes,
    clients: 0,
    durationMs: DURATION_MS,
    process: replica({
      ...{ batchEntries: 64, windowAppends: 16, snapshotEvery: 1_000, keptBehind: 200 },
      ...{ pendingProposals: 128, uncompactedEntries: 10_000, batchBytes: 262_144, windowBytes: 1_048_576 },
      ...{ uncommittedBytes: 16_777_216, chunkBytes: 65_536, readsAt: 'leader' },
    }),
    network: {
      delay: { minUs: 300, maxUs: 1_000, tailPpm: 20_000, tailMaxUs: 20_000 },
      ...{ lossPpm: 10_000, duplicationPpm: 10_000, reorderPpm: 0, reorderMaxUs: 0 },
    },
    fsync: { minUs: 100, maxUs: 1_000, tailPpm: 0, tailMaxUs: 0 },
    faults: [theLeaderDies],
    properties: raftSafety,
    reach: [stopwatch(times)],
  });
}

/** Runs the worlds of both sizes, seeds 1 … `seeds` each. @throws Interrupted */
export async function elections(measuring: Measuring): Promise<SectionResult> {
  const { seeds, stop, onProgress } = measuring;
  const distributions: Distribution[] = [];
  const violations: string[] = [];
  for (const nodes of sizes) {
    const times: Times = { firstUs: null, failoverUs: null, servesUs: null };
    const world = worldOf(nodes, times);
    const all: Readonly<Times>[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      if (seed % WORLDS_A_BREATH === 1) {
        onProgress(`${nodes} servers, seed ${seed} of ${seeds}`);
        await breathe(stop);
      }
      Object.assign(times, { firstUs: null, failoverUs: null, servesUs: null });
      const { findings } = runSeed(world, seed);
      all.push({ ...times });
      for (const { property, message } of findings)
        violations.push(`${nodes} servers, seed ${seed}: ${property}: ${message}`);
    }
    for (const { id, label, of } of kinds) {
      const ms = all.flatMap((one) => (one[of] === null ? [] : [one[of] / 1_000]));
      distributions.push({
        id: `${id}-${nodes}`,
        label: `${label}, ${nodes} servers`,
        virtualMs: longSpreadOf(ms),
        missed: seeds - ms.length,
        histogramMs: binned(ms, BIN_MS, BINS),
      });
    }
  }
  const about =
    'Virtual ms from boot to a leader, and from the crash of a leader to the next one and to what that commits first. A world a seed: the same figures on every machine. ' +
    'Election timeouts of 150–300 ms, a network of 0.3–1 ms that loses a message in a hundred, fsyncs of 0.1–1 ms.';
  return { about, figures: [], distributions, violations };
}
