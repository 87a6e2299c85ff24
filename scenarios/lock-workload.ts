/**
 * What clients do with locks: turns of acquire, work under the token, release; and all that goes wrong in practice. Some wait in line and some do not,
 * some acquire again what they hold, some never release, some write with a token of yesterday, some ask for what is not theirs.
 */
import { drawExponential } from '../sim/distributions.ts';
import type { Words } from '../sim/distributions.ts';
import { LAST_TOKEN } from './last-read.ts';
import type { ClientPlan, PlannedOperation, Range, Workload } from './scenario.ts';
import { drawRange, operationsMax } from './workload.ts';

/** How turns are spread; chances in percent. */
export interface LockTurnsOptions {
  /** Locks `l0` …, shared by all clients (default 1–3); lock i guards the key `g<i>`. */
  readonly locks?: Range;
  /** Mean time between the operations of a client in ms, exponential (default 20–300). */
  readonly thinkMs?: Range;
  /** How long to wait in line, in ms: one of these (default 0, 500, 3,000, 8,000). */
  readonly waitsMs?: readonly number[];
  /** Leases asked for in ms: one of these; 0: none, the lease adapts (default 0, 2,000, 4,000). */
  readonly ttlsMs?: readonly number[];
  /** Guarded writes in a turn (default 0–3), each with a renewal before it in `renewChance` (default 30). */
  readonly writes?: Range;
  readonly renewChance?: number;
  /** Acquires once more what it holds (default 15). */
  readonly reenterChance?: number;
  /** Never releases (default 8). */
  readonly forgetChance?: number;
  /** Writes with the token after the release (default 20). */
  readonly staleChance?: number;
  /** Closes its session after the turn (default 3). */
  readonly closeChance?: number;
  /** Asks for what is not its own: a release with another's name or an older token, a lease of no length (default 5). */
  readonly strangeChance?: number;
  /** What the locks guard is a resource outside the group: writes go there, and the first client is that resource. */
  readonly outside?: boolean;
}

function oneOf<T>(values: readonly T[], random: Words): T {
  return values[random.below(values.length)] as T;
}

/** A workload of turns with locks, in closed loops. */
export function lockTurns(options: LockTurnsOptions = {}): Workload {
  return {
    draw({ client, totalUs, random, common }): ClientPlan {
      if (options.outside === true && client === 0) return { mode: 'closed', operations: [] };
      const locks = drawRange(options.locks ?? [1, 3], common);
      const meanUs = drawRange(options.thinkMs ?? [20, 300], random) * 1_000;
      const operations: PlannedOperation[] = [];
      const most = operationsMax(totalUs);
      let spentUs = 0;
      const add = (op: object, ifHeld?: string): void => {
        const waitUs = drawExponential(meanUs, random);
        // What is left out where the lock is not had takes no time.
        if (ifHeld === undefined) spentUs += waitUs;
        operations.push(ifHeld === undefined ? { waitUs, op } : { waitUs, op, ifHeld });
      };
      while (spentUs < totalUs && operations.length < most) {
        const at = random.below(locks);
        const value = client * 1_000_000 + operations.length + 1;
        drawTurn(
          options,
          { lock: `l${at}`, key: `g${at}`, holder: `h${random.below(2)}`, value },
          random,
          add,
        );
      }
      return { mode: 'closed', operations };
    },
  };
}

interface Turn {
  readonly lock: string;
  readonly key: string;
  readonly holder: string;
  /** The first of the turn's values, which are its own. */
  readonly value: number;
}

type Add = (op: object, ifHeld?: string) => void;

function drawTurn(options: LockTurnsOptions, turn: Turn, random: Words, add: Add): void {
  const { lock, key, holder } = turn;
  const chance = (percent: number | undefined, usual: number): boolean =>
    random.below(100) < (percent ?? usual);
  const ttlMs = oneOf(options.ttlsMs ?? [0, 2_000, 4_000], random);
  const waitUs = oneOf(options.waitsMs ?? [0, 500, 3_000, 8_000], random) * 1_000;
  const acquire = { f: 'acquire', lock, holder, waitUs, ...(ttlMs === 0 ? {} : { ttlUs: ttlMs * 1_000 }) };
  const held = { lock, token: LAST_TOKEN };
  if (chance(options.strangeChance, 5)) add(strange(random.below(4), turn));
  add(acquire);
  const twice = chance(options.reenterChance, 15);
  if (twice) add(acquire, lock);
  let { value } = turn;
  for (let left = drawRange(options.writes ?? [0, 3], random); left > 0; left -= 1) {
    if (chance(options.renewChance, 30)) add({ f: 'renew', ...held, holder, roundTripUs: 0 }, lock);
    if (options.outside === true) add({ f: 'store', ...held, value }, lock);
    else if (random.below(4) === 0) add({ f: 'get', key, guard: held }, lock);
    else add({ f: 'put', key, value, guard: held }, lock);
    value += 1;
  }
  if (!chance(options.forgetChance, 8)) {
    if (twice) add({ f: 'release', ...held, holder }, lock);
    add({ f: 'release', ...held, holder }, lock);
  }
  if (chance(options.staleChance, 20)) {
    add(options.outside === true ? { f: 'store', ...held, value } : { f: 'put', key, value, guard: held });
  }
  if (random.below(3) === 0) add({ f: 'get', key });
  if (chance(options.closeChance, 3)) add({ f: 'close' });
}

function strange(kind: number, { lock, key, holder, value }: Turn): object {
  switch (kind) {
    case 0:
      return { f: 'release', lock, holder: `${holder}-not`, token: LAST_TOKEN };
    case 1:
      return { f: 'renew', lock, holder, token: 1, roundTripUs: 0 };
    case 2:
      return { f: 'acquire', lock, holder, waitUs: 0, ttlUs: 1 };
    default:
      return {
        f: 'put',
        key,
        value: value + 500_000,
        guard: { lock: 'nobody-holds-this', token: LAST_TOKEN },
      };
  }
}
