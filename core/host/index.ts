/**
 * The core on a real machine: `startReplica` runs one replica in this process, `GroupClient` talks to a group of them. The one place in `core/` that
 * touches Node. Loopback only, for now.
 */
export { startReplica } from './start.ts';
export type { HostDisk, HostOptions, RunningReplica, Stopped } from './start.ts';
export { GroupClient, OperationError } from './client-promise.ts';
export type { Completion, ConnectOptions } from './client-promise.ts';
export { LockError } from './held.ts';
export type { Held, WithLockOptions } from './held.ts';
export { GroupBarrier } from './group-barrier.ts';
export type { ArrivalOutcome, BarrierOptions } from './group-barrier.ts';
export { FileDisk } from './file-disk.ts';
export type { SyncEnded } from './file-disk.ts';
export { HostError } from './host-error.ts';
export type { HostErrorCode } from './host-error.ts';
