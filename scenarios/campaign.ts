/**
 * A campaign: every seed of every scenario, on long-lived workers. Results are folded in the order of the tasks (scenario by scenario,
 * seed by seed) whatever the order in which they arrive, so that its outcome does not depend on the number of workers. Under a time limit each
 * seed goes through all scenarios before the next one, so that none is left out.
 */
import { addSeed, emptyTally } from '../reports/tally.ts';
import { exact, hostName } from '../reports/figures.ts';
import { emptyMeasures } from '../reports/measures.ts';
import type { CampaignTally, ScenarioTally } from '../reports/tally.ts';
import type { Repro } from '../reports/repro.ts';
import { buildIdentity } from './build-identity.ts';
import { definitionLine } from './definition-line.ts';
import type { ScenarioPlan } from './scenario.ts';
import { HandLost } from './hand.ts';
import type { Hand, Hire } from './hand.ts';
import { InputError, inputError } from './input-error.ts';
import { shownPath } from './load-scenario.ts';
import { digestOf, makeRepro } from './repro-file.ts';
import type { RunCounts, SeedResult } from './run-contract.ts';
import type { Reply, Request, ScenarioDescription, ScenarioRef, Source } from './worker-messages.ts';

/** Wall time without a sign of life after which an event counts as endless, in ms. */
export const defaultSilenceMs = 10_000;
/** Loading compiles; it may take this many times longer. */
const loadingFactor = 3;
/** Repro files kept a scenario; later violations are counted only. */
const maxReprosPerScenario = 100;

/** What a campaign runs. */
export interface CampaignOptions {
  readonly scenarios: readonly ScenarioDescription[];
  readonly first: number;
  /** Seeds a scenario, over all shards. */
  readonly seeds: number;
  /** This shard takes the seeds with (seed − first) mod of = index − 1. */
  readonly shard: { readonly index: number; readonly of: number };
  readonly workers: number;
  /** Every nth seed of this shard, from its first on, is run twice more in lockstep; 0 none. */
  readonly verifyEvery: number;
  readonly failFast: boolean;
  /** Wall time; Infinity without a limit. */
  readonly timeLimitMs: number;
  readonly silenceMs: number;
}

/** What the campaign tells while it runs. */
export interface CampaignWatch {
  /** A seed was done (in any order); `violated` says how it went. */
  onSeed?(scenario: number, virtualUs: number, violated: boolean): void;
  /** All seeds of a scenario were done; in order. */
  onScenario?(tally: ScenarioTally): void;
  /** Keeps the repro of a violation; returns its path, null where it is not kept. */
  keep?(repro: Repro): string | null;
}

/** The seeds of a shard, in order. */
export function shardSeeds(
  first: number,
  seeds: number,
  shard: { readonly index: number; readonly of: number },
): { readonly count: number; seed(i: number): number } {
  const count = Math.max(0, Math.ceil((seeds - (shard.index - 1)) / shard.of));
  return { count, seed: (i) => first + i * shard.of + (shard.index - 1) };
}

/** What is known of the scenarios of some sources. Asked of a worker, which can be stopped where a file never finishes loading. */
export async function describeSources(
  sources: readonly Source[],
  hire: Hire,
  silenceMs: number,
): Promise<readonly ScenarioDescription[]> {
  const hand = hire();
  try {
    const reply = await hand.ask({ type: 'describe', sources }, silenceMs * loadingFactor);
    if (reply.type === 'described') return reply.scenarios;
    throw unexpected(reply);
  } catch (error) {
    throw error instanceof HandLost ? endlessFile(sources, error) : error;
  } finally {
    await hand.dismiss();
  }
}

/** The error of a reply that is none of the wanted ones. */
export function unexpected(reply: Reply): Error {
  if (reply.type === 'refused') return inputError(reply.problem);
  if (reply.type !== 'failed') return new Error(`a worker answered ${reply.type} to another question`);
  const error = new Error(reply.message);
  error.stack = reply.trace;
  return error;
}

function endlessFile(sources: readonly Source[], lost: HandLost): Error {
  const files = sources.flatMap((s) => (s.from === 'file' ? [shownPath(s.file)] : [])).join(', ');
  if (files === '') return new Error(`loading the catalogue: ${lost.message}`);
  const what =
    lost.reason === 'silent'
      ? 'never finished loading'
      : `ended its thread while it was loaded: ${lost.message}`;
  return new InputError(
    lost.reason === 'silent' ? 'SCENARIO_FILE_ENDLESS' : 'SCENARIO_FILE_THREW',
    `${files} ${what}.`,
    ['try: look for a loop at the top level of the file'],
  );
}

/** What came of a task, waiting for its turn to be added up. */
type Arrival =
  | {
      readonly type: 'ran';
      readonly reply: Reply & { type: 'ran' };
      readonly ended: boolean;
      readonly verified: boolean;
    }
  | { readonly type: 'failed'; readonly message: string; readonly trace: string | null };

/**
 * Runs a campaign to its end, its time limit, its first violation, or the signal.
 * @throws InputError where a worker cannot load a scenario.
 */
export async function runCampaign(
  options: CampaignOptions,
  hire: Hire,
  watch: CampaignWatch = {},
  signal?: AbortSignal,
): Promise<CampaignTally> {
  const campaign = new Campaign(options, hire, watch);
  return campaign.run(signal);
}

class Campaign {
  readonly #options: CampaignOptions;
  readonly #hire: Hire;
  readonly #watch: CampaignWatch;
  readonly #tally: CampaignTally;
  readonly #seeds: ReturnType<typeof shardSeeds>;
  readonly #tasks: number;
  /** Whether each seed goes through all scenarios before the next one. */
  readonly #bySeed: boolean;
  readonly #hands = new Set<Hand>();
  readonly #arrived = new Map<number, Arrival>();
  #next = 0;
  /** Tasks from here on are of no interest: the lowest violation with `failFast`. */
  #end: number;
  /** First task that was not added up yet. */
  #folded = 0;
  /** No further task is begun. */
  #stopped = false;
  /** Hands are being sent away: their loss says nothing about a seed. */
  #leaving = false;

  constructor(options: CampaignOptions, hire: Hire, watch: CampaignWatch) {
    this.#options = options;
    this.#hire = hire;
    this.#watch = watch;
    this.#seeds = shardSeeds(options.first, options.seeds, options.shard);
    this.#tasks = options.scenarios.length * this.#seeds.count;
    this.#bySeed = Number.isFinite(options.timeLimitMs);
    this.#end = this.#tasks;
    this.#tally = emptyCampaign(options);
  }

  async run(signal: AbortSignal | undefined): Promise<CampaignTally> {
    const began = performance.now();
    const interrupt = (): void => {
      this.#tally.interrupted = true;
      this.#stopped = true;
      this.#leaving = true;
      for (const hand of this.#hands) void hand.dismiss();
    };
    signal?.addEventListener('abort', interrupt, { once: true });
    if (signal?.aborted === true) interrupt();
    const limit = Number.isFinite(this.#options.timeLimitMs)
      ? setTimeout(() => (this.#stopped = true), this.#options.timeLimitMs)
      : undefined;
    try {
      const workers = Math.max(1, Math.min(this.#options.workers, this.#tasks));
      await Promise.all(Array.from({ length: workers }, () => this.#work()));
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', interrupt);
      this.#stopped = true;
      this.#leaving = true;
      await Promise.all([...this.#hands].map((hand) => hand.dismiss()));
    }
    this.#foldRest();
    this.#tally.complete = this.#folded === this.#tasks && !this.#tally.interrupted;
    this.#tally.wallMs = performance.now() - began;
    return this.#tally;
  }

  /** One worker's share: takes the next task until there is none. A worker that was lost is replaced. */
  async #work(): Promise<void> {
    let hand = this.#newHand();
    while (!this.#stopped && this.#next < this.#end) {
      const task = this.#next;
      this.#next += 1;
      try {
        this.#arrive(task, await this.#runTask(hand, task));
      } catch (error) {
        if (!(error instanceof HandLost)) throw error;
        this.#hands.delete(hand);
        if (this.#leaving) return;
        const arrival = await this.#mourn(task, error);
        if (arrival === null) return;
        this.#arrive(task, arrival);
        hand = this.#newHand();
      }
    }
  }

  #newHand(): Hand {
    const hand = this.#hire();
    this.#hands.add(hand);
    return hand;
  }

  /** Position of a task's scenario. */
  #scenario(task: number): number {
    return this.#bySeed ? task % this.#options.scenarios.length : Math.floor(task / this.#seeds.count);
  }

  /** Position of a task's seed among those of the shard. */
  #ordinal(task: number): number {
    return this.#bySeed ? Math.floor(task / this.#options.scenarios.length) : task % this.#seeds.count;
  }

  #description(task: number): ScenarioDescription {
    return this.#options.scenarios[this.#scenario(task)]!;
  }

  #seed(task: number): number {
    return this.#seeds.seed(this.#ordinal(task));
  }

  async #runTask(hand: Hand, task: number): Promise<Arrival> {
    const { silenceMs, verifyEvery } = this.#options;
    const seed = this.#seed(task);
    const verify = verifyEvery > 0 && this.#ordinal(task) % verifyEvery === 0;
    const reply = await hand.ask({ type: 'run', ref: this.#description(task).ref, seed, verify }, silenceMs);
    if (reply.type === 'ran') return { type: 'ran', reply, ended: true, verified: verify };
    if (reply.type === 'failed') return { type: 'failed', message: reply.message, trace: reply.trace };
    throw unexpected(reply);
  }

  /**
   * A seed that cost its worker's life: `process-alive` is violated. Another worker draws its plan again, and runs it again, to tell at which event.
   * Null when all hands leave.
   */
  async #mourn(task: number, lost: HandLost): Promise<Arrival | null> {
    const { ref } = this.#description(task);
    const seed = this.#seed(task);
    const hand = this.#newHand();
    try {
      const reply = await hand.ask({ type: 'plan', ref, seed }, this.#options.silenceMs);
      if (reply.type === 'refused') throw inputError(reply.problem);
      if (reply.type !== 'planned')
        return { type: 'failed', message: 'its plan cannot be drawn', trace: null };
      const { plan, seedEpoch } = reply;
      const again = await runAgain(hand, { ref, seed, pinned: null }, this.#options.silenceMs);
      if (this.#leaving) return null;
      const ended = !(again instanceof HandLost) && again !== null;
      const result = ended
        ? again
        : lifelessResult(
            ref,
            seed,
            again?.event == null ? lost : again,
            this.#options.silenceMs,
            plan.world.servers,
          );
      const kept = result.findings.length > 0 ? plan : null;
      return {
        type: 'ran',
        reply: { type: 'ran', result, plan: kept, seedEpoch, difference: null },
        ended,
        verified: false,
      };
    } catch (error) {
      if (!(error instanceof HandLost)) throw error;
      if (this.#leaving) return null;
      return {
        type: 'failed',
        message: `drawing its plan never ended, or ended its thread (${error.message})`,
        trace: null,
      };
    } finally {
      this.#hands.delete(hand);
      await hand.dismiss();
    }
  }

  #arrive(task: number, arrival: Arrival): void {
    const violated = arrival.type === 'ran' && arrival.reply.result.findings.length > 0;
    this.#arrived.set(task, arrival);
    const virtualUs = arrival.type === 'ran' ? arrival.reply.result.virtualUs : 0;
    this.#watch.onSeed?.(this.#scenario(task), virtualUs, violated);
    if (violated && this.#options.failFast) this.#end = Math.min(this.#end, task + 1);
    while (this.#folded < this.#end && this.#arrived.has(this.#folded)) {
      this.#fold(this.#folded);
      this.#folded += 1;
    }
  }

  /** Adds up what lies behind a gap that an interruption left. */
  #foldRest(): void {
    const rest = [...this.#arrived.keys()].filter((task) => task < this.#end).sort((a, b) => a - b);
    for (const task of rest) this.#fold(task);
  }

  #fold(task: number): void {
    const arrival = this.#arrived.get(task)!;
    this.#arrived.delete(task);
    const { ref } = this.#description(task);
    const seed = this.#seed(task);
    const tally = this.#tally.scenarios[this.#scenario(task)]!;
    const trouble = { scenario: ref.name, file: tally.about.file, seed };
    if (arrival.type === 'failed') {
      const { message, trace } = arrival;
      tally.troubled += 1;
      this.#tally.failures.push({ ...trouble, message, trace });
    } else {
      const { result, plan, seedEpoch, difference } = arrival.reply;
      if (arrival.verified) tally.verified += 1;
      if (difference !== null) {
        tally.troubled += 1;
        this.#tally.nondeterminism.push({ ...trouble, message: difference, trace: null });
      }
      const path = plan === null ? null : this.#keep(tally, ref, result, plan, seedEpoch, arrival.ended);
      addSeed(tally, arrival.ended ? result : { ...result, hash: null }, plan?.world.servers ?? 0, path);
    }
    if (this.#ordinal(task) === this.#seeds.count - 1) this.#watch.onScenario?.(tally);
  }

  #keep(
    tally: ScenarioTally,
    ref: ScenarioRef,
    result: SeedResult,
    plan: ScenarioPlan,
    seedEpoch: number,
    ended: boolean,
  ): string | null {
    const kept = new Set(tally.violations.map((violation) => violation.seed)).size;
    if (kept >= maxReprosPerScenario) return null;
    try {
      return this.#watch.keep?.(makeRepro(ref, result, plan, seedEpoch, ended)) ?? null;
    } catch (error) {
      // A full disk takes the file away, not the verdict.
      if (!(error instanceof InputError)) throw error;
      this.#tally.reproLost ??= error.message;
      return null;
    }
  }
}

/** The tally of a campaign of which nothing was run yet. */
export function emptyCampaign(options: CampaignOptions): CampaignTally {
  const { count, seed } = shardSeeds(options.first, options.seeds, options.shard);
  return {
    ...buildIdentity(),
    workers: options.workers,
    first: options.first,
    seeds: options.seeds,
    shard: options.shard,
    scenarios: options.scenarios.map((scenario) =>
      emptyTally(
        {
          ...scenario,
          file: scenario.ref.from === 'file' ? shownPath(scenario.ref.file) : null,
          line: scenario.ref.from === 'file' ? definitionLine(scenario.ref) : null,
          digest: digestOf(scenario.ref),
          reach: scenario.reach.map((reach) => reach.name),
          reachSentences: scenario.reach.map(({ name, sentence }) => ({ name, sentence })),
        },
        seed(0),
        count,
      ),
    ),
    complete: false,
    interrupted: false,
    nondeterminism: [],
    failures: [],
    reproLost: null,
    wallMs: 0,
  };
}

const noCounts: RunCounts = {
  observations: 0,
  operationsOk: 0,
  operationsFail: 0,
  operationsInfo: 0,
  messagesSent: 0,
  messagesLost: 0,
  crashes: 0,
  crashesInFsync: 0,
  partitions: 0,
  finalTerm: 0,
  snapshotsInstalled: 0,
  bytesWritten: 0,
};

/**
 * Runs a seed that cost a worker its life again, with a sign of life at each event. Where it comes to its end this time (each of its events
 * did, the machine was slow) its result counts.
 * @param hand one that has run nothing yet; it is lost as well where the run does not end
 * @returns the result, or how this hand was lost; null where the run ended outside the simulated world
 */
export async function runAgain(
  hand: Hand,
  what: Pick<Request & { type: 'replay' }, 'ref' | 'seed' | 'pinned'>,
  silenceMs: number,
): Promise<SeedResult | HandLost | null> {
  try {
    const reply = await hand.ask({ type: 'replay', ...what, trace: false, locate: true }, silenceMs);
    return reply.type === 'ran' ? reply.result : null;
  } catch (error) {
    if (error instanceof HandLost) return error;
    throw error;
  }
}

/** The result of a run that its worker did not survive: it knows the event, or only when the worker last showed life. */
export function lifelessResult(
  ref: ScenarioRef,
  seed: number,
  lost: HandLost,
  silenceMs: number,
  servers: number,
): SeedResult {
  const { event } = lost;
  const where = event === null ? '' : `${exact(event.seq)} on ${hostName(event.host, servers)}`;
  const after = `after ${(lost.virtualMs / 1000).toFixed(3)} s of virtual time`;
  const what = event === null ? `An event ${after}` : `Event ${where}`;
  const message =
    lost.reason === 'silent'
      ? `${what} did not end within ${silenceMs / 1000} s wall, and its worker was stopped.`
      : `The worker died ${event === null ? after : `at event ${where}`}: ${lost.message}.`;
  const at = event?.atUs ?? lost.virtualMs * 1000;
  const nodes = event === null ? [] : [event.host];
  return {
    scenario: ref.name,
    seed,
    hash: '000000000000',
    checkpoints: [],
    events: event?.seq ?? 0,
    virtualUs: at,
    elapsedMs: silenceMs,
    judgeMs: 0,
    findings: [{ property: 'process-alive', message, at, seq: event?.seq ?? 0, nodes, evidence: [] }],
    undecided: [],
    switchedOff: [],
    faults: {},
    reach: {},
    counts: noCounts,
    measures: emptyMeasures(),
    resolutions: [],
    inForce: [],
    lastEvents: [],
  };
}
