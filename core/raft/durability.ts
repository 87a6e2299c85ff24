/**
 * What waits for the disk. One write is in flight at a time; it carries term, vote, a truncation and entries, and the messages that rest
 * on it leave when it is durable. A completion that speaks of a log which was replaced meanwhile confirms nothing: the next write covers it.
 */
import type { WriteBatch } from '../wal/contract.ts';
import { countOwnVote } from './election.ts';
import { leaderCommit } from './commit.ts';
import { send } from './state.ts';
import type { IssuedWrite, RaftState } from './state.ts';

/** All that is not yet on its way to the disk, as one write; `null` if there is nothing, or one is in flight. */
export function takeWrite(s: RaftState): WriteBatch | null {
  if (s.inFlight !== null || s.installing !== null) return null;
  const { log } = s;
  const entriesPending = log.lastIndex > s.issuedIndex;
  if (!entriesPending && !s.hardPending && s.truncatePending === 0) return null;
  s.issuedSeq += 1;
  const votedFor = s.rules.voteWrittenWithTerm(s.votedFor, s.term > s.writtenTerm);
  s.writtenTerm = s.term;
  const batch: WriteBatch = {
    term: s.term,
    votedFor,
    truncateFrom: s.truncatePending,
    entries: entriesPending ? log.slice(s.issuedIndex, log.lastIndex) : [],
  };
  if (s.hardPending) s.hardSeq = s.issuedSeq;
  s.hardPending = votedFor !== s.votedFor;
  s.truncatePending = 0;
  s.issuedIndex = log.lastIndex;
  s.inFlight = { seq: s.issuedSeq, term: s.term, lastIndex: log.lastIndex, lastTerm: log.lastTerm };
  return batch;
}

/** The write in flight is durable. */
export function onPersisted(s: RaftState, now: number, write: IssuedWrite): void {
  if (s.inFlight !== null && s.inFlight.seq === write.seq) s.inFlight = null;
  if (write.seq > s.persistedSeq) s.persistedSeq = write.seq;
  if (
    write.lastIndex > s.durableIndex &&
    s.rules.completionConfirms(write.term, s.term, write.lastTerm, s.log.termAt(write.lastIndex))
  ) {
    s.durableIndex = write.lastIndex;
  }
  releaseHeld(s);
  if (s.termDurable) countOwnVote(s, now);
  leaderCommit(s);
}

/** Messages whose write is durable leave, if they still speak of the current term; late ones are dropped. */
function releaseHeld(s: RaftState): void {
  const { held } = s;
  let kept = 0;
  for (let i = 0; i < held.length; i += 1) {
    const one = held[i]!;
    if (one.seq > s.persistedSeq) {
      held[kept] = one;
      kept += 1;
    } else if (one.term === s.term) send(s, one.to, one.message);
  }
  while (held.length > kept) held.pop();
}
