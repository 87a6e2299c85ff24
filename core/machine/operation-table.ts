/**
 * Operations as tables: each has a byte in the log and a list of fields, in the order in which they are written. From one table come the check of
 * what a client sent, the bytes, the digest and the words for people, so that the four cannot disagree.
 */
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { mixInteger, mixWord } from './digest.ts';
import { mixPlain, readPlain, writePlain } from './plain-data.ts';

/**
 * What a field may hold: `text`; `count`, an integer from 0; `id`, an integer from 1; `value`, a safe integer or a text; `plain`, any plain data.
 * With `?` it may be left out.
 */
export type FieldKind =
  'text' | 'count' | 'id' | 'value' | 'plain' | 'text?' | 'count?' | 'id?' | 'value?' | 'plain?';

/** One operation: `tag` is its byte in the log, unlike that of any other and at most 127. */
export interface OperationShape {
  readonly tag: number;
  readonly fields: readonly (readonly [name: string, kind: FieldKind])[];
  /** It frees resources: a full log or window must still take it. */
  readonly frees?: boolean;
}

/** The operations of one part of the machine, by `f`. */
export type OperationTable = { readonly [f: string]: OperationShape };

interface Fields {
  readonly [name: string]: unknown;
}

function fits(kind: FieldKind, value: unknown): boolean {
  if (value === undefined) return kind.endsWith('?');
  switch (kind) {
    case 'text':
    case 'text?':
      return typeof value === 'string';
    case 'count':
    case 'count?':
      return Number.isSafeInteger(value) && (value as number) >= 0;
    case 'id':
    case 'id?':
      return Number.isSafeInteger(value) && (value as number) > 0;
    case 'value':
    case 'value?':
      return typeof value === 'string' || Number.isSafeInteger(value);
    case 'plain':
    case 'plain?':
      return true;
  }
}

/** Whether every field of `op` has the kind that its shape says. Fields that the shape does not know are ignored, and not written. */
export function fitsShape(shape: OperationShape, op: object): boolean {
  const values = op as Fields;
  const { fields } = shape;
  for (let i = 0; i < fields.length; i += 1) {
    const field = fields[i]!;
    if (!fits(field[1], values[field[0]])) return false;
  }
  return true;
}

/** Writes the fields; the tag is the caller's. A field left out is written as `null`. */
export function writeFields(writer: ByteWriter, shape: OperationShape, op: object): void {
  const values = op as Fields;
  const { fields } = shape;
  for (let i = 0; i < fields.length; i += 1) writePlain(writer, values[fields[i]![0]] ?? null);
}

/** Reads what `writeFields` wrote. @throws RangeError where a field has another kind. */
export function readFields(
  reader: ByteReader,
  f: string,
  shape: OperationShape,
): { readonly f: string; readonly [name: string]: unknown } {
  const op: { f: string; [name: string]: unknown } = { f };
  const { fields } = shape;
  for (let i = 0; i < fields.length; i += 1) {
    // Not `[name, kind]`: an iterator each.
    const name = fields[i]![0];
    const kind = fields[i]![1];
    const value = readPlain(reader);
    if (value === null && kind.endsWith('?')) continue;
    if (!fits(kind, value)) throw new RangeError(`${f}: field ${name} is no ${kind}`);
    op[name] = value;
  }
  return op;
}

/** Mixes the tag and every field into a hash. */
export function mixFields(hash: number, shape: OperationShape, op: object): number {
  const values = op as Fields;
  const { fields } = shape;
  let h = mixWord(hash, shape.tag);
  for (let i = 0; i < fields.length; i += 1) {
    const value = values[fields[i]![0]];
    h = typeof value === 'number' ? mixInteger(h, value) : mixPlain(h, value ?? null);
  }
  return h;
}

/** `acquire lock red, holder h1, waitUs 0`. */
export function describeFields(f: string, shape: OperationShape, op: object): string {
  const values = op as Fields;
  const told = shape.fields.flatMap(([name]) => {
    const value = values[name];
    return value === undefined
      ? []
      : [`${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`];
  });
  return `${f} ${told.join(', ')}`;
}
