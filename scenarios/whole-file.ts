/** Files that a command leaves: written whole or not at all, so that a full disk takes the new one and lets the old one stand. */
import { existsSync, mkdirSync, renameSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from './input-error.ts';
import { shownPath } from './load-scenario.ts';

/**
 * Writes a text aside, flushes it, and renames it into place; makes the folder where it is not there. Where anything fails, a file of
 * that name stays as it was, and nothing is left beside it.
 * @returns the path, as people type it
 * @throws InputError OUT_NOT_WRITABLE
 */
export function writeWhole(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  const aside = `${path}.${process.pid}.tmp`;
  try {
    makeFolders(folder);
    writeFileSync(aside, text, { flush: true });
    renameSync(aside, path);
  } catch (error) {
    remove(aside);
    throw notWritable(folder, error);
  }
  return path;
}

export function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It was never made.
  }
}

/**
 * Tries, before anything runs, whether files can be written into the folder, and leaves nothing behind.
 * @throws InputError OUT_NOT_WRITABLE
 */
export function checkWritable(folder: string): void {
  const probe = join(folder, `.stormglass-${process.pid}.tmp`);
  try {
    const made = makeFolders(folder);
    writeFileSync(probe, '');
    unlinkSync(probe);
    removeEmpty(made);
  } catch (error) {
    throw notWritable(folder, error);
  }
}

/** Takes back folders that were made, outermost first in the list; not one into which another process has put something meanwhile: a shard beside this one. */
function removeEmpty(folders: readonly string[]): void {
  for (const path of folders.toReversed()) {
    try {
      rmdirSync(path);
    } catch (error) {
      if (isCode(error, 'ENOTEMPTY') || isCode(error, 'ENOENT')) return;
      throw error;
    }
  }
}

/** Times that a folder is made again whose parent another process has taken back just then. */
const triesMax = 5;

/**
 * Makes a folder with those above it, and returns the ones that it made, outermost first. One by one: Node's own recursive way never
 * returns where a file system such as /proc answers ENOENT. Shards that begin at once make and take back the folder above theirs.
 */
export function makeFolders(folder: string): string[] {
  const made: string[] = [];
  for (let tries = 1; ; tries += 1) {
    const missing: string[] = [];
    for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
    try {
      for (const path of missing) if (madeFolder(path)) made.push(path);
      return made;
    } catch (error) {
      if (tries === triesMax || !isCode(error, 'ENOENT')) throw error;
    }
  }
}

/** @returns whether it is new: another process may have been first */
function madeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function notWritable(folder: string, error: unknown): InputError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new InputError('OUT_NOT_WRITABLE', `cannot write into ${shownPath(resolve(folder))} (${reason}).`, [
    'try: … --out DIR, with a folder of your own',
  ]);
}
