/**
 * What clients and replicas say to each other. Immutable plain data.
 *
 * | message | from | fields |
 * |---|---|---|
 * | `hello` | client | `nonce`: which boot serves here? |
 * | `welcome` | replica | `nonce`, `boot`, `leader` (−1 unknown) |
 * | `request` | client | one attempt: names the replica's boot and a counter that rises per (client, replica), so that a copy is recognised |
 * | `read` | client | one attempt of a read outside the log; answered like a request |
 * | `transfer` | client | one attempt of an operator to hand leadership over |
 * | `reply` | replica | the durable answer to a command |
 * | `refusal` | replica | this attempt did not enter the log here: why, and who leads (−1 unknown) |
 */
export interface Hello {
  readonly type: 'hello';
  readonly nonce: number;
}

/** Which boot of the replica serves, and whom it takes for the leader (−1: nobody). */
export interface Welcome {
  readonly type: 'welcome';
  readonly nonce: number;
  readonly boot: number;
  readonly leader: number;
}

/** One attempt of a command, addressed to one boot of one replica. */
export interface Request {
  readonly type: 'request';
  /** The boot of the replica addressed. */
  readonly boot: number;
  /** Rises with each attempt of this client to this replica. */
  readonly attempt: number;
  /** A machine command (core/machine), decoded form. */
  readonly command: unknown;
}

/** One attempt of a read, addressed to one boot of one replica, which need not lead. It has no number, and renews nothing. */
export interface ReadRequest {
  readonly type: 'read';
  readonly boot: number;
  /** Counts with the attempts of requests. */
  readonly attempt: number;
  /** A read operation of the machine. */
  readonly op: unknown;
}

/** One attempt of an operator to give leadership to another replica; answered when it is known who leads after it. */
export interface TransferRequest {
  readonly type: 'transfer';
  readonly boot: number;
  /** Counts with the attempts of requests. */
  readonly attempt: number;
  readonly target: number;
}

/** `attempt` is the one whose own entry was applied; other attempts of the same number are answered each for itself. */
export interface ReplyMessage {
  readonly type: 'reply';
  readonly boot: number;
  readonly attempt: number;
  readonly value: unknown;
  readonly place: number;
}

/** `NOT_LEADER` · `LOG_FULL` · `TOO_MANY_PROPOSALS` · `ENTRY_TOO_LARGE` · … */
export interface Refusal {
  readonly type: 'refusal';
  readonly boot: number;
  readonly attempt: number;
  readonly code: string;
  readonly leader: number;
}

/** Any message between a client and a replica. */
export type ClientMessage =
  Hello | Welcome | Request | ReadRequest | TransferRequest | ReplyMessage | Refusal;
