/**
 * A disk in memory for the tests of the log: fsyncs complete when the test says so, and a crash of either kind makes a *new* disk as it
 * would be found afterwards, so that one state can be crashed in every way there is.
 */
import { DiskError } from '../ports.ts';
import type { Disk, FileHandle } from '../ports.ts';

interface Node {
  bytes: Uint8Array;
  /** `bytes[0, durable)` survives a power cut. */
  durable: number;
}

interface NameChange {
  readonly folder: string;
  readonly number: number;
  apply(names: Map<string, Node>, folders: Set<string>): void;
}

interface Fsync {
  readonly token: number;
  readonly node: Node | null;
  readonly length: number;
  readonly folder: string;
  readonly changes: number;
}

/** How a power cut treats what was not durable. */
export interface PowerCut {
  /** How many of the pending changes to names survive, in order. */
  readonly names: number;
  /** What is left of a file's bytes that were not durable. */
  readonly tail: (unsynced: Uint8Array, path: string) => Uint8Array;
}

const nothing = new Uint8Array(0);
/** Everything that was not durable is gone. */
export const loseAll: PowerCut = { names: 0, tail: () => nothing };

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

export class MemoryDisk implements Disk {
  private names = new Map<string, Node>();
  private folders = new Set(['']);
  private platter = new Map<string, Node>();
  private platterFolders = new Set(['']);
  private changes: NameChange[] = [];
  private changesMade = 0;
  private readonly handles: Node[] = [];
  private readonly inFlight: Fsync[] = [];

  get pendingNames(): number {
    return this.changes.length;
  }

  get fsyncsInFlight(): number {
    return this.inFlight.length;
  }

  /** The oldest fsync (or the nth) completes: its token; `undefined` where none is in flight. */
  complete(n = 0): number | undefined {
    const [done] = this.inFlight.splice(n, 1);
    if (done === undefined) return undefined;
    if (done.node !== null) done.node.durable = Math.max(done.node.durable, done.length);
    else {
      const covered = (change: NameChange): boolean =>
        change.folder === done.folder && change.number <= done.changes;
      for (const change of this.changes) if (covered(change)) change.apply(this.platter, this.platterFolders);
      this.changes = this.changes.filter((change) => !covered(change));
    }
    return done.token;
  }

  /** The disk that the next boot finds after a crash of the process: all is there, no more durable than it was. */
  afterProcessCrash(): MemoryDisk {
    const copies = new Map<Node, Node>();
    const copy = (node: Node): Node => {
      const known = copies.get(node) ?? { bytes: node.bytes.slice(), durable: node.durable };
      copies.set(node, known);
      return known;
    };
    const next = new MemoryDisk();
    next.names = new Map([...this.names].map(([path, node]) => [path, copy(node)]));
    next.platter = new Map([...this.platter].map(([path, node]) => [path, copy(node)]));
    next.folders = new Set(this.folders);
    next.platterFolders = new Set(this.platterFolders);
    next.changesMade = this.changesMade;
    next.changes = this.changes.map((change) => ({
      ...change,
      apply: (names, folders) => {
        const mine = new Map<string, Node>();
        for (const [path, node] of names) mine.set(path, node);
        change.apply(mine, folders);
        names.clear();
        for (const [path, node] of mine) names.set(path, copies.get(node) ?? node);
      },
    }));
    return next;
  }

  /** The disk that the next boot finds after the power failed. */
  afterPowerCut({ names, tail }: PowerCut): MemoryDisk {
    const kept = new Map(this.platter);
    const folders = new Set(this.platterFolders);
    for (const change of this.changes.slice(0, names)) change.apply(kept, folders);
    const next = new MemoryDisk();
    next.folders = folders;
    next.platterFolders = new Set(folders);
    for (const [path, node] of kept) {
      if (!folders.has(folderOf(path))) continue;
      const rest = tail(node.bytes.slice(node.durable), path);
      const bytes = new Uint8Array(node.durable + rest.length);
      bytes.set(node.bytes.subarray(0, node.durable));
      bytes.set(rest, node.durable);
      const survivor = { bytes, durable: bytes.length };
      next.names.set(path, survivor);
      next.platter.set(path, survivor);
    }
    return next;
  }

  /** The bytes of a file, to look at and to damage. */
  bytesOf(path: string): Uint8Array {
    return this.find(path).bytes;
  }

  durableLengthOf(path: string): number {
    return this.find(path).durable;
  }

  paths(): readonly string[] {
    return [...this.names.keys()].sort((a, b) => (a < b ? -1 : 1));
  }

  makeFolder(path: string): void {
    if (this.folders.has(path)) return;
    this.makeFolder(folderOf(path));
    this.change(path, (_, folders) => folders.add(path));
  }

  list(folder: string): readonly string[] {
    return this.paths()
      .filter((path) => folderOf(path) === folder)
      .map((path) => path.slice(folder.length + 1));
  }

  create(path: string): FileHandle {
    if (this.names.has(path)) throw new DiskError('EEXIST', path);
    if (!this.folders.has(folderOf(path))) throw new DiskError('ENOENT', path);
    const node = { bytes: nothing, durable: 0 };
    this.change(path, (names) => names.set(path, node));
    return this.handles.push(node) - 1;
  }

  open(path: string): FileHandle {
    return this.handles.push(this.find(path)) - 1;
  }

  close(): void {
    // Nothing is kept for an open file.
  }

  size(file: FileHandle): number {
    return this.node(file).bytes.length;
  }

  read(file: FileHandle, offset: number, length: number): Uint8Array {
    return this.node(file).bytes.slice(offset, offset + length);
  }

  append(file: FileHandle, bytes: Uint8Array, length: number): void {
    const node = this.node(file);
    const longer = new Uint8Array(node.bytes.length + length);
    longer.set(node.bytes);
    longer.set(bytes.subarray(0, length), node.bytes.length);
    node.bytes = longer;
  }

  truncate(): void {
    throw new Error('the log never truncates a file');
  }

  rename(from: string, to: string): void {
    const node = this.find(from);
    this.change(from, (names) => {
      names.delete(from);
      names.set(to, node);
    });
  }

  unlink(path: string): void {
    this.find(path);
    this.change(path, (names) => names.delete(path));
  }

  fsync(file: FileHandle, token: number): void {
    const node = this.node(file);
    this.inFlight.push({ token, node, length: node.bytes.length, folder: '', changes: 0 });
  }

  fsyncFolder(folder: string, token: number): void {
    this.inFlight.push({ token, node: null, length: 0, folder, changes: this.changesMade });
  }

  private change(path: string, apply: NameChange['apply']): void {
    apply(this.names, this.folders);
    this.changesMade += 1;
    this.changes.push({ folder: folderOf(path), number: this.changesMade, apply });
  }

  private find(path: string): Node {
    const node = this.names.get(path);
    if (node === undefined) throw new DiskError('ENOENT', path);
    return node;
  }

  private node(file: FileHandle): Node {
    return this.handles[file] as Node;
  }
}
