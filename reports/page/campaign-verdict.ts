/** What a campaign came to, in one past-tense sentence: properties violated, held and undecided, each counted once over all scenarios. */
import { counted, exact } from '../figures.ts';
import type { CampaignTally } from '../tally.ts';
import { verdictOf } from '../verdict.ts';
import type { Verdict } from '../verdict.ts';
import type { CampaignMatrix, CampaignVerdict, MatrixCell } from './campaign-page.ts';
import { cellsOf } from '../matrix.ts';

const labels: { readonly [V in Verdict]: string } = {
  held: 'Held',
  'coverage-not-met': 'Coverage not met',
  undecided: 'Undecided',
  violated: 'Violated',
  'internal-error': 'Internal error',
  nondeterministic: 'Not deterministic',
  interrupted: 'Interrupted',
};

/** The verdict of the page. */
export function campaignVerdict(tally: CampaignTally, matrix: CampaignMatrix): CampaignVerdict {
  const state = verdictOf(tally);
  const planned = tally.scenarios.reduce((sum, one) => sum + one.planned, 0);
  if (matrix.runs === 0) {
    return {
      state: state === 'interrupted' || tally.failures.length > 0 ? state : 'empty',
      label: state === 'interrupted' ? labels.interrupted : 'Nothing was run',
      sentence:
        tally.scenarios.length === 0 ? 'No scenario was run' : `None of ${counted(planned, 'run')} was done`,
      notes: notesOf(tally),
    };
  }
  const { violated, undecided, off, held } = properties(tally);
  const all = violated + undecided + off + held;
  const sentence = propertiesSentence({ violated, undecided, off, held, all }, matrix);
  return { state, label: labels[state], sentence: leading(state, tally, sentence), notes: notesOf(tally) };
}

interface Counts {
  readonly violated: number;
  readonly undecided: number;
  readonly off: number;
  readonly held: number;
  readonly all: number;
}

/** Each property by the worst that came of it anywhere; one that was switched off everywhere never counts as held. */
function properties({ scenarios }: CampaignTally): Omit<Counts, 'all'> {
  const states = new Map<string, MatrixCell['state']>();
  const rank = { held: 1, 'switched-off': 0, undecided: 2, violated: 3 } as const;
  for (const tally of scenarios) {
    for (const { property, state } of cellsOf(tally)) {
      const known = states.get(property) as keyof typeof rank | undefined;
      if (known === undefined || rank[state] > rank[known]) states.set(property, state);
    }
  }
  const count = (state: MatrixCell['state']): number =>
    [...states.values()].filter((one) => one === state).length;
  return {
    violated: count('violated'),
    undecided: count('undecided'),
    off: count('switched-off'),
    held: count('held'),
  };
}

/** `3 of 26 properties were violated, in 20 of 12,000 runs; 22 held, 1 is undecided` */
function propertiesSentence(counts: Counts, { runs, violatingRuns }: CampaignMatrix): string {
  const { violated, undecided, off, held, all } = counts;
  const were = (count: number): string => (count === 1 ? 'was' : 'were');
  const are = (count: number): string => (count === 1 ? 'is' : 'are');
  const of = (count: number): string => `${exact(count)} of ${counted(all, 'property', 'properties')}`;
  const rest = [
    ...(held > 0 && violated + undecided > 0 ? [`${exact(held)} held`] : []),
    ...(undecided > 0 && violated > 0 ? [`${exact(undecided)} ${are(undecided)} undecided`] : []),
    ...(off > 0 ? [`${exact(off)} ${were(off)} switched off`] : []),
  ].join(', ');
  const more = rest === '' ? '' : `; ${rest}`;
  if (violated > 0) {
    return `${of(violated)} ${were(violated)} violated, in ${exact(violatingRuns)} of ${counted(runs, 'run')}${more}`;
  }
  if (undecided > 0)
    return `${of(undecided)} ${are(undecided)} undecided after ${counted(runs, 'run')}${more}`;
  if (held === all) {
    const which = all === 1 ? 'The one property' : `All ${exact(all)} properties`;
    return `${which} held in ${counted(runs, 'run')}`;
  }
  return `${of(held)} held in ${counted(runs, 'run')}${more}`;
}

/** What outweighs the properties comes first. */
function leading(state: Verdict, tally: CampaignTally, sentence: string): string {
  const { nondeterminism, failures } = tally;
  if (state === 'nondeterministic') {
    return `${counted(nondeterminism.length, 'seed')} ran in two ways, so that no result here can be trusted`;
  }
  if (state === 'internal-error') {
    return `${counted(failures.length, 'run')} ended in an error outside the simulated world`;
  }
  return sentence;
}

function notesOf(tally: CampaignTally): readonly string[] {
  const { scenarios, complete, interrupted, reproLost } = tally;
  const runs = scenarios.reduce((sum, one) => sum + one.seeds, 0);
  const planned = scenarios.reduce((sum, one) => sum + one.planned, 0);
  const idle = scenarios.filter((one) => one.seeds === 0).length;
  const state = verdictOf(tally);
  const untrusted = state === 'nondeterministic' || state === 'internal-error';
  return [
    ...(untrusted && runs > 0 ? ['What follows was counted all the same.'] : []),
    ...(complete
      ? []
      : [
          `${interrupted ? 'It was interrupted' : 'It was cut short'}: ${exact(runs)} of ${counted(planned, 'run')} done.`,
        ]),
    ...(idle > 0 && runs > 0 ? [`Of ${counted(idle, 'scenario')} no seed was run.`] : []),
    ...(state === 'coverage-not-met'
      ? ['Nothing was violated, but something that was to be tried never was.']
      : []),
    ...(reproLost === null
      ? []
      : [`Repro files are missing: ${reproLost.slice(0, 400)} Replay these seeds by number.`]),
  ];
}
