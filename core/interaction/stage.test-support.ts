/**
 * The stage on which interaction scripts play: whole replicas, each with a disk in memory, and wires between them. Nothing moves by
 * itself: messages wait on the wires, fsyncs in the disks, and no deadline comes, until the script says so. What the replicas do
 * then is told, a line each, in the order in which they do it.
 *
 * All clocks show the same time. Random numbers are what makes a script easy to follow: a replica's election timeout is the least plus
 * 40 ms times its number.
 */
import { crc32c, noBytes } from '../bytes.ts';
import { replicaCodec } from '../codec.ts';
import type { KnownObservation, Observation } from '../observe.ts';
import type { Ports } from '../ports.ts';
import { Replica } from '../replica.ts';
import type { ReplicaOptions } from '../replica.ts';
import { MemoryDisk, loseAll } from '../wal/memory-disk.test-support.ts';
import { TextMachine } from './text-machine.test-support.ts';

/** A message on its way. */
export interface Wire {
  readonly from: number;
  readonly to: number;
  readonly message: { readonly type: string; readonly [field: string]: unknown };
}

interface Player {
  /** `null` while its process is down. */
  replica: Replica | null;
  machine: TextMachine;
  disk: MemoryDisk;
  boot: number;
  wakeAt: number;
  /** Attempts that the client sent to this boot. */
  attempts: number;
  /** The log in memory, as the replica told of it: position and text of each entry after the base. */
  log: string[];
  base: number;
}

/** The client's host number: after that of any server. */
const client = 7;

export class Stage {
  readonly players: Player[] = [];
  wires: Wire[] = [];
  now = 0;
  #lines: string[] = [];
  readonly #textOfSum = new Map<number, string>([[crc32c(noBytes), 'noop']]);
  readonly #options: ReplicaOptions;

  constructor(servers: number, options: ReplicaOptions = {}) {
    this.#options = options;
    for (let id = 0; id < servers; id += 1) {
      this.players.push({
        replica: null,
        machine: new TextMachine(),
        disk: new MemoryDisk(),
        boot: 0,
        wakeAt: Infinity,
        attempts: 0,
        log: [],
        base: 0,
      });
    }
    for (const id of this.players.keys()) this.start(id);
    for (const id of this.players.keys()) this.persistAll(id);
    this.told();
  }

  /** What happened since this was asked last. */
  told(): string[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  tell(line: string): void {
    this.#lines.push(line);
  }

  /** A new boot on what the disk holds. */
  start(id: number): void {
    const player = this.player(id);
    if (player.replica !== null) throw new Error(`n${id} runs already`);
    player.boot += 1;
    player.attempts = 0;
    player.wakeAt = Infinity;
    player.machine = new TextMachine();
    player.replica = new Replica(this.#ports(id, player), {
      ...this.#options,
      machine: () => player.machine,
    });
  }

  #ports(id: number, player: Player): Ports {
    const { boot } = player;
    return {
      node: id,
      group: 0,
      boot,
      servers: [...this.players.keys()],
      clock: { monotonicUs: () => this.now, wallUs: () => this.now },
      timers: {
        set: (_key, at) => (player.wakeAt = at),
        cancel: () => (player.wakeAt = Infinity),
      },
      transport: { send: (to, message) => this.#send(id, to, message as Wire['message']) },
      disk: player.disk,
      random: { below: () => 0, between: (min, max) => Math.min(max, min + id * 40_000) },
      emit: (observation) => this.#observe(id, player, observation),
    };
  }

  /** The process dies; what it wrote is still there. With the power, what no fsync covered is gone. */
  crash(id: number, power: boolean): void {
    const player = this.player(id);
    this.#running(id);
    player.replica = null;
    player.wakeAt = Infinity;
    player.disk = power ? player.disk.afterPowerCut(loseAll) : player.disk.afterProcessCrash();
  }

  /** Flips a bit of the file whose name begins so, where it says. */
  damage(id: number, prefix: string, offset: number): void {
    const { disk, replica } = this.player(id);
    // Whoever runs reads no log: it would show at the next start, and the script should say so.
    if (replica !== null && !prefix.startsWith('snapshot'))
      throw new Error(`n${id} runs: stop it before its log is damaged`);
    const path = disk.paths().find((each) => each.slice(each.lastIndexOf('/') + 1).startsWith(prefix));
    if (path === undefined) throw new Error(`n${id} has no file ${prefix}…: ${disk.paths().join(', ')}`);
    const bytes = disk.bytesOf(path);
    if (offset >= bytes.length) throw new Error(`${path} has ${bytes.length} bytes`);
    bytes[offset] = bytes[offset]! ^ 1;
  }

  /** The time goes to the replica's deadline, which comes. Nobody else's does. */
  tick(id: number): void {
    const player = this.player(id);
    const replica = this.#running(id);
    if (player.wakeAt === Infinity) throw new Error(`n${id} waits for no deadline`);
    this.now = Math.max(this.now, player.wakeAt);
    player.wakeAt = Infinity;
    replica.wake(0);
  }

  /** A client's request to a replica, which arrives at once. */
  propose(id: number, text: string): void {
    const { machine } = this.player(id);
    this.#textOfSum.set(crc32c(machine.encode(text)), text);
    this.#ask(id, { type: 'request', command: text });
  }

  /** A client's read, which arrives at once. */
  read(id: number): void {
    this.#ask(id, { type: 'read', op: null });
  }

  /** An operator's request, which arrives at once. */
  transfer(id: number, target: number): void {
    this.#ask(id, { type: 'transfer', target });
  }

  /** One attempt of the client. */
  #ask(id: number, message: Wire['message']): void {
    const player = this.player(id);
    player.attempts += 1;
    this.#running(id).receive(client, { ...message, boot: player.boot, attempt: player.attempts });
  }

  arrive(wire: Wire): void {
    const { replica } = this.player(wire.to);
    if (replica === null) this.tell(`n${wire.to} is down`);
    else replica.receive(wire.from, wire.message);
  }

  /** An fsync completes: the oldest, or the one that began last. @returns whether there was one */
  persist(id: number, last = false): boolean {
    const player = this.player(id);
    const token = player.disk.complete(last ? player.disk.fsyncsInFlight - 1 : 0);
    if (token === undefined) return false;
    this.#running(id).synced(token, null);
    return true;
  }

  persistAll(id: number): void {
    for (let left = 100; this.persist(id); left -= 1) {
      if (left === 0) throw new Error(`the disk of n${id} never comes to rest`);
    }
  }

  /** Messages arrive and fsyncs complete until nothing moves. Messages of and to those who are cut off stay on the wires. */
  settle(cutOff: readonly number[]): void {
    for (let rounds = 1_000; rounds > 0; rounds -= 1) {
      const arriving = this.wires;
      this.wires = [];
      let moved = 0;
      for (const wire of arriving) {
        if (this.player(wire.to).replica === null) continue;
        if (cutOff.includes(wire.from) || cutOff.includes(wire.to)) {
          this.wires.push(wire);
          continue;
        }
        this.arrive(wire);
        moved += 1;
      }
      for (const [id, player] of this.players.entries()) {
        if (player.replica === null || player.disk.fsyncsInFlight === 0) continue;
        this.persistAll(id);
        moved += 1;
      }
      if (moved === 0) return;
    }
    throw new Error('this never settles');
  }

  /** What a replica is, as it says itself. */
  describe(id: number): string {
    const { replica } = this.player(id);
    if (replica === null) return `n${id}  down`;
    const d = replica.describe() as {
      stopped: string | null;
      role: string;
      term: number;
      votedFor: string;
      leader: string;
      log: { last: number; durable: number; committed: number };
      applied: number;
    };
    if (d.stopped !== null) return `n${id}  stopped: ${d.stopped}`;
    return (
      `n${id}  ${d.role} of term ${d.term}, voted for ${d.votedFor}, leader ${d.leader}; ` +
      `log to ${d.log.last}, durable ${d.log.durable}, committed ${d.log.committed}`
    );
  }

  /** follower, preCandidate, candidate or leader. */
  roleOf(id: number): string {
    return (this.#running(id).describe() as { role: string }).role;
  }

  /** A message on its wire, in words. */
  textOf({ from, to, message }: Wire): string {
    return `n${from}>n${to}  ${replicaCodec.describe(message)}`;
  }

  /** The log in memory, as the replica told of it, and what its machine holds. */
  logOf(id: number): string {
    const { log, base, machine } = this.player(id);
    const entries = base === 0 ? log : [`… ${base} |`, ...log];
    return `n${id}  ${entries.join('  ')}   applied: ${machine.texts.join(' ')}`.trimEnd();
  }

  player(id: number): Player {
    const player = this.players[id];
    if (player === undefined) throw new Error(`there is no n${id}`);
    return player;
  }

  #running(id: number): Replica {
    const { replica } = this.player(id);
    if (replica === null) throw new Error(`n${id} is down`);
    return replica;
  }

  #send(from: number, to: number, message: Wire['message']): void {
    const wire = { from, to, message };
    if (to === client) this.tell(`n${from} to the client: ${replicaCodec.describe(message)}`);
    else {
      this.tell(this.textOf(wire));
      this.wires.push(wire);
    }
  }

  #observe(id: number, player: Player, observation: Observation): void {
    const o = observation as KnownObservation;
    switch (o.kind) {
      case 'recovered':
        player.base = o.base;
        player.log = o.terms.map((term, i) => this.#entry(o.base + 1 + i, term, o.sums[i]!));
        break;
      case 'entryAppended':
        player.log.push(this.#entry(o.index, o.term, o.sum));
        break;
      case 'logTruncated':
        player.log.length = o.from - 1 - player.base;
        break;
      case 'snapshotRestored':
        if (o.from === 'leader') {
          player.base = o.index;
          player.log = [];
        }
        break;
      default:
    }
    const line = this.#said(player, o);
    if (line !== '') this.tell(`n${id} ${line}`);
  }

  #entry(index: number, term: number, sum: number): string {
    return `${index}@${term} ${this.#textOfSum.get(sum) ?? '?'}`;
  }

  /** An observation in words; empty for those that a script need not show. */
  #said(player: Player, o: KnownObservation): string {
    switch (o.kind) {
      case 'recovered': {
        const voted = o.votedFor === null ? 'no vote' : `vote for n${o.votedFor}`;
        const log = player.log.length === 0 ? 'no entries' : player.log.join(', ');
        return `starts (boot ${player.boot}) with term ${o.term}, ${voted}, ${o.base === 0 ? '' : `base ${o.base}@${o.baseTerm}, `}${log}${o.repairing ? '; it repairs itself' : ''}`;
      }
      case 'damageFound':
        return `finds ${o.message.split('. ')[0]}`;
      case 'rejoined':
        return `has rejoined, durable up to ${o.index}`;
      case 'snapshotRewritten':
        return `has written its snapshot of ${o.index} anew`;
      case 'campaigned':
        return o.pre ? `asks who would vote for it in term ${o.term}` : `campaigns in term ${o.term}`;
      case 'termChanged':
        return `enters term ${o.term}`;
      case 'voted':
        return `votes for n${o.candidate} in term ${o.term}`;
      case 'leaderElected':
        return `leads term ${o.term}`;
      case 'steppedDown':
        return `leads term ${o.term} no more: ${o.reason}, ${o.uncommitted} uncommitted`;
      case 'transferStarted':
        return `hands leadership over to n${o.target}`;
      case 'transferGivenUp':
        return `keeps leading: n${o.target} did not take over`;
      case 'entryAppended':
        return `appends ${this.#entry(o.index, o.term, o.sum)}`;
      case 'logTruncated':
        return `removes entries ${o.from} to ${o.last}`;
      case 'committed':
        return `commits up to ${o.index}`;
      case 'snapshotTaken':
        return `has a snapshot of ${o.index}@${o.term}`;
      case 'snapshotRestored':
        return `restores a snapshot of ${o.index}@${o.term}, from ${o.from === 'disk' ? 'its disk' : 'the leader'}`;
      case 'recordsWritten':
        return `writes up to ${o.lastIndex}@${o.lastTerm}`;
      case 'stopped':
        return `stops: ${o.code}`;
      case 'applied':
      case 'appendRefused':
      case 'readServed':
      case 'refused':
        return '';
      default: {
        const { kind, ...fields } = o as unknown as Record<string, unknown>;
        return `${String(kind)} ${JSON.stringify(fields)}`;
      }
    }
  }
}
