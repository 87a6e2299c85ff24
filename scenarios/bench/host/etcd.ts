/**
 * The same load on etcd, where it is installed: three members on loopback on the same disk, writes through the leader's JSON gateway over one kept
 * connection a client. The gateway and Node's HTTP client cost time that etcd's own clients over gRPC do not: the figure is a lower bound of etcd's.
 */
import { spawn, spawnSync } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { freePorts } from '../../kill/processes.ts';
import { drive } from './load.ts';
import type { Throughput } from './load.ts';

/** etcd's version, or null where there is none. */
export function etcdVersion(): string | null {
  const asked = spawnSync('etcd', ['--version'], { encoding: 'utf8' });
  return asked.status === 0 ? (/etcd Version: (\S+)/.exec(asked.stdout)?.[1] ?? 'unknown') : null;
}

/** @param folder empty; its owner removes it */
export async function measureEtcd(
  folder: string,
  clients: number,
  value: string,
  forMs: number,
): Promise<Throughput> {
  const ports = await freePorts(6);
  const members = [0, 1, 2].map((i) => ({
    name: `m${i}`,
    peer: `http://127.0.0.1:${ports[i]}`,
    client: `http://127.0.0.1:${ports[i + 3]}`,
  }));
  const cluster = members.map(({ name, peer }) => `${name}=${peer}`).join(',');
  const children = members.map(({ name, peer, client }) =>
    spawn(
      'etcd',
      [
        ...['--name', name, '--data-dir', join(folder, name), '--log-level', 'error'],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
        ...['--listen-client-urls', client, '--advertise-client-urls', client],
        ...['--initial-cluster', cluster, '--initial-cluster-state', 'new'],
      ],
      { stdio: 'ignore' },
    ),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  try {
    const leader = await leaderOf(
      members.map(({ client }) => client),
      agent,
    );
    const encoded = (text: string): string => Buffer.from(text).toString('base64');
    return await drive(clients, forMs, (client) =>
      post(agent, `${leader}/v3/kv/put`, { key: encoded(`k${client}`), value: encoded(value) }),
    );
  } finally {
    agent.destroy();
    await Promise.all(
      children.map((child) => {
        const ended = new Promise((resolve) => child.on('close', resolve));
        child.kill('SIGTERM');
        return ended;
      }),
    );
  }
}

async function leaderOf(addresses: readonly string[], agent: Agent): Promise<string> {
  for (let tries = 0; tries < 100; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const address of addresses) {
      try {
        const status = (await post(agent, `${address}/v3/maintenance/status`, {})) as {
          readonly leader?: string;
          readonly header?: { readonly member_id?: string };
        };
        if (status.leader !== undefined && status.leader === status.header?.member_id) return address;
      } catch {
        // Not listening yet.
      }
    }
  }
  throw new Error('etcd elected no leader within 10 s.');
}

function post(agent: Agent, url: string, body: unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => (text += chunk));
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`etcd answered ${answer.statusCode}: ${text}`));
      });
    });
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}
