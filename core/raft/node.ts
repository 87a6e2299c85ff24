/**
 * Raft as a function of its inputs: `step(now, input)`, then drain what came out. No I/O, no clock, no timer: time comes in, deadlines
 * go out. Outputs: `outbox` (messages), `takeWrite()` (one durable write), `commitIndex` (entries to apply),
 * `installRequest` (a received snapshot to make durable), `nextDeadline()`, and observations through the callback.
 */
import { describeRaft } from './describe.ts';
import { onPersisted, takeWrite } from './durability.ts';
import { onElectionDeadline, onPreVote, onPreVoteReply, onVote, onVoteReply } from './election.ts';
import type { Entry } from './entry.ts';
import { onLeaderDeadline } from './leadership.ts';
import type { RaftMessage, Snapshot } from './messages.ts';
import { onAppend, onHeartbeat } from './following.ts';
import { bytesRefusal, onAppendReply, onHeartbeatReply, propose, refusalOf } from './replication.ts';
import type { ProposedCommand } from './replication.ts';
import type { CoreErrorCode } from '../errors.ts';
import type { WriteBatch } from '../wal/contract.ts';
import { onReadIndex, onReadIndexReply, read } from './reads.ts';
import type { ReadyReads } from './reads.ts';
import { mayRejoin, onRejoined, onRepair, onRepaired } from './repair.ts';
import { onSnapshotChunk, onSnapshotChunkReply, onSnapshotInstalled } from './snapshots.ts';
import { onTimeoutNow, startTransfer, transferRefusal } from './transfer.ts';
import { RaftState, rearmElection } from './state.ts';
import type { IssuedWrite, Outgoing, RaftOptions, Role } from './state.ts';

/** Everything that can happen to it. */
export type RaftInput =
  | { readonly kind: 'message'; readonly from: number; readonly message: RaftMessage }
  /** Only where `refusalOf` said `null`, or for commands that are exempt from the limits (expiry). */
  | { readonly kind: 'propose'; readonly commands: readonly ProposedCommand[] }
  /** The write that `issued` named is durable. */
  | { readonly kind: 'persisted'; readonly write: IssuedWrite }
  /** The snapshot of the last `installRequest`, and a log that starts after it, are durable. */
  | { readonly kind: 'snapshotInstalled' }
  /** A snapshot of the own machine is durable. */
  | { readonly kind: 'snapshotTaken'; readonly snapshot: Snapshot }
  /** The log on disk starts after `base` now. */
  | { readonly kind: 'compacted'; readonly base: number }
  /** Hand leadership over; only where `transferRefusal` said `null`. */
  | { readonly kind: 'transfer'; readonly target: number }
  /** A linearizable read, under a number that was not used before: it comes back in `takeReadyReads` or `takeRefusedReads`. */
  | { readonly kind: 'read'; readonly id: number }
  /** The log on disk has no mark of a repair any more; only where `mayRejoin` said so. */
  | { readonly kind: 'rejoined' }
  /** The deadline came. */
  | { readonly kind: 'wake' };

/** One replica’s Raft: a state, and `step` from input to outputs. Holds no resources. */
export class RaftNode {
  readonly #s: RaftState;

  constructor(now: number, options: RaftOptions) {
    this.#s = new RaftState(options);
    // A replica that just started does not remember which leader it heard (thesis 4.2.3).
    this.#s.quietUntil = now + options.timings.electionMinUs;
    rearmElection(this.#s, now);
  }

  /** Takes one input in; time must not go back between calls. */
  step(now: number, input: RaftInput): void {
    const s = this.#s;
    switch (input.kind) {
      case 'message':
        this.#receive(now, input.from, input.message);
        break;
      case 'propose':
        propose(s, now, input.commands);
        break;
      case 'persisted':
        onPersisted(s, now, input.write);
        break;
      case 'snapshotInstalled':
        onSnapshotInstalled(s);
        break;
      case 'snapshotTaken':
        s.snapshot = input.snapshot;
        break;
      case 'compacted':
        s.log.compactTo(input.base);
        break;
      case 'transfer':
        startTransfer(s, now, input.target);
        break;
      case 'read':
        read(s, now, input.id);
        break;
      case 'rejoined':
        onRejoined(s);
        break;
      case 'wake':
        if (s.role === 'leader') {
          if (now >= this.nextDeadline()) onLeaderDeadline(s, now);
        } else if (now >= s.electionDeadline) onElectionDeadline(s, now);
        break;
    }
  }

  #receive(now: number, from: number, message: RaftMessage): void {
    const s = this.#s;
    switch (message.type) {
      case 'append':
        onAppend(s, now, from, message);
        break;
      case 'appendReply':
        onAppendReply(s, now, from, message);
        break;
      case 'heartbeat':
        onHeartbeat(s, now, from, message);
        break;
      case 'heartbeatReply':
        onHeartbeatReply(s, now, from, message);
        break;
      case 'preVote':
        onPreVote(s, now, from, message);
        break;
      case 'preVoteReply':
        onPreVoteReply(s, now, from, message);
        break;
      case 'vote':
        onVote(s, now, from, message);
        break;
      case 'voteReply':
        onVoteReply(s, now, from, message);
        break;
      case 'timeoutNow':
        onTimeoutNow(s, now, from, message);
        break;
      case 'readIndex':
        onReadIndex(s, from, message);
        break;
      case 'readIndexReply':
        onReadIndexReply(s, now, message);
        break;
      case 'repair':
        onRepair(s, now, from, message);
        break;
      case 'repaired':
        onRepaired(s, now, from, message);
        break;
      case 'snapshotChunk':
        onSnapshotChunk(s, now, from, message);
        break;
      case 'snapshotChunkReply':
        onSnapshotChunkReply(s, now, from, message);
        break;
    }
  }

  /** The state in plain data, for people: `tellEntry` and `tellMessage` put commands and messages in words. */
  describe(
    tellEntry: (command: unknown) => string,
    tellMessage: (message: RaftMessage) => string,
  ): Record<string, unknown> {
    return describeRaft(this.#s, tellEntry, tellMessage);
  }

  /** Local monotonic time at which `wake` is wanted next. */
  nextDeadline(): number {
    const s = this.#s;
    if (s.role !== 'leader') return s.electionDeadline;
    const next = s.heartbeatDeadline < s.quorumDeadline ? s.heartbeatDeadline : s.quorumDeadline;
    return s.transfer !== null && s.transfer.deadline < next ? s.transfer.deadline : next;
  }

  /** Messages to send now; the caller empties it after each step. */
  get outbox(): Outgoing[] {
    return this.#s.outbox;
  }

  /** The next durable write, or `null`; `issued` then names it for the completion. */
  takeWrite(): WriteBatch | null {
    return takeWrite(this.#s);
  }

  /** The write in flight. */
  get issued(): IssuedWrite | null {
    return this.#s.inFlight;
  }

  /** Whether reads came to anything: `takeReadyReads` or `takeRefusedReads` have some. */
  get readsEnded(): boolean {
    const { ready, refused } = this.#s.reads;
    return ready.length > 0 || refused.length > 0;
  }

  /** Reads that may be served when their index is applied, once. */
  takeReadyReads(): readonly ReadyReads[] {
    const { ready } = this.#s.reads;
    this.#s.reads.ready = [];
    return ready;
  }

  /** Reads that cannot be served here, because it is not known who leads, once. */
  takeRefusedReads(): readonly number[] {
    const { refused } = this.#s.reads;
    this.#s.reads.refused = [];
    return refused;
  }

  /** A received snapshot to make durable, once. */
  takeInstallRequest(): Snapshot | null {
    const request = this.#s.installRequest;
    this.#s.installRequest = null;
    return request;
  }

  /** Whether a leader has begun to send its snapshot since this was asked last. */
  takeSnapshotBegun(): boolean {
    const begun = this.#s.snapshotBegun;
    this.#s.snapshotBegun = false;
    return begun;
  }

  /** Whether a received snapshot is on its way to the disk. */
  get installing(): boolean {
    return this.#s.installing !== null;
  }

  /** Why a proposal of `count` commands would be refused now, or `null`. */
  refusalOf(count: number, reserved: boolean): CoreErrorCode | null {
    return refusalOf(this.#s, count, reserved);
  }

  /** Why so many bytes more would be refused now, or `null`. */
  bytesRefusal(bytes: number): CoreErrorCode | null {
    return bytesRefusal(this.#s, bytes);
  }

  /** Why leadership cannot be given to `target` from here now, or `null`. */
  transferRefusal(target: number): CoreErrorCode | null {
    return transferRefusal(this.#s, target);
  }
  /** Whom leadership is being handed over to; −1: nobody. */
  get transferTarget(): number {
    return this.#s.transfer?.target ?? -1;
  }

  /** Whether the mark of a repair may be taken from the disk: what counted on the lost log is here again, durably. */
  get mayRejoin(): boolean {
    return mayRejoin(this.#s);
  }

  get role(): Role {
    return this.#s.role;
  }
  get term(): number {
    return this.#s.term;
  }
  get votedFor(): number {
    return this.#s.votedFor;
  }
  /** Who leads, as far as this replica knows; −1 unknown. */
  get leader(): number {
    return this.#s.leader;
  }
  get commitIndex(): number {
    return this.#s.commitIndex;
  }
  get lastIndex(): number {
    return this.#s.log.lastIndex;
  }
  get durableIndex(): number {
    return this.#s.durableIndex;
  }
  get base(): number {
    return this.#s.log.base;
  }
  get snapshot(): Snapshot | null {
    return this.#s.snapshot;
  }
  termAt(index: number): number {
    return this.#s.log.termAt(index);
  }
  entryAt(index: number): Entry {
    return this.#s.log.at(index);
  }
  /** Entries (base, issued]: what a fresh log on disk must hold. Only while no write is in flight. */
  entriesForRebase(base: number): readonly Entry[] {
    return this.#s.log.slice(base, this.#s.issuedIndex);
  }
  /** Where the oldest snapshot ends that a follower is being sent; `Infinity` for none. Entries after it will be wanted next. */
  get snapshotOnItsWay(): number {
    let lowest = Infinity;
    for (const progress of this.#s.progress) {
      if (progress?.mode === 'snapshot' && progress.next - 1 < lowest) lowest = progress.next - 1;
    }
    return lowest;
  }

  /** Whether the log on disk may be replaced now: all that was issued is durable, and nothing issued waits to be cut. */
  get canRewrite(): boolean {
    const s = this.#s;
    return s.inFlight === null && s.installing === null && s.truncatePending === 0;
  }

  /** Whether the log on disk may be replaced by one that starts after `base`. */
  canRebaseTo(base: number): boolean {
    const s = this.#s;
    return this.canRewrite && base > s.log.base && base <= s.issuedIndex;
  }
}
