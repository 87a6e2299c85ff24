/**
 * What the logs of all nodes hold, and what was committed: one book a run, shared by the properties about logs.
 *
 * For each index it keeps a *chain*: a 32-bit hash over the entries up to there. Two logs that have the same chain at an index are the
 * same up to it (but for one chance in 2^32), so log matching, leader completeness and the agreement on what is committed become
 * comparisons of integers, O(1) for an appended entry.
 *
 * The committed log is what replicas declared committed, first come first written (committed-durable asks whether they might). A log that begins at a snapshot takes the chain at its base from there:
 * a snapshot holds committed entries only.
 */
import type { Envelope, ObservationOf } from '../core/observe.ts';
import type { Handlers, Watch, WatchContext } from './property.ts';
import { float64With, int32With } from './growing-table.ts';

const initialEntries = 512;

/** The chain at an entry, from the chain before it. */
export function chainAfter(before: number, term: number, sum: number): number {
  let hash = before ^ Math.imul(sum, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ Math.imul(term + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 13), 0x27d4eb2f);
  return hash ^ (hash >>> 16);
}

/** One node's log in memory: entries base + 1 … last. What is at or below the base is in its snapshot. */
export class NodeLog {
  base = 0;
  last = 0;
  /** False where the chain at the base is not known: then no chain of this log can be compared. */
  anchored = true;
  private terms = new Int32Array(initialEntries);
  private chains = new Int32Array(initialEntries);

  /** Empties the log; it goes on behind `base`. */
  restart(base: number, term: number, chain: number, anchored: boolean): void {
    this.base = base;
    this.last = base;
    this.anchored = anchored;
    this.put(base, term, chain);
  }

  /** The same log, apart from this one. */
  copy(): NodeLog {
    const copy = new NodeLog();
    copy.base = this.base;
    copy.last = this.last;
    copy.anchored = this.anchored;
    copy.terms = this.terms.slice();
    copy.chains = this.chains.slice();
    return copy;
  }

  /** Appends the entry at last + 1. */
  append(term: number, sum: number): void {
    const chain = chainAfter(this.chains[this.last] as number, term, sum);
    this.last += 1;
    this.put(this.last, term, chain);
  }

  /** Removes the entries from `from` on. */
  truncate(from: number): void {
    if (from > this.last) return;
    this.last = from - 1;
    if (this.base > this.last) this.base = this.last;
  }

  /** Term of the entry at `index` (base … last), 0 where it is not known. */
  termAt(index: number): number {
    return index < this.base || index > this.last ? 0 : (this.terms[index] as number);
  }

  /** Chain at `index` (base … last). */
  chainAt(index: number): number {
    return this.chains[index] as number;
  }

  /** Whether this log, its snapshot included, holds the entries up to `index` that have this chain there. */
  holds(index: number, chain: number): boolean {
    if (index <= this.base) return true;
    if (index > this.last) return false;
    return !this.anchored || this.chains[index] === chain;
  }

  private put(index: number, term: number, chain: number): void {
    if (index >= this.terms.length) {
      this.terms = int32With(this.terms, index);
      this.chains = int32With(this.chains, index);
    }
    this.terms[index] = term;
    this.chains[index] = chain;
  }
}

/** The committed log: which entry each committed index has, and who said so first. */
export class CommittedLog {
  /** Highest committed index. */
  last = 0;
  private terms = new Int32Array(initialEntries);
  private chains = new Int32Array(initialEntries);
  private committedIn = new Int32Array(initialEntries);
  private committedBy = new Int32Array(initialEntries);
  private committedAt = new Float64Array(initialEntries);

  /** Commits the entry at last + 1. */
  push(term: number, chain: number, inTerm: number, by: number, at: number): void {
    this.last += 1;
    const index = this.last;
    if (index >= this.terms.length) {
      this.terms = int32With(this.terms, index);
      this.chains = int32With(this.chains, index);
      this.committedIn = int32With(this.committedIn, index);
      this.committedBy = int32With(this.committedBy, index);
      this.committedAt = float64With(this.committedAt, index);
    }
    this.terms[index] = term;
    this.chains[index] = chain;
    this.committedIn[index] = inTerm;
    this.committedBy[index] = by;
    this.committedAt[index] = at;
  }

  termAt(index: number): number {
    return this.terms[index] as number;
  }

  chainAt(index: number): number {
    return this.chains[index] as number;
  }

  /** The term in which the entry was committed: its committer's, not its own. */
  inTermAt(index: number): number {
    return this.committedIn[index] as number;
  }

  byAt(index: number): number {
    return this.committedBy[index] as number;
  }

  atAt(index: number): number {
    return this.committedAt[index] as number;
  }
}

/**
 * The book. As a shared watch it hears an observation before the properties that share it; what the *current* observation
 * did to a log stands in `gapAfter` and `conflictAt` while they are called. That entries left a log, in whatever way, is rare: who must know listens with `onRemoved`.
 */
export class LogBook implements Watch {
  readonly logs: NodeLog[] = [];
  /** Each node's log as it was before its last `recovered`. */
  readonly before: NodeLog[] = [];
  readonly committed = new CommittedLog();
  /** Each node's current term, as far as observed. */
  readonly term: number[] = [];

  /** For listeners to a removal: the first entry that was removed, the last … */
  removedFrom = 0;
  removedLast = 0;
  /** … and whether the entry at `removedFrom` was the committed one. */
  removedCommitted = false;
  /** The current `entryAppended` left a gap behind this index; −1 where not. */
  gapAfter = -1;
  /** The current `committed` differs from the committed log here; 0 where not. */
  conflictAt = 0;

  readonly on: Handlers;
  private readonly removals: ((envelope: Envelope) => void)[] = [];

  constructor(hosts: number) {
    for (let node = 0; node < hosts; node += 1) {
      this.logs.push(new NodeLog());
      this.before.push(new NodeLog());
      this.term.push(0);
    }
    this.on = {
      recovered: (o, e) => this.recovered(o, e.node),
      entryAppended: (o, e) => this.appended(o.index, o.term, o.sum, e),
      logTruncated: (o, e) => this.truncated(o.from, e),
      snapshotRestored: (o, e) => this.restored(o.index, o.term, e),
      termChanged: (o, e) => {
        this.term[e.node] = o.term;
      },
      leaderElected: (o, e) => {
        this.term[e.node] = o.term;
      },
      committed: (o, e) => this.commit(o.index, e),
    };
  }

  /** The book of this run. */
  static of(context: WatchContext): LogBook {
    return context.shared('log-book', () => new LogBook(context.hosts));
  }

  /** Calls `listener` when entries have left a log; `removedFrom` and its neighbours say which. */
  onRemoved(listener: (envelope: Envelope) => void): void {
    this.removals.push(listener);
  }

  /** The log of `node`. */
  log(node: number): NodeLog {
    return this.logs[node] as NodeLog;
  }

  /** Whether `log` holds the committed log up to `index` (at most `committed.last`). */
  holdsCommitted(log: NodeLog, index: number): boolean {
    return log.holds(index, this.committed.chainAt(index));
  }

  /** The highest index, at most `upTo`, up to which `log` is the committed log. For texts and rare cases: it walks. */
  agreedUpTo(log: NodeLog, upTo: number): number {
    let index = Math.min(upTo, log.last, this.committed.last);
    while (index > log.base && !this.holdsCommitted(log, index)) index -= 1;
    return index;
  }

  private recovered(o: ObservationOf<'recovered'>, node: number): void {
    const log = this.before[node] as NodeLog;
    this.before[node] = this.log(node);
    this.logs[node] = log;
    this.term[node] = o.term;
    this.anchor(log, o.base, o.baseTerm);
    for (let i = 0; i < o.terms.length; i += 1) log.append(o.terms[i] as number, o.sums[i] as number);
  }

  /** Empties `log` behind a snapshot, whose chain is that of the committed log. */
  private anchor(log: NodeLog, base: number, baseTerm: number): void {
    if (base === 0) log.restart(0, 0, 0, true);
    else if (base <= this.committed.last && this.committed.termAt(base) === baseTerm)
      log.restart(base, baseTerm, this.committed.chainAt(base), true);
    else log.restart(base, baseTerm, 0, false);
  }

  private appended(index: number, term: number, sum: number, e: Envelope): void {
    const log = this.log(e.node);
    this.gapAfter = -1;
    if (index !== log.last + 1) {
      if (index <= log.last) this.remove(log, index, e);
      else {
        this.gapAfter = log.last;
        log.restart(index - 1, 0, 0, false);
      }
    }
    log.append(term, sum);
  }

  private truncated(from: number, e: Envelope): void {
    const log = this.log(e.node);
    if (from <= log.last) this.remove(log, from, e);
  }

  private remove(log: NodeLog, from: number, e: Envelope): void {
    this.removedFrom = from;
    this.removedLast = log.last;
    this.removedCommitted = from <= this.committed.last && this.holdsCommitted(log, from);
    log.truncate(from);
    for (const listener of this.removals) listener(e);
  }

  /** A snapshot behind which the log agrees leaves the rest of the log standing (paper, section 7); any other replaces it. */
  private restored(index: number, term: number, e: Envelope): void {
    const log = this.log(e.node);
    if (index <= log.base) return;
    if (log.termAt(index) === term && (index > this.committed.last || this.holdsCommitted(log, index)))
      return;
    const agreed = this.agreedUpTo(log, index - 1);
    if (agreed < log.last) this.remove(log, agreed + 1, e);
    this.anchor(log, index, term);
  }

  private commit(index: number, e: Envelope): void {
    const log = this.log(e.node);
    const committed = this.committed;
    this.conflictAt = 0;
    const both = Math.min(index, committed.last);
    if (both > 0 && !this.holdsCommitted(log, both)) {
      this.conflictAt = this.agreedUpTo(log, both) + 1;
      return;
    }
    if (index > log.last) this.conflictAt = log.last + 1;
    if (!log.anchored) return;
    const upTo = Math.min(index, log.last);
    const inTerm = this.term[e.node] as number;
    for (let i = committed.last + 1; i <= upTo; i += 1) {
      committed.push(log.termAt(i), log.chainAt(i), inTerm, e.node, e.at);
    }
  }
}
