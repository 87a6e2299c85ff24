/**
 * The log on disk: entries, term and vote as records in append-only segments, and snapshot files beside them.
 *
 * - One batch is in flight: a batch is appended only after the fsync of the last one completed, so every record
 *   knows exactly what was durable before it (`durableSequence`), and recovery can tell a torn tail from rot (recovery.ts).
 * - A file gets its name only when it is complete: written aside, fsync, rename, fsync of the folder. What it replaces goes after that.
 * - A failed write or fsync is final. After a failed fsync the kernel may have dropped the dirty pages and marked them clean,
 *   so a retry would succeed without the bytes (Rebello and others, "Can Applications Recover from fsync Failures?", ATC 2020).
 *
 * All calls return at once; what became durable is told by `synced`.
 */
import { noBytes } from '../bytes.ts';
import { assert, CoreError } from '../errors.ts';
import { DiskError } from '../ports.ts';
import type { Disk, FileHandle } from '../ports.ts';
import type { Entry } from '../raft/entry.ts';
import type { EntryKind } from '../observe.ts';
import type { RecoveredLog, SnapshotFile, WalEvent, WriteBatch } from './contract.ts';
import {
  asideEnding,
  folderOfGroup,
  segmentName,
  segmentsAmong,
  snapshotName,
  snapshotsAmong,
} from './file-names.ts';
import { headerBytes, putRecordHeader, putSegmentHeader, recordBytes } from './record.ts';
import type { RecordKind, SegmentHeader, WalIdentity } from './record.ts';
import { readLog } from './recovery.ts';
import type { CorruptLog, DecodeBody, KeptLog, ReadableLog, SegmentBytes } from './recovery.ts';
import { decodeSnapshot, encodeSnapshot } from './snapshot-file.ts';

export type { WalIdentity } from './record.ts';

/** Once so many segments count, recovery writes the whole log into one: else a replica that restarts often keeps them all. */
export const segmentsMax = 8;

/** A segment on its way to its name. */
interface Aside {
  readonly header: SegmentHeader;
  readonly handle: FileHandle;
  readonly end: number;
  /** Paths that go when it is durable, oldest first. */
  readonly replaced: readonly string[];
  readonly event: WalEvent;
  /** Where it is: its bytes are being made durable; they are, and the folder is busy; its name is being made durable. */
  phase: 'bytes' | 'waits' | 'name';
}

/** A snapshot on its way to its name; phases as of a segment. */
interface Saving {
  readonly handle: FileHandle;
  readonly index: number;
  readonly term: number;
  phase: 'bytes' | 'waits' | 'name';
}

function diskFailed(error: unknown): unknown {
  if (!(error instanceof DiskError)) return error;
  return new CoreError(
    'DISK_FAILED',
    error.message,
    'Replace the disk; the replica must not go on with this one.',
  );
}

function logCorrupt(log: CorruptLog): CoreError {
  const where = log.sequence === 0 ? 'its header' : `record ${log.sequence}`;
  return new CoreError(
    'LOG_CORRUPT',
    `segment ${log.file} has rotted: ${where} was durable and is damaged.`,
    'This replica may not vote until its peers have repaired it; alone, it cannot go on: restore its disk.',
  );
}

function identityLost(log: CorruptLog): CoreError {
  return new CoreError(
    'IDENTITY_LOST',
    `segment ${log.file} is damaged and no record restores term and vote.`,
    'Remove this replica from the group and add a new one under a fresh id.',
  );
}

function snapshotCorrupt(what: string): CoreError {
  return new CoreError(
    'SNAPSHOT_CORRUPT',
    what,
    'This replica may not vote until its peers have repaired it; alone, it cannot go on: restore its disk.',
  );
}

/** Bytes that went to the page cache: what they hold is durable once the first `end` bytes of `file` are. */
export interface Written {
  readonly file: string;
  readonly end: number;
}

/** One replica's log on disk, over the `Disk` port. */
export class Wal {
  private readonly disk: Disk;
  private readonly identity: WalIdentity;
  private readonly folder: string;

  private handle: FileHandle = -1;
  private path = '';
  private file = 0;
  private end = 0;

  private base = 0;
  private lastIndex = 0;
  private lastSequence = 0;
  private durableSequence = 0;

  private tokens = 0;
  /** Token of the batch in flight; 0 for none. */
  private batchToken = 0;
  /** Token of the segment's bytes that are being written aside; 0 for none. */
  private asideToken = 0;
  private savingToken = 0;
  /** One sync of the folder at a time, so that what it covers is beyond doubt. */
  private folderToken = 0;
  private folderFor: 'segment' | 'snapshot' = 'segment';
  /** Token of the sync that keeps the folder's own name; 0 once it is durable. */
  private parentToken = 0;

  private aside: Aside | null = null;
  private saving: Saving | null = null;
  /** Index of the newest snapshot that is durable; 0 for none. */
  private snapshotIndex = 0;
  private readyIsDue = true;
  /** Each segment that is begun carries the mark on, until `rejoin`. */
  private repairing = false;

  /** Records of a batch are put together here. */
  private buffer = new Uint8Array(4096);
  private view = new DataView(this.buffer.buffer);
  private length = 0;
  private readonly stamp: {
    file: number;
    group: number;
    replica: number;
    durableSequence: number;
    term: number;
    votedFor: number;
  };

  private constructor(disk: Disk, identity: WalIdentity) {
    this.disk = disk;
    this.identity = identity;
    this.folder = folderOfGroup(identity.group);
    const { group, replica } = identity;
    this.stamp = { file: 0, group, replica, durableSequence: 0, term: 0, votedFor: -1 };
  }

  /**
   * Reads the log back, or makes a new replica's. Afterwards the log is `busy` until `ready`: only then may the replica vote or
   * acknowledge anything, for what was read may not have been durable.
   * @param decode body bytes as a command; called once an entry
   * @param mayRepair go on with what is left of a damaged log, marked *repairing*: for a replica that has peers
   * @throws CoreError `IDENTITY_LOST` (term and vote are gone), `DISK_FAILED`; where nobody could repair it also `LOG_CORRUPT` (something
   *   acknowledged is damaged) and `SNAPSHOT_CORRUPT` (no good snapshot holds what the log rests on).
   */
  static open(
    disk: Disk,
    identity: WalIdentity,
    decode: DecodeBody,
    mayRepair = false,
  ): { wal: Wal; recovered: RecoveredLog } {
    const wal = new Wal(disk, identity);
    try {
      return { wal, recovered: wal.recover(decode, mayRepair) };
    } catch (error) {
      throw diskFailed(error);
    }
  }

  /** A batch, a rebase or recovery's own write is in flight: neither `write` nor `rebase` may be called. */
  get busy(): boolean {
    return this.batchToken !== 0 || this.aside !== null || this.readyIsDue;
  }

  /** A snapshot is being saved: `saveSnapshot` may not be called. */
  get savingSnapshot(): boolean {
    return this.saving !== null;
  }

  /**
   * Appends a batch and starts its fsync; `written` follows. Not while `busy`.
   * @returns when the first `end` bytes of `file` are durable, so is the batch
   * @throws CoreError `DISK_FAILED`
   */
  write(batch: WriteBatch): Written {
    assert(!this.busy, () => 'a batch was written while another was in flight');
    const { stamp } = this;
    const { entries } = batch;
    const first = entries[0];
    let last = this.lastIndex;
    stamp.file = this.file;
    stamp.durableSequence = this.durableSequence;
    stamp.term = batch.term;
    stamp.votedFor = batch.votedFor;
    this.length = 0;
    if (batch.truncateFrom !== 0) {
      assert(
        batch.truncateFrom > this.base,
        () => `truncation from ${batch.truncateFrom}, the log begins after ${this.base}`,
      );
      last = Math.min(last, batch.truncateFrom - 1);
      this.put('truncate', 'noop', batch.truncateFrom, 0, noBytes, 0);
    } else if (first === undefined) {
      this.put('state', 'noop', 0, 0, noBytes, 0);
    }
    last = this.putEntries(entries, last);
    this.lastIndex = last;
    try {
      this.disk.append(this.handle, this.buffer, this.length);
      this.batchToken = this.nextToken();
      this.disk.fsync(this.handle, this.batchToken);
    } catch (error) {
      throw diskFailed(error);
    }
    this.end += this.length;
    return { file: this.path, end: this.end };
  }

  /**
   * Writes a snapshot aside and starts making it durable; `snapshotSaved` follows. Batches may go on meanwhile. The log
   * is not shortened: that is `rebase`, afterwards.
   * @returns the file that is being made durable, before its rename
   * @throws CoreError `DISK_FAILED`
   */
  saveSnapshot(snapshot: SnapshotFile): string {
    assert(this.saving === null, () => 'a snapshot was saved while another was on its way');
    const bytes = encodeSnapshot(snapshot, this.identity);
    const { index, term } = snapshot;
    try {
      const path = this.inFolder(snapshotName(index)) + asideEnding;
      const handle = this.disk.create(path);
      this.saving = { handle, index, term, phase: 'bytes' };
      this.disk.append(handle, bytes, bytes.length);
      this.savingToken = this.nextToken();
      this.disk.fsync(handle, this.savingToken);
      return path;
    } catch (error) {
      throw diskFailed(error);
    }
  }

  /**
   * Reads the newest durable snapshot back: whether it is still whole. Not while one is being saved, and only where there is one. A file that cannot be read,
   * or is not there, is not whole: so rot mostly shows (a latent sector error: Bairavasundaram and others, "An Analysis of Latent Sector Errors in Disk
   * Drives", SIGMETRICS 2007), and a disk that has failed says so again when the file is written anew. On a real host the page cache may answer: what has
   * rotted below it shows only when it was evicted.
   */
  snapshotIsWhole(): boolean {
    assert(this.saving === null && this.snapshotIndex > 0, () => 'no durable snapshot to be read back');
    try {
      const bytes = this.readWhole(snapshotName(this.snapshotIndex));
      return decodeSnapshot(bytes, this.identity)?.index === this.snapshotIndex;
    } catch (error) {
      if (error instanceof DiskError) return false;
      throw error;
    }
  }

  /**
   * Starts the log anew in a fresh segment, after a compaction or an installed snapshot; `rebased` follows, and older segments
   * and snapshots are gone then. Not while `busy`, and only onto a base that a durable snapshot holds.
   * @param base the log holds entries from base + 1 on
   * @param entries all that are kept, contiguous
   * @throws CoreError `DISK_FAILED`
   */
  rebase(base: number, baseTerm: number, term: number, votedFor: number, entries: readonly Entry[]): void {
    assert(!this.busy, () => 'a rebase while a write was in flight');
    assert(
      base <= this.snapshotIndex,
      () => `a rebase onto ${base}, but the newest durable snapshot is at ${this.snapshotIndex}`,
    );
    this.rewrite(base, baseTerm, term, votedFor, entries, { kind: 'rebased', base });
  }

  /**
   * The repair is over: the same log in a fresh segment without the mark; `rejoined` follows. Until then a crash leaves the mark.
   * As `rebase`, onto the base that the log has.
   * @throws CoreError `DISK_FAILED`
   */
  rejoin(term: number, votedFor: number, baseTerm: number, entries: readonly Entry[]): void {
    assert(!this.busy && this.repairing, () => 'a rejoin that nothing waits for');
    this.repairing = false;
    this.rewrite(this.base, baseTerm, term, votedFor, entries, { kind: 'rejoined' });
  }

  private rewrite(
    base: number,
    baseTerm: number,
    term: number,
    votedFor: number,
    entries: readonly Entry[],
    event: WalEvent,
  ): void {
    try {
      const names = this.disk.list(this.folder);
      const replaced = segmentsAmong(names).map((file) => this.inFolder(segmentName(file)));
      this.startWholeSegment(base, baseTerm, term, votedFor, entries, replaced, event);
    } catch (error) {
      throw diskFailed(error);
    }
  }

  /**
   * An fsync completed.
   * @param error what the disk reported
   * @returns what it means, or `null` where more is to come
   * @throws CoreError `DISK_FAILED`: the replica must stop
   */
  synced(token: number, error: DiskError | null): WalEvent | null {
    if (error !== null) throw diskFailed(error);
    if (token === this.batchToken) {
      this.batchToken = 0;
      this.durableSequence = this.lastSequence;
      return written;
    }
    try {
      return this.syncedAside(token);
    } catch (thrown) {
      throw diskFailed(thrown);
    }
  }

  private syncedAside(token: number): WalEvent | null {
    if (token === this.parentToken) {
      this.parentToken = 0;
      return this.readyIfDue();
    }
    if (token === this.asideToken && this.aside !== null) {
      this.asideToken = 0;
      this.aside.phase = 'waits';
      return this.nameNext();
    }
    if (token === this.savingToken && this.saving !== null) {
      this.savingToken = 0;
      this.disk.close(this.saving.handle);
      this.saving.phase = 'waits';
      return this.nameNext();
    }
    assert(token === this.folderToken && token !== 0, () => `an fsync nobody waits for: ${token}`);
    this.folderToken = 0;
    const event = this.folderFor === 'segment' ? this.segmentNamed() : this.snapshotNamed();
    // A file that waited for the folder goes on; its own event comes later.
    this.nameNext();
    return event;
  }

  /** Gives the next complete file its name, unless the folder is being synced. */
  private nameNext(): WalEvent | null {
    const { aside, saving } = this;
    if (this.folderToken !== 0) return null;
    if (aside !== null && aside.phase === 'waits') {
      const path = this.inFolder(segmentName(aside.header.file));
      this.disk.rename(path + asideEnding, path);
      aside.phase = 'name';
      this.syncFolder('segment');
    } else if (saving !== null && saving.phase === 'waits') {
      const path = this.inFolder(snapshotName(saving.index));
      this.disk.rename(path + asideEnding, path);
      saving.phase = 'name';
      this.syncFolder('snapshot');
    }
    return null;
  }

  private syncFolder(forWhat: 'segment' | 'snapshot'): void {
    this.folderFor = forWhat;
    this.folderToken = this.nextToken();
    this.disk.fsyncFolder(this.folder, this.folderToken);
  }

  /** The new segment is durable: it is the log now, and what it replaces goes. */
  private segmentNamed(): WalEvent | null {
    const aside = this.aside as Aside;
    this.aside = null;
    if (this.handle >= 0) this.disk.close(this.handle);
    this.handle = aside.handle;
    this.file = aside.header.file;
    this.path = this.inFolder(segmentName(this.file));
    this.end = aside.end;
    this.durableSequence = this.lastSequence;
    for (const path of aside.replaced) this.disk.unlink(path);
    this.removeOldSnapshots();
    return aside.event.kind === 'ready' ? this.readyIfDue() : aside.event;
  }

  private snapshotNamed(): WalEvent {
    const { index, term } = this.saving as Saving;
    this.saving = null;
    this.snapshotIndex = Math.max(this.snapshotIndex, index);
    return { kind: 'snapshotSaved', index, term };
  }

  private readyIfDue(): WalEvent | null {
    if (!this.readyIsDue || this.aside !== null || this.parentToken !== 0) return null;
    this.readyIsDue = false;
    return ready;
  }

  /** Removes snapshots older than the newest durable one; the log's base is never above that. */
  private removeOldSnapshots(): void {
    assert(this.base <= this.snapshotIndex, () => `no durable snapshot holds the base ${this.base}`);
    for (const index of snapshotsAmong(this.disk.list(this.folder))) {
      if (index < this.snapshotIndex) this.disk.unlink(this.inFolder(snapshotName(index)));
    }
  }

  private recover(decode: DecodeBody, mayRepair: boolean): RecoveredLog {
    const { disk, folder } = this;
    disk.makeFolder(folder);
    // Also where the folder is there already: its name may be known to the page cache alone.
    this.parentToken = this.nextToken();
    disk.fsyncFolder('', this.parentToken);
    const names = disk.list(folder);
    for (const name of names) if (name.endsWith(asideEnding)) disk.unlink(this.inFolder(name));
    const files = segmentsAmong(names);
    if (files.length === 0) return this.startNewReplica(snapshotsAmong(names));
    this.file = files[files.length - 1] as number;
    const segments = files.map((file): SegmentBytes => ({ file, bytes: this.readWhole(segmentName(file)) }));
    const log = readLog(segments, this.identity, decode);
    const { snapshot, damaged } = this.readSnapshots(snapshotsAmong(names));
    if (log.verdict === 'corrupt') {
      if (log.kept === null) throw identityLost(log);
      return this.repairOrStop(logCorrupt(log), log.kept, snapshot, files, mayRepair);
    }
    const damage =
      damaged === 0 ? null : snapshotCorrupt(`the snapshot at ${damaged} was durable and is damaged.`);
    if (log.base > 0 && (snapshot === null || snapshot.index < log.base)) {
      const what = `the log begins after ${log.base}, and the snapshot that it rests on is ${damaged === 0 ? 'missing' : 'damaged'}.`;
      return this.repairOrStop(snapshotCorrupt(what), log, snapshot, files, mayRepair);
    }
    this.repairing = log.repairing;
    return { ...this.goOnWith(log, snapshot, files), repairing: log.repairing, damage };
  }

  /** The newest good snapshot, and the newest damaged one (0: none). Damaged ones go; older ones wait to be removed. */
  private readSnapshots(indexes: readonly number[]): { snapshot: SnapshotFile | null; damaged: number } {
    let damaged = 0;
    for (const index of [...indexes].reverse()) {
      const snapshot = decodeSnapshot(this.readWhole(snapshotName(index)), this.identity);
      if (snapshot !== null && snapshot.index === index) {
        this.snapshotIndex = index;
        return { snapshot, damaged };
      }
      damaged = Math.max(damaged, index);
      this.disk.unlink(this.inFolder(snapshotName(index)));
    }
    return { snapshot: null, damaged };
  }

  private startNewReplica(snapshots: readonly number[]): RecoveredLog {
    const newest = snapshots[snapshots.length - 1];
    if (newest !== undefined) {
      throw new CoreError(
        'IDENTITY_LOST',
        `there is a snapshot at ${newest} and no log: term and vote are gone.`,
        'Remove this replica from the group and add a new one under a fresh id.',
      );
    }
    this.startWholeSegment(0, 0, 0, -1, [], [], ready);
    return {
      ...{ term: 0, votedFor: -1, base: 0, baseTerm: 0, entries: [], snapshot: null },
      ...{ repairing: false, damage: null },
    };
  }

  /** Goes on with what is left, in a segment that carries the mark: term and vote, and the log below the damage where its state is known. */
  private repairOrStop(
    damage: CoreError,
    kept: KeptLog,
    snapshot: SnapshotFile | null,
    files: readonly number[],
    mayRepair: boolean,
  ): RecoveredLog {
    if (!mayRepair) throw damage;
    this.repairing = true;
    const { term, votedFor } = kept;
    const rests = snapshot === null ? kept.base === 0 : termAt(kept, snapshot.index) === snapshot.term;
    const base = rests ? kept.base : (snapshot?.index ?? 0);
    const baseTerm = rests ? kept.baseTerm : (snapshot?.term ?? 0);
    const entries = rests ? [...kept.entries] : [];
    this.startWholeSegment(base, baseTerm, term, votedFor, entries, this.segmentPaths(files), ready);
    return { term, votedFor, base, baseTerm, entries, snapshot, repairing: true, damage };
  }

  private goOnWith(
    log: ReadableLog,
    snapshot: SnapshotFile | null,
    files: readonly number[],
  ): Omit<RecoveredLog, 'repairing' | 'damage'> {
    const { term, votedFor, counted } = log;
    this.lastSequence = log.lastSequence;
    if (snapshot !== null && termAt(log, snapshot.index) !== snapshot.term) {
      // The snapshot is of a log that this one never reached, or is not: its entries go, its term and vote do not.
      const { index } = snapshot;
      this.startWholeSegment(index, snapshot.term, term, votedFor, [], this.segmentPaths(files), ready);
      return { term, votedFor, base: index, baseTerm: snapshot.term, entries: [], snapshot };
    }
    if (counted.length >= segmentsMax) {
      const paths = this.segmentPaths(files);
      this.startWholeSegment(log.base, log.baseTerm, term, votedFor, log.entries, paths, ready);
    } else {
      this.startTailSegment(log, this.segmentPaths(files.filter((file) => !counted.includes(file))));
    }
    const { base, baseTerm, entries } = log;
    return { term, votedFor, base, baseTerm, entries, snapshot };
  }

  /** A segment that no older one adds to: the entries given, under new sequences. */
  private startWholeSegment(
    base: number,
    baseTerm: number,
    term: number,
    votedFor: number,
    entries: readonly Entry[],
    replaced: readonly string[],
    event: WalEvent,
  ): void {
    const { stamp } = this;
    const firstSequence = this.lastSequence + 1;
    this.base = base;
    stamp.file = this.file + 1;
    // Whoever reads this segment at all may rely on every record that it began with.
    stamp.durableSequence = this.lastSequence + entries.length;
    stamp.term = term;
    stamp.votedFor = votedFor;
    const header: SegmentHeader = {
      file: stamp.file,
      firstSequence,
      durableSequence: stamp.durableSequence,
      cut: 1,
      term,
      votedFor,
      base,
      baseTerm,
      repairing: this.repairing,
    };
    this.beginSegment(header);
    this.lastIndex = this.putEntries(entries, base);
    this.startAside(header, replaced, event);
  }

  /** A segment that goes on where the vouched records of the older ones end: the kept ones after that, under the same sequences. */
  private startTailSegment(log: ReadableLog, replaced: readonly string[]): void {
    const { stamp } = this;
    const { term, votedFor, base, baseTerm, vouched, lastSequence } = log;
    this.base = base;
    this.lastIndex = base + log.entries.length;
    const header: SegmentHeader = {
      file: this.file + 1,
      firstSequence: vouched + 1,
      durableSequence: lastSequence,
      cut: vouched + 1,
      term,
      votedFor,
      base,
      baseTerm,
      repairing: this.repairing,
    };
    this.beginSegment(header);
    stamp.file = header.file;
    this.lastSequence = vouched;
    for (const { header: record, body } of log.unvouched) {
      stamp.durableSequence = record.durableSequence;
      stamp.term = record.term;
      stamp.votedFor = record.votedFor;
      this.put(record.kind, record.entryKind, record.index, record.entryTerm, body, record.bodySum);
    }
    assert(
      this.lastSequence === lastSequence,
      () => `copied up to ${this.lastSequence}, not ${lastSequence}`,
    );
    this.startAside(header, replaced, ready);
  }

  private beginSegment(header: SegmentHeader): void {
    this.length = 0;
    this.reserve(headerBytes);
    putSegmentHeader(this.buffer, this.identity, header);
    this.length = headerBytes;
  }

  private startAside(header: SegmentHeader, replaced: readonly string[], event: WalEvent): void {
    const handle = this.disk.create(this.inFolder(segmentName(header.file)) + asideEnding);
    this.disk.append(handle, this.buffer, this.length);
    this.aside = { header, handle, end: this.length, replaced, event, phase: 'bytes' };
    this.asideToken = this.nextToken();
    this.disk.fsync(handle, this.asideToken);
  }

  private putEntries(entries: readonly Entry[], after: number): number {
    let last = after;
    for (let i = 0; i < entries.length; i += 1) {
      const entry = entries[i] as Entry;
      last += 1;
      if (entry.index !== last)
        throw new Error(`invariant broken: entry ${entry.index} written after ${last - 1}`);
      this.put('entry', entry.kind, entry.index, entry.term, entry.body, entry.sum);
    }
    return last;
  }

  private put(
    kind: RecordKind,
    entryKind: EntryKind,
    index: number,
    entryTerm: number,
    body: Uint8Array,
    bodySum: number,
  ): void {
    const { length } = body;
    const size = recordBytes(length);
    if (this.length + size > this.buffer.length) this.reserve(size);
    const { buffer, length: start } = this;
    this.lastSequence += 1;
    putRecordHeader(
      buffer,
      this.view,
      start,
      this.stamp,
      this.lastSequence,
      kind,
      entryKind,
      index,
      entryTerm,
      length,
      bodySum,
    );
    const bodyStart = start + headerBytes;
    // A call of `set` costs more than copying a handful of bytes.
    if (length > 16) buffer.set(body, bodyStart);
    else for (let i = 0; i < length; i += 1) buffer[bodyStart + i] = body[i] as number;
    for (let i = bodyStart + length; i < start + size; i += 1) buffer[i] = 0;
    this.length = start + size;
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    larger.set(this.buffer.subarray(0, this.length));
    this.buffer = larger;
    this.view = new DataView(larger.buffer);
  }

  private readWhole(name: string): Uint8Array {
    const handle = this.disk.open(this.inFolder(name));
    try {
      return this.disk.read(handle, 0, this.disk.size(handle));
    } finally {
      this.disk.close(handle);
    }
  }

  private nextToken(): number {
    this.tokens += 1;
    return this.tokens;
  }

  private segmentPaths(files: readonly number[]): readonly string[] {
    return files.map((file) => this.inFolder(segmentName(file)));
  }

  private inFolder(name: string): string {
    return `${this.folder}/${name}`;
  }
}

const ready: WalEvent = { kind: 'ready' };
const written: WalEvent = { kind: 'written' };

/** The term at `index` of a log, −1 where it does not reach. */
function termAt(log: Pick<KeptLog, 'base' | 'baseTerm' | 'entries'>, index: number): number {
  if (index === log.base) return log.baseTerm;
  return log.entries[index - log.base - 1]?.term ?? -1;
}
