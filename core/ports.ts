/**
 * All that a process needs from a world: clocks, timers, transport, disk, random numbers, and a place
 * to report what it did. `sim/` implements these ports with simulated parts, a real host with real ones;
 * the process cannot tell which.
 *
 * Everything is synchronous. Time is an integer number of microseconds (`…Us`, `…At`). Numbers that reach
 * a message, a disk or an observation are integers, so that a run hashes the same on every machine.
 */
import type { Observation } from './observe.ts';

/** A world wraps what is emitted, and needs no more of the observations than these two. */
export type { Envelope, Observation } from './observe.ts';

/**
 * A host's two clocks. Timers and leases run on the monotonic one, which may drift but never jumps or goes
 * back, across boots too. The wall clock has an offset, drifts along, and may jump either way: show it to people, decide
 * nothing by it.
 */
export interface Clock {
  /** Local monotonic time in microseconds: an integer. */
  monotonicUs(): number;
  /** Local wall-clock time in microseconds since the epoch: an integer that may jump. */
  wallUs(): number;
}

/**
 * Deadlines on the local monotonic clock. A key is a small integer (0 … 63) that the process chooses; each
 * key holds one deadline. When it comes, the key is disarmed and `Process.wake(key)` is called once.
 */
export interface Timers {
  /**
   * Arms or moves the deadline of `key`.
   * @param atUs local monotonic time; a time in the past fires as soon as this event has ended.
   */
  set(key: number, atUs: number): void;
  /** Disarms `key`; nothing happens if it is not armed. */
  cancel(key: number): void;
}

/**
 * Unreliable datagrams between hosts. A message is an opaque, immutable value: after `send` neither side may
 * change it. It may be lost, duplicated, delayed and reordered; it is never changed without a checksum's notice.
 */
export interface Transport {
  /**
   * @param to the host addressed; sending to oneself is delivered like any message.
   * @throws Error with code `NO_SUCH_NODE` where no such host exists.
   */
  send(to: number, message: unknown): void;
}

/** Seeded random numbers of this process and purpose. */
export interface Random {
  /** An integer in [0, bound); bound is an integer from 1 to 2^31. */
  below(bound: number): number;
  /** An integer in [min, max], both included. */
  between(min: number, max: number): number;
}

/** Why a disk refused: `EIO` (a failed write or fsync), `ENOSPC` (full), `ENOENT`, `EEXIST`. */
export class DiskError extends Error {
  readonly code: 'EIO' | 'ENOSPC' | 'ENOENT' | 'EEXIST';
  constructor(code: 'EIO' | 'ENOSPC' | 'ENOENT' | 'EEXIST', message: string) {
    super(`${code}: ${message}`);
    this.name = 'DiskError';
    this.code = code;
  }
}

/** An open file. Valid within one boot of the process; a small integer. */
export type FileHandle = number;

/**
 * A file system. What is written is visible to readers at once (page cache) and durable only after an
 * `fsync` of the file that was *started after* the write has completed; names (create, rename, unlink) are durable
 * only after `fsyncFolder` of their folder. A crash of the process keeps what was written, still not durable; a power cut loses
 * or tears it. Paths are relative, `/`-separated, below the process's own folder.
 */
export interface Disk {
  /** Creates a folder and its parents; nothing happens where it exists. */
  makeFolder(path: string): void;
  /** Names of the files and folders directly below `folder`, sorted by code unit; empty where it does not exist. */
  list(folder: string): readonly string[];
  /** Creates an empty file and opens it. @throws DiskError `EEXIST` | `ENOENT` (no such folder) | `ENOSPC`. */
  create(path: string): FileHandle;
  /** Opens an existing file. @throws DiskError `ENOENT`. */
  open(path: string): FileHandle;
  /** Closes a handle; what was not synced stays not durable. */
  close(file: FileHandle): void;
  /** Length in bytes. */
  size(file: FileHandle): number;
  /** A copy of up to `length` bytes from `offset` (shorter at the end of the file). */
  read(file: FileHandle, offset: number, length: number): Uint8Array;
  /** Appends `bytes[0, length)`; the bytes are copied before it returns. @throws DiskError `EIO` | `ENOSPC`. */
  append(file: FileHandle, bytes: Uint8Array, length: number): void;
  /** Cuts the file to `length` bytes. */
  truncate(file: FileHandle, length: number): void;
  /** Renames within the same folder, replacing the target atomically. @throws DiskError `ENOENT`. */
  rename(from: string, to: string): void;
  /** Removes a file. @throws DiskError `ENOENT`. */
  unlink(path: string): void;
  /**
   * Starts making durable all that was written to `file` before this call. Completion: `Process.synced(token, error)`.
   * Several may be in flight.
   */
  fsync(file: FileHandle, token: number): void;
  /** Starts making the names in `folder` durable. Completion: `Process.synced(token, error)`. */
  fsyncFolder(folder: string, token: number): void;
}

/** Everything one process has of its world. Fresh for each boot. */
export interface Ports {
  /** This host: an integer from 0. Servers come first, clients after them. */
  readonly node: number;
  /** The replication group served here: 0 where there is one. */
  readonly group: number;
  /** How often this host has started: 1 the first time, one more each restart. */
  readonly boot: number;
  /** The hosts that serve (voters at the start), ascending. */
  readonly servers: readonly number[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly disk: Disk;
  readonly random: Random;
  /**
   * Tells the world, and so the properties, what happened. The object must not be changed afterwards.
   * @param group whose observation it is, where a host serves several (default 0)
   */
  emit(observation: Observation, group?: number): void;
}

/**
 * A process: reacts to one input at a time and returns. A throw ends it and is a violation of `process-alive`.
 * So is a promise: what a handler leaves for later would happen outside of the world.
 * It is created at each boot (its constructor may read the disk) and then driven by these calls.
 */
export interface Process {
  /** Called once, right after creation: send, arm timers. */
  start?(): void;
  /** A message arrived. */
  receive(from: number, message: unknown): void;
  /** The deadline of `key` came. */
  wake(key: number): void;
  /** An `fsync` or `fsyncFolder` ended; with `error` nothing may be assumed durable. */
  synced?(token: number, error: DiskError | null): void;
  /** Called after each event; synchronous processes leave it out. */
  drain?(): void;
  /** A readable view of the state, for people who debug a run. */
  describe?(): unknown;
}

/** Makes the process of one boot of one host. */
export type ProcessFactory = (ports: Ports) => Process;

/**
 * What the world needs to know of messages: a digest for the trace hash always; bytes in the runs whose plan sends
 * messages as bytes. Both kinds of run must give the same digests.
 */
export interface Codec {
  /** 32 bits that differ when any field of the message differs (with the usual probability). */
  digest(message: unknown): number;
  /** The message as a frame of bytes, checksum included. */
  encode?(message: unknown): Uint8Array;
  /** The message of a frame, or `null` where the checksum does not fit. */
  decode?(frame: Uint8Array): unknown;
  /** A short text for people, in traces: `append term 3 prev 17 +2`. */
  describe?(message: unknown): string;
}
