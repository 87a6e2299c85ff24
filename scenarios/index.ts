/**
 * For authors of scenarios: a system under drawn weather, what must hold of it, and how to run it in a test.
 *
 * ```ts
 * export default scenario({ name: 'kv/split', nodes: 3, clients: 2, durationMs: 10_000,
 *   process: replica(), workload: mix({ put: 3, get: 5 }), faults: [partitions(), crashes()],
 *   properties: [...raftSafety, linearizable('register')] })
 * ```
 */
export { scenario } from './define.ts';
export type {
  ClientPlan,
  ClientProcess,
  Ask,
  Done,
  Waits,
  PlannedOperation,
  Range,
  Reach,
  Scenario,
  ScenarioPlan,
  ScenarioSpec,
  System,
  Workload,
} from './scenario.ts';
export { ScenarioError } from './scenario-error.ts';
export { replica } from './replica-system.ts';
export type { ReplicaConfiguration, ReplicaDraws, ReplicaParts, ReplicaSystem } from './replica-system.ts';
export { replicaGroups } from './replica-groups-system.ts';
export type { GroupDraws } from './replica-groups-system.ts';
export { acrossGroups, mix } from './workload.ts';
export type { Mix, MixOptions } from './workload.ts';
export { builtInReaches } from './reach.ts';
export { runSeed, verifySeed } from './run-seed.ts';
export type { Verification } from './run-seed.ts';
export type * from './run-contract.ts';
export { RunRecorder } from './run-recorder.ts';
export type {
  LogColumns,
  MessageColumns,
  ObservedStep,
  RecordedFault,
  RunRecord,
  StepColumns,
} from '../reports/run-record.ts';
export type { Histogram } from '../reports/histogram.ts';
export type { Measure, Measures } from '../reports/measures.ts';
export type { Story, StoryRule, StoryStep } from '../reports/story-step.ts';
export { expectHolds } from './vitest.ts';
export type { ExpectHoldsOptions } from './vitest.ts';
export { recordHistory } from './recording/record-history.ts';
export type {
  RecordedClient,
  RecordedHistory,
  RecordedModel,
  RecordOptions,
} from './recording/record-history.ts';
export { RecordingError } from './recording/recording-error.ts';
export type { RecordingCode } from './recording/recording-error.ts';
export { expectLinearizable, LinearizabilityError } from './expect-linearizable.ts';
export type { ExpectLinearizableOptions, JudgedHistory } from './expect-linearizable.ts';
export { catalogue } from './catalogue/index.ts';
export type { CatalogueEntry } from './catalogue/index.ts';
export { standardChaosLasting } from './catalogue/standard-chaos.ts';

export { crashes, majorityRestarts, minorityRestarts, outages } from '../sim/nemesis/crashes.ts';
export { partitions } from '../sim/nemesis/partitions.ts';
export type { PartitionKinds } from '../sim/nemesis/partitions.ts';
export {
  duplicatingLinks,
  flappingLinks,
  lossyLinks,
  reorderingLinks,
  slowLinks,
} from '../sim/nemesis/links.ts';
export type { LinkOptions } from '../sim/nemesis/links.ts';
export { pauses } from '../sim/nemesis/pauses.ts';
export { driftingClocks, jumpingWallClocks } from '../sim/nemesis/clocks.ts';
export { damage, fsyncErrors, fullDisks, rottingSnapshots } from '../sim/nemesis/disk-trouble.ts';
export { fsyncStalls, isolatedStalledLeaders } from '../sim/nemesis/disks.ts';
export { storm } from '../sim/nemesis/storm.ts';
export type { Span, StormKind } from '../sim/nemesis/storm.ts';
export { hosts, matched, selected } from '../sim/targets.ts';
export type { DamageKind } from '../sim/disk-damage.ts';
export type { DrawContext, EpisodeDraft, Fault, FaultControl, Nemesis, Selectors } from '../sim/faults.ts';
export type { Group } from '../core/group-host.ts';
export type { Codec, Ports, Process, Random } from '../core/ports.ts';
export type { Envelope, Observation } from '../core/observe.ts';

export * from '../properties/index.ts';
