/** `stormglass serve`: one replica of a real group, as a process, until it is told to stop. */
import { startReplica } from '../../core/host/index.ts';
import { HostError } from '../../core/host/host-error.ts';
import type { RunningReplica, Stopped } from '../../core/host/index.ts';
import type { Envelope, Observation } from '../../core/observe.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { InputError } from '../input-error.ts';
import { ObservationFile } from '../observation-file.ts';
import type { Outlet } from './outlet.ts';

/** What is typed behind `serve`. */
export interface ServeArguments {
  readonly id: string;
  readonly peers: string;
  readonly dir: string;
  readonly cluster: string | undefined;
  readonly observe: string | undefined;
}

/**
 * Serves until a signal comes, or the replica stops by itself.
 * @returns 0 after SIGTERM, 130 after SIGINT, 1 where the replica stopped, 3 where it threw
 */
export async function serve(given: ServeArguments, outlet: Outlet): Promise<number> {
  if (!/^\d{1,3}$/.test(given.id)) {
    throw new InputError('BAD_ID', `--id takes a number from 0, its place in --peers; got "${given.id}".`, [
      'try: npx stormglass serve --help',
    ]);
  }
  const record = given.observe === undefined ? null : new ObservationFile(given.observe);
  const signalled = signal();
  let running: RunningReplica | null = null;
  let leading = '';
  const tellLeader = (): void => {
    if (running === null) return;
    const { leader, term } = running;
    const now = leader < 0 ? '' : `term ${term}: replica ${leader} leads`;
    if (now !== leading && now !== '') outlet.say([now]);
    leading = now;
  };
  running = await startAs(given, {
    onNotice: (line) => outlet.say([line]),
    onEvent: () => {
      record?.flush();
      tellLeader();
    },
    ...(record !== null && { onObservation: (o: Observation, e: Envelope) => record.add(o, e) }),
  });
  outlet.say([
    `replica ${running.id} listens on ${running.address}; start ${running.boot} in ${given.dir}; SIGTERM or Ctrl-C stops it`,
  ]);
  const end = await Promise.race([signalled, running.stopped]);
  await running.stop();
  record?.close();
  if (typeof end === 'string') return end === 'SIGINT' ? exitCodes.interrupted : exitCodes.held;
  return tellStopped(end);
}

function tellStopped({ code, message }: Stopped): number {
  process.stderr.write(`stopped: ${message.startsWith(code) ? message : `${code}: ${message}`}\n`);
  return code === 'THREW' ? exitCodes['internal-error'] : exitCodes.violated;
}

async function startAs(
  { id, peers, dir, cluster }: ServeArguments,
  hooks: Pick<Parameters<typeof startReplica>[0], 'onNotice' | 'onEvent' | 'onObservation'>,
): Promise<RunningReplica> {
  try {
    const name = cluster === undefined ? {} : { cluster };
    return await startReplica({ id: Number(id), peers: peers.split(','), folder: dir, ...name, ...hooks });
  } catch (error) {
    if (error instanceof HostError) throw new InputError(error.code, error.what, [error.next]);
    throw error;
  }
}

/** The first signal that asks for an end. */
function signal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve(name));
  });
}
