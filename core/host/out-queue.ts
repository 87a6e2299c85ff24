/** Frames that wait to leave together on one connection. Bounded: a frame that would wait behind more than `queuedBytesMax` is dropped, as a network may. */
import type { Socket } from 'node:net';
import { limits } from '../errors.ts';

/** Bytes that may wait to be sent on one connection. */
const queuedBytesMax = 2 * limits.messageBytes;

/** What was sent since the last flush. */
export class OutQueue {
  #waiting: Uint8Array[] = [];

  /** Takes a frame for the next flush. @returns false where it was dropped */
  add(frame: Uint8Array, socket: Socket): boolean {
    if (socket.writableLength > queuedBytesMax) return false;
    this.#waiting.push(frame);
    return true;
  }

  /** Hands what waits to the system, in one piece; what cannot be written any more is dropped. */
  flush(socket: Socket): void {
    if (this.#waiting.length === 0) return;
    const frames = this.#waiting;
    this.#waiting = [];
    if (socket.writable) socket.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
  }

  clear(): void {
    this.#waiting = [];
  }
}
