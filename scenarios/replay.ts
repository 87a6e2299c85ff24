/** Runs one seed again, from a repro or from its number, in a worker that is watched like a campaign's. */
import type { ReplayFacts } from '../reports/replay-answer.ts';
import type { Repro } from '../reports/repro.ts';
import { buildIdentity } from './build-identity.ts';
import { lifelessResult, runAgain, unexpected } from './campaign.ts';
import { HandLost } from './hand.ts';
import type { Hand, Hire } from './hand.ts';
import { digestOf, pinnedOf } from './repro-file.ts';
import type { ExportFormat } from './export-run.ts';
import type { SeedResult, TracedEvent } from './run-contract.ts';
import type { Pinned, RecordedHistory, RunExports, ScenarioRef } from './worker-messages.ts';

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
}

/**
 * Runs it.
 * @throws InputError where its scenario does not load any more; Error where the run ended outside the simulated world.
 */
export async function replayRun(options: ReplayOptions, hire: Hire): Promise<Replayed> {
  const { ref, seed, repro, silenceMs, until, dump, onEvents } = options;
  const pinned: Pinned | null = repro === null ? null : pinnedOf(repro);
  const hand = hire();
  let servers = pinned?.plan.world.servers ?? 0;
  let hosts = servers + (pinned?.plan.world.clients ?? 0);
  try {
    if (pinned === null) {
      const planned = await hand.ask({ type: 'plan', ref, seed }, silenceMs);
      if (planned.type !== 'planned') throw unexpected(planned);
      servers = planned.plan.world.servers;
      hosts = servers + planned.plan.world.clients;
    }
    const reply = await hand.ask(
      {
        type: 'replay',
        ref,
        seed,
        pinned,
        trace: onEvents !== undefined,
        ...(options.history === true && { history: true }),
        ...(options.exports !== undefined && { exports: options.exports }),
        ...(until !== undefined && { until }),
        ...(dump !== undefined && { dump: dump(servers, hosts) }),
      },
      silenceMs,
      (batch) => onEvents?.(batch.events, servers),
    );
    if (reply.type !== 'ran') throw unexpected(reply);
    const { result, history, exports } = reply;
    return {
      ...{ result, ended: true, servers },
      ...(history !== undefined && { history }),
      ...(exports !== undefined && { exports }),
    };
  } catch (error) {
    if (!(error instanceof HandLost)) throw error;
    const again = await runAgainIn(hire(), { ref, seed, pinned }, silenceMs);
    if (again !== null && !(again instanceof HandLost)) return { result: again, ended: true, servers };
    const lost = again?.event == null ? error : again;
    return { result: lifelessResult(ref, seed, lost, silenceMs, servers), ended: false, servers };
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
