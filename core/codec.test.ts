import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from './bytes.ts';
import { replicaCodec } from './codec.ts';
import { encodeCommand } from './machine/commands.ts';

const int = fc.maxSafeNat();
const host = fc.integer({ min: -1, max: 8 });
const request = fc.record({
  kind: fc.constant('request'),
  session: fc.integer({ min: 1 }),
  number: fc.integer({ min: 1 }),
  floor: fc.nat(9),
  ranges: fc.constantFrom([], [11, 12]),
  op: fc.record({ f: fc.constant('put'), key: fc.string({ maxLength: 5 }), value: fc.nat() }),
});
const entry = fc
  .tuple(int, int, fc.constantFrom('noop', 'command'), request)
  .map(([index, term, kind, command]) => {
    const body = kind === 'noop' ? new Uint8Array(0) : encodeCommand(command);
    return { index, term, kind, body, sum: crc32c(body), command: kind === 'noop' ? null : command };
  });
const plain = fc.oneof(
  fc.constant(null),
  fc.record({ value: fc.oneof(fc.nat(), fc.string(), fc.constant(null)), version: int }),
  fc.record({ done: fc.boolean(), version: int }),
  fc.array(fc.oneof(fc.integer(), fc.boolean())),
);

const ofOneGroup = fc.oneof(
  fc.record({ type: fc.constant('preVote'), term: int, lastIndex: int, lastTerm: int }),
  fc.record({ type: fc.constant('vote'), term: int, forced: fc.boolean(), lastIndex: int, lastTerm: int }),
  fc.record({ type: fc.constant('timeoutNow'), term: int }),
  fc.record({ type: fc.constant('repair'), boot: int }),
  fc.record({ type: fc.constant('repaired'), term: int, boot: int, index: int }),
  fc.record({ type: fc.constant('readIndex'), boot: int, id: int }),
  fc.record({ type: fc.constant('readIndexReply'), boot: int, id: int, index: int }),
  fc.record({
    type: fc.constant('read'),
    boot: int,
    attempt: int,
    op: fc.record({ f: fc.constant('get'), key: fc.string() }),
  }),
  fc.record({
    type: fc.constant('transfer'),
    boot: int,
    attempt: int,
    target: fc.integer({ min: -1, max: 7 }),
  }),
  fc.record({ type: fc.constantFrom('preVoteReply', 'voteReply'), term: int, granted: fc.boolean() }),
  fc.record({
    type: fc.constant('append'),
    term: int,
    epoch: int,
    prevIndex: int,
    prevTerm: int,
    commit: int,
    entries: fc.array(entry, { maxLength: 4 }),
  }),
  fc.record({
    type: fc.constant('appendReply'),
    term: int,
    success: fc.boolean(),
    index: int,
    epoch: int,
    hintIndex: int,
    hintTerm: int,
    boot: int,
    repairing: fc.boolean(),
  }),
  fc.record({ type: fc.constant('heartbeat'), term: int, round: int, commit: int }),
  fc.record({ type: fc.constant('heartbeatReply'), term: int, round: int }),
  fc.record({
    type: fc.constant('snapshotChunk'),
    term: int,
    index: int,
    snapshotTerm: int,
    voters: fc.array(fc.nat(6)),
    size: int,
    sum: fc.nat(),
    attempt: int,
    offset: int,
    bytes: fc.uint8Array({ maxLength: 20 }),
  }),
  fc.record({
    type: fc.constant('snapshotChunkReply'),
    term: int,
    index: int,
    attempt: int,
    end: int,
    held: int,
  }),
  fc.record({ type: fc.constant('hello'), nonce: int }),
  fc.record({ type: fc.constant('welcome'), nonce: int, boot: int, leader: host }),
  fc.record({ type: fc.constant('request'), boot: int, attempt: int, command: request }),
  fc.record({ type: fc.constant('reply'), boot: int, attempt: int, value: plain, place: int }),
  fc.record({
    type: fc.constant('refusal'),
    boot: int,
    attempt: int,
    code: fc.constantFrom('NOT_LEADER', 'LOG_FULL'),
    leader: host,
  }),
);
const message = fc.oneof(
  { weight: 4, arbitrary: ofOneGroup },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant('group'), group: fc.nat(), message: ofOneGroup }),
  },
);

test('every message comes back from its frame as it was, with the same digest', () => {
  fc.assert(
    fc.property(message, (m) => {
      const back = replicaCodec.decode(replicaCodec.encode(m));
      expect(back).toEqual(m);
      expect(replicaCodec.digest(back)).toBe(replicaCodec.digest(m));
      expect(replicaCodec.describe(back)).toContain(m.type);
    }),
    { numRuns: 400 },
  );
});

test('messages that differ in a field differ in their digest', () => {
  fc.assert(
    fc.property(message, message, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      expect(replicaCodec.digest(a)).not.toBe(replicaCodec.digest(b));
    }),
  );
  const heartbeat = { type: 'heartbeat', term: 3, round: 5, commit: 7 };
  const digests = [
    heartbeat,
    { ...heartbeat, term: 4 },
    { ...heartbeat, round: 6 },
    { ...heartbeat, commit: 8 },
  ];
  expect(new Set(digests.map(replicaCodec.digest)).size).toBe(4);
});

test('a frame that was cut or changed decodes to null', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (m, at, change) => {
      const frame = replicaCodec.encode(m);
      const changed = frame.slice();
      const offset = at % frame.length;
      changed[offset] = (changed[offset] as number) ^ change;
      expect(replicaCodec.decode(changed)).toBeNull();
      expect(replicaCodec.decode(frame.subarray(0, offset))).toBeNull();
    }),
  );
});

test('a message of no known kind travels as plain data', () => {
  const foreign = { type: 'gossip', view: [1, -2, 'x', null, true] };
  expect(replicaCodec.decode(replicaCodec.encode(foreign))).toEqual(foreign);
});

test('the same message of two groups differs in its digest; one of a group within one of a group is no message', () => {
  const inner = { type: 'heartbeat', term: 3, round: 5, commit: 7 };
  const wrapped = (group: number): object => ({ type: 'group', group, message: inner });
  expect(replicaCodec.describe(wrapped(2))).toBe('group 2: heartbeat term 3 round 5 commit 7');
  expect(new Set([inner, wrapped(0), wrapped(1)].map(replicaCodec.digest)).size).toBe(3);
  const nested = { type: 'group', group: 1, message: wrapped(2) };
  expect(replicaCodec.decode(replicaCodec.encode(nested))).toBeNull();
});
