/**
 * `npm run bench:host -- [--clients 64] [--bytes 100] [--seconds 6]`: a group of three real processes on loopback, on real disks: acknowledged writes a
 * second, and how many share an fsync of the leader; beside what the disk does alone, and etcd where it is installed. Nothing passes or fails on time.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GroupClient } from '../../../core/host/index.ts';
import { freePorts } from '../../kill/processes.ts';
import { fsyncsASecond } from './disk-alone.ts';
import { etcdVersion, measureEtcd } from './etcd.ts';
import { drive } from './load.ts';
import type { Throughput } from './load.ts';
import type { ReplicaCounts } from './replica.ts';

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
const program = fileURLToPath(new URL('replica.js', import.meta.url));

function row(name: string, value: string): void {
  console.log(`${name.padEnd(30)} ${value}`);
}

function tell(name: string, { writesASecond, medianMs, p99Ms }: Throughput): void {
  row(name, `${writesASecond.toFixed(0)} acknowledged writes a second`);
  row('', `${medianMs.toFixed(2)} ms a write, median; ${p99Ms.toFixed(2)} ms, 99 of 100`);
}

function countsOf(child: ChildProcess): Promise<ReplicaCounts> {
  return new Promise((resolve) => {
    child.once('message', (counts) => resolve(counts as ReplicaCounts));
    child.send('counts');
  });
}

async function measureGroup(folder: string): Promise<void> {
  const peers = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  const children = peers.map((_, id) =>
    fork(program, [String(id), peers.join(','), join(folder, `replica-${id}`)]),
  );
  const group = Array.from({ length: clients }, () => new GroupClient({ peers }));
  try {
    const before: ReplicaCounts[] = [];
    const after: ReplicaCounts[] = [];
    const value = 'v'.repeat(bytes);
    const measured = await drive(
      clients,
      forMs,
      (client) => group[client]!.put(`k${client}`, value),
      async (phase) => {
        (phase === 'begins' ? before : after).push(...(await Promise.all(children.map(countsOf))));
      },
    );
    tell('three replicas', measured);
    const { leader } = after[0]!;
    const fsyncs = (after[leader]!.fsyncs - before[leader]!.fsyncs) / (forMs / 1_000);
    row(
      '',
      `${fsyncs.toFixed(0)} fsyncs a second of the leader, ${(measured.writesASecond / fsyncs).toFixed(1)} writes each`,
    );
  } finally {
    for (const client of group) client.close();
    await Promise.all(
      children.map((child) => {
        const ended = new Promise((resolve) => child.on('exit', resolve));
        child.disconnect();
        return ended;
      }),
    );
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
