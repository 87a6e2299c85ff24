/**
 * A resource outside the group: something that a lock protects and that cannot be asked whether the lock is still held (a file server, a payment
 * service). It defends itself: mark and data are one durable write, and a smaller token than one that it has accepted is refused. A stale holder may
 * still write until the resource has seen a newer one: that much a fence does not prevent.
 *
 * Clients say `{ type: 'store', nonce, lock, token, value }` and hear `{ type: 'stored', nonce, accepted, mark }`. Whoever hears nothing asks again.
 */
import { ByteReader, ByteWriter, crc32c } from '../core/bytes.ts';
import type { DiskError, FileHandle, Ports } from '../core/ports.ts';
import type { ClientProcess, Done } from './scenario.ts';

/** Asks the resource to write. */
export interface Store {
  readonly type: 'store';
  /** Unlike that of any other request of the client's boot. */
  readonly nonce: number;
  readonly lock: string;
  readonly token: number;
  readonly value: number;
}

/** What the resource answers; `mark`: the greatest token of that lock that it has accepted. */
export interface Stored {
  readonly type: 'stored';
  readonly nonce: number;
  readonly accepted: boolean;
  readonly mark: number;
}

const folder = 'resource';
const path = 'resource/writes';

/** The decision of the resource, apart, so that a mistake can be planted. */
export const resourceRules = {
  /** Whether a write is taken: its token is not smaller than any that was accepted. */
  accepts(mark: number, token: number): boolean {
    return token > 0 && token >= mark;
  },
};

/** The resource's process. It stands where a client would, and is given nothing to do. */
export class FencedResource implements ClientProcess {
  readonly #ports: Ports;
  readonly #done: Done;
  readonly #rules: typeof resourceRules;
  readonly #marks = new Map<string, number>();
  /** Writes under way, by fsync token. */
  readonly #writing = new Map<number, { readonly to: number; readonly store: Store }>();
  readonly #file: FileHandle;
  #lastSync = 0;

  constructor(ports: Ports, done: Done, rules: typeof resourceRules = resourceRules) {
    this.#ports = ports;
    this.#done = done;
    this.#rules = rules;
    const { disk } = ports;
    disk.makeFolder(folder);
    if (disk.list(folder).length === 0) {
      this.#file = disk.create(path);
      disk.fsyncFolder(folder, 0);
    } else {
      this.#file = disk.open(path);
      this.#recover();
    }
  }

  /** What a power cut tore ends the file: it was acknowledged to nobody. */
  #recover(): void {
    const { disk } = this.#ports;
    const bytes = disk.read(this.#file, 0, disk.size(this.#file));
    const reader = new ByteReader(bytes);
    let good = 0;
    while (reader.left >= 8) {
      const length = reader.u32();
      const sum = reader.u32();
      if (length > reader.left) break;
      const start = bytes.length - reader.left;
      if (crc32c(bytes, start, start + length) !== sum) break;
      const [lock, token] = [reader.text(), reader.u53()];
      reader.u53();
      this.#marks.set(lock, Math.max(token, this.#marks.get(lock) ?? 0));
      good = start + length;
    }
    if (good < bytes.length) disk.truncate(this.#file, good);
    // What was read may stand in the page cache alone: nothing is accepted on its word before it is durable.
    this.#lastSync += 1;
    disk.fsync(this.#file, this.#lastSync);
  }

  receive(from: number, message: unknown): void {
    const store = message as Store;
    if (store.type !== 'store') return;
    const mark = this.#marks.get(store.lock) ?? 0;
    if (!this.#rules.accepts(mark, store.token)) {
      this.#answer(from, store.nonce, false, mark);
      return;
    }
    this.#marks.set(store.lock, store.token);
    const { disk } = this.#ports;
    const record = recordOf(store);
    disk.append(this.#file, record, record.length);
    this.#lastSync += 1;
    this.#writing.set(this.#lastSync, { to: from, store });
    disk.fsync(this.#file, this.#lastSync);
  }

  /** An fsync covers all that was appended before it began, so writes are acknowledged in the order in which they were accepted, whichever ends first. */
  synced(token: number, error: DiskError | null): void {
    if (error !== null) {
      // What a failed fsync was to cover may be lost, and no later one vouches for it (fsyncgate, 2018): it is acknowledged to nobody.
      for (const sync of this.#writing.keys()) if (sync <= token) this.#writing.delete(sync);
      return;
    }
    for (const [sync, { to, store }] of this.#writing) {
      if (sync > token) return;
      this.#writing.delete(sync);
      const { lock, token: fence, value, nonce } = store;
      this.#ports.emit({ kind: 'resourceWrote', lock, token: fence, value });
      this.#answer(to, nonce, true, fence);
    }
  }

  #answer(to: number, nonce: number, accepted: boolean, mark: number): void {
    this.#ports.transport.send(to, { type: 'stored', nonce, accepted, mark } satisfies Stored);
  }

  wake(): void {}

  /** It asks nothing of anybody. */
  invoke(id: number): void {
    this.#done(id, 'fail', null);
  }
}

function recordOf({ lock, token, value }: Store): Uint8Array {
  const writer = new ByteWriter(64);
  writer.u32(0);
  writer.u32(0);
  writer.text(lock);
  writer.u53(token);
  writer.u53(value);
  writer.patchU32(0, writer.length - 8);
  writer.patchU32(4, writer.sum(8));
  return writer.finish();
}

/** An operation on the resource, as workloads plan it. */
export interface StoreOperation {
  readonly f: 'store';
  readonly lock: string;
  readonly token: number;
  readonly value: number;
}

/** Whether an operation is the resource's. */
export function isStore(op: unknown): op is StoreOperation {
  return typeof op === 'object' && op !== null && (op as { f?: unknown }).f === 'store';
}

interface Call {
  readonly id: number;
  readonly message: Store;
  readonly giveUpAtUs: number;
  retryAtUs: number;
}

const RETRY_US = 300_000;
const GIVE_UP_US = 5_000_000;

/** What one boot of a client asks of the resource. */
export class ResourceCalls {
  readonly #ports: Ports;
  readonly #done: Done;
  readonly #host: number;
  readonly #calls: Call[] = [];
  #nonce: number;

  /** @param host of the resource */
  constructor(ports: Ports, done: Done, host: number) {
    this.#ports = ports;
    this.#done = done;
    this.#host = host;
    this.#nonce = ports.boot * 1_000_000;
  }

  start(nowUs: number, id: number, { lock, token, value }: StoreOperation): void {
    this.#nonce += 1;
    const message: Store = { type: 'store', nonce: this.#nonce, lock, token, value };
    this.#calls.push({ id, message, giveUpAtUs: nowUs + GIVE_UP_US, retryAtUs: nowUs + RETRY_US });
    this.#ports.transport.send(this.#host, message);
  }

  /** Whether the message was the resource's. */
  receive(message: unknown): boolean {
    const { type, nonce, accepted, mark } = message as Stored;
    if (type !== 'stored') return false;
    const at = this.#calls.findIndex((call) => call.message.nonce === nonce);
    if (at < 0) return true;
    const [call] = this.#calls.splice(at, 1);
    this.#done(call!.id, 'ok', accepted ? { stored: true } : { error: 'STALE_TOKEN', mark });
    return true;
  }

  nextWakeUs(): number {
    return this.#calls.reduce(
      (next, call) => Math.min(next, call.retryAtUs, call.giveUpAtUs),
      Number.MAX_SAFE_INTEGER,
    );
  }

  wake(nowUs: number): void {
    for (const call of [...this.#calls]) {
      if (nowUs >= call.giveUpAtUs) {
        this.#calls.splice(this.#calls.indexOf(call), 1);
        this.#done(call.id, 'info', null);
      } else if (nowUs >= call.retryAtUs) {
        call.retryAtUs = nowUs + RETRY_US;
        this.#ports.transport.send(this.#host, call.message);
      }
    }
  }
}
