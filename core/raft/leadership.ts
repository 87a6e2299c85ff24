/** Taking the lead and giving it up: the first entry of a term, heartbeats, check-quorum. */
import { crc32c, noBytes } from '../bytes.ts';
import { appendOwn, replicateTo } from './replication.ts';
import { voteResult } from './quorum.ts';
import { Progress, becomeFollower, send } from './state.ts';
import type { RaftState } from './state.ts';

const noopSum = crc32c(noBytes);

/** Paper 5.2 and section 8: the new leader sends to everybody at once, beginning with a noop of its own term, whose commit commits all before it. */
export function becomeLeader(s: RaftState, now: number): void {
  s.role = 'leader';
  s.leader = s.id;
  s.round = 0;
  s.observe?.({ kind: 'leaderElected', term: s.term, lastIndex: s.log.lastIndex, lastTerm: s.log.lastTerm });
  s.progress = [];
  s.matchIndex.fill(0);
  for (const peer of s.peers) s.progress[peer] = new Progress(s.log.lastIndex + 1);
  s.heartbeatDeadline = now + s.timings.heartbeatUs;
  s.quorumDeadline = now + s.timings.checkQuorumUs;
  appendOwn(s, {
    index: s.log.lastIndex + 1,
    term: s.term,
    kind: 'noop',
    body: noBytes,
    sum: noopSum,
    command: null,
  });
  for (const peer of s.peers) replicateTo(s, now, peer);
}

/** A leader's deadline came: a round of heartbeats, a check that a quorum still answers. */
export function onLeaderDeadline(s: RaftState, now: number): void {
  if (now >= s.quorumDeadline) {
    s.quorumDeadline = now + s.timings.checkQuorumUs;
    if (s.rules.mustStepDown(quorumAnswered(s))) {
      becomeFollower(s, now, s.term, -1, 'check-quorum');
      return;
    }
  }
  if (now >= s.heartbeatDeadline) {
    s.heartbeatDeadline = now + s.timings.heartbeatUs;
    s.round += 1;
    const message = { type: 'heartbeat', term: s.term, round: s.round, commit: s.commitIndex } as const;
    for (const peer of s.peers) {
      s.progress[peer]!.answered = false;
      send(s, peer, message);
    }
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
