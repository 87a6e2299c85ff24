/** Runs one seed again, from a repro or from its number, in a worker that is watched like a campaign's. */
import type { ReplayFacts } from '../reports/replay-answer.ts';
import type { RunPage } from '../reports/page/run-page.ts';
import type { Repro } from '../reports/repro.ts';
import { buildIdentity } from './build-identity.ts';
import { lifelessResult, runAgain, unexpected } from './campaign.ts';
import { HandLost } from './hand.ts';
import type { Hand, Hire } from './hand.ts';
import { digestOf, pinnedOf } from './repro-file.ts';
import type { ExportFormat } from './export-run.ts';
import type { SeedResult, TracedEvent } from './run-contract.ts';
import type { ScenarioPlan } from './scenario.ts';
import type { WhatIfQuestion } from './what-if.ts';
import type {
  PageRequest,
  Pinned,
  RecordedHistory,
  Request,
  RunExports,
  ScenarioRef,
} from './worker-messages.ts';

/** What to run again. */
export interface ReplayOptions {
  readonly ref: ScenarioRef;
  readonly seed: number;
  /** From a repro; null: the plan is drawn from the seed. */
  readonly repro: Repro | null;
  readonly silenceMs: number;
  /** Stop after this event, and tell of these hosts there. */
  readonly until?: number;
  readonly dump?: (servers: number, hosts: number) => readonly number[];
  /** Record what clients asked and heard. */
  readonly history?: boolean;
  /** Record the whole run, for these formats. */
  readonly exports?: readonly ExportFormat[];
  /** Record the whole run, and make the data of its page. */
  readonly page?: PageRequest;
  /** Called with the events in order, where a trace is wanted; `servers` tells servers from clients. */
  readonly onEvents?: (events: readonly TracedEvent[], servers: number) => void;
}

/** A run again: its result, and whether it came to an end. */
export interface Replayed {
  readonly result: SeedResult;
  readonly ended: boolean;
  readonly servers: number;
  /** Where it was asked for, and the run ended. */
  readonly history?: RecordedHistory;
  readonly exports?: RunExports;
  /** Where it was asked for; of a run that never ended, up to the event before. Missing where that event is not known. */
  readonly page?: RunPage;
  /** Where the page is to tell what would have been otherwise: the runs that are to be made for it. */
  readonly whatIf?: WhatIfQuestion;
  /** What it was run from, with the epoch in which seeds draw such plans; null where no worker told. */
  readonly drawn: { readonly plan: ScenarioPlan; readonly seedEpoch: number } | null;
}

/**
 * Runs it.
 * @throws InputError where its scenario does not load any more; Error where the run ended outside the simulated world.
 */
export async function replayRun(options: ReplayOptions, hire: Hire): Promise<Replayed> {
  const { ref, seed, repro, silenceMs, onEvents } = options;
  const pinned: Pinned | null = repro === null ? null : pinnedOf(repro);
  const hand = hire();
  let drawn: Replayed['drawn'] =
    repro === null || pinned === null ? null : { plan: pinned.plan, seedEpoch: repro.seedEpoch };
  try {
    if (drawn === null) {
      const planned = await hand.ask({ type: 'plan', ref, seed }, silenceMs);
      if (planned.type !== 'planned') throw unexpected(planned);
      drawn = { plan: planned.plan, seedEpoch: planned.seedEpoch };
    }
    const { servers } = drawn.plan.world;
    const reply = await hand.ask(requestOf(options, pinned, drawn.plan), silenceMs, (batch) =>
      onEvents?.(batch.events, servers),
    );
    if (reply.type !== 'ran') throw unexpected(reply);
    const { result, history, exports, page, whatIf } = reply;
    return {
      ...{ result, ended: true, servers, drawn },
      ...(history !== undefined && { history }),
      ...(exports !== undefined && { exports }),
      ...(page !== undefined && { page }),
      ...(whatIf !== undefined && { whatIf }),
    };
  } catch (error) {
    if (!(error instanceof HandLost)) throw error;
    return lostRun(options, pinned, drawn, error, hire);
  } finally {
    await hand.dismiss();
  }
}

function requestOf(options: ReplayOptions, pinned: Pinned | null, plan: ScenarioPlan): ReplayRequest {
  const { ref, seed, until, dump, history, exports, page, onEvents } = options;
  const { servers, clients } = plan.world;
  return {
    ...{ type: 'replay', ref, seed, pinned, trace: onEvents !== undefined },
    ...(history === true && { history }),
    ...(exports !== undefined && { exports }),
    ...(page !== undefined && { page }),
    ...(until !== undefined && { until }),
    ...(dump !== undefined && { dump: dump(servers, servers + clients) }),
  };
}

type ReplayRequest = Request & { type: 'replay' };

/** What is known of a run that cost its worker's life: at which event, and what led up to it. */
async function lostRun(
  options: ReplayOptions,
  pinned: Pinned | null,
  drawn: Replayed['drawn'],
  first: HandLost,
  hire: Hire,
): Promise<Replayed> {
  const { ref, seed, silenceMs, page } = options;
  const servers = drawn?.plan.world.servers ?? 0;
  const again = await runAgainIn(hire(), { ref, seed, pinned }, silenceMs);
  if (again !== null && !(again instanceof HandLost)) return { result: again, ended: true, servers, drawn };
  const lost = again?.event == null ? first : again;
  const result = lifelessResult(ref, seed, lost, silenceMs, servers);
  const before = (lost.event?.seq ?? 0) - 1;
  if (page === undefined || before < 1) return { result, ended: false, servers, drawn };
  const hand = hire();
  try {
    const [finding] = result.findings;
    const asked = { ...page, whatIf: false, finding: finding ?? null };
    const request = { type: 'replay', ref, seed, pinned, trace: false, until: before, page: asked } as const;
    const reply = await hand.ask(request, silenceMs);
    if (reply.type !== 'ran') throw unexpected(reply);
    return {
      ...{ result, ended: false, servers, drawn },
      ...(reply.page !== undefined && { page: reply.page }),
    };
  } catch (error) {
    // Lost once more, on events that ended before: the machine is slow. What the run came to is known without its page.
    if (!(error instanceof HandLost)) throw error;
    return { result, ended: false, servers, drawn };
  } finally {
    await hand.dismiss();
  }
}

async function runAgainIn(
  hand: Hand,
  what: Parameters<typeof runAgain>[1],
  silenceMs: number,
): ReturnType<typeof runAgain> {
  try {
    return await runAgain(hand, what, silenceMs);
  } finally {
    await hand.dismiss();
  }
}

/** What the answer of a replay is decided from. */
export function replayFacts(repro: Repro, ref: ScenarioRef, replayed: Replayed): ReplayFacts {
  const { result, ended } = replayed;
  const again = result.findings.find((f) => f.property === repro.violation.property) ?? result.findings[0];
  return {
    recorded: {
      commit: repro.commit,
      node: repro.node,
      digest: repro.digest,
      hash: repro.hash,
      checkpoints: repro.checkpoints,
      property: repro.violation.property,
      event: repro.event,
    },
    replayed: {
      commit: buildIdentity().commit,
      node: buildIdentity().node,
      digest: digestOf(ref),
      hash: ended ? result.hash : null,
      checkpoints: result.checkpoints,
      events: result.events,
      violation: again === undefined ? null : { property: again.property, event: again.seq },
    },
  };
}
