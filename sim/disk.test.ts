import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Disk } from '../core/ports.ts';
import { sectorBytes, SimDisk } from './disk.ts';
import { streamOf } from './random.ts';

/** A disk with its world: a clock, and the fsyncs that are due. */
class Bench {
  nowUs = 0;
  readonly due: { request: number; doneAtUs: number; path: string; length: number }[] = [];
  readonly moved: { request: number; doneAtUs: number }[] = [];
  readonly refused: string[] = [];
  readonly disk: SimDisk;
  port: Disk;

  constructor(seed = 1, rotsAtOnce: string | null = null) {
    const spec = { minUs: 100, maxUs: 1_000, tailPpm: 0, tailMaxUs: 0 };
    this.disk = new SimDisk(
      spec,
      streamOf(seed, '0/disk/0'),
      streamOf(seed, '0/disk/0/tear'),
      {
        nowUs: () => this.nowUs,
        fsyncStarted: (request, doneAtUs, path, length) => this.due.push({ request, doneAtUs, path, length }),
        fsyncMoved: (request, doneAtUs) => this.moved.push({ request, doneAtUs }),
        refused: (path) => this.refused.push(path),
      },
      rotsAtOnce,
    );
    this.port = this.disk.mount();
  }

  /** A file with a durable name and durable bytes. */
  durableFile(path: string, bytes: Uint8Array): number {
    const file = this.port.create(path);
    this.port.append(file, bytes, bytes.length);
    this.port.fsync(file, 1);
    this.port.fsyncFolder('', 2);
    this.completeAll();
    return file;
  }

  completeAll(): void {
    for (const { request } of this.due.splice(0)) this.disk.complete(request);
  }

  restart(power: boolean): void {
    this.disk.crash(power);
    this.port = this.disk.mount();
  }

  contents(path: string): number[] {
    const file = this.port.open(path);
    return [...this.port.read(file, 0, this.port.size(file))];
  }
}

function counting(length: number, from = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => ((from + i) % 255) + 1);
}

describe('what is written', () => {
  test('is read at once, and survives a crash of the process, still not durable', () => {
    const bench = new Bench();
    bench.durableFile('a', counting(10));
    const file = bench.port.open('a');
    bench.port.append(file, counting(2_000, 11), 2_000);
    expect(bench.contents('a')).toEqual([...counting(2_010)]);
    bench.restart(false);
    expect(bench.contents('a')).toEqual([...counting(2_010)]);
    bench.restart(true);
    expect(bench.contents('a')).not.toEqual([...counting(2_010)]);
    expect(bench.contents('a').slice(0, 10)).toEqual([...counting(10)]);
  });

  test('is durable when an fsync that started after it has completed; what came later is not covered', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', counting(10));
    bench.port.append(file, counting(500, 11), 500);
    bench.port.fsync(file, 7);
    bench.port.append(file, counting(4_000, 511), 4_000);
    const { request, length } = bench.due[0] as (typeof bench.due)[number];
    expect(length).toBe(510);
    expect(bench.disk.complete(request)).toMatchObject({ token: 7, path: 'a', length: 510, folder: false });
    bench.restart(true);
    expect(bench.contents('a').slice(0, 510)).toEqual([...counting(510)]);
    expect(bench.contents('a')).not.toEqual([...counting(4_510)]);
  });

  test('an fsync dies with the process that waited for it', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', counting(1));
    bench.port.fsync(file, 7);
    expect(bench.disk.fsyncsInFlight).toBe(1);
    bench.restart(false);
    expect(bench.disk.fsyncsInFlight).toBe(0);
    expect(bench.disk.complete((bench.due[0] as { request: number }).request)).toBe(null);
    expect(() => bench.port.size(file)).toThrow('not open');
  });

  test('a power cut keeps or loses each sector of the unsynced range, and the length too', () => {
    const lengths = new Set<string>();
    const sectors = new Set<string>();
    for (let seed = 1; seed <= 300; seed += 1) {
      const bench = new Bench(seed);
      const file = bench.durableFile('a', counting(100));
      bench.port.append(file, counting(3 * sectorBytes - 100, 101), 3 * sectorBytes - 100);
      bench.restart(true);
      const left = bench.contents('a');
      expect(left.slice(0, 100)).toEqual([...counting(100)]);
      const survived = [0, 1, 2].map((n) => {
        const [start, end] = [Math.max(100, n * sectorBytes), (n + 1) * sectorBytes];
        return left.slice(start, end).join() === [...counting(3 * sectorBytes)].slice(start, end).join()
          ? 1
          : 0;
      });
      if (left.length === 3 * sectorBytes) sectors.add(survived.join(''));
      lengths.add(
        left.length === 3 * sectorBytes ? 'whole' : left.length % sectorBytes === 0 ? 'aligned' : 'short',
      );
      // What the cut left is durable: the next one takes nothing.
      bench.restart(true);
      expect(bench.contents('a')).toEqual(left);
    }
    expect([...sectors].length).toBe(8);
    expect(lengths).toContain('whole');
    expect(lengths).toContain('short');
  });
});

test('more bytes than there are cannot be appended', () => {
  const bench = new Bench();
  const file = bench.port.create('a');
  expect(() => bench.port.append(file, new Uint8Array(3), 4)).toThrow('append of 4 bytes from an array of 3');
  expect(bench.port.size(file)).toBe(0);
});

test('what a power cut takes does not shift what later fsyncs draw', () => {
  const lengths = (bytes: number): number => {
    const bench = new Bench();
    const file = bench.durableFile('a', counting(1));
    bench.port.append(file, counting(bytes), bytes);
    bench.restart(true);
    bench.port.fsync(bench.port.open('a'), 3);
    return bench.due[0]?.doneAtUs ?? 0;
  };
  expect(lengths(5_000)).toBe(lengths(1));
});

describe('names', () => {
  test('are durable only after a sync of their folder, whatever the file itself has synced', () => {
    let lost = 0;
    for (let seed = 1; seed <= 50; seed += 1) {
      const bench = new Bench(seed);
      const file = bench.port.create('a');
      bench.port.append(file, counting(10), 10);
      bench.port.fsync(file, 1);
      bench.completeAll();
      bench.restart(true);
      if (bench.port.list('').length === 0) lost += 1;
      else expect(bench.contents('a')).toEqual([...counting(10)]);
    }
    expect(lost).toBeGreaterThan(10);
    expect(lost).toBeLessThan(40);
  });

  test('of pending changes a prefix survives, in order: a rename never without the create before it', () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 200; seed += 1) {
      const bench = new Bench(seed);
      bench.durableFile('old', counting(1));
      bench.port.create('new.tmp');
      bench.port.rename('new.tmp', 'new');
      bench.port.unlink('old');
      bench.restart(true);
      seen.add(bench.port.list('').join());
    }
    expect([...seen].sort((a, b) => (a < b ? -1 : 1))).toEqual(['new', 'new,old', 'new.tmp,old', 'old']);
  });

  test('a sync of the folder keeps the changes made before it started, not those after', () => {
    const lost = new Set<string>();
    for (let seed = 1; seed <= 20; seed += 1) {
      const bench = new Bench(seed);
      bench.durableFile('a.tmp', counting(10));
      bench.port.rename('a.tmp', 'a');
      bench.port.fsyncFolder('', 2);
      bench.port.create('later');
      bench.completeAll();
      bench.restart(true);
      expect(bench.contents('a')).toEqual([...counting(10)]);
      lost.add(bench.port.list('').join());
    }
    expect([...lost].sort((a, b) => (a < b ? -1 : 1))).toEqual(['a', 'a,later']);
  });

  test('a file is gone with its folder, whose own name must be durable in the parent', () => {
    const bench = new Bench();
    bench.port.makeFolder('deep/er');
    bench.port.create('deep/er/a');
    bench.port.fsyncFolder('deep/er', 1);
    bench.completeAll();
    expect(bench.port.list('deep')).toEqual(['er']);
    for (const folder of ['deep', '']) bench.port.fsyncFolder(folder, 2);
    bench.completeAll();
    bench.restart(true);
    expect(bench.port.list('deep/er')).toEqual(['a']);
    let kept = 0;
    for (let seed = 1; seed <= 20; seed += 1) {
      const again = new Bench(seed);
      again.port.makeFolder('other');
      again.port.create('other/b');
      again.port.fsyncFolder('other', 3);
      again.completeAll();
      again.restart(true);
      kept += again.port.list('other').length;
    }
    expect(kept).toBeLessThan(20);
  });

  test('what is not there, or there already, is refused by name', () => {
    const { port } = new Bench();
    port.create('a');
    expect(() => port.create('a')).toThrow('EEXIST');
    expect(() => port.create('none/a')).toThrow('ENOENT');
    expect(() => port.open('b')).toThrow('ENOENT');
    expect(() => port.rename('b', 'c')).toThrow('ENOENT');
    expect(() => port.unlink('b')).toThrow('ENOENT');
  });
});

describe('truncation', () => {
  test('may be undone by a power cut until an fsync, which makes it final', () => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 60; seed += 1) {
      const bench = new Bench(seed);
      const file = bench.durableFile('a', counting(100));
      bench.port.truncate(file, 40);
      bench.restart(true);
      found.add(String(bench.contents('a').length));
      const after = new Bench(seed);
      const again = after.durableFile('a', counting(100));
      after.port.truncate(again, 40);
      after.port.fsync(again, 3);
      after.completeAll();
      after.restart(true);
      expect(after.contents('a')).toEqual([...counting(40)]);
    }
    expect([...found].sort((a, b) => (a < b ? -1 : 1))).toEqual(['100', '40']);
  });

  test('does not take back what an fsync in flight had covered', () => {
    for (let seed = 1; seed <= 30; seed += 1) {
      const bench = new Bench(seed);
      const file = bench.durableFile('a', counting(10));
      bench.port.append(file, counting(90, 11), 90);
      bench.port.fsync(file, 3);
      bench.port.truncate(file, 50);
      bench.completeAll();
      bench.restart(true);
      const left = bench.contents('a');
      expect(left.slice(0, 10)).toEqual([...counting(10)]);
      if (left.length > 50) expect(left).toEqual([...counting(100)]);
    }
  });

  test('below what it cut leaves durable what an fsync in flight had covered', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const bench = new Bench(seed);
      const file = bench.durableFile('a', counting(10));
      bench.port.append(file, counting(1_990, 11), 1_990);
      bench.port.fsync(file, 3);
      bench.port.truncate(file, 1_500);
      bench.port.append(file, counting(700, 90), 700);
      bench.completeAll();
      bench.restart(true);
      expect(bench.contents('a').slice(0, 1_500)).toEqual([...counting(1_500)]);
    }
  });

  test('that a cut undoes brings back all that fsyncs had covered, in whatever order they completed', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const bench = new Bench(seed);
      const file = bench.durableFile('a', counting(10));
      for (const [at, length] of [
        [11, 1_490],
        [1_501, 500],
      ] as const) {
        bench.port.append(file, counting(length, at), length);
        bench.port.fsync(file, at);
      }
      bench.port.truncate(file, 1_400);
      bench.due.reverse();
      bench.completeAll();
      bench.restart(true);
      const left = bench.contents('a');
      expect([1_400, 2_000]).toContain(left.length);
      expect(left).toEqual([...counting(left.length)]);
    }
  });
});

describe('time', () => {
  test('an fsync takes as long as the plan says; a stall holds all that start in it', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', counting(1));
    bench.nowUs = 5_000;
    bench.port.fsync(file, 3);
    bench.disk.stallUntil(900_000);
    bench.port.fsync(file, 4);
    bench.nowUs = 900_001;
    bench.port.fsync(file, 5);
    const [before, within, after] = bench.due.map((fsync) => fsync.doneAtUs) as [number, number, number];
    expect(before).toBeGreaterThanOrEqual(5_100);
    expect(before).toBeLessThanOrEqual(6_000);
    expect(within).toBeGreaterThan(900_000);
    expect(after).toBeLessThanOrEqual(901_001);
  });

  test('a stall holds what is in flight when it begins, until its end', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', counting(1));
    bench.port.append(file, counting(9, 2), 9);
    bench.port.fsync(file, 3);
    const { request, doneAtUs } = bench.due[0] as (typeof bench.due)[number];
    bench.disk.stallUntil(500_000);
    bench.disk.stallUntil(400_000);
    bench.nowUs = doneAtUs;
    expect(bench.disk.complete(request)).toBe(null);
    expect(bench.disk.fsyncsInFlight).toBe(1);
    expect(bench.moved).toEqual([{ request, doneAtUs: 500_000 }]);
    bench.nowUs = 500_000;
    expect(bench.disk.complete(request)).toMatchObject({ token: 3, length: 10 });
  });

  test('a stall that ends early lets go what it held, and holds nothing new', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', counting(1));
    bench.nowUs = 5_000;
    bench.port.fsync(file, 3);
    bench.disk.stallUntil(900_000);
    bench.port.fsync(file, 4);
    bench.nowUs = 50_000;
    bench.disk.endStall();
    const requests = bench.due.map(({ request }) => request);
    expect(bench.moved).toEqual(requests.map((request) => ({ request, doneAtUs: 50_000 })));
    expect(requests.map((request) => bench.disk.complete(request)?.token)).toEqual([3, 4]);
    bench.port.fsync(file, 5);
    expect(bench.due.at(-1)?.doneAtUs).toBeLessThanOrEqual(51_000);
    bench.disk.endStall();
    expect(bench.moved).toHaveLength(2);
  });

  test('a stall does not change what later fsyncs draw', () => {
    const durations = (stall: boolean): number[] => {
      const bench = new Bench();
      const file = bench.durableFile('a', counting(1));
      if (stall) bench.disk.stallUntil(1_000);
      for (let i = 0; i < 5; i += 1) bench.port.fsync(file, i);
      return bench.due.map((fsync) => fsync.doneAtUs - (stall ? 1_000 : 0));
    };
    expect(durations(true)).toEqual(durations(false));
  });
});

test('the same stream, the same disk: whatever is done and however it crashes', () => {
  const action = fc.record({
    append: fc.nat(700),
    fsync: fc.boolean(),
    complete: fc.boolean(),
    crash: fc.nat(9),
  });
  fc.assert(
    fc.property(fc.nat(1_000), fc.array(action, { maxLength: 20 }), (seed, actions) => {
      const run = (): string => {
        const bench = new Bench(seed);
        bench.durableFile('a', counting(1));
        let file = bench.port.open('a');
        for (const { append, fsync, complete, crash } of actions) {
          bench.port.append(file, counting(append), append);
          if (fsync) bench.port.fsync(file, 1);
          if (complete) bench.completeAll();
          if (crash < 2) {
            bench.restart(crash === 0);
            file = bench.port.open('a');
          }
        }
        return `${bench.contents('a').join()} ${bench.disk.bytesWritten}`;
      };
      expect(run()).toBe(run());
    }),
  );
});

describe('a disk that is in trouble', () => {
  const bytes = new Uint8Array(100).fill(7);

  test('fails fsyncs, and what they should have covered never becomes durable by another', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', bytes);
    bench.port.append(file, bytes, 100);
    bench.port.fsync(file, 3);
    bench.disk.failFsyncs(true);
    const [failed] = bench.due.splice(0);
    expect(bench.disk.complete(failed!.request)).toMatchObject({
      token: 3,
      length: 0,
      error: { code: 'EIO' },
    });
    bench.disk.failFsyncs(false);
    // The page cache still shows it, a second fsync says that it is durable, and it is not.
    expect(bench.port.size(file)).toBe(200);
    bench.port.append(file, bytes, 50);
    bench.port.fsync(file, 4);
    const [again] = bench.due.splice(0);
    expect(bench.disk.complete(again!.request)).toMatchObject({ token: 4, length: 100, error: null });
    expect(bench.disk.view()[0]).toMatchObject({ bytes: 250, durable: 100 });
  });

  test('has no room: it takes what fits and refuses the rest, and new files', () => {
    const bench = new Bench();
    const file = bench.durableFile('a', bytes);
    bench.disk.fill(30);
    expect(() => bench.port.append(file, bytes, 100)).toThrow('ENOSPC');
    expect(bench.port.size(file)).toBe(130);
    expect(() => bench.port.create('b')).toThrow('ENOSPC');
    expect(bench.refused).toEqual(['a', 'b']);
    bench.disk.freeSpace();
    bench.port.append(file, bytes, 100);
    expect(bench.port.size(file)).toBe(230);
  });
});

describe('damage to what is durable', () => {
  const bytes = new Uint8Array(4_096).fill(7);
  const changed = (port: Disk, file: number): number[] =>
    [...port.read(file, 0, 8_192)].flatMap((byte, at) => (byte === 7 ? [] : [at]));

  test('hits no more than what the last fsync but one of the folder had covered', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const bench = new Bench(seed, '');
      const file = bench.durableFile('a', bytes);
      const random = streamOf(seed, 'test/damage');
      expect(bench.disk.damage('rot', random)).toEqual([]);
      bench.port.append(file, bytes, 100);
      bench.port.fsync(file, 3);
      bench.completeAll();
      const damage = bench.disk.damage(seed % 2 === 0 ? 'rot' : 'misdirected-write', random);
      expect(damage.length).toBeGreaterThan(0);
      expect(Math.max(...damage.map((one) => one.to))).toBeLessThanOrEqual(4_096);
      expect(Math.max(0, ...changed(bench.port, file))).toBeLessThan(4_096);
    }
  });

  test('hits files that are good or bad as a whole as soon as they and their names are durable', () => {
    const bench = new Bench(1, 'snapshot');
    const file = bench.port.create('snapshot-1');
    bench.port.append(file, bytes, 4_096);
    bench.port.fsync(file, 1);
    bench.completeAll();
    const random = streamOf(1, 'test/damage');
    expect(bench.disk.damage('rot', random)).toEqual([]);
    bench.port.fsyncFolder('', 2);
    bench.completeAll();
    expect(bench.disk.damage('rot', random).length).toBeGreaterThan(0);
    expect(changed(bench.port, file).length).toBeGreaterThan(0);
  });

  test('hits snapshots alone where it is they that rot', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const bench = new Bench(seed, 'snapshot');
      const random = streamOf(seed, 'test/damage');
      const log = bench.durableFile('a', bytes);
      bench.port.append(log, bytes, 100);
      bench.port.fsync(log, 3);
      bench.completeAll();
      expect(bench.disk.damage('snapshot-rot', random)).toEqual([]);
      bench.durableFile('snapshot-1', bytes);
      const paths = bench.disk.damage('snapshot-rot', random).map((one) => one.path);
      expect(new Set(paths)).toEqual(new Set(['snapshot-1']));
    }
  });

  test('survives a power cut: it is what is durable now', () => {
    const bench = new Bench(3, '');
    const file = bench.durableFile('a', bytes);
    bench.port.append(file, bytes, 8);
    bench.port.fsync(file, 3);
    bench.completeAll();
    bench.disk.damage('rot', streamOf(3, 'test/damage'));
    const before = changed(bench.port, file);
    bench.restart(true);
    expect(changed(bench.port, bench.port.open('a'))).toEqual(before);
  });

  test('is refused on a host that the plan does not name', () => {
    expect(() => new Bench().disk.damage('rot', streamOf(1, 'test/damage'))).toThrow('does not name');
  });
});
