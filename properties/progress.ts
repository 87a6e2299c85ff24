/**
 * Liveness that a finite run can judge (after TigerBeetle's VOPR: safety first, then heal a core and require liveness). When a quorum of hosts and its clients are healed, and
 * again when all are:
 *
 * - every operation that a healed client invokes from then on ends *ok* within the bound; giving up is no progress;
 *   (one that names a server, `op.target`, while that server is whole: leadership cannot go to one that is away; one that asks to wait, `op.waitUs`, may
 *   take that long besides);
 * - an operation that was already waiting ends, in whatever way, within the bound of the healing;
 * - every healed server learns within the bound what was committed when the healing came.
 *
 * A session may have died of the weather: its client hears so once healed, and that answer counts for operations invoked within the bound of
 * the healing. A server whose term and vote went with damage to its disk (IDENTITY_LOST) stays away for good, and nothing is asked of it. Where progress fails, the message says what stood still: no leader, a leader that commits nothing, a server left behind.
 */
import type { Envelope, ObservationOf } from '../core/observe.ts';
import { LogBook } from './log-book.ts';
import type { Evidence, Property, WatchContext } from './property.ts';

interface Waiting {
  readonly node: number;
  readonly invokedAt: number;
  /** Nobody can do what it asks now: leadership cannot go to a server that is away. It must end all the same, in whatever way. */
  readonly excused: boolean;
  /** How long it may wait besides, because it asked to. */
  readonly patienceUs: number;
  readonly mayGiveUp: boolean;
  readonly isRenewal: boolean;
}

/** After a healing, operations finish and servers catch up within the bound. */
export const progress: Property = {
  id: 'progress',
  sentence:
    'Once a quorum is healed, and once all are, every operation of the healed clients finishes within the bound, and healed servers catch up.',
  assumes: ['damage<=f'],
  needs: 'virtual-time',
  watch(context) {
    const judge = new ProgressJudge(context);
    return {
      on: {
        healed: (o, e) => judge.healed(o, e),
        invoked: (o, e) => judge.invoked(o.id, o.op, e),
        completed: (o, e) => judge.completed(o, e),
        campaigned: (o, e) => judge.campaigned(o.term, e),
        leaderElected: (o, e) => judge.elected(o.term, e),
        steppedDown: (_, e) => judge.down(e),
        crashed: (_, e) => judge.down(e),
        recovered: (_, e) => judge.recovered(e),
        stopped: (o, e) => judge.stopped(o.code, e),
        damaged: (_, e) => judge.damaged(e.node),
        committed: (o, e) => judge.committed(o.index, e),
        snapshotRestored: (o, e) => judge.committed(o.index, e),
        termChanged: (_, e) => judge.look(e.at),
      },
      end: (e) => {
        judge.look(e.at);
        judge.judgeAsked(e.at);
      },
    };
  },
};

/** The server to which an operator wants leadership to go; −1: another operation. */
function transferTarget(op: unknown): number {
  const asked = op as { readonly f?: unknown; readonly target?: unknown } | null;
  return asked?.f === 'transfer' && typeof asked.target === 'number' ? asked.target : -1;
}

/** How long an operation asks to wait, on a clock that may be as slow as is allowed, at a leader whose clock is. */
function patienceOf(op: unknown, rhoPpm: number): number {
  const { f, waitUs, steps } = (op ?? {}) as { f?: unknown; waitUs?: unknown; steps?: unknown };
  // Others may never come to a barrier.
  if (f === 'arrive' && waitUs === undefined) return Infinity;
  // A whole turn under a lock is as long as its work; its operations are judged each for itself.
  if (typeof steps === 'number') return Infinity;
  return typeof waitUs === 'number' ? Math.ceil(waitUs * (1 + (3 * rhoPpm) / 1_000_000)) : 0;
}

function isRenewal(op: unknown): boolean {
  return (op as { readonly f?: unknown } | null)?.f === 'renew';
}

function mayGiveUp(op: unknown): boolean {
  const f = (op as { readonly f?: unknown } | null)?.f;
  return f === 'renew' || f === 'arrive' || f === 'close';
}

class ProgressJudge {
  private readonly context: WatchContext;
  private readonly book: LogBook;
  private readonly boundUs: number;
  private readonly firstClient: number;
  /** Operations in flight, oldest first. */
  private readonly waiting = new Map<number, Waiting>();
  /** The next instant at which something can have taken too long. */
  private dueAt = Infinity;

  private phase = '';
  private healedAt = Infinity;
  /** Since when each host is whole; Infinity where it is not. Hosts of the healed quorum stay so when all are healed. */
  private readonly wholeSince: number[];
  /** What every healed server must have committed at healedAt + bound; 0: judged, or nothing. */
  private target = 0;

  // What the reason is made of.
  private readonly leads: number[];
  private readonly commits: number[];
  private readonly stops: string[];
  private readonly damagedServers = new Set<number>();
  private electionsSince = 0;
  /** Operations that healed clients invoked since the healing. */
  private askedSince = 0;
  /** Clients that ever asked for anything. */
  private readonly askers = new Set<number>();
  private candidaciesSince = 0;
  private highestTerm = 0;
  private termAtHealing = 0;
  private lastCommitAt = 0;
  private lastElected = -1;
  private lastElectedAt = 0;

  constructor(context: WatchContext) {
    this.context = context;
    this.book = LogBook.of(context);
    this.boundUs = context.progressBoundUs;
    this.firstClient = context.firstClient ?? context.servers.length;
    this.wholeSince = Array.from({ length: context.hosts }, () => Infinity);
    this.leads = Array.from({ length: context.hosts }, () => 0);
    this.commits = Array.from({ length: context.hosts }, () => 0);
    this.stops = Array.from({ length: context.hosts }, () => '');
  }

  healed(o: ObservationOf<'healed'>, e: Envelope): void {
    this.look(e.at);
    this.judgeAsked(e.at);
    this.askedSince = 0;
    this.phase = o.phase === 'all' ? 'all hosts were' : 'a quorum was';
    this.healedAt = e.at;
    for (let host = 0; host < this.wholeSince.length; host += 1) {
      if (!o.hosts.includes(host)) this.wholeSince[host] = Infinity;
      else if (!this.isWhole(host)) this.wholeSince[host] = e.at;
    }
    this.target = this.book.committed.last;
    this.electionsSince = 0;
    this.candidaciesSince = 0;
    this.termAtHealing = this.highestTerm;
    this.dueAt = this.nextDue();
  }

  /** A healed phase in which no client asked anything shows no progress, and no lack of it. */
  judgeAsked(at: number): void {
    // A client that never asks (a resource that others write to) shows no progress however long it is healed. Where nobody ever asked, that is
    // the finding.
    const asks = (host: number): boolean => this.askers.size === 0 || this.askers.has(host);
    const clients = this.wholeSince.some(
      (since, host) => since !== Infinity && host >= this.firstClient && asks(host),
    );
    if (!clients || this.askedSince > 0 || at - this.healedAt < this.boundUs) return;
    // Whoever waits in line asks for nothing else.
    for (const { node, patienceUs } of this.waiting.values())
      if (this.isWhole(node) && patienceUs > 0) return;
    this.context.undecided(
      `Nothing was asked in the ${seconds(at - this.healedAt)} after ${this.phase} healed: ${this.context.groups === undefined ? "the clients' operations had run out" : 'no healed client had an operation for this group'}.`,
    );
  }

  invoked(id: number, op: unknown, e: Envelope): void {
    this.look(e.at);
    const target = transferTarget(op);
    const excused = target >= 0 && (!this.isWhole(target) || this.isGone(target));
    if (this.isWhole(e.node) && !excused) this.askedSince += 1;
    this.askers.add(e.node);
    const operation = {
      mayGiveUp: mayGiveUp(op),
      isRenewal: isRenewal(op),
      node: e.node,
      invokedAt: e.at,
      excused,
      patienceUs: patienceOf(op, this.context.rhoPpm),
    };
    this.waiting.set(id, operation);
    if (this.isWhole(e.node)) this.dueAt = Math.min(this.dueAt, this.dueOf(operation));
  }

  completed(o: ObservationOf<'completed'>, e: Envelope): void {
    this.look(e.at);
    const operation = this.waiting.get(o.id);
    if (operation === undefined) return;
    this.waiting.delete(o.id);
    const since = this.wholeSince[e.node] ?? Infinity;
    if (o.outcome === 'ok' || operation.excused || operation.invokedAt < since) return;
    // A renewal is given up with its lease, however short that is, an arrival when others do not come; and a close whose answer was lost finds no session.
    if (operation.mayGiveUp && o.outcome === 'info') return;
    // What is left of a lease may be too short to send anything: then it is certain that it failed.
    if (operation.isRenewal && e.at - operation.invokedAt < this.boundUs) return;
    if (tellsOfLostSession(o.value) && operation.invokedAt < since + this.boundUs) return;
    const how = o.outcome === 'fail' ? 'failed' : 'was given up';
    const answer = errorOf(o.value);
    this.fail(
      `operation ${o.id} of ${this.nameOf(e.node)}, invoked ${after(operation.invokedAt - since)}, ${how} after ${seconds(e.at - operation.invokedAt)}${answer === '' ? '' : ` (${answer})`}`,
      [
        { at: operation.invokedAt, node: e.node, text: `invoked operation ${o.id}` },
        { at: e.at, node: e.node, text: `operation ${o.id}: ${o.outcome === 'fail' ? 'fail' : 'unknown'}` },
      ],
      e.at,
    );
  }

  campaigned(term: number, e: Envelope): void {
    this.look(e.at);
    this.candidaciesSince += 1;
    if (term > this.highestTerm) this.highestTerm = term;
  }

  elected(term: number, e: Envelope): void {
    this.look(e.at);
    this.leads[e.node] = term;
    this.electionsSince += 1;
    this.lastElected = e.node;
    this.lastElectedAt = e.at;
    if (term > this.highestTerm) this.highestTerm = term;
  }

  down(e: Envelope): void {
    this.look(e.at);
    this.leads[e.node] = 0;
  }

  recovered(e: Envelope): void {
    this.leads[e.node] = 0;
    this.commits[e.node] = 0;
    this.stops[e.node] = '';
  }

  stopped(code: string, e: Envelope): void {
    this.stops[e.node] = code;
    this.leads[e.node] = 0;
  }

  damaged(server: number): void {
    this.damagedServers.add(server);
  }

  /** Damage took its term and vote: it may not take part any more. */
  private isGone(server: number): boolean {
    return this.stops[server] === 'IDENTITY_LOST' && this.damagedServers.has(server);
  }

  committed(index: number, e: Envelope): void {
    this.look(e.at);
    this.commits[e.node] = index;
    this.lastCommitAt = e.at;
  }

  /** Judges what has been due by now; cheap, since mostly nothing is. */
  look(at: number): void {
    if (at <= this.dueAt) return;
    this.judgeServers(at);
    this.judgeOperations(at);
    this.dueAt = this.nextDue();
  }

  private judgeServers(at: number): void {
    if (this.target === 0 || at <= this.healedAt + this.boundUs) return;
    const target = this.target;
    this.target = 0;
    for (const server of this.context.servers) {
      const commit = this.commits[server] as number;
      if (!this.isWhole(server) || commit >= target || this.isGone(server)) continue;
      this.fail(
        `n${server} did not catch up: entry ${target} was committed by then, and ${seconds(this.boundUs)} later n${server} knows of ${commit} only`,
        [
          { at: this.healedAt, node: server, text: `healed; ${target} is committed` },
          { at, node: server, text: `commit index ${commit}` },
        ],
        at,
      );
      return;
    }
  }

  private judgeOperations(at: number): void {
    for (const [id, operation] of this.waiting) {
      if (!this.isWhole(operation.node) || at <= this.dueOf(operation)) continue;
      const since = this.wholeSince[operation.node] as number;
      const early = operation.invokedAt < since;
      const invoked = early ? 'invoked before that' : `invoked ${after(operation.invokedAt - since)}`;
      const waited = seconds(at - Math.max(operation.invokedAt, since));
      this.fail(
        `operation ${id} of ${this.nameOf(operation.node)}, ${invoked}, has not ended after ${waited}`,
        [
          { at: operation.invokedAt, node: operation.node, text: `invoked operation ${id}` },
          { at, node: operation.node, text: `operation ${id} still waits` },
        ],
        at,
      );
      return;
    }
  }

  /** Servers are n0 …, clients after them c0 …, as in traces. */
  private nameOf(host: number): string {
    return host < this.firstClient ? `n${host}` : `c${host - this.firstClient}`;
  }

  private isWhole(node: number): boolean {
    return this.wholeSince[node] !== Infinity && this.wholeSince[node] !== undefined;
  }

  private dueOf(operation: Waiting): number {
    const since = Math.max(operation.invokedAt, this.wholeSince[operation.node] as number);
    // A client may try for as long as the bound before it gives up what cannot be done.
    return since + (operation.excused ? 2 : 1) * this.boundUs + operation.patienceUs;
  }

  private nextDue(): number {
    if (this.healedAt === Infinity) return Infinity;
    let due = this.target > 0 ? this.healedAt + this.boundUs : Infinity;
    for (const operation of this.waiting.values()) {
      if (this.isWhole(operation.node)) due = Math.min(due, this.dueOf(operation));
    }
    return due;
  }

  private fail(what: string, evidence: readonly Evidence[], at: number): void {
    this.context.fail(`No progress after ${this.phase} healed: ${what}. ${this.reason(at)}`, evidence);
  }

  /** Why nothing moves, as far as the observations tell. */
  private reason(at: number): string {
    const { servers } = this.context;
    const healed = servers.filter((server) => this.isWhole(server));
    const stopped = healed.filter((server) => this.stops[server] !== '');
    const parts: string[] = [];
    if (stopped.length > 0)
      parts.push(`stopped for good: ${stopped.map((s) => `n${s} (${this.stops[s] as string})`).join(', ')}`);
    const leader = healed.reduce(
      (best, server) =>
        (this.leads[server] as number) > (best < 0 ? 0 : (this.leads[best] as number)) ? server : best,
      -1,
    );
    const since = at - this.healedAt;
    if (leader < 0) {
      parts.push(
        this.electionsSince === 0
          ? `there was no leader in the ${seconds(since)} since, in ${this.candidaciesSince} candidacies`
          : `there is no leader; ${this.electionsSince} were elected since, the last n${this.lastElected} ${seconds(at - this.lastElectedAt)} ago`,
      );
    } else if (this.electionsSince > 2) {
      parts.push(
        `terms churn: ${this.electionsSince} leaders since, now n${leader} of term ${this.leads[leader] as number}`,
      );
    } else if (this.lastCommitAt < this.healedAt) {
      parts.push(`n${leader} leads term ${this.leads[leader] as number}, but nothing was committed since`);
    } else {
      parts.push(
        `n${leader} leads term ${this.leads[leader] as number}; the commit index last rose ${seconds(at - this.lastCommitAt)} ago, to ${this.commits[leader] as number}`,
      );
    }
    if (this.highestTerm > this.termAtHealing)
      parts.push(`terms went from ${this.termAtHealing} to ${this.highestTerm}`);
    const top = this.book.committed.last;
    const behind = healed.filter((server) => this.book.log(server).last < top);
    if (behind.length > 0)
      parts.push(
        `${behind.map((s) => `n${s}'s log ends at ${this.book.log(s).last}`).join(', ')}, while ${top} is committed`,
      );
    return `Why: ${parts.join('; ')}.`;
  }
}

function errorOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || !('error' in value)) return '';
  return typeof value.error === 'string' ? value.error : '';
}

function tellsOfLostSession(value: unknown): boolean {
  return errorOf(value) === 'SESSION_NOT_OPEN';
}

/** `1.250 s` of virtual time. */
function seconds(us: number): string {
  return `${(us / 1_000_000).toFixed(3)} s`;
}

function after(us: number): string {
  return us === 0 ? 'at once' : `${seconds(us)} after that`;
}
