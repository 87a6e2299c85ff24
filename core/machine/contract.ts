/**
 * The contracts around the replicated machine: what a replica asks of it, and what it tells the replica. The machine is a pure
 * function of its state and the entries applied; deadlines are armed by the replica, outside that state.
 */
import type { MachineObservation } from '../observe.ts';

/** A durable answer to a client's request. `ok` carries any value, a named refusal of the operation included. */
export interface Reply {
  /** Who asked; 0 for requests without a session (open answers under `number` = the client's nonce). */
  readonly session: number;
  readonly number: number;
  /** What the operation answers: plain data of integers and short strings. */
  readonly value: unknown;
  /** Log index at which the operation took effect (a remembered reply names its first application). */
  readonly place: number;
}

/** What applying one entry did. */
export interface Applied {
  /** The answer for whoever waits for it; `null` for entries nobody waits for. */
  readonly reply: Reply | null;
  /** 32-bit digest of the reply (0 without one). */
  readonly replyDigest: number;
  /** Answered from memory, not executed. */
  readonly repeated: boolean;
  /** The reply says only that the request waits: the one that ends it comes later, through `Effects.answer`. */
  readonly waits: boolean;
  readonly session: number;
  readonly number: number;
}

/**
 * What has a deadline: a session's life, the lease of a lock's holding, a waiter's patience, a barrier's generation. The id names it among its
 * kind; the version is the log index of the entry from which the time runs.
 */
export type DeadlineKind = 'session' | 'lease' | 'wait' | 'barrier';
/** A session's id, a lock's or barrier's name, the index at which a waiter queued. */
export type DeadlineId = number | string;

/** A deadline the machine wants armed at every replica; a later version of the same (kind, id) replaces it. */
export interface DeadlineSink {
  /** @param ttlUs as the entry says; the sink adds the drift allowance (1 + ρ). */
  arm(kind: DeadlineKind, id: DeadlineId, version: number, ttlUs: number): void;
  disarm(kind: DeadlineKind, id: DeadlineId): void;
}

/** What an entry does besides answering its own request: the same calls in the same order at every replica. */
export interface Effects extends DeadlineSink {
  /** The final answer to a request that had been told to wait; a retry finds it remembered. */
  answer(session: number, number: number, value: unknown, place: number): void;
  /** A transition, for properties and people. */
  observe(observation: MachineObservation): void;
}

/** The replicated state machine as a replica sees it. */
export interface Machine {
  /** Applies a decoded command. Never throws for anything that a client can send. */
  apply(index: number, command: unknown, effects: Effects): Applied;
  /** Answers an operation that changes nothing, from the state as it is. Never throws for anything that a client can send. */
  read(operation: unknown): unknown;
  /** 32-bit digest of the whole state, kept incrementally. */
  digest(): number;
  /** The whole state as bytes; equal states give equal bytes. */
  snapshot(): Uint8Array;
  /** Replaces the state; arms the deadlines it holds (the sink ignores versions already armed). */
  restore(bytes: Uint8Array, deadlines: DeadlineSink): void;
  /** A command's bytes, as they stand in the log. */
  encode(command: unknown): Uint8Array;
  decode(body: Uint8Array): unknown;
  /** A command that expires these due deadlines, for the leader to propose. */
  expire(due: readonly DueDeadline[]): unknown;
  /** Whether a command may use the places that are kept for those that free resources (keepAlive, close, …). */
  isReserved(command: unknown): boolean;
  /** Short text for people: `put k7 = 41`. */
  describe(command: unknown): string;
}

/** A deadline that has come: what `expire` is proposed for. */
export interface DueDeadline {
  readonly kind: DeadlineKind;
  readonly id: DeadlineId;
  readonly version: number;
}
