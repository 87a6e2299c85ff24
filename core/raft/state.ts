/**
 * What a Raft replica knows: term and vote, the log, what of it is durable and committed, and, while it leads, how far each
 * follower is. All state of the protocol is here; the decisions are in rules.ts, what happens on each input in election.ts, following.ts,
 * replication.ts, reads.ts, transfer.ts, snapshots.ts, repair.ts and durability.ts.
 */
import type { Observation } from '../observe.ts';
import type { Random } from '../ports.ts';
import type { Entry } from './entry.ts';
import { RaftLog } from './log.ts';
import type { Append, RaftMessage, Snapshot } from './messages.ts';
import { votersOf } from './quorum.ts';
import type { Configuration } from './quorum.ts';
import { Reads, dropReads } from './reads.ts';
import type { OwnRepair } from './repair.ts';
import type { RaftRules } from './rules.ts';
import type { Assembly, Sending } from './snapshots.ts';
import type { Transfer } from './transfer.ts';

/** What a replica is at the moment. */
export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

/** Timings in microseconds of the local monotonic clock. */
export interface RaftTimings {
  readonly electionMinUs: number;
  readonly electionMaxUs: number;
  readonly heartbeatUs: number;
  readonly preVoteUs: number;
  readonly checkQuorumUs: number;
  /** How long a leader waits for a follower that has been sent a whole snapshot before it asks again how far it is. */
  readonly snapshotRetryUs: number;
}

/** Bounds on what is sent, held and pending (defaults: `limits`). */
export interface RaftLimits {
  readonly batchEntries: number;
  readonly batchBytes: number;
  readonly windowAppends: number;
  /** Bytes of appends on their way to one follower, beyond which no further one leaves. */
  readonly windowBytes: number;
  readonly snapshotChunkBytes: number;
  readonly snapshotWindowChunks: number;
  /** Bytes of commands in the leader's log that are not committed, beyond which no more are taken. */
  readonly uncommittedBytes: number;
  readonly pendingProposals: number;
  readonly reservedProposals: number;
  readonly uncompactedEntries: number;
  readonly reservedEntries: number;
  readonly commandsPerProposal: number;
  /** Reads of clients under way at one replica. */
  readonly pendingReads: number;
}

/** Everything a replica starts from. */
export interface RaftOptions {
  readonly id: number;
  /** How often this replica has started, from 1: tells its own earlier questions from those of now. */
  readonly boot: number;
  readonly configuration: Configuration;
  readonly timings: RaftTimings;
  readonly limits: RaftLimits;
  readonly rules: RaftRules;
  readonly random: Random;
  /** Where observations go; `null` leaves them out (a measurement of Raft alone). */
  readonly observe: ((observation: Observation) => void) | null;
  /** What was read back from disk: all of it durable. */
  readonly recovered: {
    readonly term: number;
    readonly votedFor: number;
    readonly base: number;
    readonly baseTerm: number;
    readonly entries: readonly Entry[];
    readonly snapshot: Snapshot | null;
    /** What it had acknowledged is lost: it abstains until it has rejoined (default: it is whole). */
    readonly repairing?: boolean;
  };
}

/** How the leader talks to one follower. */
export type ProgressMode =
  /** Where the logs agree is not known: one append at a time. */
  | 'probe'
  /** They agree up to `match`: a window of pipelined appends. */
  | 'replicate'
  /** It needs entries that are compacted away: a snapshot is on its way. */
  | 'snapshot';

/** A leader's view of one follower (paper figure 2: nextIndex, matchIndex). */
export class Progress {
  mode: ProgressMode = 'probe';
  match = 0;
  next: number;
  /** Rises with each change to probing: a refusal that names an earlier one was caused by what is being repaired already. */
  epoch = 1;
  /** Last index of each append sent and not acknowledged, ascending: bounded by the window. */
  readonly inFlight: number[] = [];
  /** Bytes of each of them, and of all. */
  readonly #sizes: number[] = [];
  bytesInFlight = 0;
  /** The first round of the timer’s that left while an append was on its way, with none answered since; 0: there is none. */
  silentSince = 0;
  /** Whether anything was heard since the last quorum check. */
  active = false;
  /** Attempts to send snapshots in this reign: what answers an earlier one is old news. */
  attempts = 0;
  /** In mode `snapshot`: which, and how far. */
  sending: Sending | null = null;
  /** Its newest boot that was heard of. */
  boot = 0;
  /** It has said that it repairs itself, and not yet that it has done so. */
  repairing = false;
  /** The boot in which it asked for a repair, and the entry that was proposed for it; 0: none. */
  repairBoot = 0;
  repairIndex = 0;

  constructor(next: number) {
    this.next = next;
  }

  /** Starts anew with this follower, from `next`: what is on its way does not count any more. */
  probeFrom(next: number, rules: RaftRules): void {
    this.mode = 'probe';
    this.sending = null;
    this.next = next;
    this.epoch += 1;
    this.forgetInFlight(rules);
  }

  /** An append up to `last` leaves. */
  sent(last: number, bytes: number): void {
    this.inFlight.push(last);
    this.#sizes.push(bytes);
    this.bytesInFlight += bytes;
  }

  forgetInFlight(rules: RaftRules): void {
    while (this.inFlight.length > 0) this.inFlight.pop();
    while (this.#sizes.length > 0) this.#sizes.pop();
    this.bytesInFlight = rules.bytesInFlightAfterRestart(this.bytesInFlight);
  }

  /** Takes out the appends that an acknowledgement up to `index` covers. */
  acknowledged(index: number): void {
    while (this.inFlight.length > 0 && this.inFlight[0]! <= index) {
      this.inFlight.shift();
      this.bytesInFlight -= this.#sizes.shift()!;
    }
  }
}

/** A message that leaves when write `seq` is durable, if the term is still the one it speaks of. */
export interface HeldMessage {
  readonly seq: number;
  readonly term: number;
  readonly to: number;
  readonly message: RaftMessage;
}

/** A write on its way to the disk. */
export interface IssuedWrite {
  readonly seq: number;
  readonly term: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/** A message and the replica that it is for. */
export interface Outgoing {
  readonly to: number;
  readonly message: RaftMessage;
}

export class RaftState {
  readonly id: number;
  readonly boot: number;
  readonly rules: RaftRules;
  readonly timings: RaftTimings;
  readonly limits: RaftLimits;
  readonly random: Random;
  readonly observe: ((observation: Observation) => void) | null;
  configuration: Configuration;
  /** Voters of both halves without this replica: whom it talks to. */
  peers: readonly number[];

  // Persistent state (paper figure 2), as it is in memory: durable up to what `durability` below says.
  term: number;
  votedFor: number;
  readonly log: RaftLog;
  /** The newest durable snapshot, to send to followers that need it. */
  snapshot: Snapshot | null;

  // Volatile state.
  role: Role = 'follower';
  /** −1: unknown. */
  leader = -1;
  commitIndex: number;
  /** Highest index accepted from this term's leader since this boot; heartbeats commit no further. */
  acceptedIndex = 0;
  /** Epoch of the last append accepted in this term; 0: none. */
  acceptedEpoch = 0;
  /** Appends of that epoch that arrived before the one they follow, by where they start; at most a window of them. */
  readonly early: Append[] = [];
  electionDeadline = 0;
  /** Until then votes and pre-votes are refused (thesis 4.2.3). */
  quietUntil = 0;
  /** By replica id: granted, refused, or nothing heard. */
  votes: (boolean | undefined)[] = [];
  /** A snapshot of which chunks have arrived. */
  assembly: Assembly | null = null;
  /** A snapshot being made durable here; appends wait until it is. */
  installing: Snapshot | null = null;

  // Leader state.
  progress: (Progress | undefined)[] = [];
  /** Index by replica id, for counting quorums; this replica's own is what is durable here. */
  readonly matchIndex: Float64Array;
  round = 0;
  heartbeatDeadline = 0;
  quorumDeadline = 0;
  /** Bytes of the entries in the log that this leader has not seen committed. */
  uncommittedBytes = 0;
  /** Last index of each proposal that is not committed yet, oldest first. */
  readonly pendingProposals: number[] = [];

  readonly reads: Reads;
  /** Leadership being handed over: commands are refused meanwhile. */
  transfer: Transfer | null = null;
  /** What this replica had acknowledged is lost, and not yet made good. */
  repair: OwnRepair | null;

  // Durability: what was issued to the disk and what is known to be there.
  issuedSeq = 0;
  persistedSeq = 0;
  /** The write that carries the current term and vote, once issued. */
  hardSeq = 0;
  /** Term of the last write that was issued. */
  writtenTerm: number;
  /** Term or vote changed since the last write was issued. */
  hardPending = false;
  /** Entries up to here were issued. */
  issuedIndex: number;
  /** Entries up to here are durable, and still in the log. */
  durableIndex: number;
  /** Lowest index from which issued entries were removed since the last write was issued; 0: none. */
  truncatePending = 0;
  inFlight: IssuedWrite | null = null;
  held: HeldMessage[] = [];

  /** Messages to send, drained by the caller after each step. */
  readonly outbox: Outgoing[] = [];
  /** A snapshot to make durable and then report as installed; taken by the caller. */
  installRequest: Snapshot | null = null;
  /** This leader has begun to send its snapshot to a follower: a good moment to see whether the one on disk is whole. */
  snapshotBegun = false;

  constructor(options: RaftOptions) {
    const { recovered } = options;
    this.id = options.id;
    this.boot = options.boot;
    this.rules = options.rules;
    this.timings = options.timings;
    this.limits = options.limits;
    this.random = options.random;
    this.observe = options.observe;
    this.configuration = options.configuration;
    const voters = votersOf(options.configuration);
    this.peers = voters.filter((replica) => replica !== options.id);
    this.term = recovered.term;
    this.votedFor = recovered.votedFor;
    this.writtenTerm = recovered.term;
    this.log = new RaftLog(recovered.base, recovered.baseTerm, recovered.entries);
    this.snapshot = recovered.snapshot;
    // A snapshot holds committed entries only; what else was committed is learnt from a leader.
    this.commitIndex = recovered.snapshot?.index ?? 0;
    const replicas = Math.max(options.id, ...voters) + 1;
    this.matchIndex = new Float64Array(replicas);
    this.reads = new Reads(replicas);
    this.issuedIndex = this.log.lastIndex;
    this.durableIndex = this.log.lastIndex;
    this.repair = recovered.repairing === true ? { index: 0, askedAt: -1 } : null;
  }

  /** Whether the current term and vote are on disk. */
  get termDurable(): boolean {
    return !this.hardPending && this.hardSeq <= this.persistedSeq;
  }

  /** The write that will cover what is pending now (or the one in flight, if nothing is). */
  get coveringSeq(): number {
    const pending = this.hardPending || this.truncatePending !== 0 || this.log.lastIndex > this.issuedIndex;
    return pending ? this.issuedSeq + 1 : this.issuedSeq;
  }
}

/** Sends now. */
export function send(s: RaftState, to: number, message: RaftMessage): void {
  if (s.observe !== null && message.type === 'voteReply' && message.granted) {
    s.observe({ kind: 'voted', term: message.term, candidate: to });
  }
  s.outbox.push({ to, message });
}

/** Sends a message that names the current term once that term is durable: at once, in the common case. */
export function sendWhenTermDurable(s: RaftState, to: number, message: RaftMessage): void {
  if (s.termDurable) send(s, to, message);
  else hold(s, to, message, s.hardPending ? s.issuedSeq + 1 : s.hardSeq);
}

/** Keeps a message until write `seq` is durable. */
export function hold(s: RaftState, to: number, message: RaftMessage, seq: number): void {
  // During a long fsync each heartbeat and pre-vote would leave another answer behind; only the last to each asker says anything.
  if (message.type === 'heartbeatReply' || message.type === 'preVoteReply') {
    const { type } = message;
    s.held = s.held.filter((held) => held.to !== to || held.message.type !== type);
  }
  s.held.push({ seq, term: s.term, to, message });
}

/** A random election timeout from now. */
export function rearmElection(s: RaftState, now: number): void {
  s.electionDeadline = now + s.random.between(s.timings.electionMinUs, s.timings.electionMaxUs - 1);
}

/** Nothing of what waits will be taken: the leader or the log changed. */
export function forgetEarly(s: RaftState): void {
  s.acceptedEpoch = 0;
  while (s.early.length > 0) s.early.pop();
}

/** Takes over a higher term; the vote goes with the old one. */
export function adoptTerm(s: RaftState, term: number): void {
  s.votedFor = s.rules.voteAfterStepDown(term, s.term, s.votedFor);
  s.term = term;
  s.acceptedIndex = 0;
  forgetEarly(s);
  s.hardPending = true;
  s.observe?.({ kind: 'termChanged', term });
}

/**
 * Becomes a follower, of a higher term or of the same one (a leader without a quorum, a candidate that hears the leader). Held
 * messages of an older term stay behind: they are dropped when their write completes.
 */
export function becomeFollower(
  s: RaftState,
  now: number,
  term: number,
  leader: number,
  reason: 'higher-term' | 'check-quorum' | 'append-of-leader',
): void {
  if (s.role === 'leader') {
    s.observe?.({ kind: 'steppedDown', term: s.term, reason, uncommitted: s.log.lastIndex - s.commitIndex });
    while (s.pendingProposals.length > 0) s.pendingProposals.pop();
    s.progress = [];
    s.transfer = null;
    dropReads(s);
  }
  if (term > s.term) adoptTerm(s, term);
  else s.votedFor = s.rules.voteAfterStepDown(term, s.term, s.votedFor);
  const wasFollower = s.role === 'follower';
  s.role = 'follower';
  s.leader = leader;
  if (!wasFollower) rearmElection(s, now);
}
