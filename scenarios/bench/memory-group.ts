/**
 * Three replicas in memory, in one process and without a world: what the core alone costs. Messages are handed over in order of sending, an fsync is done as soon as its
 * event has ended, time moves on by a microsecond an event.
 */
import type { ClientMessage } from '../../core/client-messages.ts';
import type { Operation } from '../../core/machine/commands.ts';
import { DiskError } from '../../core/ports.ts';
import type { Disk, FileHandle, Ports } from '../../core/ports.ts';
import { Replica } from '../../core/replica.ts';

const REPLICAS = 3;
const CLIENT = REPLICAS;

interface MemoryFile {
  bytes: Uint8Array;
  length: number;
}

const FILE_BYTES = 65_536;

/** Files as growing arrays; everything is durable at once. Room that a file leaves is taken by the next one, as pages of a real cache are. */
class MemoryDisk implements Disk {
  readonly #files = new Map<string, MemoryFile>();
  readonly #room: Uint8Array[] = [];
  readonly #open: MemoryFile[] = [];
  readonly #synced: (token: number) => void;

  constructor(synced: (token: number) => void) {
    this.#synced = synced;
  }

  #file(path: string): MemoryFile {
    const file = this.#files.get(path);
    if (file === undefined) throw new DiskError('ENOENT', path);
    return file;
  }

  makeFolder(): void {}

  list(folder: string): readonly string[] {
    const names = new Set<string>();
    const start = folder === '' ? '' : `${folder}/`;
    for (const path of this.#files.keys()) {
      if (path.startsWith(start)) names.add(path.slice(start.length).split('/')[0]!);
    }
    return [...names].sort((a, b) => (a < b ? -1 : 1));
  }

  create(path: string): FileHandle {
    this.#files.set(path, { bytes: this.#room.pop() ?? new Uint8Array(FILE_BYTES), length: 0 });
    return this.open(path);
  }

  open(path: string): FileHandle {
    return this.#open.push(this.#file(path)) - 1;
  }

  close(): void {}

  size(handle: FileHandle): number {
    return this.#open[handle]!.length;
  }

  read(handle: FileHandle, offset: number, length: number): Uint8Array {
    const file = this.#open[handle]!;
    return file.bytes.slice(offset, Math.min(file.length, offset + length));
  }

  append(handle: FileHandle, bytes: Uint8Array, length: number): void {
    const file = this.#open[handle]!;
    if (file.length + length > file.bytes.length) {
      const larger = new Uint8Array((file.length + length) * 2);
      larger.set(file.bytes.subarray(0, file.length));
      file.bytes = larger;
    }
    file.bytes.set(bytes.subarray(0, length), file.length);
    file.length += length;
  }

  truncate(handle: FileHandle, length: number): void {
    this.#open[handle]!.length = length;
  }

  rename(from: string, to: string): void {
    this.#files.set(to, this.#file(from));
    this.#files.delete(from);
  }

  unlink(path: string): void {
    this.#room.push(this.#file(path).bytes);
    this.#files.delete(path);
  }

  fsync(_handle: FileHandle, token: number): void {
    this.#synced(token);
  }

  fsyncFolder(_folder: string, token: number): void {
    this.#synced(token);
  }
}

/** A message, or an fsync that is done: its `from` is −1. */
interface Event {
  readonly to: number;
  readonly from: number;
  readonly message: unknown;
  readonly token: number;
}

const DISK = -1;

/** A group with a leader, and one client of it. */
export class MemoryGroup {
  readonly #replicas: Replica[] = [];
  readonly #deadlines: number[] = [];
  readonly #events: Event[] = [];
  readonly #answers: unknown[] = [];
  #nowUs = 1;
  #leader = 0;
  #attempt = 0;
  #session = 0;
  #number = 0;

  constructor() {
    let seed = 1;
    for (let node = 0; node < REPLICAS; node += 1) {
      this.#deadlines.push(Infinity);
      const below = (bound: number): number =>
        (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 1) % bound;
      const ports: Ports = {
        ...{ node, group: 0, boot: 1, servers: [0, 1, 2] },
        clock: { monotonicUs: () => this.#nowUs, wallUs: () => this.#nowUs },
        timers: {
          set: (_key, atUs) => void (this.#deadlines[node] = atUs),
          cancel: () => void (this.#deadlines[node] = Infinity),
        },
        transport: { send: (to, message) => void this.#events.push({ to, from: node, message, token: 0 }) },
        disk: new MemoryDisk(
          (token) => void this.#events.push({ to: node, from: DISK, message: null, token }),
        ),
        random: { below, between: (min, max) => min + below(max - min + 1) },
        emit: () => {},
      };
      this.#replicas.push(new Replica(ports));
    }
    this.#elect();
    const [opened] = this.#exchange([{ kind: 'open', client: CLIENT, nonce: 1, ttlUs: 600_000_000 }]);
    this.#session = (opened as { session: number }).session;
  }

  #elect(): void {
    this.#pump();
    while (this.#replicas.every((replica, node) => replica.leader !== node)) {
      this.#nowUs = Math.min(...this.#deadlines);
      this.#wakeDue();
      this.#pump();
    }
    this.#leader = this.#replicas.findIndex((replica, node) => replica.leader === node);
    this.#pump();
  }

  #wakeDue(): void {
    for (let node = 0; node < REPLICAS; node += 1) {
      if (this.#deadlines[node]! > this.#nowUs) continue;
      this.#deadlines[node] = Infinity;
      this.#replicas[node]!.wake(0);
    }
  }

  #pump(): void {
    const events = this.#events;
    for (let i = 0; i < events.length; i += 1) {
      const event = events[i]!;
      this.#nowUs += 1;
      const { to, from } = event;
      if (from === DISK) this.#replicas[to]!.synced(event.token, null);
      else if (to < REPLICAS) this.#replicas[to]!.receive(from, event.message);
      else this.#hear(event.message as ClientMessage);
    }
    events.length = 0;
    this.#wakeDue();
  }

  #hear(message: ClientMessage): void {
    if (message.type === 'refusal') throw new Error(`refused: ${message.code}`);
    if (message.type === 'reply') this.#answers.push(message.value);
  }

  #exchange(commands: readonly unknown[]): readonly unknown[] {
    this.#answers.length = 0;
    for (const command of commands) {
      this.#attempt += 1;
      const message = { type: 'request', boot: 1, attempt: this.#attempt, command };
      this.#events.push({ to: this.#leader, from: CLIENT, message, token: 0 });
    }
    while (this.#answers.length < commands.length) this.#pump();
    while (this.#events.length > 0) this.#pump();
    return this.#answers;
  }

  /** Asks all of these at once and waits for the answers; of a request that has to wait the first one and, once it is there, the last. */
  ask(operations: readonly Operation[]): readonly unknown[] {
    const floor = this.#number;
    const commands = operations.map((op) => {
      this.#number += 1;
      return { kind: 'request', session: this.#session, number: this.#number, floor, ranges: [], op };
    });
    return this.#exchange(commands);
  }
}
