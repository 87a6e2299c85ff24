import { aimedKind, crash, crashKind, outages, powerCutInFsync } from '../../sim/nemesis/crashes.ts';
import { isolatedKind, partitionKind } from '../../sim/nemesis/partitions.ts';
import { storm } from '../../sim/nemesis/storm.ts';
import { inFsync } from '../../sim/targets.ts';
import { scenario } from '../define.ts';
import type { Scenario } from '../scenario.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { safety } from './standards.ts';

/**
 * The benchmark's world: fixed, so that figures compare. Five voters with the usual timings, a snapshot every 1,000 entries, 200 kept; four closed-loop
 * clients, half of whose operations write, over 32 keys; a network of 0.3–1 ms with a 2 % tail of up to 20 ms more, 1 % loss and 1 % copies; fsyncs of
 * 0.1–1 ms. A fault starts every 1–3 s and lasts 0.3–1.5 s: 40 % crashes, a quarter of them power cuts in an fsync, 30 % splits, 30 % isolated
 * servers; and in each 100 s one server is away for 25–35 s. Nothing is healed at the end.
 *
 * @param durationMs length of a run, in ms of virtual time: 300,000 in the benchmark
 */
export function standardChaosLasting(durationMs: number): Scenario {
  return scenario({
    name: 'standard-chaos',
    summary: 'The benchmark’s world: crashes, splits, isolated servers and an outage over a steady load.',
    nodes: 5,
    clients: 4,
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
    // 50 operations a second from 4 clients: a turn of 4/50 s, of which an operation takes about 6.5 ms.
    workload: mix({ put: 1, get: 1 }, { keys: 32, thinkUs: 73_500, mode: 'closed' }),
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
    ],
    properties: safety,
    reach: ['re-elected', 'leader-deposed-uncommitted', 'crashed-in-fsync', 'reply-remembered'],
  });
}

/** A shorter run of the benchmark's world. */
export default standardChaosLasting(30_000);
