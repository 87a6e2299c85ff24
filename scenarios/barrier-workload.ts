/**
 * What clients do with barriers: they take part, arrive generation after generation, come late, leave and come back, reset what is broken, and at times all that is
 * wrong: a generation of yesterday or tomorrow, a barrier that is none.
 */
import { drawExponential } from '../sim/distributions.ts';
import type { Words } from '../sim/distributions.ts';
import { LAST_CREATION, LAST_GENERATION } from './last-read.ts';
import type { ClientPlan, PlannedOperation, Range, Workload } from './scenario.ts';
import { drawRange, operationsMax } from './workload.ts';

/** Which barriers there are: `full`, `partial` (three quarters), `timed` (full, with a deadline), `cascade` (a tree three deep, timed at its root). */
export type BarrierKind = 'full' | 'partial' | 'timed' | 'cascade';

/** How rounds are spread; chances in percent. */
export interface RoundsOptions {
  /** One of these is drawn for a run (default all). */
  readonly kinds?: readonly BarrierKind[];
  /** Mean time between the operations of a client in ms, exponential (default 20–300). */
  readonly thinkMs?: Range;
  /** How long a timed generation takes at most, in ms (default 500–3,000). */
  readonly timeoutMs?: Range;
  /** Leaves and comes back after a round (default 10). */
  readonly leaveChance?: number;
  /** Resets instead of arriving (default 10). */
  readonly resetChance?: number;
  /** Arrives for the generation before, or after (default 5). */
  readonly strangeChance?: number;
  /** Closes its session (default 2). */
  readonly closeChance?: number;
  /** Goes away for long before it arrives: long enough for a deadline (default 10). */
  readonly lateChance?: number;
}

interface Planned {
  readonly barrier: string;
  readonly create: object;
}

function barriersOf(kind: BarrierKind, timeoutUs: number): readonly Planned[] {
  const make = (barrier: string, more: object): Planned => ({
    barrier,
    create: { f: 'createBarrier', barrier, ...more },
  });
  switch (kind) {
    case 'full':
      return [make('b', { minParticipants: 2 })];
    case 'partial':
      return [make('b', { numerator: 3, denominator: 4, minParticipants: 2 })];
    case 'timed':
      return [make('b', { minParticipants: 2, timeoutUs })];
    case 'cascade':
      return [
        make('root', { timeoutUs }),
        make('middle', { parent: 'root' }),
        make('leaf', { parent: 'middle', numerator: 1, denominator: 2 }),
      ];
  }
}

/** A workload of rounds at barriers, in closed loops. */
export function rounds(options: RoundsOptions = {}): Workload {
  return {
    draw({ client, totalUs, random, common }): ClientPlan {
      const kinds = options.kinds ?? (['full', 'partial', 'timed', 'cascade'] as const);
      const kind = kinds[common.below(kinds.length)] as BarrierKind;
      const timeoutUs = drawRange(options.timeoutMs ?? [500, 3_000], common) * 1_000;
      const barriers = barriersOf(kind, timeoutUs);
      const meanUs = drawRange(options.thinkMs ?? [20, 300], random) * 1_000;
      const own = barriers[client % barriers.length] as Planned;
      const operations: PlannedOperation[] = [];
      const most = operationsMax(totalUs);
      let spentUs = 0;
      const add = (op: object, extraUs = 0): void => {
        const waitUs = drawExponential(meanUs, random) + extraUs;
        spentUs += waitUs;
        operations.push({ waitUs, op });
      };
      const enter = (): void => {
        for (const { create } of barriers) add(create);
        add({ f: 'register', barrier: own.barrier, creation: LAST_CREATION, participant: `p${client}` });
      };
      enter();
      while (spentUs < totalUs && operations.length < most) {
        drawRound(options, own.barrier, `p${client}`, timeoutUs, random, add, enter);
      }
      return { mode: 'closed', operations };
    },
  };
}

function drawRound(
  options: RoundsOptions,
  barrier: string,
  participant: string,
  timeoutUs: number,
  random: Words,
  add: (op: object, extraUs?: number) => void,
  enter: () => void,
): void {
  const chance = (percent: number | undefined, usual: number): boolean =>
    random.below(100) < (percent ?? usual);
  const of = { barrier, creation: LAST_CREATION };
  const late = chance(options.lateChance, 10) ? random.between(1, 2) * timeoutUs : 0;
  const arrive = { f: 'arrive', ...of, participant };
  if (chance(options.resetChance, 10)) add({ f: 'reset', ...of, generation: LAST_GENERATION });
  if (chance(options.strangeChance, 5)) {
    add({ ...arrive, generation: random.below(6) });
    add({ f: 'arrive', barrier: 'none', creation: 1, participant, generation: 1 });
  }
  add({ ...arrive, generation: LAST_GENERATION }, late);
  if (chance(options.leaveChance, 10)) {
    add({ f: 'deregister', ...of, participant });
    enter();
  } else if (random.below(3) === 0) {
    // Where it was reset, or the session had gone, it has to take part again.
    add({ f: 'register', ...of, participant });
  }
  if (chance(options.closeChance, 2)) {
    add({ f: 'close' });
    enter();
  }
  if (random.below(12) === 0) add({ f: 'destroyBarrier', ...of });
}
