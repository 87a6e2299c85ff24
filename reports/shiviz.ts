/**
 * A recorded run as a log for ShiViz (https://bestchai.bitbucket.io/shiviz/), which draws who heard what from whom: each step with its vector clock.
 *
 * The file is as ShiViz takes it for upload: its first line is the regular expression that reads the log, the second, empty, is the delimiter of
 * several executions, and the rest is the log, two lines a step:
 *
 *     4.182 s #3911 deliver: recovered term 3 and a log up to 117
 *     n2 {"n0":412,"n2":977}
 *
 * A host's own count begins with 1 and rises by one a step, as ShiViz demands. Clocks leave out hosts that were not heard of.
 */
import { causalPast, causesOf, vectorClocks } from './causality.ts';
import { exact, hostName, instant } from './figures.ts';
import { oneLine, tellObservation } from './observation-words.ts';
import { observationsOf } from './run-record.ts';
import type { RunRecord } from './run-record.ts';
import { stepText } from './step-words.ts';
import { conflictOf } from './story-conflict.ts';
import type { FindingData } from './tally.ts';

/** The regular expression that reads the log, in ShiViz' syntax (and JavaScript's). */
export const shivizExpression = String.raw`(?<date>\S+ s) #(?<seq>\d+) (?<kind>\S+): (?<event>.*)\n(?<host>\S+) (?<clock>\{.*\})`;

/** Steps that a log holds at most: ShiViz draws each as a circle, and more than a few thousand are no picture. */
export const shivizStepsMax = 10_000;

/** Observations of a step that are told beside each other. */
const observationsTold = 3;
/** Kinds that tell nothing beside the step itself. */
const dull = new Set(['fsyncStarted', 'recordsWritten', 'applied', 'folderSynced']);

/**
 * The log. Of a run of more than 10,000 steps the last ones that led to the finding, or of a run that held the last ones; how many are left out
 * stands in a line of its own, which the expression passes over. Clocks then count the steps that are there, and order them as the run did.
 */
export function shivizLog(record: RunRecord, finding: FindingData | null): string {
  const { steps, servers, hosts } = record;
  const causes = causesOf(record);
  const conflict = finding === null ? [] : conflictOf(record, finding).map((one) => one.step);
  const count = steps.seq.length;
  const wanted =
    count <= shivizStepsMax || conflict.length === 0
      ? new Uint8Array(count).fill(1)
      : causalPast(causes, conflict);
  let room = shivizStepsMax;
  for (let step = count - 1; step >= 0; step -= 1) {
    if (wanted[step] === 0) continue;
    if (room > 0) room -= 1;
    else wanted[step] = 0;
  }
  const clocks = vectorClocks(record, causes, hosts, wanted);
  const lines = [shivizExpression, ''];
  if (clocks.size < count) lines.push(`${exact(count - clocks.size)} of ${exact(count)} steps are left out.`);
  for (const [step, clock] of clocks) {
    const kind = steps.kind[step] === '' ? 'step' : steps.kind[step]!;
    lines.push(`${instant(steps.at[step]!)} #${steps.seq[step]!} ${kind}: ${eventText(record, step)}`);
    lines.push(`${hostName(steps.host[step]!, servers)} ${clockText(clock, servers)}`);
  }
  return `${lines.join('\n')}\n`;
}

function clockText(clock: Int32Array, servers: number): string {
  const parts: string[] = [];
  clock.forEach((value, host) => {
    if (value > 0) parts.push(`"${hostName(host, servers)}":${value}`);
  });
  return `{${parts.join(',')}}`;
}

/** What the step was, and what its host observed in it. */
function eventText(record: RunRecord, step: number): string {
  const told = observationsOf(record, step)
    .map((one) => one.observation)
    .filter(({ kind }) => !dull.has(kind));
  const words = told.slice(0, observationsTold).map((one) => tellObservation(one, record.servers));
  const more = told.length > observationsTold ? [`and ${told.length - observationsTold} more`] : [];
  return oneLine([stepText(record, step), ...words, ...more].join('; '));
}
