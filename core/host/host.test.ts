/** Three replicas in one process, over real files and sockets; and what strangers may try. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replicaCodec } from '../codec.ts';
import { limits } from '../errors.ts';
import { decodeHandshake, encodeHandshake, protocolVersion } from './handshake.ts';
import type { Greeting } from './handshake.ts';
import { GroupClient, startReplica } from './index.ts';
import type { RunningReplica } from './index.ts';

let root = '';
let peers: string[] = [];
const running: RunningReplica[] = [];
const clients: GroupClient[] = [];
const notices: string[] = [];

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'stormglass-host-'));
  peers = (await freePorts(3)).map((port) => `127.0.0.1:${port}`);
  notices.length = 0;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(running.splice(0).map((replica) => replica.stop()));
  rmSync(root, { recursive: true, force: true });
});

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function start(id: number, folder = `n${id}`, cluster = 'stormglass'): Promise<RunningReplica> {
  const onNotice = (line: string): void => void notices.push(`n${id}: ${line}`);
  const replica = await startReplica({ id, peers, folder: join(root, folder), cluster, onNotice });
  running.push(replica);
  return replica;
}

async function stop(replica: RunningReplica): Promise<void> {
  running.splice(running.indexOf(replica), 1);
  await replica.stop();
}

function client(options: { readonly readsAt?: 'any' } = {}): GroupClient {
  const one = new GroupClient({ peers, ...options });
  clients.push(one);
  return one;
}

/** Waits, 5 s at most, until a notice says so. */
async function noticed(pattern: RegExp): Promise<void> {
  for (let waited = 0; waited < 5_000 && !notices.some((line) => pattern.test(line)); waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(notices.join('\n')).toMatch(pattern);
}

describe('a group on real files and sockets', () => {
  test('serves puts, gets, cas and deletes, and reads at any replica', async () => {
    await Promise.all([start(0), start(1), start(2)]);
    const one = client();
    const first = await one.put('a', 'x');
    expect(await one.get('a')).toEqual({ value: 'x', version: first.version });
    expect(await one.cas('a', 0, 'y')).toEqual({ done: false, value: 'x', version: first.version });
    const second = await one.cas('a', first.version, 'y');
    expect(second).toMatchObject({ done: true });
    expect(await client({ readsAt: 'any' }).get('a')).toEqual({ value: 'y', version: second.version });
    expect(await one.delete('a')).toEqual({ existed: true });
    expect(await one.get('a')).toEqual({ value: null, version: 0 });
    await expect(one.put('k'.repeat(limits.keyBytes + 1), 1)).rejects.toThrow('KEY_TOO_LONG');
  });

  test('lets one at a time work under a lock, by rising tokens, and refuses the token of yesterday', async () => {
    await Promise.all([start(0), start(1), start(2)]);
    const clients = [client(), client()];
    const tokens: number[] = [];
    let working = 0;
    await Promise.all(
      [...clients, ...clients].map((one) =>
        one.withLock('red', async ({ token, guard, mayStart, again }) => {
          working += 1;
          expect([working, mayStart()]).toEqual([1, true]);
          tokens.push(token);
          expect(await one.execute({ f: 'put', key: 'k', value: token, guard })).toMatchObject({
            outcome: 'ok',
          });
          expect(await again(() => one.get('k'))).toMatchObject({ value: token });
          working -= 1;
        }),
      ),
    );
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(new Set(tokens).size).toBe(4);
    const late = await clients[0]!.execute({
      f: 'put',
      key: 'k',
      value: 0,
      guard: { lock: 'red', token: tokens[0]! },
    });
    expect(late.value).toEqual({ error: 'STALE_TOKEN', lock: 'red', token: tokens[0], current: 0 });
  });

  test('answers BUSY to whom it does not let wait, CANCELLED to who gives up, and lets go when the work throws', async () => {
    await Promise.all([start(0), start(1), start(2)]);
    const [one, other] = [client(), client()];
    const working = one.withLock('red', async ({ signal }) => {
      await expect(other.withLock('red', () => Promise.resolve(), { waitMs: 0 })).rejects.toThrow('BUSY');
      const stop = new AbortController();
      const waiting = other.withLock('red', () => Promise.resolve(), { signal: stop.signal });
      setTimeout(() => stop.abort(), 50);
      await expect(waiting).rejects.toThrow('CANCELLED');
      expect(signal.aborted).toBe(false);
      throw new Error('the work failed');
    });
    await expect(working).rejects.toThrow('the work failed');
    expect(await other.withLock('red', () => Promise.resolve('mine'))).toBe('mine');
  });

  test('lets two meet at a barrier, and makes one value of concurrent ones', async () => {
    await Promise.all([start(0), start(1), start(2)]);
    const [one, other] = [client(), client()];
    const [here, there] = [await one.barrier('b'), await other.barrier('b')];
    await here.register('one');
    await there.register('other');
    expect(await Promise.all([here.arrive('one'), there.arrive('other')])).toEqual(['tripped', 'tripped']);
    expect([here.generation, there.generation]).toEqual([2, 2]);
    const add = (values: readonly (number | string)[]): number => Math.max(0, ...values.map(Number)) + 1;
    await Promise.all(
      [1, 2, 3, 4].map((i) => (i % 2 === 0 ? one : other).update('app:sum', `a${i % 2}`, add)),
    );
    expect(await one.update('app:sum', 'a0', add)).toBe(5);
  });

  test('keeps what was acknowledged when all of it is stopped and started again', async () => {
    const group = await Promise.all([start(0), start(1), start(2)]);
    const { version } = await client().put('a', 1);
    for (const replica of group) await stop(replica);
    const again = await Promise.all([start(0), start(1), start(2)]);
    expect(again.map((replica) => replica.boot)).toEqual([2, 2, 2]);
    expect(await client().get('a')).toEqual({ value: 1, version });
  });

  test('goes on without one, and hands leadership over when asked', async () => {
    const group = await Promise.all([start(0), start(1), start(2)]);
    const one = client();
    await one.put('a', 1);
    const leader = group.find((replica) => replica.leader === replica.id)!;
    const target = (leader.id + 1) % 3;
    await one.transfer(target);
    expect(group[target]!.leader).toBe(target);
    await stop(group[target]!);
    await one.put('a', 2);
    expect((await one.get('a')).value).toBe(2);
  });

  test('without a majority answers nothing, and says that the result is unknown or that nothing happened', async () => {
    await start(0);
    const one = new GroupClient({ peers, giveUpUs: 400_000 });
    clients.push(one);
    await expect(one.put('a', 1)).rejects.toThrow(/^(FAILED|UNKNOWN)/);
  });
});

describe('a start is refused', () => {
  test('on an address that is taken, and counts as no boot', async () => {
    const first = await start(0);
    await expect(start(0, 'other')).rejects.toThrow(
      /ADDRESS_NOT_BOUND: 127.0.0.1:\d+ .*another process listens/,
    );
    await stop(first);
    expect((await start(0, 'other')).boot).toBe(1);
  });

  test('in a folder that is in use, even by this process', async () => {
    await start(0);
    await expect(start(1, 'n0')).rejects.toThrow('FOLDER_IN_USE');
  });

  test.each([
    ['10.0.0.1:7000', 'BAD_ADDRESS: "10.0.0.1:7000" is not on loopback'],
    ['example.org:7000', 'BAD_ADDRESS'],
    ['127.0.0.1', 'BAD_ADDRESS'],
    ['127.0.0.1:70000', 'BAD_ADDRESS'],
    ['', 'BAD_ADDRESS'],
  ])('with the address "%s"', async (address, error) => {
    peers = [address];
    await expect(start(0)).rejects.toThrow(error);
  });

  test('with one address for two, too many, or none for this id', async () => {
    peers = ['127.0.0.1:7000', 'localhost:7000'];
    await expect(start(0)).rejects.toThrow('BAD_ADDRESS: 127.0.0.1:7000 stands twice');
    peers = Array.from({ length: 8 }, (_, i) => `127.0.0.1:${7000 + i}`);
    await expect(start(0)).rejects.toThrow('BAD_PEERS: a group has 1 to 7 replicas; got 8');
    peers = ['127.0.0.1:7000'];
    await expect(start(1)).rejects.toThrow('BAD_PEERS: id 1 has no address');
  });
});

/** Sends bytes to a replica and gives what comes back until it hangs up. */
function tell(id: number, bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(Number(peers[id]!.split(':')[1]), '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk) => parts.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
}

describe('a stranger is refused with one line, and the group goes on', () => {
  const greeting: Greeting = {
    kind: 'greeting',
    protocol: protocolVersion,
    cluster: 'stormglass',
    role: 'replica',
    id: 1,
    instance: 'wiped',
    boot: 9,
    target: 0,
  };
  const refusalOf = async (change: Partial<Greeting>): Promise<unknown> =>
    decodeHandshake(await tell(0, encodeHandshake({ ...greeting, ...change })));

  beforeEach(async () => {
    await Promise.all([start(0), start(1), start(2)]);
    // All have met all.
    await client().put('a', 1);
    await new Promise((resolve) => setTimeout(resolve, 200));
  });
  afterEach(async () => {
    await client().put('b', 1);
  });

  test('that speaks another version', async () => {
    expect(await refusalOf({ protocol: 2 })).toMatchObject({ code: 'OTHER_PROTOCOL' });
    await noticed(/OTHER_PROTOCOL: it speaks version 2, this replica version 1/);
  });

  test('of another cluster, or that means another replica', async () => {
    expect(await refusalOf({ cluster: 'else' })).toMatchObject({ code: 'OTHER_CLUSTER' });
    expect(await refusalOf({ target: 2 })).toMatchObject({ code: 'OTHER_REPLICA' });
  });

  test('that claims an id: this one, one that nobody has, or that of a peer with another folder', async () => {
    expect(await refusalOf({ id: 0 })).toMatchObject({ code: 'CLAIMED_ID' });
    expect(await refusalOf({ id: 7 })).toMatchObject({ code: 'UNKNOWN_ID' });
    expect(await refusalOf({})).toMatchObject({ code: 'CLAIMED_ID' });
    await noticed(/claims id 1, but its folder is not the one that replica 1 had/);
  });

  test('that sends garbage, a huge frame, or garbage after a good greeting', async () => {
    expect(await tell(0, Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))).toHaveLength(0);
    await noticed(/a stranger sent a frame of more bytes/);
    expect(await tell(0, new Uint8Array(64).fill(9, 4).fill(60, 0, 1))).toHaveLength(0);
    await noticed(/a stranger does not speak this protocol/);
    const asClient = encodeHandshake({ ...greeting, role: 'client', instance: '' });
    await tell(0, Buffer.concat([asClient, new Uint8Array(64).fill(9, 4).fill(60, 0, 1)]));
    await noticed(/a client sent what is no message/);
  });

  test('that is a client and speaks as a replica', async () => {
    const asClient = encodeHandshake({ ...greeting, role: 'client', instance: '' });
    const vote = replicaCodec.encode({ type: 'timeoutNow', term: 99 });
    await tell(0, Buffer.concat([asClient, vote]));
    await noticed(/a client sent what is no message/);
  });

  test('that is a replica whose folder was lost, under its old id', async () => {
    await stop(running.find((replica) => replica.id === 2)!);
    rmSync(join(root, 'n2'), { recursive: true });
    await start(2);
    await noticed(/n[01]: replica 2 was refused: CLAIMED_ID/);
    await noticed(/n2: replica [01] at .* refused: CLAIMED_ID/);
  });
});
