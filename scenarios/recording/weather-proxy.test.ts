/** The weather of a test must be what it says: drawn from the seed, between bytes that arrive as they were sent. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { fairWeather, WeatherProxy } from './weather-proxy.test-support.ts';
import type { Weather } from './weather-proxy.test-support.ts';

let echo: Server;
/** What reached the server. */
let heard = '';
const opened: (() => unknown)[] = [];

beforeEach(async () => {
  heard = '';
  echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      socket.write(chunk);
    });
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await new Promise((resolve) => echo.close(resolve));
});

async function proxy(seed: number, weather: Weather): Promise<WeatherProxy> {
  const started = await WeatherProxy.start((echo.address() as AddressInfo).port, seed, weather);
  opened.push(() => started.close());
  return started;
}

async function connected(to: WeatherProxy): Promise<Socket> {
  const socket = connect(to.port, '127.0.0.1');
  socket.on('error', () => undefined);
  opened.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Asks one thing; true if it was answered, false if the connection was cut. */
function asked(socket: Socket, text: string): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (answered: boolean) => (): void => {
      socket.removeAllListeners('data').removeListener('close', closed);
      resolve(answered);
    };
    const closed = end(false);
    socket.once('data', end(true)).once('close', closed);
    socket.write(text);
  });
}

/** Waits until the server has heard this in all. */
async function reached(text: string): Promise<void> {
  await vi.waitFor(() => expect(heard).toBe(text), { timeout: 5_000, interval: 1 });
}

/** What became of so many requests, one after the other: `.` answered, `?` heard but not answered, `x` not heard. */
async function fates(seed: number, count: number): Promise<string> {
  const through = await proxy(seed, { ...fairWeather, cutOneIn: 5 });
  let socket = await connected(through);
  let told = '';
  for (let n = 0; n < count; n += 1) {
    heard = '';
    const answered = await asked(socket, 'ping');
    told += answered ? '.' : heard === 'ping' ? '?' : 'x';
    if (!answered) socket = await connected(through);
  }
  expect(through.cut).toEqual({
    requests: told.replaceAll(/[^x]/g, '').length,
    replies: told.replaceAll(/[^?]/g, '').length,
  });
  return told;
}

describe('the proxy', () => {
  test('draws from the seed which requests are lost, which replies, and which pass', async () => {
    const first = await fates(1, 80);
    expect(await fates(1, 80)).toBe(first);
    expect(await fates(2, 80)).not.toBe(first);
    for (const fate of ['.', '?', 'x']) expect(first).toContain(fate);
  });

  test('delays, and delivers every byte in order all the same', async () => {
    const through = await proxy(3, { delayMsMax: 3, stallOneIn: 10, stallMs: 8, cutOneIn: 0 });
    const socket = await connected(through);
    let back = '';
    socket.on('data', (chunk) => (back += chunk.toString()));
    const sent = Array.from({ length: 40 }, (_, n) => `${n};`);
    for (const text of sent) {
      socket.write(text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (back.length < sent.join('').length) await once(socket, 'data');
    expect(back).toBe(sent.join(''));
    expect(heard).toBe(back);
  });

  test('holds back replies until it releases them; what was held when it cuts is lost', async () => {
    const through = await proxy(4, fairWeather);
    const socket = await connected(through);
    through.hold('replies');
    let answered = false;
    const asking = asked(socket, 'a').then((yes) => (answered = yes));
    await reached('a');
    expect(answered).toBe(false);
    through.release();
    expect(await asking).toBe(true);

    through.hold('replies');
    const again = asked(socket, 'b');
    await reached('ab');
    through.cutAll();
    expect(await again).toBe(false);
  });
});
