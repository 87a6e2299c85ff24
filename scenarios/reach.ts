/**
 * What a campaign must have seen to have tested anything. A reach is an observation, or a short pattern of some, that is worth having
 * happened; it says nothing about right or wrong.
 */
import type { Envelope } from '../core/observe.ts';
import { limits } from '../core/errors.ts';
import { LogOrder } from '../properties/coordination/log-order.ts';
import { barrierReaches } from './barrier-reaches.ts';
import { leaseReaches } from './lease-reaches.ts';
import { holderReaches } from './holder-reaches.ts';
import { reach } from './reach-of-run.ts';
import type { On } from './reach-of-run.ts';
import type { Reach } from './scenario.ts';
import { ScenarioError } from './scenario-error.ts';

/** One that watches all groups of a run at once. */
function reachAcross(name: string, sentence: string, watch: (hit: () => void) => On): Reach {
  return { ...reach(name, sentence, watch), acrossGroups: true };
}

/** Who leads each group as far as was observed: the newest leader, while it is up and has not stepped down. */
class Leaders {
  readonly #leaders = new Map<number, number>();
  readonly on = {
    steppedDown: (_o: unknown, e: Envelope) => this.#ended(e),
    stopped: (_o: unknown, e: Envelope) => this.#ended(e),
  };

  elected(e: Envelope): void {
    this.#leaders.set(e.group, e.node);
  }

  /** The groups that a host leads. */
  of(node: number): number[] {
    return [...this.#leaders].flatMap(([group, leader]) => (leader === node ? [group] : []));
  }

  crashed(node: number): void {
    for (const group of this.of(node)) this.#leaders.delete(group);
  }

  get hosts(): ReadonlySet<number> {
    return new Set(this.#leaders.values());
  }

  #ended(e: Envelope): void {
    if (this.#leaders.get(e.group) === e.node) this.#leaders.delete(e.group);
  }
}

/** Refusals of commands for a limit's sake. */
const limitCodes: ReadonlySet<string> = new Set([
  'LOG_FULL',
  'TOO_MANY_PROPOSALS',
  'UNCOMMITTED_FULL',
  'ENTRY_TOO_LARGE',
]);

/** A stall counts as longer than an election from the longest election timeout on. */
const ELECTION_MAX_US = 300_000;

/** The reaches that come with the package, by the names that a scenario may give. */
export const builtInReaches: readonly Reach[] = [
  reach('leader-elected', 'A leader was elected.', (hit) => ({ leaderElected: hit })),
  reach('damage-found', 'A server found that what was durable is damaged.', (hit) => ({
    damageFound: hit,
  })),
  reach('repaired', 'A server that had lost what it had acknowledged rejoined.', (hit) => ({
    rejoined: hit,
  })),
  reach('snapshot-damaged', 'A server found a damaged snapshot.', (hit) => ({
    damageFound(o) {
      if (o.code === 'SNAPSHOT_CORRUPT') hit();
    },
  })),
  reach('snapshot-rewritten', 'A running server found its snapshot rotten, and wrote it anew.', (hit) => ({
    snapshotRewritten: hit,
  })),
  reach('crashed-in-repair', 'A server went down while it repaired itself, and went on with that.', (hit) => {
    const repairing = new Set<number>();
    return {
      recovered(o, e) {
        if (o.repairing && repairing.has(e.node)) hit();
        if (o.repairing) repairing.add(e.node);
      },
      rejoined: (_o, e) => void repairing.delete(e.node),
    };
  }),
  reach('disk-failed', 'A server stopped because its disk had refused it.', (hit) => ({
    stopped(o) {
      if (o.code === 'DISK_FAILED') hit();
    },
  })),
  reach('disk-was-full', 'A disk had no room.', (hit) => ({
    diskRefused(o) {
      if (o.code === 'ENOSPC') hit();
    },
  })),
  reach('re-elected', 'A leader was elected after the first one.', (hit) => {
    let any = false;
    return {
      leaderElected() {
        if (any) hit();
        any = true;
      },
    };
  }),
  reach(
    'leader-deposed-uncommitted',
    'A leader was deposed with entries of its own that were not committed.',
    (hit) => ({
      steppedDown(o) {
        if (o.uncommitted > 0) hit();
      },
    }),
  ),
  reach('stepped-down-without-quorum', 'A leader gave up because no quorum answered it.', (hit) => ({
    steppedDown(o) {
      if (o.reason === 'check-quorum') hit();
    },
  })),
  reach('two-leaders', 'Two servers believed to lead at once, in different terms.', (hit) => {
    const leads = new Set<number>();
    const ended = (_o: unknown, e: Envelope): void => void leads.delete(e.node);
    return {
      leaderElected(_o, e) {
        if (leads.size > 0) hit();
        leads.add(e.node);
      },
      steppedDown: ended,
      crashed: ended,
      stopped: ended,
    };
  }),
  reach('vote-split', 'Two servers were candidates in one term.', (hit) => {
    let term = 0;
    let candidate = -1;
    return {
      campaigned(o, e) {
        if (o.pre) return;
        if (o.term === term && candidate !== e.node) hit();
        if (o.term >= term) {
          term = o.term;
          candidate = e.node;
        }
      },
    };
  }),
  reach('read-at-leader', 'A leader answered a read after a round of heartbeats.', (hit) => ({
    readServed(o) {
      if (o.leading) hit();
    },
  })),
  reach('read-at-follower', 'A follower answered a read, having asked the leader for an index.', (hit) => ({
    readServed(o) {
      if (!o.leading) hit();
    },
  })),
  reach('leadership-transferred', 'A server that its leader had told to campaign was elected.', (hit) => {
    const told = new Map<number, number>();
    return {
      campaigned(o, e) {
        if (o.byTransfer) told.set(e.node, o.term);
      },
      leaderElected(o, e) {
        if (told.get(e.node) === o.term) hit();
      },
    };
  }),
  reach('transfer-given-up', 'A leader went on because the one it told to take over did not.', (hit) => ({
    transferGivenUp: hit,
  })),
  reach('snapshot-resumed', 'A snapshot went on where it had stopped.', (hit) => ({
    snapshotAttempt(o) {
      if (o.offset > 0) hit();
    },
  })),
  reach(
    'snapshot-begun-anew',
    'A follower had nothing any more of a snapshot that was on its way to it.',
    (hit) => ({
      snapshotAttempt(o) {
        if (o.offset === 0) hit();
      },
    }),
  ),
  reach('snapshot-superseded', 'A snapshot that was arriving was given up for another.', (hit) => ({
    snapshotSuperseded: hit,
  })),
  reach('read-refused', 'A read was refused because too many were under way at a replica.', (hit) => ({
    refused(o) {
      if (o.code === 'TOO_MANY_READS') hit();
    },
  })),
  reach(
    'uncommitted-full',
    'A command was refused because too many bytes waited to be committed.',
    (hit) => ({
      refused(o) {
        if (o.code === 'UNCOMMITTED_FULL') hit();
      },
    }),
  ),
  reach('log-truncated', 'Entries were removed from the end of a log.', (hit) => ({ logTruncated: hit })),
  reach('snapshot-taken', 'A replica took a snapshot and compacted its log.', (hit) => ({
    snapshotTaken: hit,
  })),
  reach('snapshot-installed', "A leader's snapshot was installed on a follower.", (hit) => ({
    snapshotRestored(o) {
      if (o.from === 'leader') hit();
    },
  })),
  reach('restarted-from-snapshot', 'A replica restarted from a snapshot on its disk.', (hit) => ({
    snapshotRestored(o) {
      if (o.from === 'disk') hit();
    },
  })),
  reach('crashed-in-fsync', 'A host went down with an fsync in flight.', (hit) => {
    const inFlight: number[] = [];
    const ended = (_o: unknown, e: Envelope): void => {
      inFlight[e.node] = Math.max(0, (inFlight[e.node] ?? 0) - 1);
    };
    return {
      fsyncStarted(_o, e) {
        inFlight[e.node] = (inFlight[e.node] ?? 0) + 1;
      },
      fsynced: ended,
      crashed(_o, e) {
        if ((inFlight[e.node] ?? 0) > 0) hit();
        inFlight[e.node] = 0;
      },
    };
  }),
  reach('torn-tail-cut', 'After a power cut, recovery kept less of the log than had been written.', (hit) => {
    const written: number[] = [];
    const cut: boolean[] = [];
    return {
      recordsWritten(o, e) {
        written[e.node] = o.lastIndex;
      },
      logTruncated(o, e) {
        written[e.node] = Math.min(written[e.node] ?? 0, o.from - 1);
      },
      crashed(o, e) {
        cut[e.node] = o.power;
      },
      recovered(o, e) {
        const last = o.base + o.terms.length;
        if (cut[e.node] === true && last < (written[e.node] ?? 0)) hit();
        written[e.node] = last;
        cut[e.node] = false;
      },
    };
  }),
  reach('fsync-outlasted-election', 'An fsync took longer than an election timeout.', (hit) => {
    const startedAt: number[] = [];
    return {
      fsyncStarted(_o, e) {
        startedAt[e.node] = e.at;
      },
      fsynced(_o, e) {
        if (e.at - (startedAt[e.node] ?? e.at) > ELECTION_MAX_US) hit();
      },
    };
  }),
  reach('leader-paused', 'The leader stopped for a while, and went on.', (hit) => {
    const leads = new Set<number>();
    const ended = (_o: unknown, e: Envelope): void => void leads.delete(e.node);
    return {
      leaderElected: (_o, e) => void leads.add(e.node),
      steppedDown: ended,
      crashed: ended,
      paused(_o, e) {
        if (leads.has(e.node)) hit();
      },
    };
  }),
  reach(
    'reply-remembered',
    'A retried request was answered from memory instead of being executed again.',
    (hit) => ({
      applied(o) {
        if (o.repeated) hit();
      },
    }),
  ),
  reach('proposal-refused', 'A leader refused a command because a limit was reached.', (hit) => ({
    refused(o) {
      if (limitCodes.has(o.code)) hit();
    },
  })),
  reach(
    'redirected',
    'A server that does not lead, and knows nobody who could serve it, refused a request.',
    (hit) => ({
      refused(o) {
        if (o.code === 'NOT_LEADER') hit();
      },
    }),
  ),
  reach(
    'operation-unknown',
    'A client gave up and could not know whether its operation happened.',
    (hit) => ({
      completed(o) {
        if (o.outcome === 'info') hit();
      },
    }),
  ),
  reach('operation-failed', 'A client gave up and knew that its operation had not happened.', (hit) => ({
    completed(o) {
      if (o.outcome === 'fail') hit();
    },
  })),
  reach('lock-granted', 'A lock was granted.', (hit) => ({ lockGranted: hit })),
  reach('lock-queued', 'A request waited for a lock.', (hit) => ({ lockQueued: hit })),
  reach('granted-from-queue', 'A lock was granted to a request that had waited.', (hit) => ({
    lockGranted(o) {
      if (o.queuedAt > 0) hit();
    },
  })),
  reach('lock-reentered', 'An owner acquired a lock once more.', (hit) => ({ lockReentered: hit })),
  reach('lease-expired', 'The lease of a lock ran out.', (hit) => ({
    lockFreed(o) {
      if (o.reason === 'expired') hit();
    },
  })),
  reach('lock-freed-with-session', 'A session ended that held a lock.', (hit) => ({
    lockFreed(o) {
      if (o.reason === 'session-ended') hit();
    },
  })),
  reach('waiter-timed-out', 'A request stopped waiting for a lock.', (hit) => ({
    lockWaitEnded(o) {
      if (o.reason === 'timeout') hit();
    },
  })),
  reach('waiter-cancelled', 'A request that waited for a lock was cancelled.', (hit) => ({
    lockWaitEnded(o) {
      if (o.reason === 'cancelled') hit();
    },
  })),
  reach('waiter-died', 'A session ended that waited for a lock.', (hit) => ({
    lockWaitEnded(o) {
      if (o.reason === 'session-ended') hit();
    },
  })),
  reach(
    'stale-token-refused',
    'A write was refused because its fencing token was not the lock’s.',
    (hit) => ({
      fenceChecked(o) {
        if (!o.passed) hit();
      },
    }),
  ),
  ...holderReaches,
  ...leaseReaches,
  ...barrierReaches,
  reach('session-expired', 'A session expired.', (hit) => ({
    sessionEnded(o) {
      if (o.reason === 'expired') hit();
    },
  })),
  reach('sessions-full', 'As many sessions were open as there may be.', (hit) => {
    const open = new Set<number>();
    const order = new LogOrder();
    return {
      sessionOpened: order.first((o) => {
        open.add(o.session);
        if (open.size >= limits.sessions) hit();
      }),
      sessionEnded: order.first((o) => void open.delete(o.session)),
    };
  }),
  reach('session-closed', 'A client closed its session.', (hit) => ({
    sessionEnded(o) {
      if (o.reason === 'closed') hit();
    },
  })),
  reachAcross('groups-led-apart', 'At one time two groups had their leaders on different hosts.', (hit) => {
    const leaders = new Leaders();
    return {
      ...leaders.on,
      leaderElected(_o, e) {
        leaders.elected(e);
        if (leaders.hosts.size > 1) hit();
      },
      crashed: (_o, e) => leaders.crashed(e.node),
    };
  }),
  reachAcross('crash-deposed-two', 'The crash of one host took the leaders of two groups.', (hit) => {
    const leaders = new Leaders();
    return {
      ...leaders.on,
      leaderElected: (_o, e) => leaders.elected(e),
      crashed(_o, e) {
        if (leaders.of(e.node).length > 1) hit();
        leaders.crashed(e.node);
      },
    };
  }),
  reach('siblings-kept', 'A key had several concurrent values.', (hit) => ({
    siblingsWritten(o) {
      if (o.kept.length > 1) hit();
    },
  })),
  reach('values-merged', 'Concurrent values were merged.', (hit) => ({
    siblingsWritten(o) {
      if (o.merged.length > 0) hit();
    },
  })),
  reach('key-deleted', 'A delete left a tombstone.', (hit) => ({
    siblingsWritten(o) {
      if (o.operation === 'delete' && o.kept.length === 0) hit();
    },
  })),
  reach('write-rejected', 'A write was refused because something was concurrent with it.', (hit) => ({
    completed(o) {
      if (typeof o.value === 'object' && o.value !== null && 'rejected' in o.value) hit();
    },
  })),
  reach('healed', 'The world was healed and judged for progress.', (hit) => ({ healed: hit })),
];

const byName = new Map(builtInReaches.map((item) => [item.name, item]));

/**
 * The built-in reach of a name.
 * @throws ScenarioError listing the names there are
 */
export function reachNamed(scenario: string, name: string): Reach {
  const found = byName.get(name);
  if (found === undefined) {
    throw new ScenarioError(
      `scenario "${scenario}": there is no reach "${name}".`,
      `Built in: ${[...byName.keys()].join(', ')}; or pass a Reach of your own.`,
    );
  }
  return found;
}
