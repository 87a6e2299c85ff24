/**
 * Where a replica listens: peers and clients dial, say who they are, and send frames. A connection that says something else, too much or nothing
 * is closed with one line; the others go on.
 */
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import type { Address } from './address.ts';
import { showAddress } from './address.ts';
import { FrameReader } from './frames.ts';
import { decodeHandshake, encodeHandshake, protocolVersion } from './handshake.ts';
import type { Accepted, Greeting, RefusalCode } from './handshake.ts';
import { HostError, systemCode } from './host-error.ts';
import { OutQueue } from './out-queue.ts';

/** How long a connection may be silent before it has greeted. */
const greetingMs = 5_000;
/** Connections at most, clients and peers together. */
const connectionsMax = 4_000;

/** What a listener asks and tells. */
export interface ListenerEvents {
  /** Who listens. */
  readonly self: Accepted & { readonly cluster: string };
  /** Whether to take this replica, which names the right cluster and target: null, or why not. */
  refuses(greeting: Greeting): { readonly code: RefusalCode; readonly text: string } | null;
  /** A connection is up. @returns the number under which its messages are told */
  opened(greeting: Greeting, connection: Connection): number;
  /** A frame; false: it makes no sense, hang up. */
  frame(from: number, greeting: Greeting, frame: Uint8Array): boolean;
  closed(from: number, greeting: Greeting): void;
  notice(line: string): void;
}

/** The way back to who dialled. */
export class Connection {
  readonly #socket: Socket;
  readonly #queue = new OutQueue();

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Sends a frame with the next `flush`, or drops it where too much waits already. */
  send(frame: Uint8Array): void {
    this.#queue.add(frame, this.#socket);
  }

  /** Hands what was sent to the system, in one piece. */
  flush(): void {
    this.#queue.flush(this.#socket);
  }

  hangUp(): void {
    this.#socket.destroy();
  }
}

/** A listening socket and its connections. */
export class Listener {
  readonly #server: Server;
  readonly #events: ListenerEvents;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, events: ListenerEvents) {
    this.#server = server;
    this.#events = events;
    server.maxConnections = connectionsMax;
    server.on('connection', (socket) => this.#serve(socket));
    // Out of descriptors, say: that connection is lost, the others are not.
    server.on('error', (error) => events.notice(`a connection was lost: ${systemCode(error)}`));
  }

  /** @throws HostError `ADDRESS_NOT_BOUND` */
  static async bind(address: Address): Promise<Server> {
    const server = createServer({ noDelay: true, pauseOnConnect: false });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => {
        const code = systemCode(error);
        const why = code === 'EADDRINUSE' ? 'another process listens there' : code;
        reject(
          new HostError(
            'ADDRESS_NOT_BOUND',
            `${showAddress(address)} cannot be listened on: ${why}.`,
            'Stop what listens there, or give this replica another address.',
          ),
        );
      });
      server.listen({ host: address.host, port: address.port }, () => {
        server.removeAllListeners('error');
        resolve();
      });
    });
    return server;
  }

  /** Takes connections of a bound server from here on. */
  static serve(server: Server, events: ListenerEvents): Listener {
    return new Listener(server, events);
  }

  /** Hangs up on everybody and listens no more. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const events = this.#events;
    const connection = new Connection(socket);
    const reader = new FrameReader();
    const tooLong = setTimeout(() => socket.destroy(), greetingMs);
    let greeting: Greeting | null = null;
    let from = 0;
    const take = (frame: Uint8Array): boolean => {
      if (greeting !== null) {
        if (events.frame(from, greeting, frame)) return true;
        events.notice(`${nameOf(greeting)} sent what is no message of the protocol`);
        socket.destroy();
        return false;
      }
      greeting = this.#greeted(socket, frame);
      if (greeting === null) return false;
      clearTimeout(tooLong);
      from = events.opened(greeting, connection);
      return true;
    };
    socket.on('data', (chunk) => {
      const problem = reader.push(chunk, take);
      if (problem === null) return;
      events.notice(`${greeting === null ? 'a stranger' : nameOf(greeting)} sent ${problem}`);
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(tooLong);
      this.#sockets.delete(socket);
      if (greeting !== null) events.closed(from, greeting);
    });
  }

  /** Answers a greeting. @returns null where it was refused */
  #greeted(socket: Socket, frame: Uint8Array): Greeting | null {
    const said = decodeHandshake(frame);
    if (said === null || said.kind !== 'greeting') {
      this.#events.notice('a stranger does not speak this protocol');
      socket.destroy();
      return null;
    }
    const refusal = this.#refusalOf(said);
    if (refusal !== null) {
      this.#events.notice(`${nameOf(said)} was refused: ${refusal.code}: ${refusal.text}`);
      socket.end(encodeHandshake({ kind: 'refused', ...refusal }));
      return null;
    }
    const { id, instance, boot } = this.#events.self;
    socket.write(encodeHandshake({ kind: 'accepted', id, instance, boot }));
    return said;
  }

  #refusalOf(said: Greeting): { readonly code: RefusalCode; readonly text: string } | null {
    const { self } = this.#events;
    if (said.protocol !== protocolVersion) {
      return {
        code: 'OTHER_PROTOCOL',
        text: `it speaks version ${said.protocol}, this replica version ${protocolVersion}`,
      };
    }
    if (said.cluster !== self.cluster) {
      return { code: 'OTHER_CLUSTER', text: `it names cluster "${said.cluster}", this is "${self.cluster}"` };
    }
    if (said.target !== self.id) {
      return { code: 'OTHER_REPLICA', text: `it means replica ${said.target}, this is ${self.id}` };
    }
    return said.role === 'replica' ? this.#events.refuses(said) : null;
  }
}

function nameOf(greeting: Greeting): string {
  return greeting.role === 'client' ? 'a client' : `replica ${greeting.id}`;
}
