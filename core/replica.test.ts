import { describe, expect, test } from 'vitest';
import type { ClientMessage } from './client-messages.ts';
import type { Observation } from './observe.ts';
import type { Ports } from './ports.ts';
import { Replica } from './replica.ts';
import type { ReplicaOptions } from './replica.ts';
import { MemoryDisk, loseAll } from './wal/memory-disk.test-support.ts';

/** A group of one on a disk in memory, and the client that talks to it. */
class Alone {
  readonly sent: ClientMessage[] = [];
  readonly observed: Observation[] = [];
  disk: MemoryDisk;
  replica: Replica;
  now = 1_000_000;
  boot = 0;
  private wakeAt = 0;
  private attempt = 0;
  private readonly options: ReplicaOptions;

  constructor(options: ReplicaOptions = {}, disk = new MemoryDisk()) {
    this.options = options;
    this.disk = disk;
    this.replica = this.start();
  }

  private start(): Replica {
    this.boot += 1;
    this.attempt = 0;
    const ports: Ports = {
      node: 0,
      group: 0,
      boot: this.boot,
      servers: [0],
      clock: { monotonicUs: () => this.now, wallUs: () => 0 },
      timers: { set: (_key, at) => (this.wakeAt = at), cancel: () => undefined },
      transport: { send: (_to, message) => void this.sent.push(message as ClientMessage) },
      disk: this.disk,
      random: { below: () => 0, between: (min) => min },
      emit: (observation) => void this.observed.push(observation),
    };
    return new Replica(ports, this.options);
  }

  settle(): void {
    for (let token = this.disk.complete(); token !== undefined; token = this.disk.complete()) {
      this.replica.synced(token, null);
    }
  }

  lead(): this {
    this.settle();
    this.now = this.wakeAt;
    this.replica.wake(0);
    this.settle();
    return this;
  }

  request(command: unknown, attempt = (this.attempt += 1)): void {
    this.replica.receive(1, { type: 'request', boot: this.boot, attempt, command });
  }

  /** Opens a session and gives its id. */
  open(): number {
    this.request({ kind: 'open', client: 1, nonce: 1, ttlUs: 30_000_000 });
    this.settle();
    return (this.sent.at(-1) as { value: { session: number } }).value.session;
  }

  put(session: number, number: number): void {
    const op = { f: 'put', key: 'k', value: number };
    this.request({ kind: 'request', session, number, floor: number - 1, ranges: [], op });
  }

  restart(disk: MemoryDisk): void {
    this.disk = disk;
    this.replica = this.start();
  }

  all(kind: string): Observation[] {
    return this.observed.filter((observation) => observation.kind === kind);
  }
}

describe('a replica', () => {
  test('answers nobody before what recovery wrote is durable', () => {
    const alone = new Alone();
    alone.replica.receive(1, { type: 'hello', nonce: 7 });
    expect(alone.sent).toEqual([]);
    alone.settle();
    alone.replica.receive(1, { type: 'hello', nonce: 7 });
    expect(alone.sent).toEqual([{ type: 'welcome', nonce: 7, boot: 1, leader: -1 }]);
  });

  test('answers a command when it is applied, and a copy of the attempt never', () => {
    const alone = new Alone().lead();
    const session = alone.open();
    alone.put(session, 1);
    alone.put(session, 1);
    const before = alone.sent.length;
    alone.request({ kind: 'keepAlive', session }, 2);
    alone.settle();
    expect(alone.sent.slice(before)).toEqual([
      { type: 'reply', boot: 1, attempt: 2, value: { version: 3 }, place: 3 },
      { type: 'reply', boot: 1, attempt: 3, value: { version: 3 }, place: 3 },
    ]);
  });

  test('refuses with who leads where it does not lead', () => {
    const alone = new Alone();
    alone.settle();
    alone.request({ kind: 'keepAlive', session: 1 });
    expect(alone.sent).toEqual([{ type: 'refusal', boot: 1, attempt: 1, code: 'NOT_LEADER', leader: -1 }]);
  });

  test('takes snapshots, and starts again from the last one after a power cut, in the same state', () => {
    const alone = new Alone({ snapshotEveryEntries: 5, entriesKeptBehindSnapshot: 2 }).lead();
    const session = alone.open();
    for (let number = 1; number <= 12; number += 1) {
      alone.put(session, number);
      alone.settle();
    }
    expect(alone.all('snapshotTaken')).toHaveLength(2);
    const digest = (alone.all('applied').at(-1) as { digest: number }).digest;
    alone.restart(alone.disk.afterPowerCut(loseAll));
    expect(alone.all('snapshotRestored').at(-1)).toMatchObject({ index: 10, from: 'disk' });
    alone.lead();
    const applied = alone.all('applied').filter((o) => (o as { entry: string }).entry === 'command');
    expect((applied.at(-1) as { digest: number }).digest).toBe(digest);
  });

  test('takes a snapshot before its interval rather than staying LOG_FULL for ever', () => {
    const limits = { uncompactedEntries: 40, reservedEntries: 8 };
    const alone = new Alone({ snapshotEveryEntries: 1_000, limits }).lead();
    const session = alone.open();
    for (let number = 1; number <= 200; number += 1) {
      alone.put(session, number);
      alone.settle();
    }
    expect(alone.sent.filter((message) => message.type === 'refusal')).toEqual([]);
    expect(alone.all('snapshotTaken').length).toBeGreaterThan(3);
  });

  test('is not made with limits under which it could do nothing', () => {
    const limits = { uncompactedEntries: 400 };
    expect(() => new Alone({ limits })).toThrow(/BAD_CONFIGURATION: 400 uncompacted entries/);
    expect(() => new Alone({ limits: { batchEntries: 0 } })).toThrow(/BAD_CONFIGURATION/);
    expect(() => new Alone({ limits: { pendingProposals: 16 } })).toThrow(/BAD_CONFIGURATION/);
    for (const none of [
      'windowBytes',
      'snapshotChunkBytes',
      'snapshotWindowChunks',
      'uncommittedBytes',
      'pendingReads',
    ]) {
      for (const value of [0, NaN]) {
        expect(() => new Alone({ limits: { [none]: value } })).toThrow(/BAD_CONFIGURATION/);
      }
    }
    expect(() => new Alone({ limits: { snapshotChunkBytes: 3_000_000 } })).toThrow(/does not fit a message/);
  });

  test('stops with LOG_CORRUPT, and says so, when a record that was durable is damaged', () => {
    const alone = new Alone().lead();
    const session = alone.open();
    alone.put(session, 1);
    alone.settle();
    alone.put(session, 2);
    alone.settle();
    const [segment] = alone.disk.list('0').filter((name) => name.startsWith('segment'));
    const disk = alone.disk.afterPowerCut(loseAll);
    const bytes = disk.bytesOf(`0/${segment!}`);
    bytes[150] = bytes[150]! ^ 1;
    alone.restart(disk);
    expect(alone.all('stopped')).toMatchObject([{ code: 'LOG_CORRUPT' }]);
    alone.replica.receive(1, { type: 'hello', nonce: 8 });
    expect(alone.sent.at(-1)).not.toMatchObject({ nonce: 8 });
  });

  test('proposes the expiry of a session that nobody renews', () => {
    const alone = new Alone().lead();
    const session = alone.open();
    alone.now += 31_000_000;
    alone.replica.wake(0);
    alone.settle();
    alone.put(session, 1);
    alone.settle();
    expect(alone.sent.at(-1)).toMatchObject({ value: { error: 'SESSION_NOT_OPEN' } });
  });
});
