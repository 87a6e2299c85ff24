/** Taking the lead and giving it up: the first entry of a term, heartbeats, check-quorum. */
import { proposeNoop } from './replication.ts';
import { voteResult } from './quorum.ts';
import { sendRound } from './reads.ts';
import { giveUpTransfer, tellAgain } from './transfer.ts';
import { Progress, becomeFollower } from './state.ts';
import type { RaftState } from './state.ts';

/** Paper 5.2 and section 8: the new leader sends to everybody at once, beginning with a noop of its own term, whose commit commits all before it. */
export function becomeLeader(s: RaftState, now: number): void {
  s.role = 'leader';
  s.leader = s.id;
  s.round = 0;
  s.reads.answered.fill(0);
  s.observe?.({ kind: 'leaderElected', term: s.term, lastIndex: s.log.lastIndex, lastTerm: s.log.lastTerm });
  s.progress = [];
  s.matchIndex.fill(0);
  s.uncommittedBytes = 0;
  for (let index = s.commitIndex + 1; index <= s.log.lastIndex; index += 1) {
    s.uncommittedBytes += s.log.at(index).body.length;
  }
  for (const peer of s.peers) s.progress[peer] = new Progress(s.log.lastIndex + 1);
  s.heartbeatDeadline = now + s.timings.heartbeatUs;
  s.quorumDeadline = now + s.timings.checkQuorumUs;
  proposeNoop(s, now);
}

/** A leader's deadline came: a round of heartbeats, a check that a quorum still answers. */
export function onLeaderDeadline(s: RaftState, now: number): void {
  giveUpTransfer(s, now);
  if (now >= s.quorumDeadline) {
    s.quorumDeadline = now + s.timings.checkQuorumUs;
    if (s.rules.mustStepDown(quorumAnswered(s))) {
      becomeFollower(s, now, s.term, -1, 'check-quorum');
      return;
    }
  }
  if (now >= s.heartbeatDeadline) {
    s.heartbeatDeadline = now + s.timings.heartbeatUs;
    for (const peer of s.peers) {
      const progress = s.progress[peer]!;
      // What is on its way now left before this round: if the round is answered and it is not, it counts as lost.
      const waits = progress.inFlight.length > 0 || progress.match < s.log.lastIndex;
      if (progress.silentSince === 0 && waits) progress.silentSince = s.round + 1;
    }
    sendRound(s);
    tellAgain(s);
  }
}

/** Whether a quorum, this replica included, has answered since the last check; starts the next period. */
function quorumAnswered(s: RaftState): boolean {
  const answered: (boolean | undefined)[] = [];
  answered[s.id] = true;
  for (const peer of s.peers) {
    const progress = s.progress[peer]!;
    answered[peer] = progress.active;
    progress.active = false;
  }
  return voteResult(s.configuration, answered) === 'won';
}
