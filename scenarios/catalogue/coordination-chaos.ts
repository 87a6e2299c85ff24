import { clientFaults } from '../../sim/nemesis/clients.ts';
import { aimedKind, crash, crashKind, outages, powerCutInFsync } from '../../sim/nemesis/crashes.ts';
import { isolatedKind, partitionKind } from '../../sim/nemesis/partitions.ts';
import { storm } from '../../sim/nemesis/storm.ts';
import { inFsync } from '../../sim/targets.ts';
import { rounds } from '../barrier-workload.ts';
import { scenario } from '../define.ts';
import { lockTurns } from '../lock-workload.ts';
import { replica } from '../replica-system.ts';
import type { Scenario } from '../scenario.ts';
import { conflicts } from '../sibling-workload.ts';
import { inTurn } from '../workload.ts';
import { coordinationSafety } from './standards.ts';

/**
 * The benchmark's world of coordination: fixed, so that figures compare. Voters, network, disks and faults of servers are those of standard-chaos; six clients, two
 * with locks, two at barriers with deadlines, two that write what conflicts; and every 5–15 s a client falls asleep or dies for 0.5–6 s, mostly one that
 * holds a lock. Nothing is healed at the end. A run counts if in a virtual second it has at least one grant, a tenth of an expiry, three tenths of a trip, a twentieth of a break and
 * one conflict (scenarios/bench/coordination-chaos.ts).
 *
 * @param durationMs length of a run, in ms of virtual time: 300,000 in the benchmark
 */
export function coordinationChaosLasting(durationMs: number): Scenario {
  return scenario({
    name: 'coordination-chaos',
    summary:
      'The benchmark’s world of coordination: locks, barriers and conflicts under crashes, splits and sleep.',
    nodes: 5,
    clients: 6,
    durationMs,
    process: replica({
      batchEntries: 64,
      windowAppends: 16,
      snapshotEvery: 1_000,
      keptBehind: 200,
      pendingProposals: 128,
      uncompactedEntries: 10_000,
      batchBytes: 262_144,
      windowBytes: 1_048_576,
      uncommittedBytes: 16_777_216,
      chunkBytes: 65_536,
      readsAt: 'leader',
    }),
    workload: inTurn(
      lockTurns({ locks: 2, thinkMs: 60, ttlsMs: [0, 2_000, 4_000] }),
      rounds({ kinds: ['timed'], thinkMs: 60, timeoutMs: 1_000 }),
      conflicts({ keys: 2, thinkMs: 60 }),
    ),
    network: {
      delay: { minUs: 300, maxUs: 1_000, tailPpm: 20_000, tailMaxUs: 20_000 },
      lossPpm: 10_000,
      duplicationPpm: 10_000,
      reorderPpm: 0,
      reorderMaxUs: 0,
    },
    fsync: { minUs: 100, maxUs: 1_000, tailPpm: 0, tailMaxUs: 0 },
    faults: [
      storm({
        everyMs: [1_000, 3_000],
        lastMs: [300, 1_500],
        kinds: [
          crashKind(crash, 30),
          aimedKind(powerCutInFsync, 10, [inFsync]),
          partitionKind(30),
          isolatedKind(30),
        ],
      }),
      outages({ perMs: 100_000, lastMs: [25_000, 35_000], atMs: [2_000, 20_000] }),
      clientFaults({
        everyMs: [5_000, 15_000],
        lastMs: [500, 6_000],
        holderPause: 2,
        holderCrash: 1,
        pause: 1,
      }),
    ],
    properties: coordinationSafety,
    reach: [
      'lock-granted',
      'lease-expired',
      'barrier-tripped',
      'barrier-timed-out',
      'values-merged',
      'siblings-kept',
    ],
  });
}

/** A shorter run of the benchmark's world. */
export default coordinationChaosLasting(30_000);
