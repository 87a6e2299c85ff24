/**
 * The contracts around the replicated machine: what a replica asks of it, and what it tells the replica. The machine is a pure
 * function of its state and the entries applied; deadlines are armed by the replica, outside that state.
 */

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
  readonly session: number;
  readonly number: number;
}

/** A deadline the machine wants armed at every replica; a later version of the same (kind, id) replaces it. */
export interface DeadlineSink {
  /** @param ttlUs as the entry says; the sink adds the drift allowance (1 + ρ). */
  arm(kind: 'session', id: number, version: number, ttlUs: number): void;
  disarm(kind: 'session', id: number): void;
}

/** The replicated state machine as a replica sees it. */
export interface Machine {
  /** Applies a decoded command. Never throws for anything that a client can send. */
  apply(index: number, command: unknown, deadlines: DeadlineSink): Applied;
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
  readonly kind: 'session';
  readonly id: number;
  readonly version: number;
}
