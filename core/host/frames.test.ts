import { describe, expect, test } from 'vitest';
import { limits } from '../errors.ts';
import { replicaCodec } from '../codec.ts';
import { FrameReader } from './frames.ts';
import { decodeHandshake, encodeHandshake, protocolVersion } from './handshake.ts';

const messages = [
  { type: 'hello', nonce: 7 },
  { type: 'welcome', nonce: 7, boot: 2, leader: 1 },
  { type: 'readIndex', boot: 3, id: 9 },
];

describe('a stream is cut into frames', () => {
  const stream = Buffer.concat(messages.map((message) => replicaCodec.encode(message)));

  test.each([1, 2, 3, 5, 7, 11, 64, 1000])('whatever chunks it comes in: of %i bytes', (size) => {
    const reader = new FrameReader();
    const got: unknown[] = [];
    for (let at = 0; at < stream.length; at += size) {
      const problem = reader.push(stream.subarray(at, at + size), (frame) => {
        got.push(replicaCodec.decode(frame));
        return true;
      });
      expect(problem).toBeNull();
    }
    expect(got).toEqual(messages);
  });

  test('no further than the taker wants', () => {
    let taken = 0;
    new FrameReader().push(stream, () => (taken += 1) < 2);
    expect(taken).toBe(2);
  });

  test('a frame larger than any message is refused by its length alone', () => {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, limits.messageBytes + 1, true);
    expect(new FrameReader().push(header, () => true)).toMatch('more bytes than a message may have');
  });

  test('a frame too short for a kind is refused', () => {
    expect(new FrameReader().push(new Uint8Array(8), () => true)).toMatch('too short');
  });
});

describe('a handshake', () => {
  const greeting = {
    kind: 'greeting',
    protocol: protocolVersion,
    cluster: 'c',
    role: 'replica',
    id: 2,
    instance: 'i',
    boot: 3,
    target: 1,
  } as const;

  test('comes back as it was written', () => {
    for (const one of [
      greeting,
      { kind: 'accepted', id: 1, instance: 'x', boot: 4 } as const,
      { kind: 'refused', code: 'OLD_BOOT', text: 'why' } as const,
    ]) {
      expect(decodeHandshake(encodeHandshake(one))).toEqual(one);
    }
  });

  test('of another version tells its version, whatever else it holds', () => {
    const frame = encodeHandshake({ ...greeting, protocol: 9 });
    expect(decodeHandshake(frame)).toMatchObject({ kind: 'greeting', protocol: 9 });
  });

  test('that was changed on its way, or is a message, is none', () => {
    const frame = encodeHandshake(greeting);
    frame[20]! ^= 1;
    expect(decodeHandshake(frame)).toBeNull();
    expect(decodeHandshake(replicaCodec.encode(messages[0]))).toBeNull();
    expect(replicaCodec.decode(encodeHandshake(greeting))).toBeNull();
  });
});
