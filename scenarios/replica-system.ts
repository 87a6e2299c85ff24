/**
 * The real Raft replica and its client as a system for scenarios: configuration drawn per seed, and adapters from their calls to the
 * ports.
 *
 * Limits are drawn far from their defaults in many seeds, because mistakes hide behind the defaults: with a batch of one entry an old entry and a new
 * leader's first one travel apart; with a snapshot every few entries a run of seconds sees many; with few places for proposals a burst meets
 * the limit.
 */
import { Client } from '../core/client.ts';
import type { ClientOutputs } from '../core/client.ts';
import type { ClientMessage } from '../core/client-messages.ts';
import { replicaCodec } from '../core/codec.ts';
import { limits, sessionTtl } from '../core/errors.ts';
import type { Operation } from '../core/machine/commands.ts';
import type { Ports, Process, Random } from '../core/ports.ts';
import { Replica } from '../core/replica.ts';
import type { ReplicaOptions } from '../core/replica.ts';
import { FencedResource, isStore, ResourceCalls } from './fenced-resource.ts';
import { isTurn, LockTasks } from './lock-tasks.ts';
import type { Ask, ClientProcess, Done, Range, System, Waits } from './scenario.ts';
import { CoordinationSelectors } from './coordination-selectors.ts';

/** What is drawn per seed; plain data, part of the plan. */
export interface ReplicaConfiguration {
  readonly batchEntries: number;
  readonly windowAppends: number;
  readonly snapshotEveryEntries: number;
  readonly entriesKeptBehindSnapshot: number;
  readonly pendingProposals: number;
  readonly uncompactedEntries: number;
  /** Bytes in one append, of appends in flight to a follower, and of uncommitted commands; bytes of a chunk. Repros of older versions: the core's limits. */
  readonly batchBytes?: number;
  readonly windowBytes?: number;
  readonly uncommittedBytes?: number;
  readonly chunkBytes?: number;
  /** Chunks on their way to a follower, and reads under way at a replica; left out: the core's limits. */
  readonly windowChunks?: number;
  readonly pendingReads?: number;
  /** Whom clients ask for reads; repros of older versions name none: the leader. */
  readonly readsAt?: 'leader' | 'any';
  /** How long clients' sessions live; left out: 30 s. */
  readonly sessionTtlUs?: number;
  /** The first client's host is a resource outside the group that looks at fencing tokens. */
  readonly resource?: boolean;
}

/** A scenario's own values or ranges in place of what would be drawn. */
export interface ReplicaDraws {
  /** Entries in one append (default 1 in half of the seeds, else 2, 8 or 64). */
  readonly batchEntries?: Range;
  /** Appends in flight to one follower (default 2, 4 or 16 with batches of fewer than 8 entries, else 16). */
  readonly windowAppends?: Range;
  /** A snapshot every so many entries (default 20, 60, 200 or 1,000). */
  readonly snapshotEvery?: Range;
  /** Entries kept behind a snapshot (default up to 200, less than one in `snapshotEvery`). */
  readonly keptBehind?: Range;
  /** Proposals that may be pending (default 128, in one of four seeds 24). */
  readonly pendingProposals?: Range;
  /** Entries that a log may hold uncompacted (default 10,000, in one of four seeds little more than a snapshot needs). */
  readonly uncompactedEntries?: Range;
  /** Bytes of commands in one append (default 256 KiB, in one of four seeds 40: some entries are larger). */
  readonly batchBytes?: Range;
  /** Bytes of appends in flight to a follower (default 1 MiB, in one of four seeds 2,000). */
  readonly windowBytes?: Range;
  /** Bytes of commands that are not committed (default 16 MiB, in one of four seeds 1,500). */
  readonly uncommittedBytes?: Range;
  /** Bytes of a chunk of a snapshot (default 64 KiB or 100 to 3,000: then a snapshot takes many). */
  readonly chunkBytes?: Range;
  /** Chunks of a snapshot on their way to one follower (default 4). */
  readonly windowChunks?: Range;
  /** Clients' reads under way at one replica (default 1,024). */
  readonly pendingReads?: Range;
  /** Whom clients ask for reads: the leader, or any replica (default: any in one of three seeds). */
  readonly readsAt?: 'leader' | 'any';
  /** How long clients' sessions live, in ms (default 30 s). */
  readonly sessionTtlMs?: Range;
  /** The first client is none, but a resource outside the group (fenced-resource.ts); it should be given nothing to do. */
  readonly resource?: boolean;
}

/** Replaces parts of the replica on their way into the world: how a mistake is planted. */
export interface ReplicaParts {
  /** Options given to each replica on top of the drawn ones (rules, machine). */
  readonly options?: ReplicaOptions;
  /** Makes the process in place of `new Replica(ports, options)`. */
  readonly make?: (ports: Ports, options: ReplicaOptions) => Process;
}

/** Places kept for commands that free resources, in a log that holds few entries. */
const TIGHT_RESERVE = 32;

const batches = [1, 1, 1, 2, 8, 64] as const;
/** Small appends are many, and overtake each other: in small windows and in the usual one. */
const windowsOfSmallBatches = [2, 4, 16] as const;
const snapshotIntervals = [20, 60, 200, 1_000] as const;

function oneOf(values: readonly number[], random: Random): number {
  return values[random.below(values.length)] as number;
}

function given(range: Range | undefined, drawn: number, random: Random): number {
  if (range === undefined) return drawn;
  return typeof range === 'number' ? range : random.between(range[0], range[1]);
}

/** Draws what a scenario leaves open. */
export function configure(draws: ReplicaDraws, random: Random): ReplicaConfiguration {
  const batchEntries = given(draws.batchEntries, oneOf(batches, random), random);
  const smallWindow = oneOf(windowsOfSmallBatches, random);
  const windowAppends = given(
    draws.windowAppends,
    batchEntries < 8 ? smallWindow : limits.windowAppends,
    random,
  );
  const snapshotEvery = given(draws.snapshotEvery, oneOf(snapshotIntervals, random), random);
  const keptBehind = given(draws.keptBehind, Math.min(200, random.below(snapshotEvery)), random);
  const pending = random.below(4) === 0 ? 24 : limits.pendingProposals;
  // Between two snapshots a log holds what was kept, the interval, what is pending, and the reserve; less would be full for ever.
  const tight = snapshotEvery + keptBehind + limits.pendingProposals + TIGHT_RESERVE + 16;
  const uncompacted = random.below(4) === 0 ? tight : limits.uncompactedEntries;
  const pendingProposals = given(draws.pendingProposals, pending, random);
  const uncompactedEntries = given(draws.uncompactedEntries, uncompacted, random);
  const small = (): boolean => random.below(4) === 0;
  const batchBytes = given(draws.batchBytes, small() ? 40 : limits.batchBytes, random);
  const windowBytes = given(draws.windowBytes, small() ? 2_000 : limits.windowBytes, random);
  const uncommittedBytes = given(draws.uncommittedBytes, small() ? 1_500 : limits.uncommittedBytes, random);
  const smallChunk = 100 + random.below(2_900);
  const chunkBytes = given(
    draws.chunkBytes,
    random.below(2) === 0 ? smallChunk : limits.snapshotChunkBytes,
    random,
  );
  const readsAt = random.below(3) === 0 ? 'any' : 'leader';
  return {
    batchEntries,
    windowAppends,
    snapshotEveryEntries: snapshotEvery,
    entriesKeptBehindSnapshot: keptBehind,
    pendingProposals,
    uncompactedEntries,
    batchBytes,
    windowBytes,
    uncommittedBytes,
    chunkBytes,
    readsAt: draws.readsAt ?? readsAt,
    ...(draws.sessionTtlMs === undefined
      ? {}
      : { sessionTtlUs: given(draws.sessionTtlMs, 0, random) * 1_000 }),
    ...(draws.windowChunks === undefined ? {} : { windowChunks: given(draws.windowChunks, 0, random) }),
    ...(draws.pendingReads === undefined ? {} : { pendingReads: given(draws.pendingReads, 0, random) }),
    ...(draws.resource === true ? { resource: true } : {}),
  };
}

/** A replica's options, with what a planted mistake adds. */
export function optionsOf(configuration: ReplicaConfiguration, more: ReplicaOptions): ReplicaOptions {
  const { batchEntries, windowAppends, pendingProposals, uncompactedEntries } = configuration;
  return {
    ...more,
    snapshotEveryEntries: configuration.snapshotEveryEntries,
    entriesKeptBehindSnapshot: configuration.entriesKeptBehindSnapshot,
    limits: {
      batchEntries,
      windowAppends,
      pendingProposals,
      reservedProposals: Math.min(limits.reservedProposals, pendingProposals >>> 2),
      uncompactedEntries,
      batchBytes: configuration.batchBytes ?? limits.batchBytes,
      windowBytes: configuration.windowBytes ?? limits.windowBytes,
      uncommittedBytes: configuration.uncommittedBytes ?? limits.uncommittedBytes,
      snapshotChunkBytes: configuration.chunkBytes ?? limits.snapshotChunkBytes,
      snapshotWindowChunks: configuration.windowChunks ?? limits.snapshotWindowChunks,
      pendingReads: configuration.pendingReads ?? limits.pendingReads,
      reservedEntries:
        uncompactedEntries < limits.uncompactedEntries ? TIGHT_RESERVE : limits.reservedEntries,
      ...more.limits,
    },
  };
}

/** The timer of the client's one deadline. */
const CLIENT_TIMER = 0;
/** What clients allow for; the plan's clocks may do worse. */
const CLIENT_RHO_PPM = 10_000;

/** The client of the replicated machine behind the ports of a host. */
export class ReplicaClient implements ClientProcess, ClientOutputs {
  readonly #ports: Ports;
  readonly #client: Client;
  readonly #tasks: LockTasks;
  readonly #resource: ResourceCalls;
  readonly #done: Done;
  readonly #waits: Waits;
  #armedAt = -1;

  constructor(ports: Ports, configuration: ReplicaConfiguration, done: Done, waits: Waits, ask: Ask) {
    this.#ports = ports;
    this.#done = done;
    this.#waits = waits;
    const { servers, node, boot } = ports;
    const { readsAt = 'leader', sessionTtlUs = sessionTtl.defaultUs } = configuration;
    this.#client = new Client({ servers, node, boot, readsAt, sessionTtlUs }, ports.random);
    this.#resource = new ResourceCalls(ports, done, servers.length);
    this.#tasks = new LockTasks(ports, this.#client, done, ask, CLIENT_RHO_PPM);
  }

  invoke(id: number, operation: unknown): void {
    const nowUs = this.#ports.clock.monotonicUs();
    if (isTurn(operation)) this.#tasks.start(nowUs, id, operation);
    else if (isStore(operation)) this.#resource.start(nowUs, id, operation);
    else this.#client.submit(nowUs, id, this.#stamped(operation as Operation));
    this.#flush();
  }

  /** A write says when it was made, for people. */
  #stamped(operation: Operation): Operation {
    if (operation.f !== 'putSiblings') return operation;
    return { ...operation, wallUs: Math.max(0, this.#ports.clock.wallUs()) };
  }

  receive(from: number, message: unknown): void {
    if (!this.#resource.receive(message)) {
      this.#client.receive(this.#ports.clock.monotonicUs(), from, message as ClientMessage);
    }
    this.#flush();
  }

  wake(_key: number): void {
    this.#armedAt = -1;
    const nowUs = this.#ports.clock.monotonicUs();
    this.#client.wake(nowUs);
    this.#client.drain(this);
    this.#tasks.wake(nowUs);
    this.#resource.wake(nowUs);
    this.#flush();
  }

  describe(): unknown {
    return this.#client.describe();
  }

  send(to: number, message: ClientMessage): void {
    this.#ports.transport.send(to, message);
  }

  waits(id: number, place: number): void {
    this.#waits(id, place);
  }

  done(...completion: Parameters<ClientOutputs['done']>): void {
    const [id, outcome, value, place, session, number, sent] = completion;
    this.#done(id, outcome, value, place, session, number);
    this.#tasks.completed(this.#ports.clock.monotonicUs(), id, outcome, value, session, sent);
  }

  #flush(): void {
    this.#client.drain(this);
    const atUs = Math.min(this.#client.nextWakeUs(), this.#tasks.nextWakeUs(), this.#resource.nextWakeUs());
    if (atUs === this.#armedAt) return;
    this.#armedAt = atUs;
    if (atUs === Number.MAX_SAFE_INTEGER) this.#ports.timers.cancel(CLIENT_TIMER);
    else this.#ports.timers.set(CLIENT_TIMER, atUs);
  }
}

/** The package's own replica as a system. */
export interface ReplicaSystem extends System<ReplicaConfiguration> {
  /** The same system, same draws, with these parts replaced: how a mistake is planted. */
  planted(parts: ReplicaParts): ReplicaSystem;
}

/**
 * The package's own replica, with its client.
 * @param draws what a scenario fixes or narrows of the configuration drawn per seed
 * @param parts what a planted mistake replaces
 */
export function replica(draws: ReplicaDraws = {}, parts: ReplicaParts = {}): ReplicaSystem {
  const make = parts.make ?? ((ports: Ports, options: ReplicaOptions) => new Replica(ports, options));
  return {
    name: 'replica',
    serversMax: limits.clusterSize,
    configure: (random) => configure(draws, random),
    process: (ports, configuration) => make(ports, optionsOf(configuration, parts.options ?? {})),
    client: (ports, configuration, done, waits, ask) =>
      configuration.resource === true && ports.node === ports.servers.length
        ? new FencedResource(ports, done)
        : new ReplicaClient(ports, configuration, done, waits, ask),
    codec: replicaCodec,
    rotsAtOnce: 'snapshot-',
    selectors: () => new CoordinationSelectors(),
    planted: (replaced) => replica(draws, replaced),
  };
}
