/**
 * What clients do: operations on the versioned registers, drawn by weight. Written values are distinct within a run, so that a read names
 * the one write it saw.
 */
import { drawExponential } from '../sim/distributions.ts';
import type { Words } from '../sim/distributions.ts';
import type { ClientPlan, PlannedOperation, Range, Workload } from './scenario.ts';
import { LAST_READ } from './last-read.ts';

/** Relative frequencies of the operations: integers ≥ 0. */
export interface Mix {
  readonly put?: number;
  readonly get?: number;
  readonly delete?: number;
  /** Compares with the version that this client last saw of the key. */
  readonly cas?: number;
}

/** How the operations of a mix are spread. */
export interface MixOptions {
  /** Keys `k0` …, shared by all clients (default 1–24). */
  readonly keys?: Range;
  /** Mean time between operations in ms, exponential: after the last one ended (closed loop) or began (open loop). Default 10–200. */
  readonly thinkMs?: Range;
  /** `closed`: one at a time; `open`: whether or not earlier ones have ended; `drawn` (default): one client in three is open. */
  readonly mode?: 'closed' | 'open' | 'drawn';
  /** Operations in a burst of an open loop, about one every two seconds (default 8–160). */
  readonly burst?: Range;
  /** Mean time between operations in µs instead of `thinkMs`, for one that is no whole number of ms. */
  readonly thinkUs?: number;
  /** The first client, then in a closed loop, is an operator too: about so often, between its own operations, it asks for leadership to go to a server drawn at random. */
  readonly transferEveryMs?: Range;
}

/** Mean time between the bursts of an open loop. */
const BURST_EVERY_US = 2_000_000;
/** A client draws no more operations than one a millisecond of the whole run, nor fewer than this … */
const OPERATIONS_FLOOR = 20_000;
/** … and never more than this, so that the plan of a run of hours fits into memory. */
const OPERATIONS_CEILING = 1_000_000;

/** How many operations one client draws at most for a run of this length. */
export function operationsMax(totalUs: number): number {
  return Math.min(OPERATIONS_CEILING, Math.max(OPERATIONS_FLOOR, Math.ceil(totalUs / 1_000)));
}

/**
 * Spreads a workload over the groups of a run: each operation is for one of them, drawn; what is done under a lock, for the group that was asked for the
 * lock. An operation that names a server (`target`) names a voter of its group.
 * @throws RangeError where the system runs no groups
 */
export function acrossGroups(workload: Workload): Workload {
  return {
    draw(context) {
      const { groups, random } = context;
      const { mode, operations } = workload.draw(context);
      if (groups === undefined || groups.length === 0) {
        throw new RangeError('acrossGroups() needs a system that runs several groups: replicaGroups().');
      }
      let at = 0;
      const spread = operations.map((planned) => {
        if (planned.ifHeld === undefined) at = random.below(groups.length);
        const { id, voters } = groups[at] as (typeof groups)[number];
        return { ...planned, op: towards(voters, planned.op), group: id };
      });
      return { mode, operations: spread };
    },
  };
}

function towards(voters: readonly number[], op: unknown): unknown {
  const target = (op as { readonly target?: unknown } | null)?.target;
  if (typeof target !== 'number') return op;
  return { ...(op as object), target: voters[target % voters.length] };
}

/** A number of one's own, or one drawn from a range. */
export function drawRange(range: Range, random: Words): number {
  return typeof range === 'number' ? range : random.between(range[0], range[1]);
}

/**
 * A workload of register operations.
 * @param weights `{ put: 3, get: 5 }`
 * @throws RangeError where no weight is above 0
 */
export function mix(weights: Mix, options: MixOptions = {}): Workload {
  const table = (['put', 'get', 'delete', 'cas'] as const).flatMap((f) => {
    const weight = weights[f] ?? 0;
    return weight > 0 ? [{ f, weight }] : [];
  });
  const total = table.reduce((sum, { weight }) => sum + weight, 0);
  if (total === 0)
    throw new RangeError('mix() needs an operation with a weight above 0: mix({ put: 1, get: 1 }).');
  const {
    keys = [1, 24],
    thinkMs = [10, 200],
    mode = 'drawn',
    burst = [8, 160],
    thinkUs,
    transferEveryMs,
  } = options;

  return {
    draw({ client, clients, servers, totalUs, random, common }): ClientPlan {
      const keyCount = drawRange(keys, common);
      const openOnes = common.below(clients + 1);
      const meanUs = thinkUs ?? drawRange(thinkMs, random) * 1_000;
      const open = mode === 'open' || (mode === 'drawn' && client < openOnes && random.below(2) === 0);
      // An operator waits for one transfer to end before it asks for the next: several would take turns at holding up the writes.
      const isOperator = client === 0 && transferEveryMs !== undefined;
      const operations: PlannedOperation[] = [];
      // One text a key: what looks keys up hashes each once.
      const keyNames = Array.from({ length: keyCount }, (_, i) => `k${i}`);
      const most = operationsMax(totalUs);
      let spentUs = 0;
      let inBurst = 0;
      let transferAtUs = isOperator ? 0 : Infinity;
      let burstAtUs = open ? drawExponential(BURST_EVERY_US, random) : Infinity;
      while (spentUs < totalUs && operations.length < most) {
        let waitUs = drawExponential(meanUs, random);
        if (inBurst > 0) {
          inBurst -= 1;
          waitUs = random.below(200);
        } else if (spentUs >= burstAtUs) {
          inBurst = drawRange(burst, random);
          burstAtUs = spentUs + drawExponential(BURST_EVERY_US, random);
        }
        spentUs += waitUs;
        if (transferEveryMs !== undefined && spentUs >= transferAtUs) {
          transferAtUs = spentUs + drawRange(transferEveryMs, random) * 1_000;
          operations.push({ waitUs, op: { f: 'transfer', target: random.below(servers) } });
          continue;
        }
        const key = keyNames[random.below(keyCount)] as string;
        const value = client * 1_000_000 + operations.length + 1;
        operations.push({ waitUs, op: operationOf(random.below(total), key, value) });
      }
      return { mode: open && !isOperator ? 'open' : 'closed', operations };
    },
  };

  function operationOf(at: number, key: string, value: number): unknown {
    let rest = at;
    for (const { f, weight } of table) {
      rest -= weight;
      if (rest >= 0) continue;
      if (f === 'put') return { f, key, value };
      if (f === 'cas') return { f, key, version: LAST_READ, value };
      return { f, key };
    }
    throw new Error(`no operation at ${at} of ${total}`);
  }
}

/** Each client gets one of the workloads, in turn: `inTurn(lockTurns(), rounds())`. */
export function inTurn(...workloads: readonly Workload[]): Workload {
  return {
    draw(context) {
      const own = workloads[context.client % workloads.length];
      if (own === undefined) throw new RangeError('inTurn() needs a workload.');
      return own.draw(context);
    },
  };
}
