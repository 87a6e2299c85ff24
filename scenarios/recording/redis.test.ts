/**
 * A real system judged: clients of Redis on loopback, recorded through a proxy that delays and cuts. Which operations a cut hits is drawn
 * from a seed, when they arrive is the machine's affair; so every statement here holds for whatever history comes of it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClientOfflineError, ErrorReply } from '@redis/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { streamOf } from '../../sim/random.ts';
import type { Stream } from '../../sim/random.ts';
import type { Operation } from '../../properties/history.ts';
import { checkLinearizable } from '../../properties/linearizability/check.ts';
import type { NotLinearizable } from '../../properties/linearizability/check.ts';
import { expectLinearizable, LinearizabilityError } from '../expect-linearizable.ts';
import { cell } from './cell.test-support.ts';
import type { CellOp, CellValue } from './cell.test-support.ts';
import { recordHistory } from './record-history.ts';
import type { RecordedClient, RecordOptions } from './record-history.ts';
import { RecordingError } from './recording-error.ts';
import { redisClient, redisMissing, RedisServer } from './redis.test-support.ts';
import type { Redis } from './redis.test-support.ts';
import { fairWeather, WeatherProxy } from './weather-proxy.test-support.ts';

type Cells = RecordedClient<CellOp, CellValue>;

const missing = redisMissing();
let folder = '';
let primary: RedisServer;
/** What a test has opened and must not leave behind: the last is closed first. */
const opened: (() => unknown)[] = [];

beforeAll(async () => {
  if (missing !== null) {
    process.stderr.write(`Skipped: ${missing}\n`);
    return;
  }
  folder = mkdtempSync(join(tmpdir(), 'stormglass-redis-'));
  primary = await RedisServer.start(folder);
});
beforeEach(({ skip }) => {
  if (missing !== null) {
    // In the proof of a commit, what was not tried must not look as if it held.
    if (process.env['STORMGLASS_REQUIRE_REDIS'] === '1') throw new Error(missing);
    skip(missing);
  }
  return async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
});
afterAll(async () => {
  if (missing !== null || primary === undefined) return;
  await primary.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function proxyOf(port: number, seed = 1, weather = fairWeather): Promise<WeatherProxy> {
  const proxy = await WeatherProxy.start(port, seed, weather);
  opened.push(() => proxy.close());
  return proxy;
}

async function redisAt(port: number): Promise<Redis> {
  const redis = await redisClient(port);
  opened.push(() => redis.destroy());
  return redis;
}

const swap =
  "if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end redis.call('set', KEYS[1], ARGV[2]) return 1";

/** Asks Redis, and records what was asked and answered in the words of the model. */
function ask(client: Cells, redis: Redis, op: CellOp): Promise<unknown> {
  switch (op.f) {
    case 'read':
      return client.do(
        op,
        () => redis.get(op.key),
        (text) => (text === null ? null : Number(text)),
      );
    case 'write':
      return client.do(
        op,
        () => redis.set(op.key, op.value),
        () => null,
      );
    case 'cas': {
      const words = { keys: [op.key], arguments: [`${op.from}`, `${op.to}`] };
      return client.do(
        op,
        () => redis.eval(swap, words),
        (swapped) => swapped === 1,
      );
    }
  }
}

/** What is certain of Redis and this client of it: who is offline has sent nothing. */
const recording: RecordOptions<CellOp, CellValue> = {
  model: cell,
  timeoutMs: 30,
  failed: (error) => error instanceof ClientOfflineError,
};

const keys = ['x', 'y'];
let values = 0;

/** Operations in turn: reads, writes of values never used before, and swaps of what was last read. */
async function work(client: Cells, redis: Redis, draws: Stream, count: number): Promise<void> {
  const seen = new Map<string, number>();
  for (let n = 0; n < count; n += 1) {
    const key = keys[draws.below(keys.length)]!;
    const from = seen.get(key);
    const kind = draws.below(10);
    const op: CellOp =
      kind < 5
        ? { f: 'read', key }
        : kind < 8 || from === undefined
          ? { f: 'write', key, value: ++values }
          : { f: 'cas', key, from, to: ++values };
    try {
      const heard = await ask(client, redis, op);
      if (op.f === 'read' && heard !== null) seen.set(key, Number(heard));
    } catch (error) {
      if (error instanceof ErrorReply) throw error;
      // The network is down; time passes.
      if (!(error instanceof RecordingError)) await sleep(2);
    }
  }
}

/** Waits for what has to come about, and not for ever. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  await vi.waitFor(async () => expect(await holds()).toBe(true), { timeout: 10_000, interval: 2 });
}

/** How many operations ended so. */
function ended(operations: readonly Operation[], outcome: string): number {
  return operations.filter((o) => o.outcome === outcome).length;
}

function violationOf(act: () => void): { message: string; result: NotLinearizable } {
  try {
    act();
  } catch (error) {
    if (error instanceof LinearizabilityError && error.result.verdict === 'violation') {
      return { message: error.message, result: error.result };
    }
    throw error;
  }
  throw new Error('it passed');
}

describe('one Redis, two clients', () => {
  test('in fair weather: every operation is answered, and the history is linearizable', async () => {
    const history = recordHistory({ ...recording, timeoutMs: 5_000 });
    const proxy = await proxyOf(primary.port);
    const clients = [await redisAt(proxy.port), await redisAt(proxy.port)];
    await clients[0]!.flushAll();
    await Promise.all(
      clients.map((redis, n) => work(history.client(), redis, streamOf(1, `client/${n}`), 300)),
    );
    expectLinearizable(history, cell, { minAnswered: 600 });
    const operations = history.operations();
    expect(ended(operations, 'ok')).toBe(600);

    // The same history in which the last read of x found what was first written there: the verdict rests on the answers.
    const written = operations.find((o) => o.op.f === 'write' && o.op.key === 'x')!.op as { value: number };
    const read = operations.findLast((o) => o.op.f === 'read' && o.op.key === 'x')!;
    const changed = operations.map((o) => (o === read ? { ...o, value: written.value } : o));
    expect(checkLinearizable(cell, changed)).toMatchObject({
      verdict: 'violation',
      operation: { id: read.id },
    });
  });

  test.for([1, 2, 3])(
    'with delays, time-outs and cuts, seed %i: much is unknown, and the history is linearizable',
    async (seed) => {
      const history = recordHistory(recording);
      const weather = { delayMsMax: 2, stallOneIn: 40, stallMs: 60, cutOneIn: 15 };
      const proxy = await proxyOf(primary.port, seed, fairWeather);
      const clients = [await redisAt(proxy.port), await redisAt(proxy.port)];
      await clients[0]!.flushAll();
      proxy.weather = weather;
      await Promise.all(
        clients.map((redis, n) => work(history.client(), redis, streamOf(seed, `client/${n}`), 120)),
      );
      const operations = history.operations();
      expectLinearizable(history, cell, { minAnswered: 80 });
      // The weather was there: both kinds of cut, and operations that nobody knows the end of.
      expect(proxy.cut.requests).toBeGreaterThan(0);
      expect(proxy.cut.replies).toBeGreaterThan(0);
      expect(ended(operations, 'info')).toBeGreaterThanOrEqual(3);
      // A process that does not know how its operation ended asks nothing more.
      for (const o of operations.filter((one) => one.outcome === 'info')) {
        expect(operations.filter((one) => one.process === o.process).at(-1)).toEqual(o);
      }
    },
  );
});

describe('a wrong recording is caught', () => {
  test('a write that timed out, recorded as failed: its value is read; recorded as unknown, all is explained', async () => {
    const proxy = await proxyOf(primary.port);
    const [impatient, other] = [await redisAt(proxy.port), await redisAt(primary.port)];
    await other.flushAll();
    const history = recordHistory({ ...recording, timeoutMs: 250 });
    const [writer, reader] = [history.client(), history.client()];
    await ask(writer, impatient, { f: 'write', key: 'x', value: 1 });
    proxy.hold('replies');
    await expect(ask(writer, impatient, { f: 'write', key: 'x', value: 2 })).rejects.toMatchObject({
      code: 'TIMED_OUT',
    });
    expect(await ask(reader, other, { f: 'read', key: 'x' })).toBe('2');
    proxy.release();
    // The late answer comes before this one, on the same connection, and changes nothing.
    await ask(writer, impatient, { f: 'read', key: 'x' });
    const right = history.operations();
    expect(right.map((o) => o.outcome)).toEqual(['ok', 'info', 'ok', 'ok']);
    expectLinearizable(right, cell);

    const wrong = right.map((o) => (o.id === 1 ? { ...o, outcome: 'fail' as const, completedAt: 4 } : o));
    const { message, result } = violationOf(() => expectLinearizable(wrong, cell));
    expect(message).toMatch(
      /^Property failed after 2 operations: linearizable-cell\n\{ key: "x", operation: 2,/,
    );
    expect(result).toMatchObject({ operation: { id: 2, value: 2 }, possible: ['1'] });
    expect(message).toMatch(/\nGot error: .*→ 2.*\b1\b.*\.\n/);
    expect(message).toContain('Was it certain that nothing was done? #1 ');
  });

  test('a write whose connection was cut, declared as failed: likewise', async () => {
    const proxy = await proxyOf(primary.port);
    const [unlucky, other] = [await redisAt(proxy.port), await redisAt(primary.port)];
    for (const declared of [false, true]) {
      await other.flushAll();
      const failed = declared ? (): boolean => true : recording.failed!;
      const history = recordHistory({ ...recording, timeoutMs: 5_000, failed });
      const [writer, reader] = [history.client(), history.client()];
      proxy.hold('replies');
      const writing = ask(writer, unlucky, { f: 'write', key: 'x', value: 1 });
      await until(async () => (await other.get('x')) === '1');
      proxy.cutAll();
      proxy.release();
      await expect(writing).rejects.toThrow();
      await ask(reader, other, { f: 'read', key: 'x' });
      expect(history.operations()[0]!.outcome).toBe(declared ? 'fail' : 'info');
      expect(checkLinearizable(cell, history.operations()).verdict).toBe(declared ? 'violation' : 'ok');
      await until(() => unlucky.isReady);
    }
  });
});

describe('a client that sends again', () => {
  test('what it did not hear the end of has written twice, around the write of another: refused', async () => {
    const proxy = await proxyOf(primary.port);
    const [unlucky, other] = [await redisAt(proxy.port), await redisAt(primary.port)];
    await other.flushAll();
    const history = recordHistory({ ...recording, timeoutMs: 10_000 });
    const [writer, reader] = [history.client(), history.client()];
    let sendAgain!: () => void;
    const meanwhile = new Promise<void>((resolve) => (sendAgain = resolve));
    const set = (): Promise<unknown> => unlucky.set('x', 1);
    proxy.hold('replies');
    const writing = writer.do(
      { f: 'write', key: 'x', value: 1 },
      () => set().catch(() => meanwhile.then(set)),
      () => null,
    );
    await until(async () => (await other.get('x')) === '1');
    proxy.cutAll();
    proxy.release();
    await ask(reader, other, { f: 'read', key: 'x' });
    await ask(reader, other, { f: 'write', key: 'x', value: 2 });
    await ask(reader, other, { f: 'read', key: 'x' });
    expectLinearizable(history, cell, { minAnswered: 3 });
    await until(() => unlucky.isReady);
    sendAgain();
    await writing;
    await ask(reader, other, { f: 'read', key: 'x' });
    expect(history.operations().map((o) => [o.outcome, o.value])).toEqual([
      ['ok', null],
      ['ok', 1],
      ['ok', null],
      ['ok', 2],
      ['ok', 1],
    ]);
    expect(violationOf(() => expectLinearizable(history, cell)).message).toMatch(
      /^Property failed after 5 operations: linearizable-cell\n\{ key: "x", operation: 4,/,
    );
  });
});

describe('a replica behind a slow link', () => {
  test('answers from the past: refused with a sentence; once it has caught up, it is right again', async () => {
    const link = await proxyOf(primary.port);
    const replica = await RedisServer.start(folder, ['--replicaof', `127.0.0.1 ${link.port}`]);
    opened.push(() => replica.stop());
    const [atPrimary, atReplica] = [await redisAt(primary.port), await redisAt(replica.port)];
    const caughtUp = (value: number): Promise<void> =>
      until(async () => (await atReplica.get('x')) === `${value}`);
    await atPrimary.flushAll();
    const history = recordHistory({ ...recording, timeoutMs: 5_000 });
    const [writer, reader] = [history.client(), history.client()];
    await ask(writer, atPrimary, { f: 'write', key: 'x', value: 1 });
    await caughtUp(1);
    await ask(reader, atReplica, { f: 'read', key: 'x' });
    expectLinearizable(history, cell, { minAnswered: 2 });

    link.hold('replies');
    await ask(writer, atPrimary, { f: 'write', key: 'x', value: 2 });
    await ask(reader, atReplica, { f: 'read', key: 'x' });
    const { message, result } = violationOf(() => expectLinearizable(history, cell));
    expect(message).toMatch(
      /^Property failed after 4 operations: linearizable-cell\n\{ key: "x", operation: 3,/,
    );
    expect(result).toMatchObject({ operation: { id: 3, value: 1 }, possible: ['2'] });
    expect(message).toMatch(/\nGot error: .*→ 1.*\b2\b.*\.\n/);

    link.release();
    await caughtUp(2);
    const after = recordHistory({ ...recording, timeoutMs: 5_000 });
    const later = after.client();
    await ask(later, atPrimary, { f: 'write', key: 'x', value: 3 });
    await caughtUp(3);
    await ask(later, atReplica, { f: 'read', key: 'x' });
    expectLinearizable(after, cell, { minAnswered: 2 });
  });
});
