/**
 * A proxy on loopback between a client and a real server, with weather in it: what passes is delayed, and connections are cut, before a
 * request is passed on or before its reply is. To the client both look the same, which is the point. What is drawn depends on
 * the seed, the connection and how much came before on it; when things arrive is the machine's affair.
 *
 * Bytes are never changed, reordered or copied: TCP does not let that happen.
 */
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { streamOf } from '../../sim/random.ts';
import type { Stream } from '../../sim/random.ts';

/** What may happen to what passes; each number is whole. */
export interface Weather {
  /** Each chunk is delayed by up to this. */
  readonly delayMsMax: number;
  /** One chunk in so many takes `stallMs` instead; 0: none. */
  readonly stallOneIn: number;
  readonly stallMs: number;
  /** One request in so many is the last of its connection; 0: none. */
  readonly cutOneIn: number;
}

export const fairWeather: Weather = { delayMsMax: 0, stallOneIn: 0, stallMs: 0, cutOneIn: 0 };

/** Which way bytes go. */
type Way = 'requests' | 'replies';

/** A connection through the proxy: two sockets that end together. */
interface Passage {
  readonly client: Socket;
  readonly server: Socket;
  /** The next reply is not delivered: the connection is cut in its place. */
  unanswered: boolean;
}

export class WeatherProxy {
  readonly #server: Server;
  readonly #to: number;
  readonly #seed: number;
  readonly #passages = new Set<Passage>();
  readonly #held = new Map<Way, { readonly until: Promise<void>; readonly release: () => void }>();
  #connections = 0;
  weather: Weather;
  /** How often it cut a connection before a request was passed on, and before a reply was. */
  readonly cut = { requests: 0, replies: 0 };

  private constructor(to: number, seed: number, weather: Weather) {
    this.#to = to;
    this.#seed = seed;
    this.weather = weather;
    this.#server = createServer((client) => this.#pass(client));
  }

  /** @param to the port on loopback that it stands before */
  static async start(to: number, seed = 1, weather = fairWeather): Promise<WeatherProxy> {
    const proxy = new WeatherProxy(to, seed, weather);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Holds back what goes that way, until `release`. */
  hold(way: Way): void {
    if (this.#held.has(way)) return;
    let release!: () => void;
    const until = new Promise<void>((resolve) => (release = resolve));
    this.#held.set(way, { until, release });
  }

  release(): void {
    for (const { release } of this.#held.values()) release();
    this.#held.clear();
  }

  /** Cuts every connection; what is under way on them is lost. */
  cutAll(): void {
    for (const passage of this.#passages) end(passage);
  }

  async close(): Promise<void> {
    this.cutAll();
    this.release();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pass(client: Socket): void {
    const passage: Passage = { client, server: connect(this.#to, '127.0.0.1'), unanswered: false };
    this.#passages.add(passage);
    for (const socket of [client, passage.server]) {
      socket.setNoDelay(true);
      // A socket that failed is closed as well, and that is enough to know.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        end(passage);
        this.#passages.delete(passage);
      });
    }
    const name = `proxy/${this.#connections++}`;
    this.#carry(passage, 'requests', streamOf(this.#seed, `${name}/requests`));
    this.#carry(passage, 'replies', streamOf(this.#seed, `${name}/replies`));
  }

  /** Chunks leave in the order in which they came, each at the earliest when the one before has left. */
  #carry(passage: Passage, way: Way, draws: Stream): void {
    const [from, to] =
      way === 'requests' ? [passage.client, passage.server] : [passage.server, passage.client];
    let before = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      before = before.then(() => this.#forward(passage, way, to, chunk, draws));
    });
  }

  async #forward(passage: Passage, way: Way, to: Socket, chunk: Buffer, draws: Stream): Promise<void> {
    const { delayMsMax, stallOneIn, stallMs, cutOneIn } = this.weather;
    // As many draws a chunk in any weather.
    const [delay, stall, cut, before] = [
      draws.between(0, delayMsMax),
      draws.u32(),
      draws.u32(),
      draws.below(2) === 0,
    ];
    const ms = stallOneIn > 0 && stall % stallOneIn === 0 ? stallMs : delay;
    if (ms > 0) await sleep(ms);
    await this.#held.get(way)?.until;
    if (to.destroyed) return;
    if (way === 'requests' && cutOneIn > 0 && cut % cutOneIn === 0) {
      if (before) return this.#cut(passage, way);
      passage.unanswered = true;
    }
    if (way === 'replies' && passage.unanswered) return this.#cut(passage, way);
    to.write(chunk);
  }

  #cut(passage: Passage, way: Way): void {
    this.cut[way] += 1;
    end(passage);
  }
}

function end(passage: Passage): void {
  passage.client.destroy();
  passage.server.destroy();
}
