/**
 * Leases end neither early nor late.
 *
 * *Early*: every replica arms a version's deadline when it applies the entry that made it, in full and with the drift allowance, so no expiry of that version
 * may be applied within its length of the first moment at which anybody had applied that entry. That is a little stricter than what a holder relies on,
 * who counts from its first sending.
 *
 * *Late*: a leader proposes every expiry that is due with its next heartbeat, so once it has led with a committed entry of its own for long enough, and has
 * had the version armed for its length, nothing that it appends may find that version standing. With L the leader, armed at L, the bound is
 * max(armed + TTL · (1 + ρ) / (1 − ρ), start of L's unpaused lead) + heartbeat / (1 − ρ). A dead holder's lock is judged by every entry that follows.
 */
import type { Envelope } from '../../core/observe.ts';
import { float64With, int32With } from '../growing-table.ts';
import type { Evidence, Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

/** How often a leader looks for what is due, on its own clock. */
const heartbeatUs = 50_000;

/** A version of a lease, as first reported. */
interface Lease {
  readonly token: number;
  readonly version: number;
  readonly ttlUs: number;
  readonly at: number;
  readonly node: number;
}

function evidenceOf(lock: string, { at, node, version, ttlUs, token }: Lease): Evidence {
  return { at, node, text: `lease of ${lock}, token ${token}: version ${version}, ${ttlUs} us` };
}

/** No lease ends within its length. */
export const leaseNotEarly: Property = {
  id: 'lease-not-early',
  sentence:
    'The lease of a lock does not expire before its length has passed since it was granted or renewed.',
  assumes: ['drift<=rho', 'damage<=f'],
  needs: 'virtual-time',
  watch(context) {
    const order = new LogOrder();
    const leases = new Map<string, Lease>();
    const note = (
      o: { readonly index: number; readonly lock: string; readonly token: number; readonly ttlUs: number },
      e: Envelope,
    ): void => {
      if (!order.isFirst(o.index, e)) return;
      leases.set(o.lock, { token: o.token, version: o.index, ttlUs: o.ttlUs, at: e.at, node: e.node });
    };
    return {
      on: {
        lockGranted: (o, e) => note(o, e),
        lockRenewed: (o, e) => note(o, e),
        lockFreed(o, e) {
          if (!order.isFirst(o.index, e)) return;
          const lease = leases.get(o.lock);
          leases.delete(o.lock);
          if (o.reason !== 'expired' || lease === undefined || e.at >= lease.at + lease.ttlUs) return;
          context.fail(
            `The lease of lock ${o.lock} (token ${lease.token}, version ${lease.version}, ${lease.ttlUs} us) had expired at index ${o.index}, ${e.at - lease.at} us after it began.`,
            [evidenceOf(o.lock, lease), { at: e.at, node: e.node, text: `${o.lock} expired at ${o.index}` }],
          );
        },
      },
    };
  },
};

/** What a client tells when it starts work under a lock. */
type WorkStarted = { kind: string; lock: string; token: number };

/** No work starts after its holder's deadline: when it starts, its holding stands. */
export const workUnderLease: Property = {
  id: 'work-under-lease',
  sentence: 'A client that renews its lock starts work only while its holding stands.',
  assumes: ['drift<=rho', 'damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const alive = new Map<string, number>();
    const ended = new Map<string, { readonly token: number; readonly evidence: Evidence }>();
    return {
      on: {
        lockGranted(o, e) {
          if (order.isFirst(o.index, e)) alive.set(o.lock, o.token);
        },
        lockFreed(o, e) {
          if (!order.isFirst(o.index, e)) return;
          alive.delete(o.lock);
          const evidence = {
            at: e.at,
            node: e.node,
            text: `${o.lock}, token ${o.token}: ${o.reason} at ${o.index}`,
          };
          ended.set(o.lock, { token: o.token, evidence });
        },
        workStarted(o: WorkStarted, e) {
          if (alive.get(o.lock) === o.token) return;
          const end = ended.get(o.lock);
          const started = { at: e.at, node: e.node, text: `started work under ${o.lock}, token ${o.token}` };
          context.fail(
            `A client started work under lock ${o.lock} with token ${o.token}, though that holding had ended.`,
            end?.token === o.token ? [end.evidence, started] : [started],
          );
        },
      },
    };
  },
};

/** What is known of a replica in its present boot. */
interface Replica {
  boot: number;
  /** By lock: the version armed there, and when. */
  readonly armed: Map<string, { readonly version: number; readonly at: number }>;
  /** Of the term that it leads; 0: none. */
  leads: number;
  /** Since when it leads without a pause and may propose; Infinity: it may not. */
  readyAt: number;
  /** It is handing its leadership over, and proposes nothing. */
  transferring: boolean;
}

/** No lease outlives its length at a leader that can propose its end. */
export const leaseNotLate: Property = {
  id: 'lease-not-late',
  sentence:
    'A leader that has had a lease armed for its length proposes its end with the next heartbeat, so that a dead holder’s lock comes free.',
  assumes: ['drift<=rho', 'damage<=f'],
  needs: 'virtual-time',
  watch(context) {
    const order = new LogOrder();
    const replicas = new Map<number, Replica>();
    const leases = new Map<string, Lease>();
    /** By index: when its leader appended it, and who that was. */
    let appendedAt = new Float64Array(1024);
    let appendedBy = new Int32Array(1024);
    let appendedBoot = new Int32Array(1024);
    /** Before this no bound can have passed: the next one in any case. */
    let notBefore = Infinity;
    const drift = context.rhoPpm / 1_000_000;
    const lookUs = heartbeatUs / (1 - drift);
    const replicaOf = (e: Envelope): Replica => {
      let found = replicas.get(e.node);
      if (found === undefined || found.boot !== e.boot) {
        found = { boot: e.boot, armed: new Map(), leads: 0, readyAt: Infinity, transferring: false };
        replicas.set(e.node, found);
      }
      return found;
    };
    const note = (
      o: { readonly index: number; readonly lock: string; readonly token: number; readonly ttlUs: number },
      e: Envelope,
    ): void => {
      replicaOf(e).armed.set(o.lock, { version: o.index, at: e.at });
      if (!order.isFirst(o.index, e)) return;
      leases.set(o.lock, { token: o.token, version: o.index, ttlUs: o.ttlUs, at: e.at, node: e.node });
      notBefore = Math.min(notBefore, e.at + o.ttlUs);
    };
    const boundOf = (lock: string, lease: Lease, leader: Replica): number => {
      const armed = leader.armed.get(lock);
      if (armed === undefined || armed.version !== lease.version) return Infinity;
      const endsAt = armed.at + (lease.ttlUs * (1 + drift)) / (1 - drift);
      return Math.max(endsAt, leader.readyAt) + lookUs;
    };
    return {
      on: {
        lockGranted: (o, e) => note(o, e),
        lockRenewed: (o, e) => note(o, e),
        lockFreed(o, e) {
          if (order.isFirst(o.index, e)) leases.delete(o.lock);
        },
        snapshotRestored(o, e) {
          const { armed } = replicaOf(e);
          // What it had armed stays; other versions that the snapshot holds are armed from now on. A later one comes with its entry, or with another snapshot.
          for (const [lock, { version }] of leases) {
            if (version > o.index || armed.get(lock)?.version === version) continue;
            armed.set(lock, { version, at: e.at });
          }
        },
        leaderElected(o, e) {
          const replica = replicaOf(e);
          replica.leads = o.term;
          replica.readyAt = Infinity;
          replica.transferring = false;
        },
        committed(o, e) {
          if (!o.leading) return;
          const replica = replicaOf(e);
          const ready = replica.leads === o.term && !replica.transferring;
          if (ready && replica.readyAt === Infinity) replica.readyAt = e.at;
        },
        steppedDown(_o, e) {
          replicaOf(e).leads = 0;
        },
        transferStarted(_o, e) {
          const replica = replicaOf(e);
          replica.readyAt = Infinity;
          replica.transferring = true;
        },
        transferGivenUp(_o, e) {
          replicaOf(e).transferring = false;
        },
        paused(_o, e) {
          replicaOf(e).readyAt = Infinity;
        },
        resumed(_o, e) {
          replicaOf(e).readyAt = Infinity;
        },
        entryAppended(o, e) {
          if (!o.leading) return;
          if (o.index >= appendedAt.length) {
            appendedAt = float64With(appendedAt, o.index);
            appendedBy = int32With(appendedBy, o.index);
            appendedBoot = int32With(appendedBoot, o.index);
          }
          appendedAt[o.index] = e.at;
          appendedBy[o.index] = e.node;
          appendedBoot[o.index] = e.boot;
        },
        applied(o, e) {
          if (e.at < notBefore || !order.isFirst(o.index, e) || leases.size === 0) return;
          const at = appendedAt[o.index] ?? 0;
          const leader = replicas.get(appendedBy[o.index] ?? -1);
          if (leader === undefined || leader.leads !== o.term || leader.boot !== appendedBoot[o.index])
            return;
          for (const [lock, lease] of leases) {
            if (at <= boundOf(lock, lease, leader)) continue;
            context.fail(
              `The lease of lock ${lock} (token ${lease.token}, version ${lease.version}, ${lease.ttlUs} us) was over, but at index ${o.index} the lock was still held: its leader should have proposed the end ${Math.round(at - boundOf(lock, lease, leader))} us before it appended that entry.`,
              [
                evidenceOf(lock, lease),
                { at, node: appendedBy[o.index]!, text: `appended ${o.index}: ${lock} is held` },
              ],
            );
          }
        },
      },
    };
  },
};
