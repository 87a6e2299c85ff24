/** Three replicas as processes on loopback and on a real disk, and the load that is put on them. */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GroupClient } from '../../../core/host/index.ts';
import { freePorts } from '../../kill/processes.ts';
import { drive } from './load.ts';
import type { Throughput } from './load.ts';
import type { ReplicaCounts } from './replica.ts';

const REPLICAS = 3;
/** How long a process may take to end. */
const PATIENCE_MS = 5_000;

/** The built file, whether this runs from it or from the sources. */
const program = fileURLToPath(new URL('../../../', import.meta.url)).replace(
  /(dist\/)?$/,
  'dist/scenarios/bench/host/replica.js',
);

/** What a group did under load. */
export interface GroupThroughput extends Throughput {
  /** Of the leader. */
  readonly fsyncsASecond: number;
}

/** A running group. */
export class HostGroup {
  readonly #peers: readonly string[];
  readonly #children: readonly ChildProcess[];

  private constructor(peers: readonly string[], children: readonly ChildProcess[]) {
    this.#peers = peers;
    this.#children = children;
  }

  /**
   * Starts the processes. They are in a group of their own, so that a Ctrl-C meant for the benchmark does not kill them under load; they end with it.
   * @param folder empty; its owner removes it
   */
  static async start(folder: string): Promise<HostGroup> {
    const peers = (await freePorts(REPLICAS)).map((port) => `127.0.0.1:${port}`);
    const children = peers.map((_, id) =>
      fork(program, [String(id), peers.join(','), join(folder, `replica-${id}`)], {
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      }),
    );
    return new HostGroup(peers, children);
  }

  /**
   * Acknowledged writes of clients that write one at a time, each to a key of its own.
   * @param bytes of a value
   * @param stop ends it early; the figures then count for nothing
   * @throws OperationError where a write is not acknowledged
   */
  async measure(clients: number, bytes: number, forMs: number, stop?: AbortSignal): Promise<GroupThroughput> {
    const group = Array.from({ length: clients }, () => new GroupClient({ peers: this.#peers }));
    const before: ReplicaCounts[] = [];
    const after: ReplicaCounts[] = [];
    const value = 'v'.repeat(bytes);
    let beganMs = 0;
    let endedMs = 0;
    try {
      // A group that has just started has no leader yet, and a client no session.
      await Promise.all(group.map((client, i) => client.put(`k${i}`, value)));
      const throughput = await drive(clients, forMs, (client) => group[client]!.put(`k${client}`, value), {
        onMeasured: async (phase) => {
          if (phase === 'begins') {
            before.push(...(await this.#counts()));
            beganMs = performance.now();
          } else {
            endedMs = performance.now();
            after.push(...(await this.#counts()));
          }
        },
        ...(stop !== undefined && { stop }),
      });
      const leader = Math.max(0, after[0]!.leader);
      const fsyncs = after[leader]!.fsyncs - before[leader]!.fsyncs;
      return { ...throughput, fsyncsASecond: fsyncs / ((endedMs - beganMs) / 1_000) };
    } finally {
      for (const client of group) client.close();
    }
  }

  /** Ends the processes, and waits until they are gone. */
  async stop(): Promise<void> {
    await Promise.all(this.#children.map(ended));
  }

  #counts(): Promise<readonly ReplicaCounts[]> {
    return Promise.all(this.#children.map(countsOf));
  }
}

function isGone(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function countsOf(child: ChildProcess): Promise<ReplicaCounts> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('a replica ended while it was measured.'));
    if (!child.connected) {
      gone();
      return;
    }
    child.once('disconnect', gone);
    child.once('message', (counts) => {
      child.off('disconnect', gone);
      resolve(counts as ReplicaCounts);
    });
    child.send('counts');
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (isGone(child)) {
      resolve();
      return;
    }
    const hurry = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    child.once('exit', () => {
      clearTimeout(hurry);
      resolve();
    });
    if (child.connected) child.disconnect();
  });
}
