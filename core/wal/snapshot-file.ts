/**
 * The bytes of a snapshot file. It is written aside, made durable, renamed, and its name made durable, before anything that it replaces
 * goes; so a file with a snapshot's name is whole, and one that is damaged has rotted: it is never cut, and never passed over for an
 * older one, since the log that the older one needs may be gone.
 */
import { ByteReader, ByteWriter, crc32c, getU32 } from '../bytes.ts';
import type { SnapshotFile } from './contract.ts';
import type { WalIdentity } from './record.ts';

const magic = 0x534e_4c53; // "SLNS"
const format = 1;
const sumOffset = 4;
const summedFrom = 8;

/** Magic, CRC32C of all that follows, format, whose it is, and the snapshot. */
export function encodeSnapshot(snapshot: SnapshotFile, identity: WalIdentity): Uint8Array {
  const writer = new ByteWriter(64 + snapshot.voters.length * 4 + snapshot.machine.length);
  writer.u32(magic);
  writer.u32(0);
  writer.u32(format);
  writer.u32(identity.group);
  writer.u32(identity.replica);
  writer.u53(snapshot.index);
  writer.u53(snapshot.term);
  writer.u32(snapshot.voters.length);
  for (const voter of snapshot.voters) writer.u32(voter);
  writer.bytes(snapshot.machine);
  writer.patchU32(sumOffset, writer.sum(summedFrom));
  return writer.finish();
}

/** The snapshot in `bytes`; `null` where they are damaged, cut short, or another replica's. */
export function decodeSnapshot(bytes: Uint8Array, identity: WalIdentity): SnapshotFile | null {
  if (bytes.length < summedFrom || getU32(bytes, 0) !== magic) return null;
  if (getU32(bytes, sumOffset) !== crc32c(bytes, summedFrom)) return null;
  const reader = new ByteReader(bytes, summedFrom);
  if (reader.u32() !== format) return null;
  if (reader.u32() !== identity.group || reader.u32() !== identity.replica) return null;
  const index = reader.u53();
  const term = reader.u53();
  const voters: number[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) voters.push(reader.u32());
  return { index, term, voters, machine: reader.bytes() };
}
