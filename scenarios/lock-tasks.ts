/**
 * Whole turns under a lock, as the client library makes them, in a world: the very logic of `withLock` (core/held-lock.ts) acquires, renews, starts work and gives up.
 * The operations that it makes stand in the history each for itself, like those that a load makes.
 *
 * A planned turn is `{ f: 'withLock', lock, holder, waitUs, ttlUs?, steps, stepUs, key, value, again? }`: once held it starts `steps` pieces of work,
 * `stepUs` apart, each a write of the key under the token; none after its deadline. It ends with `{ end, started }`.
 */
import type { Client, ClientOperation, Sent } from '../core/client.ts';
import { HeldLock } from '../core/held-lock.ts';
import type { LockClient, LockEnd } from '../core/held-lock.ts';
import type { Outcome } from '../core/observe.ts';
import type { Ports } from '../core/ports.ts';
import type { Ask, Done } from './scenario.ts';

/** A turn under a lock. Times in microseconds. */
export interface TurnOperation {
  readonly f: 'withLock';
  readonly lock: string;
  readonly holder: string;
  readonly waitUs: number;
  readonly ttlUs?: number;
  readonly steps: number;
  readonly stepUs: number;
  readonly key: string;
  /** The first of `steps` values, nobody else's. */
  readonly value: number;
  /** Acquires the lock once more at its first step, and gives that back at the next. */
  readonly again?: boolean;
}

/** Whether an operation is a turn. */
export function isTurn(op: unknown): op is TurnOperation {
  return typeof op === 'object' && op !== null && (op as { f?: unknown }).f === 'withLock';
}

interface Turn {
  readonly id: number;
  readonly op: TurnOperation;
  readonly lock: HeldLock;
  started: number;
  nextStepUs: number;
  nested: boolean;
}

const never = Number.MAX_SAFE_INTEGER;

/** The turns of one boot of a client host. */
export class LockTasks implements LockClient {
  readonly #ports: Ports;
  readonly #client: Client;
  readonly #done: Done;
  readonly #rhoPpm: number;
  readonly #ask: Ask;
  readonly #turns: Turn[] = [];

  constructor(ports: Ports, client: Client, done: Done, ask: Ask, rhoPpm: number) {
    this.#ports = ports;
    this.#client = client;
    this.#done = done;
    this.#rhoPpm = rhoPpm;
    this.#ask = ask;
  }

  submit(nowUs: number, op: ClientOperation, giveUpAtUs?: number): number {
    const id = this.#ask(op);
    this.#client.submit(nowUs, id, op, giveUpAtUs);
    return id;
  }

  sessionUntilUs(session: number): number {
    return this.#client.sessionUntilUs(session, this.#rhoPpm);
  }

  start(nowUs: number, id: number, op: TurnOperation): void {
    const { lock, holder, waitUs, ttlUs } = op;
    const options = { lock, holder, waitUs, rhoPpm: this.#rhoPpm };
    const held = new HeldLock(this, ttlUs === undefined ? options : { ...options, ttlUs }, {
      held: () => {
        turn.nextStepUs = this.#ports.clock.monotonicUs();
      },
      ended: (end) => this.#ended(turn, end),
    });
    const turn: Turn = { id, op, lock: held, started: 0, nextStepUs: never, nested: false };
    this.#turns.push(turn);
    held.start(nowUs);
  }

  #ended(turn: Turn, end: LockEnd): void {
    turn.nextStepUs = never;
    this.#done(turn.id, 'ok', { end, started: turn.started });
  }

  /** An operation of the client ended, a turn's or another. */
  completed(nowUs: number, id: number, outcome: Outcome, value: unknown, session: number, sent: Sent): void {
    for (const { lock } of this.#turns) lock.completed(nowUs, id, outcome, value, session, sent);
    this.#forgetEnded();
  }

  #forgetEnded(): void {
    for (let i = this.#turns.length - 1; i >= 0; i -= 1)
      if (this.#turns[i]!.lock.isOver) this.#turns.splice(i, 1);
  }

  nextWakeUs(): number {
    let next = never;
    for (const turn of this.#turns) next = Math.min(next, turn.lock.nextWakeUs(), turn.nextStepUs);
    return next;
  }

  wake(nowUs: number): void {
    for (const turn of this.#turns) {
      // A deadline that has come is looked at before work that is due: a paused host wakes to both.
      turn.lock.wake(nowUs);
      if (nowUs >= turn.nextStepUs) this.#step(nowUs, turn);
    }
    this.#forgetEnded();
  }

  #step(nowUs: number, turn: Turn): void {
    const { lock, op } = turn;
    if (turn.started === op.steps) {
      turn.nextStepUs = never;
      lock.release(nowUs);
      return;
    }
    if (!lock.mayStart(nowUs)) return;
    const { token } = lock;
    this.#ports.emit({ kind: 'workStarted', lock: op.lock, token });
    const guard = { lock: op.lock, token };
    this.submit(nowUs, { f: 'put', key: op.key, value: op.value + turn.started, guard });
    if (op.again === true && turn.started === 0) {
      lock.again(nowUs, (granted) => {
        turn.nested = granted;
      });
    } else if (turn.nested) {
      turn.nested = false;
      lock.releaseAgain(nowUs);
    }
    turn.started += 1;
    turn.nextStepUs = nowUs + op.stepUs;
  }
}
