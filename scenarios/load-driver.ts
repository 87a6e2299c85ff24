/**
 * Drives one client host: invokes its planned operations and records them as a history.
 *
 * A history's process is sequential, so a client with k requests in flight is k processes, numbered client + clients · slot; a slot whose
 * operation ended *info* is not used again, since that operation may still take effect. What a client had in flight when its host went
 * down ends *info* at the next boot: nobody can tell.
 */
import { IdTable } from '../properties/id-table.ts';
import type { Outcome } from '../core/observe.ts';
import type { DiskError, Ports, Process } from '../core/ports.ts';
import type { Ask, ClientPlan, ClientProcess, Done, Waits } from './scenario.ts';
import { LastRead } from './last-read.ts';

/** The load's timer; clients have 0 … 59. */
const LOAD_TIMER = 63;
/** An open loop with this many in flight waits: a session's window is 128 numbers. */
const IN_FLIGHT_MAX = 120;
/** Operation ids are `client · ID_SPAN + n`, n from 1 for what is planned, from FIRST_ASKED for what the client asks by itself. */
const ID_SPAN = 1_000_000;
const FIRST_ASKED = 500_001;

/** Stands for the answer to an operation of unknown result. */
const notKnown = {} as const;

interface InFlight {
  readonly slot: number;
  readonly group: number;
  readonly op: unknown;
  /** The client made it of its own accord, for an operation of the plan: the load does not wait for it. */
  readonly asked: boolean;
}

/** The load of one client through a run; outlives the boots of its host. */
export class Load {
  readonly #plan: ClientPlan;
  readonly #client: number;
  readonly #clients: number;
  readonly #inFlight = new IdTable<InFlight>();
  readonly #freeSlots: number[] = [];
  /** By group: keys and locks of the same name are others there. */
  readonly #lastReads = new Map<number, LastRead>();
  #slots = 0;
  /** Of the plan's operations. */
  #planned = 0;
  #asked = FIRST_ASKED;
  #next = 0;

  constructor(plan: ClientPlan, client: number, clients: number) {
    this.#plan = plan;
    this.#client = client;
    this.#clients = clients;
  }

  /** The process of one boot. */
  boot(ports: Ports, makeClient: (done: Done, waits: Waits, ask: Ask) => ClientProcess): Process {
    const client = makeClient(
      (id, outcome, value, place = 0, session = 0, number = 0) => {
        this.#completed(ports, id, outcome, value, place, session, number);
      },
      (id, place) => {
        const pending = this.#inFlight.get(id);
        if (pending === undefined)
          throw new Error(`the client says of operation ${id}, which is not in flight, that it waits`);
        ports.emit({ kind: 'queued', process: this.#processOf(pending.slot), id, place }, pending.group);
      },
      (op, group = 0) => {
        const id = this.#client * ID_SPAN + this.#asked;
        this.#asked += 1;
        this.#begin(ports, id, op, group, true);
        return id;
      },
    );
    const driven: Process = {
      start: () => {
        for (const id of this.#inFlight.ids()) this.#completed(ports, id, 'info', null, 0, 0, 0);
        client.start?.();
        this.#armNext(ports);
      },
      receive: (from, message) => client.receive(from, message),
      // What a handler returns goes on to the world: a promise is a violation, also of a client.
      wake: (key) => (key === LOAD_TIMER ? this.#invokeNext(ports, client) : client.wake(key)),
    };
    if (client.synced !== undefined) {
      driven.synced = (token: number, error: DiskError | null) => client.synced?.(token, error);
    }
    if (client.drain !== undefined) driven.drain = () => client.drain?.();
    if (client.describe !== undefined) driven.describe = () => client.describe?.();
    return driven;
  }

  #armNext(ports: Ports): void {
    this.#skipWhatNeedsALock();
    const planned = this.#plan.operations[this.#next];
    if (planned === undefined) return;
    if (this.#plan.mode === 'closed' ? this.#planned > 0 : this.#planned >= IN_FLIGHT_MAX) return;
    ports.timers.set(LOAD_TIMER, ports.clock.monotonicUs() + planned.waitUs);
  }

  /** What was planned to be done under a lock is left out where the lock was not had. */
  #skipWhatNeedsALock(): void {
    if (this.#plan.mode === 'closed' && this.#planned > 0) return;
    for (;;) {
      const planned = this.#plan.operations[this.#next];
      const needed = planned?.ifHeld;
      if (needed === undefined || this.#lastRead(planned?.group ?? 0).holds(needed)) return;
      this.#next += 1;
    }
  }

  #invokeNext(ports: Ports, client: ClientProcess): void {
    const planned = this.#plan.operations[this.#next];
    if (planned === undefined) return;
    this.#next += 1;
    const id = this.#client * ID_SPAN + this.#next;
    const { group = 0 } = planned;
    const op = this.#lastRead(group).fill(planned.op);
    this.#begin(ports, id, op, group, false);
    client.invoke(id, op, group);
    if (this.#plan.mode === 'open') this.#armNext(ports);
  }

  #begin(ports: Ports, id: number, op: unknown, group: number, asked: boolean): void {
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    this.#inFlight.set(id, { slot, group, op, asked });
    if (!asked) this.#planned += 1;
    ports.emit({ kind: 'invoked', process: this.#processOf(slot), id, op }, group);
  }

  #completed(
    ports: Ports,
    id: number,
    outcome: Outcome,
    value: unknown,
    place: number,
    session: number,
    number: number,
  ): void {
    const pending = this.#inFlight.get(id);
    if (pending === undefined) {
      throw new Error(`the client answered operation ${id}, which is not in flight, with ${outcome}`);
    }
    const wasFull = this.#planned === IN_FLIGHT_MAX;
    this.#inFlight.delete(id);
    if (!pending.asked) this.#planned -= 1;
    // A lock that was asked for with unknown result is not known to be held.
    if (!pending.asked) this.#lastRead(pending.group).note(pending.op, outcome === 'ok' ? value : notKnown);
    if (outcome !== 'info') this.#freeSlots.push(pending.slot);
    const process = this.#processOf(pending.slot);
    ports.emit({ kind: 'completed', process, id, outcome, value, place, session, number }, pending.group);
    if (!pending.asked && (this.#plan.mode === 'closed' || wasFull)) this.#armNext(ports);
  }

  #lastRead(group: number): LastRead {
    let seen = this.#lastReads.get(group);
    if (seen === undefined) this.#lastReads.set(group, (seen = new LastRead()));
    return seen;
  }

  #processOf(slot: number): number {
    return this.#client + this.#clients * slot;
  }
}
