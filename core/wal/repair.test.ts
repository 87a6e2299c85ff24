/** What is left of a damaged log, for a replica that has peers who can repair it. */
import { describe, expect, test } from 'vitest';
import { crc32c } from '../bytes.ts';
import type { Entry } from '../raft/entry.ts';
import type { RecoveredLog, WalEvent } from './contract.ts';
import { loseAll, MemoryDisk } from './memory-disk.test-support.ts';
import { headerBytes } from './record.ts';
import { Wal } from './wal.ts';

const identity = { group: 0, replica: 2 };
const first = '0/segment-0000000000000001';

function entry(index: number, term: number): Entry {
  const body = new TextEncoder().encode(`command ${index} of ${term}`);
  return { index, term, kind: 'command', body, sum: crc32c(body), command: null };
}

function open(disk: MemoryDisk, mayRepair = true): { wal: Wal; recovered: RecoveredLog } {
  return Wal.open(disk, identity, () => null, mayRepair);
}

function drain(wal: Wal, disk: MemoryDisk): WalEvent[] {
  const events: WalEvent[] = [];
  for (let token = disk.complete(); token !== undefined; token = disk.complete()) {
    const event = wal.synced(token, null);
    if (event !== null) events.push(event);
  }
  return events;
}

function told({ term, votedFor, base, baseTerm, entries }: Omit<RecoveredLog, 'snapshot'>): string {
  return `${term} ${votedFor} ${base}/${baseTerm} ${entries.map((e) => `${e.index}/${e.term}`).join(' ')}`;
}

/** Four acknowledged batches; the third gave a vote, and the last fsync vouches for all before it. */
function written(): { wal: Wal; disk: MemoryDisk } {
  const disk = new MemoryDisk();
  const { wal } = open(disk);
  drain(wal, disk);
  const batches = [
    { term: 1, votedFor: 0, truncateFrom: 0, entries: [entry(1, 1), entry(2, 1)] },
    { term: 3, votedFor: 1, truncateFrom: 0, entries: [entry(3, 3)] },
    { term: 5, votedFor: 0, truncateFrom: 0, entries: [] },
    { term: 5, votedFor: 0, truncateFrom: 0, entries: [entry(4, 5)] },
  ];
  for (const batch of batches) {
    wal.write(batch);
    drain(wal, disk);
  }
  return { wal, disk };
}

/** The disk with one byte changed. */
function rotten(disk: MemoryDisk, path: string, at: number): MemoryDisk {
  const damaged = disk.afterProcessCrash();
  const bytes = damaged.bytesOf(path);
  bytes[at] = (bytes[at] as number) ^ 0x10;
  return damaged;
}

describe('a log with any byte rotted below what a later record vouches for', () => {
  const { disk } = written();
  const whole = open(disk.afterProcessCrash()).recovered;
  const lastRecord = disk.bytesOf(first).length - headerBytes - 16;
  /** Offsets that are covered by a checksum. */
  const damaged = Array.from({ length: lastRecord }, (_, at) => at).filter(
    (at) => open(rotten(disk, first, at)).recovered.damage !== null,
  );

  test('keeps a part of it from its beginning, and term and vote as the last record has them', () => {
    expect(damaged.length).toBeGreaterThan(lastRecord * 0.9);
    for (const at of damaged) {
      const { recovered } = open(rotten(disk, first, at));
      expect(recovered.repairing).toBe(true);
      expect(recovered.damage?.code).toBe('LOG_CORRUPT');
      // A vote given after the damaged record still binds.
      expect([recovered.term, recovered.votedFor]).toEqual([5, 0]);
      const kept = recovered.entries.map((e) => `${e.index}/${e.term}`);
      expect(whole.entries.map((e) => `${e.index}/${e.term}`).slice(0, kept.length)).toEqual(kept);
      expect(kept.length).toBeLessThan(4);
    }
  });

  test('is repairing, and the very same, after any crash until it has rejoined', () => {
    for (const at of damaged.filter((_, i) => i % 29 === 0)) {
      const bad = rotten(disk, first, at);
      const { wal, recovered } = open(bad);
      // Before the mark is durable the damage is found again.
      expect(told(open(bad.afterPowerCut(loseAll)).recovered)).toBe(told(recovered));
      expect(drain(wal, bad)).toEqual([{ kind: 'ready' }]);
      const again = open(bad.afterPowerCut(loseAll));
      expect(told(again.recovered)).toBe(told(recovered));
      expect(again.recovered).toMatchObject({ repairing: true, damage: null });
    }
  });

  test('takes batches, compacts and restarts while it repairs, and has no mark after it rejoined', () => {
    const bad = rotten(disk, first, headerBytes + 20);
    const { wal } = open(bad);
    drain(wal, bad);
    wal.write({ term: 6, votedFor: 1, truncateFrom: 0, entries: [entry(1, 1), entry(2, 6)] });
    drain(wal, bad);
    wal.saveSnapshot({ index: 1, term: 1, voters: [0, 1, 2], machine: new Uint8Array(9) });
    drain(wal, bad);
    wal.rebase(1, 1, 6, 1, [entry(2, 6)]);
    drain(wal, bad);
    const second = open(bad.afterProcessCrash());
    expect(second.recovered).toMatchObject({ repairing: true, term: 6, votedFor: 1, base: 1 });
    const third = bad.afterPowerCut(loseAll);
    const reopened = open(third);
    drain(reopened.wal, third);
    reopened.wal.rejoin(7, -1, 1, [entry(2, 6)]);
    expect(open(third.afterPowerCut(loseAll)).recovered.repairing).toBe(true);
    expect(drain(reopened.wal, third)).toEqual([{ kind: 'rejoined' }]);
    const whole2 = open(third.afterPowerCut(loseAll)).recovered;
    expect(whole2).toMatchObject({ repairing: false, term: 7, votedFor: -1, base: 1 });
    expect(whole2.entries.map((e) => e.index)).toEqual([2]);
  });

  test('stops a replica that has nobody who could repair it', () => {
    expect(() => open(rotten(disk, first, headerBytes + 20), false)).toThrow('LOG_CORRUPT');
  });
});

test('wherever a write went instead of its place, what the last record vouches for is not cut as torn, and its term and vote bind', () => {
  const { disk } = written();
  const whole = open(disk.afterProcessCrash()).recovered;
  const all = whole.entries.map((e) => `${e.index}/${e.term}`);
  const lastRecord = disk.bytesOf(first).length - headerBytes - 16;
  const overlooked: string[] = [];
  for (const length of [8, headerBytes, headerBytes + 16, 200]) {
    for (let from = 0; from < lastRecord; from += 8) {
      for (let to = 0; to < lastRecord; to += 8) {
        const damaged = disk.afterProcessCrash();
        const bytes = damaged.bytesOf(first);
        const moved = bytes.slice(from, Math.min(lastRecord, from + length));
        bytes.fill(0, from, from + moved.length);
        bytes.set(moved.subarray(0, lastRecord - to), to);
        const { recovered } = open(damaged);
        const kept = recovered.entries.map((e) => `${e.index}/${e.term}`);
        const right =
          `${recovered.term} ${recovered.votedFor}` === '5 0' &&
          `${kept}` === `${all.slice(0, kept.length)}` &&
          (recovered.repairing || kept.length === all.length);
        if (!right) overlooked.push(`${length} bytes of ${from} at ${to}`);
      }
    }
  }
  expect(overlooked).toEqual([]);
});

test('a bad segment header loses the log and nothing else, as long as some record restores term and vote', () => {
  const { disk } = written();
  expect(told(open(rotten(disk, first, 50)).recovered)).toBe('5 0 0/0 ');
  const { disk: fresh } = ((): { disk: MemoryDisk } => {
    const made = new MemoryDisk();
    drain(open(made).wal, made);
    return { disk: made };
  })();
  expect(() => open(rotten(fresh, first, 50))).toThrow('IDENTITY_LOST');
});

describe('where the snapshot that a log rests on is damaged', () => {
  function compacted(): MemoryDisk {
    const { wal, disk } = written();
    wal.saveSnapshot({ index: 2, term: 1, voters: [0, 1, 2], machine: new Uint8Array(40) });
    drain(wal, disk);
    wal.rebase(2, 1, 5, 0, [entry(3, 3), entry(4, 5)]);
    drain(wal, disk);
    return disk;
  }
  const path = '0/snapshot-0000000000000002';

  test('state and log are lost, term and vote are not, and the replica repairs itself', () => {
    const bad = rotten(compacted(), path, 12);
    const { wal, recovered } = open(bad);
    expect(told(recovered)).toBe('5 0 0/0 ');
    expect(recovered).toMatchObject({
      repairing: true,
      snapshot: null,
      damage: { code: 'SNAPSHOT_CORRUPT' },
    });
    drain(wal, bad);
    expect(bad.paths()).not.toContain(path);
    expect(open(bad.afterPowerCut(loseAll)).recovered).toMatchObject({
      repairing: true,
      term: 5,
      votedFor: 0,
    });
  });

  test('a good snapshot keeps its state where the log above it is damaged', () => {
    const disk = compacted();
    const segment = disk.paths().find((one) => one.includes('segment'))!;
    const { recovered } = open(rotten(disk, segment, headerBytes + 8));
    expect(told(recovered)).toBe('5 0 2/1 ');
    expect(recovered.snapshot?.index).toBe(2);
  });
});
