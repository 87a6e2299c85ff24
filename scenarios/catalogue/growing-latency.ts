import type { Nemesis } from '../../sim/faults.ts';
import { slow } from '../../sim/nemesis/links.ts';
import { hosts } from '../../sim/targets.ts';
import { scenario } from '../define.ts';
import type { TurnOperation } from '../lock-tasks.ts';
import { replica } from '../replica-system.ts';
import type { Workload } from '../scenario.ts';
import { lockSafety } from './standards.ts';

/** One turn that lasts as long as the run: the first client's lease adapts, the second one's is 2 s, whatever comes. */
const longTurns: Workload = {
  draw({ client, totalUs }) {
    const stepUs = 200_000;
    const op: TurnOperation = {
      ...{ f: 'withLock', lock: client === 0 ? 'adaptive' : 'fixed', holder: 'h', waitUs: 0 },
      ...(client === 0 ? {} : { ttlUs: 2_000_000 }),
      ...{ steps: Math.floor(totalUs / stepUs), stepUs, key: `g${client}`, value: client * 1_000_000 + 1 },
    };
    return { mode: 'closed', operations: [{ waitUs: 0, op }] };
  },
};

const STEPS = 40;

/**
 * The links of both clients slow down, tenfold over 60 s: a round trip takes a tenth of a second at first, and about a second in the end; 20 s later they are as they were.
 * Each step is drawn within a half and one and a half of its share.
 */
const growing: Nemesis = {
  faults: [slow],
  drawEpisodes({ servers, random }) {
    const target = hosts(servers, servers + 1);
    const draft = (atMs: number, untilMs: number, amount: number) => ({
      ...{ fault: slow.id, when: { atUs: atMs * 1_000 }, durationUs: (untilMs - atMs) * 1_000 },
      ...{ target, args: { amount } },
    });
    const share = 450_000 / STEPS;
    return [
      draft(0, 250_000, 50_000),
      ...Array.from({ length: STEPS }, (_, i) =>
        draft(5_000 + (i * 60_000) / STEPS, 85_000, random.between(share / 2, (share * 3) / 2)),
      ),
    ];
  },
};

/** A lease of 2 s is lost when round trips grow to a second; one that adapts to them is not, and shrinks again afterwards. */
export default scenario({
  name: 'growing-latency',
  summary:
    'Round trips grow tenfold: a fixed lease of 2 s is lost, one that adapts is held, and shrinks again.',
  nodes: 3,
  clients: 2,
  durationMs: 250_000,
  process: replica({ sessionTtlMs: 60_000 }),
  workload: longTurns,
  faults: [growing],
  properties: lockSafety.filter(({ id }) => id !== 'progress'),
  reach: ['work-started', 'fixed-lease-lost', 'adaptive-lease-grew', 'adaptive-lease-shrank'],
});
