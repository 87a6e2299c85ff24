/** What a client has under way: its calls, the attempts of each, and what it knows of the replicas it asks. */
import type { ClientMessage } from './client-messages.ts';
import { frees } from './machine/commands.ts';
import type { Command, Operation } from './machine/commands.ts';

/**
 * What a client is given to do: an operation of the machine, or, for an operator, `transfer`: leadership to the replica `target`. It ends *ok* with
 * `{ leader: target }` when the target leads, or with `{ error: 'BAD_TARGET' }` where it is no voter; until then it is tried again: when another
 * transfer is under way (TRANSFERRING), when the leader gave it up (TRANSFER_GIVEN_UP), when somebody else came to lead.
 */
export type ClientOperation =
  | Operation
  | { readonly f: 'transfer'; readonly target: number }
  /** Cancels an acquire of this client that is under way, by the caller's id; one that has ended already answers `{ cancelled: false }`, without being sent. */
  | { readonly f: 'cancelOf'; readonly id: number };

/** A time that does not come. */
export const never = Number.MAX_SAFE_INTEGER;

/** What the client knows of a replica. */
export interface Peer {
  readonly node: number;
  /** 0: unknown, ask before the next attempt. */
  boot: number;
  /** Counter of the last attempt sent there. */
  attempts: number;
  /** Nonce of the `hello` that waits for its answer, 0 for none. */
  hello: number;
  /** When it last replied to a command: it leads, and can be reached. −1: never. */
  repliedAtUs: number;
}

/** An attempt whose outcome is not known: unanswered so far. */
export interface Attempt {
  readonly peer: Peer;
  readonly attempt: number;
  readonly sentUs: number;
}

export type CallState =
  /** No attempt may be made yet: no session, too many in flight, or older ones in line. */
  | 'waiting'
  /** The peer's boot was asked for. */
  | 'hello'
  /** An attempt is in flight. */
  | 'sent'
  /** Refused: the next attempt comes at `dueUs`. */
  | 'backoff'
  /** Refused for want of room in the log: the next attempt comes when it is its turn. */
  | 'inLine'
  /** Answered that it waits: the final answer comes by itself, or to the attempt that is made at `dueUs`. */
  | 'parked';

/** Something to get answered: an operation, a read outside the log, or the client's own `open` and `keepAlive`. */
export interface Call {
  readonly kind: 'operation' | 'read' | 'transfer' | 'open' | 'keepAlive';
  /** The caller's id of an operation. */
  readonly id: number;
  readonly op: ClientOperation | null;
  /** When it is given up. */
  readonly giveUpAtUs: number;
  state: CallState;
  /** When the present state has lasted too long. */
  dueUs: number;
  command: Command | null;
  session: number;
  number: number;
  firstSentUs: number;
  roundTripUs: number;
  /** It was told that it waits. */
  toldWaiting: boolean;
  /** Since it heard so last it has gone to the end of the line. */
  steppedBack: boolean;
  /** Whom the newest attempt asks, and its counter there (0: not sent yet). */
  peer: Peer | null;
  attempt: number;
  /** Attempts that may have entered a log. */
  readonly open: Attempt[];
  /** A leader took it on and gave it up: it may come about all the same. */
  maybe: boolean;
  /** Redirections since the last wait: two replicas that name each other must not keep the client running in circles. */
  hops: number;
  lastRefusal: unknown;
}

/** Has neither session nor number. */
export function isOutsideLog({ kind }: Call): boolean {
  return kind === 'read' || kind === 'transfer';
}

/** Whether it stands in line where there is no room: what frees resources has places of its own, and the client's own calls are few. */
export function waitsItsTurn({ kind, op }: Call): boolean {
  return kind === 'operation' && !frees(op as Operation);
}

/** Whether a leader refuses for want of room: it may take the same command a moment later. */
export function isWantOfRoom(code: string): boolean {
  return code === 'UNCOMMITTED_FULL' || code === 'TOO_MANY_PROPOSALS' || code === 'LOG_FULL';
}

/** Whether a transfer has come to its end. */
export function isTransferred(target: number, value: unknown): boolean {
  return (value as { readonly leader?: unknown }).leader === target || errorOf(value) === 'BAD_TARGET';
}

/** Its next attempt, as it is sent. */
export function messageOf({ op, kind, command }: Call, boot: number, attempt: number): ClientMessage {
  if (op?.f === 'transfer') return { type: 'transfer', boot, attempt, target: op.target };
  if (kind === 'read') return { type: 'read', boot, attempt, op };
  return { type: 'request', boot, attempt, command };
}

/** How long an operation asks to wait, on top of the time that an answer may take. */
export function patienceOf(op: ClientOperation): number {
  return (op.f === 'acquire' || op.f === 'arrive' ? op.waitUs : 0) ?? 0;
}

/** Whether an answer says only that the request waits. */
export function isWaiting(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { queued, token, waiting } = value as { queued?: unknown; token?: unknown; waiting?: unknown };
  return (queued === true && token === undefined) || waiting === true;
}

/** A call that waits for its first attempt. */
export function newCall(
  kind: Call['kind'],
  id: number,
  op: ClientOperation | null,
  giveUpAtUs: number,
): Call {
  return {
    kind,
    id,
    op,
    giveUpAtUs,
    state: 'waiting',
    dueUs: never,
    command: null,
    session: 0,
    number: 0,
    firstSentUs: -1,
    roundTripUs: -1,
    toldWaiting: false,
    steppedBack: false,
    peer: null,
    attempt: 0,
    open: [],
    maybe: false,
    hops: 0,
    lastRefusal: null,
  };
}

/** The named refusal in an answer of the machine. */
export function errorOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const { error } = value as { readonly error?: unknown };
  return typeof error === 'string' ? error : null;
}
