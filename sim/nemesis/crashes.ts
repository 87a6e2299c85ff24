/**
 * Hosts that go down and come back.
 *
 * Fault model: a crash of the *process* keeps what it had written (the page cache survives, still unsynced); a cut of the *power* loses or
 * tears whatever no fsync had covered. What was durable stays undamaged. Nobody is told: links to a host that is down just swallow. Crashes at random
 * instants seldom hit the window of an fsync (0.1–1 ms), so some are aimed at one in flight, or at the vote that it carries. Unless `downMax` says
 * otherwise a quorum may be down at times: safety must hold without one.
 */
import type { Fault, Nemesis } from '../faults.ts';
import {
  afterElection,
  atElection,
  atTermChange,
  atVote,
  drawTrigger,
  hosts,
  inFsync,
  matched,
  selected,
} from '../targets.ts';
import type { Moment } from '../targets.ts';
import type { Target } from '../plan.ts';
import { BadFaultError, checkSpan, drawOrder, drawServer, drawUs, storm } from './storm.ts';
import type { Span, StormKind } from './storm.ts';

function down(id: string, power: boolean): Fault {
  return {
    id,
    start(control, targets) {
      for (const host of targets) control.crash(host, power);
    },
    stop(control, targets) {
      for (const host of targets) control.restart(host);
    },
  };
}

/** The process dies; its page cache survives. */
export const crash = down('crash', false);
/** The power goes: unsynced bytes are lost or torn. */
export const powerCut = down('power-cut', true);
/** The power goes while an fsync is in flight. */
export const powerCutInFsync = down('power-cut-in-fsync', true);
/** The power goes as a vote is written or has just been given. */
export const powerCutInVote = down('power-cut-in-vote', true);
/** A leader's process dies just after its election. */
export const crashAtElection = down('crash-at-election', false);
/** Whoever leads goes down. */
export const leaderCrash = down('leader-crash', false);
/** Fewer than half of the servers restart together. */
export const minorityRestart = down('minority-restart', false);
/** At least half of the servers, at times all, lose power together. */
export const majorityRestart = down('majority-restart', true);
/** One server is away for very long. */
export const outage = down('outage', false);

/** A kind of storm: a server, drawn, goes down. */
export function crashKind(fault: Fault, weight: number, target?: Target): StormKind {
  return {
    fault,
    weight,
    draft: (context, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: target ?? hosts(drawServer(context)),
      args: {},
    }),
  };
}

/** A kind of storm: the host whose event is the moment goes down. */
export function aimedKind(fault: Fault, weight: number, moments: readonly Moment[]): StormKind {
  return {
    fault,
    weight,
    draft: (context, atUs, durationUs) => ({
      when: drawTrigger(moments[context.random.below(moments.length)] as Moment, atUs, context.random),
      durationUs,
      target: matched,
      args: {},
    }),
  };
}

/**
 * Single servers crash and restart.
 * @param options.everyMs start to start (default 1–4 s)
 * @param options.downMs how long each stays down (default 0.2–2 s)
 * @param options.power share of power cuts among those of servers drawn at random, 0 … 1 (default 0.5); leaders lose their process, and what
 *   is aimed at an fsync or a vote loses its power
 * @param options.aimedAtFsync share of power cuts aimed at an fsync in flight (default 0)
 * @param options.aimedAtVote share aimed at a vote being written or given (default 0)
 * @param options.aimedAtElection share that hits a leader within 60 ms of its election (default 0)
 * @param options.leader share of crashes of whoever leads (default 0)
 * @param options.downMax how many of these may be down at once (default: no bound), as planned: one that is aimed counts from when it is armed,
 *   and may overlap the next where its moment is long in coming
 */
export function crashes(
  options: {
    readonly everyMs?: Span;
    readonly downMs?: Span;
    readonly power?: number;
    readonly aimedAtFsync?: number;
    readonly aimedAtVote?: number;
    readonly aimedAtElection?: number;
    readonly leader?: number;
    readonly downMax?: number;
  } = {},
): Nemesis {
  const {
    everyMs = [1_000, 4_000],
    downMs = [200, 2_000],
    power = 0.5,
    aimedAtFsync = 0,
    aimedAtVote = 0,
    aimedAtElection = 0,
    leader = 0,
  } = options;
  const inFsyncShare = share(aimedAtFsync);
  const inVoteShare = share(aimedAtVote);
  const atElectionShare = share(aimedAtElection);
  const leaderShare = share(leader);
  const rest = Math.max(0, 1_000 - inFsyncShare - inVoteShare - atElectionShare - leaderShare);
  const cuts = Math.round((rest * share(power)) / 1_000);
  return storm({
    everyMs,
    lastMs: downMs,
    ...(options.downMax === undefined ? {} : { atOnceMax: options.downMax }),
    kinds: [
      crashKind(crash, rest - cuts),
      crashKind(powerCut, cuts),
      aimedKind(powerCutInFsync, inFsyncShare, [inFsync]),
      aimedKind(powerCutInVote, inVoteShare, [atTermChange, atVote]),
      aimedKind(crashAtElection, atElectionShare, [atElection, afterElection]),
      crashKind(leaderCrash, leaderShare, selected('leader')),
    ],
  });
}

/** A share of 0 … 1 in thousandths. */
function share(ratio: number): number {
  if (!(ratio >= 0 && ratio <= 1)) {
    throw new BadFaultError(`A share is a number from 0 to 1; got ${ratio}.`, 'a share such as 0.5');
  }
  return Math.round(ratio * 1_000);
}

function restarts(
  fault: Fault,
  options: { readonly everyMs: Span; readonly downMs: Span },
  majority: boolean,
): Nemesis {
  return storm({
    everyMs: options.everyMs,
    lastMs: options.downMs,
    atOnceMax: 1,
    kinds: [
      {
        fault,
        weight: 1,
        draft(context, atUs, durationUs) {
          const quorum = (context.servers >>> 1) + 1;
          const order = drawOrder(context);
          const count = majority
            ? context.random.between(quorum, context.servers)
            : context.random.between(1, Math.max(1, context.servers - quorum));
          return { when: { atUs }, durationUs, target: hosts(...order.slice(0, count)), args: {} };
        },
      },
    ],
  });
}

/** A minority of the servers restarts at once, again and again (default every 1.5–4 s, down 0.2–1.5 s). */
export function minorityRestarts(options: { readonly everyMs?: Span; readonly downMs?: Span } = {}): Nemesis {
  return restarts(
    minorityRestart,
    { everyMs: options.everyMs ?? [1_500, 4_000], downMs: options.downMs ?? [200, 1_500] },
    false,
  );
}

/** A majority, at times everyone, loses power at once (default every 2–5 s, down 0.1–1 s). */
export function majorityRestarts(options: { readonly everyMs?: Span; readonly downMs?: Span } = {}): Nemesis {
  return restarts(
    majorityRestart,
    { everyMs: options.everyMs ?? [2_000, 5_000], downMs: options.downMs ?? [100, 1_000] },
    true,
  );
}

/**
 * In each `perMs` one server is away for `lastMs`; one that would outlast the weather is cut there by the phases of healing.
 * @param options.perMs length of the stretch that holds one outage (default 100 s)
 * @param options.lastMs (default 25–35 s)
 * @param options.atMs when it starts within its stretch (default: anywhere in the first half)
 */
export function outages(
  options: { readonly perMs?: number; readonly lastMs?: Span; readonly atMs?: Span } = {},
): Nemesis {
  const { perMs = 100_000, lastMs = [25_000, 35_000] } = options;
  const atMs = options.atMs ?? ([0, perMs / 2] as const);
  checkSpan('lastMs', lastMs);
  checkSpan('atMs', atMs);
  if (!(perMs >= 1)) {
    throw new BadFaultError(`perMs is ${perMs}: a stretch lasts at least 1 ms.`, 'perMs: 100_000');
  }
  return {
    faults: [outage],
    drawEpisodes(context) {
      const drafts = [];
      for (let fromUs = 0; fromUs < context.weatherUs; fromUs += perMs * 1_000) {
        const atUs = fromUs + drawUs(atMs, context.random);
        const durationUs = drawUs(lastMs, context.random);
        const target = hosts(drawServer(context));
        if (atUs < context.weatherUs) {
          drafts.push({ when: { atUs }, durationUs, target, args: {}, fault: outage.id });
        }
      }
      return drafts;
    },
  };
}
