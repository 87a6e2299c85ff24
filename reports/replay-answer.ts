/**
 * The answer of a replay: the same run · the code changed and it still violates · the code changed and it holds now. A fourth is an alarm:
 * the code is the same and the run is not.
 */
import { counted, exact } from './figures.ts';

/** Events between two checkpoints of a trace. */
export const eventsPerCheckpoint = 1_000;

/** What a repro recorded and what its replay came to. */
export interface ReplayFacts {
  readonly recorded: RunFacts & { readonly property: string; readonly event: number };
  readonly replayed: RunFacts & {
    readonly events: number;
    readonly violation: { readonly property: string; readonly event: number } | null;
  };
}

/** What identifies a run. `hash` is null where an event never ended. */
export interface RunFacts {
  readonly commit: string;
  readonly node: string;
  readonly digest: string;
  readonly hash: string | null;
  readonly checkpoints: readonly string[];
}

export type ReplayAnswer = 'same' | 'still-violates' | 'violates-another' | 'holds-now' | 'nondeterministic';

/** Decides the answer. Equal hashes and checkpoints are the same run, whatever the files; a violation of the recorded property belongs to it. */
export function replayAnswer({ recorded, replayed }: ReplayFacts): ReplayAnswer {
  const violated = replayed.violation?.property;
  const same =
    recorded.hash === replayed.hash && firstDifference(recorded.checkpoints, replayed.checkpoints) === null;
  if (same && violated === recorded.property) return 'same';
  // A run that ends where the host's patience does has no hash, and the machine's speed decides whether it comes to that.
  if (recorded.digest === replayed.digest && recorded.hash !== null) return 'nondeterministic';
  if (violated === undefined) return 'holds-now';
  return violated === recorded.property ? 'still-violates' : 'violates-another';
}

/** Position of the first checkpoint that differs, or null where one run is a beginning of the other. */
export function firstDifference(a: readonly string[], b: readonly string[]): number | null {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return i;
  return null;
}

/** The answer in a sentence or two. */
export function tellReplay(facts: ReplayFacts): string {
  const { recorded, replayed } = facts;
  const at =
    replayed.violation === null
      ? ''
      : `${replayed.violation.property} at event ${exact(replayed.violation.event)}`;
  switch (replayAnswer(facts)) {
    case 'same':
      return recorded.hash === null
        ? `Same run: it reached an event that never ends, as recorded. ${recorded.property} violated again.`
        : `Same run: ${counted(replayed.events, 'event')}, hash ${recorded.hash} as recorded. ${recorded.property} violated again at event ${exact(recorded.event)}.`;
    case 'still-violates':
      return `${changed(recorded)}, and it still violates: ${at} (${differs(facts)}).`;
    case 'violates-another':
      return `${changed(recorded)}: ${recorded.property} holds now, but it violates ${at} (${differs(facts)}).`;
    case 'holds-now':
      return `${changed(recorded)}, and it holds now (${differs(facts)}).`;
    case 'nondeterministic':
      return `Not deterministic: the built files are the recorded ones, but the run is not: hash ${replayed.hash ?? 'none'}, recorded ${recorded.hash ?? 'none'} (${differs(facts)}). Recorded on node ${recorded.node}, replayed on node ${replayed.node}.`;
  }
}

function changed({ commit }: RunFacts): string {
  return `Code changed since ${commit === 'unknown' ? 'the repro was made' : commit}`;
}

function differs({ recorded, replayed }: ReplayFacts): string {
  const at = firstDifference(recorded.checkpoints, replayed.checkpoints);
  const equal = at ?? Math.min(recorded.checkpoints.length, replayed.checkpoints.length);
  return equal === 0
    ? `hash differs within the first ${counted(eventsPerCheckpoint, 'event')}`
    : `hash differs after event ${exact(equal * eventsPerCheckpoint)}`;
}
