/** Reads documents that carry the number of their schema, and says in words what is wrong with bytes that are none. */
import type { z } from 'zod';

/** What bytes turned out to be: the document, or the reason why they are none, as the rest of a sentence. */
export type Reading<T> =
  | { readonly document: T }
  | {
      readonly problem: string;
      /** Of a schema that this version does not know yet. */
      readonly newer?: true;
    };

/**
 * Reads a document: never throws, whatever the bytes are (empty, binary, cut, of another schema).
 * @param what the kind of document with its article in front: `a repro file`
 * @param version of the schema, held in the field `schema`
 */
export function readVersioned<T>(
  bytes: Uint8Array,
  what: string,
  version: number,
  schema: z.ZodType<T>,
): Reading<T> {
  const none = what.replace(/^an? /, '');
  if (bytes.length === 0) return { problem: 'is empty' };
  const text = decode(bytes);
  if (text === null || text.includes('\0')) return { problem: `is binary, not ${what}` };
  if (text.trim() === '') return { problem: 'is empty' };
  const data = parse(text);
  if (data === undefined) return { problem: `is not whole JSON: it was cut, or is no ${none}` };
  const given = typeof data === 'object' && data !== null ? (data as { schema?: unknown }).schema : undefined;
  if (typeof given === 'number' && given > version) {
    return {
      problem: `is of schema ${given}, written by a newer stormglass; this one reads schema ${version}`,
      newer: true,
    };
  }
  const result = schema.safeParse(data);
  if (result.success) return { document: result.data };
  if (typeof given === 'number' && given < version) {
    return {
      problem: `is of schema ${given}, written by an older stormglass; this one reads schema ${version}`,
    };
  }
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the document' : issue.path.join('.');
  return { problem: `is no ${none}: ${where}: ${issue?.message ?? 'not understood'}` };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
