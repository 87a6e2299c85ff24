/**
 * Bundles what runs in the browser, with the d3 modules that it uses, into one script and one style sheet for each page:
 * dist/reports/page/page.js and page.css. They are put into the HTML files that the package writes; nothing is fetched.
 */
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** The pages, by the name of their bundle. */
const entries = { page: 'main.ts', campaign: 'campaign.ts' };

/**
 * Bundles all pages.
 * @param {string} outdir where the files go
 */
export function buildBrowser(outdir) {
  const entryPoints = Object.entries(entries).map(([out, file]) => ({ out, in: `${here}browser/${file}` }));
  return build({
    entryPoints,
    outdir,
    bundle: true,
    minify: true,
    format: 'iife',
    // What browsers since 2023 run; `DecompressionStream('deflate-raw')` is of that year too.
    target: ['chrome111', 'firefox113', 'safari16.4'],
    charset: 'ascii',
    banner: {
      js: '/* Stormglass, MIT. With modules of d3, ISC, copyright Mike Bostock: https://d3js.org */',
    },
    logLevel: 'warning',
  });
}

if (process.argv[1] !== undefined && existsSync(process.argv[1])) {
  if (fileURLToPath(import.meta.url) === process.argv[1]) {
    await buildBrowser(fileURLToPath(new URL('../../dist/reports/page/', import.meta.url)));
  }
}
