/** What a worker does for the main thread: one request, one reply. Free of threads, so that it can be tested without. */
import { recordInto } from '../properties/history-handlers.ts';
import { HistoryRecorder } from '../properties/history.ts';
import { seedEpoch } from './draw-plan.ts';
import { exportRun } from './export-run.ts';
import type { Scenario } from './scenario.ts';
import { InputError } from './input-error.ts';
import type { InputProblem } from './input-error.ts';
import { describeScenario, loadRef, loadSource } from './load-scenario.ts';
import { pageOfRun } from './page/run-page-input.ts';
import { misfit } from './repro-fit.ts';
import type { RunOptions, SeedResult, TracedEvent } from './run-contract.ts';
import { recorderOf, runSeed, verifySeed } from './run-seed.ts';
import { ScenarioError } from './scenario-error.ts';
import { runWhatIf } from './what-if.ts';
import { lifeSigns } from './worker-messages.ts';
import type { Reply, Request, ScenarioRef, TracedBatch } from './worker-messages.ts';

/** Events a message of a trace carries: one by one they would cost more than the run. */
const eventsPerBatch = 512;

/** Answers requests; keeps what it has loaded. */
export class WorkerService {
  readonly #life: Int32Array;
  readonly #sendTrace: (batch: TracedBatch) => void;
  readonly #load: (ref: ScenarioRef) => Promise<Scenario>;
  readonly #loaded = new Map<string, Scenario>();
  /** Called right before the last event of a replay that stops at one. */
  readonly #onBeforeLast: (() => void) | undefined;

  /**
   * @param life shared with the main thread: `lifeSigns` names its slots
   * @param load how references are followed; another in tests
   */
  constructor(
    life: Int32Array,
    sendTrace: (batch: TracedBatch) => void,
    load: (ref: ScenarioRef) => Promise<Scenario> = loadRef,
    onBeforeLast?: () => void,
  ) {
    this.#onBeforeLast = onBeforeLast;
    this.#life = life;
    this.#sendTrace = sendTrace;
    this.#load = load;
  }

  /** The reply to a request; never rejects. */
  async answer(request: Request): Promise<Reply> {
    try {
      return await this.#reply(request);
    } catch (error) {
      if (error instanceof InputError) return { type: 'refused', problem: error.problem };
      // Some mistakes show only when a plan is drawn: a fault that aims at what the system cannot name.
      if (error instanceof ScenarioError) return { type: 'refused', problem: badScenario(error) };
      const known = error instanceof Error ? error : new Error(String(error));
      return { type: 'failed', message: known.message, trace: known.stack ?? known.message };
    }
  }

  async #reply(request: Request): Promise<Reply> {
    this.#beat(0);
    switch (request.type) {
      case 'describe': {
        const sources = [];
        for (const source of request.sources) sources.push(...(await loadSource(source)));
        return { type: 'described', scenarios: sources.map(describeScenario) };
      }
      case 'plan':
        return { type: 'planned', plan: (await this.#scenario(request.ref)).plan(request.seed), seedEpoch };
      case 'run':
        return this.#run(await this.#scenario(request.ref), request.seed, request.verify);
      case 'replay':
        return this.#replay(await this.#scenario(request.ref), request);
      case 'what-if': {
        const onProgress = (us: number): void => this.#beat(us);
        const { ref, subject, run } = request;
        return {
          type: 'answered',
          outcome: runWhatIf(await this.#scenario(ref), subject, run, onProgress),
        };
      }
    }
  }

  #run(scenario: Scenario, seed: number, verify: boolean): Reply {
    const onProgress = (us: number): void => this.#beat(us);
    const result = runSeed(scenario, seed, { onProgress });
    this.#beat(result.virtualUs);
    // A run that violated ended there; its twins did not.
    const judged = result.findings.length === 0 ? result.hash : null;
    const verified = verify ? verifySeed(scenario, seed, judged, onProgress) : ({ same: true } as const);
    const violated = result.findings.length > 0;
    return {
      type: 'ran',
      result: violated ? result : withoutCheckpoints(result),
      plan: violated ? scenario.plan(seed) : null,
      seedEpoch,
      difference: verified.same ? null : verified.message,
    };
  }

  #replay(scenario: Scenario, request: Request & { type: 'replay' }): Reply {
    const wrong = request.pinned === null ? null : misfit(scenario, request.pinned);
    if (wrong !== null) {
      throw new InputError('BAD_REPRO', `the repro does not fit the scenario "${scenario.name}": ${wrong}.`, [
        `try: npx stormglass run ${scenario.name} --seed ${request.seed}, which draws the plan afresh`,
      ]);
    }
    let batch: TracedEvent[] = [];
    const flush = (): void => {
      if (batch.length > 0) this.#sendTrace({ type: 'traced', events: batch });
      batch = [];
    };
    const plan = request.pinned?.plan ?? scenario.plan(request.seed);
    const recorder = request.history === true ? new HistoryRecorder() : null;
    const recordsAll = request.exports !== undefined || request.page !== undefined;
    const runRecorder = recordsAll ? recorderOf(scenario, plan) : undefined;
    const options: RunOptions = {
      ...request.pinned,
      ...(runRecorder !== undefined && { recorder: runRecorder }),
      ...(recorder !== null && { listener: recordInto(recorder, (plan.groups?.length ?? 0) > 1) }),
      ...(request.until !== undefined && { until: request.until }),
      ...(request.dump !== undefined && { dump: request.dump }),
      ...(this.#onBeforeLast !== undefined && { onBeforeLast: this.#onBeforeLast }),
      onProgress: (us) => {
        this.#beat(us);
        flush();
      },
      ...(request.locate === true && {
        onEntering: (seq: number, atUs: number, host: number) => {
          Atomics.store(this.#life, lifeSigns.host, host);
          Atomics.store(this.#life, lifeSigns.microseconds, atUs % 1000);
          Atomics.store(this.#life, lifeSigns.event, seq);
          this.#beat(atUs);
        },
      }),
      ...(request.trace && {
        onEvent: (event: TracedEvent) => {
          batch.push({ ...event });
          if (batch.length >= eventsPerBatch) flush();
        },
      }),
    };
    const result = runSeed(scenario, request.seed, options);
    flush();
    const record = runRecorder?.record(scenario.name, request.seed, plan.world.servers);
    const exported = (request.exports ?? []).map(
      (format) => [format, exportRun(format, record!, result.findings[0] ?? null)] as const,
    );
    const { ref, seed, pinned, page } = request;
    const recorded = {
      scenario,
      ref,
      seed,
      pinned,
      plan,
      result,
      onProgress: (us: number) => this.#beat(us),
    };
    const made = page === undefined ? null : pageOfRun({ ...recorded, record: record! }, page);
    return {
      ...{ type: 'ran', result, plan, seedEpoch, difference: null },
      ...made,
      ...(record !== undefined && { exports: Object.fromEntries(exported) }),
      ...(recorder !== null && {
        history: { operations: recorder.history(), sessionEnds: recorder.sessionEnds() },
      }),
    };
  }

  async #scenario(ref: ScenarioRef): Promise<Scenario> {
    const key = `${ref.from}\n${ref.file}\n${ref.exportName}\n${ref.name}`;
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const scenario = await this.#load(ref);
    this.#loaded.set(key, scenario);
    this.#beat(0);
    return scenario;
  }

  #beat(virtualUs: number): void {
    Atomics.add(this.#life, lifeSigns.beats, 1);
    Atomics.store(this.#life, lifeSigns.virtualMs, Math.floor(virtualUs / 1000));
  }
}

function badScenario({ code, message, next, stack }: ScenarioError): InputProblem {
  return { code, message, next: [`try: ${next}`], ...(stack !== undefined && { trace: stack }) };
}

/** A campaign keeps hashes only; of a run that held nobody compares checkpoints. */
function withoutCheckpoints(result: SeedResult): SeedResult {
  return { ...result, checkpoints: [] };
}
