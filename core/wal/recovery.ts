/**
 * What the segments of a log still say after a crash: which records are kept, and whether the end is torn or the log corrupt.
 *
 * Every record has a sequence and says up to which sequence all was durable when it was written. A bad record at sequence s is
 * - **corrupt** if something good vouches for s: an acknowledged record has rotted, and cutting it would forget what was promised
 *   ("Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018, section 3.3);
 * - else **torn**: its fsync never completed, nothing was promised. The log is cut from s on, good records behind s too, since they were of
 *   the same fsync and what they rest on is gone.
 *
 * A segment is complete and durable before it gets its name, so its header vouches for the records that it began with, and a bad
 * segment header is always corrupt: it alone held the base and the cut.
 *
 * What is read may not be durable: after a crash of the process alone the page cache shows what no fsync has covered. So a
 * recovery never mends a segment in place nor goes on in it: what it keeps beyond the last vouched sequence is copied, under
 * the same sequences, into a new segment whose header has the *cut*, the sequence from which on older segments no longer
 * count. Until that segment and its name are durable nothing may be answered (wal.ts). So a record that was cut
 * never comes back, and its sequence can be used again.
 */
import { noBytes } from '../bytes.ts';
import type { EntryKind } from '../observe.ts';
import type { Entry } from '../raft/entry.ts';
import {
  alignment,
  blankRecordHeader,
  bodyIsGood,
  headerBytes,
  nextMagic,
  readRecordHeader,
  readSegmentHeader,
  recordBytes,
} from './record.ts';
import type { RecordHeader, SegmentHeader, WalIdentity } from './record.ts';

/** A segment as it was read: its number and all its bytes. */
export interface SegmentBytes {
  readonly file: number;
  readonly bytes: Uint8Array;
}

/** A record that is kept although nothing vouches for it yet. */
export interface UnvouchedRecord {
  readonly header: RecordHeader;
  readonly body: Uint8Array;
}

/** A log that can be gone on with. */
export interface ReadableLog {
  readonly verdict: 'whole' | 'torn';
  readonly term: number;
  readonly votedFor: number;
  readonly base: number;
  readonly baseTerm: number;
  readonly entries: Entry[];
  /** All records up to this sequence are durable. */
  readonly vouched: number;
  /** The kept records after it, in order. */
  readonly unvouched: readonly UnvouchedRecord[];
  /** Sequence of the last record kept. */
  readonly lastSequence: number;
  /** Segments that count, oldest first; older ones are left over from a compaction. */
  readonly counted: readonly number[];
  /** The newest segment says that a repair is under way. */
  readonly repairing: boolean;
}

/** A log that has lost what it had acknowledged. */
export interface CorruptLog {
  readonly verdict: 'corrupt';
  /** The segment, and the sequence of the first record that is bad (0: the segment's header is). */
  readonly file: number;
  readonly sequence: number;
  /** What is left of it; `null` where term and vote cannot be known any more. */
  readonly kept: KeptLog | null;
}

/**
 * What a corrupt log still holds: term and vote as the last good record says (or the newest segment's header), and the log below the first
 * bad record. Where a segment's header is bad, its base and cut are lost, and with them which older records count: nothing of the log is kept then.
 */
export interface KeptLog {
  readonly term: number;
  readonly votedFor: number;
  readonly base: number;
  readonly baseTerm: number;
  readonly entries: readonly Entry[];
}

/** Body bytes as a decoded command; `null` for a noop. Called once an entry. */
export type DecodeBody = (kind: EntryKind, body: Uint8Array) => unknown;

interface CountedSegment {
  readonly header: SegmentHeader;
  readonly bytes: Uint8Array;
  /** Records count below this sequence. */
  readonly limit: number;
}

/**
 * Reads the log back.
 * @param segments at least one, ascending
 * @throws Error where a record with good checksums contradicts the one before: no disk does that.
 */
export function readLog(
  segments: readonly SegmentBytes[],
  identity: WalIdentity,
  decode: DecodeBody,
): ReadableLog | CorruptLog {
  const counted = countedSegments(segments, identity);
  if ('verdict' in counted) return counted;
  const newest = counted[counted.length - 1] as CountedSegment;
  const replay = new Replay(newest.header, identity, decode);
  for (const segment of counted) replay.read(segment, segment === newest);
  return replay.result(counted);
}

/** The segments that count, oldest first: back from the newest to the one that no older one adds to. */
function countedSegments(
  segments: readonly SegmentBytes[],
  identity: WalIdentity,
): readonly CountedSegment[] | CorruptLog {
  const counted: CountedSegment[] = [];
  let limit = Infinity;
  for (let i = segments.length - 1; i >= 0; i -= 1) {
    const { file, bytes } = segments[i] as SegmentBytes;
    const header = readSegmentHeader(bytes, identity, file);
    if (header === null) {
      // Only this segment or a newer one knows the newest term and vote.
      const kept = keptWithoutHeader(counted, bytes, identity, file);
      return { verdict: 'corrupt', file, sequence: 0, kept };
    }
    counted.push({ header, bytes, limit });
    limit = Math.min(limit, header.cut);
    if (limit <= 1) return counted.reverse();
  }
  // The oldest that counts is gone: some segment says that older ones add to it, and there is none.
  const oldest = counted[counted.length - 1] as CountedSegment;
  const newest = counted[0] as CountedSegment;
  const kept = keptOf(identityOf(newest, identity));
  return { verdict: 'corrupt', file: oldest.header.file - 1, sequence: 0, kept };
}

/** Term and vote alone. */
function keptOf({ term, votedFor }: { readonly term: number; readonly votedFor: number }): KeptLog {
  return { term, votedFor, base: 0, baseTerm: 0, entries: [] };
}

/** What is left where the header of a segment is bad. @param newer the segments after it, newest first: all good */
function keptWithoutHeader(
  newer: readonly CountedSegment[],
  bytes: Uint8Array,
  identity: WalIdentity,
  file: number,
): KeptLog | null {
  const newest = newer[0];
  const found = newest === undefined ? identityIn(bytes, identity, file) : identityOf(newest, identity);
  return found === null ? null : keptOf(found);
}

/** Term and vote as a segment with a good header has them last. */
function identityOf(
  { header, bytes }: CountedSegment,
  identity: WalIdentity,
): { readonly term: number; readonly votedFor: number } {
  return identityIn(bytes, identity, header.file) ?? header;
}

/** Term and vote of the last good record of a segment, by sequence: a misdirected write may have put an older one behind it. `null` for none. */
function identityIn(
  bytes: Uint8Array,
  identity: WalIdentity,
  file: number,
): { readonly term: number; readonly votedFor: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const record = blankRecordHeader();
  let latest = 0;
  let found = null;
  for (let at = nextMagic(view, 0); at >= 0; at = nextMagic(view, at + 8)) {
    if (!readRecordHeader(bytes, view, at, identity, file, record) || !bodyIsGood(bytes, at, record))
      continue;
    if (record.sequence <= latest) continue;
    latest = record.sequence;
    found = { term: record.term, votedFor: record.votedFor };
  }
  return found;
}

function bodyAt(bytes: Uint8Array, offset: number, header: RecordHeader): Uint8Array {
  const start = offset + headerBytes;
  return header.length === 0 ? noBytes : bytes.subarray(start, start + header.length);
}

/** Goes through the counted segments, oldest first. */
class Replay {
  private readonly identity: WalIdentity;
  private readonly decode: DecodeBody;
  private readonly entries: Entry[] = [];
  private readonly base: number;
  private readonly baseTerm: number;
  private term: number;
  private votedFor: number;
  private expected = 1;
  /** The highest sequence that anything good says was durable. */
  private vouched = 0;
  /** The first bad record: its sequence and segment; 0 for none. */
  private badSequence = 0;
  private badFile = 0;
  /** Where the kept records of the newest segment stand in it. */
  private readonly offsets: number[] = [];
  private readonly record = blankRecordHeader();

  constructor(newest: SegmentHeader, identity: WalIdentity, decode: DecodeBody) {
    this.identity = identity;
    this.decode = decode;
    this.base = newest.base;
    this.baseTerm = newest.baseTerm;
    this.term = newest.term;
    this.votedFor = newest.votedFor;
  }

  read(segment: CountedSegment, newest: boolean): void {
    const { header, bytes, limit } = segment;
    const { record, identity } = this;
    const { file } = header;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.vouch(Math.min(header.durableSequence, limit - 1));
    this.expected = header.firstSequence;
    let offset = headerBytes;
    // From the limit on nothing counts, be it good or bad.
    while (offset >= 0 && offset < bytes.length && this.expected < limit) {
      if (!readRecordHeader(bytes, view, offset, identity, file, record)) {
        this.bad(file);
        offset = nextMagic(view, offset + 8);
        continue;
      }
      if (record.sequence >= limit) break;
      // The header has a checksum of its own: what it says was durable counts even where its body is torn.
      this.vouch(record.durableSequence);
      const good = bodyIsGood(bytes, offset, record);
      if (record.sequence !== this.expected || !good) this.bad(file);
      else if (this.badSequence === 0) {
        if (newest) {
          this.offsets.push(offset);
          this.term = record.term;
          this.votedFor = record.votedFor;
        }
        this.replay(bodyAt(bytes, offset, record));
        this.expected += 1;
      }
      // A header with another body behind it may stand where a misdirected write has put it: its length says nothing of what lies there, and what
      // it would pass over may be the very record that vouches.
      offset = good ? offset + recordBytes(record.length) : nextMagic(view, offset + alignment);
    }
    // A segment that ends before the next one begins has lost records that the next one's header vouches for.
    if (!newest && this.expected < limit) this.bad(file);
    if (newest && this.expected <= this.vouched) this.bad(file);
  }

  result(counted: readonly CountedSegment[]): ReadableLog | CorruptLog {
    const { base, baseTerm, entries } = this;
    const newest = counted[counted.length - 1] as CountedSegment;
    if (this.badSequence !== 0 && this.badSequence <= this.vouched) {
      // A vote given after the damaged record must still bind: what lies behind it gives term and vote, and nothing else.
      const { term, votedFor } = identityOf(newest, this.identity);
      const kept: KeptLog = { term, votedFor, base, baseTerm, entries };
      return { verdict: 'corrupt', file: this.badFile, sequence: this.badSequence, kept };
    }
    return {
      verdict: this.badSequence === 0 ? 'whole' : 'torn',
      term: this.term,
      votedFor: this.votedFor,
      base,
      baseTerm,
      entries,
      vouched: this.vouched,
      unvouched: this.unvouched(newest),
      lastSequence: this.expected - 1,
      counted: counted.map((segment) => segment.header.file),
      repairing: newest.header.repairing,
    };
  }

  private vouch(sequence: number): void {
    if (sequence > this.vouched) this.vouched = sequence;
  }

  private bad(file: number): void {
    if (this.badSequence !== 0) return;
    this.badSequence = this.expected;
    this.badFile = file;
  }

  /** All of them stand in the newest segment: its header vouches for what is older. */
  private unvouched({ header, bytes }: CountedSegment): readonly UnvouchedRecord[] {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.offsets.slice(this.vouched + 1 - header.firstSequence).map((offset) => {
      const record = blankRecordHeader();
      readRecordHeader(bytes, view, offset, this.identity, header.file, record);
      return { header: record, body: bodyAt(bytes, offset, record) };
    });
  }

  private replay(body: Uint8Array): void {
    const { record, entries } = this;
    if (record.kind === 'entry') {
      if (record.index !== this.base + entries.length + 1) {
        throw new Error(
          `record ${record.sequence} holds entry ${record.index} after ${this.base + entries.length}`,
        );
      }
      entries.push({
        index: record.index,
        term: record.entryTerm,
        kind: record.entryKind,
        body,
        sum: record.bodySum,
        command: this.decode(record.entryKind, body),
      });
    } else if (record.kind === 'truncate') {
      if (record.index <= this.base) {
        throw new Error(
          `record ${record.sequence} truncates from ${record.index}, the log begins after ${this.base}`,
        );
      }
      while (this.base + entries.length >= record.index) entries.pop();
    }
  }
}
