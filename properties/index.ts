/**
 * What must hold: the properties of a Raft, of sessions and of processes, linearizability, progress; and the means to
 * state one's own (`property`) and to run any of them over observations (`Watchers`).
 */
import { barrierNotEarly, barrierNotLate, barrierOneOutcome, cascadeOrder } from './coordination/barriers.ts';
import { causality } from './coordination/causality.ts';
import { exactlyOnce } from './coordination/exactly-once.ts';
import { fencingMonotonic, noStaleWrite } from './coordination/fencing.ts';
import { fifoGrants } from './coordination/fifo-grants.ts';
import { leaseNotEarly, leaseNotLate, workUnderLease } from './coordination/leases.ts';
import { limitsExact } from './coordination/limits-exact.ts';
import { lockExclusion } from './coordination/lock-exclusion.ts';
import { processAlive } from './process-alive.ts';
import type { Property } from './property.ts';
import { committedDurable } from './raft/committed-durable.ts';
import { electionSafety } from './raft/election-safety.ts';
import { leaderAppendOnly } from './raft/leader-append-only.ts';
import { leaderCompleteness } from './raft/leader-completeness.ts';
import { logMatching } from './raft/log-matching.ts';
import { monotonic } from './raft/monotonic.ts';
import { waitNotEarly } from './coordination/wait-not-early.ts';
import { stateMachineSafety } from './raft/state-machine-safety.ts';
import { voteOnce } from './raft/vote-once.ts';

export type {
  Assumption,
  Evidence,
  Fail,
  Finding,
  FoldSpec,
  FoldStep,
  GroupFacts,
  Handler,
  Handlers,
  Need,
  Property,
  RunFacts,
  Watch,
  WatchContext,
} from './property.ts';
export { property, Watchers } from './property.ts';
export { perGroup, routed } from './per-group.ts';
export { LogBook, NodeLog, CommittedLog } from './log-book.ts';
export {
  barrierNotEarly,
  barrierNotLate,
  barrierOneOutcome,
  cascadeOrder,
  causality,
  committedDurable,
  electionSafety,
  exactlyOnce,
  fencingMonotonic,
  fifoGrants,
  leaderAppendOnly,
  leaderCompleteness,
  leaseNotEarly,
  leaseNotLate,
  limitsExact,
  lockExclusion,
  logMatching,
  monotonic,
  noStaleWrite,
  processAlive,
  stateMachineSafety,
  voteOnce,
  waitNotEarly,
  workUnderLease,
};
export { mergeLaws } from './coordination/merge-laws.ts';
export type { Merges, MergeValue } from './coordination/merge-laws.ts';
export { progress } from './progress.ts';
export { guessModel } from './formats/guess-model.ts';
export { HistoryError } from './formats/history-error.ts';
export type { HistoryErrorCode, TextPlace } from './formats/history-error.ts';
export type { AlsoKnown, HistoryEvent, HistoryFormat } from './formats/history-event.ts';
export { HistoryReader } from './formats/history-reader.ts';
export type { HistoryReadOptions } from './formats/history-reader.ts';
export { historyLimits } from './formats/limits.ts';
export type { HistoryLimits } from './formats/limits.ts';
export { parseHistory } from './formats/parse-history.ts';
export type { ParsedHistory } from './formats/parse-history.ts';
export { registersAsKeyValue } from './formats/register-as-kv.ts';
export { historyLines, writeHistory } from './formats/write-history.ts';
export type { HistoryWriteOptions } from './formats/write-history.ts';
export { HistoryRecorder } from './history.ts';
export type { Operation, RecordedOperation, Waited } from './history.ts';
export { howFar } from './consistency/how-far.ts';
export type { HowFar, HowFarOptions } from './consistency/how-far.ts';
export { checkSequential } from './consistency/sequential.ts';
export type { SequentialOptions, SequentialResult } from './consistency/sequential.ts';
export { checkSessionGuarantees, guaranteeNames } from './consistency/session-guarantees.ts';
export type { Guarantee, GuaranteeResult, SessionGuarantees } from './consistency/session-guarantees.ts';
export type { LinearizablePrefix } from './linearizability/explain.ts';
export { checkLinearizable } from './linearizability/check.ts';
export { HistoryCheck } from './linearizability/history-check.ts';
export type {
  HistoryCheckOptions,
  HistoryVerdict,
  StreamedViolation,
} from './linearizability/history-check.ts';
export type {
  CheckOptions,
  CheckResult,
  Linearizable,
  NotLinearizable,
  Undecided,
} from './linearizability/check.ts';
export type { LinearizabilityProperty } from './linearizability/linearizable.ts';
export { linearizable } from './linearizability/linearizable.ts';
export type { AnyModel, HindsightRules, Model, Reaches } from './linearizability/model.ts';
export type { Either } from './linearizability/models/any-register.ts';
export { anyRegister } from './linearizability/models/any-register.ts';
export { barrier, barrierWithSessionsOf } from './linearizability/models/barrier.ts';
export type { BarrierState, BarrierValue } from './linearizability/models/barrier.ts';
export type { BarrierOp, BarrierRequest } from './linearizability/models/barrier-history.ts';
export type {
  BarrierMember,
  BarrierNow,
  BarrierTerms,
  BarrierTree,
} from './linearizability/models/barrier-tree.ts';
export { siblings } from './linearizability/models/siblings.ts';
export type {
  SiblingClock,
  SiblingsOp,
  SiblingsReply,
  SiblingsState,
  SiblingStrategy,
  SiblingValue,
  Standing,
} from './linearizability/models/siblings.ts';
export { lock, lockWithSessionsOf } from './linearizability/models/lock.ts';
export type {
  AcquireValue,
  LockCase,
  LockHolding,
  LockOp,
  LockRequest,
  LockState,
  LockValue,
  LockWaiter,
} from './linearizability/models/lock.ts';
export { casRegister } from './linearizability/models/cas-register.ts';
export type {
  CasRegisterOp,
  CasRegisterState,
  CasRegisterValue,
} from './linearizability/models/cas-register.ts';
export { counter } from './linearizability/models/counter.ts';
export type { CounterOp, CounterValue } from './linearizability/models/counter.ts';
export { fencedMutex } from './linearizability/models/fenced-mutex.ts';
export type {
  FencedMutexOp,
  FencedMutexState,
  FencedMutexValue,
} from './linearizability/models/fenced-mutex.ts';
export { BadModel } from './linearizability/bad-model.ts';
export { BadOperation } from './linearizability/models/keyed.ts';
export type { Keyed } from './linearizability/models/keyed.ts';
export { kv } from './linearizability/models/kv.ts';
export type { Ahead } from './linearizability/models/kv-ahead.ts';
export type { KvOp, KvState, KvValue } from './linearizability/models/kv.ts';
export { mutex } from './linearizability/models/mutex.ts';
export type { MutexOp } from './linearizability/models/mutex.ts';
export type { Owned } from './linearizability/models/owned.ts';
export { queue } from './linearizability/models/queue.ts';
export type { EnqueueInterval, Queued } from './linearizability/models/queue-order.ts';
export type { QueueOp, QueueState, QueueValue } from './linearizability/models/queue.ts';
export { reentrantMutex, reentrantMutexOf } from './linearizability/models/reentrant-mutex.ts';
export type { ReentrantMutexOp, ReentrantMutexState } from './linearizability/models/reentrant-mutex.ts';
export { semaphore, semaphoreOf } from './linearizability/models/semaphore.ts';
export type { SemaphoreOp, SemaphoreState } from './linearizability/models/semaphore.ts';
export { set } from './linearizability/models/set.ts';
export type { Counted, CountedState, Group } from './linearizability/models/set-counted.ts';
export type { SetOp, SetState, SetValue } from './linearizability/models/set.ts';
export { stack } from './linearizability/models/stack.ts';
export type { StackOp, StackState, StackValue } from './linearizability/models/stack.ts';
export type { Item, Put } from './linearizability/models/taken.ts';
export { modelNamed, modelNames, UnknownModel } from './linearizability/models-by-name.ts';
export type { ModelName } from './linearizability/models-by-name.ts';
export { nondeterministic } from './linearizability/nondeterministic.ts';
export type { NondeterministicSpec, PossibleStates } from './linearizability/nondeterministic.ts';
export { register } from './linearizability/models/register.ts';
export type { RegisterOp, RegisterState, RegisterValue } from './linearizability/models/register.ts';

/** What every run of a Raft must satisfy, sessions and processes included: all but linearizability and progress. */
export const raftSafety: readonly Property[] = [
  processAlive,
  electionSafety,
  voteOnce,
  leaderAppendOnly,
  logMatching,
  leaderCompleteness,
  stateMachineSafety,
  committedDurable,
  monotonic,
  exactlyOnce,
];

/** What every run with locks must satisfy besides. */
export const lockProperties: readonly Property[] = [
  lockExclusion,
  fencingMonotonic,
  noStaleWrite,
  fifoGrants,
  leaseNotEarly,
  leaseNotLate,
  workUnderLease,
  waitNotEarly,
];

/** What every run with barriers must satisfy besides. */
export const barrierProperties: readonly Property[] = [
  barrierNotEarly,
  barrierNotLate,
  barrierOneOutcome,
  cascadeOrder,
];
