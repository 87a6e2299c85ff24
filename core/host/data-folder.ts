/**
 * A replica's folder: whose it is, how often it was started, whom it has met; and below it, the log (core/wal).
 *
 * | file | holds |
 * |---|---|
 * | `identity.json` | format version, cluster, replica id, *instance*: drawn when the folder was made; never rewritten |
 * | `boots.json` | how often a process started here: rises before anything is answered |
 * | `peers.json` | the instances of the peers that were met, by id |
 * | `lock` | the process that holds the folder (lock-file.ts) |
 *
 * Each is written aside, made durable, and renamed. `identity.json` comes last when a folder is made: where it stands, the others do.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { HostError, systemCode } from './host-error.ts';
import { LockFile } from './lock-file.ts';

/** Raised when files of a folder come to mean something else. */
export const folderFormat = 1;

interface Identity {
  readonly format: number;
  readonly cluster: string;
  readonly replica: number;
  readonly instance: string;
}

/** What the files of a folder said, this start counted. */
interface Contents {
  readonly instance: string;
  readonly boot: number;
  readonly peers: Map<number, string>;
}

/** A folder that this process holds. */
export class DataFolder {
  readonly path: string;
  /** Drawn at random when the folder was made. */
  readonly instance: string;
  /** Number of this start, from 1. */
  readonly boot: number;
  readonly #lock: LockFile;
  readonly #peers: Map<number, string>;

  private constructor(path: string, lock: LockFile, contents: Contents) {
    this.path = path;
    this.#lock = lock;
    this.instance = contents.instance;
    this.boot = contents.boot;
    this.#peers = contents.peers;
  }

  /**
   * Takes the folder of a replica, or makes it, and counts the start.
   * @throws HostError `FOLDER_…`: nothing in a folder that is not this replica's was changed
   */
  static open(path: string, cluster: string, replica: number): DataFolder {
    try {
      mkdirSync(path, { recursive: true });
      const lock = LockFile.take(path);
      try {
        return new DataFolder(path, lock, openLocked(path, cluster, replica));
      } catch (error) {
        lock.release();
        throw error;
      }
    } catch (error) {
      if (error instanceof HostError) throw error;
      throw new HostError(
        'FOLDER_UNUSABLE',
        `${path} cannot be made, read or written (${systemCode(error)}).`,
        'Choose a folder that this user may write to.',
      );
    }
  }

  /**
   * Whether a peer is who was met under its id before; the first one that comes is remembered, durably.
   * @throws system errors of the disk
   */
  recognises(peer: number, instance: string): boolean {
    const known = this.#peers.get(peer);
    if (known !== undefined) return known === instance;
    this.#peers.set(peer, instance);
    writeDurably(this.path, 'peers.json', Object.fromEntries(this.#peers));
    return true;
  }

  /** Gives the folder back. */
  release(): void {
    this.#lock.release();
  }
}

function openLocked(path: string, cluster: string, replica: number): Contents {
  const found = readJson(path, 'identity.json') as Partial<Identity> | null;
  if (found === null) requireNew(path);
  else requireOwn(path, found, cluster, replica);
  const instance = found?.instance ?? randomUUID();
  const boots = found === null ? 0 : bootsOf(path);
  const peers = new Map<number, string>();
  for (const [id, known] of Object.entries((readJson(path, 'peers.json') ?? {}) as Record<string, unknown>)) {
    if (typeof known !== 'string') throw damaged(path, 'peers.json');
    peers.set(Number(id), known);
  }
  const boot = boots + 1;
  writeDurably(path, 'boots.json', { boots: boot });
  if (found === null) {
    const identity: Identity = { format: folderFormat, cluster, replica, instance };
    writeDurably(path, 'identity.json', identity);
    syncFolder(join(path, '..'));
  }
  return { instance, boot, peers };
}

/** A folder without an identity must not hold anything else: a log whose identity is lost is not taken for a new replica's. */
function requireNew(path: string): void {
  const strange = readdirSync(path).filter((name) => !/^(lock|boots\.json|.*\.aside)/.test(name));
  if (strange.length === 0) return;
  throw new HostError(
    'FOLDER_DAMAGED',
    `${path} holds "${strange[0]}" but no identity.json, so it is no replica's folder or has lost whose it is.`,
    'Choose an empty folder, or restore identity.json.',
  );
}

function requireOwn(path: string, found: Partial<Identity>, cluster: string, replica: number): void {
  if (typeof found.format !== 'number' || typeof found.instance !== 'string') {
    throw damaged(path, 'identity.json');
  }
  if (found.format > folderFormat) {
    throw new HostError(
      'FOLDER_NEWER',
      `${path} has format ${found.format}; this version knows formats up to ${folderFormat}.`,
      'Run the newer version that wrote it.',
    );
  }
  if (found.cluster !== cluster) {
    throw new HostError(
      'FOLDER_OF_ANOTHER',
      `${path} belongs to cluster "${found.cluster}", not to "${cluster}".`,
      'Name the cluster that it belongs to, or choose another folder.',
    );
  }
  if (found.replica !== replica) {
    throw new HostError(
      'FOLDER_OF_ANOTHER',
      `${path} belongs to replica ${found.replica}, not to ${replica}.`,
      'Give the id that it belongs to, or choose another folder.',
    );
  }
}

function bootsOf(path: string): number {
  const { boots } = (readJson(path, 'boots.json') ?? {}) as { readonly boots?: unknown };
  if (typeof boots !== 'number' || !Number.isSafeInteger(boots) || boots < 1)
    throw damaged(path, 'boots.json');
  return boots;
}

function damaged(path: string, name: string): HostError {
  return new HostError(
    'FOLDER_DAMAGED',
    `${join(path, name)} is missing or cannot be understood.`,
    'Restore it, or replace this replica.',
  );
}

/** @returns null where there is no such file */
function readJson(path: string, name: string): unknown {
  let text: string;
  try {
    text = readFileSync(join(path, name), 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw damaged(path, name);
}

function writeDurably(path: string, name: string, value: unknown): void {
  const aside = join(path, `${name}.aside`);
  const file = openSync(aside, 'w');
  writeSync(file, `${JSON.stringify(value)}\n`);
  fsyncSync(file);
  closeSync(file);
  renameSync(aside, join(path, name));
  syncFolder(path);
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
