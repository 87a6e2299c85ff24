/**
 * A stream of bytes cut into frames: length of what follows (u32), CRC32C of the rest (u32), then kind and fields. Messages stand in the very
 * frames of core/codec.ts; greetings in frames of the same shape, whose kinds (handshake.ts) no message has.
 */
import { getU32 } from '../bytes.ts';
import { limits } from '../errors.ts';

const lengthBytes = 4;
/** Length, checksum and kind. */
const frameBytesMin = 9;

/** What a stream turned out to be. */
export type FrameProblem = 'a frame of more bytes than a message may have' | 'a frame too short to be one';

/** Puts chunks together until frames are whole. Holds one unfinished frame at most: as many bytes as a message may have. */
export class FrameReader {
  #chunks: Uint8Array[] = [];
  #held = 0;
  /** Bytes of the frame that is arriving, its length included; 0: not known yet. */
  #wanted = 0;

  /**
   * Takes what arrived.
   * @param take told of each whole frame, in order; returns false to stop listening
   * @returns what is wrong with the stream, or null
   */
  push(chunk: Uint8Array, take: (frame: Uint8Array) => boolean): FrameProblem | null {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    for (;;) {
      if (this.#held < lengthBytes) return null;
      if (this.#wanted === 0) {
        this.#wanted = getU32(this.#front(lengthBytes), 0) + lengthBytes;
        if (this.#wanted > limits.messageBytes) return 'a frame of more bytes than a message may have';
        if (this.#wanted < frameBytesMin) return 'a frame too short to be one';
      }
      if (this.#held < this.#wanted) return null;
      const joined = this.#front(this.#wanted);
      const frame = joined.subarray(0, this.#wanted);
      this.#held -= this.#wanted;
      this.#chunks[0] = joined.subarray(this.#wanted);
      if (this.#chunks[0].length === 0) this.#chunks.shift();
      this.#wanted = 0;
      if (!take(frame)) return null;
    }
  }

  /** The first chunk, which has `bytes` bytes or more: chunks are joined only where a frame crosses them. */
  #front(bytes: number): Uint8Array {
    const first = this.#chunks[0] as Uint8Array;
    if (first.length >= bytes) return first;
    const joined = new Uint8Array(this.#held);
    let at = 0;
    for (const chunk of this.#chunks) {
      joined.set(chunk, at);
      at += chunk.length;
    }
    this.#chunks = [joined];
    return joined;
  }
}
