import { Replica } from '../../core/replica.ts';
import type { PlantedBug } from './bug.ts';

/**
 * A failed fsync is taken for one that is done, or asked again until it succeeds, which comes to the same: the pages are clean by then, and were never written. What
 * was acknowledged is gone with the next power cut.
 */
export const fsyncErrorIgnored: PlantedBug = {
  id: 'fsync-error-ignored',
  mistake: 'After an fsync that failed the replica goes on as if it had succeeded.',
  source: 'PostgreSQL, "fsyncgate" 2018; Rebello and others, ATC 2020',
  breaks: ['committed-durable', 'vote-once', 'election-safety', 'monotonic'],
  scenarios: ['fsync-errors'],
  parts: {
    make(ports, options) {
      const replica = new Replica(ports, options);
      const synced = replica.synced.bind(replica);
      replica.synced = (token) => synced(token, null);
      return replica;
    },
  },
};
