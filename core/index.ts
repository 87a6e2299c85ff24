/**
 * The system itself: a Raft replica with its log on disk and its machine, the client, and what both need of a world (`Ports`). All of it is
 * deterministic and synchronous; nothing here touches Node.
 *
 * `new Replica(ports)` is a `Process`: give it ports (simulated by `stormglass/sim`, or your own) and drive it. `new Client(…)` is driven the
 * same way. `raftRules` and `machineRules` are the decisions, one small pure function each: spread them and replace one to see what breaks.
 */
export { Replica } from './replica.ts';
export type { ReplicaOptions } from './replica.ts';
export { GroupHost } from './group-host.ts';
export type { Group, GroupMessage, MakeMember } from './group-host.ts';
export { Client } from './client.ts';
export type { ClientConfig, Sent, ClientOperation, ClientOutputs } from './client.ts';
export type * from './client-messages.ts';
export { replicaCodec } from './codec.ts';
export type { ReplicaMessage } from './codec.ts';

export { DiskError } from './ports.ts';
export type {
  Clock,
  Codec,
  Disk,
  FileHandle,
  Ports,
  Process,
  ProcessFactory,
  Random,
  Timers,
  Transport,
} from './ports.ts';
export type * from './observe.ts';
export { CoreError, limits, sessionTtl, timings } from './errors.ts';
export type { CoreErrorCode } from './errors.ts';

export { RaftNode } from './raft/node.ts';
export type { RaftInput } from './raft/node.ts';
export type { IssuedWrite, Outgoing, RaftLimits, RaftOptions, RaftTimings, Role } from './raft/state.ts';
export type { ReadyReads } from './raft/reads.ts';
export type { ProposedCommand } from './raft/replication.ts';
export type * from './raft/messages.ts';
export type { Entry } from './raft/entry.ts';
export { isVoter, majorityOf, quorumIndexOf, voteResult, votersOf } from './raft/quorum.ts';
export type { Configuration, VoteResult } from './raft/quorum.ts';
export { raftRules } from './raft/rules.ts';
export type { RaftRules, SnapshotIdentity } from './raft/rules.ts';

export { createMachine, machineRules } from './machine/machine.ts';
export type { MachineRules, StateSection } from './machine/machine.ts';
export type {
  Applied,
  DeadlineId,
  DeadlineKind,
  DeadlineSink,
  DueDeadline,
  Effects,
  Machine,
  Reply,
} from './machine/contract.ts';
export type {
  Command,
  ExpireCommand,
  KeepAliveCommand,
  OpenCommand,
  Operation,
  RequestCommand,
} from './machine/commands.ts';
export type {
  RegisterAnswer,
  RegisterOperation,
  RegisterRefusal,
  RegisterValue,
} from './machine/registers/registers.ts';
export { registerRules } from './machine/registers/rules.ts';
export type { RegisterRules } from './machine/registers/rules.ts';
export { sessionRules } from './machine/session-rules.ts';
export type { SessionRules } from './machine/session-rules.ts';

export type { RecoveredLog, WriteBatch } from './wal/contract.ts';
export { Deadlines } from './machine/deadlines.ts';
export type { BarrierOperation, BarrierSpec } from './machine/barriers/operations.ts';
export type { BarrierOutcome } from './machine/barriers/rules.ts';
export type { RoundTrips } from './machine/locks/adaptive-lease.ts';
export type { Guard, LockOperation } from './machine/locks/operations.ts';
export type { Holding } from './machine/locks/rules.ts';
export type { VersionClock, Dot } from './machine/siblings/dotted-clock.ts';
export type { Context, SiblingOperation } from './machine/siblings/operations.ts';
export type { Written } from './machine/siblings/rules.ts';
export { builtInMerges, defaultConflicts } from './machine/siblings/strategies.ts';
export type {
  ConflictConfiguration,
  MergeFunction,
  MergeFunctions,
  PrefixStrategy,
  Strategy,
} from './machine/siblings/strategies.ts';
