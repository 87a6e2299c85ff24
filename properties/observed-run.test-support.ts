/** A run told observation by observation: what a world would show to properties, written by hand. */
import type { Envelope, Observation } from '../core/observe.ts';
import type { Finding, Property } from './property.ts';
import { Watchers } from './property.ts';

/** Body checksums stand for contents: the entry `index` of `term` has the sum that `sumOf` gives, unless a test says otherwise. */
export function sumOf(index: number, term: number): number {
  return index * 1000 + term;
}

/** Builds observations for `servers` replicas (n0 …) and clients behind them, a millisecond apart. */
export class ObservedRun {
  readonly watchers: Watchers;
  readonly servers: number;
  private readonly boots: number[] = [];
  private readonly ends: number[] = [];
  at = 0;
  private seq = 0;

  constructor(properties: readonly Property[], servers = 3, clients = 1) {
    this.servers = servers;
    this.watchers = new Watchers(properties, {
      servers: Array.from({ length: servers }, (_, node) => node),
      hosts: servers + clients,
      progressBoundUs: 10_000_000,
      rhoPpm: 10_000,
      maxStates: 1_000,
      searchAnyway: false,
    });
  }

  get findings(): readonly Finding[] {
    return this.watchers.findings;
  }

  /** Ids of the properties that were violated, in order. */
  get violated(): readonly string[] {
    return this.findings.map((finding) => finding.property);
  }

  /** `node` observed this, a millisecond after what came before. */
  see(node: number, observation: Observation): this {
    this.at += 1_000;
    this.watchers.observe(observation, this.envelope(node));
    return this;
  }

  /** Lets time pass. */
  wait(us: number): this {
    this.at += us;
    return this;
  }

  end(): this {
    this.watchers.end(this.envelope(0));
    return this;
  }

  /** `node` won an election of `term` with the votes of `voters`, itself among them. */
  elect(node: number, term: number, lastIndex: number, lastTerm: number, voters: readonly number[]): this {
    for (const voter of voters) {
      this.see(voter, { kind: 'termChanged', term });
      this.see(voter, { kind: 'voted', term, candidate: node });
    }
    return this.see(node, { kind: 'leaderElected', term, lastIndex, lastTerm });
  }

  append(node: number, index: number, term: number, sum = sumOf(index, term)): this {
    return this.see(node, { kind: 'entryAppended', index, term, sum, entry: 'command', leading: false });
  }

  /** The log of `node` up to `index` went to the page cache. */
  write(node: number, index: number, term: number): this {
    this.ends[node] = (this.ends[node] ?? 0) + 100;
    const end = this.ends[node];
    return this.see(node, { kind: 'recordsWritten', file: 'log/1', end, lastIndex: index, lastTerm: term });
  }

  /** All that was written is durable. */
  fsync(node: number): this {
    return this.see(node, { kind: 'fsynced', file: 'log/1', length: this.ends[node] ?? 0 });
  }

  /** Appended, written, durable: on each of these nodes. */
  store(nodes: readonly number[], index: number, term: number): this {
    for (const node of nodes) this.append(node, index, term).write(node, index, term).fsync(node);
    return this;
  }

  commit(node: number, index: number, term: number, leading = false): this {
    return this.see(node, { kind: 'committed', index, term, leading });
  }

  apply(node: number, index: number, term: number, more: { [field: string]: unknown } = {}): this {
    return this.see(node, {
      kind: 'applied',
      index,
      term,
      entry: 'command',
      digest: index * 7,
      reply: index * 11,
      session: 1,
      number: index,
      repeated: false,
      ...more,
    });
  }

  /** The node goes down, of the power or of the process, and comes back with the log base + 1 … of these terms. */
  restart(
    node: number,
    recovered: {
      readonly term: number;
      readonly votedFor: number | null;
      readonly base?: number;
      readonly baseTerm?: number;
      readonly terms: readonly number[];
      readonly repairing?: boolean;
    },
  ): this {
    const { base = 0, baseTerm = 0, term, votedFor, terms, repairing = false } = recovered;
    this.see(node, { kind: 'crashed', power: true });
    this.boots[node] = (this.boots[node] ?? 1) + 1;
    const sums = terms.map((one, i) => sumOf(base + 1 + i, one));
    return this.see(node, { kind: 'recovered', term, votedFor, base, baseTerm, terms, sums, repairing });
  }

  /** Recovery's own file and its name are durable. */
  ready(node: number): this {
    this.see(node, { kind: 'fsynced', file: 'log/2', length: 64 });
    this.see(node, { kind: 'folderSynced', folder: '' });
    return this.see(node, { kind: 'folderSynced', folder: 'log' });
  }

  private envelope(node: number): Envelope {
    this.seq += 1;
    return { at: this.at, node, group: 0, boot: this.boots[node] ?? 1, seq: this.seq };
  }
}

/** A run as it should be: n0 leads term 1, falls behind and is replaced by n1, which overwrites what n0 alone had. */
export function tellCorrectRun(run: ObservedRun): ObservedRun {
  run.elect(0, 1, 0, 0, [0, 1]).store([0, 1], 1, 1).store([0, 1], 2, 1);
  run.commit(0, 2, 1, true).apply(0, 1, 1).apply(0, 2, 1);
  run.commit(1, 2, 1).apply(1, 1, 1).apply(1, 2, 1);
  // Entry 3 of term 1 reaches nobody.
  run.append(0, 3, 1).write(0, 3, 1).fsync(0);
  run.elect(1, 2, 2, 1, [1, 2]).store([1], 3, 2);
  run.store([2], 1, 1).store([2], 2, 1).store([2], 3, 2);
  run.commit(1, 3, 2, true).apply(1, 3, 2).commit(2, 3, 2);
  run.apply(2, 1, 1).apply(2, 2, 1).apply(2, 3, 2);
  run.see(0, { kind: 'steppedDown', term: 1, reason: 'higher-term', uncommitted: 1 });
  run.see(0, { kind: 'termChanged', term: 2 }).see(0, { kind: 'logTruncated', from: 3, last: 3 });
  run.store([0], 3, 2).commit(0, 3, 2).apply(0, 3, 2);
  // n2 loses power with an entry in the page cache, which does not survive; then it leads.
  run.append(1, 4, 2).write(1, 4, 2).append(2, 4, 2).write(2, 4, 2);
  run.restart(2, { term: 2, votedFor: 1, terms: [1, 1, 2] }).ready(2);
  run.fsync(1).store([0], 4, 2).commit(1, 4, 2, true).apply(1, 4, 2);
  run.see(0, { kind: 'snapshotTaken', index: 3, term: 2, digest: 21 });
  run.restart(0, { term: 2, votedFor: null, base: 3, baseTerm: 2, terms: [2] });
  run.see(0, { kind: 'snapshotRestored', index: 3, term: 2, digest: 21, from: 'disk' }).ready(0);
  run.elect(0, 3, 4, 2, [0, 2]).store([0], 5, 3);
  run.see(2, { kind: 'snapshotRestored', index: 4, term: 2, digest: 28, from: 'leader' });
  return run.store([2], 5, 3).commit(0, 5, 3, true);
}
