/** What a follower owes a leader of its term: to hear it, and to answer when its log is durable. */
import { assert } from '../errors.ts';
import type { AppendReply } from './messages.ts';
import { becomeFollower, hold, rearmElection, send } from './state.ts';
import type { RaftState } from './state.ts';

/** A message of a leader of this term was accepted: who leads is known, and nobody else is voted for soon. */
export function hearLeader(s: RaftState, now: number, from: number, term: number): void {
  if (term > s.term || s.role !== 'follower') becomeFollower(s, now, term, from, 'append-of-leader');
  s.leader = from;
  s.quietUntil = now + s.timings.electionMinUs;
  rearmElection(s, now);
}

/** An acknowledgement covers all before it: of those that wait for the same write only the last need be sent. */
function holdAcknowledgement(s: RaftState, to: number, reply: AppendReply, seq: number): void {
  const last = s.held.at(-1);
  if (last !== undefined && last.seq === seq && last.to === to && last.term === s.term) {
    const { message } = last;
    if (message.type === 'appendReply' && message.success && message.index <= reply.index) s.held.pop();
  }
  hold(s, to, reply, seq);
}

/** Answers that the log is the leader's up to `index`, once that is durable. */
export function acknowledge(s: RaftState, to: number, index: number): void {
  const reply: AppendReply = {
    type: 'appendReply',
    term: s.term,
    success: true,
    epoch: 0,
    index,
    hintIndex: 0,
    hintTerm: 0,
  };
  if (s.rules.acknowledgementMayLeave(index, s.durableIndex, s.termDurable)) send(s, to, reply);
  else {
    const seq = s.coveringSeq;
    assert(seq > s.persistedSeq, () => `entry ${index} is not durable, and no write will make it so`);
    holdAcknowledgement(s, to, reply, seq);
  }
}
