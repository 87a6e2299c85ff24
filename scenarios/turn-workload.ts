/** Clients that take turns under a lock with the client library's own logic (`withLock`): it renews by itself, and starts no work after its deadline. */
import { drawExponential } from '../sim/distributions.ts';
import type { TurnOperation } from './lock-tasks.ts';
import type { ClientPlan, PlannedOperation, Range, Workload } from './scenario.ts';
import { drawRange, operationsMax } from './workload.ts';

/** How turns are spread. */
export interface TurnsOptions {
  /** Locks `l0` …, shared by all clients (default 1–2); lock i guards the key `g<i>`. */
  readonly locks?: Range;
  /** Mean time between turns in ms, exponential (default 200–1,500). */
  readonly thinkMs?: Range;
  /** How long to wait in line, in ms (default 500–8,000). */
  readonly waitMs?: Range;
  /** The lease asked for in ms: one of these; 0: none, it adapts (default 0, 2,000). */
  readonly ttlsMs?: readonly number[];
  /** Pieces of work in a turn (default 1–20) … */
  readonly steps?: Range;
  /** … and the time between two, in ms (default 20–600). */
  readonly stepMs?: Range;
}

/** A workload of turns with `withLock`, in closed loops. */
export function turns(options: TurnsOptions = {}): Workload {
  const { locks = [1, 2], thinkMs = [200, 1_500], waitMs = [500, 8_000], ttlsMs = [0, 2_000] } = options;
  return {
    draw({ client, totalUs, random, common }): ClientPlan {
      const count = drawRange(locks, common);
      const meanUs = drawRange(thinkMs, random) * 1_000;
      const operations: PlannedOperation[] = [];
      const most = operationsMax(totalUs);
      let spentUs = 0;
      while (spentUs < totalUs && operations.length < most) {
        const waitUs = drawExponential(meanUs, random);
        const at = random.below(count);
        const ttlMs = ttlsMs[random.below(ttlsMs.length)] as number;
        const steps = drawRange(options.steps ?? [1, 20], random);
        const stepUs = drawRange(options.stepMs ?? [20, 600], random) * 1_000;
        const op: TurnOperation = {
          f: 'withLock',
          lock: `l${at}`,
          holder: `t${operations.length}`,
          waitUs: drawRange(waitMs, random) * 1_000,
          ...(ttlMs === 0 ? {} : { ttlUs: ttlMs * 1_000 }),
          steps,
          stepUs,
          key: `g${at}`,
          value: client * 1_000_000 + operations.length * 64 + 1,
          again: random.below(4) === 0,
        };
        operations.push({ waitUs, op });
        // A turn that does not get its lock is over sooner.
        spentUs += waitUs;
      }
      return { mode: 'closed', operations };
    },
  };
}
