/** Replicas as processes on this machine: started, killed, stopped and continued by their id, and by nothing else. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Which disk the replicas have: the real one, one that loses what was not durable, or that and an fsync that does nothing. */
export type DiskMode = 'real' | 'cut-back' | 'lying';

/** The built files, whether this runs from them or from the sources. */
const built = fileURLToPath(new URL('../../', import.meta.url)).replace(/(dist\/)?$/, 'dist/');

/** Free ports of loopback. Another process may take one before a replica does: then that replica says so and ends. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** One replica of a group, in whichever process it runs now. */
export class ReplicaProcess {
  readonly id: number;
  readonly #peers: readonly string[];
  readonly #folder: string;
  readonly #disk: DiskMode;
  #child: ChildProcess | null = null;
  #ended: Promise<void> = Promise.resolve();
  /** Observation files, one a start. */
  readonly observed: string[] = [];
  /** Who leads which term, as its process told. */
  leading: { readonly term: number; readonly leader: number } = { term: 0, leader: -1 };
  /** What its processes wrote to standard error: nothing, where all is well. */
  complaints = '';
  /** Processes that ended by themselves. */
  endedByThemselves = 0;

  constructor(id: number, peers: readonly string[], folder: string, disk: DiskMode) {
    this.id = id;
    this.#peers = peers;
    this.#folder = folder;
    this.#disk = disk;
  }

  get isUp(): boolean {
    return this.#child !== null;
  }

  start(): void {
    const record = join(this.#folder, `observed-${this.id}-${this.observed.length + 1}.jsonl`);
    // Made here: the process may be killed before it comes to that.
    writeFileSync(record, '');
    this.observed.push(record);
    const child = spawn(process.execPath, this.#words(record), { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.complaints += text));
    this.#ended = new Promise((resolve) => {
      child.on('close', () => {
        if (this.#child === child) {
          this.#child = null;
          this.endedByThemselves += 1;
        }
        resolve();
      });
    });
  }

  /** SIGKILL, and the process is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
    await this.#ended;
  }

  /** SIGSTOP: it stands still, and knows nothing of it afterwards. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  #words(record: string): string[] {
    const folder = join(this.#folder, `replica-${this.id}`);
    const id = String(this.id);
    const peers = this.#peers.join(',');
    return this.#disk === 'real'
      ? [
          join(built, 'scenarios/cli/main.js'),
          'serve',
          ...['--id', id, '--peers', peers, '--dir', folder, '--observe', record],
        ]
      : [join(built, 'scenarios/kill/replica-process.js'), this.#disk, id, peers, folder, record];
  }

  #hear(text: string): void {
    for (const match of text.matchAll(/^term (\d+): replica (\d+) leads$/gm)) {
      this.leading = { term: Number(match[1]), leader: Number(match[2]) };
    }
  }
}
