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
    for (const path of made.reverse()) rmdirSync(path);
  } catch (error) {
    throw notWritable(folder, error);
  }
}

/**
 * Makes a folder with those above it, and returns the ones that were not there, outermost first. One by one: Node's own recursive way never
 * returns where a file system such as /proc answers ENOENT.
 */
export function makeFolders(folder: string): string[] {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  for (const path of missing) mkdirSync(path);
  return missing;
}

function notWritable(folder: string, error: unknown): InputError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new InputError('OUT_NOT_WRITABLE', `cannot write into ${shownPath(resolve(folder))} (${reason}).`, [
    'try: … --out DIR, with a folder of your own',
  ]);
}
