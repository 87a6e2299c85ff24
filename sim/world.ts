/**
 * A world: hosts, clients, network, disks and clocks in one process, driven by one queue, decided by a plan and its seed.
 *
 * Fault model: everything that may happen to a distributed system short of lies, at instants between events: see network.ts, disk.ts, host.ts and
 * clocks.ts. Weather lasts until the plan's first phase ends; then a quorum is healed and the rest stays broken, so that liveness can be asked
 * for; then all is healed. What the plan gives every link (base loss, duplication, reordering) never ends.
 *
 * The life of one event: the queue gives its entry, the clock moves, entries that have gone stale are passed over, the event gets its number and feeds
 * the trace hash, its host's process handles it, and what the process emits goes to the observer, with number and time. An event never
 * interrupts another.
 */
import type { Codec, DiskError, Envelope, Observation, Ports, Process } from '../core/ports.ts';
import { HostClock } from './clocks.ts';
import { digestOfData, mixed } from './digest.ts';
import { SimDisk } from './disk.ts';
import { Effects } from './effects.ts';
import { Episodes } from './episodes.ts';
import {
  DELIVER,
  FAULT_END,
  FAULT_PINNED,
  FAULT_START,
  FAULT_TICK,
  FSYNCED,
  HEAL_ALL,
  HEAL_QUORUM,
  START,
  SYNC_NOTICE,
  TIMER,
  kindNames,
} from './events.ts';
import type { Fault, Selectors } from './faults.ts';
import { Host, HostPorts, NoSuchNodeError, tellSynced } from './host.ts';
import type { Surroundings } from './host.ts';
import type { HostView } from './inspect.ts';
import { Network } from './network.ts';
import { planLengthUs } from './plan.ts';
import type { Decision, Resolution, WorldPlan } from './plan.ts';
import { Streams } from './random.ts';
import { Scheduler } from './scheduler.ts';
import { HostTimers } from './timers.ts';
import { Trace } from './trace.ts';

/** More events than this at one instant mean that the system answers itself without time passing. */
export const EVENTS_PER_INSTANT_MAX = 100_000;

/**
 * Monotonic clocks start anywhere below this, in microseconds: values of two hosts do not compare. No more, because instants below 2^31 stay small
 * integers to the engine.
 */
const ORIGIN_BOUND_US = 100_000_000;

/** One event in words, for people. */
export interface RecordedEvent {
  readonly seq: number;
  readonly at: number;
  readonly host: number;
  readonly kind: string;
  readonly text: string;
  /** The trace hash after the event, 12 hex digits. */
  readonly hash: string;
}

/** The message that a `deliver` event brought: `number` is its place on the link from `from`, from 1. */
export interface DeliveredMessage {
  readonly from: number;
  readonly number: number;
}

/** A message as it was offered to the network: it has a name, (from, to, number). The world reuses the object. */
export interface SentMessage {
  from: number;
  to: number;
  /** Its place on its link, from 1. */
  number: number;
  /** How many copies are on their way; 0: lost. One that finds its host down, or its frame damaged, is lost as well. */
  copies: number;
  /** Number of the event during which it was sent. */
  seq: number;
  /** Virtual time in microseconds. */
  at: number;
  message: unknown;
}

/** Another future for the same past: the run is the same up to event `seq`, and what is drawn from then on depends on `salt` as well. */
export interface ReseedAt {
  /** The first event, from 1, that draws from the other streams. */
  readonly seq: number;
  /** An integer from 0 on. */
  readonly salt: number;
}

/** What a world is made of. */
export interface WorldSpec {
  readonly plan: WorldPlan;
  /** Makes the process of one boot; called for every boot of every host, clients (`node >= servers.length`) included. */
  readonly factory: (ports: Ports) => Process;
  readonly codec: Codec;
  /** The fault classes that the plan's episodes name. */
  readonly faults: readonly Fault[];
  readonly selectors?: Selectors | undefined;
  /** Gets every observation, of processes and of the world. The envelope is reused; world-wide ones carry node 0. */
  readonly observe: (observation: Observation, envelope: Envelope) => void;
  /** Frozen outcomes of single messages. */
  readonly decisions?: readonly Decision[] | undefined;
  /** Pinned triggers and selectors. */
  readonly resolutions?: readonly Resolution[] | undefined;
  /** From this event on every stream of random numbers is another one: what the run might as well have become. */
  readonly reseedAt?: ReseedAt | undefined;
  /** Gets every event in words; costs time, so only a replay asks for it. */
  readonly onEvent?: ((event: RecordedEvent, delivered: DeliveredMessage | null) => void) | undefined;
  /** Gets every message as it is sent, for whoever records causes: before the event of its sending is told by `onEvent`. */
  readonly onSend?: ((sent: SentMessage) => void) | undefined;
}

/** Counts of a run so far. */
export interface WorldStats {
  readonly messagesSent: number;
  /** Lost on the way, cut off, or addressed to a host that was down. */
  readonly messagesLost: number;
  readonly duplicated: number;
  readonly crashes: number;
  /** Crashes of hosts that had an fsync in flight. */
  readonly crashesInFsync: number;
  /** How often a one-way link went from whole to cut. */
  readonly cuts: number;
  readonly bytesWritten: number;
}

/** A run in progress: made of a plan, driven by `run` or `step`, and read through its fields. */
export class World {
  readonly plan: WorldPlan;
  /** What a process threw last, for debugging; `undefined` if none did. */
  thrown: unknown = undefined;
  /** The last event: for comparing two worlds step by step. */
  lastAt = 0;
  lastHost = 0;
  lastKind = 0;
  lastDigest = 0;

  private readonly spec: WorldSpec;
  private readonly codec: Codec;
  private readonly scheduler = new Scheduler();
  private readonly trace = new Trace();
  private readonly streams: Streams;
  private readonly network: Network;
  private readonly hosts: Host[] = [];
  private readonly effects: Effects;
  private readonly episodes: Episodes;
  private readonly around: Surroundings;
  private readonly envelope: Envelope = { at: 0, node: 0, group: 0, boot: 0, seq: 0 };
  private readonly sent: SentMessage = { from: 0, to: 0, number: 0, copies: 0, seq: 0, at: 0, message: null };
  private readonly bytes: boolean;
  private readonly lengthUs: number;
  /** 0: at no event. */
  private readonly reseedSeq: number;
  private now = 0;
  private seq = 0;
  private untilUs: number;
  private instantEvents = 0;
  private stopped = false;
  /** The observer is at work: what is thrown now is not the process's. */
  private observing = false;
  private undelivered = 0;
  private crashCount = 0;
  private crashInFsyncCount = 0;

  /** @throws Error for a plan that is not consistent: an unknown fault, a codec without bytes, too few clocks. */
  constructor(spec: WorldSpec) {
    const { plan, codec } = spec;
    this.spec = spec;
    this.plan = plan;
    this.codec = codec;
    this.bytes = plan.wire === 'bytes';
    if (this.bytes && (codec.encode === undefined || codec.decode === undefined)) {
      throw new Error('the plan sends messages as bytes, but the codec has no encode and decode');
    }
    const count = plan.servers + plan.clients;
    if (plan.clocks.length < count) {
      throw new Error(`the plan has ${plan.clocks.length} clocks for ${count} hosts`);
    }
    this.lengthUs = planLengthUs(plan);
    this.untilUs = this.lengthUs;
    this.reseedSeq = spec.reseedAt?.seq ?? 0;
    this.streams = new Streams(plan.seed);
    this.network = new Network(count, plan.network, this.streams, spec.decisions ?? []);
    const servers: number[] = [];
    for (let id = 0; id < plan.servers; id += 1) servers.push(id);
    this.around = {
      servers,
      nowUs: () => this.now,
      send: (from, to, message) => this.send(from, to, message),
      emit: (host, observation, group) => this.observe(host, observation, group),
    };
    for (let id = 0; id < count; id += 1) this.hosts.push(this.makeHost(id));
    this.effects = new Effects(plan, this.hosts, this.network, {
      nowUs: () => this.now,
      takeDown: (host, power) => this.takeDown(host, power),
      bringUp: (host) => this.bringUp(host),
      stop: (host) => {
        if (host.up) this.observe(host, { kind: 'paused' });
      },
      release: (host) => this.release(host),
      damaged: (host, { path, from, to }) => this.observe(host, { kind: 'damaged', file: path, from, to }),
    });
    for (const host of this.hosts) this.bringUp(host);
    this.episodes = new Episodes(
      plan,
      spec.faults,
      spec.selectors,
      spec.resolutions ?? [],
      this.streams,
      this.scheduler,
      this.effects,
      (host, observation) => this.observe(this.hosts[host] ?? (this.hosts[0] as Host), observation),
    );
    const { weatherUs, quorumUs, allUs } = plan.phases;
    if (quorumUs > 0) this.scheduler.schedule(weatherUs, HEAL_QUORUM, 0, 0, 0, null);
    if (allUs > 0) this.scheduler.schedule(weatherUs + quorumUs, HEAL_ALL, 0, 0, 0, null);
  }

  /** Virtual time in microseconds. */
  get nowUs(): number {
    return this.now;
  }

  /** Events so far. */
  get events(): number {
    return this.seq;
  }

  /** The trace hash so far: 12 hex digits. */
  get hash(): string {
    return this.trace.hex();
  }

  /** The hash after every 1,000 events. */
  get checkpoints(): readonly string[] {
    return this.trace.checkpoints;
  }

  /** What triggers and selectors came to so far. */
  get resolutions(): readonly Resolution[] {
    return this.episodes.resolutions;
  }

  /** Episodes started so far, by fault; faults that never fired are there with 0. */
  get fired(): Readonly<Record<string, number>> {
    return this.episodes.fired;
  }

  get stats(): WorldStats {
    let bytesWritten = 0;
    for (const host of this.hosts) bytesWritten += host.disk.bytesWritten;
    return {
      messagesSent: this.network.sent,
      messagesLost: this.network.lost + this.undelivered,
      duplicated: this.network.duplicated,
      crashes: this.crashCount,
      crashesInFsync: this.crashInFsyncCount,
      cuts: this.network.cuts,
      bytesWritten,
    };
  }

  /** Runs until the virtual time given (default: the plan's end), or until something stops the world. May be called again with a later time. */
  run(untilUs: number = this.lengthUs): void {
    this.untilUs = untilUs;
    while (this.step());
    if (!this.stopped && this.now < untilUs) this.now = untilUs;
  }

  /** Handles the next event. @returns false where none is left before the end of the run, or the world was stopped. */
  step(): boolean {
    const queue = this.scheduler;
    while (!this.stopped && queue.nextAt() <= this.untilUs) {
      queue.pop();
      if (queue.at !== this.now) {
        if (queue.at < this.now) throw new Error(backwards(this.now, queue.at, queue.kind));
        this.now = queue.at;
        this.instantEvents = 0;
      }
      if (this.dispatch()) {
        this.instantEvents += 1;
        if (this.instantEvents > EVENTS_PER_INSTANT_MAX) {
          this.endInstant();
          return false;
        }
        this.trace.checkpoint(this.seq);
        if (this.spec.onEvent !== undefined) this.record(this.spec.onEvent);
        return true;
      }
    }
    return false;
  }

  /** Ends the run after the present event. */
  stop(): void {
    this.stopped = true;
  }

  get isStopped(): boolean {
    return this.stopped;
  }

  /** Whether a process runs on this host; one that is paused does. */
  isUp(host: number): boolean {
    return this.hosts[host]?.up ?? false;
  }

  /** What the process of a host says of its state, for people; `undefined` where it is down or says nothing. */
  describe(host: number): unknown {
    return this.hosts[host]?.process?.describe?.();
  }

  /** A host as it stands now, in plain data. @throws RangeError where the world has none of that number. */
  inspect(id: number): HostView {
    const host = this.hosts[id];
    if (host === undefined) throw new RangeError(`there is no host ${id}: 0 to ${this.hosts.length - 1}`);
    const others = this.hosts.map((other) => other.id).filter((other) => other !== id);
    return {
      host: id,
      up: host.up,
      paused: host.pauses > 0,
      boot: host.boot,
      monotonicUs: host.clock.monotonicAt(this.now),
      wallUs: host.clock.wallAt(this.now),
      timers: host.timers.armed(),
      files: host.disk.view(),
      fsyncsInFlight: host.disk.fsyncsInFlight,
      cutTo: others.filter((other) => this.network.isCut(id, other)),
      cutFrom: others.filter((other) => this.network.isCut(other, id)),
      state: this.describe(id) ?? null,
    };
  }

  /** Whether another world has come to the same trace. */
  agreesWith(other: World): boolean {
    return this.seq === other.seq && this.trace.equals(other.trace);
  }

  private makeHost(id: number): Host {
    const { plan, streams } = this;
    const clockPlan = plan.clocks[id] as WorldPlan['clocks'][number];
    const origin = streams.of(`0/clock/${id}`).below(ORIGIN_BOUND_US);
    const clock = new HostClock(clockPlan.driftPpm, clockPlan.wallOffsetUs, origin);
    const timers = new HostTimers(id, clock, this.scheduler);
    const disk = new SimDisk(
      plan.disk.fsync,
      streams.of(`0/disk/${id}`),
      streams.of(`0/disk/${id}/tear`),
      {
        nowUs: () => this.now,
        fsyncStarted: (request, doneAtUs, path, length) =>
          this.fsyncStarted(id, request, doneAtUs, path, length),
        fsyncMoved: (request, doneAtUs) => this.scheduler.schedule(doneAtUs, FSYNCED, id, request, 0, null),
        refused: (path, { code }) =>
          this.observe(this.hosts[id] as Host, { kind: 'diskRefused', file: path, code }),
      },
      plan.atlas?.includes(id) === true ? (plan.disk.rotsAtOnce ?? '') : null,
    );
    return new Host(id, clock, timers, disk, streams.of(`0/process/${id}`));
  }

  /** Gives the event its number and feeds the hash. */
  private begin(host: number, kind: number, digest: number): void {
    this.seq += 1;
    if (this.seq === this.reseedSeq) this.streams.reseed(this.spec.reseedAt!.salt);
    this.lastAt = this.now;
    this.lastHost = host;
    this.lastKind = kind;
    this.lastDigest = digest;
    this.trace.event(this.now, this.seq, host, kind, digest);
  }

  /** Handles the entry just popped. @returns false where it had gone stale and was no event. */
  private dispatch(): boolean {
    const queue = this.scheduler;
    const { kind, a, b } = queue;
    const host = this.hosts[queue.host] as Host;
    switch (kind) {
      case DELIVER:
        return this.deliver(host, a, b, queue.body);
      case TIMER:
        return this.timer(host, a, b);
      case FSYNCED:
        return this.fsynced(host, a);
      case SYNC_NOTICE:
        return this.syncNotice(host, a, b, queue.body as DiskError | null);
      case START:
        return this.start(host);
      default:
        return this.dispatchFault(kind, a, b);
    }
  }

  private dispatchFault(kind: number, place: number, n: number): boolean {
    if (kind === HEAL_QUORUM || kind === HEAL_ALL) {
      this.begin(0, kind, 0);
      this.heal(kind === HEAL_QUORUM);
      return true;
    }
    if (!this.episodes.concerns(kind, place, this.now)) return false;
    this.begin(0, kind === FAULT_PINNED ? FAULT_START : kind, mixed(place, n));
    switch (kind) {
      case FAULT_START:
      case FAULT_PINNED:
        this.episodes.start(place, this.now);
        break;
      case FAULT_END:
        this.episodes.end(place);
        break;
      case FAULT_TICK:
        this.episodes.tick(place, n, this.now);
        break;
      default:
        throw new Error(`the queue holds an entry of an unknown kind ${kind}`);
    }
    return true;
  }

  private deliver(host: Host, from: number, n: number, body: unknown): boolean {
    if (!host.up) {
      this.undelivered += 1;
      return false;
    }
    if (host.pauses > 0) {
      host.hold(DELIVER, from, n, body);
      return false;
    }
    let message = body;
    if (this.bytes) {
      message = this.codec.decode!(body as Uint8Array);
      if (message === null) {
        this.undelivered += 1;
        return false;
      }
    }
    this.begin(host.id, DELIVER, mixed(from, this.codec.digest(message)));
    try {
      const answer: unknown = (host.process as Process).receive(from, message);
      if (answer !== undefined) refusePromise(answer);
      if (host.drains) this.drain(host);
    } catch (error) {
      this.failed(host, error);
    }
    return true;
  }

  private timer(host: Host, key: number, generation: number): boolean {
    if (!host.timers.isDue(key, generation, this.now)) return false;
    if (host.pauses > 0) {
      host.hold(TIMER, key, 0, null);
      return false;
    }
    host.timers.fire(key);
    this.begin(host.id, TIMER, key);
    try {
      const answer: unknown = (host.process as Process).wake(key);
      if (answer !== undefined) refusePromise(answer);
      if (host.drains) this.drain(host);
    } catch (error) {
      this.failed(host, error);
    }
    return true;
  }

  private fsynced(host: Host, request: number): boolean {
    const done = host.disk.complete(request);
    if (done === null) return false;
    this.begin(host.id, FSYNCED, done.token);
    if (done.error === null) {
      this.observe(
        host,
        done.folder
          ? { kind: 'folderSynced', folder: done.path }
          : { kind: 'fsynced', file: done.path, length: done.length },
      );
    } else this.observe(host, { kind: 'diskRefused', file: done.path, code: done.error.code });
    // The disk does not wait for a process that stands still; the process hears of it afterwards.
    if (host.pauses > 0) host.hold(SYNC_NOTICE, done.token, host.boot, done.error);
    else this.tellSynced(host, done.token, done.error);
    return true;
  }

  private syncNotice(host: Host, token: number, boot: number, error: DiskError | null): boolean {
    if (!host.up || host.boot !== boot) return false;
    if (host.pauses > 0) {
      host.hold(SYNC_NOTICE, token, boot, error);
      return false;
    }
    this.begin(host.id, SYNC_NOTICE, token);
    this.tellSynced(host, token, error);
    return true;
  }

  private tellSynced(host: Host, token: number, error: DiskError | null): void {
    try {
      const answer = tellSynced(host.process as Process, token, error);
      if (answer !== undefined) refusePromise(answer);
      if (host.drains) this.drain(host);
    } catch (thrown) {
      this.failed(host, thrown);
    }
  }

  private start(host: Host): boolean {
    if (host.up || host.downs > 0) return false;
    if (host.pauses > 0) {
      host.hold(START, 0, 0, null);
      return false;
    }
    host.boot += 1;
    host.up = true;
    this.begin(host.id, START, host.boot);
    this.observe(host, { kind: 'started' });
    try {
      const process = this.spec.factory(new HostPorts(host, this.around));
      refusePromise(process);
      host.process = process;
      host.drains = process.drain !== undefined;
      if (process.start !== undefined) refusePromise(process.start());
      if (host.drains) this.drain(host);
    } catch (error) {
      this.failed(host, error);
    }
    return true;
  }

  private drain(host: Host): void {
    const answer: unknown = host.process?.drain?.();
    if (answer !== undefined) refusePromise(answer);
  }

  /** A process threw: it is gone as if killed, and the observer decides whether the run goes on. */
  private failed(host: Host, error: unknown): void {
    if (this.observing) throw error;
    this.thrown = error;
    this.observe(host, { kind: 'threw', message: textOf(error) });
    host.lose(false);
  }

  private endInstant(): void {
    const host = this.hosts[this.lastHost] as Host;
    this.stopped = true;
    this.observe(host, {
      kind: 'threw',
      message: `more than ${EVENTS_PER_INSTANT_MAX} events at one instant (${this.now} us of virtual time); the last was a ${kindNames[this.lastKind]} on node ${host.id}`,
    });
  }

  private send(from: Host, to: number, message: unknown): void {
    if (!(to >= 0 && to < this.hosts.length) || !Number.isInteger(to)) {
      throw new NoSuchNodeError(from.id, to, this.hosts.length);
    }
    const { network, scheduler, episodes } = this;
    const copies = network.offer(from.id, to);
    if (episodes.watchesSends) episodes.sent(from.id, this.now);
    if (this.spec.onSend !== undefined) this.tellSend(from.id, to, copies, message);
    if (copies === 0) return;
    const body = this.bytes ? this.codec.encode!(message) : message;
    const { number } = network;
    scheduler.schedule(this.now + network.firstDelayUs, DELIVER, to, from.id, number, body);
    for (let copy = 1; copy < copies; copy += 1) {
      scheduler.schedule(this.now + network.secondDelayUs, DELIVER, to, from.id, number, body);
    }
  }

  private tellSend(from: number, to: number, copies: number, message: unknown): void {
    const { sent } = this;
    sent.from = from;
    sent.to = to;
    sent.number = this.network.number;
    sent.copies = copies;
    sent.seq = this.seq;
    sent.at = this.now;
    sent.message = message;
    this.spec.onSend?.(sent);
  }

  private fsyncStarted(id: number, request: number, doneAtUs: number, path: string, length: number): void {
    this.scheduler.schedule(doneAtUs, FSYNCED, id, request, 0, null);
    this.observe(this.hosts[id] as Host, { kind: 'fsyncStarted', file: path, length });
    if (this.episodes.watchesFsyncs) this.episodes.fsyncStarted(id, this.now);
  }

  private observe(host: Host, observation: Observation, group = 0): void {
    const { envelope } = this;
    const { kind } = observation;
    envelope.at = this.now;
    envelope.node = host.id;
    envelope.group = group;
    envelope.boot = host.boot;
    envelope.seq = this.seq;
    // What belongs to group 0 hashes as in a world without groups.
    if (group !== 0) this.trace.mix(group);
    this.hashObservation(kind, observation);
    if (this.episodes.watchesObservations) this.episodes.observed(kind, host.id, this.now);
    this.observing = true;
    this.spec.observe(observation, envelope);
    this.observing = false;
  }

  /**
   * Observations whose content already shows in messages and times are left out of the hash: they would cost, and tell nothing. That holds for
   * the replica here; a system of another make that emits these kinds shows in the hash by its messages, timers and fsyncs.
   */
  private hashObservation(kind: string, observation: Observation): void {
    const { trace } = this;
    // The most frequent kinds stand first: engines compare one by one.
    switch (kind) {
      case 'applied': {
        const { index, digest, reply } = observation as { index: unknown; digest: unknown; reply: unknown };
        if (typeof index !== 'number' || typeof digest !== 'number' || typeof reply !== 'number') break;
        trace.mix(index);
        trace.mix(digest);
        trace.mix(reply);
        return;
      }
      case 'committed':
      case 'entryAppended':
      case 'fsyncStarted':
      case 'fsynced':
      case 'recordsWritten':
      case 'invoked':
        return;
      case 'completed': {
        const { id, outcome, value, place } = observation as Record<string, unknown>;
        if (typeof id !== 'number' || typeof outcome !== 'string' || typeof place !== 'number') break;
        trace.mix(id);
        trace.mix(outcome.charCodeAt(0));
        trace.mix(place);
        if (typeof value !== 'object') trace.mix(digestOfData(value));
        return;
      }
      case 'recovered':
      case 'campaigned':
      case 'termChanged':
      case 'voted':
      case 'leaderElected':
      case 'steppedDown':
      case 'logTruncated':
      case 'snapshotTaken':
      case 'snapshotRestored':
      case 'stopped':
      case 'refused':
      case 'started':
      case 'crashed':
      case 'paused':
      case 'resumed':
      case 'folderSynced':
      case 'faultStarted':
      case 'faultEnded':
      case 'healed':
      case 'threw':
        return;
      default:
    }
    // A kind of the process's own, or an unusual shape of a known one: all of it.
    trace.mix(digestOfData(observation));
  }

  private takeDown(host: Host, power: boolean): void {
    if (!host.up) {
      // The page cache of a host that is down already can still be lost.
      if (power) host.disk.crash(true);
      return;
    }
    this.crashCount += 1;
    if (host.disk.fsyncsInFlight > 0) this.crashInFsyncCount += 1;
    host.lose(power);
    this.observe(host, { kind: 'crashed', power });
  }

  private bringUp(host: Host): void {
    if (!host.up) this.scheduler.schedule(this.now, START, host.id, 0, 0, null);
  }

  /** The pause is over: what waited comes now, in order. */
  private release(host: Host): void {
    if (host.up) this.observe(host, { kind: 'resumed' });
    const { held } = host;
    host.held = [];
    // What piled up in a long pause is no sign of a system that answers itself.
    this.instantEvents -= held.length;
    for (const input of held) {
      if (input.kind === TIMER) host.timers.aim(input.a, this.now);
      else this.scheduler.schedule(this.now, input.kind, host.id, input.a, input.b, input.body);
    }
  }

  private heal(quorumOnly: boolean): void {
    const everyone = this.hosts.map((host) => host.id);
    const hosts = quorumOnly ? this.plan.phases.quorum : everyone;
    this.effects.limitTo(quorumOnly ? hosts : null);
    this.episodes.endAll(hosts, this.now);
    this.effects.limitTo(null);
    this.effects.heal(hosts);
    this.observe(this.hosts[0] as Host, { kind: 'healed', phase: quorumOnly ? 'quorum' : 'all', hosts });
  }

  private record(onEvent: NonNullable<WorldSpec['onEvent']>): void {
    const event = {
      seq: this.seq,
      at: this.lastAt,
      host: this.lastHost,
      kind: kindNames[this.lastKind] ?? 'none',
      text: this.textOfEvent(),
      hash: this.trace.hex(),
    };
    const { kind, a, b } = this.scheduler;
    onEvent(event, kind === DELIVER ? { from: a, number: b } : null);
  }

  /** The entry just handled, which the queue's fields still hold, in words. */
  private textOfEvent(): string {
    const { kind, host, a, b, body } = this.scheduler;
    switch (kind) {
      case DELIVER: {
        const message: unknown = this.bytes ? this.codec.decode!(body as Uint8Array) : body;
        const words = this.codec.describe?.(message) ?? '';
        return `${a}>${host} #${b} ${words}`.trimEnd();
      }
      case TIMER:
        return `timer ${a}`;
      case FSYNCED:
      case SYNC_NOTICE:
        return `fsync ${this.lastDigest} done`;
      case START:
        return `boot ${(this.hosts[host] as Host).boot}`;
      case HEAL_QUORUM:
        return `quorum of ${this.plan.phases.quorum.map((id) => `n${id}`).join(', ')} healed`;
      case HEAL_ALL:
        return 'everything healed';
      case FAULT_END:
        return `${this.episodes.nameOf(a)} ends`;
      case FAULT_TICK:
        return `${this.episodes.nameOf(a)} changes`;
      default:
        return `${this.episodes.nameOf(a)} starts`;
    }
  }
}

/** What goes on after its event, on the runtime's own clock, is outside of the world. @throws Error for a promise, whose rejection is left to nobody */
function refusePromise(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null || !('then' in answer)) return;
  const { then } = answer;
  if (typeof then !== 'function') return;
  then.call(
    answer,
    () => {},
    () => {},
  );
  throw new Error('PROCESS_ASYNC: a handler returned a promise; processes react synchronously');
}

function backwards(nowUs: number, atUs: number, kind: number): string {
  return `the queue holds a ${kindNames[kind] ?? 'nothing'} for ${atUs} us, but it is ${nowUs} us already: times of a plan are integers, 0 or more`;
}

/** Name and message: the stack depends on the runtime. */
function textOf(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return `thrown: ${String(error)}`;
}
