/** A few Raft nodes on a table: messages and writes move when the test says so. */
import { limits, timings } from '../errors.ts';
import type { Observation } from '../observe.ts';
import type { WriteBatch } from '../wal/contract.ts';
import type { RaftMessage } from './messages.ts';
import { RaftNode } from './node.ts';
import type { ProposedCommand } from './replication.ts';
import { raftRules } from './rules.ts';
import type { RaftRules } from './rules.ts';
import type { RaftLimits, RaftOptions } from './state.ts';

export interface InFlight {
  readonly from: number;
  readonly to: number;
  readonly message: RaftMessage;
}

export function command(text: string): ProposedCommand {
  const body = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) body[i] = text.charCodeAt(i);
  return { kind: 'command', body, sum: text.length, command: text };
}

export interface TableOptions {
  readonly voters?: number;
  readonly rules?: Partial<RaftRules>;
  readonly limits?: Partial<RaftLimits>;
}

/** What stands on each node's disk, so that a restart finds it. */
interface DurableState {
  term: number;
  votedFor: number;
  entries: { index: number; term: number }[];
}

export class Table {
  readonly nodes: RaftNode[] = [];
  readonly observed: { node: number; observation: Observation }[] = [];
  readonly wires: InFlight[] = [];
  /** Writes handed to each node's disk and not completed. */
  readonly writes: (WriteBatch | null)[] = [];
  readonly disks: DurableState[] = [];
  now = 0;
  private readonly options: TableOptions;

  constructor(options: TableOptions = {}) {
    this.options = options;
    for (let id = 0; id < (options.voters ?? 3); id += 1) {
      this.disks.push({ term: 0, votedFor: -1, entries: [] });
      this.writes.push(null);
      this.nodes.push(this.make(id, []));
    }
  }

  private make(id: number, entries: RaftOptions['recovered']['entries']): RaftNode {
    const disk = this.disks[id]!;
    const voters = Array.from({ length: this.options.voters ?? 3 }, (_, i) => i);
    return new RaftNode(this.now, {
      id,
      boot: 1,
      configuration: { incoming: voters, outgoing: [], learners: [] },
      timings,
      limits: { ...limits, ...this.options.limits },
      rules: { ...raftRules, ...this.options.rules },
      random: { below: () => 0, between: (min, max) => Math.min(max, min + id * 40_000) },
      observe: (observation) => this.observed.push({ node: id, observation }),
      recovered: { term: disk.term, votedFor: disk.votedFor, base: 0, baseTerm: 0, entries, snapshot: null },
    });
  }

  node(id: number): RaftNode {
    return this.nodes[id]!;
  }

  /** Moves what each node put out: messages onto the wires, a write to its disk. */
  collect(): void {
    for (const [id, node] of this.nodes.entries()) {
      while (node.outbox.length > 0) this.wires.push({ from: id, ...node.outbox.shift()! });
      if (this.writes[id] === null) this.writes[id] = node.takeWrite();
    }
  }

  wake(id: number, at: number): void {
    this.now = Math.max(this.now, at);
    this.node(id).step(this.now, { kind: 'wake' });
    this.collect();
  }

  /** Wakes a node at its own next deadline. */
  timeout(id: number): void {
    this.wake(id, this.node(id).nextDeadline());
  }

  propose(id: number, ...texts: string[]): void {
    this.node(id).step(this.now, { kind: 'propose', commands: texts.map(command) });
    this.collect();
  }

  send(from: number, to: number, message: RaftMessage): void {
    this.node(to).step(this.now, { kind: 'message', from, message });
    this.collect();
  }

  /** Completes the write in flight at a node. */
  persist(id: number): void {
    const batch = this.writes[id];
    if (batch === null || batch === undefined) return;
    this.writes[id] = null;
    const disk = this.disks[id]!;
    disk.term = batch.term;
    disk.votedFor = batch.votedFor;
    if (batch.truncateFrom > 0)
      disk.entries = disk.entries.filter((entry) => entry.index < batch.truncateFrom);
    for (const entry of batch.entries) disk.entries.push({ index: entry.index, term: entry.term });
    this.node(id).step(this.now, { kind: 'persisted', write: this.node(id).issued! });
    this.collect();
  }

  /** Delivers the messages on the wires that fit; the others stay. */
  deliver(fits: (wire: InFlight) => boolean = () => true): number {
    const moving = this.wires.filter(fits);
    for (const wire of moving) this.wires.splice(this.wires.indexOf(wire), 1);
    for (const wire of moving) this.send(wire.from, wire.to, wire.message);
    return moving.length;
  }

  drop(fits: (wire: InFlight) => boolean = () => true): void {
    for (const wire of this.wires.filter(fits)) this.wires.splice(this.wires.indexOf(wire), 1);
  }

  /** Delivers and persists until nothing moves; `cut` names nodes that hear and say nothing. */
  settle(cut: readonly number[] = []): void {
    for (let round = 0; round < 1_000; round += 1) {
      this.drop((wire) => cut.includes(wire.from) || cut.includes(wire.to));
      let moved = this.deliver();
      for (const id of this.nodes.keys()) {
        if (this.writes[id] !== null) {
          this.persist(id);
          moved += 1;
        }
      }
      if (moved === 0) return;
    }
    throw new Error('the table does not settle');
  }

  /** Ends a node; what its disk had not completed is gone. */
  restart(id: number): void {
    const kept = this.disks[id]!.entries;
    const old = this.node(id);
    const entries = kept.map(({ index, term }) => {
      const entry =
        index > old.base && index <= old.lastIndex && old.termAt(index) === term ? old.entryAt(index) : null;
      return entry ?? { index, term, ...command('lost'), kind: 'command' as const };
    });
    this.writes[id] = null;
    this.drop((wire) => wire.from === id);
    this.nodes[id] = this.make(id, entries);
  }

  /** Node `id` times out and wins. */
  elect(id: number, cut: readonly number[] = []): void {
    this.now += 400_000;
    this.timeout(id);
    this.settle(cut);
    if (this.node(id).role !== 'leader') throw new Error(`node ${id} is ${this.node(id).role}`);
  }

  last(kind: string): Observation | undefined {
    return this.observed.findLast(({ observation }) => observation.kind === kind)?.observation;
  }

  on(type: RaftMessage['type'], from?: number): InFlight[] {
    return this.wires.filter(
      (wire) => wire.message.type === type && (from === undefined || wire.from === from),
    );
  }
}
