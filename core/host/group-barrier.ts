/** A barrier as promises: who takes part, and arrives generation after generation. */
import type { ClientOperation } from '../client.ts';
import type { BarrierSpec } from '../machine/barriers/operations.ts';

/** What a barrier is to be. */
export interface BarrierOptions extends Omit<BarrierSpec, 'timeoutUs'> {
  /** How long after its first arrival a generation breaks, in ms; left out: never. */
  readonly timeoutMs?: number;
}

/** How a generation ended for who arrived. */
export type ArrivalOutcome = 'tripped' | 'broken' | 'left';

/** One barrier of a group, as one client sees it. */
export class GroupBarrier {
  readonly name: string;
  /** The log index at which it was created: another barrier of the name is another barrier. */
  readonly creation: number;
  /** The generation that is arrived in next. */
  generation: number;
  readonly #ask: (operation: ClientOperation) => Promise<unknown>;

  constructor(
    name: string,
    creation: number,
    generation: number,
    ask: (operation: ClientOperation) => Promise<unknown>,
  ) {
    this.name = name;
    this.creation = creation;
    this.generation = generation;
    this.#ask = ask;
  }

  #of(): { readonly barrier: string; readonly creation: number } {
    return { barrier: this.name, creation: this.creation };
  }

  /** Takes part from now on. @throws OperationError */
  async register(participant: string): Promise<void> {
    const answer = await this.#ask({ f: 'register', ...this.#of(), participant });
    this.generation = (answer as { generation: number }).generation;
  }

  /** Takes part no more; whoever waits under this name hears `left`. @throws OperationError */
  async deregister(participant: string): Promise<void> {
    await this.#ask({ f: 'deregister', ...this.#of(), participant });
  }

  /**
   * Arrives, and waits until the generation has ended.
   * @param waitMs how long to try (10 min); nobody knows what comes of it after that
   * @throws OperationError
   */
  async arrive(participant: string, waitMs = 600_000): Promise<ArrivalOutcome> {
    const { generation } = this;
    const asked = { f: 'arrive', ...this.#of(), participant, generation, waitUs: waitMs * 1_000 } as const;
    const { outcome } = (await this.#ask(asked)) as { outcome: ArrivalOutcome };
    if (outcome === 'tripped' && this.generation === generation) this.generation += 1;
    return outcome;
  }

  /** Ends the generation that this client is at, broken or not; nothing where others did. @returns the one that is current @throws OperationError */
  async reset(): Promise<number> {
    const answer = await this.#ask({ f: 'reset', ...this.#of(), generation: this.generation });
    this.generation = (answer as { generation: number }).generation;
    return this.generation;
  }
}
