/**
 * The `Disk` port on a real file system. Reads and writes are synchronous and go to the page cache; fsync goes through libuv's threads, so that
 * messages and timers are served while the disk works.
 *
 * What is relied on: an fsync that reports success has made the bytes of the file, its length included, durable; one of a folder its names; a
 * rename replaces its target at once. An fsync that fails is told once and for all: the core never asks again for the same bytes.
 */
import {
  closeSync,
  fstatSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DiskError } from '../ports.ts';
import type { Disk, FileHandle } from '../ports.ts';
import { systemCode } from './host-error.ts';

/** Told when an fsync ended. */
export type SyncEnded = (token: number, error: DiskError | null) => void;

function diskError(error: unknown, path: string): DiskError {
  const code = systemCode(error);
  const known = code === 'ENOSPC' || code === 'ENOENT' || code === 'EEXIST' ? code : 'EIO';
  return new DiskError(known, `${path} (${code})`);
}

/** One replica's files below a folder. A handle is the descriptor of the open file. */
export class FileDisk implements Disk {
  readonly #root: string;
  readonly #ended: SyncEnded;
  readonly #files = new Map<FileHandle, { readonly path: string; size: number }>();
  #syncing = 0;
  #idle: (() => void) | null = null;

  /**
   * @param root an existing folder
   * @param ended told of each fsync, in an event of its own
   */
  constructor(root: string, ended: SyncEnded) {
    this.#root = root;
    this.#ended = ended;
  }

  makeFolder(path: string): void {
    this.#try(path, () => mkdirSync(this.#at(path), { recursive: true }));
  }

  list(folder: string): readonly string[] {
    try {
      return readdirSync(this.#at(folder)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return [];
      throw diskError(error, folder);
    }
  }

  create(path: string): FileHandle {
    return this.#opened(path, 'wx+');
  }

  open(path: string): FileHandle {
    return this.#opened(path, 'r+');
  }

  close(file: FileHandle): void {
    const { path } = this.#file(file);
    this.#files.delete(file);
    this.#try(path, () => closeSync(file));
  }

  size(file: FileHandle): number {
    return this.#file(file).size;
  }

  read(file: FileHandle, offset: number, length: number): Uint8Array {
    const { path, size } = this.#file(file);
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    this.#try(path, () => {
      for (let done = 0; done < bytes.length;) {
        const read = readSync(file, bytes, done, bytes.length - done, offset + done);
        if (read === 0) throw new DiskError('EIO', `${path} ended at ${offset + done}, not at ${size}`);
        done += read;
      }
    });
    return bytes;
  }

  append(file: FileHandle, bytes: Uint8Array, length: number): void {
    const known = this.#file(file);
    this.#try(known.path, () => {
      for (let done = 0; done < length;) {
        const written = writeSync(file, bytes, done, length - done, known.size);
        done += written;
        known.size += written;
      }
    });
  }

  truncate(file: FileHandle, length: number): void {
    const known = this.#file(file);
    this.#try(known.path, () => ftruncateSync(file, length));
    known.size = length;
  }

  rename(from: string, to: string): void {
    this.#try(from, () => renameSync(this.#at(from), this.#at(to)));
  }

  unlink(path: string): void {
    this.#try(path, () => unlinkSync(this.#at(path)));
  }

  fsync(file: FileHandle, token: number): void {
    const { path } = this.#file(file);
    this.#syncing += 1;
    fsync(file, (error) => this.#end(token, path, error));
  }

  fsyncFolder(folder: string, token: number): void {
    this.#syncing += 1;
    open(this.#at(folder), 'r', (error, descriptor) => {
      if (error !== null) {
        this.#end(token, folder, error);
        return;
      }
      fsync(descriptor, (failed) => {
        closeSync(descriptor);
        this.#end(token, folder, failed);
      });
    });
  }

  /** Waits until no fsync is under way, then closes what is open. */
  async shut(): Promise<void> {
    if (this.#syncing > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    for (const file of this.#files.keys()) closeSync(file);
    this.#files.clear();
  }

  #end(token: number, path: string, error: NodeJS.ErrnoException | null): void {
    this.#syncing -= 1;
    this.#ended(token, error === null ? null : diskError(error, path));
    if (this.#syncing === 0) this.#idle?.();
  }

  #opened(path: string, flags: 'wx+' | 'r+'): FileHandle {
    return this.#try(path, () => {
      const file = openSync(this.#at(path), flags);
      this.#files.set(file, { path, size: fstatSync(file).size });
      return file;
    });
  }

  #file(file: FileHandle): { readonly path: string; size: number } {
    const known = this.#files.get(file);
    if (known === undefined) throw new Error(`file handle ${file} is not open`);
    return known;
  }

  #at(path: string): string {
    return join(this.#root, path);
  }

  #try<T>(path: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw error instanceof DiskError ? error : diskError(error, path);
    }
  }
}
