/**
 * The bytes of one record, and of a segment's header.
 *
 * A record says who wrote it (file, group, replica), so that a write that was misdirected is not taken for one of this file; when (a
 * strictly rising sequence); what was durable then (`durableSequence`: the evidence by which recovery tells a torn
 * tail from rot, see Alagappan and others, "Protocol-Aware Recovery for Consensus-Based Storage", FAST 2018); and the
 * term and vote of that moment, so that any later record restores them. The header has a checksum of its own, because
 * its length is needed to find the next record when the body is bad.
 *
 * | offset | record | segment header |
 * |---|---|---|
 * | 0 | magic | magic |
 * | 4 | CRC32C of the rest of the header | CRC32C of the rest of the header |
 * | 8 | sequence | first sequence |
 * | 16 | durable sequence | durable sequence |
 * | 24 | file | file |
 * | 28 | group | group |
 * | 32 | replica | replica |
 * | 36 | kind, of the entry too | format |
 * | 40 | length of the body | cut |
 * | 44 | CRC32C of the body | |
 * | 48 | current term | current term |
 * | 56 | vote (−1 none) | vote (−1 none) |
 * | 60 | (zero) | 1: repairing |
 * | 64 | index of the entry, or first index truncated | base |
 * | 72 | term of the entry | term at base |
 *
 * Both are 80 bytes long; a record's body follows, padded with zeros to the next multiple of 8.
 */
import { crc32c } from '../bytes.ts';
import type { EntryKind } from '../observe.ts';

/** Length of a record's header and of a segment's, in bytes. */
export const headerBytes = 80;
/** Records start at multiples of this. */
export const alignment = 8;

const recordMagic = 0x5247_4c53; // "SLGR"
const segmentMagic = 0x5347_4c53; // "SLGS"
const format = 1;
const sumOffset = 4;
const summedFrom = 8;
const twoTo32 = 4_294_967_296;

/** What a record does: adds an entry, removes entries from an index on, or only states term and vote. */
export type RecordKind = 'entry' | 'truncate' | 'state';

/** Who a log on disk belongs to. */
export interface WalIdentity {
  readonly group: number;
  readonly replica: number;
}

/** What the records of one batch have in common. */
export interface Stamp extends WalIdentity {
  readonly file: number;
  readonly durableSequence: number;
  readonly term: number;
  /** −1 for none. */
  readonly votedFor: number;
}

/** The header of a record. Decoding reuses one object: copy what you keep. */
export interface RecordHeader {
  sequence: number;
  durableSequence: number;
  kind: RecordKind;
  /** Only of an entry. */
  entryKind: EntryKind;
  /** Length of the body in bytes. */
  length: number;
  bodySum: number;
  term: number;
  votedFor: number;
  index: number;
  entryTerm: number;
}

/** The header of a segment. */
export interface SegmentHeader {
  /** Number of the segment; the newest has the highest. */
  readonly file: number;
  /** Sequence of its first record. */
  readonly firstSequence: number;
  /** All records up to here are vouched for by this header, its own first ones included: it was complete before it got its name. */
  readonly durableSequence: number;
  /** Records of older segments count only below this sequence; 1: none counts, and the log starts at `base`. */
  readonly cut: number;
  readonly term: number;
  readonly votedFor: number;
  readonly base: number;
  readonly baseTerm: number;
  /** This replica has lost what it had acknowledged, and abstains until it has rejoined. The newest segment's mark counts. */
  readonly repairing: boolean;
}

const recordKinds: readonly RecordKind[] = ['entry', 'truncate', 'state'];
const entryKinds: readonly EntryKind[] = ['command', 'configuration', 'snapshot', 'noop'];

function codeOf(kind: EntryKind): number {
  return kind === 'command' ? 0 : kind === 'configuration' ? 1 : kind === 'snapshot' ? 2 : 3;
}

/** Bytes that a record with a body of `length` bytes takes. */
export function recordBytes(length: number): number {
  return headerBytes + alignUp(length);
}

/** The next multiple of the alignment. */
export function alignUp(offset: number): number {
  return (offset + alignment - 1) & -alignment;
}

function setWide(view: DataView, offset: number, value: number): void {
  view.setInt32(offset, value | 0, true);
  view.setInt32(offset + 4, value >= 0 && value < twoTo32 ? 0 : Math.floor(value / twoTo32), true);
}

function getWide(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * twoTo32 + view.getUint32(offset, true);
}

/**
 * Writes a record's header at `offset` of the bytes that `view` shows; the caller puts the body behind it, and zeros up to the alignment.
 * @param bodySum CRC32C of the body, as the entry carries it: the body is not read again
 */
export function putRecordHeader(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  stamp: Stamp,
  sequence: number,
  kind: RecordKind,
  entryKind: EntryKind,
  index: number,
  entryTerm: number,
  length: number,
  bodySum: number,
): void {
  const kindCode = kind === 'entry' ? 0 : kind === 'truncate' ? 1 : 2;
  view.setInt32(offset, recordMagic, true);
  setWide(view, offset + 8, sequence);
  setWide(view, offset + 16, stamp.durableSequence);
  view.setInt32(offset + 24, stamp.file, true);
  view.setInt32(offset + 28, stamp.group, true);
  view.setInt32(offset + 32, stamp.replica, true);
  view.setInt32(offset + 36, kindCode | (codeOf(entryKind) << 8), true);
  view.setInt32(offset + 40, length, true);
  view.setInt32(offset + 44, bodySum, true);
  setWide(view, offset + 48, stamp.term);
  view.setInt32(offset + 56, stamp.votedFor, true);
  view.setInt32(offset + 60, 0, true);
  setWide(view, offset + 64, index);
  setWide(view, offset + 72, entryTerm);
  view.setInt32(offset + sumOffset, crc32c(bytes, offset + summedFrom, offset + headerBytes), true);
}

/** Writes a segment's header at the start of `bytes`. */
export function putSegmentHeader(bytes: Uint8Array, identity: WalIdentity, header: SegmentHeader): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  view.setInt32(0, segmentMagic, true);
  setWide(view, 8, header.firstSequence);
  setWide(view, 16, header.durableSequence);
  view.setInt32(24, header.file, true);
  view.setInt32(28, identity.group, true);
  view.setInt32(32, identity.replica, true);
  view.setInt32(36, format, true);
  setWide(view, 40, header.cut);
  setWide(view, 48, header.term);
  view.setInt32(56, header.votedFor, true);
  view.setInt32(60, header.repairing ? 1 : 0, true);
  setWide(view, 64, header.base);
  setWide(view, 72, header.baseTerm);
  view.setInt32(sumOffset, crc32c(bytes, summedFrom, headerBytes), true);
}

/** The header of segment `file`; `null` where it is cut short, damaged, or another's. */
export function readSegmentHeader(
  bytes: Uint8Array,
  identity: WalIdentity,
  file: number,
): SegmentHeader | null {
  if (bytes.length < headerBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  if (view.getUint32(0, true) !== segmentMagic) return null;
  if (view.getUint32(sumOffset, true) !== crc32c(bytes, summedFrom, headerBytes)) return null;
  if (view.getUint32(24, true) !== file || view.getUint32(36, true) !== format) return null;
  if (view.getUint32(28, true) !== identity.group || view.getUint32(32, true) !== identity.replica)
    return null;
  return {
    file,
    firstSequence: getWide(view, 8),
    durableSequence: getWide(view, 16),
    cut: getWide(view, 40),
    term: getWide(view, 48),
    votedFor: view.getInt32(56, true),
    base: getWide(view, 64),
    baseTerm: getWide(view, 72),
    repairing: view.getInt32(60, true) === 1,
  };
}

/** A header to decode into. */
export function blankRecordHeader(): RecordHeader {
  return {
    sequence: 0,
    durableSequence: 0,
    kind: 'state',
    entryKind: 'noop',
    length: 0,
    bodySum: 0,
    term: 0,
    votedFor: -1,
    index: 0,
    entryTerm: 0,
  };
}

/**
 * Decodes the record header at `offset` into `into`.
 * @returns whether a good header of this file stands there; `into` is unchanged if not. The body is not looked at.
 */
export function readRecordHeader(
  bytes: Uint8Array,
  view: DataView,
  offset: number,
  identity: WalIdentity,
  file: number,
  into: RecordHeader,
): boolean {
  if (offset + headerBytes > bytes.length) return false;
  if (view.getUint32(offset, true) !== recordMagic) return false;
  const sum = crc32c(bytes, offset + summedFrom, offset + headerBytes);
  if (view.getUint32(offset + sumOffset, true) !== sum) return false;
  if (view.getUint32(offset + 24, true) !== file) return false;
  if (view.getUint32(offset + 28, true) !== identity.group) return false;
  if (view.getUint32(offset + 32, true) !== identity.replica) return false;
  const kind = recordKinds[view.getUint8(offset + 36)];
  const entryKind = entryKinds[view.getUint8(offset + 37)];
  if (kind === undefined || entryKind === undefined) return false;
  into.sequence = getWide(view, offset + 8);
  into.durableSequence = getWide(view, offset + 16);
  into.kind = kind;
  into.entryKind = entryKind;
  into.length = view.getUint32(offset + 40, true);
  into.bodySum = view.getUint32(offset + 44, true);
  into.term = getWide(view, offset + 48);
  into.votedFor = view.getInt32(offset + 56, true);
  into.index = getWide(view, offset + 64);
  into.entryTerm = getWide(view, offset + 72);
  return true;
}

/** Whether the body behind a good header is whole and undamaged. */
export function bodyIsGood(bytes: Uint8Array, offset: number, header: RecordHeader): boolean {
  const start = offset + headerBytes;
  const end = start + header.length;
  return end <= bytes.length && crc32c(bytes, start, end) === header.bodySum;
}

/** Where the next record's magic stands at or after `offset`, at a multiple of the alignment; −1 for nowhere. */
export function nextMagic(view: DataView, offset: number): number {
  for (let at = alignUp(offset); at + 4 <= view.byteLength; at += alignment) {
    if (view.getUint32(at, true) === recordMagic) return at;
  }
  return -1;
}
