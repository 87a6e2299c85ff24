/** Makes the HTML file of a run's page: the bundle of the package, the data, and the frame around them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { encodePage } from '../../reports/page/encode-page.ts';
import type { PageAssets } from '../../reports/page/frame.ts';
import { runHtml } from '../../reports/page/run-html.ts';
import type { RunPage } from '../../reports/page/run-page.ts';
import { writeWhole } from '../whole-file.ts';

/** What a file carries besides the page: see `RunFile`. */
export interface PageExtras {
  /** The repro as JSON text; null where there is none. */
  readonly repro: string | null;
  /** Relative address of the campaign's page; null where there is none. */
  readonly campaign: string | null;
}

/**
 * What was bundled by `npm run build`: beside this module in the package, in `dist/` where the sources themselves run.
 * @param name of the bundle: `page`
 * @throws Error where the package was not built
 */
export function pageAssets(name: string): PageAssets {
  const folders = ['../../reports/page/', '../../dist/reports/page/'].map((one) =>
    fileURLToPath(new URL(one, import.meta.url)),
  );
  const folder = folders.find((one) => existsSync(`${one}${name}.js`));
  if (folder === undefined) throw new Error(`${name}.js was not built: npm run build makes it.`);
  return assetsOf(readFileSync(`${folder}${name}.js`, 'utf8'), readFileSync(`${folder}${name}.css`, 'utf8'));
}

/** A script and a style sheet as a page takes them: with the hash by which its policy knows the script. */
export function assetsOf(script: string, style: string): PageAssets {
  const hash = createHash('sha256').update(script, 'utf8').digest('base64');
  return { script, style, scriptHash: `sha256-${hash}` };
}

/** The HTML file of a run's page, as text. */
export function runPageText(
  page: RunPage,
  extras: PageExtras,
  assets: PageAssets = pageAssets('page'),
): string {
  const data = { type: 'text/plain', text: encodePage(page) };
  return runHtml(page, { assets, data, ...extras });
}

/**
 * Writes the page of a run, whole or not at all.
 * @returns the path, as people type it
 * @throws InputError OUT_NOT_WRITABLE
 */
export function writeRunPage(folder: string, name: string, page: RunPage, extras: PageExtras): string {
  return writeWhole(folder, name, runPageText(page, extras));
}
