/**
 * Client sessions: what makes a retried request apply exactly once, on every replica and across snapshots (Raft thesis, section 6.3).
 *
 * A session is opened through the log and named by the index of that entry. It ends by `close`, or by an expiry that names the
 * version that stands; its version is the index of the last entry that renewed it. Every executed request renews; a repeated, stale
 * or window-full one does not, nor does anything outside the log. For each session the replies of the numbers that the client has not
 * acknowledged are kept: at most 128, the width of the window.
 */
import type { ByteReader, ByteWriter } from '../bytes.ts';
import { isAcknowledged, noneAcknowledged, unite } from './acknowledged.ts';
import type { Acknowledged } from './acknowledged.ts';
import type { DeadlineSink } from './contract.ts';
import { mixInteger, mixWord } from './digest.ts';
import { mixPlain, readPlain, writePlain } from './plain-data.ts';

/** A reply kept for retries of its request. */
export interface RememberedReply {
  readonly number: number;
  readonly value: unknown;
  /** Log index at which the request was executed. */
  readonly place: number;
  /** Digest of the reply as `apply` tells it. */
  readonly digest: number;
  /** It says only that the request waits; the final one will stand in its place. */
  readonly waits: boolean;
}

/** One open session. */
export interface Session {
  readonly id: number;
  readonly ttlUs: number;
  /** Log index of the entry that opened or last renewed it. */
  version: number;
  acknowledged: Acknowledged;
  /** By number, ascending. */
  readonly replies: RememberedReply[];
  /** The part of (id, ttl, version, acknowledged) in the digest. */
  hash: number;
}

/** 32 bits of a reply: who asked, what was answered, where it took effect. */
export function replyDigest(session: number, number: number, value: unknown, place: number): number {
  return mixInteger(mixPlain(mixInteger(mixInteger(0x7265706c, session), number), value), place);
}

/** The open sessions of a group. */
export class Sessions {
  private readonly open = new Map<number, Session>();
  private headSum = 0;
  private replySum = 0;

  /** How many sessions are open. */
  get size(): number {
    return this.open.size;
  }

  /** 32 bits of ids, times to live, versions and acknowledged numbers: an exclusive or over the sessions. */
  digest(): number {
    return this.headSum;
  }

  /** 32 bits of all remembered replies. */
  repliesDigest(): number {
    return this.replySum;
  }

  /** The session, if it is open. */
  find(id: number): Session | undefined {
    return this.open.get(id);
  }

  /** Opens the session whose id and version is `index`. */
  begin(index: number, ttlUs: number): Session {
    const session: Session = {
      id: index,
      ttlUs,
      version: index,
      acknowledged: noneAcknowledged,
      replies: [],
      hash: 0,
    };
    this.open.set(index, session);
    this.rehash(session);
    return session;
  }

  /** Moves the session's version on and takes over what the request acknowledges: those replies are forgotten. */
  renew(session: Session, index: number, floor: number, ranges: readonly number[]): void {
    session.version = index;
    const { acknowledged, replies } = session;
    if (floor > acknowledged.floor || ranges.length > 0) {
      session.acknowledged = unite(acknowledged, { floor, ranges });
      this.forget(session.id, session.acknowledged, replies);
    }
    this.rehash(session);
  }

  private forget(id: number, acknowledged: Acknowledged, replies: RememberedReply[]): void {
    let kept = 0;
    for (let i = 0; i < replies.length; i += 1) {
      const reply = replies[i]!;
      if (isAcknowledged(acknowledged.floor, acknowledged.ranges, reply.number)) {
        this.replySum ^= rememberedHash(id, reply);
      } else {
        replies[kept] = reply;
        kept += 1;
      }
    }
    while (replies.length > kept) replies.pop();
  }

  /** The reply remembered for a number. */
  remembered(session: Session, number: number): RememberedReply | undefined {
    const { replies } = session;
    const reply = replies[behind(replies, number) - 1];
    return reply?.number === number ? reply : undefined;
  }

  /** Remembers the reply of a request that was executed. */
  remember(session: Session, reply: RememberedReply): void {
    const { replies } = session;
    const place = behind(replies, reply.number);
    if (place === replies.length) replies.push(reply);
    else replies.splice(place, 0, reply);
    this.replySum ^= rememberedHash(session.id, reply);
  }

  /** The final reply of a request that waited, in place of the one that said so; nothing where the client has acknowledged the number by now. */
  settle(session: Session, reply: RememberedReply): void {
    const { replies } = session;
    const place = behind(replies, reply.number) - 1;
    const before = replies[place];
    if (before?.number === reply.number) {
      this.replySum ^= rememberedHash(session.id, before) ^ rememberedHash(session.id, reply);
      replies[place] = reply;
      return;
    }
    const { floor, ranges } = session.acknowledged;
    if (!isAcknowledged(floor, ranges, reply.number)) this.remember(session, reply);
  }

  /** Ends a session: its replies go with it. */
  end(session: Session): void {
    this.open.delete(session.id);
    this.headSum ^= session.hash;
    for (const reply of session.replies) this.replySum ^= rememberedHash(session.id, reply);
  }

  private rehash(session: Session): void {
    this.headSum ^= session.hash;
    const { floor, ranges } = session.acknowledged;
    let hash = mixInteger(mixInteger(mixInteger(0x73657373, session.id), session.version), floor);
    hash = mixInteger(hash, session.ttlUs);
    for (let i = 0; i < ranges.length; i += 1) hash = mixInteger(hash, ranges[i] as number);
    session.hash = hash;
    this.headSum ^= hash;
  }

  private ascending(): readonly Session[] {
    return [...this.open.values()].sort((a, b) => a.id - b.id);
  }

  /** Writes all but the replies, by id. */
  save(writer: ByteWriter): void {
    const sessions = this.ascending();
    writer.u32(sessions.length);
    for (const session of sessions) {
      const { floor, ranges } = session.acknowledged;
      writer.u53(session.id);
      writer.u53(session.ttlUs);
      writer.u53(session.version);
      writer.u53(floor);
      writer.u32(ranges.length);
      for (const bound of ranges) writer.u53(bound);
    }
  }

  /** Writes the remembered replies, by session and number. */
  saveReplies(writer: ByteWriter): void {
    const sessions = this.ascending();
    writer.u32(sessions.length);
    for (const session of sessions) {
      writer.u53(session.id);
      writer.u32(session.replies.length);
      for (const reply of session.replies) {
        writer.u53(reply.number);
        writer.u53(reply.place);
        writer.flag(reply.waits);
        writePlain(writer, reply.value);
      }
    }
  }

  /** Replaces the sessions by saved ones, without replies. @throws RangeError where the bytes hold none. */
  restore(reader: ByteReader): void {
    this.clear();
    for (let left = reader.u32(); left > 0; left -= 1) {
      const id = reader.u53();
      const session = this.begin(id, reader.u53());
      session.version = reader.u53();
      const floor = reader.u53();
      const ranges: number[] = [];
      for (let bounds = reader.u32(); bounds > 0; bounds -= 1) ranges.push(reader.u53());
      session.acknowledged = { floor, ranges };
      this.rehash(session);
    }
  }

  /** Adds saved replies to the sessions, which were restored before. @throws RangeError where the bytes hold none. */
  restoreReplies(reader: ByteReader): void {
    for (let left = reader.u32(); left > 0; left -= 1) {
      const session = this.open.get(reader.u53());
      if (session === undefined) throw new RangeError('remembered replies of a session that is not open');
      for (let replies = reader.u32(); replies > 0; replies -= 1) {
        const number = reader.u53();
        const place = reader.u53();
        const waits = reader.flag();
        const value = readPlain(reader);
        this.remember(session, {
          number,
          place,
          value,
          waits,
          digest: replyDigest(session.id, number, value, place),
        });
      }
    }
  }

  /** Arms the deadline of every open session, by id. */
  armAll(deadlines: DeadlineSink): void {
    for (const session of this.ascending()) {
      deadlines.arm('session', session.id, session.version, session.ttlUs);
    }
  }

  /** Disarms the deadline of every open session, by id, but of those that are also open in `others`. */
  disarmAllBut(others: Sessions, deadlines: DeadlineSink): void {
    for (const session of this.ascending()) {
      if (!others.open.has(session.id)) deadlines.disarm('session', session.id);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.open.clear();
    this.headSum = 0;
    this.replySum = 0;
  }
}

/** How many replies, in ascending order, have that number or a lower one: mostly all, for most requests are newer than those before. */
function behind(replies: readonly RememberedReply[], number: number): number {
  let above = replies.length;
  if (above === 0 || replies[above - 1]!.number <= number) return above;
  let from = 0;
  while (from < above) {
    const middle = (from + above) >>> 1;
    if (replies[middle]!.number <= number) from = middle + 1;
    else above = middle;
  }
  return from;
}

function rememberedHash(session: number, reply: RememberedReply): number {
  // The reply's digest covers all fields; another constant keeps it apart from other parts of the state.
  return mixWord(mixInteger(0x6d656d6f, session), reply.digest);
}
