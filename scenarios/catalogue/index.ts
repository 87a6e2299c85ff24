/** The scenarios that come with the package, in the order in which they are listed and run. */
import type { Scenario } from '../scenario.ts';
import barriersUnderCrashes from './barriers-under-crashes.ts';
import barrierChurn from './barrier-churn.ts';
import barrierDeadline from './barrier-deadline.ts';
import barrierResets from './barrier-resets.ts';
import bridge from './bridge.ts';
import conflictingWrites from './conflicting-writes.ts';
import coordinationChaos from './coordination-chaos.ts';
import corruptMinority from './corrupt-minority.ts';
import crashDuringFsync from './crash-during-fsync.ts';
import diskFull from './disk-full.ts';
import driftingClocks from './drifting-clocks.ts';
import duplicatedAndReordered from './duplicated-and-reordered.ts';
import emptyLogs from './empty-logs.ts';
import failingDisks from './failing-disks.ts';
import flappingLinks from './flapping-links.ts';
import followerBehindSnapshot from './follower-behind-snapshot.ts';
import followerReads from './follower-reads.ts';
import fsyncErrors from './fsync-errors.ts';
import growingLatency from './growing-latency.ts';
import lateCopies from './late-copies.ts';
import leaderCrash from './leader-crash.ts';
import leaderIsolated from './leader-isolated.ts';
import lockStorm from './lock-storm.ts';
import longPause from './long-pause.ts';
import lossyAndSlow from './lossy-and-slow.ts';
import majorityRestarts from './majority-restarts.ts';
import minorityRestarts from './minority-restarts.ts';
import oneNode from './one-node.ts';
import oneWayPartition from './one-way-partition.ts';
import reentrantHolderDies from './reentrant-holder-dies.ts';
import rottingSnapshots from './rotting-snapshots.ts';
import sessionStorm from './session-storm.ts';
import sevenNodes from './seven-nodes.ts';
import slowFollower from './slow-follower.ts';
import snapshotChunks from './snapshot-chunks.ts';
import standardChaos from './standard-chaos.ts';
import steadyState from './steady-state.ts';
import threeGroups from './three-groups.ts';
import tornTail from './torn-tail.ts';
import transferStorm from './transfer-storm.ts';
import transferUnderLoad from './transfer-under-load.ts';
import zombieHolder from './zombie-holder.ts';
import zombieOutside from './zombie-outside.ts';
import waitersDie from './waiters-die.ts';
import turnsUnderLock from './turns-under-lock.ts';
import leaseDrift from './lease-drift.ts';
import leaseDriftBeyond from './lease-drift-beyond.ts';
import leaseFailover from './lease-failover.ts';

/** A scenario and where a worker thread finds it: functions cannot be sent to one. */
export interface CatalogueEntry {
  readonly name: string;
  /** URL of the module; a scenario's file is called after it. */
  readonly file: string;
  readonly exportName: string;
  readonly scenario: Scenario;
}

const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';

/** The scenarios that come with the package, by name and module. */
export const catalogue: readonly CatalogueEntry[] = [
  steadyState,
  leaderCrash,
  leaderIsolated,
  oneWayPartition,
  bridge,
  flappingLinks,
  lossyAndSlow,
  duplicatedAndReordered,
  lateCopies,
  crashDuringFsync,
  tornTail,
  fsyncErrors,
  diskFull,
  corruptMinority,
  rottingSnapshots,
  failingDisks,
  followerBehindSnapshot,
  emptyLogs,
  longPause,
  driftingClocks,
  minorityRestarts,
  majorityRestarts,
  followerReads,
  transferStorm,
  transferUnderLoad,
  snapshotChunks,
  slowFollower,
  oneNode,
  sevenNodes,
  threeGroups,
  lockStorm,
  zombieHolder,
  zombieOutside,
  leaseFailover,
  leaseDrift,
  leaseDriftBeyond,
  growingLatency,
  reentrantHolderDies,
  waitersDie,
  sessionStorm,
  turnsUnderLock,
  barriersUnderCrashes,
  barrierChurn,
  barrierDeadline,
  barrierResets,
  conflictingWrites,
  coordinationChaos,
  standardChaos,
].map((scenario) => ({
  name: scenario.name,
  file: new URL(`./${scenario.name}.${extension}`, import.meta.url).href,
  exportName: 'default',
  scenario,
}));
