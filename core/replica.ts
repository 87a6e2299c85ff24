/**
 * A replica: Raft, the log on disk and the replicated machine, tied together over the ports, once, for every world. One input comes
 * in (a message, a deadline, a completed fsync); Raft steps; then `#flush` moves what came out: committed entries to
 * the machine, one write to the disk, messages to the network, the next deadline to the timers.
 */
import { Attempts } from './attempts.ts';
import { crc32c } from './bytes.ts';
import type { ClientMessage, ReadRequest, Request, TransferRequest } from './client-messages.ts';
import { replicaCodec } from './codec.ts';
import { CoreError, limits as operatorLimits, timings as operatorTimings } from './errors.ts';
import type { CoreErrorCode } from './errors.ts';
import type { Effects, Machine } from './machine/contract.ts';
import { Deadlines } from './machine/deadlines.ts';
import { createMachine, machineRules } from './machine/machine.ts';
import type { ConflictConfiguration } from './machine/siblings/strategies.ts';
import { DiskError } from './ports.ts';
import type { Ports, Process } from './ports.ts';
import type { Entry } from './raft/entry.ts';
import type { RaftMessage, Snapshot } from './raft/messages.ts';
import { RaftNode } from './raft/node.ts';
import type { Configuration } from './raft/quorum.ts';
import type { ReadyReads } from './raft/reads.ts';
import { raftRules } from './raft/rules.ts';
import type { RaftRules } from './raft/rules.ts';
import type { ProposedCommand } from './raft/replication.ts';
import type { RaftLimits, RaftTimings } from './raft/state.ts';
import type { WalEvent } from './wal/contract.ts';
import { Wal } from './wal/wal.ts';

/** What a replica is made with; everything has a default. */
export interface ReplicaOptions {
  /** A fresh machine, of the group that is served here. */
  readonly machine?: (group: number) => Machine;
  /** What becomes of concurrent values; of no effect with a machine of one's own. */
  readonly conflicts?: ConflictConfiguration;
  readonly rules?: RaftRules;
  readonly timings?: Partial<RaftTimings>;
  readonly limits?: Partial<RaftLimits>;
  /** A snapshot every so many applied entries. */
  readonly snapshotEveryEntries?: number;
  /** Entries kept in the log behind a snapshot, for followers that are a little behind. */
  readonly entriesKeptBehindSnapshot?: number;
  /** Bound of the clocks' drift that deadlines allow for, in parts per million. */
  readonly rhoPpm?: number;
  /** Keeps the deadlines of one boot; left out: as it should be. */
  readonly deadlines?: (rhoPpm: number) => Deadlines;
}

/** Timer key of Raft's deadline; replicas use no other. */
const raftTimer = 0;
const wakeInput = { kind: 'wake' } as const;
/** Expired deadlines proposed in one entry: all that are due together end together, and so many fit an entry whatever their names. */
const expiriesPerEntry = 4_096;

/** A client's attempt whose command is in the log, waiting to be applied. */
interface Waiter {
  readonly to: number;
  readonly attempt: number;
  /** Of the entry: another entry may come to stand at its index. */
  readonly term: number;
}

/** A client's attempt whose request waits (for a lock, at a barrier): the final answer goes to the newest attempt. */
interface Subscriber {
  readonly to: number;
  readonly attempt: number;
}

/** A client's read under way. */
interface PendingRead {
  readonly to: number;
  readonly attempt: number;
  readonly op: unknown;
}

/** An operator's request to hand leadership over. */
interface PendingTransfer {
  readonly to: number;
  readonly attempt: number;
  /** Of the leader that was asked. */
  readonly term: number;
}

/** How far the installation of a received snapshot is. */
type Installation = 'none' | 'waiting' | 'saving' | 'saved' | 'rebasing';

/** @throws CoreError BAD_CONFIGURATION for limits with which a group could do nothing, or would be LOG_FULL for ever. */
function requireLimits(options: ReplicaOptions, voters: number): void {
  const limits = { ...operatorLimits, ...options.limits };
  const snapshotEvery = options.snapshotEveryEntries ?? operatorLimits.snapshotEveryEntries;
  const wrong = (what: string): never => {
    throw new CoreError('BAD_CONFIGURATION', `${what}.`, 'Change the limits of the replica.');
  };
  if (voters < 1 || voters > limits.clusterSize) {
    throw new CoreError(
      'BAD_CONFIGURATION',
      `A group has 1 to ${limits.clusterSize} voters; got ${voters}.`,
      'Change the number of servers.',
    );
  }
  if (limits.uncompactedEntries - limits.reservedEntries < 16) {
    wrong(
      `${limits.uncompactedEntries} uncompacted entries, of which ${limits.reservedEntries} in reserve, leave fewer than 16`,
    );
  }
  if (limits.pendingProposals <= limits.reservedProposals) {
    wrong(
      `${limits.pendingProposals} pending proposals are not more than the ${limits.reservedProposals} in reserve`,
    );
  }
  const least = Math.min(
    ...[limits.batchEntries, limits.batchBytes, limits.windowAppends, limits.windowBytes],
    ...[limits.snapshotChunkBytes, limits.snapshotWindowChunks, limits.uncommittedBytes, snapshotEvery],
    limits.pendingReads,
  );
  if (!(least >= 1))
    wrong('batch, windows, chunk, uncommitted bytes, pending reads and snapshot interval are at least 1');
  if (limits.snapshotChunkBytes > operatorLimits.messageBytes / 2) {
    wrong(
      `a chunk of ${limits.snapshotChunkBytes} bytes does not fit a message of ${operatorLimits.messageBytes}`,
    );
  }
}

/** One group's member on a host. Its id is the host's number. */
export class Replica implements Process {
  readonly #ports: Ports;
  readonly #machine: Machine;
  readonly #deadlines: Deadlines;
  readonly #attempts: Attempts;
  readonly #snapshotEvery: number;
  readonly #snapshotKeep: number;
  /** Uncompacted entries at which a snapshot does not wait for its interval. */
  readonly #nearlyFull: number;
  readonly #pendingReads: number;
  readonly #rules: RaftRules;
  readonly #waiters = new Map<number, Waiter>();
  /** By session, then number. What this replica is told to answer is durable, whether it still leads or not. */
  readonly #subscribers = new Map<number, Map<number, Subscriber>>();
  readonly #effects: Effects;
  readonly #reads = new Map<number, PendingRead>();
  #lastRead = 0;
  /** Reads whose index is known and not yet applied here. */
  #readsToApply: ReadyReads[] = [];
  #transfer: PendingTransfer | null = null;
  #wal: Wal | null = null;
  #raft: RaftNode | null = null;
  /** Recovery's own writes are durable: votes and acknowledgements may leave. */
  #ready = false;
  /** Why this replica does nothing any more. */
  #stopped: string | null = null;
  #applied = 0;
  #lastSnapshot = 0;
  /** The snapshot being made durable, own or received. */
  #saving: Snapshot | null = null;
  /** It is the newest one once more, because its file had rotted. */
  #rewriting = false;
  /** The file in which a snapshot was saved last, as it was synced. */
  #savingFile = '';
  /** Digest of the state that is being saved as a snapshot. */
  #digestAtSave = 0;
  /** The log on disk is to start after this index; 0: as it is. */
  #compactTo = 0;
  #installation: Installation = 'none';
  #received: Snapshot | null = null;
  #armedAt = -1;

  /** Opens the log and recovers. A damaged log is repaired with the help of the others; a lost identity stops the replica: it stays silent, and says why in `stopped`. */
  constructor(ports: Ports, options: ReplicaOptions = {}) {
    this.#ports = ports;
    this.#machine =
      options.machine?.(ports.group) ?? createMachine(machineRules, ports.group, options.conflicts);
    const rhoPpm = options.rhoPpm ?? 10_000;
    const deadlines = options.deadlines?.(rhoPpm) ?? new Deadlines(rhoPpm);
    this.#deadlines = deadlines;
    this.#effects = {
      arm: (kind, id, version, ttlUs) => deadlines.arm(kind, id, version, ttlUs),
      disarm: (kind, id) => deadlines.disarm(kind, id),
      answer: (session, number, value, place) => this.#answerLate(session, number, value, place),
      observe: (observation) => {
        if (observation.kind === 'sessionEnded') this.#subscribers.delete(observation.session);
        ports.emit(observation);
      },
    };
    this.#attempts = new Attempts(ports.boot);
    this.#rules = options.rules ?? raftRules;
    this.#snapshotEvery = options.snapshotEveryEntries ?? operatorLimits.snapshotEveryEntries;
    const uncompacted = options.limits?.uncompactedEntries ?? operatorLimits.uncompactedEntries;
    const reserved = options.limits?.reservedEntries ?? operatorLimits.reservedEntries;
    requireLimits(options, ports.servers.length);
    this.#pendingReads = options.limits?.pendingReads ?? operatorLimits.pendingReads;
    this.#nearlyFull = ((uncompacted - reserved) * 3) >>> 2;
    this.#snapshotKeep = Math.min(
      options.entriesKeptBehindSnapshot ?? operatorLimits.entriesKeptBehindSnapshot,
      this.#nearlyFull >>> 1,
    );
    try {
      this.#recover(options);
    } catch (error) {
      this.#fail(error);
    }
  }

  #recover(options: ReplicaOptions): void {
    const ports = this.#ports;
    const { wal, recovered } = Wal.open(
      ports.disk,
      { group: ports.group, replica: ports.node },
      (kind, body) => (kind === 'command' ? this.#machine.decode(body) : null),
      // A single voter has nobody who could repair it.
      ports.servers.length > 1,
    );
    this.#wal = wal;
    const { damage } = recovered;
    if (damage !== null) ports.emit({ kind: 'damageFound', code: damage.code, message: damage.message });
    ports.emit({
      kind: 'recovered',
      term: recovered.term,
      votedFor: recovered.votedFor < 0 ? null : recovered.votedFor,
      base: recovered.base,
      baseTerm: recovered.baseTerm,
      terms: recovered.entries.map((entry) => entry.term),
      sums: recovered.entries.map((entry) => entry.sum),
      repairing: recovered.repairing,
    });
    if (recovered.snapshot !== null) this.#restore(recovered.snapshot, 'disk');
    const configuration: Configuration = {
      incoming: recovered.snapshot?.voters ?? ports.servers,
      outgoing: [],
      learners: [],
    };
    this.#raft = new RaftNode(ports.clock.monotonicUs(), {
      id: ports.node,
      boot: ports.boot,
      configuration,
      timings: { ...operatorTimings, ...options.timings },
      limits: { ...operatorLimits, ...options.limits },
      rules: this.#rules,
      random: ports.random,
      observe: (observation) => ports.emit(observation),
      recovered,
    });
  }

  receive(from: number, message: unknown): void {
    if (this.#stopped !== null || !this.#ready) return;
    try {
      this.#take(from, message as RaftMessage | ClientMessage);
    } catch (error) {
      this.#fail(error);
    }
  }

  #take(from: number, m: RaftMessage | ClientMessage): void {
    switch (m.type) {
      case 'hello': {
        const leader = this.#raft!.leader;
        this.#ports.transport.send(from, { type: 'welcome', nonce: m.nonce, boot: this.#ports.boot, leader });
        return;
      }
      case 'welcome':
      case 'reply':
      case 'refusal':
        break;
      case 'request':
        this.#onRequest(from, m);
        break;
      case 'read':
        this.#onRead(from, m);
        break;
      case 'transfer':
        this.#onTransfer(from, m);
        break;
      default:
        this.#raft!.step(this.#ports.clock.monotonicUs(), { kind: 'message', from, message: m });
    }
    this.#flush();
  }

  /**
   * A client is gone and its number will not come again in this boot: for hosts whose clients come and go. What it asked stays in the log; answers go
   * nowhere.
   */
  forgetClient(client: number): void {
    this.#attempts.forget(client);
  }

  wake(_key: number): void {
    this.#armedAt = -1;
    if (this.#stopped !== null || !this.#ready) return;
    try {
      this.#raft!.step(this.#ports.clock.monotonicUs(), wakeInput);
      if (this.#raft!.role === 'leader') this.#proposeExpiries();
      this.#flush();
    } catch (error) {
      this.#fail(error);
    }
  }

  synced(token: number, error: DiskError | null): void {
    if (this.#stopped !== null) return;
    try {
      const event = this.#wal!.synced(token, error);
      if (event !== null) this.#onWalEvent(event);
      if (this.#ready) this.#flush();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #onWalEvent(event: WalEvent): void {
    const raft = this.#raft!;
    const now = this.#ports.clock.monotonicUs();
    switch (event.kind) {
      case 'ready':
        this.#ready = true;
        break;
      case 'written':
        raft.step(now, { kind: 'persisted', write: raft.issued! });
        break;
      case 'snapshotSaved': {
        const snapshot = this.#saving!;
        this.#saving = null;
        if (this.#rewriting) this.#snapshotRewritten(snapshot);
        else if (this.#installation === 'saving') this.#installation = 'saved';
        else this.#ownSnapshotSaved(snapshot, now);
        break;
      }
      case 'rebased':
        if (this.#installation === 'rebasing') this.#installed(now);
        else raft.step(now, { kind: 'compacted', base: event.base });
        break;
      case 'rejoined':
        raft.step(now, { kind: 'rejoined' });
        break;
    }
  }

  #ownSnapshotSaved(snapshot: Snapshot, now: number): void {
    this.#raft!.step(now, { kind: 'snapshotTaken', snapshot });
    // A follower that is being sent a snapshot wants what follows it: else, under load, it would get one snapshot after another.
    const raft = this.#raft!;
    const full = raft.lastIndex - raft.base >= this.#nearlyFull;
    const keptFrom = snapshot.index - this.#snapshotKeep;
    this.#compactTo = full ? keptFrom : Math.min(keptFrom, raft.snapshotOnItsWay);
    this.#ports.emit({
      kind: 'snapshotTaken',
      index: snapshot.index,
      term: snapshot.term,
      digest: this.#digestAtSave,
      file: this.#savingFile,
    });
  }

  /**
   * A follower needs the snapshot, which travels from memory: a good moment to see whether the file is whole, since a restart would need it, and the log before it is
   * gone. One that has rotted is written anew, in its place, while the state is there to write it from.
   */
  #lookAfterSnapshot({ index, term, voters, machine }: Snapshot): void {
    if (this.#saving !== null || this.#installation !== 'none' || this.#wal!.snapshotIsWhole()) return;
    const message = `the snapshot at ${index} was durable and is damaged; it is written anew.`;
    this.#ports.emit({ kind: 'damageFound', code: 'SNAPSHOT_CORRUPT', message });
    this.#rewriting = true;
    this.#saving = { index, term, voters, machine };
    this.#savingFile = this.#wal!.saveSnapshot(this.#saving);
  }

  #snapshotRewritten({ index, term }: Snapshot): void {
    this.#rewriting = false;
    this.#ports.emit({ kind: 'snapshotRewritten', index, term, file: this.#savingFile });
  }

  #installed(now: number): void {
    const snapshot = this.#received!;
    this.#received = null;
    this.#installation = 'none';
    this.#compactTo = 0;
    // What waited for entries that the snapshot covers is not answered: their replies are in it, a retry will find them.
    this.#waiters.clear();
    this.#subscribers.clear();
    this.#restore(snapshot, 'leader');
    this.#raft!.step(now, { kind: 'snapshotInstalled' });
  }

  #restore(snapshot: Snapshot, from: 'disk' | 'leader'): void {
    this.#deadlines.nowUs = this.#ports.clock.monotonicUs();
    this.#machine.restore(snapshot.machine, this.#deadlines);
    this.#applied = snapshot.index;
    this.#lastSnapshot = snapshot.index;
    this.#ports.emit({
      kind: 'snapshotRestored',
      index: snapshot.index,
      term: snapshot.term,
      digest: this.#machine.digest(),
      from,
      file: from === 'leader' ? this.#savingFile : '',
    });
  }

  #onRequest(from: number, m: Request): void {
    if (!this.#attempts.accepts(from, m.boot, m.attempt)) return;
    const raft = this.#raft!;
    const reserved = this.#machine.isReserved(m.command);
    let code: CoreErrorCode | null = raft.refusalOf(1, reserved);
    if (code === null) {
      const body = this.#machine.encode(m.command);
      code =
        body.length > operatorLimits.entryBytes
          ? 'ENTRY_TOO_LARGE'
          : reserved
            ? null
            : raft.bytesRefusal(body.length);
      if (code === null) {
        // Applied as it stands in the log, not as it was sent: a field that the log leaves out must not count here and nowhere else.
        const command = this.#machine.decode(body);
        this.#propose([{ kind: 'command', body, sum: crc32c(body), command }]);
        this.#waiters.set(raft.lastIndex, { to: from, attempt: m.attempt, term: raft.term });
        return;
      }
    }
    this.#refuse(from, m.attempt, code);
  }

  #refuse(to: number, attempt: number, code: CoreErrorCode): void {
    this.#ports.emit({ kind: 'refused', code, client: to, attempt });
    const { boot } = this.#ports;
    this.#ports.transport.send(to, { type: 'refusal', boot, attempt, code, leader: this.#raft!.leader });
  }

  /** Leadership to another: `{ leader }` when somebody leads a later term, or the target leads already; else it stays, and says why. */
  #onTransfer(from: number, m: TransferRequest): void {
    if (!this.#attempts.accepts(from, m.boot, m.attempt)) return;
    const raft = this.#raft!;
    const asked: PendingTransfer = { to: from, attempt: m.attempt, term: raft.term };
    if (raft.role === 'leader' && m.target === this.#ports.node && raft.transferTarget < 0) {
      this.#answerTransfer(asked, { leader: m.target });
      return;
    }
    const code = raft.transferRefusal(m.target);
    if (code === 'NOT_LEADER') this.#refuse(from, m.attempt, code);
    else if (code !== null) this.#answerTransfer(asked, { error: code });
    else {
      this.#transfer = asked;
      raft.step(this.#ports.clock.monotonicUs(), { kind: 'transfer', target: m.target });
    }
  }

  /** Tells who asked for a transfer what came of it. */
  #endTransfer(asked: PendingTransfer): void {
    const raft = this.#raft!;
    if (raft.term > asked.term) {
      if (raft.leader < 0) return;
      this.#answerTransfer(asked, { leader: raft.leader });
    } else if (raft.transferTarget >= 0) return;
    else if (raft.role === 'leader') this.#answerTransfer(asked, { error: 'TRANSFER_GIVEN_UP' });
    this.#transfer = null;
  }

  #answerTransfer({ to, attempt }: PendingTransfer, value: unknown): void {
    const { boot } = this.#ports;
    this.#ports.transport.send(to, { type: 'reply', boot, attempt, value, place: 0 });
  }

  /** A read outside the log: any replica takes it, and asks the leader up to where it must have applied. */
  #onRead(from: number, m: ReadRequest): void {
    if (!this.#attempts.accepts(from, m.boot, m.attempt)) return;
    if (this.#reads.size >= this.#pendingReads) {
      this.#refuse(from, m.attempt, 'TOO_MANY_READS');
      return;
    }
    this.#lastRead += 1;
    this.#reads.set(this.#lastRead, { to: from, attempt: m.attempt, op: m.op });
    this.#raft!.step(this.#ports.clock.monotonicUs(), { kind: 'read', id: this.#lastRead });
  }

  /** Answers the reads whose index is known and applied, and refuses those that nobody is known to serve. */
  #endReads(): void {
    const raft = this.#raft!;
    if (raft.readsEnded) {
      this.#readsToApply.push(...raft.takeReadyReads());
      for (const id of raft.takeRefusedReads()) this.#refuseRead(id);
    }
    if (this.#readsToApply.length === 0) return;
    const later: ReadyReads[] = [];
    for (const ready of this.#readsToApply) {
      if (this.#rules.mayServeRead(this.#applied, ready.index)) ready.ids.forEach((id) => this.#serve(id));
      else if (raft.leader >= 0) later.push(ready);
      // Nobody is heard who could tell of what is missing: others may serve them.
      else ready.ids.forEach((id) => this.#refuseRead(id));
    }
    this.#readsToApply = later;
  }

  #refuseRead(id: number): void {
    const { to, attempt } = this.#reads.get(id)!;
    this.#reads.delete(id);
    this.#refuse(to, attempt, 'NOT_LEADER');
  }

  #serve(id: number): void {
    const { to, attempt, op } = this.#reads.get(id)!;
    this.#reads.delete(id);
    const { boot } = this.#ports;
    // It sees all that is applied, which may be more than it must.
    const place = this.#applied;
    const value = this.#machine.read(op);
    this.#ports.emit({ kind: 'readServed', index: place, leading: this.#raft!.role === 'leader' });
    this.#ports.transport.send(to, { type: 'reply', boot, attempt, value, place });
  }

  #propose(commands: readonly ProposedCommand[]): void {
    this.#raft!.step(this.#ports.clock.monotonicUs(), { kind: 'propose', commands });
  }

  /** Only the leader proposes expiry, once it has committed in its own term; expiry is exempt from the limits. */
  #proposeExpiries(): void {
    const raft = this.#raft!;
    // An entry that the target of a transfer has not got would cost it the votes.
    if (raft.termAt(raft.commitIndex) !== raft.term || raft.transferTarget >= 0) return;
    const due = this.#deadlines.due(this.#ports.clock.monotonicUs(), raft.term, expiriesPerEntry);
    if (due.length === 0) return;
    const command = this.#machine.expire(due);
    const body = this.#machine.encode(command);
    this.#propose([{ kind: 'command', body, sum: crc32c(body), command }]);
  }

  #flush(): void {
    const raft = this.#raft!;
    if (this.#applied < raft.commitIndex) this.#applyCommitted();
    if (raft.readsEnded || this.#readsToApply.length > 0) this.#endReads();
    if (this.#transfer !== null) this.#endTransfer(this.#transfer);
    this.#writeToDisk();
    const { outbox } = raft;
    if (outbox.length > 0) {
      for (let i = 0; i < outbox.length; i += 1) {
        const { to, message } = outbox[i]!;
        this.#ports.transport.send(to, message);
      }
      while (outbox.length > 0) outbox.pop();
    }
    const deadline = raft.nextDeadline();
    if (deadline !== this.#armedAt) {
      this.#armedAt = deadline;
      this.#ports.timers.set(raftTimer, deadline);
    }
  }

  #applyCommitted(): void {
    const raft = this.#raft!;
    this.#deadlines.nowUs = this.#ports.clock.monotonicUs();
    while (this.#applied < raft.commitIndex) this.#applyEntry(raft.entryAt(this.#applied + 1));
    if (this.#snapshotIsDue() && this.#saving === null && this.#installation === 'none') this.#takeSnapshot();
  }

  /**
   * Every so many entries; and, whatever that number is, before the log is full: else a log that holds fewer entries than a
   * snapshot interval would refuse commands for ever.
   */
  #snapshotIsDue(): boolean {
    const raft = this.#raft!;
    const since = this.#applied - this.#lastSnapshot;
    if (since >= this.#snapshotEvery) return true;
    return raft.lastIndex - raft.base >= this.#nearlyFull && since >= Math.max(1, this.#nearlyFull >>> 3);
  }

  #applyEntry(entry: Entry): void {
    const { index, term, kind } = entry;
    const applied = kind === 'command' ? this.#machine.apply(index, entry.command, this.#effects) : null;
    this.#applied = index;
    this.#ports.emit({
      kind: 'applied',
      index,
      term,
      entry: kind,
      digest: this.#machine.digest(),
      reply: applied === null ? 0 : applied.replyDigest,
      session: applied === null ? 0 : applied.session,
      number: applied === null ? 0 : applied.number,
      repeated: applied !== null && applied.repeated,
    });
    // Followers have none: they are not to look for one with every entry.
    const waiter = this.#waiters.size === 0 ? undefined : this.#waiters.get(index);
    if (waiter === undefined) return;
    this.#waiters.delete(index);
    if (waiter.term !== term || applied === null || applied.reply === null) return;
    if (applied.waits) this.#subscribe(applied.session, applied.number, waiter);
    this.#ports.transport.send(waiter.to, {
      type: 'reply',
      boot: this.#ports.boot,
      attempt: waiter.attempt,
      value: applied.reply.value,
      place: applied.reply.place,
    });
  }

  /** A retry of a request that waits takes the place of the attempt before it. */
  #subscribe(session: number, number: number, { to, attempt }: Waiter): void {
    let numbers = this.#subscribers.get(session);
    if (numbers === undefined) this.#subscribers.set(session, (numbers = new Map()));
    numbers.set(number, { to, attempt });
  }

  #answerLate(session: number, number: number, value: unknown, place: number): void {
    const numbers = this.#subscribers.get(session);
    const subscriber = numbers?.get(number);
    if (numbers === undefined || subscriber === undefined) return;
    numbers.delete(number);
    if (numbers.size === 0) this.#subscribers.delete(session);
    const { to, attempt } = subscriber;
    this.#ports.transport.send(to, { type: 'reply', boot: this.#ports.boot, attempt, value, place });
  }

  #takeSnapshot(): void {
    const raft = this.#raft!;
    this.#lastSnapshot = this.#applied;
    this.#digestAtSave = this.#machine.digest();
    this.#saving = {
      index: this.#applied,
      term: raft.termAt(this.#applied),
      voters: this.#ports.servers,
      machine: this.#machine.snapshot(),
    };
    this.#savingFile = this.#wal!.saveSnapshot(this.#saving);
  }

  /** The log is the only whole copy while the snapshot that it is to rest on is written anew. */
  get #mayCompact(): boolean {
    return this.#compactTo > 0 && this.#installation === 'none' && !this.#rewriting;
  }

  /** Starts at most one write of the log and one snapshot file: what is on its way is never overtaken. */
  #writeToDisk(): void {
    const wal = this.#wal!;
    const raft = this.#raft!;
    if (raft.takeSnapshotBegun()) this.#lookAfterSnapshot(raft.snapshot!);
    const request = raft.takeInstallRequest();
    if (request !== null) {
      this.#received = request;
      this.#installation = 'waiting';
    }
    if (this.#installation === 'waiting' && this.#saving === null) {
      this.#installation = 'saving';
      this.#saving = this.#received!;
      this.#savingFile = wal.saveSnapshot(this.#saving);
    }
    if (wal.busy) return;
    if (this.#installation === 'saved') {
      const { index, term } = this.#received!;
      this.#installation = 'rebasing';
      wal.rebase(index, term, raft.term, raft.votedFor, []);
      return;
    }
    if (this.#mayCompact && raft.canRebaseTo(this.#compactTo)) {
      const base = this.#compactTo;
      this.#compactTo = 0;
      wal.rebase(base, raft.termAt(base), raft.term, raft.votedFor, raft.entriesForRebase(base));
      return;
    }
    if (raft.mayRejoin && this.#installation === 'none' && raft.canRewrite) {
      const { base } = raft;
      wal.rejoin(raft.term, raft.votedFor, raft.termAt(base), raft.entriesForRebase(base));
      return;
    }
    const batch = raft.takeWrite();
    if (batch === null) return;
    const { file, end } = wal.write(batch);
    const { lastIndex, lastTerm } = raft.issued!;
    this.#ports.emit({ kind: 'recordsWritten', file, end, lastIndex, lastTerm });
  }

  /** A named error of the core or the disk stops this replica, and nothing else; any other throw is a mistake, and goes on up. */
  #fail(error: unknown): void {
    if (!(error instanceof CoreError) && !(error instanceof DiskError)) throw error;
    this.#stopped = error.code;
    this.#ports.timers.cancel(raftTimer);
    this.#ports.emit({ kind: 'stopped', code: error.code, message: error.message });
  }

  /** Current term; 0 before the first election. */
  get term(): number {
    return this.#raft?.term ?? 0;
  }

  /** Who leads the current term as far as is known here; −1 for nobody. */
  get leader(): number {
    return this.#raft?.leader ?? -1;
  }

  /** The state in words, for people who debug a run. */
  describe(): unknown {
    const raft = this.#raft;
    if (raft === null) return { stopped: this.#stopped };
    return {
      stopped: this.#stopped,
      ready: this.#ready,
      ...raft.describe(
        (command) => this.#machine.describe(command),
        (message) => replicaCodec.describe(message),
      ),
      applied: this.#applied,
      digest: this.#machine.digest().toString(16),
      waiting: [...this.#waiters].map(([index, { to, attempt }]) => ({ index, client: to, attempt })),
      reads: this.#reads.size,
    };
  }
}
