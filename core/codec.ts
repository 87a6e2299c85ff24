/**
 * The messages of replicas and clients as digests, frames of bytes, and texts.
 *
 * A frame is: length of what follows it (u32), CRC32C of kind and fields (u32), kind (u8), fields. A frame that was cut or changed
 * on its way decodes to `null`. A digest covers every field: of an entry its index, term, kind and checksum, of a chunk the checksum of
 * its bytes. It is the same for a message and for what is decoded from its frame, so that runs of both kinds hash alike.
 */
import { ByteReader, ByteWriter, crc32c } from './bytes.ts';
import type { ClientMessage } from './client-messages.ts';
import type { GroupMessage } from './group-host.ts';
import {
  decodeCommand,
  describeCommand,
  describeRead,
  mixCommand,
  mixRead,
  readCommand,
  readRead,
  writeCommand,
  writeRead,
} from './machine/commands.ts';
import { mixInteger, mixText, mixWord } from './machine/digest.ts';
import { mixPlain, readPlain, readText, writePlain, writeText } from './machine/plain-data.ts';
import type { EntryKind } from './observe.ts';
import type { Codec } from './ports.ts';
import type { Entry } from './raft/entry.ts';
import type { RaftMessage } from './raft/messages.ts';

/** Every message between replicas, and between clients and replicas, and what wraps it where a host serves several groups. */
export type ReplicaMessage = RaftMessage | ClientMessage | GroupMessage<RaftMessage | ClientMessage>;

const kindTag = {
  preVote: 1,
  preVoteReply: 2,
  vote: 3,
  voteReply: 4,
  append: 5,
  appendReply: 6,
  heartbeat: 7,
  heartbeatReply: 8,
  snapshotChunk: 9,
  snapshotChunkReply: 13,
  readIndex: 10,
  readIndexReply: 11,
  timeoutNow: 12,
  repair: 14,
  repaired: 15,
  hello: 20,
  welcome: 21,
  request: 22,
  reply: 23,
  refusal: 24,
  read: 25,
  transfer: 26,
  group: 30,
  /** Plain data of a process that is no replica. */
  other: 255,
} as const;

const entryKinds: readonly EntryKind[] = ['noop', 'command', 'configuration', 'snapshot'];

const commandKind = entryKinds.indexOf('command');

const headerBytes = 8;
/** Kept between calls: one message is encoded at a time. */
const scratch = new ByteWriter(4096);

/** The codec of replicas and their clients (`Codec` in core/ports.ts). A message of any other form counts as plain data. */
export const replicaCodec: Required<Codec> = {
  digest(message: unknown): number {
    return digestOf(message as ReplicaMessage);
  },

  encode(message: unknown): Uint8Array {
    scratch.reset();
    scratch.u32(0);
    scratch.u32(0);
    writeMessage(scratch, message as ReplicaMessage);
    scratch.patchU32(0, scratch.length - 4);
    scratch.patchU32(4, scratch.sum(headerBytes));
    return scratch.finish();
  },

  decode(frame: Uint8Array): unknown {
    if (frame.length <= headerBytes) return null;
    const header = new ByteReader(frame);
    if (header.u32() !== frame.length - 4) return null;
    if (header.u32() !== crc32c(frame, headerBytes)) return null;
    try {
      const reader = new ByteReader(frame, headerBytes);
      const message = readMessage(reader);
      return reader.left === 0 ? message : null;
    } catch (error) {
      // A checksum that fits by chance over bytes that make no message.
      if (error instanceof RangeError || error instanceof TypeError) return null;
      throw error;
    }
  },

  describe(message: unknown): string {
    return describeMessage(message as ReplicaMessage);
  },
};

function digestOf(m: ReplicaMessage): number {
  switch (m.type) {
    case 'heartbeat':
      return mixInteger(mixInteger(mixInteger(kindTag.heartbeat, m.term), m.round), m.commit);
    case 'heartbeatReply':
      return mixInteger(mixInteger(kindTag.heartbeatReply, m.term), m.round);
    case 'append': {
      let h = mixInteger(mixInteger(kindTag.append, m.term), m.prevIndex);
      h = mixInteger(mixInteger(mixInteger(h, m.prevTerm), m.commit), m.epoch);
      const { entries } = m;
      for (let i = 0; i < entries.length; i += 1) {
        const entry = entries[i] as Entry;
        h = mixInteger(mixInteger(h, entry.index), entry.term);
        h = mixWord(
          mixWord(h, entry.sum),
          entry.kind === 'command' ? commandKind : entryKinds.indexOf(entry.kind),
        );
      }
      return h;
    }
    case 'appendReply': {
      const h = mixInteger(mixInteger(mixInteger(kindTag.appendReply, m.term), m.index), m.epoch);
      const hinted = mixInteger(mixInteger(mixInteger(h, m.hintIndex), m.hintTerm), m.boot);
      return mixWord(hinted, (m.success ? 1 : 0) | (m.repairing ? 2 : 0));
    }
    case 'vote': {
      const h = mixInteger(mixInteger(mixInteger(kindTag.vote, m.term), m.lastIndex), m.lastTerm);
      return mixWord(h, m.forced ? 1 : 0);
    }
    case 'preVote':
      return mixInteger(mixInteger(mixInteger(kindTag.preVote, m.term), m.lastIndex), m.lastTerm);
    case 'preVoteReply':
    case 'voteReply':
      return mixWord(mixInteger(kindTag[m.type], m.term), m.granted ? 1 : 0);
    case 'snapshotChunk': {
      let h = mixInteger(mixInteger(mixInteger(kindTag.snapshotChunk, m.term), m.index), m.snapshotTerm);
      for (const voter of m.voters) h = mixInteger(h, voter);
      h = mixInteger(mixInteger(mixWord(h, m.sum), m.size), m.attempt);
      return mixWord(mixInteger(h, m.offset), crc32c(m.bytes));
    }
    case 'snapshotChunkReply': {
      const h = mixInteger(mixInteger(mixInteger(kindTag.snapshotChunkReply, m.term), m.index), m.attempt);
      return mixInteger(mixInteger(h, m.end), m.held);
    }
    case 'timeoutNow':
      return mixInteger(kindTag.timeoutNow, m.term);
    case 'repair':
      return mixInteger(kindTag.repair, m.boot);
    case 'repaired':
      return mixInteger(mixInteger(mixInteger(kindTag.repaired, m.term), m.boot), m.index);
    case 'transfer':
      return mixInteger(mixInteger(mixInteger(kindTag.transfer, m.boot), m.attempt), m.target);
    case 'readIndex':
      return mixInteger(mixInteger(kindTag.readIndex, m.boot), m.id);
    case 'readIndexReply':
      return mixInteger(mixInteger(mixInteger(kindTag.readIndexReply, m.boot), m.id), m.index);
    case 'read':
      return mixRead(mixInteger(mixInteger(kindTag.read, m.boot), m.attempt), m.op);
    case 'request':
      return mixCommand(mixInteger(mixInteger(kindTag.request, m.boot), m.attempt), m.command);
    case 'reply': {
      const h = mixInteger(mixInteger(kindTag.reply, m.boot), m.attempt);
      return mixInteger(mixPlain(h, m.value), m.place);
    }
    case 'refusal': {
      const h = mixInteger(mixInteger(kindTag.refusal, m.boot), m.attempt);
      return mixInteger(mixText(h, m.code), m.leader);
    }
    case 'hello':
      return mixInteger(kindTag.hello, m.nonce);
    case 'welcome':
      return mixInteger(mixInteger(mixInteger(kindTag.welcome, m.nonce), m.boot), m.leader);
    case 'group':
      return mixWord(mixInteger(kindTag.group, m.group), digestOf(m.message));
    default:
      return mixPlain(kindTag.other, m);
  }
}

function writeMessage(w: ByteWriter, m: ReplicaMessage): void {
  w.u8(kindTag[m.type] ?? kindTag.other);
  switch (m.type) {
    case 'preVote':
    case 'vote':
      w.u53(m.term);
      if (m.type === 'vote') w.flag(m.forced);
      w.u53(m.lastIndex);
      w.u53(m.lastTerm);
      return;
    case 'timeoutNow':
      w.u53(m.term);
      return;
    case 'repair':
      w.u53(m.boot);
      return;
    case 'repaired':
      w.u53(m.term);
      w.u53(m.boot);
      w.u53(m.index);
      return;
    case 'transfer':
      w.u53(m.boot);
      w.u53(m.attempt);
      w.i32(m.target);
      return;
    case 'preVoteReply':
    case 'voteReply':
      w.u53(m.term);
      w.flag(m.granted);
      return;
    case 'append':
      w.u53(m.term);
      w.u53(m.prevIndex);
      w.u53(m.prevTerm);
      w.u53(m.commit);
      w.u53(m.epoch);
      w.u32(m.entries.length);
      for (const entry of m.entries) writeEntry(w, entry);
      return;
    case 'appendReply':
      w.u53(m.term);
      w.flag(m.success);
      w.u53(m.epoch);
      w.u53(m.index);
      w.u53(m.hintIndex);
      w.u53(m.hintTerm);
      w.u53(m.boot);
      w.flag(m.repairing);
      return;
    case 'heartbeat':
      w.u53(m.term);
      w.u53(m.round);
      w.u53(m.commit);
      return;
    case 'heartbeatReply':
      w.u53(m.term);
      w.u53(m.round);
      return;
    case 'snapshotChunk':
      w.u53(m.term);
      w.u53(m.index);
      w.u53(m.snapshotTerm);
      w.u32(m.voters.length);
      for (const voter of m.voters) w.u32(voter);
      w.u53(m.size);
      w.u32(m.sum);
      w.u53(m.attempt);
      w.u53(m.offset);
      w.bytes(m.bytes);
      return;
    case 'snapshotChunkReply':
      w.u53(m.term);
      w.u53(m.index);
      w.u53(m.attempt);
      w.u53(m.end);
      w.u53(m.held);
      return;
    case 'readIndex':
      w.u53(m.boot);
      w.u53(m.id);
      return;
    case 'readIndexReply':
      w.u53(m.boot);
      w.u53(m.id);
      w.u53(m.index);
      return;
    case 'hello':
      w.u53(m.nonce);
      return;
    case 'welcome':
      w.u53(m.nonce);
      w.u53(m.boot);
      w.i32(m.leader);
      return;
    case 'request':
      w.u53(m.boot);
      w.u53(m.attempt);
      writeCommand(w, m.command);
      return;
    case 'read':
      w.u53(m.boot);
      w.u53(m.attempt);
      writeRead(w, m.op);
      return;
    case 'reply':
      w.u53(m.boot);
      w.u53(m.attempt);
      writePlain(w, m.value);
      w.u53(m.place);
      return;
    case 'refusal':
      w.u53(m.boot);
      w.u53(m.attempt);
      writeText(w, m.code);
      w.i32(m.leader);
      return;
    case 'group':
      w.u53(m.group);
      writeMessage(w, m.message);
      return;
    default:
      writePlain(w, m);
  }
}

function readMessage(r: ByteReader): unknown {
  const kind = r.u8();
  return kind === kindTag.group
    ? { type: 'group', group: r.u53(), message: readMember(r, r.u8()) }
    : readMember(r, kind);
}

/** A message that wraps no other: one of a group within one of a group is nobody's. */
function readMember(r: ByteReader, kind: number): unknown {
  switch (kind) {
    case kindTag.preVote:
      return { type: 'preVote', term: r.u53(), lastIndex: r.u53(), lastTerm: r.u53() };
    case kindTag.vote:
      return { type: 'vote', term: r.u53(), forced: r.flag(), lastIndex: r.u53(), lastTerm: r.u53() };
    case kindTag.timeoutNow:
      return { type: 'timeoutNow', term: r.u53() };
    case kindTag.repair:
      return { type: 'repair', boot: r.u53() };
    case kindTag.repaired:
      return { type: 'repaired', term: r.u53(), boot: r.u53(), index: r.u53() };
    case kindTag.transfer:
      return { type: 'transfer', boot: r.u53(), attempt: r.u53(), target: r.i32() };
    case kindTag.preVoteReply:
      return { type: 'preVoteReply', term: r.u53(), granted: r.flag() };
    case kindTag.voteReply:
      return { type: 'voteReply', term: r.u53(), granted: r.flag() };
    case kindTag.append: {
      const term = r.u53();
      const prevIndex = r.u53();
      const prevTerm = r.u53();
      const commit = r.u53();
      const epoch = r.u53();
      const entries: Entry[] = [];
      for (let left = r.u32(); left > 0; left -= 1) entries.push(readEntry(r));
      return { type: 'append', term, prevIndex, prevTerm, commit, epoch, entries };
    }
    case kindTag.appendReply:
      return {
        type: 'appendReply',
        term: r.u53(),
        success: r.flag(),
        epoch: r.u53(),
        index: r.u53(),
        hintIndex: r.u53(),
        hintTerm: r.u53(),
        boot: r.u53(),
        repairing: r.flag(),
      };
    case kindTag.heartbeat:
      return { type: 'heartbeat', term: r.u53(), round: r.u53(), commit: r.u53() };
    case kindTag.heartbeatReply:
      return { type: 'heartbeatReply', term: r.u53(), round: r.u53() };
    case kindTag.snapshotChunk: {
      const term = r.u53();
      const index = r.u53();
      const snapshotTerm = r.u53();
      const voters: number[] = [];
      for (let left = r.u32(); left > 0; left -= 1) voters.push(r.u32());
      const [size, sum, attempt, offset] = [r.u53(), r.u32(), r.u53(), r.u53()];
      const bytes = r.bytes();
      return { type: 'snapshotChunk', term, index, snapshotTerm, voters, size, sum, attempt, offset, bytes };
    }
    case kindTag.snapshotChunkReply:
      return {
        type: 'snapshotChunkReply',
        term: r.u53(),
        index: r.u53(),
        attempt: r.u53(),
        end: r.u53(),
        held: r.u53(),
      };
    case kindTag.readIndex:
      return { type: 'readIndex', boot: r.u53(), id: r.u53() };
    case kindTag.readIndexReply:
      return { type: 'readIndexReply', boot: r.u53(), id: r.u53(), index: r.u53() };
    case kindTag.hello:
      return { type: 'hello', nonce: r.u53() };
    case kindTag.welcome:
      return { type: 'welcome', nonce: r.u53(), boot: r.u53(), leader: r.i32() };
    case kindTag.request:
      return { type: 'request', boot: r.u53(), attempt: r.u53(), command: readCommand(r) };
    case kindTag.read:
      return { type: 'read', boot: r.u53(), attempt: r.u53(), op: readRead(r) };
    case kindTag.reply:
      return { type: 'reply', boot: r.u53(), attempt: r.u53(), value: readPlain(r), place: r.u53() };
    case kindTag.refusal:
      return { type: 'refusal', boot: r.u53(), attempt: r.u53(), code: readText(r), leader: r.i32() };
    case kindTag.other:
      return readPlain(r);
    default:
      throw new RangeError(`no such kind of message: ${kind}`);
  }
}

function writeEntry(w: ByteWriter, entry: Entry): void {
  w.u53(entry.index);
  w.u53(entry.term);
  w.u8(entryKinds.indexOf(entry.kind));
  w.u32(entry.sum);
  w.bytes(entry.body);
}

function readEntry(r: ByteReader): Entry {
  const index = r.u53();
  const term = r.u53();
  const kind = entryKinds[r.u8()];
  if (kind === undefined) throw new RangeError('no such kind of entry');
  const sum = r.u32();
  const body = r.bytes();
  return { index, term, kind, body, sum, command: kind === 'command' ? decodeCommand(body) : null };
}

function describeMessage(m: ReplicaMessage): string {
  switch (m.type) {
    case 'preVote':
      return `preVote term ${m.term} last ${m.lastIndex}@${m.lastTerm}`;
    case 'vote':
      return `vote term ${m.term} last ${m.lastIndex}@${m.lastTerm}${m.forced ? ', told to by the leader' : ''}`;
    case 'timeoutNow':
      return `timeoutNow term ${m.term}`;
    case 'transfer':
      return `transfer ${m.attempt} to ${m.target}`;
    case 'preVoteReply':
    case 'voteReply':
      return `${m.type} term ${m.term} ${m.granted ? 'granted' : 'refused'}`;
    case 'append':
      return `append term ${m.term} prev ${m.prevIndex}@${m.prevTerm} +${m.entries.length} commit ${m.commit}`;
    case 'appendReply':
      return `appendReply term ${m.term} ${
        m.success ? `match ${m.index}` : `refused ${m.index} hint ${m.hintIndex}@${m.hintTerm}`
      }${m.repairing ? ', repairing' : ''}`;
    case 'heartbeat':
      return `heartbeat term ${m.term} round ${m.round} commit ${m.commit}`;
    case 'heartbeatReply':
      return `heartbeatReply term ${m.term} round ${m.round}`;
    case 'snapshotChunk':
      return `snapshotChunk term ${m.term} ${m.index}@${m.snapshotTerm} bytes ${m.offset}-${m.offset + m.bytes.length} of ${m.size}, attempt ${m.attempt}`;
    case 'snapshotChunkReply':
      return `snapshotChunkReply term ${m.term} ${m.index} attempt ${m.attempt}: holds ${m.held}`;
    case 'repair':
      return `repair since boot ${m.boot}`;
    case 'repaired':
      return `repaired term ${m.term} since boot ${m.boot}, once durable up to ${m.index}`;
    case 'readIndex':
      return `readIndex ${m.id}`;
    case 'readIndexReply':
      return `readIndexReply ${m.id} index ${m.index}`;
    case 'hello':
      return `hello ${m.nonce}`;
    case 'welcome':
      return `welcome ${m.nonce} boot ${m.boot} leader ${m.leader < 0 ? 'unknown' : m.leader}`;
    case 'request':
      return `request ${m.attempt} boot ${m.boot}: ${describeCommand(m.command)}`;
    case 'read':
      return `read ${m.attempt} boot ${m.boot}: ${describeRead(m.op)}`;
    case 'reply':
      return `reply ${m.attempt} at ${m.place}: ${JSON.stringify(m.value)}`;
    case 'refusal':
      return `refusal ${m.attempt} ${m.code}${m.leader < 0 ? '' : ` leader ${m.leader}`}`;
    case 'group':
      return `group ${m.group}: ${describeMessage(m.message)}`;
    default:
      return JSON.stringify(m);
  }
}
