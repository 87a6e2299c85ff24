import { Deadlines } from '../../core/machine/deadlines.ts';
import type { DeadlineId, DeadlineKind, DueDeadline } from '../../core/machine/contract.ts';
import type { PlantedBug } from './bug.ts';

/** Deadlines that a new leader counts from its election. */
class RestartedDeadlines extends Deadlines {
  private term = 0;
  private readonly lengths = new Map<
    string,
    readonly [DeadlineKind, DeadlineId, version: number, ttlUs: number]
  >();

  override arm(kind: DeadlineKind, id: DeadlineId, version: number, ttlUs: number): void {
    super.arm(kind, id, version, ttlUs);
    this.lengths.set(`${kind} ${id}`, [kind, id, version, ttlUs]);
  }

  override disarm(kind: DeadlineKind, id: DeadlineId): void {
    super.disarm(kind, id);
    this.lengths.delete(`${kind} ${id}`);
  }

  override due(nowUs: number, term: number, max: number): readonly DueDeadline[] {
    if (term !== this.term) {
      this.term = term;
      this.nowUs = nowUs;
      for (const [kind, id, version, ttlUs] of [...this.lengths.values()]) {
        super.disarm(kind, id);
        super.arm(kind, id, version, ttlUs);
      }
    }
    return super.due(nowUs, term, max);
  }
}

/** With elections more often than leases are long, a dead holder keeps its lock for ever. */
export const leaseRestartsOnElection: PlantedBug = {
  id: 'lease-restarts-on-election',
  mistake: 'A new leader counts every lease from its own election, in full.',
  source: 'etcd#9395',
  breaks: ['lease-not-late'],
  scenarios: ['lease-failover', 'lock-storm'],
  parts: { options: { deadlines: (rhoPpm) => new RestartedDeadlines(rhoPpm) } },
};
