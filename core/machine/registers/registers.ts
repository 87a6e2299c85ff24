/**
 * Versioned registers: a map from key to one value and the version of its last write, which is that write's log index.
 *
 * | operation | answer |
 * |---|---|
 * | `get` key | `{ value, version }`; `{ value: null, version: 0 }` where the key is absent |
 * | `put` key value | `{ version }`: the new one |
 * | `delete` key | `{ existed }` |
 * | `cas` key version value | `{ done: true, version }`, or `{ done: false, value, version }` with what stands; version 0 compares with "absent" |
 *
 * A limit that is hit answers `{ error }` and changes nothing: `KEY_TOO_LONG` (256 bytes), `VALUE_TOO_LARGE` (128 KiB),
 * `TOO_MANY_KEYS` (10,000). A deleted key takes no place. That a version never comes back, a delete in between or not, is what makes
 * compare-and-set safe: put 1, cas, delete, put 1 again must not let an old cas through.
 */
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { mixInteger, mixText } from '../digest.ts';
import { mixPlain, readPlain, readText, textBytes, writePlain, writeText } from '../plain-data.ts';
import type { RegisterRules } from './rules.ts';

/** What a register holds: a safe integer or a text. */
export type RegisterValue = number | string;

/** What a client asks of the registers. */
export type RegisterOperation =
  | { readonly f: 'get'; readonly key: string }
  | { readonly f: 'put'; readonly key: string; readonly value: RegisterValue }
  | { readonly f: 'delete'; readonly key: string }
  | { readonly f: 'cas'; readonly key: string; readonly version: number; readonly value: RegisterValue };

/** The name of a limit that an operation hit. */
export type RegisterRefusal = { readonly error: 'KEY_TOO_LONG' | 'VALUE_TOO_LARGE' | 'TOO_MANY_KEYS' };

/** What an operation answers. */
export type RegisterAnswer =
  | { readonly value: RegisterValue | null; readonly version: number }
  | { readonly version: number }
  | { readonly existed: boolean }
  | { readonly done: true; readonly version: number }
  | { readonly done: false; readonly value: RegisterValue | null; readonly version: number }
  | RegisterRefusal;

/** Whether a value may stand in a register. */
export function isRegisterValue(value: unknown): value is RegisterValue {
  return typeof value === 'string' || Number.isSafeInteger(value);
}

/** One key's state; `hash` is its part of the digest. */
interface Register {
  value: RegisterValue;
  version: number;
  hash: number;
}

const absent = { value: null, version: 0 } as const;
const existed = { existed: true } as const;
const missing = { existed: false } as const;
const keyTooLong: RegisterRefusal = { error: 'KEY_TOO_LONG' };
const valueTooLarge: RegisterRefusal = { error: 'VALUE_TOO_LARGE' };
const tooManyKeys: RegisterRefusal = { error: 'TOO_MANY_KEYS' };

/** The registers of a group. */
export class Registers {
  private readonly rules: RegisterRules;
  private readonly keys = new Map<string, Register>();
  private sum = 0;

  constructor(rules: RegisterRules) {
    this.rules = rules;
  }

  /** 32 bits of the whole state: the exclusive or of every key's hash, so that a write costs the same among any number of keys. */
  digest(): number {
    return this.sum;
  }

  /** Carries out one operation, as the entry at `index`. */
  apply(index: number, operation: RegisterOperation): RegisterAnswer {
    const { key } = operation;
    // A UTF-16 unit takes at most three bytes: only long texts need counting.
    if (key.length > 85 && !this.rules.keyFits(textBytes(key))) return keyTooLong;
    switch (operation.f) {
      case 'get': {
        const register = this.keys.get(key);
        return register === undefined ? absent : { value: register.value, version: register.version };
      }
      case 'put':
        return this.refusal(key, operation.value) ?? this.write(index, key, operation.value);
      case 'delete':
        return this.remove(key) ? existed : missing;
      case 'cas': {
        const refused = this.refusal(key, operation.value);
        if (refused !== null) return refused;
        const register = this.keys.get(key);
        const version = register === undefined ? 0 : register.version;
        if (!this.rules.casHolds(version, operation.version)) {
          return { done: false, value: register === undefined ? null : register.value, version };
        }
        return { done: true, version: this.write(index, key, operation.value).version };
      }
    }
  }

  private refusal(key: string, value: RegisterValue): RegisterRefusal | null {
    if (typeof value === 'string' && value.length > 1024 && !this.rules.valueFits(textBytes(value))) {
      return valueTooLarge;
    }
    return this.keys.has(key) || this.rules.mayAddKey(this.keys.size) ? null : tooManyKeys;
  }

  private write(index: number, key: string, value: RegisterValue): { readonly version: number } {
    const version = this.rules.versionOfWrite(index);
    this.set(key, value, version);
    return { version };
  }

  private set(key: string, value: RegisterValue, version: number): void {
    const hash = mixInteger(mixPlain(mixText(0x72656773, key), value), version);
    const register = this.keys.get(key);
    if (register === undefined) {
      this.keys.set(key, { value, version, hash });
      this.sum ^= hash;
      return;
    }
    this.sum ^= register.hash ^ hash;
    register.value = value;
    register.version = version;
    register.hash = hash;
  }

  private remove(key: string): boolean {
    const register = this.keys.get(key);
    if (register === undefined) return false;
    this.sum ^= register.hash;
    this.keys.delete(key);
    return true;
  }

  /** Writes the whole state, by key in code unit order. */
  save(writer: ByteWriter): void {
    const keys = [...this.keys.keys()].sort(byCodeUnit);
    writer.u32(keys.length);
    for (const key of keys) {
      const register = this.keys.get(key)!;
      writeText(writer, key);
      writePlain(writer, register.value);
      writer.u53(register.version);
    }
  }

  /** Replaces the whole state by one that was saved. @throws RangeError where the bytes hold none. */
  restore(reader: ByteReader): void {
    this.clear();
    for (let left = reader.u32(); left > 0; left -= 1) {
      const key = readText(reader);
      const value = readPlain(reader);
      if (!isRegisterValue(value)) throw new RangeError('a register holds neither an integer nor a text');
      this.set(key, value, reader.u53());
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.keys.clear();
    this.sum = 0;
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
