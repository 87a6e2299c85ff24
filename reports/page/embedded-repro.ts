/**
 * The repro that a page of a run carries, read back from the bytes of a file that may be anything: another page, a cut one, one that was made to
 * mislead. Nothing of the page is run or trusted: the repro is checked like that of a repro file.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { readRepro } from '../repro.ts';
import type { Repro, ReproReading } from '../repro.ts';

/** Bytes of a page that are read at most: many times what the biggest page has. */
export const pageBytesMax = 64 * 1024 * 1024;

/** UTF-16 units from which on a repro is packed: the plan of a long run is bigger than all that its page draws. */
const packedFrom = 65_536;
/** Bytes that a packed one may have: what a page made to mislead unpacks to must not take the machine's memory. */
const unpackedMax = 128 * 1024 * 1024;

/** The text of a page's element `#repro`: JSON of the repro, or of `{ "packed": … }`, its JSON deflated, in base 64. */
export function embeddedRepro(repro: Repro): string {
  const text = JSON.stringify(repro);
  if (text.length < packedFrom) return text;
  return JSON.stringify({ packed: deflateRawSync(text, { level: 9 }).toString('base64') });
}

/** The bytes of the repro in such a text; null where it says that it is packed and cannot be unpacked. */
function unpacked(json: string): Uint8Array | null {
  const [, packed] = /^\s*\{\s*"packed":\s*"([A-Za-z0-9+/=]*)"\s*\}\s*$/.exec(json) ?? [];
  if (packed === undefined) return new TextEncoder().encode(json);
  try {
    return inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: unpackedMax });
  } catch {
    return null;
  }
}

/** As of a repro file; `pages`: it is the page of a campaign, and these are the pages of runs that it links to. */
export type PageReading = ReproReading | { readonly pages: readonly string[] };

const generator = /<meta name="generator" content="Stormglass/;
/** An element that holds JSON: no text of the page holds a `<` that is not markup, and no JSON in it holds one at all. */
const opening = /<script type="application\/json" id="repro">/g;
const link = /href="((?:[A-Za-z0-9._%/-]*\/)?runs\/[A-Za-z0-9._%-]+\.html)"/g;

/** Whether bytes are HTML, by their beginning: neither a repro file nor a trace begins so. */
export function looksLikePage(bytes: Uint8Array): boolean {
  const beginning = new TextDecoder().decode(bytes.subarray(0, 512)).trimStart();
  return /^(<!doctype html|<html|<!--)/i.test(beginning);
}

/** Reads the repro of a page. Never throws; a problem is the rest of a sentence that begins with the name of the file. */
export function readPageRepro(bytes: Uint8Array): PageReading {
  if (bytes.length > pageBytesMax) return { problem: 'is larger than any page of a run' };
  const text = new TextDecoder().decode(bytes);
  if (!generator.test(text.slice(0, 65_536))) return { problem: 'is a page, but none of Stormglass' };
  if (!/<\/html>\s*$/.test(text)) return { problem: 'was cut: its end is missing' };
  const openings = [...text.matchAll(opening)];
  if (openings.length > 1) return { problem: 'carries more than one repro' };
  const [found] = openings;
  if (found === undefined) {
    const pages = new Set([...text.matchAll(link)].map(([, href]) => href!));
    if (text.includes('<main id="campaign">')) return { pages: [...pages] };
    return {
      problem: 'carries no repro: its run held, left no plan, or was of a scenario that only a test has',
    };
  }
  const from = found.index + found[0].length;
  const json = text.slice(from, text.indexOf('</script>', from));
  const inner = unpacked(json);
  if (inner === null) return { problem: 'carries a repro that cannot be unpacked' };
  const reading = readRepro(inner);
  return 'repro' in reading ? reading : { ...reading, problem: `carries a repro that ${reading.problem}` };
}
