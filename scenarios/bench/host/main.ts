/**
 * `npm run bench:host -- [--clients 64] [--bytes 100] [--seconds 6]`: a group of three real processes on loopback, on real disks: acknowledged writes a
 * second, and how many share an fsync of the leader; beside what the disk does alone, and etcd where it is installed. Nothing passes or fails on time.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fsyncsASecond } from './disk-alone.ts';
import { etcdVersion, measureEtcd } from './etcd.ts';
import { HostGroup } from './group.ts';
import type { Throughput } from './load.ts';

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '64' },
    bytes: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '6' },
  },
});
const clients = Number(values.clients);
const bytes = Number(values.bytes);
const forMs = Number(values.seconds) * 1_000;

function row(name: string, value: string): void {
  console.log(`${name.padEnd(30)} ${value}`);
}

function tell(name: string, { writesASecond, medianMs, p99Ms }: Throughput): void {
  row(name, `${writesASecond.toFixed(0)} acknowledged writes a second`);
  row('', `${medianMs.toFixed(2)} ms a write, median; ${p99Ms.toFixed(2)} ms, 99 of 100`);
}

async function measureGroup(folder: string): Promise<void> {
  const group = await HostGroup.start(folder);
  try {
    const measured = await group.measure(clients, bytes, forMs);
    tell('three replicas', measured);
    const { fsyncsASecond: fsyncs, writesASecond } = measured;
    row(
      '',
      `${fsyncs.toFixed(0)} fsyncs a second of the leader, ${(writesASecond / fsyncs).toFixed(1)} writes each`,
    );
  } finally {
    await group.stop();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'stormglass-bench-'));
try {
  row('load', `${clients} clients, one write at a time each, values of ${bytes} bytes, a key a client`);
  row('the disk alone', `${fsyncsASecond(folder, 160, 1_000).toFixed(0)} fsyncs a second`);
  await measureGroup(folder);
  const version = etcdVersion();
  if (version === null) row('etcd', 'not installed here');
  else {
    const etcd = join(folder, 'etcd');
    mkdirSync(etcd);
    tell(`etcd ${version}, three members`, await measureEtcd(etcd, clients, 'v'.repeat(bytes), forMs));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
