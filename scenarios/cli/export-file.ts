/** `replay --export FORMAT=FILE`: the run that was replayed, as files of other tools. */
import { renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { exportFormats } from '../export-run.ts';
import type { ExportFormat } from '../export-run.ts';
import { InputError } from '../input-error.ts';
import type { Replayed } from '../replay.ts';
import { makeFolders, remove } from '../whole-file.ts';
import type { Outlet } from './outlet.ts';

/** What to write where. */
export interface ExportTarget {
  readonly format: ExportFormat;
  readonly file: string;
}

const howToOpen: { readonly [F in ExportFormat]: string } = {
  chrome: 'a Chrome trace: open it in ui.perfetto.dev, speedscope.app or DevTools',
  shiviz: 'a ShiViz log: upload it at bestchai.bitbucket.io/shiviz',
};

/**
 * `--export chrome=FILE`, `--export shiviz=FILE`, once or several times.
 * @throws InputError BAD_EXPORT
 */
export function exportTargets(given: readonly string[]): ExportTarget[] {
  return given.map((text) => {
    const at = text.indexOf('=');
    const format = text.slice(0, Math.max(0, at));
    const file = text.slice(at + 1);
    const known = exportFormats.find((one) => one === format);
    if (known !== undefined && file !== '') return { format: known, file };
    throw new InputError(
      'BAD_EXPORT',
      `--export takes a format and a file, ${exportFormats.map((one) => `${one}=FILE`).join(' or ')}; got "${text}".`,
      ['try: … --export chrome=trace.json'],
    );
  });
}

/**
 * Writes them and says so. A file is written aside and renamed, so that an older one stands where that fails.
 * @throws InputError EXPORT_NOT_RECORDED where the run never ended, OUT_NOT_WRITABLE
 */
export function writeExports(targets: readonly ExportTarget[], { exports }: Replayed, outlet: Outlet): void {
  for (const { format, file } of targets) {
    const text = exports?.[format];
    if (text === undefined) {
      throw new InputError(
        'EXPORT_NOT_RECORDED',
        'the run reached an event that never ends, and left no record.',
        ['try: … --until N --export …, with an event before that one'],
      );
    }
    const aside = `${file}.${process.pid}.tmp`;
    try {
      makeFolders(dirname(file));
      writeFileSync(aside, text);
      renameSync(aside, file);
    } catch (error) {
      remove(aside);
      throw new InputError('OUT_NOT_WRITABLE', `${file}: ${(error as Error).message}.`, [
        `try: … --export ${format}=FILE, in a folder of your own`,
      ]);
    }
    outlet.say(['', `Written: ${file}, ${howToOpen[format]}`]);
  }
}
