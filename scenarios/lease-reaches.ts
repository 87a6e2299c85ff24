/** What becomes of the two leases of growing-latency. */
import type { ObservationOf } from '../core/observe.ts';
import type { Reach } from './scenario.ts';

const usualUs = 2_000_000;

function adaptive(hit: (lengths: { longest: number; now: number }) => void) {
  const lengths = { longest: 0, now: 0 };
  return {
    on: {
      lockRenewed(o: ObservationOf<'lockRenewed'>) {
        if (o.lock !== 'adaptive') return;
        lengths.now = o.ttlUs;
        // The first version lasts 10 s, before anything is known of round trips.
        lengths.longest = Math.max(lengths.longest, lengths.now);
        hit(lengths);
      },
    },
  };
}

/** What becomes of the two leases of growing-latency. */
export const leaseReaches: readonly Reach[] = [
  {
    name: 'fixed-lease-lost',
    sentence: 'A lease of fixed length was lost though its client renewed it.',
    watch: (hit) => ({
      on: {
        lockFreed(o: ObservationOf<'lockFreed'>) {
          if (o.lock === 'fixed' && o.reason !== 'released') hit();
        },
      },
    }),
  },
  {
    name: 'adaptive-lease-lost',
    sentence: 'A lease that adapts was lost though its client renewed it.',
    watch: (hit) => ({
      on: {
        lockFreed(o: ObservationOf<'lockFreed'>) {
          if (o.lock === 'adaptive' && o.reason !== 'released') hit();
        },
      },
    }),
  },
  {
    name: 'adaptive-lease-grew',
    sentence: 'A lease that adapts became longer than 10 s.',
    watch: (hit) =>
      adaptive(({ now }) => {
        if (now > 5 * usualUs) hit();
      }),
  },
  {
    name: 'adaptive-lease-shrank',
    sentence: 'A lease that adapts became less than half as long as it had been.',
    watch: (hit) =>
      adaptive(({ longest, now }) => {
        if (longest > 5 * usualUs && now < longest / 2) hit();
      }),
  },
];
