/**
 * A link: messages to one replica over TCP, dialled anew whenever it breaks. It is a lossy network made of a reliable one: what cannot be sent at once, or
 * would wait behind more than the queue's bound, is dropped, and who sent it will send again. So memory is bounded, and a peer that stands
 * still (stopped, swapped out) holds nobody up.
 *
 * Links are one-way between replicas: each dials the others, and takes messages from those that dialled it. A client's link carries the answers back.
 */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Address } from './address.ts';
import { showAddress } from './address.ts';
import { FrameReader } from './frames.ts';
import { decodeHandshake, encodeHandshake } from './handshake.ts';
import type { Accepted, Greeting } from './handshake.ts';
import { OutQueue } from './out-queue.ts';

/** Waits before dialling again, doubled up to the last one. */
const backoffMs = { first: 20, last: 500 } as const;
/** How long a greeting may wait for its answer. */
const greetingMs = 2_000;

/** What a link tells. */
export interface LinkEvents {
  /** Whether the peer that answered is who was met before; it names the right id. */
  accepts?(peer: Accepted): boolean;
  /** Connected: what is sent from here on is on its way. */
  up?(): void;
  /** The connection is gone, or could not be made. Told once for each time that it was up, and once when the first dial fails. */
  down?(): void;
  /** A frame from the peer, after the greeting; false: it makes no sense, hang up. */
  frame?(frame: Uint8Array): boolean;
  /** One line for the operator. */
  notice(line: string): void;
}

/** One peer's address, dialled until `close`. */
export class Link {
  readonly #address: Address;
  readonly #greeting: Greeting;
  readonly #events: LinkEvents;
  #socket: Socket | null = null;
  #up = false;
  #closed = false;
  #waitMs: number = backoffMs.first;
  #timer: NodeJS.Timeout | null = null;
  #toldDown = false;
  #lastNotice = '';
  readonly #queue = new OutQueue();

  constructor(address: Address, greeting: Greeting, events: LinkEvents) {
    this.#address = address;
    this.#greeting = greeting;
    this.#events = events;
    this.#dial();
  }

  get isUp(): boolean {
    return this.#up;
  }

  /** Sends a frame with the next `flush`, or drops it. @returns whether it is on its way */
  send(frame: Uint8Array): boolean {
    return this.#up && this.#queue.add(frame, this.#socket!);
  }

  /** Hands what was sent to the system, in one piece. */
  flush(): void {
    if (this.#up) this.#queue.flush(this.#socket!);
  }

  /** Hangs up and dials no more. */
  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#socket?.destroy();
  }

  #dial(): void {
    this.#timer = null;
    const socket = connect({ host: this.#address.host, port: this.#address.port, noDelay: true });
    this.#socket = socket;
    const reader = new FrameReader();
    const tooLong = setTimeout(() => socket.destroy(), greetingMs);
    socket.on('connect', () => socket.write(encodeHandshake(this.#greeting)));
    socket.on('data', (chunk) => {
      const problem = reader.push(chunk, (frame) => {
        const goesOn = this.#up ? this.#events.frame?.(frame) === true : this.#answered(frame);
        if (this.#up) clearTimeout(tooLong);
        if (!goesOn) socket.destroy();
        return goesOn && !this.#closed;
      });
      if (problem === null) return;
      this.#notice(`${this.#name()} sent ${problem}`);
      socket.destroy();
    });
    // What went wrong is told by `close`: a peer that is down is no news to an operator.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(tooLong);
      this.#lost();
    });
  }

  #answered(frame: Uint8Array): boolean {
    const answer = decodeHandshake(frame);
    if (answer?.kind === 'accepted' && answer.id === this.#greeting.target) {
      if (this.#events.accepts?.(answer) !== false) {
        this.#up = true;
        this.#toldDown = false;
        this.#waitMs = backoffMs.first;
        this.#lastNotice = '';
        this.#events.up?.();
        return true;
      }
      this.#notice(`${this.#name()} is not the one that was met before: its folder is another`);
    } else if (answer?.kind === 'refused')
      this.#notice(`${this.#name()} refused: ${answer.code}: ${answer.text}`);
    else this.#notice(`${this.#name()} does not speak this protocol`);
    this.#waitMs = backoffMs.last;
    return false;
  }

  #lost(): void {
    this.#up = false;
    this.#queue.clear();
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#dial(), this.#waitMs);
    this.#waitMs = Math.min(backoffMs.last, this.#waitMs * 2);
    if (this.#toldDown) return;
    this.#toldDown = true;
    this.#events.down?.();
  }

  #name(): string {
    return `replica ${this.#greeting.target} at ${showAddress(this.#address)}`;
  }

  /** Each once, until something else happens: a refusal comes again with every dial. */
  #notice(line: string): void {
    if (line === this.#lastNotice) return;
    this.#lastNotice = line;
    this.#events.notice(line);
  }
}
