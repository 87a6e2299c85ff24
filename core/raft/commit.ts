/** What is committed: counted by the leader over durable logs, told to followers (paper 5.3, 5.4.2). */
import { assert } from '../errors.ts';
import { quorumIndexOf } from './quorum.ts';
import { startRound } from './reads.ts';
import type { RaftState } from './state.ts';

/** Commits what a quorum holds durably, if the last of it is of this term (paper 5.4.2). */
export function leaderCommit(s: RaftState): void {
  if (s.role !== 'leader') return;
  s.matchIndex[s.id] = s.rules.leaderMatchIndex(s.durableIndex, s.log.lastIndex);
  const index = quorumIndexOf(s.configuration, s.matchIndex);
  if (!s.rules.mayCommit(index, s.commitIndex, s.log.termAt(index), s.term)) return;
  advanceCommit(s, index);
  // Reads may have waited for the first commit of this term.
  startRound(s);
}

/** Raises the commit index; it never goes back. */
export function advanceCommit(s: RaftState, index: number): void {
  if (index <= s.commitIndex) return;
  assert(index <= s.log.lastIndex, () => `commit of ${index} past the log's end ${s.log.lastIndex}`);
  if (s.role === 'leader') {
    for (let i = s.commitIndex + 1; i <= index; i += 1) {
      s.uncommittedBytes = s.rules.uncommittedAfterCommit(s.uncommittedBytes, s.log.at(i).body.length);
    }
  }
  s.commitIndex = index;
  // A snapshot that is arriving tells nothing any more: its leader may be gone, and nobody will send the rest.
  if (s.assembly !== null && s.assembly.index <= index) s.assembly = null;
  s.observe?.({ kind: 'committed', index, term: s.term, leading: s.role === 'leader' });
  const pending = s.pendingProposals;
  while (pending.length > 0 && pending[0]! <= index) pending.shift();
}
