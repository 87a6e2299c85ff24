/**
 * Repair of a replica that has lost what it had acknowledged: its log or its snapshot had rotted ("Protocol-Aware Recovery for
 * Consensus-Based Storage", FAST 2018). Others may have counted on what is gone, so that it must not vote for somebody who lacks it.
 *
 * It keeps what is left, follows, and abstains: it neither campaigns nor votes nor pre-votes, and what it acknowledges counts for no commitment. It
 * says so to the leader (`repair`, until it is answered). The leader forgets what it knew of that replica's log, proposes one empty entry, and
 * answers when that is committed: whatever was committed with the help of the lost log stands before this entry in the leader's. Once the
 * replica's log is the leader's, durably, up to there, it has again all that it may ever have acknowledged, and takes part as before.
 *
 * The mark that it repairs is durable (core/wal) and goes only with a write of its own, so that a crash in the middle leaves it repairing. A new
 * leader has not heard the question; the replica's acknowledgements tell it, and the question is asked again.
 */
import { acknowledge, hearLeader } from './following.ts';
import type { Repair, Repaired } from './messages.ts';
import { proposeNoop } from './replication.ts';
import { send } from './state.ts';
import type { RaftState } from './state.ts';

/** A repair of this replica under way. */
export interface OwnRepair {
  /** What the leader said: durable up to here it is over. 0: not answered. */
  index: number;
  /** When the leader was asked last. */
  askedAt: number;
}

/** With each sign of a leader: it is asked again a heartbeat after the last time, until it answers. */
export function askForRepair(s: RaftState, now: number): void {
  const { repair } = s;
  if (repair === null || repair.index > 0 || s.leader < 0) return;
  if (repair.askedAt >= 0 && now - repair.askedAt < s.timings.heartbeatUs) return;
  repair.askedAt = now;
  send(s, s.leader, { type: 'repair', boot: s.boot });
}

/** A follower has lost its log. Who does not lead stays silent. */
export function onRepair(s: RaftState, now: number, from: number, { boot }: Repair): void {
  const progress = s.progress[from];
  if (s.role !== 'leader' || progress === undefined) return;
  if (s.rules.acknowledgementIsOfEarlierBoot(boot, progress.boot)) return;
  if (progress.repairBoot !== boot) {
    progress.boot = boot;
    progress.repairBoot = boot;
    progress.repairing = true;
    progress.match = s.rules.matchAfterRepair(progress.match);
    s.matchIndex[from] = s.rules.matchAfterRepair(s.matchIndex[from]!);
    progress.repairIndex = s.log.lastIndex + 1;
    progress.probeFrom(progress.repairIndex, s.rules);
    proposeNoop(s, now);
    return;
  }
  if (s.commitIndex >= progress.repairIndex) {
    send(s, from, { type: 'repaired', term: s.term, boot, index: progress.repairIndex });
  }
}

/** The leader's answer; one of an earlier term, or to an earlier boot, is late. */
export function onRepaired(s: RaftState, now: number, from: number, m: Repaired): void {
  if (m.term < s.term) return;
  hearLeader(s, now, from, m.term);
  if (s.repair !== null && m.boot === s.boot) s.repair.index = m.index;
}

/** Whether the mark of the repair may go. The terms changed since the answer: a later leader's log holds that entry too, but it must be that leader's log. */
export function mayRejoin(s: RaftState): boolean {
  return s.repair !== null && s.rules.mayRejoin(s.acceptedIndex, s.durableIndex, s.repair.index);
}

/** The mark is gone, durably. */
export function onRejoined(s: RaftState): void {
  s.repair = null;
  s.observe?.({ kind: 'rejoined', index: s.durableIndex });
  // Nothing new may come for a while: what is held counts from now on.
  if (s.leader >= 0 && s.leader !== s.id)
    acknowledge(s, s.leader, Math.min(s.acceptedIndex, s.log.lastIndex));
}
