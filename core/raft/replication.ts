/** The leader's side of replication: proposals, appends and what is answered to them (paper 5.3, figure 2). */
import { crc32c, noBytes } from '../bytes.ts';
import { assert } from '../errors.ts';
import type { CoreErrorCode } from '../errors.ts';
import type { Entry } from './entry.ts';
import { retrySnapshot, sendSnapshot } from './snapshots.ts';
import { leaderCommit } from './commit.ts';
import type { AppendReply, HeartbeatReply } from './messages.ts';
import { onRoundAnswered } from './reads.ts';
import { tellWhenUpToDate } from './transfer.ts';
import { becomeFollower, send } from './state.ts';
import type { Progress, RaftState } from './state.ts';

/** A command as it is proposed: its bytes, their checksum, and the decoded form. */
export interface ProposedCommand {
  readonly kind: 'command' | 'configuration';
  readonly body: Uint8Array;
  readonly sum: number;
  readonly command: unknown;
}

/** Why a proposal is refused here, or `null`. The places kept in reserve are for commands that free resources. */
export function refusalOf(s: RaftState, count: number, reserved: boolean): CoreErrorCode | null {
  if (s.role !== 'leader') return 'NOT_LEADER';
  if (s.rules.transferRefusesCommands(s.transfer !== null)) return 'TRANSFERRING';
  const pendingMax = s.limits.pendingProposals - (reserved ? 0 : s.limits.reservedProposals);
  if (s.pendingProposals.length >= pendingMax) return 'TOO_MANY_PROPOSALS';
  const entriesMax = s.limits.uncompactedEntries - (reserved ? 0 : s.limits.reservedEntries);
  return s.log.length + count > entriesMax ? 'LOG_FULL' : null;
}

/** Whether so many bytes more are refused here: too much waits to be committed. */
export function bytesRefusal(s: RaftState, bytes: number): CoreErrorCode | null {
  return s.rules.mayTakeBytes(s.uncommittedBytes, bytes, s.limits.uncommittedBytes)
    ? null
    : 'UNCOMMITTED_FULL';
}

/** Appends 1 … `commandsPerProposal` commands as entries of the current term and sends them. Only a leader does. */
export function propose(s: RaftState, now: number, commands: readonly ProposedCommand[]): void {
  assert(s.role === 'leader', () => 'a proposal needs a leader');
  assert(
    commands.length >= 1 && commands.length <= s.limits.commandsPerProposal,
    () => `a proposal of ${commands.length} commands`,
  );
  for (const { kind, body, sum, command } of commands) {
    appendOwn(s, { index: s.log.lastIndex + 1, term: s.term, kind, body, sum, command });
  }
  s.pendingProposals.push(s.log.lastIndex);
  for (const peer of s.peers) replicateTo(s, now, peer);
}

const noopSum = crc32c(noBytes);

/** Appends an empty entry of the current term and sends it. Exempt from the limits, as all that keeps a group going. */
export function proposeNoop(s: RaftState, now: number): void {
  const index = s.log.lastIndex + 1;
  appendOwn(s, { index, term: s.term, kind: 'noop', body: noBytes, sum: noopSum, command: null });
  for (const peer of s.peers) replicateTo(s, now, peer);
}

/** Leader Append-Only (paper figure 3): a leader only ever appends to its own log. */
export function appendOwn(s: RaftState, entry: Entry): void {
  s.log.append(entry);
  s.uncommittedBytes += entry.body.length;
  s.observe?.({
    kind: 'entryAppended',
    index: entry.index,
    term: entry.term,
    sum: entry.sum,
    entry: entry.kind,
    leading: true,
  });
}

/** Sends a follower what its window allows. */
export function replicateTo(s: RaftState, now: number, peer: number): void {
  const progress = s.progress[peer]!;
  const { limits, log } = s;
  if (progress.mode === 'snapshot') return;
  const window = progress.mode === 'probe' ? 1 : limits.windowAppends;
  while (s.rules.mayPipeline(progress.inFlight.length, window, progress.bytesInFlight, limits.windowBytes)) {
    // A follower that replicates is sent only what is new; one that is probed needs the question even without entries.
    if (progress.mode === 'replicate' && progress.next > log.lastIndex) return;
    const prevIndex = progress.next - 1;
    if (prevIndex < log.base) {
      sendSnapshot(s, now, peer, progress);
      return;
    }
    const entries = batchAfter(s, prevIndex);
    send(s, peer, {
      type: 'append',
      term: s.term,
      prevIndex,
      prevTerm: log.termAt(prevIndex),
      commit: s.commitIndex,
      epoch: progress.epoch,
      entries,
    });
    progress.sent(prevIndex + entries.length, bytesOf(entries));
    // A question is one append; and one that carries nothing has nothing behind it.
    if (progress.mode === 'probe' || entries.length === 0) return;
    progress.next += entries.length;
  }
}

/** The entries that one append after `prevIndex` carries: as many as fit its limits, and always one if there is one. */
function batchAfter(s: RaftState, prevIndex: number): readonly Entry[] {
  const { limits, log, rules } = s;
  const available = Math.min(limits.batchEntries, log.lastIndex - prevIndex);
  let count = 0;
  for (let bytes = 0; count < available; count += 1) {
    bytes += log.at(prevIndex + count + 1).body.length;
    if (!rules.fitsBatch(count, bytes, limits.batchBytes)) break;
  }
  return log.slice(prevIndex, prevIndex + count);
}

function bytesOf(entries: readonly Entry[]): number {
  let bytes = 0;
  for (let i = 0; i < entries.length; i += 1) bytes += entries[i]!.body.length;
  return bytes;
}

export function onAppendReply(s: RaftState, now: number, from: number, m: AppendReply): void {
  if (m.term > s.term) {
    becomeFollower(s, now, m.term, -1, 'higher-term');
    return;
  }
  const progress = s.progress[from];
  if (s.role !== 'leader' || m.term < s.term || progress === undefined) return;
  if (s.rules.acknowledgementIsOfEarlierBoot(m.boot, progress.boot)) return;
  progress.boot = m.boot;
  progress.repairing = m.repairing;
  progress.active = true;
  progress.silentSince = 0;
  if (m.success) onAcknowledged(s, now, from, progress, m.index);
  else onRefused(s, now, from, progress, m);
}

function onAcknowledged(s: RaftState, now: number, from: number, progress: Progress, index: number): void {
  if (!s.rules.acknowledgementCounts(index, progress.match)) return;
  progress.match = s.rules.matchAfterAcknowledgement(progress.match, index);
  // What a replica that repairs itself holds is sent after, but does not count.
  if (s.rules.acknowledgementCommits(progress.repairing)) {
    s.matchIndex[from] = s.rules.matchAfterAcknowledgement(s.matchIndex[from]!, index);
  }
  progress.acknowledged(index);
  // A snapshot is over when its end is acknowledged, or when it turns out that the log still reaches the follower.
  const reached = progress.match >= progress.next - 1 || progress.match >= s.log.base;
  if (progress.mode === 'probe' || (progress.mode === 'snapshot' && reached)) {
    progress.mode = 'replicate';
    progress.sending = null;
    progress.next = progress.match + 1;
    progress.forgetInFlight(s.rules);
  }
  if (progress.next <= progress.match) progress.next = progress.match + 1;
  leaderCommit(s);
  replicateTo(s, now, from);
  if (s.transfer !== null && s.transfer.target === from) tellWhenUpToDate(s);
}

function onRefused(s: RaftState, now: number, from: number, progress: Progress, m: AppendReply): void {
  if (progress.mode === 'snapshot') return;
  if (s.rules.refusalIsStale(m.epoch, progress.epoch, m.index, progress.match)) return;
  // Paper 5.3, back-off by conflicting term: the last entry here that can still be the follower's.
  const agreed = s.log.hintFor(m.hintIndex, m.hintTerm);
  const known = progress.match;
  progress.match = s.rules.matchAfterRefusal(known, agreed);
  s.observe?.({ kind: 'appendRefused', by: from, prev: m.index, known, match: progress.match });
  progress.probeFrom(s.rules.nextAfterRefusal(agreed, progress.match), s.rules);
  replicateTo(s, now, from);
}

export function onHeartbeatReply(s: RaftState, now: number, from: number, m: HeartbeatReply): void {
  if (m.term > s.term) {
    becomeFollower(s, now, m.term, -1, 'higher-term');
    return;
  }
  const progress = s.progress[from];
  if (s.role !== 'leader' || m.term < s.term || progress === undefined) return;
  progress.active = true;
  onRoundAnswered(s, from, m.round);
  if (progress.match >= s.log.lastIndex) {
    progress.silentSince = 0;
    return;
  }
  // Alive, behind, and no append was answered since a heartbeat that is answered now: what was sent may be lost, and nothing else
  // would resend it. (A round for reads alone resets nothing: under load they leave all the time.)
  if (progress.silentSince === 0 || m.round < progress.silentSince) return;
  progress.silentSince = 0;
  if (progress.mode === 'snapshot') {
    retrySnapshot(s, now, from, progress);
    return;
  }
  // A probe is asked again as it was: its answer may be on its way, longer than a heartbeat, and must not count as old news then.
  if (progress.mode === 'probe') progress.forgetInFlight(s.rules);
  else progress.probeFrom(progress.match + 1, s.rules);
  replicateTo(s, now, from);
}
