/**
 * Several groups on one host: a member of each, with ports of its own over the host's one set. What members share is the machine: they go down, stand
 * still and lose their disk together. What they do not share: log, machine, sessions, limits, tokens, random numbers, deadlines; a member
 * that stops for good (a damaged log, a disk that failed it) leaves the others at work.
 *
 * | port | the member's |
 * |---|---|
 * | `servers` | the voters of its group |
 * | `transport` | wraps each message as `{ type: 'group', group, message }` |
 * | `timers`, fsync tokens | numbers of the host, told apart by the member's place |
 * | `disk` | the host's: a group keeps to its folder, which is named after it (wal/file-names.ts), so paths need no mapping, and mean the same in what the world observes |
 * | `random` | derived from the host's |
 * | `emit` | names the group |
 *
 * Whoever addresses a group that has no member here was told wrong. A client waits for an answer, so its attempt is refused (WRONG_GROUP): it never
 * entered a log, and the client may say so. A message of Raft is ignored: Raft knows no refusal, silence is what it is made for, and a term taken from an answer could
 * depose the leader of a group that is well.
 */
import type { ClientMessage } from './client-messages.ts';
import { CoreError } from './errors.ts';
import { DerivedRandom } from './group-random.ts';
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
} from './ports.ts';

/** A replication group: its number, and the hosts that vote in it, ascending. Fixed at the start. */
export interface Group {
  /** An integer from 0, unique among the groups. */
  readonly id: number;
  readonly voters: readonly number[];
}

/** A message of one group between hosts that serve several. */
export interface GroupMessage<M = unknown> {
  readonly type: 'group';
  readonly group: number;
  readonly message: M;
}

/** Timer keys that members share: the host's other keys (60 … 63) stay free for who holds this process. */
export const memberTimers = 60;

/** Makes the member of a group. Its process must be synchronous: `drain` is not called. */
export type MakeMember<P extends Process> = (ports: Ports, group: Group) => P;

/** The process of a host that holds a member of each of these groups: replicas, or clients that address them. */
export class GroupHost<P extends Process = Process> implements Process {
  readonly #ports: Ports;
  /** By place: as the groups are listed. */
  readonly #members: P[] = [];
  readonly #groups: readonly Group[];
  readonly #keys: number;

  /**
   * @param groups those that have a member here, at most 60
   * @throws CoreError `BAD_CONFIGURATION` for too many groups, or two of one number
   */
  constructor(ports: Ports, groups: readonly Group[], make: MakeMember<P>) {
    const ids = new Set(groups.map(({ id }) => id));
    if (groups.length > memberTimers || ids.size < groups.length) {
      throw new CoreError(
        'BAD_CONFIGURATION',
        `A host has members of up to ${memberTimers} groups, each of another number; got ${groups.map(({ id }) => id).join(', ')}.`,
        'Change the groups.',
      );
    }
    this.#ports = ports;
    this.#groups = groups;
    this.#keys = groups.length === 0 ? memberTimers : Math.floor(memberTimers / groups.length);
    const disk = new HostDisk(ports, groups.length);
    groups.forEach((group, place) => {
      this.#members.push(make(new MemberPorts(ports, group, place, this.#keys, disk), group));
    });
  }

  /** The member of a group; null where it has none here. */
  member(group: number): P | null {
    for (let place = 0; place < this.#groups.length; place += 1) {
      if ((this.#groups[place] as Group).id === group) return this.#members[place] as P;
    }
    return null;
  }

  start(): void {
    for (const member of this.#members) member.start?.();
  }

  receive(from: number, message: unknown): void {
    const wrapped = message as GroupMessage<ClientMessage>;
    if (wrapped.type !== 'group') {
      this.#refuse(from, -1, message as ClientMessage);
      return;
    }
    const member = this.member(wrapped.group);
    if (member === null) this.#refuse(from, wrapped.group, wrapped.message);
    else member.receive(from, wrapped.message);
  }

  wake(key: number): void {
    this.#members[Math.floor(key / this.#keys)]?.wake(key % this.#keys);
  }

  synced(token: number, error: DiskError | null): void {
    const members = this.#members.length;
    this.#members[token % members]?.synced?.(Math.floor(token / members), error);
  }

  describe(): unknown {
    return Object.fromEntries(
      this.#groups.map(({ id }, place) => [`group ${id}`, this.#members[place]?.describe?.() ?? null]),
    );
  }

  /** Answers what a client asks of a group that is not here, −1 for none named. A greeting is answered so that what follows it can be refused. */
  #refuse(to: number, group: number, m: ClientMessage): void {
    const { boot } = this.#ports;
    switch (m.type) {
      case 'hello':
        this.#send(to, group, { type: 'welcome', nonce: m.nonce, boot, leader: -1 });
        return;
      case 'request':
      case 'read':
      case 'transfer': {
        // One that named an earlier boot is the old boot's, as with replicas.
        if (m.boot !== boot) return;
        const { attempt } = m;
        const code = 'WRONG_GROUP';
        this.#ports.emit({ kind: 'refused', code, client: to, attempt }, Math.max(0, group));
        this.#send(to, group, { type: 'refusal', boot, attempt, code, leader: -1 });
        return;
      }
      default:
    }
  }

  #send(to: number, group: number, message: ClientMessage): void {
    this.#ports.transport.send(to, group < 0 ? message : { type: 'group', group, message });
  }
}

/** The host's disk as its members see it: mounted when the first one asks for it, and once. */
class HostDisk {
  readonly #ports: Ports;
  readonly #members: number;
  #disk: Disk | null = null;

  constructor(ports: Ports, members: number) {
    this.#ports = ports;
    this.#members = members;
  }

  of(place: number): Disk {
    this.#disk ??= this.#ports.disk;
    return new MemberDisk(this.#disk, place, this.#members);
  }
}

class MemberPorts implements Ports {
  readonly node: number;
  readonly group: number;
  readonly boot: number;
  readonly servers: readonly number[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly transport: Transport;
  readonly random: Random;
  readonly emit: (observation: Observation) => void;
  private readonly host: HostDisk;
  private readonly place: number;
  private mounted: Disk | null = null;

  constructor(ports: Ports, { id, voters }: Group, place: number, keys: number, disk: HostDisk) {
    this.node = ports.node;
    this.group = id;
    this.boot = ports.boot;
    this.servers = voters;
    this.clock = ports.clock;
    this.timers = memberTimersOf(ports.timers, place, keys);
    this.transport = {
      send: (to, message) => ports.transport.send(to, { type: 'group', group: id, message }),
    };
    this.random = new DerivedRandom(ports.random);
    this.emit = (observation) => ports.emit(observation, id);
    this.host = disk;
    this.place = place;
  }

  get disk(): Disk {
    this.mounted ??= this.host.of(this.place);
    return this.mounted;
  }
}

function memberTimersOf(timers: Timers, place: number, keys: number): Timers {
  const keyOf = (key: number): number => {
    if (key >= keys) {
      throw new CoreError(
        'BAD_CONFIGURATION',
        `A member of one of several groups has ${keys} timers; it used key ${key}.`,
        'Put fewer groups on a host.',
      );
    }
    return place * keys + key;
  };
  return {
    set: (key, atUs) => timers.set(keyOf(key), atUs),
    cancel: (key) => timers.cancel(keyOf(key)),
  };
}

/** The host's disk, with fsync tokens that tell the members apart. */
class MemberDisk implements Disk {
  readonly #disk: Disk;
  readonly #place: number;
  readonly #members: number;

  constructor(disk: Disk, place: number, members: number) {
    this.#disk = disk;
    this.#place = place;
    this.#members = members;
  }

  makeFolder(path: string): void {
    this.#disk.makeFolder(path);
  }
  list(folder: string): readonly string[] {
    return this.#disk.list(folder);
  }
  create(path: string): number {
    return this.#disk.create(path);
  }
  open(path: string): number {
    return this.#disk.open(path);
  }
  close(file: number): void {
    this.#disk.close(file);
  }
  size(file: number): number {
    return this.#disk.size(file);
  }
  read(file: number, offset: number, length: number): Uint8Array {
    return this.#disk.read(file, offset, length);
  }
  append(file: number, bytes: Uint8Array, length: number): void {
    this.#disk.append(file, bytes, length);
  }
  truncate(file: number, length: number): void {
    this.#disk.truncate(file, length);
  }
  rename(from: string, to: string): void {
    this.#disk.rename(from, to);
  }
  unlink(path: string): void {
    this.#disk.unlink(path);
  }
  fsync(file: number, token: number): void {
    this.#disk.fsync(file, this.#tokenOf(token));
  }
  fsyncFolder(folder: string, token: number): void {
    this.#disk.fsyncFolder(folder, this.#tokenOf(token));
  }

  #tokenOf(token: number): number {
    return token * this.#members + this.#place;
  }
}
