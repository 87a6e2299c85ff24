/** Counts operations by how they ended, from events as they come: in memory that does not grow with them. */
import type { HistoryEvent } from '../../properties/formats/history-event.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { nameOfOperation, namesMax } from './judge-operations.ts';
import type { OperationCounts } from './judge-operations.ts';

/** Processes that are told apart; of more, it is told that there are more. */
const processesMax = 1_000_000;

export class OperationTally {
  readonly #ended = { ok: 0, fail: 0, info: 0 };
  readonly #processes = new Set<number>();
  readonly #names = new Set<string>();
  /** Open ones of other kinds. */
  readonly #foreign = new Set<number>();
  #total = 0;
  #notJudged = 0;
  #isKnown = false;

  get total(): number {
    return this.#total;
  }

  /** @param model `null`: not known yet; see `recount` */
  take(event: HistoryEvent, model: AnyModel | null): void {
    if (event.type === 'operation') {
      this.#total += 1;
      return;
    }
    if (event.type === 'invoke') {
      this.#total += 1;
      if (this.#processes.size < processesMax) this.#processes.add(event.process);
      if (this.#names.size < namesMax) this.#names.add(nameOfOperation(event.op));
    } else this.#ended[event.type] += 1;
    if (model !== null) this.#judge(event, model);
  }

  /** What came before the model was known. */
  recount(events: readonly HistoryEvent[], model: AnyModel): void {
    for (const event of events) this.#judge(event, model);
  }

  counts(): OperationCounts {
    const { ok, fail } = this.#ended;
    return {
      ...{ total: this.#total, ok, failed: fail, unknown: this.#total - ok - fail },
      ...{ processes: this.#processes.size, notJudged: this.#notJudged },
      ...{ isKnown: this.#isKnown, names: [...this.#names] },
    };
  }

  #judge(event: HistoryEvent, model: AnyModel): void {
    if (event.type === 'operation') return;
    if (event.type === 'invoke') {
      if (model.handles?.(event.op) !== false) {
        this.#isKnown = true;
        return;
      }
      this.#foreign.add(event.id);
      this.#notJudged += 1;
    } else if (this.#foreign.delete(event.id) && event.type === 'fail') this.#notJudged -= 1;
  }
}
