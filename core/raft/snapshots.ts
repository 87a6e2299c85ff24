/** Snapshots: sending one to a follower that fell behind, and receiving one (paper section 7). */
import { assert } from '../errors.ts';
import type { InstallSnapshot } from './messages.ts';
import { advanceCommit } from './commit.ts';
import { acknowledge, hearLeader } from './following.ts';
import { forgetEarly, send, sendWhenTermDurable } from './state.ts';
import type { Progress, RaftState } from './state.ts';

/** The entries that this follower needs are compacted away: it gets the newest snapshot, whole. */
export function sendSnapshot(s: RaftState, now: number, peer: number, progress: Progress): void {
  const snapshot = s.snapshot;
  assert(snapshot !== null && snapshot.index >= s.log.base, () => 'a compacted log needs its snapshot');
  progress.mode = 'snapshot';
  progress.next = snapshot.index + 1;
  progress.forgetInFlight();
  progress.snapshotSentAt = now;
  send(s, peer, { type: 'installSnapshot', term: s.term, snapshot });
}

export function onInstallSnapshot(s: RaftState, now: number, from: number, m: InstallSnapshot): void {
  const { snapshot } = m;
  if (m.term < s.term) {
    sendWhenTermDurable(s, from, {
      type: 'appendReply',
      term: s.term,
      success: false,
      epoch: 0,
      index: snapshot.index,
      hintIndex: 0,
      hintTerm: 0,
    });
    return;
  }
  hearLeader(s, now, from, m.term);
  if (s.installing !== null) return;
  if (s.rules.snapshotIsStale(snapshot.index, s.commitIndex)) {
    acknowledge(s, from, snapshot.index);
    return;
  }
  if (s.rules.snapshotMatchesLog(snapshot.term, s.log.termAt(snapshot.index))) {
    // The log holds all that the snapshot covers, and the leader says that it is committed: nothing to install.
    if (snapshot.index > s.acceptedIndex) s.acceptedIndex = snapshot.index;
    advanceCommit(s, snapshot.index);
    acknowledge(s, from, snapshot.index);
    return;
  }
  s.installing = snapshot;
  s.installRequest = snapshot;
}

/** The snapshot and a log that starts at its end are durable: they replace what was here. */
export function onSnapshotInstalled(s: RaftState): void {
  const snapshot = s.installing;
  assert(snapshot !== null, () => 'no snapshot is being installed');
  s.installing = null;
  forgetEarly(s);
  s.log.reset(snapshot.index, snapshot.term);
  s.snapshot = snapshot;
  s.commitIndex = snapshot.index;
  s.issuedIndex = snapshot.index;
  s.durableIndex = snapshot.index;
  s.truncatePending = 0;
  s.acceptedIndex = Math.max(s.acceptedIndex, snapshot.index);
  // Acknowledgements of the replaced log would speak of entries that are no longer here.
  s.held = s.held.filter((held) => held.message.type !== 'appendReply');
  if (s.leader >= 0 && s.leader !== s.id) acknowledge(s, s.leader, snapshot.index);
}
