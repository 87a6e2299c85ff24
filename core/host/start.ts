/**
 * One replica as a part of a real process: the very `Replica` that worlds simulate, over a real disk, TCP on loopback, the machine's monotonic
 * clock and its timers.
 *
 * Each input (a frame, a deadline, an fsync that ended) is one event, as in a world: the replica reacts and returns, then what it sent leaves, one
 * write a connection. What it observed is told first: an observation is known before anybody can act on what it tells of.
 */
import type { ClientMessage } from '../client-messages.ts';
import { replicaCodec } from '../codec.ts';
import type { Envelope, Observation, ObservationOf } from '../observe.ts';
import type { Disk, DiskError } from '../ports.ts';
import { Replica } from '../replica.ts';
import type { ReplicaOptions } from '../replica.ts';
import type { RaftMessage } from '../raft/messages.ts';
import { parsePeers, showAddress } from './address.ts';
import type { Address } from './address.ts';
import { systemClock, SystemTimers } from './clock.ts';
import { DataFolder } from './data-folder.ts';
import { FileDisk } from './file-disk.ts';
import type { SyncEnded } from './file-disk.ts';
import { protocolVersion } from './handshake.ts';
import type { Greeting } from './handshake.ts';
import { HostError } from './host-error.ts';
import { Link } from './link.ts';
import { Listener } from './listener.ts';
import type { Connection, ListenerEvents } from './listener.ts';
import { systemRandom } from './system-random.ts';

/** Clocks of real machines drift less than those of the worlds: 500 parts per million. */
const rhoPpm = 500;
/** Clients are numbered from here, by connection: no number comes twice in a boot. */
const firstClient = 1_000_000;
/** The one group of a host. */
const group = 0;

/** A disk that can be waited for. */
export interface HostDisk extends Disk {
  /** Waits until no fsync is under way, then closes what is open. */
  shut(): Promise<void>;
}

/** What a replica on a real machine is started with. */
export interface HostOptions {
  /** Its place in `peers`, from 0. */
  readonly id: number;
  /** Addresses of all replicas in the order of their ids, this one's too: `127.0.0.1:7000`. */
  readonly peers: readonly string[];
  /** Its folder; made where there is none. */
  readonly folder: string;
  /** Which group of replicas this is; processes of another are refused (default `stormglass`). */
  readonly cluster?: string;
  readonly replica?: ReplicaOptions;
  /** Told of each observation; the envelope is reused. Its `at` is the machine's monotonic clock in microseconds. */
  readonly onObservation?: (observation: Observation, envelope: Envelope) => void;
  /** Called when one or more events have ended, before anything that they sent leaves. */
  readonly onEvent?: () => void;
  /** One line for the operator: who was refused, who sent nonsense. */
  readonly onNotice?: (line: string) => void;
  /** Another disk in place of `FileDisk`: for tests. */
  readonly disk?: (folder: string, ended: SyncEnded) => HostDisk;
}

/** Why a replica does nothing any more. */
export interface Stopped {
  /** `DISK_FAILED`, `LOG_CORRUPT`, …; `THREW` for a mistake of the core. */
  readonly code: string;
  readonly message: string;
}

/** A replica at work. */
export interface RunningReplica {
  readonly id: number;
  readonly address: string;
  /** How often it was started in its folder. */
  readonly boot: number;
  /** Resolves when the replica stopped for good by itself; never after `stop`. */
  readonly stopped: Promise<Stopped>;
  /** Its current term, and who leads it as far as this replica knows: −1 for nobody. */
  readonly term: number;
  readonly leader: number;
  /** A readable view of its state. */
  describe(): unknown;
  /** Hangs up, lets fsyncs end, gives the folder back. What was acknowledged is durable, whether this is called or not. */
  stop(): Promise<void>;
}

/**
 * Starts a replica.
 * @throws HostError for addresses, peers and folders that will not do; nothing runs then
 * @throws CoreError `BAD_CONFIGURATION`
 */
export async function startReplica(options: HostOptions): Promise<RunningReplica> {
  const addresses = parsePeers(options.peers);
  const address = addresses[options.id];
  if (!Number.isInteger(options.id) || address === undefined) {
    throw new HostError(
      'BAD_PEERS',
      `id ${options.id} has no address: ${addresses.length} are given, of ids 0 to ${addresses.length - 1}.`,
      'Give one address for each replica, in the order of their ids.',
    );
  }
  const cluster = options.cluster ?? 'stormglass';
  // First the address: a start that fails is not to count as a boot.
  const server = await Listener.bind(address);
  let folder: DataFolder;
  try {
    folder = DataFolder.open(options.folder, cluster, options.id);
  } catch (error) {
    server.close();
    throw error;
  }
  try {
    return new Host(options, cluster, addresses, address, folder, server);
  } catch (error) {
    server.close();
    folder.release();
    throw error;
  }
}

/** Ties sockets, timers and disk to one replica. */
class Host implements RunningReplica {
  readonly id: number;
  readonly address: string;
  readonly boot: number;
  readonly stopped: Promise<Stopped>;
  readonly #options: HostOptions;
  readonly #cluster: string;
  readonly #folder: DataFolder;
  readonly #disk: HostDisk;
  readonly #timers: SystemTimers;
  readonly #replica: Replica;
  readonly #listener: Listener;
  readonly #links: (Link | null)[];
  /** Connections of clients, by the number under which the replica knows them; and of peers, which are only listened to. */
  readonly #clients = new Map<number, Connection>();
  readonly #peers = new Map<number, { readonly connection: Connection; readonly boot: number }>();
  /** Where something waits to leave. */
  readonly #touched = new Set<Connection | Link>();
  #leaving: NodeJS.Immediate | null = null;
  readonly #envelope: Envelope;
  #lastClient = firstClient - 1;
  #toldStopped: (stopped: Stopped) => void = () => {};
  #ended = false;

  constructor(
    options: HostOptions,
    cluster: string,
    addresses: readonly Address[],
    address: Address,
    folder: DataFolder,
    server: Parameters<typeof Listener.serve>[0],
  ) {
    this.id = options.id;
    this.address = showAddress(address);
    this.boot = folder.boot;
    this.#options = options;
    this.#cluster = cluster;
    this.#folder = folder;
    this.#envelope = { at: 0, node: options.id, group, boot: folder.boot, seq: 0 };
    this.stopped = new Promise((resolve) => (this.#toldStopped = resolve));
    const synced = (token: number, error: DiskError | null): void =>
      this.#event(() => this.#replica.synced(token, error));
    const makeDisk = options.disk ?? ((path: string, ended: SyncEnded) => new FileDisk(path, ended));
    this.#disk = makeDisk(folder.path, synced);
    this.#timers = new SystemTimers(systemClock, (key) => this.#event(() => this.#replica.wake(key)));
    this.#replica = new Replica(
      {
        node: options.id,
        group,
        boot: folder.boot,
        servers: addresses.map((_, id) => id),
        clock: systemClock,
        timers: this.#timers,
        transport: { send: (to, message) => this.#send(to, message) },
        disk: this.#disk,
        random: systemRandom,
        emit: (observation, of = group) => this.#observe(observation, of),
      },
      { rhoPpm, ...options.replica },
    );
    this.#links = addresses.map((peer, id) => (id === options.id ? null : this.#linkTo(id, peer)));
    this.#listener = Listener.serve(server, {
      self: { kind: 'accepted', id: options.id, instance: folder.instance, boot: folder.boot, cluster },
      refuses: (greeting) => this.#refuses(greeting),
      opened: (greeting, connection) => this.#opened(greeting, connection),
      frame: (from, greeting, frame) => this.#frame(from, greeting, frame),
      closed: (from, greeting) => this.#closed(from, greeting),
      notice: (line) => this.#notice(line),
    });
    this.#leaveSoon();
  }

  get term(): number {
    return this.#replica.term;
  }

  get leader(): number {
    return this.#replica.leader;
  }

  describe(): unknown {
    return this.#replica.describe();
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#timers.stop();
    if (this.#leaving !== null) clearImmediate(this.#leaving);
    this.#options.onEvent?.();
    for (const link of this.#links) link?.close();
    await this.#listener.close();
    await this.#disk.shut();
    this.#folder.release();
  }

  /** One input: the replica reacts and returns. What comes in together leaves together, right afterwards. */
  #event(react: () => void): void {
    if (this.#ended) return;
    this.#envelope.seq += 1;
    this.#envelope.at = systemClock.monotonicUs();
    try {
      react();
    } catch (error) {
      // An invariant of the core is broken: what it would say next cannot be relied on.
      this.#toldStopped({
        code: 'THREW',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
      });
      void this.stop();
      return;
    }
    this.#leaveSoon();
  }

  #leaveSoon(): void {
    this.#leaving ??= setImmediate(() => {
      this.#leaving = null;
      this.#options.onEvent?.();
      for (const way of this.#touched) way.flush();
      this.#touched.clear();
    });
  }

  #observe(observation: Observation, of: number): void {
    this.#envelope.group = of;
    this.#options.onObservation?.(observation, this.#envelope);
    if (observation.kind !== 'stopped') return;
    const { code, message } = observation as ObservationOf<'stopped'>;
    this.#toldStopped({ code, message });
  }

  #notice(line: string): void {
    this.#options.onNotice?.(line);
  }

  #send(to: number, message: unknown): void {
    if (to === this.id) {
      setImmediate(() => this.#event(() => this.#replica.receive(to, message)));
      return;
    }
    const way = to >= firstClient ? this.#clients.get(to) : this.#links[to];
    if (way === undefined || way === null) return;
    way.send(replicaCodec.encode(message));
    this.#touched.add(way);
  }

  #linkTo(id: number, address: Address): Link {
    const { instance, boot } = this.#folder;
    const greeting: Greeting = {
      kind: 'greeting',
      protocol: protocolVersion,
      cluster: this.#cluster,
      role: 'replica',
      id: this.id,
      instance,
      boot,
      target: id,
    };
    return new Link(address, greeting, {
      accepts: (peer) => this.#folder.recognises(id, peer.instance),
      notice: (line) => this.#notice(line),
    });
  }

  #refuses({ id, instance, boot }: Greeting): ReturnType<ListenerEvents['refuses']> {
    if (id === this.id)
      return { code: 'CLAIMED_ID', text: `it claims id ${id}, which is this replica's own` };
    if (this.#links[id] === undefined) {
      return { code: 'UNKNOWN_ID', text: `it claims id ${id}; there are ids 0 to ${this.#links.length - 1}` };
    }
    if (!this.#folder.recognises(id, instance)) {
      return {
        code: 'CLAIMED_ID',
        text: `it claims id ${id}, but its folder is not the one that replica ${id} had`,
      };
    }
    const known = this.#peers.get(id);
    if (known !== undefined && boot < known.boot) {
      return {
        code: 'OLD_BOOT',
        text: `it is start ${boot} of replica ${id}; start ${known.boot} was met already`,
      };
    }
    return null;
  }

  #opened(greeting: Greeting, connection: Connection): number {
    if (greeting.role === 'client') {
      this.#lastClient += 1;
      this.#clients.set(this.#lastClient, connection);
      return this.#lastClient;
    }
    // A peer that dials anew has lost its old connection, whether that is known here or not.
    this.#peers.get(greeting.id)?.connection.hangUp();
    this.#peers.set(greeting.id, { connection, boot: greeting.boot });
    return greeting.id;
  }

  #frame(from: number, { role }: Greeting, frame: Uint8Array): boolean {
    const message = replicaCodec.decode(frame) as { readonly type?: unknown } | null;
    if (message === null || !(role === 'client' ? fromClients : fromReplicas).has(message.type)) return false;
    this.#event(() => this.#replica.receive(from, message));
    return true;
  }

  #closed(from: number, { role }: Greeting): void {
    if (role !== 'client') return;
    this.#clients.delete(from);
    this.#replica.forgetClient(from);
  }
}

/** What who dials may say. */
const fromClients: ReadonlySet<unknown> = new Set<ClientMessage['type']>([
  'hello',
  'request',
  'read',
  'transfer',
]);
const fromReplicas: ReadonlySet<unknown> = new Set<RaftMessage['type']>([
  'preVote',
  'preVoteReply',
  'vote',
  'voteReply',
  'append',
  'appendReply',
  'heartbeat',
  'heartbeatReply',
  'timeoutNow',
  'readIndex',
  'readIndexReply',
  'snapshotChunk',
  'snapshotChunkReply',
]);
