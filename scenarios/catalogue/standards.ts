/** What every scenario of the catalogue has in common: what must hold, and how long healing is judged. */
import { builtInMerges, defaultConflicts } from '../../core/machine/siblings/strategies.ts';
import {
  anyRegister,
  barrierProperties,
  barrierWithSessionsOf,
  causality,
  linearizable,
  lockProperties,
  limitsExact,
  lockWithSessionsOf,
  mergeLaws,
  progress,
  raftSafety,
  siblings,
} from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';

/** All that must hold of a replicated register while the weather lasts and afterwards. */
export const safety: readonly Property[] = [...raftSafety, linearizable('register')];

/** … and that operations finish once a quorum is healed, and once all are. */
export const safetyAndProgress: readonly Property[] = [...safety, progress];

/** All that must hold of locks and what they guard, and progress, with sessions that live for so long. */
export function lockSafetyWithSessionsOf(sessionTtlUs: number): readonly Property[] {
  return [
    ...safety,
    linearizable(lockWithSessionsOf(sessionTtlUs)),
    ...lockProperties,
    limitsExact,
    progress,
  ];
}

/** … for the usual 30 s. */
export const lockSafety = lockSafetyWithSessionsOf(30_000_000);

/** All that must hold of barriers, and progress, with sessions that live for so long. */
export function barrierSafetyWithSessionsOf(sessionTtlUs: number): readonly Property[] {
  return [
    ...safety,
    linearizable(barrierWithSessionsOf(sessionTtlUs)),
    ...barrierProperties,
    limitsExact,
    progress,
  ];
}

/** … for the usual 30 s. */
export const barrierSafety = barrierSafetyWithSessionsOf(30_000_000);

/** What the usual strategies are to the model that judges them. */
const usualStrategies = defaultConflicts.strategies.map(({ prefix, strategy, merge }) =>
  merge === undefined ? { prefix, strategy } : { prefix, strategy, merge: builtInMerges[merge]! },
);

/** All that must hold of locks, barriers and registers of both kinds together. */
export const coordinationSafety: readonly Property[] = [
  ...raftSafety,
  linearizable(anyRegister(usualStrategies)),
  linearizable('lock'),
  linearizable('barrier'),
  ...lockProperties,
  ...barrierProperties,
  causality,
  mergeLaws(builtInMerges),
  limitsExact,
];

/** All that must hold of registers that keep concurrent values, under the usual strategies, and progress. */
export const siblingSafety: readonly Property[] = [
  ...raftSafety,
  causality,
  mergeLaws(builtInMerges),
  linearizable(siblings(usualStrategies)),
  limitsExact,
  progress,
];

/** Phases of healing: long enough to judge an operation that a client would give up on after 5 s. */
export const healing = {
  progressBoundMs: 5_000,
  healMs: { quorum: 6_000, all: 6_000 },
} as const;
