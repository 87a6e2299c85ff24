/**
 * What clients do with registers that keep concurrent values: they read, write with the context that they last saw or with none, write with an old one, compare and set,
 * delete, and resolve what is in conflict.
 */
import { drawExponential } from '../sim/distributions.ts';
import { LAST_CONTEXT } from './last-read.ts';
import type { ClientPlan, PlannedOperation, Range, Workload } from './scenario.ts';
import { drawRange, operationsMax } from './workload.ts';

/** How writes are spread. */
export interface ConflictsOptions {
  /** Prefixes of the keys, one drawn for each operation (default that of each strategy). */
  readonly prefixes?: readonly string[];
  /** Keys of each prefix (default 1–2). */
  readonly keys?: Range;
  /** Mean time between the operations of a client in ms, exponential (default 10–200). */
  readonly thinkMs?: Range;
}

/** A workload of writes in conflict, in closed loops. */
export function conflicts(options: ConflictsOptions = {}): Workload {
  const {
    prefixes = ['lww:', 'max:', 'union:', 'app:', 'reject:'],
    keys = [1, 2],
    thinkMs = [10, 200],
  } = options;
  return {
    draw({ client, totalUs, random, common }): ClientPlan {
      const count = drawRange(keys, common);
      const meanUs = drawRange(thinkMs, random) * 1_000;
      const operations: PlannedOperation[] = [];
      const most = operationsMax(totalUs);
      let spentUs = 0;
      while (spentUs < totalUs && operations.length < most) {
        const waitUs = drawExponential(meanUs, random);
        spentUs += waitUs;
        const prefix = prefixes[random.below(prefixes.length)] as string;
        const key = `${prefix}${random.below(count)}`;
        const number = client * 1_000_000 + operations.length + 1;
        const value = prefix === 'union:' ? `w${random.below(12)}` : number;
        operations.push({ waitUs, op: operationOf(random.below(10), key, `c${client}`, value) });
      }
      return { mode: 'closed', operations };
    },
  };
}

function operationOf(at: number, key: string, actor: string, value: number | string): object {
  if (at < 3) return { f: 'getSiblings', key };
  if (at < 6) return { f: 'putSiblings', key, actor, value, context: LAST_CONTEXT };
  if (at < 8) return { f: 'putSiblings', key, actor, value };
  if (at < 9) return { f: 'casSiblings', key, actor, value, context: LAST_CONTEXT };
  return { f: 'deleteSiblings', key, actor, context: LAST_CONTEXT };
}
