import { describe, expect, test } from 'vitest';
import { GroupHost } from './group-host.ts';
import type { Group } from './group-host.ts';
import { DerivedRandom } from './group-random.ts';
import type { Observation } from './observe.ts';
import type { DiskError, Ports, Process, Random } from './ports.ts';
import { Replica } from './replica.ts';
import { MemoryDisk } from './wal/memory-disk.test-support.ts';

/** The ports of one host, and what went through them. */
class HostUnderTest {
  readonly disk = new MemoryDisk();
  readonly timers = new Map<number, number>();
  readonly sent: { readonly to: number; readonly message: unknown }[] = [];
  readonly observed: { readonly observation: Observation; readonly group: number | undefined }[] = [];
  mounts = 0;
  now = 5_000;
  private word = 1;

  readonly ports: Ports;

  constructor() {
    const disk = (): MemoryDisk => {
      this.mounts += 1;
      return this.disk;
    };
    const random: Random = {
      below: (bound) => (this.word = (this.word * 48_271 + 11) % 2_147_483_647) % bound,
      between: (min, max) => min + random.below(max - min + 1),
    };
    this.ports = {
      node: 1,
      group: 0,
      boot: 3,
      servers: [0, 1, 2, 3, 4],
      clock: { monotonicUs: () => this.now, wallUs: () => 0 },
      timers: {
        set: (key, atUs) => void this.timers.set(key, atUs),
        cancel: (key) => void this.timers.delete(key),
      },
      transport: { send: (to, message) => void this.sent.push({ to, message }) },
      get disk() {
        return disk();
      },
      random,
      emit: (observation, group) => void this.observed.push({ observation, group }),
    };
  }
}

/** A member that keeps what it was told. */
class Recorder implements Process {
  readonly told: unknown[] = [];
  readonly ports: Ports;
  constructor(ports: Ports) {
    this.ports = ports;
  }
  start(): void {
    this.told.push('start');
  }
  receive(from: number, message: unknown): void {
    this.told.push(['receive', from, message]);
  }
  wake(key: number): void {
    this.told.push(['wake', key]);
  }
  synced(token: number, error: DiskError | null): void {
    this.told.push(['synced', token, error]);
  }
}

const groups: readonly Group[] = [
  { id: 2, voters: [0, 1, 2] },
  { id: 7, voters: [1, 3, 4] },
];

function held(host: HostUnderTest): GroupHost<Recorder> {
  return new GroupHost(host.ports, groups, (ports) => new Recorder(ports));
}

function member(of: GroupHost<Recorder>, group: number): Recorder {
  const found = of.member(group);
  if (found === null) throw new Error(`no member of group ${group}`);
  return found;
}

describe('a member', () => {
  test('knows its group, and the voters of it as the servers', () => {
    const host = held(new HostUnderTest());
    const { ports } = member(host, 7);
    expect([ports.group, ports.servers, ports.node, ports.boot]).toEqual([7, [1, 3, 4], 1, 3]);
    expect(host.member(0)).toBeNull();
  });

  test('is woken by its own deadlines, under its own keys', () => {
    const under = new HostUnderTest();
    const host = held(under);
    member(host, 2).ports.timers.set(3, 100);
    member(host, 7).ports.timers.set(3, 200);
    const [first, second] = [...under.timers.keys()] as [number, number];
    expect([...under.timers.values()]).toEqual([100, 200]);
    host.wake(second);
    expect([member(host, 2).told, member(host, 7).told]).toEqual([[], [['wake', 3]]]);
    member(host, 7).ports.timers.cancel(3);
    expect([...under.timers.keys()]).toEqual([first]);
    expect(() => member(host, 2).ports.timers.set(30, 1)).toThrow('BAD_CONFIGURATION');
  });

  test('hears of its own fsyncs, under its own tokens', () => {
    const under = new HostUnderTest();
    const host = held(under);
    const file = member(host, 7).ports.disk.create('f');
    member(host, 7).ports.disk.fsync(file, 5);
    member(host, 2).ports.disk.fsyncFolder('', 5);
    const tokens = [under.disk.complete(), under.disk.complete()] as [number, number];
    for (const token of tokens) host.synced(token, null);
    expect(member(host, 2).told).toEqual([['synced', 5, null]]);
    expect(member(host, 7).told).toEqual([['synced', 5, null]]);
    expect(tokens[0]).not.toBe(tokens[1]);
  });

  test('shares one mount of the disk, made when the first one asks', () => {
    const under = new HostUnderTest();
    const host = held(under);
    expect(under.mounts).toBe(0);
    for (const group of [2, 7, 2]) expect(member(host, group).ports.disk.list('')).toEqual([]);
    expect(under.mounts).toBe(1);
  });

  test('sends and hears in the name of its group, and what it observes carries it', () => {
    const under = new HostUnderTest();
    const host = held(under);
    const { ports } = member(host, 7);
    ports.transport.send(4, { type: 'timeoutNow', term: 1 });
    ports.emit({ kind: 'termChanged', term: 1 });
    expect(under.sent).toEqual([
      { to: 4, message: { type: 'group', group: 7, message: { type: 'timeoutNow', term: 1 } } },
    ]);
    expect(under.observed).toEqual([{ observation: { kind: 'termChanged', term: 1 }, group: 7 }]);
    host.receive(3, { type: 'group', group: 7, message: 'inner' });
    expect([member(host, 2).told, member(host, 7).told]).toEqual([[], [['receive', 3, 'inner']]]);
  });

  test('draws from numbers of its own: what another draws does not shift them', () => {
    const drawn = (before: number): number[] => {
      const host = held(new HostUnderTest());
      for (let i = 0; i < before; i += 1) member(host, 2).ports.random.below(10);
      return Array.from({ length: 20 }, () => member(host, 7).ports.random.below(1_000));
    };
    expect(drawn(0)).toEqual(drawn(13));
    const host = held(new HostUnderTest());
    const other = Array.from({ length: 20 }, () => member(host, 2).ports.random.below(1_000));
    expect(other).not.toEqual(drawn(0));
  });
});

describe('what is addressed to a group that has no member here', () => {
  const refusal = { type: 'refusal', boot: 3, attempt: 9, code: 'WRONG_GROUP', leader: -1 };

  test.each([
    { type: 'request', boot: 3, attempt: 9, command: null },
    { type: 'read', boot: 3, attempt: 9, op: null },
    { type: 'transfer', boot: 3, attempt: 9, target: 0 },
  ])('a $type of a client is refused, as the group that it names', (message) => {
    const under = new HostUnderTest();
    held(under).receive(8, { type: 'group', group: 5, message });
    expect(under.sent).toEqual([{ to: 8, message: { type: 'group', group: 5, message: refusal } }]);
    const observation = { kind: 'refused', code: 'WRONG_GROUP', client: 8, attempt: 9 };
    expect(under.observed).toEqual([{ observation, group: 5 }]);
  });

  test('a greeting is answered, so that the request behind it can be refused', () => {
    const under = new HostUnderTest();
    held(under).receive(8, { type: 'group', group: 5, message: { type: 'hello', nonce: 4 } });
    const welcome = { type: 'welcome', nonce: 4, boot: 3, leader: -1 };
    expect(under.sent).toEqual([{ to: 8, message: { type: 'group', group: 5, message: welcome } }]);
  });

  test('an attempt that names another boot is left alone, as replicas leave it', () => {
    const under = new HostUnderTest();
    const message = { type: 'request', boot: 2, attempt: 9, command: null };
    held(under).receive(8, { type: 'group', group: 5, message });
    expect([under.sent, under.observed]).toEqual([[], []]);
  });

  test('a message of Raft is ignored: silence is what Raft is made for', () => {
    const under = new HostUnderTest();
    const message = { type: 'vote', term: 99, forced: false, lastIndex: 0, lastTerm: 0 };
    held(under).receive(0, { type: 'group', group: 5, message });
    expect([under.sent, under.observed]).toEqual([[], []]);
  });

  test('a client that names no group is refused likewise', () => {
    const under = new HostUnderTest();
    held(under).receive(8, { type: 'request', boot: 3, attempt: 9, command: null });
    expect(under.sent).toEqual([{ to: 8, message: refusal }]);
  });
});

test('two groups of one number, and more groups than timers, are refused', () => {
  const { ports } = new HostUnderTest();
  const make = (own: Ports): Recorder => new Recorder(own);
  const same = [groups[0], groups[0]] as readonly Group[];
  expect(() => new GroupHost(ports, same, make)).toThrow('BAD_CONFIGURATION');
  const many = Array.from({ length: 61 }, (_, id) => ({ id, voters: [1] }));
  expect(() => new GroupHost(ports, many, make)).toThrow('BAD_CONFIGURATION');
});

describe('replicas of two groups on one host', () => {
  const alone: readonly Group[] = [
    { id: 2, voters: [1] },
    { id: 7, voters: [1] },
  ];

  /** Lets the disk end everything, and wakes each member when its election is due. */
  function lead(under: HostUnderTest, host: GroupHost<Replica>): void {
    const settle = (): void => {
      for (let token = under.disk.complete(); token !== undefined; token = under.disk.complete()) {
        host.synced(token, null);
      }
    };
    settle();
    under.now = 1_000_000;
    for (const key of [...under.timers.keys()]) host.wake(key);
    settle();
  }

  test('keep their logs in folders of their own', () => {
    const under = new HostUnderTest();
    const host = new GroupHost(under.ports, alone, (ports) => new Replica(ports));
    lead(under, host);
    const has = (folder: string): boolean =>
      under.disk.list(folder).some((name) => name.startsWith('segment-'));
    expect([has('2'), has('7')]).toEqual([true, true]);
    const files = under.observed.flatMap(({ observation, group }) =>
      observation.kind === 'recordsWritten' ? [[group, (observation as { file: string }).file[0]]] : [],
    );
    expect(files.length).toBeGreaterThan(1);
    for (const [group, folder] of files) expect(folder).toBe(String(group));
  });

  test('one that stops for good leaves the other at work', () => {
    const under = new HostUnderTest();
    under.disk.makeFolder('2');
    const segment = under.disk.create('2/segment-0000000000000001');
    const junk = new Uint8Array(600).fill(7);
    under.disk.append(segment, junk, junk.length);
    const host = new GroupHost(under.ports, alone, (ports) => new Replica(ports));
    lead(under, host);
    const stopped = under.observed.filter(({ observation }) => observation.kind === 'stopped');
    expect(stopped.map(({ group }) => group)).toEqual([2]);
    expect([host.member(2)?.term, host.member(7)?.leader]).toEqual([0, 1]);
    expect(host.describe()).toMatchObject({ 'group 2': { stopped: expect.any(String) as string } });
  });
});

test('derived numbers keep to their bounds, and reach all of them', () => {
  let word = 0;
  const source: Random = { below: () => (word += 977), between: () => 0 };
  const random = new DerivedRandom(source);
  expect(word).toBe(4 * 977);
  const seen = new Set(Array.from({ length: 200 }, () => random.between(3, 7)));
  expect([...seen].sort()).toEqual([3, 4, 5, 6, 7]);
  expect(random.below(1)).toBe(0);
  // All zeros is the one state that would never be left.
  const still = new DerivedRandom({ below: () => 0, between: () => 0 });
  expect(new Set(Array.from({ length: 20 }, () => still.below(1_000))).size).toBeGreaterThan(3);
});
