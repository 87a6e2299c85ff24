/**
 * Snapshots: sending one to a follower that fell behind, in chunks, and receiving one (paper section 7, figure 13).
 *
 * The leader has a window of chunks on their way and sends more as they are acknowledged; it waits for nobody, and a follower that is slow or away
 * costs it one chunk a round of heartbeats. A chunk names the snapshot (its end, size and checksum) and the *attempt*, which rises whenever
 * the leader starts anew from some offset: what answers an earlier attempt is old news. The follower says how far it holds the snapshot without
 * a gap; chunks that overtake others it keeps. A gap that several answers show, or silence, makes the leader start anew there. So a transfer
 * is resumed where it was, also by a new leader, if its snapshot is the same one; two snapshots never mix, and nothing is installed whose
 * checksum is not that of the whole.
 */
import { crc32c } from '../bytes.ts';
import { assert, limits } from '../errors.ts';
import { advanceCommit } from './commit.ts';
import { acknowledge, hearLeader } from './following.ts';
import type { Snapshot, SnapshotChunk, SnapshotChunkReply } from './messages.ts';
import { becomeFollower, forgetEarly, send, sendWhenTermDurable } from './state.ts';
import type { Progress, RaftState } from './state.ts';

/** A snapshot on its way to a follower. It is the same one to its end, whatever newer ones the leader takes meanwhile. */
export interface Sending {
  readonly snapshot: Snapshot;
  readonly sum: number;
  attempt: number;
  /** The most that the follower said it holds. */
  most: number;
  /** The follower holds the bytes before this; −1 in an attempt that has not been answered. */
  acknowledged: number;
  /** Where the next chunk starts. */
  next: number;
  /** Answers since then that show a gap. */
  gaps: number;
  /** When it was last heard that the follower holds more. */
  movedAt: number;
}

/** A snapshot as far as it has arrived. */
export interface Assembly {
  readonly index: number;
  readonly term: number;
  readonly size: number;
  readonly sum: number;
  readonly bytes: Uint8Array;
  /** Bytes held from the start, without a gap. */
  held: number;
  /** Where chunks end that arrived before the one they follow, by where they start: no more than a window of them. */
  readonly early: Map<number, number>;
  /** Term of the leader that sent of it last. */
  leaderTerm: number;
}

/** The entries that this follower needs are compacted away: it gets the newest snapshot. */
export function sendSnapshot(s: RaftState, now: number, peer: number, progress: Progress): void {
  const { snapshot } = s;
  assert(snapshot !== null && snapshot.index >= s.log.base, () => 'a compacted log needs its snapshot');
  progress.mode = 'snapshot';
  progress.next = snapshot.index + 1;
  progress.forgetInFlight(s.rules);
  const sum = crc32c(snapshot.machine);
  const counts = { attempt: 0, most: 0, acknowledged: 0, next: 0, gaps: 0 };
  progress.sending = { snapshot, sum, ...counts, movedAt: now };
  s.snapshotBegun = true;
  startAttempt(s, now, peer, progress, progress.sending, 0);
}

/** One chunk asks how far the follower is; the answer opens the window. */
function startAttempt(
  s: RaftState,
  now: number,
  peer: number,
  progress: Progress,
  sending: Sending,
  offset: number,
): void {
  progress.attempts += 1;
  sending.attempt = progress.attempts;
  sending.acknowledged = -1;
  sending.gaps = 0;
  sending.next = offset;
  sending.movedAt = now;
  sendChunk(s, peer, sending);
}

function sendChunk(s: RaftState, peer: number, sending: Sending): void {
  const { snapshot, sum, attempt, next } = sending;
  const { machine } = snapshot;
  const end = Math.min(machine.length, next + s.limits.snapshotChunkBytes);
  sending.next = end;
  send(s, peer, {
    type: 'snapshotChunk',
    term: s.term,
    index: snapshot.index,
    snapshotTerm: snapshot.term,
    voters: snapshot.voters,
    size: machine.length,
    sum,
    attempt,
    offset: next,
    bytes: machine.subarray(next, end),
  });
}

/**
 * With the answer to a round of heartbeats that left after the follower was last heard of: what was sent, or answered, is lost. But one that has been sent
 * everything may be busy installing it.
 */
export function retrySnapshot(s: RaftState, now: number, peer: number, progress: Progress): void {
  const { sending } = progress;
  assert(sending !== null, () => `no snapshot is on its way to ${peer}`);
  const complete = sending.next >= sending.snapshot.machine.length;
  if (complete && now - sending.movedAt < s.timings.snapshotRetryUs) return;
  startAttempt(s, now, peer, progress, sending, Math.max(0, sending.acknowledged));
}

export function onSnapshotChunkReply(s: RaftState, now: number, from: number, m: SnapshotChunkReply): void {
  if (m.term > s.term) {
    becomeFollower(s, now, m.term, -1, 'higher-term');
    return;
  }
  const progress = s.progress[from];
  if (s.role !== 'leader' || m.term < s.term || progress === undefined) return;
  progress.active = true;
  progress.silentSince = 0;
  const { sending } = progress;
  if (sending === null || sending.snapshot.index !== m.index || sending.attempt !== m.attempt) return;
  if (m.held > sending.acknowledged) {
    // The first answer of an attempt says where to go on: further ahead, or further back.
    if (sending.acknowledged < 0 || sending.next < m.held) sending.next = m.held;
    if (sending.acknowledged < 0 && sending.most > 0) {
      const { index } = sending.snapshot;
      s.observe?.({ kind: 'snapshotAttempt', index, to: from, attempt: m.attempt, offset: m.held });
    }
    if (m.held > sending.most) sending.most = m.held;
    sending.acknowledged = m.held;
    sending.movedAt = now;
    sending.gaps = 0;
  } else if (m.held < m.end) sending.gaps += 1;
  if (s.rules.chunkIsLost(sending.gaps)) {
    startAttempt(s, now, from, progress, sending, sending.acknowledged);
    return;
  }
  const window = s.limits.snapshotChunkBytes * s.limits.snapshotWindowChunks;
  while (sending.next < sending.snapshot.machine.length && sending.next - sending.acknowledged < window) {
    sendChunk(s, from, sending);
  }
}

export function onSnapshotChunk(s: RaftState, now: number, from: number, m: SnapshotChunk): void {
  if (m.term < s.term) {
    // Its attempt is of another term: echoed under this one it would answer one of a later reign of the sender.
    replyToChunk(s, from, { ...m, attempt: 0 }, 0);
    return;
  }
  hearLeader(s, now, from, m.term);
  if (s.installing !== null) {
    // All of it is here, and on its way to the disk: nothing more need be sent.
    if (s.installing.index === m.index) replyToChunk(s, from, m, m.size);
    return;
  }
  if (s.rules.snapshotIsStale(m.index, s.commitIndex)) {
    s.assembly = null;
    acknowledge(s, from, m.index);
    return;
  }
  if (s.rules.snapshotMatchesLog(m.snapshotTerm, s.log.termAt(m.index))) {
    // The log holds all that the snapshot covers, and the leader says that it is committed: nothing to install.
    s.assembly = null;
    if (m.index > s.acceptedIndex) s.acceptedIndex = m.index;
    advanceCommit(s, m.index);
    acknowledge(s, from, m.index);
    return;
  }
  const assembly = assemblyFor(s, m);
  if (assembly !== null) {
    take(assembly, m, s.limits.snapshotWindowChunks);
    if (assembly.held === m.size && install(s, m, assembly)) return;
  }
  replyToChunk(s, from, m, s.assembly !== null && s.assembly === assembly ? assembly.held : 0);
}

/** Adds a chunk, and those that waited for it. The bytes are those of one snapshot, so that it does not matter how often they come. */
function take(assembly: Assembly, { offset, bytes }: SnapshotChunk, waitingMax: number): void {
  const { early } = assembly;
  const end = offset + bytes.length;
  // Of another leader's chunks, cut elsewhere, a part may be here already.
  const start = Math.max(offset, assembly.held);
  if (end < start || end > assembly.size) return;
  if (start > assembly.held && early.size >= waitingMax && !early.has(start)) return;
  assembly.bytes.set(bytes.subarray(start - offset), start);
  early.set(start, end);
  for (let next = early.get(assembly.held); next !== undefined; next = early.get(assembly.held)) {
    early.delete(assembly.held);
    if (next === assembly.held) break;
    assembly.held = next;
  }
  for (const waiting of early.keys()) if (waiting < assembly.held) early.delete(waiting);
}

/** What this chunk belongs to: the snapshot that is arriving, or a new one, which begins at its beginning; `null`: neither. */
function assemblyFor(s: RaftState, m: SnapshotChunk): Assembly | null {
  const { assembly } = s;
  if (
    assembly !== null &&
    s.rules.chunkContinues(assembly, { index: m.index, term: m.snapshotTerm, size: m.size, sum: m.sum })
  ) {
    assembly.leaderTerm = m.term;
    return assembly;
  }
  const arriving = assembly !== null && assembly.leaderTerm === m.term ? assembly.index : 0;
  if (!s.rules.chunkBegins(m.offset, m.index, arriving) || m.size > limits.snapshotBytes) return null;
  if (assembly !== null) s.observe?.({ kind: 'snapshotSuperseded', index: assembly.index, by: m.index });
  const { index, snapshotTerm, sum, size, offset } = m;
  s.assembly = {
    index,
    term: snapshotTerm,
    size,
    sum,
    bytes: new Uint8Array(size),
    held: offset,
    early: new Map(),
    leaderTerm: m.term,
  };
  return s.assembly;
}

/** All bytes are here. @returns whether they are the snapshot's */
function install(s: RaftState, m: SnapshotChunk, { index, term, sum, bytes }: Assembly): boolean {
  s.assembly = null;
  if (!s.rules.snapshotIsWhole(crc32c(bytes), sum)) return false;
  s.installing = { index, term, voters: m.voters, machine: bytes };
  s.installRequest = s.installing;
  return true;
}

function replyToChunk(s: RaftState, to: number, m: SnapshotChunk, held: number): void {
  sendWhenTermDurable(s, to, {
    type: 'snapshotChunkReply',
    term: s.term,
    index: m.index,
    attempt: m.attempt,
    end: m.offset + m.bytes.length,
    held,
  });
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
