/** What a follower does with its leader's appends and heartbeats (paper 5.3, figure 2 AppendEntries). */
import { assert } from '../errors.ts';
import { advanceCommit } from './commit.ts';
import type { Entry } from './entry.ts';
import type { Append, AppendReply, Heartbeat } from './messages.ts';
import { askAgain } from './reads.ts';
import { askForRepair } from './repair.ts';
import { becomeFollower, hold, rearmElection, send, sendWhenTermDurable } from './state.ts';
import type { RaftState } from './state.ts';

/** Appends that came before the one they follow: as many as wait before the gap is taken for a loss. */
const earlyBeforeRefusal = 3;

/** A message of a leader of this term was accepted: who leads is known, and nobody else is voted for soon. */
export function hearLeader(s: RaftState, now: number, from: number, term: number): void {
  if (s.rules.returnsToFollower(term, s.term, s.role === 'follower'))
    becomeFollower(s, now, term, from, 'append-of-leader');
  s.leader = from;
  s.quietUntil = now + s.timings.electionMinUs;
  rearmElection(s, now);
  if (s.repair !== null) askForRepair(s, now);
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
    boot: s.boot,
    repairing: s.repair !== null,
  };
  if (s.rules.acknowledgementMayLeave(index, s.durableIndex, s.termDurable)) send(s, to, reply);
  else {
    const seq = s.coveringSeq;
    assert(seq > s.persistedSeq, () => `entry ${index} is not durable, and no write will make it so`);
    holdAcknowledgement(s, to, reply, seq);
  }
}

export function onAppend(s: RaftState, now: number, from: number, m: Append): void {
  if (m.term < s.term) {
    sendWhenTermDurable(s, from, refusal(s, m, 0, 0));
    return;
  }
  hearLeader(s, now, from, m.term);
  // A snapshot on its way to the disk will replace this log: what is appended now would be lost with it.
  if (s.installing !== null || keptForLater(s, m)) return;
  let lastNew = take(s, m);
  if (lastNew < 0) {
    const hintIndex = s.log.hintFor(m.prevIndex > 0 ? m.prevIndex - 1 : 0, m.prevTerm);
    sendWhenTermDurable(s, from, refusal(s, m, hintIndex, s.log.termAt(hintIndex)));
    return;
  }
  if (m.epoch > s.acceptedEpoch) s.acceptedEpoch = m.epoch;
  while (s.early.length > 0 && s.early[0]!.prevIndex <= s.log.lastIndex) {
    lastNew = Math.max(lastNew, take(s, s.early.shift()!));
  }
  acknowledge(s, from, s.rules.acknowledgedIndex(lastNew, s.log.lastIndex));
}

/**
 * The network reorders what the leader pipelines. An append that starts after the log's end, behind one of the same epoch that was
 * accepted, is kept until the gap before it closes, as if it had arrived later; refusing it would make the leader start anew for
 * nothing. When several wait the missing one is probably lost: then the refusal goes out (as TCP's fast retransmit, RFC 5681).
 * @returns whether nothing more is to be done with it now
 */
function keptForLater(s: RaftState, m: Append): boolean {
  const { early } = s;
  if (m.prevIndex <= s.log.lastIndex || m.epoch !== s.acceptedEpoch) return false;
  let at = early.length;
  while (at > 0 && early[at - 1]!.prevIndex >= m.prevIndex) at -= 1;
  if (early[at]?.prevIndex === m.prevIndex) return true;
  if (early.length < s.limits.windowAppends) early.splice(at, 0, m);
  return early.length < earlyBeforeRefusal;
}

/** Takes over an append whose start is in the log. @returns the last index that it speaks of; −1 if the logs do not agree at its start. */
function take(s: RaftState, m: Append): number {
  const { log } = s;
  const lastNew = m.prevIndex + m.entries.length;
  if (m.prevIndex < log.base) {
    // Compacted here, so committed, so equal to the leader's: what the snapshot covers is there, what goes beyond it is taken.
    acceptEntries(s, m.entries, log.base - m.prevIndex);
  } else if (s.rules.prevMatches(m.prevTerm, log.termAt(m.prevIndex))) {
    acceptEntries(s, m.entries, 0);
  } else return -1;
  if (lastNew > s.acceptedIndex) s.acceptedIndex = lastNew;
  advanceCommit(s, s.rules.followerCommitIndex(m.commit, lastNew));
  return lastNew;
}

function refusal(s: RaftState, refused: Append, hintIndex: number, hintTerm: number): AppendReply {
  const { epoch, prevIndex } = refused;
  const repairing = s.repair !== null;
  const { term, boot } = s;
  return {
    ...{ type: 'appendReply', term, success: false, epoch, index: prevIndex, hintIndex, hintTerm },
    ...{ boot, repairing },
  } as const;
}

/** Paper figure 2, AppendEntries 3 and 4: remove what conflicts, append what is not there. Matching entries are left alone. */
function acceptEntries(s: RaftState, entries: readonly Entry[], skip: number): void {
  const { log } = s;
  for (let i = skip; i < entries.length; i += 1) {
    const entry = entries[i]!;
    if (entry.index <= log.lastIndex) {
      if (!s.rules.conflictsWith(log.termAt(entry.index), entry.term)) continue;
      truncate(s, entry.index);
    }
    log.append(entry);
    s.observe?.({
      kind: 'entryAppended',
      index: entry.index,
      term: entry.term,
      sum: entry.sum,
      entry: entry.kind,
      leading: false,
    });
  }
}

/** Removes the entries from `from` on, here and, with the next write, on disk. */
function truncate(s: RaftState, from: number): void {
  s.observe?.({ kind: 'logTruncated', from, last: s.log.lastIndex });
  assert(
    s.rules.mayTruncate(from, s.commitIndex),
    () => `asked to remove entry ${from} although ${s.commitIndex} is committed`,
  );
  s.log.truncateFrom(from);
  if (from <= s.issuedIndex) {
    s.truncatePending = s.truncatePending === 0 ? from : Math.min(s.truncatePending, from);
    s.issuedIndex = from - 1;
  }
  if (s.durableIndex >= from) s.durableIndex = from - 1;
  if (s.acceptedIndex >= from) s.acceptedIndex = from - 1;
}

export function onHeartbeat(s: RaftState, now: number, from: number, m: Heartbeat): void {
  if (m.term < s.term) {
    // The round is of another term: echoed under this one it would confirm reads of a later reign of the sender.
    sendWhenTermDurable(s, from, { type: 'heartbeatReply', term: s.term, round: 0 });
    return;
  }
  hearLeader(s, now, from, m.term);
  if (s.installing === null) advanceCommit(s, s.rules.heartbeatCommitIndex(m.commit, s.acceptedIndex));
  sendWhenTermDurable(s, from, { type: 'heartbeatReply', term: s.term, round: m.round });
  askAgain(s, now);
}
