/**
 * A host: a machine with clocks, a disk and one process.
 *
 * Fault model: the process may die (its page cache survives) or lose its power (what was not durable is lost or torn) at any instant between two
 * events, and boots again later with the same disk, the same clocks and a higher boot number; nothing in memory survives. It may be stopped for
 * seconds, as a garbage collection or a hypervisor stops it: its clocks go on, its disk finishes what it was asked, and what
 * arrives waits in order. It cannot tell. A process that throws is gone as if killed.
 */
import type {
  Clock,
  Disk,
  DiskError,
  Observation,
  Ports,
  Process,
  Random,
  Timers,
  Transport,
} from '../core/ports.ts';
import type { HostClock } from './clocks.ts';
import type { SimDisk } from './disk.ts';
import type { Stream } from './random.ts';
import type { HostTimers } from './timers.ts';

/** Sending to a host that the world does not have. */
export class NoSuchNodeError extends Error {
  readonly code = 'NO_SUCH_NODE';
  constructor(from: number, to: number, hosts: number) {
    super(
      `NO_SUCH_NODE: node ${from} sent to node ${to}, but the hosts are 0 to ${hosts - 1}. Send to one of ports.servers, or answer a sender.`,
    );
    this.name = 'NoSuchNodeError';
  }
}

/** What a host asks of the world around it. */
export interface Surroundings {
  readonly servers: readonly number[];
  nowUs(): number;
  send(from: Host, to: number, message: unknown): void;
  emit(host: Host, observation: Observation, group: number): void;
}

/** An input that waits for a paused process: the fields of a queue entry. */
export interface HeldInput {
  readonly kind: number;
  readonly a: number;
  readonly b: number;
  readonly body: unknown;
}

export class Host {
  readonly id: number;
  readonly clock: HostClock;
  readonly timers: HostTimers;
  readonly disk: SimDisk;
  /** The process's random numbers; they go on across boots. */
  readonly random: Stream;
  /** Boots so far. */
  boot = 0;
  /** Whether a process runs here (it may be paused). */
  up = false;
  process: Process | null = null;
  /** The process has a `drain`. */
  drains = false;
  /** Episodes that keep it down, and that keep it paused. */
  downs = 0;
  pauses = 0;
  held: HeldInput[] = [];

  constructor(id: number, clock: HostClock, timers: HostTimers, disk: SimDisk, random: Stream) {
    this.id = id;
    this.clock = clock;
    this.timers = timers;
    this.disk = disk;
    this.random = random;
  }

  /** Keeps an input for the time after the pause. */
  hold(kind: number, a: number, b: number, body: unknown): void {
    this.held.push({ kind, a, b, body });
  }

  /** The process is gone, with all that was in memory. */
  lose(power: boolean): void {
    this.up = false;
    this.process = null;
    this.drains = false;
    this.held = [];
    this.timers.clear();
    this.disk.crash(power);
  }
}

class HostClockPort implements Clock {
  private readonly host: Host;
  private readonly around: Surroundings;
  constructor(host: Host, around: Surroundings) {
    this.host = host;
    this.around = around;
  }
  monotonicUs(): number {
    return this.host.clock.monotonicAt(this.around.nowUs());
  }
  wallUs(): number {
    return this.host.clock.wallAt(this.around.nowUs());
  }
}

class HostTimersPort implements Timers {
  private readonly host: Host;
  private readonly around: Surroundings;
  private readonly boot: number;
  constructor(host: Host, around: Surroundings) {
    this.host = host;
    this.around = around;
    this.boot = host.boot;
  }
  set(key: number, atUs: number): void {
    const { host } = this;
    if (host.boot === this.boot && host.up) host.timers.set(key, atUs, this.around.nowUs());
  }
  cancel(key: number): void {
    if (this.host.boot === this.boot) this.host.timers.cancel(key);
  }
}

class HostTransport implements Transport {
  private readonly host: Host;
  private readonly around: Surroundings;
  private readonly boot: number;
  constructor(host: Host, around: Surroundings) {
    this.host = host;
    this.around = around;
    this.boot = host.boot;
  }
  send(to: number, message: unknown): void {
    const { host } = this;
    if (host.boot === this.boot && host.up) this.around.send(host, to, message);
  }
}

/** The ports of one boot. Those of an earlier boot do nothing any more. */
export class HostPorts implements Ports {
  readonly node: number;
  readonly group = 0;
  readonly boot: number;
  readonly servers: readonly number[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly random: Random;
  /** A field, so that a process may take it out of the ports. */
  readonly emit: (observation: Observation, group?: number) => void;
  private readonly host: Host;
  private mounted: Disk | null = null;

  constructor(host: Host, around: Surroundings) {
    this.host = host;
    this.node = host.id;
    this.boot = host.boot;
    this.servers = around.servers;
    this.clock = new HostClockPort(host, around);
    this.timers = new HostTimersPort(host, around);
    this.transport = new HostTransport(host, around);
    this.random = host.random;
    const { boot } = host;
    this.emit = (observation, group = 0) => {
      if (host.boot === boot && host.up) around.emit(host, observation, group);
    };
  }

  /** Mounted when first asked for: most clients never do. @throws Error where the boot is over: its mount would end that of the next */
  get disk(): Disk {
    if (this.mounted !== null) return this.mounted;
    const { host } = this;
    if (host.boot !== this.boot || !host.up)
      throw new Error('the disk is asked for by a process of an earlier boot');
    this.mounted = host.disk.mount();
    return this.mounted;
  }
}

/** Tells a process how an fsync ended. @returns what it returned, which should be nothing */
export function tellSynced(process: Process, token: number, error: DiskError | null): unknown {
  return process.synced === undefined ? undefined : process.synced(token, error);
}
