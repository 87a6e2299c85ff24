/** What the files of a log are called. One folder a group; numbers are padded so that the order of names is that of age. */

/** Ends the name of a file that is being written aside; such files are left over after a crash and removed at start. */
export const asideEnding = '.tmp';

const segmentPrefix = 'segment-';
const snapshotPrefix = 'snapshot-';
const digits = 16;

/** The folder of a group, below the process's own. */
export function folderOfGroup(group: number): string {
  return String(group);
}

/** Name of the segment with this number. */
export function segmentName(file: number): string {
  return segmentPrefix + String(file).padStart(digits, '0');
}

/** Name of the snapshot at this index. */
export function snapshotName(index: number): string {
  return snapshotPrefix + String(index).padStart(digits, '0');
}

function numbersAfter(prefix: string, names: readonly string[]): number[] {
  return names
    .filter((name) => name.startsWith(prefix) && !name.endsWith(asideEnding))
    .map((name) => Number(name.slice(prefix.length)))
    .filter((number) => Number.isSafeInteger(number))
    .sort((a, b) => a - b);
}

/** Numbers of the segments among `names`, ascending. */
export function segmentsAmong(names: readonly string[]): readonly number[] {
  return numbersAfter(segmentPrefix, names);
}

/** Indexes of the snapshots among `names`, ascending. */
export function snapshotsAmong(names: readonly string[]): readonly number[] {
  return numbersAfter(snapshotPrefix, names);
}
