/** A small system for tests of the world: servers that tell each other a rising number every 10 ms and write it down, clients that ask. */
import type { Codec, Envelope, Observation, Ports, Process } from '../core/ports.ts';
import type { Fault } from './faults.ts';
import type { Episode, WorldPlan } from './plan.ts';
import { World } from './world.ts';
import type { WorldSpec } from './world.ts';

export class Chatter implements Process {
  private readonly ports: Ports;
  private file = -1;
  private n = 0;
  constructor(ports: Ports) {
    this.ports = ports;
  }
  start(): void {
    const { disk, timers, clock } = this.ports;
    disk.makeFolder('log');
    const name = `log/${this.ports.boot}`;
    this.file = disk.create(name);
    disk.fsyncFolder('log', 0);
    timers.set(1, clock.monotonicUs() + 10_000);
  }
  wake(key: number): void {
    const { ports } = this;
    this.n += 1;
    ports.emit({ kind: 'woke', key, n: this.n });
    for (const to of ports.servers) if (to !== ports.node) ports.transport.send(to, this.n);
    ports.disk.append(this.file, new Uint8Array([this.n & 255]), 1);
    ports.disk.fsync(this.file, this.n);
    ports.timers.set(1, ports.clock.monotonicUs() + 10_000 + ports.random.below(3));
  }
  receive(from: number, message: unknown): void {
    this.ports.emit({ kind: 'heard', from, n: message as number });
  }
  synced(token: number): void {
    this.ports.emit({ kind: 'durable', token });
  }
}

/** Numbers as four bytes. */
export const numbers: Codec = {
  digest: (message) => message as number,
  encode: (message) => new Uint8Array(new Uint32Array([message as number]).buffer),
  decode: (frame) => new Uint32Array(frame.slice().buffer)[0],
  describe: (message) => `number ${message as number}`,
};

export function planOf(changes: Partial<WorldPlan> = {}): WorldPlan {
  const servers = changes.servers ?? 3;
  const clients = changes.clients ?? 0;
  return {
    seed: 1,
    servers,
    clients,
    wire: 'structured',
    network: {
      delay: { minUs: 300, maxUs: 1_000, tailPpm: 20_000, tailMaxUs: 20_000 },
      lossPpm: 10_000,
      duplicationPpm: 10_000,
      reorderPpm: 10_000,
      reorderMaxUs: 5_000,
    },
    disk: { fsync: { minUs: 100, maxUs: 1_000, tailPpm: 0, tailMaxUs: 0 } },
    clocks: Array.from({ length: servers + clients }, (_, i) => ({
      driftPpm: (i - 1) * 5_000,
      wallOffsetUs: i,
    })),
    episodes: [],
    phases: { weatherUs: 1_000_000, quorumUs: 0, allUs: 0, quorum: [] },
    ...changes,
  };
}

export function episode(changes: Partial<Episode> & Pick<Episode, 'fault'>): Episode {
  return {
    id: 1,
    when: { atUs: 200_000 },
    durationUs: 300_000,
    target: { hosts: [0] },
    args: {},
    ...changes,
  };
}

/** A fault that starts and stops with the functions given. */
export function faultOf(id: string, start: Fault['start'], stop: Fault['stop']): Fault {
  return { id, start, stop };
}

export const crash = faultOf(
  'crash',
  (control, hosts) => hosts.forEach((host) => control.crash(host, true)),
  (control, hosts) => hosts.forEach((host) => control.restart(host)),
);
export const pause = faultOf(
  'pause',
  (control, hosts) => hosts.forEach((host) => control.pause(host)),
  (control, hosts) => hosts.forEach((host) => control.resume(host)),
);
/** Cuts all that the hosts send. */
export const mute = faultOf(
  'mute',
  (control, hosts) => {
    for (const host of hosts) for (let to = 0; to < control.hosts; to += 1) control.cut(host, to);
  },
  (control, hosts) => {
    for (const host of hosts) for (let to = 0; to < control.hosts; to += 1) control.mend(host, to);
  },
);

/** An observation with its envelope, kept. */
export type Seen = Observation & { readonly [field: string]: unknown } & {
  at: number;
  node: number;
  boot: number;
};

export interface Run {
  readonly world: World;
  readonly seen: Seen[];
  /** What was seen of this kind, on this host if one is given. */
  of(kind: string, node?: number): Seen[];
}

/** A world of chatterers, not yet run, that keeps all it observes. */
export function worldOf(plan: WorldPlan, changes: Partial<WorldSpec> = {}): Run {
  const seen: Seen[] = [];
  const world = new World({
    plan,
    factory: (ports) => new Chatter(ports),
    codec: numbers,
    faults: [crash, pause, mute],
    observe: (observation: Observation, { at, node, boot }: Envelope) =>
      seen.push({ ...observation, at, node, boot }),
    ...changes,
  });
  return {
    world,
    seen,
    of: (kind, node) => seen.filter((o) => o.kind === kind && (node === undefined || o.node === node)),
  };
}

/** The same, run to its end. */
export function ran(plan: WorldPlan, changes: Partial<WorldSpec> = {}): Run {
  const run = worldOf(plan, changes);
  run.world.run();
  return run;
}
