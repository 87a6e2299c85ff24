/**
 * Linearizable reads without a log entry: ReadIndex (thesis 6.4). The leader, once it has committed an entry of its own term, notes its commit
 * index and asks a round of heartbeats, *sent after* the read arrived; when a quorum has answered the round, no later leader can
 * have committed anything before the read arrived, and the read may be served by whoever has applied up to that index.
 *
 * Reads are batched twice. At the leader reads start one round at a time, and those that arrive meanwhile share the
 * next, which may be a timer's; any later round confirms earlier ones as well. A follower has one question at the leader at a time, named by
 * (replica, boot, id); its reads that arrive meanwhile share the next. A question may be lost, or asked of a leader that is deposed: it is
 * asked again with the next heartbeat. The answer is true whenever it arrives, since its index was committed after the question was asked.
 */
import type { ReadIndex, ReadIndexReply } from './messages.ts';
import { send } from './state.ts';
import type { RaftState } from './state.ts';

/** A follower's question. */
interface Question {
  readonly replica: number;
  readonly boot: number;
  readonly id: number;
}

/** Reads that share a round. */
interface Batch {
  readonly round: number;
  /** Committed when the round left. */
  readonly index: number;
  readonly own: readonly number[];
  readonly questions: readonly Question[];
}

/** Reads that may be served once `index` is applied. */
export interface ReadyReads {
  readonly index: number;
  readonly ids: readonly number[];
}

/** What a replica knows of reads under way; bounded by the replica, which names each by a number of its own. */
export class Reads {
  /** At the leader: what no round has left for yet. A follower has one question here at most, its newest. */
  own: number[] = [];
  questions: Question[] = [];
  /** At the leader: rounds that left for reads, oldest first. */
  confirming: Batch[] = [];
  /** By replica id: the latest round of this term that it answered. */
  readonly answered: Float64Array;

  /** At a follower: the reads of the question that is at the leader, and those that wait for the next. */
  asked: readonly number[] = [];
  next: number[] = [];
  askedId = 0;
  askedAt = 0;
  /** Whom it was asked. */
  askedOf = -1;

  /** Outputs: to be taken by the caller. */
  ready: ReadyReads[] = [];
  /** Nobody is known who could serve them. */
  refused: number[] = [];

  constructor(replicas: number) {
    this.answered = new Float64Array(replicas);
  }
}

/** A read arrives here, under a number that the caller has not used before in this boot. */
export function read(s: RaftState, now: number, id: number): void {
  const { reads } = s;
  if (s.role === 'leader') {
    reads.own.push(id);
    startRound(s);
  } else if (s.leader >= 0 && s.leader !== s.id) {
    reads.next.push(id);
    if (reads.asked.length === 0) ask(s, now);
  } else reads.refused.push(id);
}

function waiting({ reads }: RaftState): boolean {
  return reads.own.length > 0 || reads.questions.length > 0;
}

/** A round leaves for what waits, unless one is under way already. */
export function startRound(s: RaftState): void {
  if (!waiting(s) || s.reads.confirming.length > 0) return;
  if (!s.rules.readMayStart(s.log.termAt(s.commitIndex), s.term)) return;
  sendRound(s);
}

/** A round of heartbeats leaves, and takes along the reads that wait. */
export function sendRound(s: RaftState): void {
  const { reads } = s;
  s.round += 1;
  if (waiting(s) && s.rules.readMayStart(s.log.termAt(s.commitIndex), s.term)) {
    reads.confirming.push({
      round: s.round,
      index: s.commitIndex,
      own: reads.own,
      questions: reads.questions,
    });
    reads.own = [];
    reads.questions = [];
  }
  const message = { type: 'heartbeat', term: s.term, round: s.round, commit: s.commitIndex } as const;
  for (const peer of s.peers) send(s, peer, message);
  confirm(s);
}

/** A follower answered a round: it was still of this term then. */
export function onRoundAnswered(s: RaftState, from: number, round: number): void {
  if (round <= s.reads.answered[from]!) return;
  s.reads.answered[from] = round;
  confirm(s);
}

/** Batches whose round a quorum has answered may be served; then the next round may leave. */
function confirm(s: RaftState): void {
  const { reads } = s;
  if (reads.confirming.length === 0) return;
  reads.answered[s.id] = s.round;
  const confirmed = s.rules.confirmedRound(s.configuration, reads.answered);
  while (reads.confirming.length > 0 && s.rules.roundConfirmsRead(confirmed, reads.confirming[0]!.round)) {
    const { index, own, questions } = reads.confirming.shift()!;
    if (own.length > 0) reads.ready.push({ index, ids: own });
    for (const { replica, boot, id } of questions)
      send(s, replica, { type: 'readIndexReply', boot, id, index });
  }
  startRound(s);
}

/** A follower asks for an index. Who does not lead stays silent: the follower asks again when it hears who does. */
export function onReadIndex(s: RaftState, from: number, { boot, id }: ReadIndex): void {
  if (s.role !== 'leader') return;
  const { reads } = s;
  // It has one question at a time: an older one is given up, or the same; a late copy of one is not to take the place of the newest.
  const known = reads.questions.find((question) => question.replica === from);
  if (known !== undefined && known.boot === boot && known.id > id) return;
  reads.questions = reads.questions.filter((question) => question.replica !== from);
  reads.questions.push({ replica: from, boot, id });
  startRound(s);
}

export function onReadIndexReply(s: RaftState, now: number, { boot, id, index }: ReadIndexReply): void {
  const { reads } = s;
  if (boot !== s.boot || id !== reads.askedId || reads.asked.length === 0) return;
  reads.ready.push({ index, ids: reads.asked });
  reads.asked = [];
  if (reads.next.length > 0 && s.role !== 'leader' && s.leader >= 0) ask(s, now);
}

function ask(s: RaftState, now: number): void {
  const { reads } = s;
  reads.askedId += 1;
  reads.asked = reads.next;
  reads.next = [];
  repeatQuestion(s, now);
}

function repeatQuestion(s: RaftState, now: number): void {
  const { reads } = s;
  reads.askedAt = now;
  reads.askedOf = s.leader;
  send(s, s.leader, { type: 'readIndex', boot: s.boot, id: reads.askedId });
}

/** With a leader's heartbeat: what was asked a heartbeat ago, or of another, may be lost. */
export function askAgain(s: RaftState, now: number): void {
  const { reads } = s;
  if (reads.asked.length > 0) {
    if (reads.askedOf !== s.leader || now - reads.askedAt >= s.timings.heartbeatUs) repeatQuestion(s, now);
  } else if (reads.next.length > 0) ask(s, now);
}

/** A leader is deposed: who asked here has to look elsewhere; followers do so by themselves. */
export function dropReads(s: RaftState): void {
  const { reads } = s;
  for (const { own } of reads.confirming) reads.refused.push(...own);
  reads.refused.push(...reads.own);
  reads.own = [];
  reads.questions = [];
  reads.confirming = [];
}

/** Nobody is known who leads: the reads that wait for an answer are given back. */
export function refuseQuestions(s: RaftState): void {
  const { reads } = s;
  if (reads.asked.length === 0 && reads.next.length === 0) return;
  reads.refused.push(...reads.asked, ...reads.next);
  reads.asked = [];
  reads.next = [];
}
