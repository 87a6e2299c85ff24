/** A machine with its log: entries are applied one after another, and what it tells is kept. */
import type { MachineObservation } from '../observe.ts';
import type { Operation } from './commands.ts';
import type { DueDeadline, Effects } from './contract.ts';
import { createMachine, machineRules } from './machine.ts';
import type { MachineRules } from './machine.ts';

/** A machine with its log: entries are applied one after another, and what it tells is kept. */
export class Bench {
  readonly machine;
  readonly observed: MachineObservation[] = [];
  readonly late: { session: number; number: number; value: unknown; place: number }[] = [];
  readonly armed = new Map<string, { version: number; ttlUs: number }>();
  index = 0;
  readonly #numbers = new Map<number, number>();
  readonly effects: Effects = {
    arm: (kind, id, version, ttlUs) => void this.armed.set(`${kind} ${id}`, { version, ttlUs }),
    disarm: (kind, id) => void this.armed.delete(`${kind} ${id}`),
    answer: (session, number, value, place) => void this.late.push({ session, number, value, place }),
    observe: (observation) => void this.observed.push(observation),
  };

  constructor(rules: MachineRules = machineRules) {
    this.machine = createMachine(rules);
  }

  open(ttlUs = 30_000_000): number {
    this.index += 1;
    this.machine.apply(this.index, { kind: 'open', client: 9, nonce: 1, ttlUs }, this.effects);
    return this.index;
  }

  ask(session: number, op: Operation, number = (this.#numbers.get(session) ?? 0) + 1): unknown {
    this.#numbers.set(session, Math.max(number, this.#numbers.get(session) ?? 0));
    this.index += 1;
    const command = { kind: 'request', session, number, floor: 0, ranges: [], op };
    return this.machine.apply(this.index, command, this.effects).reply?.value;
  }

  expire(...due: DueDeadline[]): void {
    this.index += 1;
    this.machine.apply(this.index, this.machine.expire(due), this.effects);
  }

  kinds(): string[] {
    return this.observed.map(({ kind }) => kind);
  }
}
