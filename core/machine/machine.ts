/**
 * The replicated machine: sessions and registers behind one `apply`, a pure function of state and entry. It reads no clock and
 * draws nothing; deadlines are told to a sink, and come back as `expire` entries.
 *
 * A request is checked in this order: is it a command; is the session open; can the number still apply; is a reply remembered; does it
 * fit the window; then the operation with its own limits. What it is answered is durable in each case, and `ok` for a history:
 *
 * | answer | meaning | executed |
 * |---|---|---|
 * | of the operation | core/machine/registers | yes, and remembered |
 * | `{ error: 'SESSION_NOT_OPEN' }` | expired, closed, or never opened | no |
 * | `{ error: 'STALE_REQUEST' }` | the number was acknowledged: too late to apply | no |
 * | `{ error: 'SESSION_WINDOW_FULL' }` | more than 128 numbers unacknowledged | no |
 * | `{ error: 'TOO_MANY_SESSIONS' }`, `{ error: 'SESSION_TTL_OUT_OF_RANGE' }` | of `open` | no |
 * | `{ error: 'BAD_COMMAND' }` | no command at all | no |
 *
 * `open` answers `{ session, ttlUs }`, `keepAlive` `{ renewed: true }`, `close` `{ closed: true }`.
 */
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { Applied, DeadlineSink, DueDeadline, Machine } from './contract.ts';
import {
  decodeCommand,
  describeCommand,
  encodeCommand,
  frees,
  isCommand,
  isReadOperation,
} from './commands.ts';
import type { ExpireCommand, KeepAliveCommand, OpenCommand, Operation, RequestCommand } from './commands.ts';
import { mixWord } from './digest.ts';
import { Registers } from './registers/registers.ts';
import { registerRules } from './registers/rules.ts';
import type { RegisterRules } from './registers/rules.ts';
import { replyDigest, Sessions } from './sessions.ts';
import type { Session } from './sessions.ts';
import { sessionRules } from './session-rules.ts';
import type { SessionRules } from './session-rules.ts';

/** The parts of the state; a snapshot holds one section of each. */
export type StateSection = 'sessions' | 'replies' | 'registers';

/** Every decision of the machine; a planted mistake is one of them replaced. */
export interface MachineRules {
  readonly sessions: SessionRules;
  readonly registers: RegisterRules;
  /** What a snapshot (and the digest of the state) covers, sessions before their replies: everything that `apply` reads. */
  readonly sections: readonly StateSection[];
}

/** The rules as they should be. */
export const machineRules: MachineRules = {
  sessions: sessionRules,
  registers: registerRules,
  sections: ['sessions', 'replies', 'registers'],
};

const snapshotVersion = 1;
const sectionTag = { sessions: 1, replies: 2, registers: 3 } as const;

const sessionNotOpen = { error: 'SESSION_NOT_OPEN' } as const;
const staleRequest = { error: 'STALE_REQUEST' } as const;
const windowFull = { error: 'SESSION_WINDOW_FULL' } as const;
const tooManySessions = { error: 'TOO_MANY_SESSIONS' } as const;
const ttlOutOfRange = { error: 'SESSION_TTL_OUT_OF_RANGE' } as const;
const badCommand = { error: 'BAD_COMMAND' } as const;
const renewed = { renewed: true } as const;
const closed = { closed: true } as const;

/** An entry that nobody waits for. */
const silent: Applied = { reply: null, replyDigest: 0, repeated: false, session: 0, number: 0 };

/** Makes the machine of one replica. @param rules other than `machineRules` to plant a mistake. */
export function createMachine(rules: MachineRules = machineRules): Machine {
  return new RegisterMachine(rules);
}

class RegisterMachine implements Machine {
  private readonly rules: MachineRules;
  private sessions = new Sessions();
  private readonly registers: Registers;

  constructor(rules: MachineRules) {
    this.rules = rules;
    this.registers = new Registers(rules.registers);
  }

  apply(index: number, command: unknown, deadlines: DeadlineSink): Applied {
    if (!isCommand(command)) return answer(0, 0, badCommand, index);
    switch (command.kind) {
      case 'request':
        return this.request(index, command, deadlines);
      case 'open':
        return this.open(index, command, deadlines);
      case 'keepAlive':
        return this.keepAlive(index, command, deadlines);
      case 'expire':
        return this.expireDue(command, deadlines);
    }
  }

  private request(index: number, command: RequestCommand, deadlines: DeadlineSink): Applied {
    const { number, floor, ranges } = command;
    const rules = this.rules.sessions;
    const session = this.sessions.find(command.session);
    if (session === undefined) return notExecuted(command, sessionNotOpen);
    const known = session.acknowledged;
    if (rules.isStale(known.floor, known.ranges, number, floor, ranges)) {
      return notExecuted(command, staleRequest);
    }
    const reply = this.sessions.remembered(session, number);
    if (reply !== undefined && rules.answersFromMemory(true)) {
      return {
        reply: { session: session.id, number, value: reply.value, place: reply.place },
        replyDigest: reply.digest,
        repeated: true,
        session: session.id,
        number,
      };
    }
    if (rules.windowIsFull(floor, ranges, number, frees(command.op))) {
      return notExecuted(command, windowFull);
    }
    this.sessions.renew(session, index, floor, ranges);
    const value = this.execute(index, session, command.op, deadlines);
    const digest = replyDigest(session.id, number, value, index);
    if (command.op.f !== 'close') {
      deadlines.arm('session', session.id, index, session.ttlUs);
      this.sessions.remember(session, { number, value, place: index, digest });
    }
    return {
      reply: { session: session.id, number, value, place: index },
      replyDigest: digest,
      repeated: false,
      session: session.id,
      number,
    };
  }

  private execute(index: number, session: Session, op: Operation, deadlines: DeadlineSink): unknown {
    if (op.f !== 'close') return this.registers.apply(index, op);
    this.endSession(session, deadlines);
    return closed;
  }

  private open(index: number, command: OpenCommand, deadlines: DeadlineSink): Applied {
    const { nonce, ttlUs } = command;
    const rules = this.rules.sessions;
    if (!rules.mayOpen(this.sessions.size)) return answer(0, nonce, tooManySessions, index);
    if (!rules.ttlIsAllowed(ttlUs)) return answer(0, nonce, ttlOutOfRange, index);
    this.sessions.begin(index, ttlUs);
    deadlines.arm('session', index, index, ttlUs);
    return answer(0, nonce, { session: index, ttlUs }, index);
  }

  private keepAlive(index: number, command: KeepAliveCommand, deadlines: DeadlineSink): Applied {
    const session = this.sessions.find(command.session);
    if (session === undefined) return answer(command.session, 0, sessionNotOpen, index);
    this.sessions.renew(session, index, 0, noRanges);
    deadlines.arm('session', session.id, index, session.ttlUs);
    return answer(command.session, 0, renewed, index);
  }

  private expireDue(command: ExpireCommand, deadlines: DeadlineSink): Applied {
    for (const { id, version } of command.due) {
      const session = this.sessions.find(id);
      if (session === undefined) continue;
      if (this.rules.sessions.expiryHolds(session.version, version)) this.endSession(session, deadlines);
    }
    return silent;
  }

  private endSession(session: Session, deadlines: DeadlineSink): void {
    this.sessions.end(session);
    deadlines.disarm('session', session.id);
  }

  read(operation: unknown): unknown {
    // No write: the index, which would be its version, is not looked at.
    return isReadOperation(operation) ? this.registers.apply(0, operation) : badCommand;
  }

  digest(): number {
    let digest = 0;
    for (const section of this.rules.sections) digest = mixWord(digest, this.sectionDigest(section));
    return digest >>> 0;
  }

  private sectionDigest(section: StateSection): number {
    switch (section) {
      case 'sessions':
        return this.sessions.digest();
      case 'replies':
        return this.sessions.repliesDigest();
      case 'registers':
        return this.registers.digest();
    }
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter(4096);
    writer.u8(snapshotVersion);
    writer.u8(this.rules.sections.length);
    for (const section of this.rules.sections) {
      writer.u8(sectionTag[section]);
      if (section === 'sessions') this.sessions.save(writer);
      else if (section === 'replies') this.sessions.saveReplies(writer);
      else this.registers.save(writer);
    }
    return writer.finish();
  }

  /** @throws RangeError where the bytes are no snapshot; the state is then not to be used. */
  restore(bytes: Uint8Array, deadlines: DeadlineSink): void {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== snapshotVersion) throw new RangeError(`snapshot of version ${version}`);
    const before = this.sessions;
    this.sessions = new Sessions();
    this.registers.clear();
    for (let left = reader.u8(); left > 0; left -= 1) {
      const section = reader.u8();
      if (section === sectionTag.sessions) this.sessions.restore(reader);
      else if (section === sectionTag.replies) this.sessions.restoreReplies(reader);
      else if (section === sectionTag.registers) this.registers.restore(reader);
      else throw new RangeError(`no such section of a snapshot: ${section}`);
    }
    if (reader.left > 0) throw new RangeError(`${reader.left} bytes behind a snapshot`);
    before.disarmAllBut(this.sessions, deadlines);
    this.sessions.armAll(deadlines);
  }

  encode(command: unknown): Uint8Array {
    return encodeCommand(command);
  }

  decode(body: Uint8Array): unknown {
    return decodeCommand(body);
  }

  expire(due: readonly DueDeadline[]): ExpireCommand {
    return { kind: 'expire', due };
  }

  isReserved(command: unknown): boolean {
    if (!isCommand(command)) return false;
    return command.kind === 'keepAlive' || (command.kind === 'request' && frees(command.op));
  }

  describe(command: unknown): string {
    return describeCommand(command);
  }
}

const noRanges: readonly number[] = [];

/** The answer to what is no request: not remembered, and no request for `exactly-once` to count. */
function answer(session: number, number: number, value: unknown, index: number): Applied {
  return {
    reply: { session, number, value, place: index },
    replyDigest: replyDigest(session, number, value, index),
    repeated: false,
    session: 0,
    number: 0,
  };
}

/** The answer to a request that was not executed: it changed nothing, has no place, and may come again. */
function notExecuted(command: RequestCommand, value: unknown): Applied {
  const { session, number } = command;
  return {
    reply: { session, number, value, place: 0 },
    replyDigest: replyDigest(session, number, value, 0),
    repeated: true,
    session,
    number,
  };
}
