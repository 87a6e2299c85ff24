/** Where a benchmark puts files for a while. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../input-error.ts';

/**
 * Makes an empty folder among the system's temporary files.
 * @returns it, and what removes it; the end of the process does, too: a second Ctrl-C ends it where it stands
 * @throws InputError TEMP_NOT_WRITABLE
 */
export function makeTemporaryFolder(): { readonly folder: string; readonly remove: () => void } {
  const folder = made();
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', remove);
  return { folder, remove };
}

function made(): string {
  try {
    return mkdtempSync(join(tmpdir(), 'stormglass-bench-'));
  } catch (error) {
    throw new InputError(
      'TEMP_NOT_WRITABLE',
      `the folder for temporary files cannot be written to: ${(error as Error).message.split(',')[0]}.`,
      ['try: TMPDIR=. npx stormglass consensus-bench', 'or leave replication out with --only'],
    );
  }
}
