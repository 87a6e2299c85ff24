/** A page's data as a text that any HTML may carry: deflated, in base64. */
import { deflateRawSync } from 'node:zlib';
import { pageBytes } from './page-columns.ts';
import type { RunPage } from './run-page.ts';

/** The data of a page, of letters, digits, `+`, `/` and `=` alone. `decodePage` reads it, in Node and in browsers. */
export function encodePage(page: RunPage): string {
  return deflateRawSync(pageBytes(page), { level: 9 }).toString('base64');
}
