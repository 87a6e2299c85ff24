/**
 * Commits a second, three replicas: Raft alone, the whole replica with sessions, log and machine in memory, and three real processes on loopback and on the disk of the
 * folder for temporary files, whose fsyncs are what a write waits for.
 */
import { fsyncsASecond } from '../bench/host/disk-alone.ts';
import { HostGroup } from '../bench/host/group.ts';
import { MemoryGroup } from '../bench/memory-group.ts';
import { runRaftAlone } from '../bench/raft-alone.ts';
import { breathe, figureOf, figuresOf, figuresResult, Interrupted, sized } from './section.ts';
import type { Figure, Measure, Measuring, SectionResult } from './section.ts';
import { spreadOf } from './spread.ts';

const BATCH = 64;
const WARM_UP = 2_048;
const KEYS = 64;
const VALUE_BYTES = 100;
/** Of an entry with such a value, about: what the disk alone appends before each fsync. */
const RECORD_BYTES = 160;
const WINDOW_MS = 600;
const DISK_ALONE_MS = 250;

/** Puts of 100 bytes through a session, a second. @param batch how many are asked at once */
export function runPuts(puts: number, batch: number): number {
  const group = new MemoryGroup();
  const value = 'v'.repeat(VALUE_BYTES);
  const ask = Array.from({ length: batch }, (_, i) => ({ f: 'put', key: `k${i % KEYS}`, value }) as const);
  for (let warm = 0; warm < WARM_UP; warm += batch) group.ask(ask);
  const startedAt = performance.now();
  for (let done = 0; done < puts; done += batch) group.ask(ask);
  return puts / ((performance.now() - startedAt) / 1e3);
}

function inMemory(measuring: Measuring): Measure[] {
  const raft = sized(measuring, 100_000);
  const raftBatches = BATCH * sized(measuring, 4_000);
  const puts = sized(measuring, 20_000);
  const putBatches = BATCH * sized(measuring, 600);
  return [
    {
      ...{ id: 'raft-one-by-one', label: 'Raft alone, one by one', unit: 'committedPerSecond' },
      run: () => runRaftAlone(raft, 1),
    },
    {
      ...{ id: 'raft-batches-of-64', label: 'Raft alone, 64 a batch', unit: 'committedPerSecond' },
      run: () => runRaftAlone(raftBatches, BATCH),
    },
    {
      ...{ id: 'memory-one-by-one', label: 'in memory, one by one', unit: 'committedPerSecond' },
      run: () => runPuts(puts, 1),
    },
    {
      ...{ id: 'memory-batches-of-64', label: 'in memory, 64 a batch', unit: 'committedPerSecond' },
      run: () => runPuts(putBatches, BATCH),
    },
  ];
}

/** Figures of one load on a running group. */
async function underLoad(group: HostGroup, measuring: Measuring, clients: number): Promise<Figure[]> {
  const { repeats, stop, onProgress } = measuring;
  const label = `real disk, ${clients === 1 ? '1 client' : `${clients} clients`}`;
  const [writes, medianMs, fsyncs]: [number[], number[], number[]] = [[], [], []];
  for (let i = 0; i <= repeats; i += 1) {
    onProgress(`${label}, ${i === 0 ? 'warming up' : `${i} of ${repeats}`}`);
    await breathe(stop);
    const measured = await group.measure(
      clients,
      VALUE_BYTES,
      Math.max(50, sized(measuring, WINDOW_MS)),
      stop,
    );
    if (stop.aborted) throw new Interrupted();
    if (i === 0) continue;
    writes.push(measured.writesASecond);
    medianMs.push(measured.medianMs);
    fsyncs.push(measured.fsyncsASecond);
  }
  const id = `disk-clients-${clients}`;
  return [
    { id, label, unit: 'committedPerSecond', spread: spreadOf(writes) },
    { id: `${id}-latency`, label, unit: 'wallMsPerWrite', spread: spreadOf(medianMs) },
    { id: `${id}-fsyncs`, label: `${label}: leader`, unit: 'fsyncsPerSecond', spread: spreadOf(fsyncs) },
  ];
}

async function onDisk(measuring: Measuring, folder: string): Promise<Figure[]> {
  const alone = await figureOf(measuring, {
    ...{ id: 'disk-alone', label: 'the disk alone', unit: 'fsyncsPerSecond' },
    run: () => fsyncsASecond(folder, RECORD_BYTES, Math.max(20, sized(measuring, DISK_ALONE_MS))),
  });
  const group = await HostGroup.start(folder);
  try {
    return [alone, ...(await underLoad(group, measuring, 1)), ...(await underLoad(group, measuring, BATCH))];
  } finally {
    await group.stop();
  }
}

/** @throws Interrupted @throws OperationError where a replica acknowledges nothing */
export async function replication(measuring: Measuring): Promise<SectionResult> {
  const figures = [
    ...(await figuresOf(measuring, inMemory(measuring))),
    ...(await onDisk(measuring, measuring.folder)),
  ];
  return figuresResult(
    'Commits, three replicas: Raft alone; whole replicas in memory; three processes on loopback and on the disk of the folder ' +
      'for temporary files, each client one write of 100 bytes at a time.',
    figures,
  );
}
