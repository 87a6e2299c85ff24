/**
 * The commands of the replicated machine, and their bytes in the log.
 *
 * | command | from | meaning |
 * |---|---|---|
 * | `open` | client | begin a session; its id is the log index of this entry |
 * | `request` | client | (session, number): one operation, applied once; names what the client has acknowledged |
 * | `keepAlive` | client | renew the session; has no number |
 * | `expire` | leader | end what is named (sessions, leases, waits, generations of barriers), each only if the version named still stands |
 *
 * Nothing here reads a clock: a time to live is a length, and deadlines are armed by whoever applies.
 */
import { ByteReader, ByteWriter } from '../bytes.ts';
import { rangesAreOrdered } from './acknowledged.ts';
import type { DeadlineKind, DueDeadline } from './contract.ts';
import { mixInteger, mixText, mixWord } from './digest.ts';
import { barrierOperations } from './barriers/operations.ts';
import type { BarrierOperation } from './barriers/operations.ts';
import { lockOperations } from './locks/operations.ts';
import type { Guard, LockOperation } from './locks/operations.ts';
import { siblingOperations } from './siblings/operations.ts';
import type { SiblingOperation } from './siblings/operations.ts';
import { describeFields, fitsShape, mixFields, readFields, writeFields } from './operation-table.ts';
import type { OperationShape, OperationTable } from './operation-table.ts';
import { mixPlain, readPlain, readText, writePlain, writeText } from './plain-data.ts';
import { isRegisterValue } from './registers/registers.ts';
import type { RegisterOperation, RegisterValue } from './registers/registers.ts';

/**
 * What a request may ask: an operation on registers, locks or barriers, or the end of its session. Any may carry a guard: it is then carried out only while
 * the guard's token is the lock's.
 */
export type Operation = (
  RegisterOperation | SiblingOperation | LockOperation | BarrierOperation | { readonly f: 'close' }
) & {
  readonly guard?: Guard | undefined;
};

/** What may be asked outside the log: it changes nothing. */
export type ReadOperation = Extract<
  RegisterOperation | SiblingOperation,
  { readonly f: 'get' | 'getSiblings' }
> & {
  readonly guard?: Guard | undefined;
};

/** Operations that are tables of fields, by name. */
const tables: OperationTable = { ...lockOperations, ...barrierOperations, ...siblingOperations };
const shapes = new Map<string, OperationShape>(Object.entries(tables));
const names = new Map<number, string>(Object.entries(tables).map(([f, { tag }]) => [tag, f]));

/** Begins a session. */
export interface OpenCommand {
  readonly kind: 'open';
  /** The client's host, and a number by which it tells the answer from others'. */
  readonly client: number;
  readonly nonce: number;
  readonly ttlUs: number;
}

/** One operation of a session, applied once however often it is in the log. */
export interface RequestCommand {
  readonly kind: 'request';
  readonly session: number;
  /** From 1, each for one operation; an attempt repeated carries the very same command. */
  readonly number: number;
  /** All numbers up to here are acknowledged, and those in `ranges` (core/machine/acknowledged.ts). */
  readonly floor: number;
  readonly ranges: readonly number[];
  readonly op: Operation;
}

/** Renews a session without asking for anything. */
export interface KeepAliveCommand {
  readonly kind: 'keepAlive';
  readonly session: number;
}

/** Ends what has had its time, each only if the version named still stands. */
export interface ExpireCommand {
  readonly kind: 'expire';
  readonly due: readonly DueDeadline[];
}

/** What an entry of kind command holds. */
export type Command = OpenCommand | RequestCommand | KeepAliveCommand | ExpireCommand;

const kindTag = { malformed: 0, open: 1, request: 2, keepAlive: 3, expire: 4 } as const;
const opTag = { get: 1, put: 2, delete: 3, cas: 4, close: 5 } as const;
/** Added to an operation's byte where a guard follows it. */
const guarded = 0x80;
const dueTag = { session: 1, lease: 2, wait: 3, barrier: 4 } as const satisfies {
  [K in DeadlineKind]: number;
};
const dueKinds = ['session', 'lease', 'wait', 'barrier'] as const;

/** What an entry decodes to whose command was malformed: it is answered, and changes nothing. */
const malformed = { kind: 'malformed' } as const;

/**
 * Whether a value is a command in every field. Limits are not looked at: those are for `apply` to answer. A replica may propose
 * anything a client sent; what is no command is logged as *malformed* and answered BAD_COMMAND, by every replica alike.
 */
export function isCommand(value: unknown): value is Command {
  if (typeof value !== 'object' || value === null) return false;
  const command = value as Command;
  switch (command.kind) {
    case 'request':
      return (
        isId(command.session) &&
        isId(command.number) &&
        isCount(command.floor) &&
        Array.isArray(command.ranges) &&
        rangesAreOrdered(command.floor, command.ranges) &&
        isOperation(command.op)
      );
    case 'open':
      return isCount(command.client) && isCount(command.nonce) && isCount(command.ttlUs);
    case 'keepAlive':
      return isId(command.session);
    case 'expire':
      return Array.isArray(command.due) && command.due.every(isDue);
    default:
      return false;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isDue(value: unknown): value is DueDeadline {
  if (typeof value !== 'object' || value === null) return false;
  const due = value as DueDeadline;
  const hasId = due.kind === 'session' || due.kind === 'wait' ? isId(due.id) : typeof due.id === 'string';
  return Object.hasOwn(dueTag, due.kind) && hasId && isId(due.version);
}

function isGuard(value: unknown): value is Guard | undefined {
  if (value === undefined) return true;
  if (typeof value !== 'object' || value === null) return false;
  const guard = value as Guard;
  return (
    typeof guard.lock === 'string' &&
    isCount(guard.token) &&
    (guard.group === undefined || isCount(guard.group))
  );
}

/** Whether a value is an operation in every field. */
export function isOperation(value: unknown): value is Operation {
  if (typeof value !== 'object' || value === null) return false;
  const op = value as Operation;
  if (!isGuard(op.guard)) return false;
  switch (op.f) {
    case 'get':
    case 'delete':
      return typeof op.key === 'string';
    case 'put':
      return typeof op.key === 'string' && isRegisterValue(op.value);
    case 'cas':
      return typeof op.key === 'string' && isRegisterValue(op.value) && isCount(op.version);
    case 'close':
      return true;
    default: {
      const shape = shapes.get((op as { readonly f: string }).f);
      return shape !== undefined && fitsShape(shape, op);
    }
  }
}

/** Whether a value is an operation that may be asked outside the log. */
export function isReadOperation(value: unknown): value is ReadOperation {
  return isOperation(value) && (value.f === 'get' || value.f === 'getSiblings');
}

/** Whether an operation frees resources, so that a full log or window must still take it. */
export function frees(op: Operation): boolean {
  return op.f === 'close' || shapes.get(op.f)?.frees === true;
}

/** Kept between calls: one command is encoded at a time. */
const scratch = new ByteWriter(512);

/** The bytes of a command as they stand in the log: the same for equal commands. Never throws. */
export function encodeCommand(command: unknown): Uint8Array {
  scratch.reset();
  writeCommand(scratch, command);
  return scratch.finish();
}

/** Appends a command's bytes; they end where the command ends. */
export function writeCommand(writer: ByteWriter, command: unknown): void {
  if (!isCommand(command)) {
    writer.u8(kindTag.malformed);
    return;
  }
  writer.u8(kindTag[command.kind]);
  switch (command.kind) {
    case 'open':
      writer.u53(command.client);
      writer.u53(command.nonce);
      writer.u53(command.ttlUs);
      return;
    case 'request':
      writer.u53(command.session);
      writer.u53(command.number);
      writer.u53(command.floor);
      writer.u32(command.ranges.length);
      for (const bound of command.ranges) writer.u53(bound);
      writeOperation(writer, command.op);
      return;
    case 'keepAlive':
      writer.u53(command.session);
      return;
    case 'expire':
      writer.u32(command.due.length);
      for (const due of command.due) {
        writer.u8(dueTag[due.kind]);
        writePlain(writer, due.id);
        writer.u53(due.version);
      }
  }
}

function writeOperation(writer: ByteWriter, op: Operation): void {
  const { guard } = op;
  const flag = guard === undefined ? 0 : guarded;
  switch (op.f) {
    case 'close':
      writer.u8(opTag.close | flag);
      break;
    case 'get':
    case 'put':
    case 'delete':
    case 'cas':
      writer.u8(opTag[op.f] | flag);
      writeText(writer, op.key);
      if (op.f === 'cas') writer.u53(op.version);
      if (op.f === 'put' || op.f === 'cas') writePlain(writer, op.value);
      break;
    default: {
      const shape = shapes.get(op.f)!;
      writer.u8(shape.tag | flag);
      writeFields(writer, shape, op);
    }
  }
  if (guard === undefined) return;
  writeText(writer, guard.lock);
  writer.u53(guard.token);
  writePlain(writer, guard.group ?? null);
}

function readGuard(reader: ByteReader): Guard {
  const lock = readText(reader);
  const token = reader.u53();
  const group = readPlain(reader);
  if (group === null) return { lock, token };
  if (!isCount(group)) throw new RangeError('a guard names no group');
  return { lock, token, group };
}

/** The command of an entry's bytes. @throws RangeError where they hold none. */
export function decodeCommand(body: Uint8Array): Command | { readonly kind: 'malformed' } {
  return readCommand(new ByteReader(body));
}

/** Reads what `writeCommand` wrote. @throws RangeError for anything else. */
export function readCommand(reader: ByteReader): Command | { readonly kind: 'malformed' } {
  const kind = reader.u8();
  switch (kind) {
    case kindTag.malformed:
      return malformed;
    case kindTag.open:
      return { kind: 'open', client: reader.u53(), nonce: reader.u53(), ttlUs: reader.u53() };
    case kindTag.request: {
      const session = reader.u53();
      const number = reader.u53();
      const floor = reader.u53();
      const ranges: number[] = [];
      for (let left = reader.u32(); left > 0; left -= 1) ranges.push(reader.u53());
      return { kind: 'request', session, number, floor, ranges, op: readOperation(reader) };
    }
    case kindTag.keepAlive:
      return { kind: 'keepAlive', session: reader.u53() };
    case kindTag.expire: {
      const due: DueDeadline[] = [];
      for (let left = reader.u32(); left > 0; left -= 1) {
        const kind = dueKinds[reader.u8() - 1];
        const one = { kind, id: readPlain(reader), version: reader.u53() };
        if (!isDue(one)) throw new RangeError('no such deadline');
        due.push(one);
      }
      return { kind: 'expire', due };
    }
    default:
      throw new RangeError(`no such kind of command: ${kind}`);
  }
}

function readOperation(reader: ByteReader): Operation {
  const tag = reader.u8();
  const op = readUnguarded(reader, tag & ~guarded);
  return (tag & guarded) === 0 ? op : { ...op, guard: readGuard(reader) };
}

function readUnguarded(reader: ByteReader, tag: number): Operation {
  switch (tag) {
    case opTag.close:
      return { f: 'close' };
    case opTag.get:
      return { f: 'get', key: readText(reader) };
    case opTag.put:
      return { f: 'put', key: readText(reader), value: readValue(reader) };
    case opTag.delete:
      return { f: 'delete', key: readText(reader) };
    case opTag.cas:
      return { f: 'cas', key: readText(reader), version: reader.u53(), value: readValue(reader) };
    default: {
      const f = names.get(tag);
      if (f === undefined) throw new RangeError(`no such operation: ${tag}`);
      return readFields(reader, f, shapes.get(f)!) as Operation;
    }
  }
}

function readValue(reader: ByteReader): RegisterValue {
  const value = readPlain(reader);
  if (!isRegisterValue(value)) throw new RangeError('a value is neither an integer nor a text');
  return value;
}

/** Mixes every field of a command into a hash. */
export function mixCommand(hash: number, command: unknown): number {
  if (!isCommand(command)) return mixWord(hash, kindTag.malformed);
  let h = mixWord(hash, kindTag[command.kind]);
  switch (command.kind) {
    case 'open':
      return mixInteger(mixInteger(mixInteger(h, command.client), command.nonce), command.ttlUs);
    case 'request': {
      h = mixInteger(mixInteger(mixInteger(h, command.session), command.number), command.floor);
      for (let i = 0; i < command.ranges.length; i += 1) h = mixInteger(h, command.ranges[i] as number);
      return mixOperation(h, command.op);
    }
    case 'keepAlive':
      return mixInteger(h, command.session);
    case 'expire':
      for (const due of command.due) {
        h = mixInteger(mixPlain(mixWord(h, dueTag[due.kind]), due.id), due.version);
      }
      return h;
  }
}

function mixOperation(hash: number, op: Operation): number {
  const { guard } = op;
  const h =
    guard === undefined
      ? hash
      : mixInteger(mixInteger(mixText(hash ^ guarded, guard.lock), guard.token), guard.group ?? -1);
  switch (op.f) {
    case 'close':
      return mixWord(h, opTag.close);
    case 'get':
    case 'delete':
      return mixText(mixWord(h, opTag[op.f]), op.key);
    case 'put':
      return mixPlain(mixText(mixWord(h, opTag.put), op.key), op.value);
    case 'cas':
      return mixPlain(mixInteger(mixText(mixWord(h, opTag.cas), op.key), op.version), op.value);
    default:
      return mixFields(h, shapes.get(op.f)!, op);
  }
}

/** Appends the bytes of a read; what is none is written as *malformed*. */
export function writeRead(writer: ByteWriter, op: unknown): void {
  if (isReadOperation(op)) writeOperation(writer, op);
  else writer.u8(kindTag.malformed);
}

/** Reads what `writeRead` wrote. @throws RangeError for anything else. */
export function readRead(reader: ByteReader): ReadOperation | typeof malformed {
  const tag = reader.u8();
  if (tag === kindTag.malformed) return malformed;
  const op = readUnguarded(reader, tag & ~guarded);
  const read = (tag & guarded) === 0 ? op : { ...op, guard: readGuard(reader) };
  if (!isReadOperation(read)) throw new RangeError(`no such read: ${tag}`);
  return read;
}

/** Mixes every field of a read into a hash. */
export function mixRead(hash: number, op: unknown): number {
  return isReadOperation(op) ? mixOperation(hash, op) : mixWord(hash, kindTag.malformed);
}

/** A short text for people: `get k7`. */
export function describeRead(op: unknown): string {
  return isReadOperation(op) ? describeOperation(op) : 'malformed read';
}

/** A short text for people: `put k7 = 41 (4711#3)`. */
export function describeCommand(command: unknown): string {
  if (!isCommand(command)) return 'malformed command';
  switch (command.kind) {
    case 'open':
      return `open session for client ${command.client}`;
    case 'request':
      return `${describeOperation(command.op)} (${command.session}#${command.number})`;
    case 'keepAlive':
      return `keepAlive session ${command.session}`;
    case 'expire':
      return `expire ${command.due.map((due) => `${due.kind} ${due.id}@${due.version}`).join(', ')}`;
  }
}

function describeOperation(op: Operation): string {
  const { guard } = op;
  const asked = describeUnguarded(op);
  return guard === undefined
    ? asked
    : `${asked} under ${guard.lock}#${guard.token}${guard.group === undefined ? '' : ` of group ${guard.group}`}`;
}

function describeUnguarded(op: Operation): string {
  switch (op.f) {
    case 'get':
      return `get ${op.key}`;
    case 'put':
      return `put ${op.key} = ${op.value}`;
    case 'delete':
      return `delete ${op.key}`;
    case 'cas':
      return `cas ${op.key} @${op.version} = ${op.value}`;
    case 'close':
      return 'close session';
    default:
      return describeFields(op.f, shapes.get(op.f)!, op);
  }
}
