/** How many fsyncs a second the disk does by itself: one after the other, of a file that grows by one record's size each time, as a log does. */
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** @param bytes appended before each fsync */
export function fsyncsASecond(folder: string, bytes: number, forMs: number): number {
  const file = openSync(join(folder, 'fsync-alone'), 'w');
  const record = Buffer.alloc(bytes, 7);
  const startedMs = performance.now();
  let count = 0;
  for (; performance.now() - startedMs < forMs; count += 1) {
    writeSync(file, record);
    fsyncSync(file);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  closeSync(file);
  return count / seconds;
}
