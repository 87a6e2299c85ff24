/**
 * What may happen to bytes that were durable: rot, and writes that went elsewhere.
 *
 * **Rot.** Bits flip, or a sector's content is gone, in data that an fsync had covered long ago. Nothing tells; it shows when the file is read, which is at
 * the next boot, or, of a snapshot, when a follower needs it. It happens at rates that fleets see every day (Bairavasundaram and others, "An Analysis of Data Corruption in the Storage
 * Stack", FAST 2008).
 *
 * **Misdirected writes.** A drive puts what it was given at another place: there it replaces good bytes, with content that has good checksums,
 * and where it should be the old content, or nothing, stands. So both ends are damaged.
 *
 * **Where.** Only on hosts of the *fault atlas*, which the plan names: at most ⌊(voters − 1) / 2⌋, since no protocol can make good what a
 * majority has lost. And only in what the log's last fsync but one had covered, over all its files: of what is newer nothing durable says
 * yet that it was durable, so that no recovery could tell its loss from a torn tail; such a loss is a lie of fsync, which no
 * system survives by itself. Files that the plan names as such (snapshots) may rot at once: each has a checksum of the whole.
 */
import type { Random } from '../core/ports.ts';

/** What becomes of durable bytes; `snapshot-rot` is rot in files that may rot at once, and in no other. */
export type DamageKind = 'rot' | 'snapshot-rot' | 'misdirected-write';

/** A file that may be damaged, and how much of it. */
export interface Damageable {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** `bytes[0, settled)` may be damaged. */
  readonly settled: number;
}

/** What was damaged. */
export interface Damage {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** What a drive loses at once. */
const sectorBytes = 512;

/** A place, drawn by the bytes that may be damaged. @returns null where there are none */
function drawPlace(files: readonly Damageable[], random: Random): { file: Damageable; at: number } | null {
  let total = 0;
  for (const file of files) total += file.settled;
  if (total === 0) return null;
  let at = random.below(total);
  for (const file of files) {
    if (at < file.settled) return { file, at };
    at -= file.settled;
  }
  return null;
}

/** A bit flips, or a sector is gone: one to three times. */
export function rot(files: readonly Damageable[], random: Random): readonly Damage[] {
  const damage: Damage[] = [];
  for (let times = random.between(1, 3); times > 0; times -= 1) {
    const place = drawPlace(files, random);
    if (place === null) break;
    const { file, at } = place;
    if (random.below(3) > 0) {
      file.bytes[at] = (file.bytes[at] as number) ^ (1 << random.below(8));
      damage.push({ path: file.path, from: at, to: at + 1 });
    } else {
      const from = at - (at % sectorBytes);
      const to = Math.min(file.settled, from + sectorBytes);
      file.bytes.fill(0, from, to);
      damage.push({ path: file.path, from, to });
    }
  }
  return damage;
}

/** Bytes of one place stand at another, and are missing where they belong. */
export function misdirect(files: readonly Damageable[], random: Random): readonly Damage[] {
  const source = drawPlace(files, random);
  const target = drawPlace(files, random);
  const length = 8 * random.between(1, 64);
  if (source === null || target === null) return [];
  // Writes are aligned: a record that lands on a record's place is the harder case.
  const from = source.at & -8;
  const to = target.at & -8;
  const moved = source.file.bytes.slice(from, Math.min(source.file.settled, from + length));
  const end = Math.min(target.file.settled, to + moved.length);
  source.file.bytes.fill(0, from, from + moved.length);
  target.file.bytes.set(moved.subarray(0, end - to), to);
  return [
    { path: source.file.path, from, to: from + moved.length },
    { path: target.file.path, from: to, to: end },
  ];
}
