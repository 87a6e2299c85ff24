import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { crc32c } from '../bytes.ts';
import { CoreError } from '../errors.ts';
import { DiskError } from '../ports.ts';
import type { Entry } from '../raft/entry.ts';
import type { RecoveredLog, SnapshotFile, WalEvent, WriteBatch } from './contract.ts';
import { loseAll, MemoryDisk } from './memory-disk.test-support.ts';
import type { PowerCut } from './memory-disk.test-support.ts';
import { headerBytes } from './record.ts';
import { segmentsMax, Wal } from './wal.ts';

const identity = { group: 0, replica: 2 };
const text = new TextDecoder();

function decode(kind: string, body: Uint8Array): unknown {
  return kind === 'noop' ? null : text.decode(body);
}

function entry(index: number, term: number, command = `command ${index} of ${term}`): Entry {
  const body = new TextEncoder().encode(command);
  return { index, term, kind: 'command', body, sum: crc32c(body), command };
}

function batch(term: number, votedFor: number, entries: readonly Entry[], truncateFrom = 0): WriteBatch {
  return { term, votedFor, truncateFrom, entries };
}

function snapshotAt(index: number, term: number): SnapshotFile {
  return { index, term, voters: [0, 1, 2], machine: new TextEncoder().encode(`machine at ${index}`) };
}

function open(disk: MemoryDisk): { wal: Wal; recovered: RecoveredLog } {
  return Wal.open(disk, identity, decode);
}

/** Lets every fsync complete, oldest first. */
function drain(wal: Wal, disk: MemoryDisk): WalEvent[] {
  const events: WalEvent[] = [];
  for (let token = disk.complete(); token !== undefined; token = disk.complete()) {
    const event = wal.synced(token, null);
    if (event !== null) events.push(event);
  }
  return events;
}

function openReady(disk: MemoryDisk): { wal: Wal; recovered: RecoveredLog } {
  const opened = open(disk);
  expect(drain(opened.wal, disk)).toEqual([{ kind: 'ready' }]);
  return opened;
}

/** A log as a few words: term, vote, base, and what each entry says. */
function told(log: Omit<RecoveredLog, 'snapshot' | 'repairing' | 'damage'>): string {
  const entries = log.entries.map((e) => `${e.index}/${e.term}:${String(e.command)}`).join(' ');
  return `term ${log.term} vote ${log.votedFor} base ${log.base}/${log.baseTerm} ${entries}`;
}

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CoreError) return error.code;
    throw error;
  }
  return 'no error';
}

/** A log of acknowledged batches, and a last one whose fsync has not completed. */
function withBatchInFlight(last: WriteBatch): { disk: MemoryDisk; acknowledged: string; all: string } {
  const disk = new MemoryDisk();
  const { wal } = openReady(disk);
  wal.write(batch(1, 2, [entry(1, 1), entry(2, 1)]));
  drain(wal, disk);
  wal.write(batch(3, 0, [entry(3, 3)]));
  drain(wal, disk);
  const acknowledged = told(open(disk.afterProcessCrash()).recovered);
  wal.write(last);
  const all = told(open(disk.afterProcessCrash()).recovered);
  return { disk, acknowledged, all };
}

const tails: readonly { name: string; cuts: (length: number) => Iterable<PowerCut['tail']> }[] = [
  {
    name: 'every prefix',
    *cuts(length) {
      for (let kept = 0; kept <= length; kept += 1) yield (unsynced) => unsynced.slice(0, kept);
    },
  },
  {
    name: 'every subset of eight sectors, the others zeros',
    *cuts() {
      for (let kept = 0; kept < 256; kept += 1) yield (unsynced) => holed(unsynced, kept, 0);
    },
  },
  {
    name: 'every subset of eight sectors, the others garbage',
    *cuts() {
      for (let kept = 0; kept < 256; kept += 1) yield (unsynced) => holed(unsynced, kept, 0xa7);
    },
  },
];

function holed(unsynced: Uint8Array, kept: number, hole: number): Uint8Array {
  const sector = Math.ceil(unsynced.length / 8);
  return unsynced.map((byte, i) => (((kept >>> Math.floor(i / sector)) & 1) === 1 ? byte : hole));
}

describe('a new replica', () => {
  test('starts empty, and is ready once its first segment, its name and its folder are durable', () => {
    const disk = new MemoryDisk();
    const { wal, recovered } = open(disk);
    expect(told(recovered)).toBe('term 0 vote -1 base 0/0 ');
    const steps = [];
    while (wal.busy) {
      expect(disk.afterPowerCut(loseAll).paths()).toEqual([]);
      steps.push(wal.synced(disk.complete() as number, null));
    }
    expect(steps).toEqual([null, null, { kind: 'ready' }]);
    expect(disk.afterPowerCut(loseAll).paths()).toEqual(['0/segment-0000000000000001']);
  });

  test('is not ready before the folder itself has a durable name', () => {
    const disk = new MemoryDisk();
    const { wal } = open(disk);
    // The sync of the parent folder was started first; here it completes last.
    expect(wal.synced(disk.complete(1) as number, null)).toBe(null);
    expect(wal.synced(disk.complete(1) as number, null)).toBe(null);
    expect(wal.busy).toBe(true);
    expect(disk.afterPowerCut(loseAll).paths()).toEqual([]);
    expect(wal.synced(disk.complete() as number, null)).toEqual({ kind: 'ready' });
  });
});

describe('what was acknowledged comes back', () => {
  test('entries, term and vote, and truncations', () => {
    const disk = new MemoryDisk();
    const { wal } = openReady(disk);
    wal.write(batch(1, 0, [entry(1, 1), entry(2, 1), entry(3, 1)]));
    drain(wal, disk);
    wal.write(batch(2, -1, [entry(2, 2, 'other')], 2));
    expect(drain(wal, disk)).toEqual([{ kind: 'written' }]);
    wal.write(batch(5, 1, []));
    drain(wal, disk);
    const { recovered } = open(disk.afterPowerCut(loseAll));
    expect(told(recovered)).toBe('term 5 vote 1 base 0/0 1/1:command 1 of 1 2/2:other');
  });

  const last = batch(4, 1, [entry(3, 4, 'instead'), entry(4, 4, 'magic SLGRSLGR'), entry(5, 4, '')], 3);
  for (const { name, cuts } of tails) {
    test(`through a power cut that leaves ${name} of the batch in flight; and a cut is final`, () => {
      const { disk, acknowledged, all } = withBatchInFlight(last);
      const path = '0/segment-0000000000000001';
      const unsynced = disk.bytesOf(path).length - disk.durableLengthOf(path);
      const seen = new Set<string>();
      for (const tail of cuts(unsynced)) {
        const crashed = disk.afterPowerCut({ names: 0, tail });
        const { wal, recovered } = openReady(crashed);
        const log = told(recovered);
        seen.add(log);
        // No vote or entry of before is forgotten but by the truncation in flight.
        if (log !== acknowledged)
          expect(log).toContain('term 4 vote 1 base 0/0 1/1:command 1 of 1 2/1:command 2 of 1');
        expect(told(open(crashed.afterPowerCut(loseAll)).recovered)).toBe(log);
        // Another entry takes the place of what was cut, under sequences that were used before.
        const next = recovered.base + recovered.entries.length + 1;
        wal.write(batch(9, 2, [entry(next, 9, 'after the cut')]));
        drain(wal, crashed);
        const again = open(crashed.afterPowerCut(loseAll)).recovered;
        expect(again.entries.slice(0, -1)).toEqual(recovered.entries);
        expect(again.entries.at(-1)?.command).toBe('after the cut');
        expect(again.term).toBe(9);
      }
      expect(seen).toContain(acknowledged);
      expect(seen).toContain(all);
    });
  }

  test('a killed process may read what is not durable; ready makes it so, and not before', () => {
    const { disk, acknowledged, all } = withBatchInFlight(last);
    const crashed = disk.afterProcessCrash();
    const { wal, recovered } = open(crashed);
    expect(told(recovered)).toBe(all);
    const seen = [told(open(crashed.afterPowerCut(loseAll)).recovered)];
    for (let ready = false; !ready;) {
      const event = wal.synced(crashed.complete() as number, null);
      ready = event?.kind === 'ready';
      seen.push(told(open(crashed.afterPowerCut(loseAll)).recovered));
    }
    expect(seen[0]).toBe(acknowledged);
    expect(seen.at(-1)).toBe(all);
  });

  test('through restarts without end, in a bounded number of segments', () => {
    let disk = new MemoryDisk();
    openReady(disk);
    for (let restart = 1; restart <= 30; restart += 1) {
      disk = restart % 2 === 0 ? disk.afterProcessCrash() : disk.afterPowerCut(loseAll);
      const { wal, recovered } = openReady(disk);
      expect(recovered.entries.length).toBe(restart - 1);
      wal.write(batch(restart, 0, [entry(restart, restart)]));
      drain(wal, disk);
      expect(disk.paths().length).toBeLessThanOrEqual(segmentsMax);
    }
  });
});

describe('torn or corrupt', () => {
  test('any byte that rots below what a later record vouches for: LOG_CORRUPT, never a shorter log', () => {
    const { disk } = withBatchInFlight(batch(3, 0, [entry(4, 3)]));
    const path = '0/segment-0000000000000001';
    const { length } = disk.bytesOf(path);
    const whole = told(open(disk.afterProcessCrash()).recovered);
    const lastRecord = length - headerBytes - 16;
    for (let at = 0; at < lastRecord; at += 1) {
      const rotten = disk.afterProcessCrash();
      const bytes = rotten.bytesOf(path);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      const log = { told: '' };
      const code = codeOf(() => {
        log.told = told(open(rotten).recovered);
      });
      // Only the zeros between records may change unnoticed.
      if (code === 'no error') expect(log.told).toBe(whole);
      else expect(code).toBe('LOG_CORRUPT');
    }
  });

  test('a bad byte in the last record, for which nothing vouches: torn, and cut', () => {
    const { disk, acknowledged } = withBatchInFlight(batch(3, 0, [entry(4, 3)]));
    const path = '0/segment-0000000000000001';
    const { length } = disk.bytesOf(path);
    // Two bytes of zeros fill it up.
    for (let at = length - headerBytes - 16; at < length - 2; at += 1) {
      const rotten = disk.afterProcessCrash();
      const bytes = rotten.bytesOf(path);
      bytes[at] = (bytes[at] as number) ^ 0x10;
      expect(told(open(rotten).recovered)).toBe(acknowledged);
    }
  });

  test('records that are missing at the end of an older segment are corrupt', () => {
    const { disk } = withBatchInFlight(batch(3, 0, [entry(4, 3)]));
    const second = disk.afterPowerCut(loseAll);
    openReady(second);
    const first = second.bytesOf('0/segment-0000000000000001');
    first.fill(0, headerBytes + 100);
    expect(codeOf(() => open(second))).toBe('LOG_CORRUPT');
  });

  test('a bad segment header is corrupt; with no good record to restore term and vote, the identity is lost', () => {
    const disk = new MemoryDisk();
    const { wal } = openReady(disk);
    const path = '0/segment-0000000000000001';
    const rot = (at: MemoryDisk): MemoryDisk => {
      const damaged = at.afterProcessCrash();
      const bytes = damaged.bytesOf(path);
      bytes[50] = (bytes[50] as number) ^ 1;
      return damaged;
    };
    expect(codeOf(() => open(rot(disk)))).toBe('IDENTITY_LOST');
    wal.write(batch(7, 1, []));
    drain(wal, disk);
    expect(codeOf(() => open(rot(disk)))).toBe('LOG_CORRUPT');
  });

  test('a write of another replica, or of another file, that was misdirected here is not taken for this log', () => {
    const mine = withBatchInFlight(batch(3, 0, [entry(4, 3)])).disk;
    const path = '0/segment-0000000000000001';
    const other = new MemoryDisk();
    const opened = Wal.open(other, { group: 0, replica: 1 }, decode);
    drain(opened.wal, other);
    for (const e of [entry(1, 1), entry(2, 1), entry(3, 1)]) {
      opened.wal.write(batch(1, 2, [e]));
      drain(opened.wal, other);
    }
    // The same offsets, sequences and lengths, and good checksums; but not this replica's.
    const record = other.bytesOf(path).slice(headerBytes, headerBytes + 96);
    mine.bytesOf(path).set(record, headerBytes);
    expect(codeOf(() => open(mine.afterProcessCrash()))).toBe('LOG_CORRUPT');
  });
});

describe('snapshots and compaction', () => {
  const kept = [entry(3, 3), entry(4, 4)];

  function written(): { disk: MemoryDisk; wal: Wal } {
    const disk = new MemoryDisk();
    const { wal } = openReady(disk);
    wal.write(batch(3, 1, [entry(1, 1), entry(2, 3), entry(3, 3)]));
    drain(wal, disk);
    wal.write(batch(4, 2, [entry(4, 4)]));
    drain(wal, disk);
    return { disk, wal };
  }

  test('a batch, a snapshot and its name go on side by side', () => {
    const { disk, wal } = written();
    wal.saveSnapshot(snapshotAt(3, 3));
    expect(wal.savingSnapshot).toBe(true);
    expect(wal.busy).toBe(false);
    wal.write(batch(4, 2, [entry(5, 4)]));
    expect(drain(wal, disk).map((event) => event.kind)).toEqual(['written', 'snapshotSaved']);
    expect(wal.savingSnapshot).toBe(false);
  });

  test('term, vote and the kept entries survive compaction; what was replaced is gone', () => {
    const { disk, wal } = written();
    for (const index of [1, 2]) {
      wal.saveSnapshot(snapshotAt(index, index === 1 ? 1 : 3));
      drain(wal, disk);
    }
    wal.rebase(2, 3, 4, 2, kept);
    expect(drain(wal, disk)).toEqual([{ kind: 'rebased', base: 2 }]);
    expect(disk.paths()).toEqual(['0/segment-0000000000000002', '0/snapshot-0000000000000002']);
    const { recovered } = open(disk.afterProcessCrash());
    expect(told(recovered)).toBe('term 4 vote 2 base 2/3 3/3:command 3 of 3 4/4:command 4 of 4');
    expect(recovered.snapshot).toEqual(snapshotAt(2, 3));
    wal.write(batch(4, 2, [entry(5, 4)]));
    drain(wal, disk);
    expect(open(disk.afterPowerCut(loseAll)).recovered.entries.length).toBe(3);
  });

  test('a crash at any step of saving a snapshot and starting the log anew loses nothing', () => {
    const { disk, wal } = written();
    const before =
      'term 4 vote 2 base 0/0 1/1:command 1 of 1 2/3:command 2 of 3 3/3:command 3 of 3 4/4:command 4 of 4';
    const after = 'term 4 vote 2 base 2/3 3/3:command 3 of 3 4/4:command 4 of 4';
    let rebased = false;
    let rebasing = false;
    const seen = new Set<string>();
    const look = (): void => {
      const crashes = [disk.afterProcessCrash()];
      for (let names = 0; names <= disk.pendingNames; names += 1) {
        for (const part of [0, 1, 3]) {
          crashes.push(
            disk.afterPowerCut({ names, tail: (unsynced) => unsynced.slice(0, unsynced.length * part) }),
          );
          crashes.push(
            disk.afterPowerCut({ names, tail: (unsynced) => unsynced.slice(0, unsynced.length >> 1) }),
          );
        }
      }
      for (const crashed of crashes) {
        const { recovered } = openReady(crashed);
        seen.add(told(recovered));
        expect(told(recovered)).toBe(recovered.base === 0 ? before : after);
        if (rebased) expect(recovered.base).toBe(2);
        expect(told(open(crashed.afterPowerCut(loseAll)).recovered)).toBe(told(recovered));
      }
    };
    wal.saveSnapshot(snapshotAt(2, 3));
    while (!rebased) {
      look();
      const event = wal.synced(disk.complete() as number, null);
      look();
      if (event?.kind === 'snapshotSaved') {
        wal.rebase(2, 3, 4, 2, kept);
        rebasing = true;
      }
      rebased = event?.kind === 'rebased';
    }
    look();
    expect(rebasing).toBe(true);
    expect([...seen].sort((a, b) => (a < b ? -1 : 1))).toEqual([before, after]);
  });

  test('a snapshot ahead of the log, or of another one: its entries go, never its term and vote', () => {
    for (const snapshot of [snapshotAt(9, 4), snapshotAt(3, 4)]) {
      const { disk, wal } = written();
      wal.saveSnapshot(snapshot);
      drain(wal, disk);
      const crashed = disk.afterPowerCut(loseAll);
      const { recovered } = openReady(crashed);
      expect(told(recovered)).toBe(`term 4 vote 2 base ${snapshot.index}/4 `);
      const again = openReady(crashed.afterPowerCut(loseAll));
      expect(told(again.recovered)).toBe(told(recovered));
      again.wal.write(batch(5, 0, [entry(snapshot.index + 1, 5)]));
    }
  });

  test('a damaged snapshot goes, and the log suffices; where its base is held by no snapshot: SNAPSHOT_CORRUPT', () => {
    const { disk, wal } = written();
    const whole = told(open(disk.afterProcessCrash()).recovered);
    wal.saveSnapshot(snapshotAt(2, 3));
    drain(wal, disk);
    const path = '0/snapshot-0000000000000002';
    for (let at = 0; at < disk.bytesOf(path).length; at += 1) {
      const rotten = disk.afterProcessCrash();
      const bytes = rotten.bytesOf(path);
      bytes[at] = (bytes[at] as number) ^ 4;
      const { recovered } = open(rotten);
      expect(told(recovered)).toBe(whole);
      expect(recovered).toMatchObject({
        snapshot: null,
        repairing: false,
        damage: { code: 'SNAPSHOT_CORRUPT' },
      });
      expect(rotten.paths()).not.toContain(path);
    }
    wal.rebase(2, 3, 4, 2, kept);
    drain(wal, disk);
    disk.unlink(path);
    expect(codeOf(() => open(disk.afterProcessCrash()))).toBe('SNAPSHOT_CORRUPT');
  });

  test('a snapshot that has rotted is told from a whole one while the replica runs, and written anew in its place', () => {
    const { disk, wal } = written();
    wal.saveSnapshot(snapshotAt(2, 3));
    drain(wal, disk);
    wal.rebase(2, 3, 4, 2, kept);
    drain(wal, disk);
    expect(wal.snapshotIsWhole()).toBe(true);
    const bytes = disk.bytesOf('0/snapshot-0000000000000002');
    for (let at = 0; at < bytes.length; at += 1) {
      bytes[at] = (bytes[at] as number) ^ 4;
      expect(wal.snapshotIsWhole()).toBe(false);
      bytes[at] = (bytes[at] as number) ^ 4;
    }
    bytes[20] = (bytes[20] as number) ^ 4;
    wal.saveSnapshot(snapshotAt(2, 3));
    // Before it is durable the one with the name is still the rotten one.
    expect(codeOf(() => open(disk.afterPowerCut(loseAll)))).toBe('SNAPSHOT_CORRUPT');
    expect(drain(wal, disk)).toEqual([{ kind: 'snapshotSaved', index: 2, term: 3 }]);
    expect(wal.snapshotIsWhole()).toBe(true);
    const { recovered } = open(disk.afterPowerCut(loseAll));
    expect(recovered).toMatchObject({ damage: null, repairing: false, snapshot: { index: 2 } });
  });

  test('a snapshot that cannot be read back, or is gone, is not whole, and is written anew like one that has rotted', () => {
    const { disk, wal } = written();
    wal.saveSnapshot(snapshotAt(2, 3));
    drain(wal, disk);
    wal.rebase(2, 3, 4, 2, kept);
    drain(wal, disk);
    const read = vi.spyOn(disk, 'read').mockImplementation(() => {
      throw new DiskError('EIO', 'a sector cannot be read');
    });
    const close = vi.spyOn(disk, 'close');
    expect(wal.snapshotIsWhole()).toBe(false);
    expect(close).toHaveBeenCalledTimes(1);
    read.mockRestore();
    expect(wal.snapshotIsWhole()).toBe(true);
    disk.unlink('0/snapshot-0000000000000002');
    expect(wal.snapshotIsWhole()).toBe(false);
    wal.saveSnapshot(snapshotAt(2, 3));
    drain(wal, disk);
    expect(wal.snapshotIsWhole()).toBe(true);
  });

  test('a snapshot and no segment: the identity is lost', () => {
    const { disk, wal } = written();
    wal.saveSnapshot(snapshotAt(2, 3));
    drain(wal, disk);
    disk.unlink('0/segment-0000000000000001');
    expect(codeOf(() => open(disk.afterProcessCrash()))).toBe('IDENTITY_LOST');
  });
});

describe('what may not be done', () => {
  test('a failed fsync stops the replica', () => {
    const disk = new MemoryDisk();
    const { wal } = openReady(disk);
    wal.write(batch(1, 0, []));
    const token = disk.complete() as number;
    expect(codeOf(() => wal.synced(token, new DiskError('EIO', 'fsync')))).toBe('DISK_FAILED');
  });

  test('a batch while one is in flight, a gap, a base that no durable snapshot holds', () => {
    const disk = new MemoryDisk();
    const { wal } = openReady(disk);
    expect(() => wal.write(batch(1, 0, [entry(2, 1)]))).toThrow('entry 2 written after 0');
    expect(() => wal.rebase(5, 1, 1, 0, [])).toThrow('newest durable snapshot is at 0');
    wal.write(batch(1, 0, [entry(1, 1)]));
    expect(() => wal.write(batch(1, 0, [entry(2, 1)]))).toThrow('another was in flight');
  });
});

/** The log as plain values, and every state that a crash in the middle of a batch may leave. */
interface Model {
  term: number;
  votedFor: number;
  base: number;
  baseTerm: number;
  entries: Entry[];
}

function statesWithin(model: Model, { term, votedFor, truncateFrom, entries }: WriteBatch): Model[] {
  const states = [model];
  let log = model.entries;
  if (truncateFrom !== 0) {
    log = log.slice(0, truncateFrom - model.base - 1);
    states.push({ ...model, term, votedFor, entries: log });
  } else if (entries.length === 0) states.push({ ...model, term, votedFor });
  for (const e of entries) {
    log = [...log, e];
    states.push({ ...model, term, votedFor, entries: log });
  }
  return states;
}

test('the log agrees with a model through any sequence of writes, crashes and compactions', () => {
  const action = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('write' as const),
        entries: fc.nat(3),
        back: fc.nat(3),
        complete: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('compact' as const), steps: fc.nat(6) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), steps: fc.nat(3) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant('power' as const),
        kept: fc.nat(255),
        hole: fc.constantFrom(0, 0x53),
        cut: fc.nat(300),
        names: fc.nat(6),
        steps: fc.nat(3),
      }),
    },
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      let disk = new MemoryDisk();
      let { wal } = openReady(disk);
      let model: Model = { term: 0, votedFor: -1, base: 0, baseTerm: 0, entries: [] };
      let possible = [told(model)];
      let clock = 0;
      // Only what is committed gets into a snapshot, and that is never truncated.
      let committed = 0;
      const reopen = (crashed: MemoryDisk, steps: number): void => {
        disk = crashed;
        const opened = open(disk);
        expect(possible).toContain(told(opened.recovered));
        for (let i = 0; i < steps && opened.wal.busy; i += 1)
          opened.wal.synced(disk.complete() as number, null);
        if (opened.wal.busy)
          return reopen(disk.afterPowerCut({ names: steps, tail: (unsynced) => unsynced }), 9);
        wal = opened.wal;
        const { term, votedFor, base, baseTerm, entries } = opened.recovered;
        model = { term, votedFor, base, baseTerm, entries };
        possible = [told(model)];
      };
      for (const a of actions) {
        clock += 1;
        if (a.do === 'write') {
          const last = model.base + model.entries.length;
          const from = Math.max(committed + 1, last + 1 - a.back);
          const truncateFrom = a.back > 0 && from <= last ? from : 0;
          const first = truncateFrom === 0 ? last + 1 : truncateFrom;
          const fresh = Array.from({ length: a.entries }, (_, i) => entry(first + i, clock));
          const b = batch(clock, clock % 3, fresh, truncateFrom);
          const states = statesWithin(model, b);
          wal.write(b);
          possible = states.map(told);
          if (a.complete) {
            drain(wal, disk);
            model = states.at(-1) as Model;
            possible = [told(model)];
          } else
            reopen(
              disk.afterPowerCut({ names: 0, tail: (u) => u.slice(0, (clock * 37) % (u.length + 1)) }),
              9,
            );
        } else if (a.do === 'compact') {
          const last = model.base + model.entries.length;
          if (last === model.base) continue;
          const base = model.base + Math.ceil(model.entries.length / 2);
          const baseTerm = (model.entries[base - model.base - 1] as Entry).term;
          const later: Model = { ...model, base, baseTerm, entries: model.entries.slice(base - model.base) };
          possible = [told(model), told(later)];
          committed = Math.max(committed, base);
          wal.saveSnapshot(snapshotAt(base, baseTerm));
          let done = false;
          for (let i = 0; i < a.steps && !done; i += 1) {
            const event = wal.synced(disk.complete() as number, null);
            if (event?.kind === 'snapshotSaved')
              wal.rebase(base, baseTerm, model.term, model.votedFor, later.entries);
            done = event?.kind === 'rebased';
          }
          if (done) {
            model = later;
            possible = [told(model)];
          } else
            reopen(
              a.steps % 2 === 0
                ? disk.afterProcessCrash()
                : disk.afterPowerCut({ names: a.steps, tail: (u) => u }),
              9,
            );
        } else if (a.do === 'kill') reopen(disk.afterProcessCrash(), a.steps);
        else {
          const tail = (u: Uint8Array): Uint8Array => holed(u, a.kept, a.hole).slice(0, a.cut);
          reopen(disk.afterPowerCut({ names: a.names, tail }), a.steps);
        }
      }
      reopen(disk.afterPowerCut(loseAll), 9);
    }),
    { numRuns: 200 },
  );
});
