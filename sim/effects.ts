/**
 * What faults have done to the world and what is left of it. Effects are counted: a link that two episodes cut is whole when both have
 * ended, a host that two keep down boots when both let go.
 *
 * Healing a quorum stops every episode through `limitTo`: what the stopping undoes then reaches only the healed hosts and the links
 * among them; the rest stays as broken as it was until everything is healed.
 */
import type { Damage, DamageKind } from './disk-damage.ts';
import type { FaultControl, LinkWeather } from './faults.ts';
import type { Random } from '../core/ports.ts';
import type { Host } from './host.ts';
import type { Network } from './network.ts';
import type { WorldPlan } from './plan.ts';

/** What happens to a host when the counts say so. */
export interface HostLife {
  nowUs(): number;
  takeDown(host: Host, power: boolean): void;
  bringUp(host: Host): void;
  stop(host: Host): void;
  release(host: Host): void;
  damaged(host: Host, damage: Damage): void;
}

export class Effects {
  private readonly plan: WorldPlan;
  private readonly hosts: readonly Host[];
  private readonly network: Network;
  private readonly life: HostLife;
  /** By host: 1 where effects reach; `null`: everywhere. */
  private within: Uint8Array | null = null;

  constructor(plan: WorldPlan, hosts: readonly Host[], network: Network, life: HostLife) {
    this.plan = plan;
    this.hosts = hosts;
    this.network = network;
    this.life = life;
  }

  get hostCount(): number {
    return this.hosts.length;
  }

  nowUs(): number {
    return this.life.nowUs();
  }

  /** From now on effects reach these hosts only, and the links among them; `null`: everything. */
  limitTo(hosts: readonly number[] | null): void {
    this.within = null;
    if (hosts === null) return;
    const within = new Uint8Array(this.hosts.length);
    for (const host of hosts) within[this.checked(host).id] = 1;
    this.within = within;
  }

  cut(from: number, to: number): void {
    if (this.reachesLink(from, to)) this.network.cut(from, to);
  }

  mend(from: number, to: number): void {
    if (this.reachesLink(from, to)) this.network.mend(from, to);
  }

  weather(from: number, to: number, change: LinkWeather): void {
    if (this.reachesLink(from, to)) this.network.addWeather(from, to, change);
  }

  crash(number: number, power: boolean): void {
    const host = this.checked(number);
    if (!this.reaches(host)) return;
    host.downs += 1;
    this.life.takeDown(host, power);
  }

  restart(number: number): void {
    const host = this.checked(number);
    if (!this.reaches(host)) return;
    if (host.downs === 0) throw new Error(`host ${number} is restarted more often than it was crashed`);
    host.downs -= 1;
    if (host.downs === 0) this.life.bringUp(host);
  }

  pause(number: number): void {
    const host = this.checked(number);
    if (!this.reaches(host)) return;
    host.pauses += 1;
    if (host.pauses === 1) this.life.stop(host);
  }

  resume(number: number): void {
    const host = this.checked(number);
    if (!this.reaches(host)) return;
    if (host.pauses === 0) throw new Error(`host ${number} is resumed more often than it was paused`);
    host.pauses -= 1;
    if (host.pauses === 0) this.life.release(host);
  }

  drift(number: number, deltaPpm: number): void {
    const host = this.checked(number);
    if (this.reaches(host)) this.setDrift(host, host.clock.driftPpm + deltaPpm);
  }

  jumpWall(number: number, deltaUs: number): void {
    const host = this.checked(number);
    if (this.reaches(host)) host.clock.jumpWall(deltaUs);
  }

  stallFsync(number: number, durationUs: number): void {
    const host = this.checked(number);
    if (this.reaches(host)) host.disk.stallUntil(this.life.nowUs() + durationUs);
  }

  failFsyncs(number: number, on: boolean): void {
    const host = this.checked(number);
    if (this.reaches(host)) host.disk.failFsyncs(on);
  }

  fillDisk(number: number, roomBytes: number): void {
    const host = this.checked(number);
    if (this.reaches(host)) host.disk.fill(roomBytes);
  }

  freeSpace(number: number): void {
    const host = this.checked(number);
    if (this.reaches(host)) host.disk.freeSpace();
  }

  damage(number: number, how: DamageKind, random: Random): void {
    const host = this.checked(number);
    if (!this.reaches(host) || this.plan.atlas?.includes(number) !== true) return;
    for (const one of host.disk.damage(how, random)) this.life.damaged(host, one);
  }

  /** Whatever is left on these hosts, and on the links among them, ends: they are up, run, sync, and drift as planned. */
  heal(numbers: readonly number[]): void {
    for (const from of numbers) for (const to of numbers) this.network.heal(from, to);
    for (const number of numbers) {
      const host = this.checked(number);
      host.downs = 0;
      const planned = this.plan.clocks[number]?.driftPpm ?? 0;
      if (host.clock.driftPpm !== planned) this.setDrift(host, planned);
      if (host.pauses > 0) {
        host.pauses = 0;
        this.life.release(host);
      }
      // A process whose disk failed it has stopped, and its operator starts it again.
      const restarts = host.up && host.disk.inTrouble;
      host.disk.heal();
      if (restarts) this.life.takeDown(host, false);
      if (!host.up) this.life.bringUp(host);
    }
  }

  private setDrift(host: Host, ppm: number): void {
    const now = this.life.nowUs();
    host.clock.setDrift(ppm, now);
    host.timers.aimAll(now);
  }

  private reaches(host: Host): boolean {
    return this.within === null || this.within[host.id] === 1;
  }

  private reachesLink(from: number, to: number): boolean {
    const sender = this.checked(from);
    const receiver = this.checked(to);
    return this.reaches(sender) && this.reaches(receiver);
  }

  private checked(number: number): Host {
    const host = this.hosts[number];
    if (host === undefined)
      throw new RangeError(`a fault names host ${number}; the hosts are 0 to ${this.hosts.length - 1}`);
    return host;
  }
}

/** The effects as one episode's fault sees them, with random numbers of its own. */
export class EpisodeControl implements FaultControl {
  readonly servers: number;
  readonly hosts: number;
  readonly random: Random;
  private readonly effects: Effects;

  constructor(effects: Effects, servers: number, random: Random) {
    this.effects = effects;
    this.servers = servers;
    this.hosts = effects.hostCount;
    this.random = random;
  }

  nowUs(): number {
    return this.effects.nowUs();
  }
  cut(from: number, to: number): void {
    this.effects.cut(from, to);
  }
  mend(from: number, to: number): void {
    this.effects.mend(from, to);
  }
  weather(from: number, to: number, change: LinkWeather): void {
    this.effects.weather(from, to, change);
  }
  crash(host: number, power: boolean): void {
    this.effects.crash(host, power);
  }
  restart(host: number): void {
    this.effects.restart(host);
  }
  pause(host: number): void {
    this.effects.pause(host);
  }
  resume(host: number): void {
    this.effects.resume(host);
  }
  drift(host: number, deltaPpm: number): void {
    this.effects.drift(host, deltaPpm);
  }
  jumpWall(host: number, deltaUs: number): void {
    this.effects.jumpWall(host, deltaUs);
  }
  stallFsync(host: number, durationUs: number): void {
    this.effects.stallFsync(host, durationUs);
  }
  failFsyncs(host: number, on: boolean): void {
    this.effects.failFsyncs(host, on);
  }
  fillDisk(host: number, roomBytes: number): void {
    this.effects.fillDisk(host, roomBytes);
  }
  freeSpace(host: number): void {
    this.effects.freeSpace(host);
  }
  damage(host: number, how: DamageKind): void {
    this.effects.damage(host, how, this.random);
  }
}
