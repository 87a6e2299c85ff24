/** Real Redis servers on loopback, for as long as a test takes: nothing is kept on disk, and they are ended by their process id. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createClient } from '@redis/client';
import { freePorts } from '../kill/processes.ts';

/** A port that was free may be taken before the server has it. */
const attemptsMax = 3;
const readyWithinMs = 5_000;

/** Why there can be no Redis here; `null` where it is installed. */
export function redisMissing(): string | null {
  const { error } = spawnSync('redis-server', ['--version'], { stdio: 'ignore' });
  if (error === undefined) return null;
  return 'redis-server is not installed: install it (Debian: apt-get install redis-server) to judge a real system.';
}

export class RedisServer {
  readonly port: number;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(port: number, process: ChildProcess) {
    this.port = port;
    this.#process = process;
    this.#ended = new Promise((resolve) => process.once('close', () => resolve()));
  }

  /**
   * @param folder what it may write is written there; nothing is, as configured here
   * @param settings further ones, as on its command line: `['--replicaof', '127.0.0.1 6379']`
   * @throws Error with what it printed, if it does not come up
   */
  static async start(folder: string, settings: readonly string[] = []): Promise<RedisServer> {
    let printed = '';
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const [port] = (await freePorts(1)) as [number];
      const words = [
        ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder],
        ['--save', '', '--appendonly', 'no'],
        // A replica gets its copy at once, and no server waits for it when told to end.
        ['--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0', '--shutdown-timeout', '0'],
        settings,
      ].flat();
      const child = spawn('redis-server', words, { stdio: ['ignore', 'pipe', 'pipe'] });
      const server = new RedisServer(port, child);
      // Where the test's own process ends early, so does the server.
      const endWithTest = (): void => void child.kill('SIGKILL');
      process.once('exit', endWithTest);
      child.once('close', () => process.off('exit', endWithTest));
      const complaint = await complaintOf(child);
      if (complaint === null) return server;
      await server.stop();
      printed = complaint;
    }
    throw new Error(`redis-server did not come up in ${attemptsMax} attempts. It printed:\n${printed}`);
  }

  /** Ends it and waits until it is gone. */
  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}

/** `null` once it is ready; else what it printed before it ended, or until patience did. */
function complaintOf(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    let printed = '';
    const patience = setTimeout(() => resolve(printed), readyWithinMs);
    const answer = (complaint: string | null): void => {
      clearTimeout(patience);
      resolve(complaint);
    };
    const hear = (text: string): void => {
      printed += text;
      if (printed.includes('Ready to accept connections')) answer(null);
    };
    child.stdout?.setEncoding('utf8').on('data', hear);
    child.stderr?.setEncoding('utf8').on('data', hear);
    child.once('error', (error) => answer(error.message));
    child.once('close', () => answer(printed));
  });
}

/**
 * A client as an application has one, with three choices that a recorder depends on: a broken connection is made anew, what was under
 * way on it is reported rather than sent again, and what is asked while there is none is refused at once (`ClientOfflineError`).
 */
export async function redisClient(port: number) {
  const client = createClient({
    socket: { host: '127.0.0.1', port, reconnectStrategy: 2, connectTimeout: 1_000 },
    disableOfflineQueue: true,
  });
  // Every command is told of it as well.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** What `redisClient` gives. */
export type Redis = Awaited<ReturnType<typeof redisClient>>;
