/**
 * The life of fault episodes: waiting for an instant or a trigger, resolving the target, starting, ticking, ending.
 *
 * A trigger counts events that match its pattern and sets its episode off at the nth. What a trigger and a selector come to is recorded, and a
 * replay pins it: the hosts are those recorded, and the fault starts at the recorded instant. Where the trigger comes to that instant by itself
 * (the code has not changed) the start keeps its place among that instant's events, so that the hash is the same; where it does not, the
 * fault starts after them.
 */
import type { Observation, Random } from '../core/ports.ts';
import type { Effects } from './effects.ts';
import { EpisodeControl } from './effects.ts';
import { FAULT_END, FAULT_PINNED, FAULT_START, FAULT_TICK } from './events.ts';
import type { Fault, FaultControl, Selectors } from './faults.ts';
import type { Episode, Pattern, Resolution, WorldPlan } from './plan.ts';
import type { Streams } from './random.ts';
import type { Scheduler } from './scheduler.ts';

type State = 'waiting' | 'set-off' | 'active' | 'over';

/** A trigger target that means the host whose event matched. */
const MATCHED = 'matched';

class Running {
  readonly place: number;
  readonly episode: Episode;
  readonly fault: Fault;
  readonly pinned: Resolution | null;
  state: State = 'waiting';
  matches = 0;
  /** The host whose event set the trigger off; −1 without. */
  matched = -1;
  hosts: readonly number[] = [];
  control: FaultControl | null = null;

  constructor(place: number, episode: Episode, fault: Fault, pinned: Resolution | null) {
    this.place = place;
    this.episode = episode;
    this.fault = fault;
    this.pinned = pinned;
  }
}

/** A trigger that waits, with its numbers at hand. */
interface Trigger {
  readonly running: Running;
  readonly host: number;
  readonly nth: number;
  readonly afterUs: number;
  readonly delayUs: number;
}

/** Where episodes tell what they do: an observation of a host. */
export type Announce = (host: number, observation: Observation) => void;

export class Episodes {
  /** What triggers and selectors came to, in order; without hosts: to nothing, which a replay pins as well. */
  readonly resolutions: Resolution[] = [];
  /** Episodes started, by id of their fault; every fault of the scenario is there. */
  readonly fired = Object.create(null) as Record<string, number>;
  /** Whether any trigger waits for a send, an fsync, an observation: asked before every call, so that idle triggers cost nothing. */
  watchesSends = false;
  watchesFsyncs = false;
  watchesObservations = false;

  private readonly plan: WorldPlan;
  private readonly streams: Streams;
  private readonly scheduler: Scheduler;
  private readonly effects: Effects;
  private readonly selectors: Selectors | undefined;
  private readonly announce: Announce;
  private readonly all: Running[] = [];
  /** Stopped where the quorum was healed, and still in force elsewhere. */
  private lingering: Running[] = [];
  /** Each list by ascending `afterUs`. */
  private readonly onSends: Trigger[] = [];
  private readonly onFsyncs: Trigger[] = [];
  private readonly onObservations = new Map<string, Trigger[]>();

  /** @throws Error where the plan names a fault that is not given. */
  constructor(
    plan: WorldPlan,
    faults: readonly Fault[],
    selectors: Selectors | undefined,
    resolutions: readonly Resolution[],
    streams: Streams,
    scheduler: Scheduler,
    effects: Effects,
    announce: Announce,
  ) {
    this.plan = plan;
    this.streams = streams;
    this.scheduler = scheduler;
    this.effects = effects;
    this.selectors = selectors;
    this.announce = announce;
    const byId = new Map<string, Fault>();
    for (const fault of faults) {
      byId.set(fault.id, fault);
      this.fired[fault.id] = 0;
    }
    const pins = new Map<number, Resolution>();
    for (const resolution of resolutions) pins.set(resolution.episode, resolution);
    plan.episodes.forEach((episode, place) => {
      const fault = byId.get(episode.fault);
      if (fault === undefined) {
        throw new Error(
          `episode ${episode.id} names the fault ${JSON.stringify(episode.fault)}; known here: ${[...byId.keys()].join(', ') || 'none'}`,
        );
      }
      const running = new Running(place, episode, fault, pins.get(episode.id) ?? null);
      this.all.push(running);
      this.await(running);
    });
    this.refresh();
  }

  /** A message is sent by `host`. */
  sent(host: number, nowUs: number): void {
    this.count(this.onSends, host, nowUs);
  }

  /** An fsync of `host` starts. */
  fsyncStarted(host: number, nowUs: number): void {
    this.count(this.onFsyncs, host, nowUs);
  }

  /** `host` observed something of this kind. */
  observed(kind: string, host: number, nowUs: number): void {
    const triggers = this.onObservations.get(kind);
    if (triggers !== undefined) this.count(triggers, host, nowUs);
  }

  /** The id of an episode by its place, for traces. */
  nameOf(place: number): string {
    const running = this.all[place] as Running;
    return `${running.episode.fault} ${running.episode.id} on ${running.hosts.map((host) => `n${host}`).join(', ') || 'nobody'}`;
  }

  /**
   * Whether a queue entry still has something to do: asked before it becomes an event. For a start this resolves the target, and a selector that finds
   * nobody now ends the episode here.
   */
  concerns(kind: number, place: number, nowUs: number): boolean {
    const running = this.all[place] as Running;
    if (kind === FAULT_END) return running.state === 'active';
    if (kind === FAULT_TICK) return running.state === 'active' && running.fault.tick !== undefined;
    // The recorded instant of a trigger that has set its episode off by itself.
    if (kind === FAULT_PINNED && running.state !== 'waiting') return false;
    if (running.state !== 'waiting' && running.state !== 'set-off') return false;
    running.hosts = running.pinned?.hosts ?? this.resolve(running);
    if (running.hosts.length === 0) {
      running.state = 'over';
      this.cameToNothing(running, nowUs);
    }
    return running.hosts.length > 0;
  }

  /** The episode starts on the hosts that `concerns` found. */
  start(place: number, nowUs: number): void {
    const running = this.all[place] as Running;
    const { episode, fault, hosts } = running;
    running.state = 'active';
    const random = this.streams.of(`0/fault/${episode.id}`);
    const control = new EpisodeControl(this.effects, this.plan.servers, random);
    running.control = control;
    this.fired[fault.id] = (this.fired[fault.id] ?? 0) + 1;
    if ('match' in episode.when || 'select' in episode.target) {
      this.resolutions.push({ episode: episode.id, atUs: nowUs, hosts: [...hosts] });
    }
    this.announce(hosts[0] as number, {
      kind: 'faultStarted',
      episode: episode.id,
      fault: fault.id,
      targets: hosts,
    });
    fault.start(control, hosts, episode);
    this.scheduler.schedule(nowUs + episode.durationUs, FAULT_END, 0, place, 0, null);
    this.scheduleTick(running, 1, nowUs);
  }

  /** Its time is over. */
  end(place: number): void {
    const running = this.all[place] as Running;
    this.undo(running);
    this.tellEnd(running);
  }

  /** Its inner rhythm: the nth tick. */
  tick(place: number, n: number, nowUs: number): void {
    const running = this.all[place] as Running;
    const { control, fault } = running;
    if (control === null || fault.tick === undefined) return;
    fault.tick(control, running.hosts, running.episode, n);
    this.scheduleTick(running, n + 1, nowUs);
  }

  /**
   * Healing: nothing starts any more, and what is in force stops. It is said to have ended when all its hosts are healed.
   * @param healed the hosts that effects are limited to
   */
  endAll(healed: readonly number[], nowUs: number): void {
    const isHealed = (running: Running): boolean => running.hosts.every((host) => healed.includes(host));
    const still = this.lingering.filter((running) => !isHealed(running));
    for (const running of this.lingering) if (isHealed(running)) this.tellEnd(running);
    for (const running of this.all) {
      if (running.state === 'waiting' || running.state === 'set-off') this.cameToNothing(running, nowUs);
      if (running.state === 'active') {
        this.undo(running);
        if (isHealed(running)) this.tellEnd(running);
        else still.push(running);
      }
      running.state = 'over';
    }
    this.lingering = still;
    this.onSends.length = 0;
    this.onFsyncs.length = 0;
    this.onObservations.clear();
    this.refresh();
  }

  /** A trigger that was not set off, or a selector that found nobody: code that changed might have it come to something. */
  private cameToNothing({ episode }: Running, nowUs: number): void {
    if ('match' in episode.when || 'select' in episode.target) {
      this.resolutions.push({ episode: episode.id, atUs: nowUs, hosts: [] });
    }
  }

  private await(running: Running): void {
    const { when } = running.episode;
    if ('atUs' in when) {
      this.scheduler.schedule(when.atUs, FAULT_START, 0, running.place, 0, null);
      return;
    }
    if (running.pinned !== null) {
      this.scheduler.scheduleLast(running.pinned.atUs, FAULT_PINNED, 0, running.place, 0, null);
    }
    const trigger: Trigger = {
      running,
      host: when.match.host ?? -1,
      nth: when.nth,
      afterUs: when.afterUs,
      delayUs: when.delayUs,
    };
    const list = this.listOf(when.match, running.episode);
    let at = list.length;
    while (at > 0 && (list[at - 1] as Trigger).afterUs > trigger.afterUs) at -= 1;
    list.splice(at, 0, trigger);
  }

  private listOf(pattern: Pattern, episode: Episode): Trigger[] {
    if (pattern.on === 'send') return this.onSends;
    if (pattern.on === 'fsync') return this.onFsyncs;
    const { kind } = pattern;
    if (kind === undefined) {
      throw new Error(
        `the trigger of episode ${episode.id} waits for an observation but names no kind of it`,
      );
    }
    const known = this.onObservations.get(kind);
    if (known !== undefined) return known;
    const list: Trigger[] = [];
    this.onObservations.set(kind, list);
    return list;
  }

  private count(triggers: Trigger[], host: number, nowUs: number): void {
    for (let i = 0; i < triggers.length;) {
      const trigger = triggers[i] as Trigger;
      if (trigger.afterUs > nowUs) return;
      const fits = trigger.host === -1 ? host < this.plan.servers : host === trigger.host;
      if (!fits) {
        i += 1;
        continue;
      }
      const { running } = trigger;
      running.matches += 1;
      if (running.matches < trigger.nth) {
        i += 1;
        continue;
      }
      triggers.splice(i, 1);
      this.refresh();
      this.setOff(running, host, nowUs + trigger.delayUs);
    }
  }

  private setOff(running: Running, host: number, atUs: number): void {
    if (running.state !== 'waiting') return;
    if (running.pinned !== null && running.pinned.atUs !== atUs) return;
    running.state = 'set-off';
    running.matched = host;
    this.scheduler.schedule(atUs, FAULT_START, 0, running.place, 0, null);
  }

  private resolve(running: Running): readonly number[] {
    const { target, id } = running.episode;
    if ('hosts' in target) return target.hosts;
    if (target.select === MATCHED) return running.matched === -1 ? [] : [running.matched];
    if (this.selectors === undefined) {
      throw new Error(
        `episode ${id} aims at ${JSON.stringify(target.select)}, but the system brings no selectors`,
      );
    }
    const random: Random = this.streams.of(`0/target/${id}`);
    return this.selectors.resolve(target.select, random, this.plan);
  }

  private undo(running: Running): void {
    const { control, fault, episode, hosts } = running;
    running.state = 'over';
    if (control !== null) fault.stop(control, hosts, episode);
  }

  private tellEnd({ hosts, episode, fault }: Running): void {
    this.announce(hosts[0] as number, { kind: 'faultEnded', episode: episode.id, fault: fault.id });
  }

  private scheduleTick(running: Running, n: number, nowUs: number): void {
    const { tickEveryUs, tick } = running.fault;
    if (tickEveryUs === undefined || tick === undefined) return;
    this.scheduler.schedule(nowUs + Math.max(1, tickEveryUs), FAULT_TICK, 0, running.place, n, null);
  }

  private refresh(): void {
    this.watchesSends = this.onSends.length > 0;
    this.watchesFsyncs = this.onFsyncs.length > 0;
    this.watchesObservations = this.onObservations.size > 0;
  }
}
