/**
 * The deadlines of one replica, in one boot: volatile, and outside the machine's state, because they rest on this replica's clock.
 *
 * Every replica arms a deadline when it *applies* what grants or renews: applying is never before sending, so TTL · (1 + ρ) on a
 * clock that drifts by at most ρ is never too early for the client. A restart arms in full. Only a leader proposes expiry, at each heartbeat,
 * and a proposal names the version that was armed: where a renewal was applied first, it does nothing.
 */
import type { DeadlineId, DeadlineKind, DeadlineSink, DueDeadline } from './contract.ts';

interface Armed {
  readonly kind: DeadlineKind;
  readonly id: DeadlineId;
  version: number;
  atUs: number;
  /** The term in which this version's expiry was proposed, 0 for none: not twice in a term. */
  proposedInTerm: number;
}

/** In this order where two come at the same time: an end of a session makes room before a wait is looked at. */
const kinds: readonly DeadlineKind[] = ['session', 'lease', 'wait', 'barrier'];
const never = Number.MAX_SAFE_INTEGER;
const nothingDue: readonly DueDeadline[] = [];

/** The deadlines that a replica has armed. */
export class Deadlines implements DeadlineSink {
  /** Local monotonic time at which entries are being applied; the replica sets it before it applies. */
  nowUs = 0;

  private readonly rhoPpm: number;
  private readonly armed = {
    session: new Map<DeadlineId, Armed>(),
    lease: new Map<DeadlineId, Armed>(),
    wait: new Map<DeadlineId, Armed>(),
    barrier: new Map<DeadlineId, Armed>(),
  };
  /** Not after the earliest deadline: renewals only move deadlines later, so it is looked for again only when it has passed. */
  private notBeforeUs = never;

  /** @param rhoPpm bound of the clocks' drift, in parts per million. */
  constructor(rhoPpm: number) {
    this.rhoPpm = rhoPpm;
  }

  /** How many deadlines are armed. */
  get size(): number {
    const { session, lease, wait, barrier } = this.armed;
    return session.size + lease.size + wait.size + barrier.size;
  }

  /** Arms `ttlUs` · (1 + ρ) from `nowUs` on, rounded up; nothing where this version is armed already. */
  arm(kind: DeadlineKind, id: DeadlineId, version: number, ttlUs: number): void {
    const armed = this.armed[kind].get(id);
    if (armed !== undefined && armed.version === version) return;
    const atUs = this.nowUs + ttlUs + Math.ceil((ttlUs * this.rhoPpm) / 1_000_000);
    if (atUs < this.notBeforeUs) this.notBeforeUs = atUs;
    if (armed === undefined) {
      this.armed[kind].set(id, { kind, id, version, atUs, proposedInTerm: 0 });
      return;
    }
    armed.version = version;
    armed.atUs = atUs;
    armed.proposedInTerm = 0;
  }

  /** Forgets the deadline; nothing where none is armed. */
  disarm(kind: DeadlineKind, id: DeadlineId): void {
    this.armed[kind].delete(id);
  }

  /** A time before which nothing is due: the earliest deadline or somewhat earlier; `Number.MAX_SAFE_INTEGER` where none is armed. */
  nextAtUs(): number {
    return this.size === 0 ? never : this.notBeforeUs;
  }

  /**
   * The due versions that this leader has not proposed in `term` yet, earliest first, then by version; they count as proposed from
   * here on. A new term starts afresh: what an earlier leader proposed may be lost.
   * @param max how many at most; the rest comes with the next call.
   */
  due(nowUs: number, term: number, max: number): readonly DueDeadline[] {
    if (nowUs < this.notBeforeUs || this.size === 0) return nothingDue;
    const found: Armed[] = [];
    let earliest = never;
    for (const kind of kinds) {
      for (const armed of this.armed[kind].values()) {
        if (armed.atUs < earliest) earliest = armed.atUs;
        if (armed.atUs <= nowUs && armed.proposedInTerm !== term) found.push(armed);
      }
    }
    this.notBeforeUs = earliest;
    if (found.length === 0) return nothingDue;
    // By kind, and within one in the order in which they were armed first: the same at every run.
    found.sort((a, b) => a.atUs - b.atUs || a.version - b.version);
    if (found.length > max) found.length = max;
    return found.map((armed) => {
      armed.proposedInTerm = term;
      return { kind: armed.kind, id: armed.id, version: armed.version };
    });
  }
}
