/** What all parts of a page are made of: the record, what conflicts in it, and what happened before that. Worked out once. */
import { causalPast, causesOf } from '../causality.ts';
import type { Causes } from '../causality.ts';
import { countWhile } from '../run-record.ts';
import type { RunRecord } from '../run-record.ts';
import { conflictOf, subjectOf } from '../story-conflict.ts';
import type { ConflictStep, Subject } from '../story-conflict.ts';
import type { Story } from '../story-step.ts';
import type { FindingData } from '../tally.ts';

/** A recorded run, with what its violation is about. */
export interface PageSources {
  readonly record: RunRecord;
  readonly finding: FindingData | null;
  readonly story: Story;
  readonly causes: Causes;
  /** 1 by step: it is of the conflict, or happened before it. */
  readonly past: Uint8Array;
  readonly conflict: readonly ConflictStep[];
  /** Null where nothing was violated. */
  readonly subject: Subject | null;
  /** The steps of the story, in its order; -1 where a step is none of a host, or is not recorded. */
  readonly storySteps: readonly number[];
}

/** Messages that keep things as they are: they tell nothing. */
const routine = /heartbeat|ping|keepalive/i;

/** Whether a message of this label only keeps things as they are. */
export function isRoutine(label: string): boolean {
  return routine.test(label);
}

/** Works out the sources of a page. */
export function sourcesOf(record: RunRecord, finding: FindingData | null, story: Story): PageSources {
  const conflict = finding === null ? [] : conflictOf(record, finding);
  const causes = causesOf(record);
  const past = causalPast(
    causes,
    conflict.map((one) => one.step),
  );
  const subject = finding === null ? null : subjectOf(record, conflict, finding);
  return { record, finding, story, causes, past, conflict, subject, storySteps: stepsOf(record, story) };
}

function stepsOf({ steps }: RunRecord, story: Story): number[] {
  return story.map(({ seq, node }) => {
    let step = countWhile(steps.seq.length, (i) => steps.seq[i]! < seq);
    while (steps.seq[step] === seq && steps.host[step] !== node) step += 1;
    return steps.seq[step] === seq ? step : -1;
  });
}
