/**
 * A client of the replicated machine, without input and output of its own: operations, messages and wake-ups go in, messages, completions
 * and the next wake-up come out.
 *
 * **What it sends.** `hello` to a replica whose boot it does not know, `request` otherwise (core/client-messages.ts). An attempt names the
 * replica's boot and a counter that rises, so that a replica handles it at most once. Every attempt of an operation carries the very
 * same command: session, number, and what was acknowledged when the *first* was sent.
 *
 * **Whom it asks.** The replica that answered last. A refusal that names the leader sends it there at once; one that does not, to the next
 * replica after 20–50 ms. No answer within 300 ms: the next replica, under the same number, and `hello` again to the silent one; but where
 * the replica has replied to others meanwhile, it leads and only this message was lost: the same one again.
 *
 * **What waits.** An acquire of a held lock, or an arrival at a barrier, is answered first that it waits. The same attempt will hear the final answer; in case
 * it is lost, or the replica is, the request is sent again every second under its number, and subscribes anew. It may take as long as it asked to
 * wait, and the usual 5 s on top.
 *
 * **Whose turn it is.** Refused for want of room in the log (UNCOMMITTED_FULL, TOO_MANY_PROPOSALS, LOG_FULL), operations stand in line, by age, and
 * younger ones behind them; one that has been told that it waits, and asks again, goes behind all. Each answer to one says that a place came free: the oldest takes it. Besides it is tried every 20–50 ms. Were each
 * tried again on its own, who comes last would as likely be taken as who waited longest, and of many that compete some would wait for ever.
 * (Clocking by what was answered: Jacobson, Congestion avoidance and control, 1988.)
 *
 * **How an operation ends.** `ok` with a durable answer, named refusals of the machine included. After 5 s it is given up: `fail` if every
 * attempt was refused before it entered any log (or none was made), else `info`: it may have happened, or happen yet. The end of the
 * session makes what is in flight `info`, never `fail`. Giving up acknowledges: the number never applies to a later state than the one
 * that the next request saw.
 *
 * The session is opened through the log with the first operation, and kept alive every third of its time to live. One `open` is in
 * flight at a time; one that is retried may leave a spare session, which expires.
 */
import {
  errorOf,
  isOutsideLog,
  isTransferred,
  isWaiting,
  isWantOfRoom,
  messageOf,
  never,
  newCall,
  patienceOf,
  waitsItsTurn,
} from './client-calls.ts';
import type { Call, ClientOperation, Peer } from './client-calls.ts';
import type { ClientMessage, Refusal, ReplyMessage, Welcome } from './client-messages.ts';
import { CoreError, limits, sessionTtl } from './errors.ts';
import { acknowledge, noneAcknowledged } from './machine/acknowledged.ts';
import type { Acknowledged } from './machine/acknowledged.ts';
import { frees, isReadOperation } from './machine/commands.ts';
import type { Operation } from './machine/commands.ts';
import type { Outcome } from './observe.ts';
import type { Random } from './ports.ts';

export type { ClientOperation } from './client-calls.ts';

/** Times in microseconds on the client's monotonic clock. */
export interface ClientConfig {
  /** Hosts of the replicas; the first attempt goes to one of them drawn at random. */
  readonly servers: readonly number[];
  /** This client's host, as the replicas see it. */
  readonly node: number;
  /** How often this client has started, from 1: attempts of a later boot must not look like copies of an earlier one's. */
  readonly boot: number;
  /** How long to wait for an answer to one attempt (300 ms). */
  readonly attemptTimeoutUs?: number;
  /** How long to try in all (5 s). */
  readonly giveUpUs?: number;
  /** 10 s … 10 min (30 s). */
  readonly sessionTtlUs?: number;
  /** Whom reads are asked: the leader (default), or any replica, drawn anew for each attempt. */
  readonly readsAt?: 'leader' | 'any';
  /** How often a request that waits is sent again (1 s). */
  readonly resubscribeUs?: number;
  /** Bounds of the wait after a refusal that names no leader (20 ms, 50 ms): whole numbers of at least 1, the first not above the second. */
  readonly retryMinUs?: number;
  readonly retryMaxUs?: number;
}

/** Where a client's output goes, when it is drained. */
export interface ClientOutputs {
  send(to: number, message: ClientMessage): void;
  /**
   * An operation ended: once for each `submit`.
   * @param value what was answered: of `ok` always, of `fail` and `info` the last refusal as `{ error }` where there was one, else null
   * @param place log index at which it took effect, 0 where unknown
   * @param session of the request, 0 where it never got one
   * @param number of the request in its session, likewise
   * @param sent when the request first left, and how long its last answer took
   */
  done(
    id: number,
    outcome: Outcome,
    value: unknown,
    place: number,
    session: number,
    number: number,
    sent: Sent,
  ): void;
  /** An operation was answered that it waits, since the entry at `place`; once for each wait. */
  waits?(id: number, place: number): void;
}

/** Times of a request on the client's monotonic clock, in microseconds; −1 where there is none. */
export interface Sent {
  /** When the first attempt left: what a lease that the request grants or renews is counted from. */
  readonly firstUs: number;
  /** From the sending of the attempt that was answered last until that answer. */
  readonly roundTripUs: number;
}

/** A message to be sent. */
interface Outgoing {
  readonly to: number;
  readonly message: ClientMessage;
}

/** How an operation ended. */
interface Completion {
  readonly id: number;
  readonly outcome: Outcome;
  readonly value: unknown;
  readonly place: number;
  readonly session: number;
  readonly number: number;
  readonly sent: Sent;
}

interface OpenSession {
  readonly id: number;
  readonly ttlUs: number;
  lastNumber: number;
  acknowledged: Acknowledged;
  /** Requests in flight that have a number. */
  inFlight: number;
  /** First sending of the newest request known to have renewed it. */
  renewedAtUs: number;
}

const attemptsPerBoot = 4_294_967_296;
/** Requests in flight at most: the session's window without its reserve, which is for what frees resources. More wait here, so that at most so many of one client stand in lines and at barriers. */
const maxInFlight = limits.sessionWindow - limits.reservedProposals;

/** One client. */
export class Client {
  private readonly node: number;
  private readonly random: Random;
  private readonly readsAnywhere: boolean;
  private readonly attemptTimeoutUs: number;
  private readonly giveUpUs: number;
  private readonly ttlUs: number;
  private readonly resubscribeUs: number;
  private readonly retryMinUs: number;
  private readonly retryMaxUs: number;

  private readonly peers: Peer[];
  /** Index of the replica to ask next. */
  private target: number;
  private session: OpenSession | null = null;
  /** Operations by age (see `stepBack`), and the client's own calls among them. */
  private readonly calls: Call[] = [];
  private opening: Call | null = null;
  private renewing: Call | null = null;
  /** Some operation was refused for want of room: the others wait for their turn, which next comes at `turnUs`. */
  private crowded = false;
  private turnUs = never;
  /** Calls without a number that have been sent, and operations that need a session. */
  private outsideInFlight = 0;
  private forSession = 0;
  private nonce: number;
  /** Those of this boot are greater. */
  private readonly firstNonce: number;

  private readonly outgoing: Outgoing[] = [];
  private readonly completions: Completion[] = [];
  private readonly waitings: { readonly id: number; readonly place: number }[] = [];

  /** @param random for the first replica to ask and the waits after refusals. */
  constructor(config: ClientConfig, random: Random) {
    this.node = config.node;
    this.random = random;
    this.readsAnywhere = config.readsAt === 'any';
    this.attemptTimeoutUs = config.attemptTimeoutUs ?? 300_000;
    this.giveUpUs = config.giveUpUs ?? 5_000_000;
    this.ttlUs = config.sessionTtlUs ?? sessionTtl.defaultUs;
    if (this.ttlUs < sessionTtl.minUs || this.ttlUs > sessionTtl.maxUs) {
      throw new CoreError(
        'BAD_CONFIGURATION',
        `A session lives ${sessionTtl.minUs} to ${sessionTtl.maxUs} us; got ${this.ttlUs}.`,
        'Change sessionTtlUs.',
      );
    }
    this.resubscribeUs = config.resubscribeUs ?? 1_000_000;
    this.retryMinUs = config.retryMinUs ?? 20_000;
    this.retryMaxUs = config.retryMaxUs ?? 50_000;
    requireWait(this.retryMinUs, this.retryMaxUs);
    this.nonce = (config.boot - 1) * attemptsPerBoot;
    this.firstNonce = this.nonce;
    this.peers = config.servers.map((node) => ({
      node,
      boot: 0,
      attempts: this.nonce,
      hello: 0,
      repliedAtUs: -1,
    }));
    this.target = random.below(this.peers.length);
  }

  /**
   * Starts an operation. Any number may be in flight; each completes once.
   * @param id the caller's own, given back with the completion.
   * @param giveUpAtUs when to give it up; left out: after the usual time, and what it asks to wait.
   */
  submit(nowUs: number, id: number, op: ClientOperation, giveUpAtUs?: number): void {
    if (op.f === 'cancelOf') {
      this.submitCancel(nowUs, id, op.id);
      return;
    }
    const kind = op.f === 'transfer' ? 'transfer' : isReadOperation(op) ? 'read' : 'operation';
    this.calls.push(newCall(kind, id, op, giveUpAtUs ?? nowUs + patienceOf(op) + this.giveUpUs));
    if (kind === 'operation') this.forSession += 1;
    this.advance(nowUs);
  }

  private submitCancel(nowUs: number, id: number, of: number): void {
    const call = this.calls.find((one) => one.kind === 'operation' && one.id === of);
    if (call !== undefined && call.number > 0) {
      this.submit(nowUs, id, { f: 'cancel', number: call.number });
      return;
    }
    // Ended, or never sent: nothing of it is anywhere.
    if (call !== undefined) this.complete(call, 'ok', cancelledTrue, 0);
    const value = { cancelled: call !== undefined };
    this.completions.push({ id, outcome: 'ok', value, place: 0, session: 0, number: 0, sent: neverSent });
  }

  /** A message of a replica. Copies, late ones and answers to what was given up are ignored. */
  receive(nowUs: number, from: number, message: ClientMessage): void {
    const peer = this.peerOf(from);
    if (peer === null) return;
    switch (message.type) {
      case 'reply':
        this.replied(nowUs, peer, message);
        break;
      case 'refusal':
        this.refused(nowUs, peer, message);
        break;
      case 'welcome':
        this.welcomed(nowUs, peer, message);
        break;
      default:
        return;
    }
    this.advance(nowUs);
  }

  /** To be called when `nextWakeUs()` has come (earlier does no harm). */
  wake(nowUs: number): void {
    for (let i = 0; i < this.calls.length;) {
      const call = this.calls[i]!;
      if (nowUs >= call.giveUpAtUs) {
        this.giveUp(call);
        continue; // It is gone from the list: the next one stands at i.
      }
      if (nowUs >= call.dueUs) this.overdue(nowUs, call);
      i += 1;
    }
    if (nowUs >= this.turnUs) {
      this.turnUs = nowUs + this.retryAfterUs();
      this.giveTurn(nowUs);
    }
    this.advance(nowUs);
  }

  /**
   * The way to a replica is gone (a connection broke): nobody need wait for its answer. What was asked there may have happened; the next replica is
   * asked after the wait that follows a refusal. Never needed: without it, silence tells the same 300 ms later.
   */
  unreachable(nowUs: number, node: number): void {
    const peer = this.peerOf(node);
    if (peer === null) return;
    peer.boot = 0;
    peer.hello = 0;
    this.turnFrom(peer);
    for (let i = 0; i < this.calls.length; i += 1) {
      const call = this.calls[i]!;
      if (call.peer !== peer || (call.state !== 'hello' && call.state !== 'sent')) continue;
      call.state = 'backoff';
      call.hops = 0;
      call.dueUs = nowUs + this.retryAfterUs();
    }
    this.advance(nowUs);
  }

  /** When `wake` is wanted, on the client's clock; `Number.MAX_SAFE_INTEGER` for never. */
  nextWakeUs(): number {
    let next = this.session === null || this.renewing !== null ? never : this.keepAliveAtUs(this.session);
    if (this.turnUs < next) next = this.turnUs;
    for (let i = 0; i < this.calls.length; i += 1) {
      const call = this.calls[i]!;
      if (call.dueUs < next) next = call.dueUs;
      if (call.giveUpAtUs < next) next = call.giveUpAtUs;
    }
    return next;
  }

  /** Hands over what has to be sent and what has ended; to be called after each input. `done` may submit the next operation. */
  drain(outputs: ClientOutputs): void {
    const { outgoing, completions, waitings } = this;
    for (;;) {
      for (let i = 0; i < outgoing.length; i += 1) outputs.send(outgoing[i]!.to, outgoing[i]!.message);
      while (outgoing.length > 0) outgoing.pop();
      for (const { id, place } of waitings) outputs.waits?.(id, place);
      while (waitings.length > 0) waitings.pop();
      // Taken out before it is told: `done` may lead back here.
      const ended = completions.shift();
      if (ended === undefined) return;
      const { id, outcome, value, place, session, number, sent } = ended;
      outputs.done(id, outcome, value, place, session, number, sent);
    }
  }

  /**
   * Until when the session of this id is sure to live, on this client's clock: a lease in it is worth no more. −1: it is not this client's (any more).
   * @param rhoPpm bound of the clocks' drift, in parts per million
   */
  sessionUntilUs(id: number, rhoPpm: number): number {
    const { session } = this;
    if (session === null || session.id !== id) return -1;
    return session.renewedAtUs + session.ttlUs - Math.ceil((session.ttlUs * rhoPpm) / 1_000_000);
  }

  /** Operations that have not ended. */
  get pending(): number {
    return this.calls.length - (this.opening === null ? 0 : 1) - (this.renewing === null ? 0 : 1);
  }

  /** A readable view of the state, for people who debug a run. */
  describe(): unknown {
    return {
      target: this.peers[this.target]?.node,
      session: this.session === null ? null : { ...this.session },
      calls: this.calls.map(({ kind, id, state, number, open }) => ({
        kind,
        id,
        state,
        number,
        unanswered: open.length,
      })),
    };
  }

  private peerOf(node: number): Peer | null {
    for (let i = 0; i < this.peers.length; i += 1) {
      if (this.peers[i]!.node === node) return this.peers[i]!;
    }
    return null;
  }

  private targetNode(node: number): boolean {
    for (let i = 0; i < this.peers.length; i += 1) {
      if (this.peers[i]!.node !== node) continue;
      this.target = i;
      return true;
    }
    return false;
  }

  /** Turns to the next replica, unless another call has already turned away from `peer`. */
  private turnFrom(peer: Peer | null): void {
    if (this.peers[this.target] === peer) this.target = (this.target + 1) % this.peers.length;
  }

  /** Starts what can be started: the session, operations that waited for it, the keep-alive. */
  private advance(nowUs: number): void {
    const { session, calls } = this;
    if (session === null) {
      if (this.opening === null && this.forSession > 0) this.openSession(nowUs);
      else if (this.opening !== null && this.forSession === 0) this.remove(this.opening); // Nobody waits for it.
    }
    let inFlight = this.outsideInFlight + (session === null ? 0 : session.inFlight);
    for (let i = 0; i < calls.length; i += 1) {
      const call = calls[i]!;
      if (call.state !== 'waiting') continue;
      const held = inFlight >= maxInFlight || (this.crowded && waitsItsTurn(call));
      if (held && !mayUseReserve(call, session)) continue;
      if (isOutsideLog(call)) this.startOutsideLog(nowUs, call);
      else if (call.kind === 'operation' && session !== null) this.startOperation(nowUs, session, call);
      else continue;
      inFlight += 1;
    }
    if (session === null) return;
    if (this.renewing === null && nowUs >= this.keepAliveAtUs(session)) this.keepAlive(nowUs, session);
  }

  private keepAliveAtUs(session: OpenSession): number {
    return session.renewedAtUs + Math.floor(session.ttlUs / 3);
  }

  private openSession(nowUs: number): void {
    const call = newCall('open', 0, null, never);
    this.nonce += 1;
    call.command = { kind: 'open', client: this.node, nonce: this.nonce, ttlUs: this.ttlUs };
    this.opening = call;
    this.calls.push(call);
    this.attempt(nowUs, call);
  }

  private keepAlive(nowUs: number, session: OpenSession): void {
    const call = newCall('keepAlive', 0, null, never);
    call.command = { kind: 'keepAlive', session: session.id };
    call.session = session.id;
    this.renewing = call;
    this.calls.push(call);
    this.attempt(nowUs, call);
  }

  private startOutsideLog(nowUs: number, call: Call): void {
    this.outsideInFlight += 1;
    this.attempt(nowUs, call);
  }

  private startOperation(nowUs: number, session: OpenSession, call: Call): void {
    session.lastNumber += 1;
    session.inFlight += 1;
    call.session = session.id;
    call.number = session.lastNumber;
    const { floor, ranges } = session.acknowledged;
    call.command = {
      kind: 'request',
      session: session.id,
      number: call.number,
      floor,
      ranges,
      op: this.withRoundTrip(call.op as Operation),
    };
    this.attempt(nowUs, call);
  }

  /** A renewal carries the client's last round trip, whatever its caller wrote there. */
  private withRoundTrip(op: Operation): Operation {
    return op.f === 'renew' ? { ...op, roundTripUs: this.lastRoundTripUs } : op;
  }

  /** Any replica will do for it. */
  private isAnywhere(call: Call): boolean {
    return this.readsAnywhere && call.kind === 'read';
  }

  /** Asks the present target, or first for its boot. */
  private attempt(nowUs: number, call: Call): void {
    const peer = this.peers[this.isAnywhere(call) ? this.random.below(this.peers.length) : this.target]!;
    call.peer = peer;
    call.attempt = 0;
    call.dueUs = nowUs + this.attemptTimeoutUs;
    if (peer.boot > 0) {
      this.send(nowUs, call, peer);
      return;
    }
    call.state = 'hello';
    if (peer.hello > 0) return;
    this.nonce += 1;
    peer.hello = this.nonce;
    this.outgoing.push({ to: peer.node, message: { type: 'hello', nonce: this.nonce } });
  }

  private send(nowUs: number, call: Call, peer: Peer): void {
    peer.attempts += 1;
    if (call.firstSentUs < 0) call.firstSentUs = nowUs;
    call.state = 'sent';
    call.dueUs = nowUs + this.attemptTimeoutUs;
    call.attempt = peer.attempts;
    call.open.push({ peer, attempt: peer.attempts, sentUs: nowUs });
    const { boot, attempts } = peer;
    this.outgoing.push({ to: peer.node, message: messageOf(call, boot, attempts) });
  }

  private overdue(nowUs: number, call: Call): void {
    const { peer } = call;
    const sinceUs = nowUs - this.attemptTimeoutUs;
    const asked = call.state === 'hello' || call.state === 'sent';
    if (asked && peer !== null && peer.repliedAtUs <= sinceUs) {
      // Silence towards everybody: it may have restarted, or cannot be reached. If others got their replies, only this one was lost.
      peer.boot = 0;
      peer.hello = 0;
      this.turnFrom(peer);
    }
    call.hops = 0;
    this.attempt(nowUs, call);
  }

  private welcomed(nowUs: number, peer: Peer, message: Welcome): void {
    // Any of this boot's greetings will do, late as the answer may be: where round trips are longer than an attempt waits, the newest would never be answered in time. A
    // boot that is over by now answers no attempt, and is asked for anew.
    if (peer.boot > 0 || message.nonce <= this.firstNonce || message.nonce > this.nonce) return;
    peer.hello = 0;
    peer.boot = message.boot;
    for (let i = 0; i < this.calls.length; i += 1) {
      const call = this.calls[i]!;
      if (call.state !== 'hello' || call.peer !== peer) continue;
      if (
        !this.isAnywhere(call) &&
        message.leader !== peer.node &&
        this.mayHop(call) &&
        this.targetNode(message.leader)
      ) {
        call.hops += 1;
        this.attempt(nowUs, call);
      } else this.send(nowUs, call, peer);
    }
  }

  /** A replica that replies leads: calls that wait for a greeting elsewhere need not wait for its time-out. */
  private leaveSilent(nowUs: number, leading: Peer): void {
    for (let i = 0; i < this.calls.length; i += 1) {
      const call = this.calls[i]!;
      if (call.state === 'hello' && call.peer !== leading && !this.isAnywhere(call))
        this.attempt(nowUs, call);
    }
  }

  private mayHop(call: Call): boolean {
    return call.hops < this.peers.length;
  }

  /** Of the request answered last, in microseconds. */
  private lastRoundTripUs = 0;
  /** When the attempt was sent that `answered` found last. */
  private answeredSentUs = 0;

  /** The call that made an attempt; the attempt is known from here on, and no longer unanswered. */
  private answered(peer: Peer, attempt: number): Call | null {
    for (let i = 0; i < this.calls.length; i += 1) {
      const call = this.calls[i]!;
      const { open } = call;
      for (let j = open.length - 1; j >= 0; j -= 1) {
        if (open[j]!.attempt !== attempt || open[j]!.peer !== peer) continue;
        this.answeredSentUs = open[j]!.sentUs;
        open.splice(j, 1);
        return call;
      }
    }
    return null;
  }

  private refused(nowUs: number, peer: Peer, message: Refusal): void {
    const call = this.answered(peer, message.attempt);
    if (call === null) return;
    call.lastRefusal = { error: message.code };
    if (message.code === 'ENTRY_TOO_LARGE') {
      // No replica will take it.
      if (call.op !== null) this.giveUp(call);
      return;
    }
    // The refusal of an earlier attempt: what goes on now is not touched.
    if (call.state !== 'sent' || call.peer !== peer || call.attempt !== message.attempt) return;
    if (
      !this.isAnywhere(call) &&
      message.leader !== peer.node &&
      this.mayHop(call) &&
      this.targetNode(message.leader)
    ) {
      call.hops += 1;
      this.attempt(nowUs, call);
      return;
    }
    if (message.code === 'NOT_LEADER' || message.code === 'WRONG_GROUP') this.turnFrom(peer);
    call.hops = 0;
    if (isWantOfRoom(message.code) && waitsItsTurn(call)) {
      if (call.toldWaiting && !call.steppedBack) this.stepBack(call);
      call.state = 'inLine';
      call.dueUs = never;
      this.crowded = true;
      this.turnUs = nowUs + this.retryAfterUs();
      return;
    }
    call.state = 'backoff';
    call.dueUs = nowUs + this.retryAfterUs();
  }

  /**
   * It is in the log, and asks again every second: by its age it and its like would take every turn from those who are not in the log yet. From then on it
   * keeps its place until it has been heard.
   */
  private stepBack(call: Call): void {
    call.steppedBack = true;
    this.calls.splice(this.calls.indexOf(call), 1);
    this.calls.push(call);
  }

  private retryAfterUs(): number {
    return this.random.between(this.retryMinUs, this.retryMaxUs);
  }

  /** Lets the oldest operation in line try. Without one there is no line any more. */
  private giveTurn(nowUs: number): void {
    if (!this.crowded) return;
    const { session } = this;
    const oldest = this.calls.find(
      (call) => call.state === 'inLine' || (call.state === 'waiting' && waitsItsTurn(call)),
    );
    if (oldest === undefined) {
      this.crowded = false;
      this.turnUs = never;
    } else if (oldest.state === 'inLine') this.attempt(nowUs, oldest);
    else if (session !== null && session.inFlight + this.outsideInFlight < maxInFlight)
      this.startOperation(nowUs, session, oldest);
  }

  private replied(nowUs: number, peer: Peer, message: ReplyMessage): void {
    const call = this.answered(peer, message.attempt);
    if (call === null) return;
    if (!this.isAnywhere(call)) {
      peer.repliedAtUs = nowUs;
      this.targetNode(peer.node);
      this.leaveSilent(nowUs, peer);
    }
    const { value } = message;
    const error = errorOf(value);
    call.roundTripUs = nowUs - this.answeredSentUs;
    // What a read or a transfer waits for is no round trip, nor is the time in a queue.
    if (!isOutsideLog(call) && !call.toldWaiting) this.lastRoundTripUs = call.roundTripUs;
    if (isWaiting(value)) this.park(nowUs, call, peer, message);
    else if (call.kind === 'open') this.opened(nowUs, call, value);
    else if (call.op?.f === 'transfer' && !isTransferred(call.op.target, value)) {
      // What was refused for the transfer's sake gets its turn before the next try.
      call.lastRefusal = value;
      call.maybe = true;
      call.state = 'backoff';
      call.dueUs = nowUs + this.attemptTimeoutUs;
    } else if (isOutsideLog(call)) this.complete(call, 'ok', value, message.place);
    else if (error === 'SESSION_NOT_OPEN') this.lose(call.session);
    else if (call.kind === 'keepAlive') {
      if (this.session !== null) this.renewedBy(this.session, call);
      this.remove(call);
    } else if (error === 'STALE_REQUEST') this.complete(call, 'info', value, 0);
    else {
      const { session } = this;
      // These two the machine answers before it renews anything.
      const renews = error !== 'SESSION_WINDOW_FULL' && error !== 'BAD_COMMAND';
      if (session !== null && renews) this.renewedBy(session, call);
      this.complete(call, 'ok', value, message.place);
      // A close has ended it, and what is still in flight with it.
      if (call.op !== null && call.op.f === 'close' && error === null) this.lose(call.session);
    }
    if (call.kind === 'operation') this.giveTurn(nowUs);
  }

  /** The request is in the log and waits: the same attempt hears of its end. */
  private park(nowUs: number, call: Call, peer: Peer, { attempt, place }: ReplyMessage): void {
    call.open.push({ peer, attempt, sentUs: this.answeredSentUs });
    if (this.session !== null && !call.toldWaiting) this.renewedBy(this.session, call);
    if (!call.toldWaiting) this.waitings.push({ id: call.id, place });
    call.toldWaiting = true;
    call.maybe = true;
    call.steppedBack = false;
    call.state = 'parked';
    call.dueUs = nowUs + this.resubscribeUs;
  }

  private renewedBy(session: OpenSession, call: Call): void {
    if (call.firstSentUs > session.renewedAtUs) session.renewedAtUs = call.firstSentUs;
  }

  private opened(nowUs: number, call: Call, value: unknown): void {
    const answer = value as { readonly session?: number; readonly ttlUs?: number };
    if (typeof answer.session !== 'number') {
      // Too many sessions: places come free as others expire.
      for (const waiting of this.calls) if (waiting.state === 'waiting') waiting.lastRefusal = value;
      call.state = 'backoff';
      call.dueUs = nowUs + this.attemptTimeoutUs;
      return;
    }
    this.remove(call);
    this.session = {
      id: answer.session,
      ttlUs: answer.ttlUs ?? this.ttlUs,
      lastNumber: 0,
      acknowledged: noneAcknowledged,
      inFlight: 0,
      renewedAtUs: call.firstSentUs,
    };
  }

  /** The session has ended: what is in flight under it may have happened before. */
  private lose(id: number): void {
    if (this.session === null || this.session.id !== id) return;
    for (let i = 0; i < this.calls.length;) {
      const call = this.calls[i]!;
      if (call.kind === 'operation' && call.number > 0) this.complete(call, 'info', sessionLost, 0);
      // In the next session its number would be another request's.
      else if (call.op?.f === 'cancel') this.complete(call, 'fail', sessionLost, 0);
      else i += 1;
    }
    if (this.renewing !== null) this.remove(this.renewing);
    this.session = null;
  }

  /** `fail` is certain only if no attempt can have entered a log. */
  private giveUp(call: Call): void {
    const certain = call.open.length === 0 && !call.maybe;
    this.complete(call, certain ? 'fail' : 'info', call.lastRefusal, 0);
  }

  private complete(call: Call, outcome: Outcome, value: unknown, place: number): void {
    this.remove(call);
    const { id, session, number } = call;
    if (number > 0 && this.session !== null && this.session.id === session) {
      this.session.inFlight -= 1;
      this.session.acknowledged = acknowledge(this.session.acknowledged, number);
    }
    const sent: Sent = { firstUs: call.firstSentUs, roundTripUs: call.roundTripUs };
    this.completions.push({ id, outcome, value, place, session, number, sent });
  }

  private remove(call: Call): void {
    this.calls.splice(this.calls.indexOf(call), 1);
    if (call.kind === 'operation') this.forSession -= 1;
    if (isOutsideLog(call) && call.state !== 'waiting') this.outsideInFlight -= 1;
    if (this.opening === call) this.opening = null;
    if (this.renewing === call) this.renewing = null;
  }
}

/** A renewal, a release or a cancel need not wait for a place: with a window full of requests in line a lease would be lost, and the lock not given back. */
function mayUseReserve(call: Call, session: OpenSession | null): boolean {
  if (session === null || session.inFlight >= limits.sessionWindow) return false;
  return call.kind === 'operation' && frees(call.op as Operation);
}

const cancelledTrue = { cancelled: true } as const;
const neverSent: Sent = { firstUs: -1, roundTripUs: -1 };

const sessionLost = { error: 'SESSION_NOT_OPEN' } as const;

/** Without a wait a client whose turn it is would ask again and again at one instant. @throws CoreError BAD_CONFIGURATION */
function requireWait(minUs: number, maxUs: number): void {
  if (Number.isSafeInteger(minUs) && Number.isSafeInteger(maxUs) && minUs >= 1 && minUs <= maxUs) return;
  throw new CoreError(
    'BAD_CONFIGURATION',
    `The wait after a refusal is 1 us or more, and its bounds are in order; got ${minUs} to ${maxUs} us.`,
    'Change retryMinUs or retryMaxUs.',
  );
}
