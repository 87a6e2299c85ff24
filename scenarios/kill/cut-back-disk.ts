/**
 * A disk that loses what was not made durable, on a real file system. A killed process does not lose its page cache, so a test that only kills
 * processes would never notice a missing fsync. This one behaves at each start as a machine that lost its power does:
 *
 * - each file is cut back to the length that its last completed fsync covered;
 * - names are those that the last completed fsync of their folder covered: files made since are gone, removed and renamed ones are back.
 *
 * What is durable is kept beside the data in `durable/`: hard links to the files of a folder's durable names, in a folder of their own each time,
 * and a journal: durable lengths by inode, and which of those folders counts. The process may be killed at any instant: one line of the journal
 * decides. A link keeps the bytes of a file that was removed, so that it can come back.
 *
 * `lying`: fsync says that it is done and does nothing, as a disk with a volatile cache that is never flushed. With such a disk a group
 * must lose what it acknowledged: it proves that the test would notice.
 */
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { FileDisk } from '../../core/host/index.ts';
import type { HostDisk, SyncEnded } from '../../core/host/index.ts';
import type { DiskError, FileHandle } from '../../core/ports.ts';

const shadow = 'durable';
const journalName = 'journal.txt';

/** A wrapper of the real disk; see above. */
export class CutBackDisk implements HostDisk {
  readonly #root: string;
  readonly #disk: FileDisk;
  readonly #ended: SyncEnded;
  readonly #lying: boolean;
  readonly #open = new Map<FileHandle, string>();
  /** For each folder, the folder below `durable/` that holds its durable names. */
  readonly #names: Map<string, number>;
  #lastNames = 0;
  /** What each fsync under way makes durable when it ends. */
  readonly #pending = new Map<number, () => void>();

  /** Cuts back what an earlier process left, then serves. */
  constructor(root: string, ended: SyncEnded, lying: boolean) {
    this.#root = root;
    this.#ended = ended;
    this.#lying = lying;
    this.#names = cutBack(root);
    for (const kept of readdirSync(join(root, shadow)))
      this.#lastNames = Math.max(this.#lastNames, Number(kept) || 0);
    this.#disk = new FileDisk(root, (token, error) => this.#synced(token, error));
  }

  makeFolder(path: string): void {
    this.#disk.makeFolder(path);
  }

  list(folder: string): readonly string[] {
    return this.#disk.list(folder);
  }

  create(path: string): FileHandle {
    const file = this.#disk.create(path);
    this.#open.set(file, path);
    // The inode may have been another file's.
    this.#journal(inodeOf(join(this.#root, path)), 0);
    return file;
  }

  open(path: string): FileHandle {
    const file = this.#disk.open(path);
    this.#open.set(file, path);
    return file;
  }

  close(file: FileHandle): void {
    this.#open.delete(file);
    this.#disk.close(file);
  }

  size(file: FileHandle): number {
    return this.#disk.size(file);
  }

  read(file: FileHandle, offset: number, length: number): Uint8Array {
    return this.#disk.read(file, offset, length);
  }

  append(file: FileHandle, bytes: Uint8Array, length: number): void {
    this.#disk.append(file, bytes, length);
  }

  truncate(file: FileHandle, length: number): void {
    this.#disk.truncate(file, length);
  }

  rename(from: string, to: string): void {
    this.#disk.rename(from, to);
    for (const [file, path] of this.#open) if (path === from) this.#open.set(file, to);
  }

  unlink(path: string): void {
    this.#disk.unlink(path);
  }

  fsync(file: FileHandle, token: number): void {
    if (this.#lying) {
      setImmediate(() => this.#ended(token, null));
      return;
    }
    const inode = inodeOf(join(this.#root, this.#open.get(file)!));
    const length = this.#disk.size(file);
    this.#pending.set(token, () => this.#journal(inode, length));
    this.#disk.fsync(file, token);
  }

  fsyncFolder(folder: string, token: number): void {
    if (this.#lying) {
      setImmediate(() => this.#ended(token, null));
      return;
    }
    // The names as they are now; they count once the fsync has ended.
    this.#lastNames += 1;
    const names = this.#lastNames;
    linkNames(join(this.#root, folder), join(this.#root, shadow, String(names)));
    this.#pending.set(token, () => {
      this.#note(`names ${names} ${folder}`);
      const before = this.#names.get(folder);
      if (before !== undefined) rmSync(join(this.#root, shadow, String(before)), { recursive: true });
      this.#names.set(folder, names);
    });
    this.#disk.fsyncFolder(folder, token);
  }

  shut(): Promise<void> {
    return this.#disk.shut();
  }

  #synced(token: number, error: DiskError | null): void {
    // What is durable is noted before the replica hears of it, and so before anybody can be told.
    if (error === null) this.#pending.get(token)?.();
    this.#pending.delete(token);
    this.#ended(token, error);
  }

  #journal(inode: number, length: number): void {
    this.#note(`length ${length} ${inode}`);
  }

  #note(line: string): void {
    appendFileSync(join(this.#root, shadow, journalName), `${line}\n`);
  }
}

function inodeOf(path: string): number {
  return statSync(path).ino;
}

/** Hard links, in `to`, to the files of `from`; folders in it by an empty folder of their name. */
function linkNames(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) mkdirSync(join(to, entry.name));
    else linkSync(join(from, entry.name), join(to, entry.name));
  }
}

/** What stands in the root and is not the replica's log: the host makes it durable itself. */
function isLogFolder(name: string): boolean {
  return /^\d+$/.test(name);
}

/** What a journal says: durable lengths by inode, and where the durable names of each folder are. */
function readJournal(path: string): {
  readonly lengths: Map<number, number>;
  readonly names: Map<string, number>;
} {
  const lengths = new Map<number, number>();
  const names = new Map<string, number>();
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [''];
  // What follows the last line's end: nothing, or a line that was cut.
  lines.pop();
  for (const line of lines) {
    const [what, number, of] = line.split(' ') as [string, string, string];
    if (what === 'length') lengths.set(Number(of), Number(number));
    else names.set(of, Number(number));
  }
  return { lengths, names };
}

/** Makes the folders what they were when the power went. @returns where the durable names of each folder are */
function cutBack(root: string): Map<string, number> {
  const kept = join(root, shadow);
  mkdirSync(kept, { recursive: true });
  const { lengths, names } = readJournal(join(kept, journalName));
  const rootNames = names.get('');
  // The one before this may have been killed while it cut back: a folder that it had taken away is made again.
  const folders = new Set([...readdirSync(root).filter(isLogFolder), ...names.keys()]);
  folders.delete('');
  for (const folder of folders) {
    rmSync(join(root, folder), { recursive: true, force: true });
    // A folder whose own name was not durable is gone with all that is in it.
    const isNamed = rootNames !== undefined && existsSync(join(kept, String(rootNames), folder));
    const durable = names.get(folder);
    if (!isNamed || durable === undefined) continue;
    mkdirSync(join(root, folder));
    for (const file of readdirSync(join(kept, String(durable)))) {
      const path = join(root, folder, file);
      linkSync(join(kept, String(durable), file), path);
      const { ino, size } = statSync(path);
      const length = lengths.get(ino) ?? 0;
      if (length < size) truncateSync(path, length);
    }
  }
  return names;
}
