/**
 * The kill test: three real replicas as processes on loopback, under load, killed in mid-write again and again, now and then all at once, stopped
 * and continued; then what the clients heard and the replicas observed is judged.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../core/host/clock.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import { Load } from './load.ts';
import { freePorts, ReplicaProcess } from './processes.ts';
import type { DiskMode } from './processes.ts';

/** What is done. */
export interface KillOptions {
  /** An empty folder; its owner removes it. */
  readonly folder: string;
  readonly kills: number;
  readonly disk: DiskMode;
  /** 8 */
  readonly clients?: number;
  /** 5 */
  readonly keys?: number;
  /** 4 */
  readonly thinkMs?: number;
  /** Each kill hits all three at once (default: every tenth): what is not on disk is gone. */
  readonly allAtOnce?: boolean;
  /** Told after each kill. */
  readonly onProgress?: (kills: number) => void;
}

/** What came of it. */
export interface KillReport extends Judgement {
  readonly kills: number;
  /** Of them, of the process that led. */
  readonly leadersKilled: number;
  readonly pauses: number;
  readonly operations: { readonly ok: number; readonly fail: number; readonly info: number };
  readonly acknowledgedWrites: number;
  /** From the kill of a leader to the end of the silence that it caused, in ms, ascending. */
  readonly downMs: readonly number[];
  /** The group did not come back after a kill: the test ended there. */
  readonly stuck: boolean;
  /** What the processes complained of, and how many ended by themselves: none should. */
  readonly complaints: string;
  readonly endedByThemselves: number;
}

const servers = 3;
/** A group that does not come back in this time never will. */
const recoveryMs = 15_000;

/** Runs it, and judges. */
export async function killRun(options: KillOptions): Promise<KillReport> {
  const { folder, clients = 8, keys = 5, thinkMs = 4 } = options;
  mkdirSync(folder, { recursive: true });
  const peers = (await freePorts(servers)).map((port) => `127.0.0.1:${port}`);
  const replicas = peers.map((_, id) => new ReplicaProcess(id, peers, folder, options.disk));
  const load = new Load({ peers, clients, keys, thinkMs, servers });
  const torment = new Torment(options, replicas, load);
  let stuck = false;
  try {
    stuck = !(await torment.run());
    await load.end();
  } finally {
    await Promise.all(replicas.map((replica) => replica.kill()));
  }
  return {
    ...judge(
      replicas.map((replica) => replica.observed),
      load.history,
      servers + clients,
    ),
    stuck,
    kills: torment.kills,
    leadersKilled: torment.leadersKilledAt.length,
    pauses: torment.pauses,
    operations: load.counts(),
    acknowledgedWrites: load.acknowledgedAt.length,
    downMs: torment.leadersKilledAt
      .map((at) => silenceAfter(at, torment.nextDisturbance(at), load.acknowledgedAt))
      .sort((a, b) => a - b),
    complaints: replicas.map((replica) => replica.complaints).join(''),
    endedByThemselves: replicas.reduce((sum, replica) => sum + replica.endedByThemselves, 0),
  };
}

/** Kills and pauses, one after the other, each once the group serves again. */
class Torment {
  readonly #options: KillOptions;
  readonly #replicas: readonly ReplicaProcess[];
  readonly #load: Load;
  kills = 0;
  pauses = 0;
  readonly leadersKilledAt: number[] = [];
  readonly #disturbedAt: number[] = [];

  constructor(options: KillOptions, replicas: readonly ReplicaProcess[], load: Load) {
    this.#options = options;
    this.#replicas = replicas;
    this.#load = load;
  }

  /** @returns false where the group did not come back */
  async run(): Promise<boolean> {
    for (const replica of this.#replicas) replica.start();
    if (!(await this.#serves())) return false;
    for (let round = 0; this.kills < this.#options.kills; round += 1) {
      if (round % 5 === 2 && !(await this.#pause())) return false;
      if (!(await this.#kill(round))) return false;
    }
    return true;
  }

  /** When something was done next after an instant; Infinity for never. */
  nextDisturbance(at: number): number {
    return this.#disturbedAt.find((other) => other > at) ?? Infinity;
  }

  async #kill(round: number): Promise<boolean> {
    const victims = this.#victims(round);
    const leader = this.#leader();
    this.#disturbedAt.push(systemClock.monotonicUs());
    if (victims.some((one) => one.id === leader)) this.leadersKilledAt.push(this.#disturbedAt.at(-1)!);
    await Promise.all(victims.map((one) => one.kill()));
    this.kills += victims.length;
    this.#options.onProgress?.(this.kills);
    await sleep(randomInt(150));
    for (const victim of victims) victim.start();
    const back = await this.#serves();
    // The next one hits a group that is whole again, or that is still taking in who came back.
    await sleep(randomInt(600));
    return back;
  }

  /** All at once now and then; else mostly who leads. */
  #victims(round: number): readonly ReplicaProcess[] {
    if (this.#options.allAtOnce === true || round % 10 === 9) return this.#replicas;
    const leader = this.#leader();
    return [this.#replicas[randomInt(3) > 0 && leader >= 0 ? leader : randomInt(servers)]!];
  }

  /** The leader stands still while the others go on, and comes back without knowing. */
  async #pause(): Promise<boolean> {
    const replica = this.#replicas[Math.max(0, this.#leader())]!;
    this.pauses += 1;
    this.#disturbedAt.push(systemClock.monotonicUs());
    replica.pause();
    await sleep(300 + randomInt(700));
    replica.resume();
    return this.#serves();
  }

  /** Who leads the latest term that anybody told of; −1 for nobody. */
  #leader(): number {
    return this.#replicas.map((replica) => replica.leading).reduce((a, b) => (b.term > a.term ? b : a))
      .leader;
  }

  /** Waits until writes are acknowledged again: ten from now on. */
  async #serves(): Promise<boolean> {
    const enough = this.#load.acknowledgedAt.length + 10;
    for (const until = systemClock.monotonicUs() + recoveryMs * 1_000; systemClock.monotonicUs() < until;) {
      if (this.#load.acknowledgedAt.length >= enough) return true;
      await sleep(10);
    }
    return false;
  }
}

/**
 * When the longest silence between a kill and the next disturbance had ended, in ms from the kill: answers that were on their way
 * still come after it.
 */
function silenceAfter(killedAt: number, until: number, acknowledgedAt: readonly number[]): number {
  let from = killedAt;
  let longest = 0;
  let end = killedAt;
  for (const at of acknowledgedAt) {
    if (at < killedAt) continue;
    if (at > until) break;
    if (at - from > longest) {
      longest = at - from;
      end = at;
    }
    from = at;
  }
  return (end - killedAt) / 1_000;
}
