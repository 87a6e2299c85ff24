/**
 * A simulated disk: what it may do to a system, and why the system must survive it.
 *
 * **What is written is not durable.** `append` and `truncate` change the page cache, which readers see at once. Only an fsync
 * that *started after* a write makes it durable, and only when it completes; bytes appended while it runs wait for
 * the next one. Real kernels promise no more.
 *
 * **Names are not durable either.** A created, renamed or removed file, and a new folder, is known to the page cache
 * until an fsync of its folder completes that started after the change; syncing the file's bytes does not keep its name.
 * Systems that forget the folder lose whole files (Pillai and others, "All file systems are not created equal", OSDI 2014).
 *
 * **A crash of the process** loses nothing: the page cache is the kernel's. What was not durable is still not durable, and the next
 * boot reads it as if it were: a recovery that trusts it, and answers for it, is caught by the power cut that comes next.
 * The fsyncs in flight die with the process that waited for them; what they had covered stays in doubt.
 *
 * **A power cut** loses or tears. Each 512-byte sector that was not durable survives or not, independently and in no order, because
 * drives reorder; where one did not, zeros or old garbage stand. The file's length may survive its bytes, so a hole
 * can lie inside a file; or the file is shorter than what was written. A sector keeps those of its bytes that were durable before (an append does not
 * put older bytes at risk). Of the changes to names a prefix survives, in their order, as a journal keeps them. After the cut, what
 * is there is durable.
 *
 * **An fsync takes time**, drawn from the plan; it may stall, longer than an election, until an instant that a fault chose: whether it was in flight
 * when the stall began or starts in it. Several may be in flight, and may complete in any order. Every fsync costs the same number of draws, so
 * that a stall does not shift what follows.
 *
 * **An fsync may fail** (EIO) while a fault says so. What it should have covered stays readable, and will never be durable by another fsync of that file:
 * kernels mark such pages clean, and the next fsync reports a success that it has not had (Rebello and others, "Can Applications Recover from
 * fsync Failures?", ATC 2020). Only bytes written anew, to another file, can become durable.
 *
 * **The disk may be full** (ENOSPC): an append takes what fits, and fails; nothing new can be made. Space comes back when the fault ends.
 *
 * **What is durable may be damaged** on hosts that the plan names: disk-damage.ts. Elsewhere durable bytes never change. A file's name never
 * points at another file's bytes. A process that writes through a handle of an earlier boot is refused with an error, since that is a
 * flaw of the world and not weather.
 */
import { DiskError } from '../core/ports.ts';
import type { Disk, FileHandle, Random } from '../core/ports.ts';
import { misdirect, rot } from './disk-damage.ts';
import type { Damage, Damageable, DamageKind } from './disk-damage.ts';
import { delayTable, drawFrom } from './distributions.ts';
import type { DelayTable, Words } from './distributions.ts';
import type { FileView } from './inspect.ts';
import type { DelaySpec } from './plan.ts';

/** The unit that a power cut keeps or loses as a whole, in bytes. */
export const sectorBytes = 512;

/** What the disk asks of its world. */
export interface DiskHooks {
  /** Virtual time, in microseconds. */
  nowUs(): number;
  /**
   * An fsync was started; call `complete(request)` at `doneAtUs`.
   * @param path the file, or the folder for a sync of names
   * @param length how many bytes of the file it covers; 0 for a folder
   */
  fsyncStarted(request: number, doneAtUs: number, path: string, length: number): void;
  /** An fsync in flight takes another time than it was started with: call `complete(request)` at `doneAtUs` too. */
  fsyncMoved(request: number, doneAtUs: number): void;
  /** The disk is full, and has refused to take more of this file. */
  refused(path: string, error: DiskError): void;
}

/** What a completed fsync did. */
export interface FsyncOutcome {
  /** As the process gave it. */
  readonly token: number;
  readonly path: string;
  /** How many bytes of the file are durable now; 0 for a folder. */
  readonly length: number;
  readonly folder: boolean;
  readonly error: DiskError | null;
}

/** A file's bytes, apart from its name: a renamed file is the same node, and so is a removed one that is still open. */
interface FileNode {
  bytes: Uint8Array;
  length: number;
  /** `bytes[0, durable)` is durable. */
  durable: number;
  /** The durable content where it is more than `bytes[0, durable)`: a truncation is not durable yet. */
  image: Uint8Array | null;
  /** How often the file was truncated, and how often before the newest fsync that completed. */
  truncations: number;
  truncationsSynced: number;
  /** What the log's last fsync but one had covered: kept where damage is planned, else 0. */
  settled: number;
  /** From here on no fsync of this file makes anything durable any more: one has failed. */
  lostFrom: number;
}

/** A change to names that is not durable yet. */
interface NameChange {
  readonly number: number;
  /** The folder whose sync makes it durable. */
  readonly folder: string;
  readonly kind: 'folder' | 'link' | 'unlink' | 'rename';
  readonly path: string;
  /** The new path of a rename, else the same path. */
  readonly to: string;
  readonly node: FileNode | null;
}

interface Request extends FsyncOutcome {
  readonly number: number;
  readonly node: FileNode | null;
  /** What was written when it started, kept only if the file was truncated since. */
  content: Uint8Array | null;
  /** How many of the bytes it covers no truncation has cut off since it started. */
  kept: number;
  readonly truncations: number;
  /** Changes to names up to this number are covered. */
  readonly changes: number;
  /** When it completes without a stall. */
  readonly dueUs: number;
  /** A stall holds it until then. */
  heldUntilUs: number;
}

/** What stands on the platter, or in the page cache. */
interface Names {
  readonly files: Map<string, FileNode>;
  readonly folders: Set<string>;
}

function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function applyChange(names: Names, change: NameChange): void {
  if (change.kind === 'folder') {
    names.folders.add(change.path);
    return;
  }
  if (change.kind !== 'link') names.files.delete(change.path);
  if (change.kind !== 'unlink') names.files.set(change.to, change.node as FileNode);
}

/** The disk of one host. It lives as long as the host and survives its boots; each boot mounts it anew. */
export class SimDisk {
  private readonly fsyncDelay: DelayTable;
  private readonly random: Words;
  private readonly tears: Words;
  private readonly hooks: DiskHooks;
  /** As readers see it. */
  private readonly cached: Names = { files: new Map(), folders: new Set(['']) };
  /** As it stands after a power cut. */
  private readonly platter: Names = { files: new Map(), folders: new Set(['']) };
  private changes: NameChange[] = [];
  private changesMade = 0;
  private readonly inFlight: Request[] = [];
  private requestsMade = 0;
  private stalledUntilUs = 0;
  private mounted: MountedDisk | null = null;
  private written = 0;
  /** Faults in force that make fsyncs fail, and bytes that the disk has room for. */
  private failing = 0;
  private room = Infinity;
  private fillings = 0;
  /** Part of the paths that may rot at once; null: nothing of this disk is ever damaged, and what may be is not kept. */
  private readonly rotsAtOnce: string | null;

  /**
   * @param fsync how long an fsync takes
   * @param random a stream of this disk's own, for how long each fsync takes
   * @param tears another, for what power cuts take: one sector more or less does not shift later fsyncs
   * @param rotsAtOnce where damage is planned: files whose path holds this text may be damaged as soon as they are durable (none, if it is empty)
   */
  constructor(
    fsync: DelaySpec,
    random: Words,
    tears: Words,
    hooks: DiskHooks,
    rotsAtOnce: string | null = null,
  ) {
    this.fsyncDelay = delayTable(fsync);
    this.random = random;
    this.tears = tears;
    this.hooks = hooks;
    this.rotsAtOnce = rotsAtOnce;
  }

  /** Fsyncs, of files and folders, that have started and not completed. */
  get fsyncsInFlight(): number {
    return this.inFlight.length;
  }

  /** The files as readers see them, by path in code unit order. */
  view(): FileView[] {
    return [...this.cached.files]
      .map(([path, { length, durable }]) => ({ path, bytes: length, durable }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Bytes appended since the disk was made. */
  get bytesWritten(): number {
    return this.written;
  }

  /** The port of one boot. Handles of earlier boots are dead from now on. */
  mount(): Disk {
    this.mounted?.unmount();
    this.mounted = new MountedDisk(this, this.cached);
    return this.mounted;
  }

  /**
   * An fsync came due: what it covers is durable now.
   * @returns `null` where it died in a crash, has completed before, or is held by a stall.
   */
  complete(request: number): FsyncOutcome | null {
    const { inFlight } = this;
    let at = 0;
    while (at < inFlight.length && (inFlight[at] as Request).number !== request) at += 1;
    if (at === inFlight.length) return null;
    const done = inFlight[at] as Request;
    if (done.heldUntilUs > this.hooks.nowUs()) {
      this.hooks.fsyncMoved(request, done.heldUntilUs);
      return null;
    }
    const last = inFlight.pop() as Request;
    if (last !== done) inFlight[at] = last;
    if (this.failing > 0) return this.fail(done);
    if (done.node === null) {
      this.makeNamesDurable(done.path, done.changes);
      return done;
    }
    if (this.rotsAtOnce !== null) this.settle(done.path, done.node);
    makeBytesDurable(done.node, done);
    return done.node.lostFrom === Infinity ? done : { ...done, length: done.node.durable };
  }

  private fail(done: Request): FsyncOutcome {
    const { node } = done;
    if (node !== null && node.durable < node.lostFrom) node.lostFrom = node.durable;
    return { ...done, length: 0, error: new DiskError('EIO', `fsync of ${done.path} failed`) };
  }

  /** An fsync of the log has ended: what was durable before it may be damaged from now on. A file whose name is not durable is not the log yet. */
  private settle(path: string, node: FileNode): void {
    if (this.isWhole(path) || this.platter.files.get(path) !== node) return;
    const folder = folderOf(path);
    for (const [other, { durable }] of this.platter.files) {
      const file = this.platter.files.get(other) as FileNode;
      if (folderOf(other) === folder && durable > file.settled) file.settled = durable;
    }
  }

  /** Files that are damaged or good as a whole. */
  private isWhole(path: string): boolean {
    return this.rotsAtOnce !== null && this.rotsAtOnce !== '' && path.includes(this.rotsAtOnce);
  }

  /** Damages what may be damaged. @returns what was; nothing where nothing is durable for long enough */
  damage(how: DamageKind, random: Random): readonly Damage[] {
    if (this.rotsAtOnce === null)
      throw new Error('the plan does not name this host as one whose disk may be damaged');
    const files: Damageable[] = [];
    for (const [path, node] of this.cached.files) {
      if (this.platter.files.get(path) !== node || (how === 'snapshot-rot' && !this.isWhole(path))) continue;
      const settled = this.isWhole(path) ? node.durable : Math.min(node.settled, node.durable);
      if (settled > 0) files.push({ path, bytes: node.bytes, settled });
    }
    files.sort((a, b) => byCodeUnit(a.path, b.path));
    return how === 'misdirected-write' ? misdirect(files, random) : rot(files, random);
  }

  /** Fsyncs that end from now on fail, until as many calls have said that they need not. */
  failFsyncs(on: boolean): void {
    this.failing += on ? 1 : -1;
  }

  /** Leaves room for so many bytes, until as many calls of `freeSpace`. */
  fill(roomBytes: number): void {
    this.fillings += 1;
    this.room = Math.min(this.room, roomBytes);
  }

  freeSpace(): void {
    this.fillings -= 1;
    if (this.fillings === 0) this.room = Infinity;
  }

  /** Whether its fsyncs fail or it has no room: a process that met that has stopped. */
  get inTrouble(): boolean {
    return this.failing > 0 || this.fillings > 0;
  }

  /** Whatever ails it ends: stalls, failing fsyncs, want of room. What is damaged stays so. */
  heal(): void {
    this.endStall();
    this.failing = 0;
    this.fillings = 0;
    this.room = Infinity;
  }

  /** For the mounted disk: takes what fits of `length` bytes. @returns how many */
  take(length: number): number {
    const taken = Math.min(length, this.room);
    this.room -= taken;
    return taken;
  }

  /** For the mounted disk: refuses for want of room. */
  refuse(path: string): never {
    const error = new DiskError('ENOSPC', `no space left for ${path}`);
    this.hooks.refused(path, error);
    throw error;
  }

  /**
   * The host went down: fsyncs in flight die, handles are dead.
   * @param power whether the page cache went too; else it survives, as little durable as before.
   */
  crash(power: boolean): void {
    while (this.inFlight.length > 0) this.inFlight.pop();
    this.mounted?.unmount();
    this.mounted = null;
    if (power) this.cutPower();
  }

  /** Fsyncs in flight, and those that start before `atUs` (virtual time), do not complete before it. Of several stalls the longest counts. */
  stallUntil(atUs: number): void {
    if (atUs <= this.stalledUntilUs) return;
    this.stalledUntilUs = atUs;
    for (const request of this.inFlight) request.heldUntilUs = atUs;
  }

  /** A stall is over before its time: what it held completes when it would have without, or now. */
  endStall(): void {
    const now = this.hooks.nowUs();
    if (this.stalledUntilUs <= now) return;
    this.stalledUntilUs = 0;
    for (const request of this.inFlight) {
      request.heldUntilUs = 0;
      this.hooks.fsyncMoved(request.number, request.dueUs > now ? request.dueUs : now);
    }
  }

  /** For the mounted disk: bytes went to the page cache. */
  countWritten(length: number): void {
    this.written += length;
  }

  /** For the mounted disk: a name changed in the page cache. */
  change(kind: NameChange['kind'], path: string, to: string, node: FileNode | null): void {
    this.changesMade += 1;
    const change = { number: this.changesMade, folder: folderOf(path), kind, path, to, node };
    applyChange(this.cached, change);
    this.changes.push(change);
  }

  /** For the mounted disk: starts an fsync of a file, or (node `null`) of a folder's names. */
  startFsync(path: string, node: FileNode | null, token: number): void {
    const now = this.hooks.nowUs();
    const start = now > this.stalledUntilUs ? now : this.stalledUntilUs;
    const takesUs = drawFrom(this.fsyncDelay, this.random);
    this.requestsMade += 1;
    const length = node === null ? 0 : node.length;
    this.inFlight.push({
      number: this.requestsMade,
      token,
      path,
      length,
      folder: node === null,
      error: null,
      node,
      content: null,
      kept: length,
      truncations: node === null ? 0 : node.truncations,
      changes: this.changesMade,
      dueUs: now + takesUs,
      heldUntilUs: 0,
    });
    this.hooks.fsyncStarted(this.requestsMade, start + takesUs, path, length);
  }

  /** For the mounted disk: cuts a file to `length`, and keeps what an fsync or the platter still holds of the rest. */
  truncate(node: FileNode, length: number): void {
    if (length >= node.length) return;
    for (const request of this.inFlight) {
      if (request.node !== node || request.kept <= length) continue;
      request.content ??= node.bytes.slice(0, request.length);
      request.kept = length;
    }
    if (length < node.durable) {
      node.image ??= node.bytes.slice(0, node.durable);
      node.durable = length;
    }
    node.length = length;
    node.truncations += 1;
  }

  private makeNamesDurable(folder: string, upTo: number): void {
    let kept = 0;
    const { changes } = this;
    for (let i = 0; i < changes.length; i += 1) {
      const change = changes[i] as NameChange;
      if (change.folder === folder && change.number <= upTo) applyChange(this.platter, change);
      else {
        changes[kept] = change;
        kept += 1;
      }
    }
    while (changes.length > kept) changes.pop();
  }

  private cutPower(): void {
    const survivors = this.tears.below(this.changes.length + 1);
    for (let i = 0; i < survivors; i += 1) applyChange(this.platter, this.changes[i] as NameChange);
    this.changes = [];
    dropUnreachable(this.platter);
    this.cached.files.clear();
    this.cached.folders.clear();
    for (const folder of this.platter.folders) this.cached.folders.add(folder);
    for (const [path, node] of this.platter.files) {
      this.tear(node);
      this.cached.files.set(path, node);
    }
  }

  /** What the cut left of a file; all of it is durable afterwards. */
  private tear(node: FileNode): void {
    const { tears: random } = this;
    const { image } = node;
    node.image = null;
    if (image !== null && random.below(2) === 0) {
      node.bytes = image;
      node.length = image.length;
    } else if (node.length > node.durable) {
      const unsynced = node.length - node.durable;
      // The length may have reached the platter whole, or only as far as some write.
      if (random.below(2) === 0) node.length = node.durable + random.below(unsynced + 1);
      for (let start = node.durable; start < node.length;) {
        const end = Math.min(node.length, (Math.floor(start / sectorBytes) + 1) * sectorBytes);
        if (random.below(2) === 0) fillHole(node.bytes, start, end, random);
        start = end;
      }
    }
    node.durable = node.length;
    node.lostFrom = Infinity;
  }
}

/** Removes from the platter what lies in a folder whose own name did not survive. */
function dropUnreachable(names: Names): void {
  const reachable = (folder: string): boolean =>
    names.folders.has(folder) && (folder === '' || reachable(folderOf(folder)));
  for (const folder of [...names.folders]) if (!reachable(folder)) names.folders.delete(folder);
  for (const path of [...names.files.keys()]) if (!reachable(folderOf(path))) names.files.delete(path);
}

/** A sector that did not survive holds zeros, or whatever lay there before. */
function fillHole(bytes: Uint8Array, start: number, end: number, random: Words): void {
  if (random.below(2) === 0) {
    bytes.fill(0, start, end);
    return;
  }
  // An xorshift from one draw: garbage need not be better than that.
  let garbage = random.below(0x7fffffff) + 1;
  for (let i = start; i < end; i += 1) {
    garbage ^= garbage << 13;
    garbage ^= garbage >>> 17;
    garbage ^= garbage << 5;
    bytes[i] = garbage;
  }
}

function makeBytesDurable(node: FileNode, done: Request): void {
  // An fsync from before a truncation that is durable already has nothing to add.
  if (done.truncations < node.truncationsSynced) return;
  const { content } = done;
  // Of fsyncs between the same two truncations the one that covers most says what a lost truncation brings back.
  if (done.truncations > node.truncationsSynced) node.image = content;
  else if (content !== null && content.length > (node.image?.length ?? 0)) node.image = content;
  node.truncationsSynced = done.truncations;
  const kept = Math.min(done.kept, node.lostFrom);
  if (kept > node.durable) node.durable = kept;
}

/** The port of one boot. */
class MountedDisk implements Disk {
  private readonly disk: SimDisk;
  private readonly names: Names;
  private readonly nodes: (FileNode | null)[] = [];
  private readonly paths: string[] = [];
  private alive = true;

  constructor(disk: SimDisk, names: Names) {
    this.disk = disk;
    this.names = names;
  }

  unmount(): void {
    this.alive = false;
  }

  makeFolder(path: string): void {
    this.check();
    if (this.names.folders.has(path)) return;
    this.makeFolder(folderOf(path));
    this.disk.change('folder', path, path, null);
  }

  list(folder: string): readonly string[] {
    this.check();
    const found: string[] = [];
    for (const path of this.names.files.keys()) if (folderOf(path) === folder) found.push(path);
    for (const path of this.names.folders) if (path !== '' && folderOf(path) === folder) found.push(path);
    const prefix = folder === '' ? 0 : folder.length + 1;
    return found.map((path) => path.slice(prefix)).sort(byCodeUnit);
  }

  create(path: string): FileHandle {
    this.check();
    if (!this.names.folders.has(folderOf(path))) throw new DiskError('ENOENT', `no folder for ${path}`);
    if (this.names.files.has(path)) throw new DiskError('EEXIST', path);
    if (this.disk.take(1) === 0) this.disk.refuse(path);
    const node: FileNode = {
      bytes: new Uint8Array(1024),
      length: 0,
      durable: 0,
      image: null,
      truncations: 0,
      truncationsSynced: 0,
      settled: 0,
      lostFrom: Infinity,
    };
    this.disk.change('link', path, path, node);
    return this.handle(path, node);
  }

  open(path: string): FileHandle {
    this.check();
    return this.handle(path, this.find(path));
  }

  close(file: FileHandle): void {
    this.node(file);
    this.nodes[file] = null;
  }

  size(file: FileHandle): number {
    return this.node(file).length;
  }

  read(file: FileHandle, offset: number, length: number): Uint8Array {
    const node = this.node(file);
    return node.bytes.slice(offset, Math.min(node.length, offset + length));
  }

  append(file: FileHandle, bytes: Uint8Array, length: number): void {
    const node = this.node(file);
    if (!(length >= 0 && length <= bytes.length)) {
      throw new RangeError(`append of ${length} bytes from an array of ${bytes.length}`);
    }
    const taken = this.disk.take(length);
    const start = node.length;
    const end = start + taken;
    if (end > node.bytes.length) {
      const larger = new Uint8Array(Math.max(end, node.bytes.length * 2));
      larger.set(node.bytes.subarray(0, start));
      node.bytes = larger;
    }
    node.bytes.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), start);
    node.length = end;
    this.disk.countWritten(taken);
    if (taken < length) this.disk.refuse(this.paths[file] as string);
  }

  truncate(file: FileHandle, length: number): void {
    this.disk.truncate(this.node(file), length);
  }

  rename(from: string, to: string): void {
    this.check();
    const node = this.find(from);
    if (folderOf(from) !== folderOf(to)) throw new Error(`rename across folders: ${from} to ${to}`);
    this.disk.change('rename', from, to, node);
    for (let i = 0; i < this.nodes.length; i += 1) if (this.nodes[i] === node) this.paths[i] = to;
  }

  unlink(path: string): void {
    this.check();
    this.disk.change('unlink', path, path, this.find(path));
  }

  fsync(file: FileHandle, token: number): void {
    const node = this.node(file);
    this.disk.startFsync(this.paths[file] as string, node, token);
  }

  fsyncFolder(folder: string, token: number): void {
    this.check();
    if (!this.names.folders.has(folder)) throw new DiskError('ENOENT', folder);
    this.disk.startFsync(folder, null, token);
  }

  private find(path: string): FileNode {
    const node = this.names.files.get(path);
    if (node === undefined) throw new DiskError('ENOENT', path);
    return node;
  }

  private handle(path: string, node: FileNode): FileHandle {
    this.nodes.push(node);
    this.paths.push(path);
    return this.nodes.length - 1;
  }

  private node(file: FileHandle): FileNode {
    this.check();
    const node = this.nodes[file];
    if (node === undefined || node === null) throw new Error(`file handle ${file} is not open`);
    return node;
  }

  private check(): void {
    if (!this.alive) throw new Error('the disk is used by a process of an earlier boot');
  }
}
