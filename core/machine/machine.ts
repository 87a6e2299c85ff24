/**
 * The replicated machine: sessions, registers, siblings, locks and barriers behind one `apply`, a pure function of state and entry. It reads no clock and
 * draws nothing; deadlines are told to a sink, and come back as `expire` entries.
 *
 * A request is checked in this order: is it a command; is the session open; can the number still apply; is a reply remembered; does it
 * fit the window; does its guard hold; then the operation with its own limits. What it is answered is durable in each case, and `ok` for a history:
 *
 * | answer | meaning | executed |
 * |---|---|---|
 * | of the operation | core/machine/registers, core/machine/locks, core/machine/barriers | yes, and remembered |
 * | `{ error: 'STALE_TOKEN', lock, token, current }` | the guard's token is not the lock's | no, but remembered |
 * | `{ error: 'WRONG_GROUP', group, asked }` | the guard names a lock of another group | no, but remembered |
 * | `{ error: 'SESSION_NOT_OPEN' }` | expired, closed, or never opened | no |
 * | `{ error: 'STALE_REQUEST' }` | the number was acknowledged: too late to apply | no |
 * | `{ error: 'SESSION_WINDOW_FULL' }` | more than 128 numbers unacknowledged | no |
 * | `{ error: 'TOO_MANY_SESSIONS' }`, `{ error: 'SESSION_TTL_OUT_OF_RANGE' }` | of `open` | no |
 * | `{ error: 'BAD_COMMAND' }` | no command at all | no |
 *
 * `open` answers `{ session, ttlUs }`, `keepAlive` `{ renewed: true }`, `close` `{ closed: true }`.
 */
import { ByteReader, ByteWriter } from '../bytes.ts';
import type { MachineObservation } from '../observe.ts';
import { Barriers } from './barriers/barriers.ts';
import { barrierRules } from './barriers/rules.ts';
import type { BarrierRules } from './barriers/rules.ts';
import type {
  Applied,
  DeadlineId,
  DeadlineKind,
  DeadlineSink,
  DueDeadline,
  Effects,
  Machine,
} from './contract.ts';
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
import { Locks } from './locks/locks.ts';
import type { Guard, LockOperation } from './locks/operations.ts';
import { lockRules } from './locks/rules.ts';
import type { LockRules } from './locks/rules.ts';
import { isAcknowledged } from './acknowledged.ts';
import { Registers } from './registers/registers.ts';
import { registerRules } from './registers/rules.ts';
import type { RegisterRules } from './registers/rules.ts';
import { replyDigest, Sessions } from './sessions.ts';
import type { Session } from './sessions.ts';
import { siblingRules } from './siblings/rules.ts';
import type { SiblingRules } from './siblings/rules.ts';
import { Siblings } from './siblings/siblings.ts';
import { defaultConflicts, requireConflicts } from './siblings/strategies.ts';
import type { ConflictConfiguration } from './siblings/strategies.ts';
import { sessionRules } from './session-rules.ts';
import type { SessionRules } from './session-rules.ts';

/** The parts of the state; a snapshot holds one section of each. */
export type StateSection = 'sessions' | 'replies' | 'registers' | 'locks' | 'barriers' | 'siblings';

/** Every decision of the machine; a planted mistake is one of them replaced. */
export interface MachineRules {
  readonly sessions: SessionRules;
  readonly registers: RegisterRules;
  readonly siblings: SiblingRules;
  readonly locks: LockRules;
  readonly barriers: BarrierRules;
  /** What a snapshot (and the digest of the state) covers, sessions before their replies: everything that `apply` reads. */
  readonly sections: readonly StateSection[];
}

/** The rules as they should be. */
export const machineRules: MachineRules = {
  sessions: sessionRules,
  registers: registerRules,
  siblings: siblingRules,
  locks: lockRules,
  barriers: barrierRules,
  sections: ['sessions', 'replies', 'registers', 'locks', 'barriers', 'siblings'],
};

const snapshotVersion = 2;
const sectionTag = { sessions: 1, replies: 2, registers: 3, locks: 4, barriers: 5, siblings: 6 } as const;

const sessionNotOpen = { error: 'SESSION_NOT_OPEN' } as const;
const staleRequest = { error: 'STALE_REQUEST' } as const;
const windowFull = { error: 'SESSION_WINDOW_FULL' } as const;
const tooManySessions = { error: 'TOO_MANY_SESSIONS' } as const;
const ttlOutOfRange = { error: 'SESSION_TTL_OUT_OF_RANGE' } as const;
const badCommand = { error: 'BAD_COMMAND' } as const;
const renewed = { renewed: true } as const;
const closed = { closed: true } as const;

/** An entry that nobody waits for. */
const silent: Applied = { reply: null, replyDigest: 0, repeated: false, waits: false, session: 0, number: 0 };

/**
 * Makes the machine of one replica.
 * @param rules other than `machineRules` to plant a mistake
 * @param group which guards may name
 * @param conflicts what becomes of concurrent values: the same at every replica
 * @throws CoreError BAD_CONFIGURATION where a merge function is missing
 */
export function createMachine(
  rules: MachineRules = machineRules,
  group = 0,
  conflicts: ConflictConfiguration = defaultConflicts,
): Machine {
  requireConflicts(conflicts);
  return new GroupMachine(rules, group, conflicts);
}

/** What an operation answers, and whether it is only that the request waits. */
interface Executed {
  readonly value: unknown;
  readonly waits: boolean;
}

class GroupMachine implements Machine, Effects {
  private readonly rules: MachineRules;
  private readonly group: number;
  private sessions = new Sessions();
  private readonly registers: Registers;
  private readonly siblings: Siblings;
  private locks: Locks;
  private barriers: Barriers;
  /** Of the entry that is being applied. */
  private outer: Effects = noEffects;

  constructor(rules: MachineRules, group: number, conflicts: ConflictConfiguration) {
    this.rules = rules;
    this.group = group;
    this.registers = new Registers(rules.registers);
    this.siblings = new Siblings(rules.siblings, conflicts);
    this.locks = this.noLocks();
    this.barriers = new Barriers(rules.barriers);
  }

  private noLocks(): Locks {
    return new Locks(this.rules.locks, (session) => this.sessions.find(session) !== undefined);
  }

  apply(index: number, command: unknown, effects: Effects): Applied {
    if (!isCommand(command)) return answer(0, 0, badCommand, index);
    this.outer = effects;
    switch (command.kind) {
      case 'request':
        return this.request(index, command);
      case 'open':
        return this.open(index, command);
      case 'keepAlive':
        return this.keepAlive(index, command);
      case 'expire':
        return this.expireDue(index, command);
    }
  }

  private request(index: number, command: RequestCommand): Applied {
    const { number, floor, ranges } = command;
    const rules = this.rules.sessions;
    const session = this.sessions.find(command.session);
    if (session === undefined) return notExecuted(command, sessionNotOpen);
    const known = session.acknowledged;
    if (rules.isStale(known.floor, known.ranges, number, floor, ranges)) {
      return notExecuted(command, staleRequest);
    }
    const reply = this.sessions.remembered(session, number);
    if (reply !== undefined && rules.answersFromMemory(reply.waits)) {
      return {
        reply: { session: session.id, number, value: reply.value, place: reply.place },
        replyDigest: reply.digest,
        repeated: true,
        waits: reply.waits,
        session: session.id,
        number,
      };
    }
    if (rules.windowIsFull(floor, ranges, number, frees(command.op))) {
      return notExecuted(command, windowFull);
    }
    this.sessions.renew(session, index, floor, ranges);
    const { value, waits } = this.guarded(index, session, number, command.op);
    const digest = replyDigest(session.id, number, value, index);
    if (this.sessions.find(session.id) !== undefined) {
      this.arm('session', session.id, index, session.ttlUs);
      this.sessions.remember(session, { number, value, place: index, digest, waits });
    }
    return {
      reply: { session: session.id, number, value, place: index },
      replyDigest: digest,
      repeated: false,
      waits,
      session: session.id,
      number,
    };
  }

  private guarded(index: number, session: Session, number: number, op: Operation): Executed {
    const { guard } = op;
    if (guard === undefined) return this.execute(index, session, number, op);
    if (this.isElsewhere(guard))
      return answered({ error: 'WRONG_GROUP', group: guard.group, asked: this.group });
    const passed = this.locks.fenceHolds(guard.lock, guard.token);
    const current = this.locks.tokenOf(guard.lock);
    this.observe({ kind: 'fenceChecked', index, lock: guard.lock, token: guard.token, current, passed });
    return passed
      ? this.execute(index, session, number, op)
      : answered({ error: 'STALE_TOKEN', lock: guard.lock, token: guard.token, current });
  }

  private isElsewhere({ group = this.group }: Guard): boolean {
    return group !== this.group;
  }

  private execute(index: number, session: Session, number: number, op: Operation): Executed {
    switch (op.f) {
      case 'close':
        this.endSessions(index, [session], 'closed');
        this.settle(index);
        return answered(closed);
      case 'acquire':
      case 'release':
      case 'renew':
        return this.locks.apply(index, session, number, op, this);
      case 'createBarrier':
      case 'destroyBarrier':
      case 'register':
      case 'deregister':
      case 'arrive':
      case 'reset':
        return this.barriers.apply(index, session.id, number, op, this);
      case 'getSiblings':
      case 'putSiblings':
      case 'deleteSiblings':
      case 'casSiblings':
        return answered(this.siblings.apply(index, op, this));
      case 'cancel':
        return answered(this.cancel(index, session, number, op));
      default:
        return answered(this.registers.apply(index, op));
    }
  }

  /** Cancelled or granted, never both: what has not been executed yet will be answered *cancelled* when it comes. */
  private cancel(
    index: number,
    session: Session,
    ownNumber: number,
    op: Extract<LockOperation, { readonly f: 'cancel' }>,
  ): unknown {
    const { number } = op;
    if (number >= ownNumber) return { error: 'BAD_NUMBER', number };
    if (this.locks.cancel(index, session.id, number, this)) return cancelledTrue;
    const { floor, ranges } = session.acknowledged;
    const known = this.sessions.remembered(session, number);
    if (known !== undefined || isAcknowledged(floor, ranges, number)) return cancelledFalse;
    this.answer(session.id, number, cancelledTrue, index);
    return cancelledTrue;
  }

  private open(index: number, command: OpenCommand): Applied {
    const { nonce, ttlUs } = command;
    const rules = this.rules.sessions;
    if (!rules.mayOpen(this.sessions.size)) return answer(0, nonce, tooManySessions, index);
    if (!rules.ttlIsAllowed(ttlUs)) return answer(0, nonce, ttlOutOfRange, index);
    this.sessions.begin(index, ttlUs);
    this.arm('session', index, index, ttlUs);
    this.observe({ kind: 'sessionOpened', index, session: index, ttlUs });
    return answer(0, nonce, { session: index, ttlUs }, index);
  }

  private keepAlive(index: number, command: KeepAliveCommand): Applied {
    const session = this.sessions.find(command.session);
    if (session === undefined) return answer(command.session, 0, sessionNotOpen, index);
    this.sessions.renew(session, index, 0, noRanges);
    this.arm('session', session.id, index, session.ttlUs);
    return answer(command.session, 0, renewed, index);
  }

  /** Sessions first, then waits, then leases and generations; then one look at each lock and barrier, so that nothing is granted to who ends in the same entry. */
  private expireDue(index: number, { due }: ExpireCommand): Applied {
    const ended: Session[] = [];
    for (const { kind, id, version } of due) {
      const session = kind === 'session' ? this.sessions.find(id as number) : undefined;
      if (session === undefined || ended.includes(session)) continue;
      if (this.rules.sessions.expiryHolds(session.version, version)) ended.push(session);
    }
    for (const session of ended) this.removeWaitersOf(index, session);
    for (const { kind, id } of due) if (kind === 'wait') this.locks.timeOut(index, id as number, this);
    this.endSessions(index, ended, 'expired');
    for (const { kind, id, version } of due) {
      if (kind === 'lease') this.locks.endLease(index, id as string, version, this);
      else if (kind === 'barrier') this.barriers.timeOut(index, id as string, version, this);
    }
    this.settle(index);
    return silent;
  }

  private removeWaitersOf(index: number, session: Session): void {
    this.locks.removeWaitersOf(index, session.id, this);
    this.barriers.removeSession(index, session.id, this);
  }

  private settle(index: number): void {
    this.locks.settle(index, this);
    this.barriers.settle(index, this);
  }

  private endSessions(index: number, sessions: readonly Session[], reason: 'closed' | 'expired'): void {
    for (const session of sessions) {
      this.removeWaitersOf(index, session);
      this.sessions.end(session);
      this.disarm('session', session.id);
      this.observe({ kind: 'sessionEnded', index, session: session.id, reason });
    }
    for (const session of sessions) this.locks.endHoldingsOf(index, session.id, reason === 'closed', this);
  }

  // What the parts tell goes on to whoever applies; an answer that comes late is remembered first.
  arm(kind: DeadlineKind, id: DeadlineId, version: number, ttlUs: number): void {
    this.outer.arm(kind, id, version, ttlUs);
  }

  disarm(kind: DeadlineKind, id: DeadlineId): void {
    this.outer.disarm(kind, id);
  }

  answer(session: number, number: number, value: unknown, place: number): void {
    const open = this.sessions.find(session);
    if (open !== undefined) {
      const digest = replyDigest(session, number, value, place);
      this.sessions.settle(open, { number, value, place, digest, waits: false });
    }
    this.observe({ kind: 'answeredLate', index: place, session, number });
    this.outer.answer(session, number, value, place);
  }

  observe(observation: MachineObservation): void {
    this.outer.observe(observation);
  }

  read(operation: unknown): unknown {
    if (!isReadOperation(operation)) return badCommand;
    const { guard } = operation;
    if (guard !== undefined && this.isElsewhere(guard)) {
      return { error: 'WRONG_GROUP', group: guard.group, asked: this.group };
    }
    if (guard !== undefined && !this.locks.fenceHolds(guard.lock, guard.token)) {
      return {
        error: 'STALE_TOKEN',
        lock: guard.lock,
        token: guard.token,
        current: this.locks.tokenOf(guard.lock),
      };
    }
    if (operation.f === 'getSiblings') return this.siblings.read(operation.key);
    // No write: the index, which would be its version, is not looked at.
    return this.registers.apply(0, operation);
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
      case 'locks':
        return this.locks.digest();
      case 'barriers':
        return this.barriers.digest();
      case 'siblings':
        return this.siblings.digest();
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
      else if (section === 'registers') this.registers.save(writer);
      else if (section === 'locks') this.locks.save(writer);
      else if (section === 'barriers') this.barriers.save(writer);
      else this.siblings.save(writer);
    }
    return writer.finish();
  }

  /** @throws RangeError where the bytes are no snapshot; the state is then not to be used. */
  restore(bytes: Uint8Array, deadlines: DeadlineSink): void {
    const reader = new ByteReader(bytes);
    const version = reader.u8();
    if (version !== snapshotVersion) throw new RangeError(`snapshot of version ${version}`);
    const before = this.sessions;
    const locksBefore = this.locks;
    this.sessions = new Sessions();
    this.locks = this.noLocks();
    const barriersBefore = this.barriers;
    this.barriers = new Barriers(this.rules.barriers);
    this.registers.clear();
    this.siblings.clear();
    for (let left = reader.u8(); left > 0; left -= 1) {
      const section = reader.u8();
      if (section === sectionTag.sessions) this.sessions.restore(reader);
      else if (section === sectionTag.replies) this.sessions.restoreReplies(reader);
      else if (section === sectionTag.registers) this.registers.restore(reader);
      else if (section === sectionTag.locks) this.locks.restore(reader);
      else if (section === sectionTag.barriers) this.barriers.restore(reader);
      else if (section === sectionTag.siblings) this.siblings.restore(reader);
      else throw new RangeError(`no such section of a snapshot: ${section}`);
    }
    if (reader.left > 0) throw new RangeError(`${reader.left} bytes behind a snapshot`);
    before.disarmAllBut(this.sessions, deadlines);
    this.sessions.armAll(deadlines);
    locksBefore.disarmAllBut(this.locks, deadlines);
    this.locks.armAll(deadlines);
    barriersBefore.disarmAllBut(this.barriers, deadlines);
    this.barriers.armAll(deadlines);
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
const cancelledTrue = { cancelled: true } as const;
const cancelledFalse = { cancelled: false } as const;
const noEffects: Effects = { arm: () => {}, disarm: () => {}, answer: () => {}, observe: () => {} };

function answered(value: unknown): Executed {
  return { value, waits: false };
}

/** The answer to what is no request: not remembered, and no request for `exactly-once` to count. */
function answer(session: number, number: number, value: unknown, index: number): Applied {
  return {
    reply: { session, number, value, place: index },
    replyDigest: replyDigest(session, number, value, index),
    repeated: false,
    waits: false,
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
    waits: false,
    session,
    number,
  };
}
