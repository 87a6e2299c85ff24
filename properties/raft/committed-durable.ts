/**
 * What is committed survives: a quorum held it durably when it was committed (paper, section 5.3, with figure 2's "updated on stable
 * storage before responding"), and whoever holds it so does not lose it.
 *
 * Durability is the world's word: of each batch the replica says which bytes of which file hold it, and the world says when those bytes were
 * durable. So it is with snapshots: the file, then the folder of its name.
 *
 * Recovery and compaction write entries anew, to other files. What was known to be durable stays so (the old files go only after that); what
 * recovery found beyond it in the page cache becomes durable with its first file and that file's name: the first sync of a folder after one of a file in it, in a boot.
 *
 * What the world itself has damaged may be lost, on that host, where its replica says that it repairs itself; until the file is whole again: with the
 * recovery that met the damage, once that is durable, or a snapshot when its replica has written it anew.
 */
import type { Envelope } from '../../core/observe.ts';
import { LogBook } from '../log-book.ts';
import type { NodeLog } from '../log-book.ts';
import type { Evidence, Property, WatchContext } from '../property.ts';

/** A batch in the page cache: durable when the first `end` bytes of `file` are. */
interface Pending {
  file: string;
  end: number;
  lastIndex: number;
}

/** What is known of one node's disk. */
class DurableLog {
  /** The log is durable up to here. */
  index = 0;
  /** Of it, what the log itself held. A snapshot may be durable before the last entries that it covers; only the log's are acknowledged. */
  inLog = 0;
  /** When that was last seen to rise. */
  at = 0;
  /** The replica's commit index in this boot. */
  commit = 0;
  /** Batches not durable yet, oldest first: one, where one batch is in flight at a time. */
  readonly pending: Pending[] = [];
  /** Last entry that recovery found, while it is not known to be durable; else −1. */
  recovering = -1;
  /** Folder of the first file that was synced since the recovery began; null before. */
  recoveryFolder: string | null = null;
  /** Files that the world has damaged since a recovery last read them, and that are not whole again: their loss is no fault of the replica. */
  readonly rotten = new Set<string>();
  /**
   * The last recovery met damage, and is not durable yet. It may have rested on what only the page cache knew, such as a newer snapshot's name; the next,
   * after a power cut, is left with what is damaged.
   */
  metDamage = false;
  /** What it held durably before that, until it has rejoined: what it acknowledged then may still be counted on, since it abstains meanwhile. */
  lost: { readonly index: number; readonly log: NodeLog } | null = null;
  /** The file that batches go to. */
  logFile = '';
  /** Other files that were synced in this boot: those whose folder was not synced since, and those whose was. */
  readonly unnamed = new Set<string>();
  readonly named = new Set<string>();

  /** The folder was synced: so are the names of the files in it. */
  nameFiles(folder: string): void {
    for (const file of this.unnamed) {
      if (folderOf(file) !== folder) continue;
      this.unnamed.delete(file);
      this.named.add(file);
    }
  }

  raise(index: number, at: number): void {
    if (index <= this.index) return;
    this.index = index;
    this.at = at;
  }

  raiseLog(index: number, at: number): void {
    if (index > this.inLog) this.inLog = index;
    this.raise(index, at);
  }

  /** Entries from `from` on are gone: nothing written before says anything about what comes to stand there. */
  cut(from: number): void {
    if (this.index >= from) this.index = from - 1;
    if (this.inLog >= from) this.inLog = from - 1;
    if (this.recovering >= from) this.recovering = from - 1;
    for (const batch of this.pending) if (batch.lastIndex >= from) batch.lastIndex = from - 1;
  }

  /** Damage may excuse what is missing here. */
  get damaged(): boolean {
    return this.metDamage || this.rotten.size > 0;
  }

  /**
   * A rotten file was replaced by one that was written aside, under the name and an ending. From here on nothing excuses its loss, unless it has rotted too:
   * what was written aside keeps its damage when it gets its name.
   */
  replaced(aside: string): void {
    for (const file of this.rotten) if (file !== aside && aside.startsWith(file)) this.rotten.delete(file);
  }

  forgetPending(): void {
    this.unnamed.clear();
    this.named.clear();
    while (this.pending.length > 0) this.pending.pop();
  }

  /** The first `length` bytes of `file` are durable. */
  synced(file: string, length: number, at: number): void {
    const { pending } = this;
    let kept = 0;
    for (let i = 0; i < pending.length; i += 1) {
      const batch = pending[i] as Pending;
      if (batch.end <= length && batch.file === file) this.raiseLog(batch.lastIndex, at);
      else {
        pending[kept] = batch;
        kept += 1;
      }
    }
    while (pending.length > kept) pending.pop();
  }
}

/** A quorum holds an entry durably when it is committed, and keeps it. */
export const committedDurable: Property = {
  id: 'committed-durable',
  sentence: 'A committed entry was durable on a quorum when it was committed, and is never lost.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const book = LogBook.of(context);
    const judge = new Durability(context, book);
    book.onRemoved((e) => judge.removed(e));
    return {
      on: {
        recordsWritten: (o, e) => judge.written(o.file, o.end, o.lastIndex, e.node),
        fsynced: (o, e) => judge.fsynced(o.file, o.length, e),
        folderSynced: (o, e) => judge.folderSynced(o.folder, e),
        snapshotTaken: (o, e) => judge.snapshotSaved(o.index, o.file, e),
        snapshotRestored: (o, e) => judge.restored(o.index, o.from, o.file, e),
        committed: (o, e) => judge.committed(o.index, o.leading, e),
        crashed: (_, e) => judge.disk(e.node).forgetPending(),
        snapshotRewritten: (o, e) => judge.snapshotRewritten(o.file, e),
        damaged: (o, e) => {
          judge.disk(e.node).rotten.add(o.file);
        },
        recovered: (o, e) => judge.recovered(o.repairing, e),
        rejoined: (_, e) => {
          judge.disk(e.node).lost = null;
        },
      },
    };
  },
};

class Durability {
  private readonly context: WatchContext;
  private readonly book: LogBook;
  private readonly disks: DurableLog[];
  private readonly needed: number;
  /** Whether this system says what it writes at all; one that does not cannot be judged. */
  private tellsWrites = false;

  constructor(context: WatchContext, book: LogBook) {
    this.context = context;
    this.book = book;
    this.disks = Array.from({ length: context.hosts }, () => new DurableLog());
    this.needed = (context.servers.length >>> 1) + 1;
  }

  disk(node: number): DurableLog {
    return this.disks[node] as DurableLog;
  }

  written(file: string, end: number, lastIndex: number, node: number): void {
    this.tellsWrites = true;
    const disk = this.disk(node);
    disk.logFile = file;
    disk.pending.push({ file, end, lastIndex });
  }

  fsynced(file: string, length: number, e: Envelope): void {
    const disk = this.disks[e.node];
    if (disk === undefined) return;
    if (disk.recovering >= 0) disk.recoveryFolder ??= folderOf(file);
    // What a batch says of the log rests on what recovery found, which counts from its own file and name on.
    if (disk.pending.length > 0 && disk.recovering < 0) disk.synced(file, length, e.at);
    if (file !== disk.logFile) disk.unnamed.add(file);
  }

  folderSynced(folder: string, e: Envelope): void {
    const disk = this.disks[e.node];
    if (disk === undefined) return;
    disk.nameFiles(folder);
    if (disk.recovering < 0 || disk.recoveryFolder !== folder) return;
    disk.raiseLog(disk.recovering, e.at);
    disk.recovering = -1;
    // What has rotted since that recovery began is left to the next one.
    disk.metDamage = false;
  }

  /** The replica says that a snapshot is durable: it is, if the world has synced its file and, after that, the folder of its name. */
  snapshotSaved(index: number, file: string, e: Envelope): void {
    const disk = this.disk(e.node);
    if (disk.named.delete(file)) disk.raise(index, e.at);
  }

  /** Whether that is so shows when it is lost: then nothing excuses it. */
  snapshotRewritten(file: string, e: Envelope): void {
    const disk = this.disk(e.node);
    disk.named.delete(file);
    disk.replaced(file);
  }

  /** Entries left a log: harmless, unless committed ones that were durable here are among them. */
  removed(e: Envelope): void {
    const { book } = this;
    const disk = this.disk(e.node);
    const from = book.removedFrom;
    const wasDurable = disk.index >= from;
    disk.cut(from);
    if (!this.tellsWrites || !wasDurable || !book.removedCommitted) return;
    // A follower that still follows an older leader may be asked to remove what later leaders commit elsewhere; one that has reached the
    // term of the commitment only hears leaders that hold the entry.
    const { committed } = book;
    if ((book.term[e.node] as number) < committed.inTermAt(from) && this.holders(from).length >= this.needed)
      return;
    const last = Math.min(book.removedLast, committed.last);
    this.context.fail(
      `n${e.node} removed what is committed from its log: ${entries(from, last).toLowerCase()} (term ${committed.termAt(from)}), committed by n${committed.byAt(from)} in term ${committed.inTermAt(from)}; ${held(this.holders(from))} durably now.`,
      [
        this.commitment(from),
        { at: e.at, node: e.node, text: `removed ${from}–${book.removedLast} from its log` },
      ],
    );
  }

  /** A snapshot took the log's place; it may be no older than what the log had committed. */
  restored(index: number, from: 'disk' | 'leader', file: string, e: Envelope): void {
    const { book } = this;
    const disk = this.disk(e.node);
    const lost = Math.min(disk.commit, disk.index);
    if (from === 'leader' && index < lost && this.tellsWrites) {
      this.context.fail(
        `n${e.node} put an older snapshot in the place of a newer log: the snapshot ends at ${index}, and entries up to ${lost} were committed and durable there.`,
        [
          this.commitment(Math.min(index + 1, book.committed.last)),
          {
            at: e.at,
            node: e.node,
            text: `restored the snapshot of ${index}; its log was durable up to ${disk.index}`,
          },
        ],
      );
    }
    if (index > disk.commit) disk.commit = index;
    if (from === 'leader') this.snapshotSaved(index, file, e);
  }

  committed(index: number, leading: boolean, e: Envelope): void {
    this.disk(e.node).commit = index;
    // A follower hears of commitments; one that is the first to declare one must have a quorum behind it like a leader.
    // One that was first before it restarted only hears of it again.
    const { committed } = this.book;
    const first =
      committed.last === index && committed.byAt(index) === e.node && committed.atAt(index) === e.at;
    if (!(leading || first) || !this.tellsWrites) return;
    const log = this.book.log(e.node);
    if (index > log.last || !log.anchored) return;
    const chain = log.chainAt(index);
    const { servers } = this.context;
    let holders = 0;
    for (let i = 0; i < servers.length; i += 1) {
      const server = servers[i] as number;
      if (this.holds(server, index, chain)) holders += 1;
    }
    if (holders < this.needed) this.failCommit(index, log, e);
  }

  /** Whether a server holds the entry durably, or did until the world damaged it and has not rejoined since. */
  private holds(server: number, index: number, chain: number): boolean {
    const { index: durable, lost } = this.disk(server);
    if (durable >= index && this.book.log(server).holds(index, chain)) return true;
    return lost !== null && lost.index >= index && lost.log.holds(index, chain);
  }

  private failCommit(index: number, log: NodeLog, e: Envelope): void {
    const { servers } = this.context;
    const chain = log.chainAt(index);
    const holders = servers.filter((server) => this.holds(server, index, chain));
    const others = servers.filter((s) => !holders.includes(s));
    const evidence: Evidence[] = others.map((server) => ({
      at: this.disk(server).at,
      node: server,
      text: durableText(this.disk(server).index),
    }));
    evidence.push({ at: e.at, node: e.node, text: `committed ${index}` });
    const disks = others
      .map((server) => [server, this.disk(server).index] as const)
      .map(([server, index]) => (index === 0 ? `n${server}'s not at all` : `n${server}'s up to ${index}`))
      .join(', ');
    this.context.fail(
      `An acknowledged entry is not safe. Entry ${index} (term ${log.termAt(index)}) was committed by n${e.node} although no quorum held it durably: ${held(holders)} on disk, ${this.needed} of ${servers.length} are needed. The logs of the others are durable only so far: ${disks}.`,
      evidence,
    );
  }

  /** The node is back: what was committed and durable there must be there still. */
  recovered(repairing: boolean, e: Envelope): void {
    const { book } = this;
    const disk = this.disk(e.node);
    const before = book.before[e.node] as NodeLog;
    const log = book.log(e.node);
    // A damaged snapshot takes what it alone held: nobody was told that this was safe here.
    const must = book.agreedUpTo(before, disk.damaged ? disk.inLog : disk.index);
    // Damage excuses the loss, and not that nobody noticed: whoever has lost what it had acknowledged must abstain.
    const excused = disk.damaged && repairing;
    if (must > 0 && this.tellsWrites && !excused && !book.holdsCommitted(log, must)) {
      const from = book.agreedUpTo(log, must) + 1;
      const found = log.last < from ? `only up to ${log.last}` : `another entry at ${from}`;
      this.context.fail(
        `An acknowledged entry is lost. ${entries(from, must)} (term ${book.committed.termAt(from)}) had been committed, and n${e.node} held it durably; it recovered ${found}.`,
        [
          this.commitment(from),
          { at: disk.at, node: e.node, text: `durable up to ${disk.index}` },
          { at: e.at, node: e.node, text: `recovered ${found}` },
        ],
      );
    }
    if (excused) disk.lost ??= { index: disk.index, log: before.copy() };
    disk.metDamage = disk.damaged;
    disk.rotten.clear();
    disk.forgetPending();
    disk.commit = 0;
    disk.index = Math.min(disk.index, log.last);
    disk.inLog = Math.min(disk.inLog, log.last);
    disk.recovering = log.last;
    disk.recoveryFolder = null;
  }

  /** Servers that hold the committed entry durably. */
  private holders(index: number): number[] {
    const { book } = this;
    return this.context.servers.filter(
      (server) => this.disk(server).index >= index && book.holdsCommitted(book.log(server), index),
    );
  }

  private commitment(index: number): Evidence {
    const { committed } = this.book;
    return {
      at: committed.atAt(index),
      node: committed.byAt(index),
      text: `committed ${index} (term ${committed.termAt(index)})`,
    };
  }
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function entries(from: number, last: number): string {
  return from >= last ? `Entry ${from}` : `Entries ${from} to ${last}`;
}

function durableText(index: number): string {
  return index === 0 ? 'nothing durable yet' : `durable up to ${index}`;
}

function held(holders: readonly number[]): string {
  if (holders.length === 0) return 'nobody holds it';
  const names = holders.map((node) => `n${node}`).join(', ');
  return holders.length === 1 ? `only ${names} holds it` : `${names} hold it`;
}
