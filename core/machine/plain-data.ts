/**
 * Plain data: null, booleans, safe integers, texts, arrays, and objects of these with texts as field names. What clients store
 * and what the machine answers is plain data, because it must come back the same from the log, a snapshot or a frame, on any
 * machine. Fields keep their order; a field that is `undefined` is left out. What is not plain data counts as null.
 */
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { mixInteger, mixText, mixWord } from './digest.ts';

const tag = {
  null: 0,
  false: 1,
  true: 2,
  word: 3,
  integer: 4,
  negative: 5,
  text: 6,
  rawText: 7,
  array: 8,
  object: 9,
} as const;

const hasOwn = Object.prototype.hasOwnProperty;

/** Deeper values are cut off as null: recursion must end. */
const maxDepth = 16;

/** UTF-8 length of a text in bytes; a lone surrogate counts as three. */
export function textBytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
      bytes += 2;
      i += 1;
    } else bytes += unit < 0x800 ? 1 : 2;
  }
  return bytes;
}

/** Writes a text so that it comes back exactly, lone surrogates included (UTF-8 has no place for those). */
export function writeText(writer: ByteWriter, text: string): void {
  if (isWellFormedText(text)) {
    writer.u8(tag.text);
    writer.text(text);
    return;
  }
  writer.u8(tag.rawText);
  writer.u32(text.length);
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    writer.u8(unit & 0xff);
    writer.u8(unit >>> 8);
  }
}

/** Reads what `writeText` wrote. @throws RangeError for anything else. */
export function readText(reader: ByteReader): string {
  const value = readPlain(reader);
  if (typeof value !== 'string') throw new RangeError('a text was expected');
  return value;
}

/** Writes plain data. */
export function writePlain(writer: ByteWriter, value: unknown, depth = 0): void {
  if (typeof value === 'number' && Number.isSafeInteger(value)) writeInteger(writer, value);
  else if (typeof value === 'string') writeText(writer, value);
  else if (typeof value === 'boolean') writer.u8(value ? tag.true : tag.false);
  else if (typeof value !== 'object' || value === null || depth === maxDepth) writer.u8(tag.null);
  else if (Array.isArray(value)) {
    writer.u8(tag.array);
    writer.u32(value.length);
    for (const item of value) writePlain(writer, item, depth + 1);
  } else {
    writer.u8(tag.object);
    const fields = value as { readonly [name: string]: unknown };
    const countAt = writer.length;
    let count = 0;
    writer.u32(0);
    for (const name in fields) {
      if (!Object.hasOwn(fields, name) || fields[name] === undefined) continue;
      writeText(writer, name);
      writePlain(writer, fields[name], depth + 1);
      count += 1;
    }
    writer.patchU32(countAt, count);
  }
}

function writeInteger(writer: ByteWriter, value: number): void {
  if (value >= 0 && value <= 0xffffffff) {
    writer.u8(tag.word);
    writer.u32(value);
  } else {
    writer.u8(value < 0 ? tag.negative : tag.integer);
    writer.u53(Math.abs(value));
  }
}

/** Reads what `writePlain` wrote. @throws RangeError where the bytes are something else. */
export function readPlain(reader: ByteReader): unknown {
  const kind = reader.u8();
  switch (kind) {
    case tag.null:
      return null;
    case tag.false:
      return false;
    case tag.true:
      return true;
    case tag.word:
      return reader.u32();
    case tag.integer:
      return reader.u53();
    case tag.negative:
      return -reader.u53();
    case tag.text:
      return reader.text();
    case tag.rawText:
      return readRawText(reader);
    case tag.array: {
      const items: unknown[] = [];
      for (let left = reader.u32(); left > 0; left -= 1) items.push(readPlain(reader));
      return items;
    }
    case tag.object: {
      const fields: { [name: string]: unknown } = {};
      for (let left = reader.u32(); left > 0; left -= 1) {
        const name = readText(reader);
        const value = readPlain(reader);
        // Plain assignment of `__proto__` would set the prototype instead of a field.
        if (name === '__proto__') Object.defineProperty(fields, name, { value, enumerable: true });
        else fields[name] = value;
      }
      return fields;
    }
    default:
      throw new RangeError(`no such kind of value: ${kind}`);
  }
}

function readRawText(reader: ByteReader): string {
  let text = '';
  for (let left = reader.u32(); left > 0; left -= 1) {
    const low = reader.u8();
    text += String.fromCharCode(low | (reader.u8() << 8));
  }
  return text;
}

/** Mixes plain data into a hash: the same for a value and for what is read back from its bytes. */
export function mixPlain(hash: number, value: unknown, depth = 0): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return mixInteger(hash ^ tag.integer, value);
  if (typeof value === 'string') return mixText(hash ^ tag.text, value);
  if (typeof value === 'boolean') return mixWord(hash, value ? tag.true : tag.false);
  if (typeof value !== 'object' || value === null || depth === maxDepth) return mixWord(hash, tag.null);
  if (Array.isArray(value)) {
    let h = mixWord(hash, tag.array);
    for (const item of value) h = mixPlain(h, item, depth + 1);
    return mixWord(h, value.length);
  }
  const fields = value as { readonly [name: string]: unknown };
  let h = mixWord(hash, tag.object);
  let count = 0;
  for (const name in fields) {
    // Unlike Object.hasOwn, V8 knows the answer of this one within a for-in loop.
    if (!hasOwn.call(fields, name)) continue;
    const field = fields[name];
    if (field === undefined) continue;
    h = mixPlain(mixText(h, name), field, depth + 1);
    count += 1;
  }
  return mixWord(h, count);
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function isWellFormedText(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (!isHighSurrogate(unit) || !isLowSurrogate(text.charCodeAt(i + 1))) return false;
    i += 1;
  }
  return true;
}
