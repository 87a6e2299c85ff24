/**
 * One process a folder: a lock file that names its holder, by process id, the time when that process started and the machine's boot. An id alone is
 * not enough: after a crash it may belong to somebody else. The lock of a process that is gone is taken over.
 *
 * A lock appears whole, by a link to a file that was written first, and only where there is none. Taking over moves the old lock away and
 * looks whether what was moved is what had been judged: of two processes that take over at once only one has moved the dead one's lock, and who
 * moved the other's puts it back.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HostError, systemCode } from './host-error.ts';

/** Who holds a folder. */
export interface Holder {
  readonly pid: number;
  /** When that process started, in ticks since the machine's boot; 0 where the system does not tell. */
  readonly startedAt: number;
  /** The machine's boot; empty where the system does not tell. */
  readonly machineBoot: string;
}

const lockName = 'lock';

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}

function machineBoot(): string {
  return readOr('/proc/sys/kernel/random/boot_id', '').trim();
}

/** Field 22 of /proc/PID/stat. The name in field 2 may hold blanks and brackets: counting starts behind its last one. 0: no such process, or not told. */
function startOf(pid: number): number {
  const stat = readOr(`/proc/${pid}/stat`, '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19] ?? 0);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

/** Whether the process that a lock names is still there. */
export function isAlive(holder: Holder): boolean {
  const boot = machineBoot();
  if (holder.machineBoot !== boot || !exists(holder.pid)) return false;
  // Where the system tells no start times the id must do.
  return holder.startedAt === 0 || startOf(holder.pid) === holder.startedAt;
}

function parseHolder(text: string): Holder | null {
  try {
    const { pid, startedAt, machineBoot: boot } = JSON.parse(text) as Partial<Holder>;
    if (typeof pid !== 'number' || typeof startedAt !== 'number' || typeof boot !== 'string') return null;
    return { pid, startedAt, machineBoot: boot };
  } catch {
    return null;
  }
}

/** This process's hold on a folder. */
export class LockFile {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /**
   * Takes the folder.
   * @throws HostError `FOLDER_IN_USE` while a living process, this one included, holds it
   */
  static take(folder: string): LockFile {
    const path = join(folder, lockName);
    const own: Holder = {
      pid: process.pid,
      startedAt: startOf(process.pid),
      machineBoot: machineBoot(),
    };
    const text = `${JSON.stringify(own)}\n`;
    const aside = `${path}.${process.pid}`;
    writeFileSync(aside, text);
    try {
      for (let tries = 0; tries < 10; tries += 1) {
        if (linked(aside, path)) return new LockFile(path, text);
        const held = readOr(path, '');
        const holder = parseHolder(held);
        if (holder !== null && isAlive(holder)) throw inUse(folder, holder);
        moveAway(path, held);
      }
    } finally {
      rmSync(aside, { force: true });
    }
    throw new HostError(
      'FOLDER_IN_USE',
      `${folder} is being taken by several processes at once.`,
      'Start one process for each folder.',
    );
  }

  /** Gives the folder back; a lock that is another's by now is left alone. */
  release(): void {
    if (readOr(this.#path, '') === this.#text) rmSync(this.#path, { force: true });
  }
}

function inUse(folder: string, { pid }: Holder): HostError {
  return new HostError(
    'FOLDER_IN_USE',
    `process ${pid} holds ${folder}.`,
    'Stop it, or choose another folder.',
  );
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the lock of a dead process away. If it was replaced since it was read, it is put back. */
function moveAway(path: string, judged: string): void {
  const gone = `${path}.gone.${process.pid}`;
  try {
    renameSync(path, gone);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw error;
  }
  if (readOr(gone, '') !== judged) linked(gone, path);
  rmSync(gone, { force: true });
}
