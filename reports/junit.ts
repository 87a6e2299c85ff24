/**
 * A campaign as JUnit XML, as Jenkins, GitLab and others read it: a suite a scenario, a case a property. A violation is a failure; a search
 * that came to no answer, coverage that was not met and a run that cannot be trusted are errors; a property that was switched off in every seed is
 * skipped, with what it assumes. There is a failure or an error exactly where the verdict is not "held".
 */
import { boundedKind } from './bounded-violation.ts';
import { counted, exact } from './figures.ts';
import { cellsOf, coverageOf } from './matrix.ts';
import type { Cell } from './matrix.ts';
import { style } from './style.ts';
import { campaignHash } from './tally.ts';
import type { CampaignTally, ScenarioTally, Trouble } from './tally.ts';
import { cut } from './visible-text.ts';
import { tellKind } from './why.ts';
import { element } from './xml.ts';

const plain = style(false);
/** Characters of a message, and of what stands below it: readers keep all of a file in memory. */
const maxMessage = 1_000;
const maxBody = 20_000;
/** Undecided searches, seeds that cannot be trusted, and things untried that are told one by one. */
const maxTold = 5;

type Outcome =
  | { readonly as: 'passed'; readonly note: string }
  | {
      readonly as: 'failure' | 'error';
      readonly type: string;
      readonly message: string;
      readonly body: string;
    }
  | { readonly as: 'skipped'; readonly why: string };

interface Case {
  readonly name: string;
  readonly outcome: Outcome;
}

/** The file `junit.xml`: one document, UTF-8. Names and texts of any length and characters; times are wall time in seconds. */
export function tellJunit(campaign: CampaignTally): string {
  const suites = campaign.scenarios.map((tally) => ({ tally, cases: casesOf(campaign, tally) }));
  const all = suites.flatMap(({ cases }) => cases);
  const { skipped: _, ...totals } = countsOf(all);
  const root = element(
    'testsuites',
    { name: 'stormglass', ...totals, time: seconds(campaign.wallMs) },
    suites.map(({ tally, cases }) => suite(campaign, tally, cases)),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function countsOf(cases: readonly Case[]): {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
} {
  const count = (as: Outcome['as']): number => cases.filter(({ outcome }) => outcome.as === as).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

/** Jenkins' schema takes digits, a point, digits. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function suite(campaign: CampaignTally, tally: ScenarioTally, cases: readonly Case[]): string {
  const name = cut(tally.about.name, maxMessage);
  const about = {
    stormglass: campaign.version,
    commit: campaign.commit,
    node: campaign.node,
    seeds: `${tally.seeds} of ${tally.planned}, from ${tally.firstSeed} on`,
    hash: tally.hash,
    'campaign hash': campaignHash(campaign),
  };
  const properties = Object.entries(about).map(([key, value]) => element('property', { name: key, value }));
  return element('testsuite', { name, ...countsOf(cases), time: seconds(tally.elapsedMs) }, [
    element('properties', {}, properties),
    ...cases.map((one) => testCase(name, one)),
  ]);
}

/** What is skipped says why in its text: the older of Jenkins' schemas gives `skipped` no attribute. */
function testCase(suiteName: string, { name, outcome }: Case): string {
  const inside = (): string[] => {
    switch (outcome.as) {
      case 'passed':
        return outcome.note === '' ? [] : [element('system-out', {}, outcome.note)];
      case 'skipped':
        return [element('skipped', {}, outcome.why)];
      case 'failure':
      case 'error':
        return [
          element(
            outcome.as,
            { type: cut(outcome.type, maxMessage), message: cut(outcome.message, maxMessage) },
            cut(outcome.body, maxBody),
          ),
        ];
    }
  };
  return element('testcase', { name: cut(name, maxMessage), classname: suiteName }, inside());
}

function casesOf(campaign: CampaignTally, tally: ScenarioTally): Case[] {
  const mine = (troubles: readonly Trouble[]): readonly Trouble[] =>
    troubles.filter((trouble) => trouble.scenario === tally.about.name);
  const properties = cellsOf(tally).map((cell) => ({
    name: cell.property,
    outcome: propertyOutcome(cell, tally),
  }));
  return [
    ...properties,
    ...coverageCase(tally),
    ...determinismCase(tally, mine(campaign.nondeterminism)),
    ...troubleCase('run', 'internal-error', mine(campaign.failures)),
    ...seedsCase(campaign, tally),
  ];
}

function propertyOutcome(cell: Cell, tally: ScenarioTally): Outcome {
  switch (cell.state) {
    case 'violated': {
      const kind = boundedKind(cell.kind);
      const { message } = kind.told.finding;
      return { as: 'failure', type: cell.property, message, body: lines(tellKind(kind, tally.seeds, plain)) };
    }
    case 'undecided': {
      const said = cell.searches.map(({ seed, message }) => `seed ${exact(seed)}: ${message}`);
      const message =
        said.length === 0
          ? 'No seed was run.'
          : counted(said.length, 'undecided search', 'undecided searches');
      return { as: 'error', type: 'undecided', message, body: lines(first(said)) };
    }
    case 'switched-off':
      return { as: 'skipped', why: `Switched off: every plan breaks what it assumes${named(cell.assumes)}.` };
    case 'held': {
      const { offIn, assumes } = cell;
      const note =
        offIn === 0
          ? ''
          : `Switched off in ${exact(offIn)} of ${counted(tally.seeds, 'seed')}, whose plans break what it assumes${named(assumes)}; held in the others.`;
      return { as: 'passed', note };
    }
  }
}

const named = (assumes: readonly string[]): string =>
  assumes.length === 0 ? '' : ` (${assumes.join(', ')})`;
const lines = (all: readonly string[]): string =>
  `\n${all.map((line) => cut(line, maxMessage)).join('\n')}\n`;
const first = (all: readonly string[]): string[] =>
  all.length <= maxTold ? [...all] : [...all.slice(0, maxTold), `… and ${exact(all.length - maxTold)} more`];

function coverageCase(tally: ScenarioTally): Case[] {
  const coverage = coverageOf(tally);
  if (coverage === null) return [];
  const name = 'coverage';
  if (coverage.state === 'met') return [{ name, outcome: { as: 'passed', note: '' } }];
  const { untried } = coverage;
  if (coverage.state === 'missed') {
    const message = `Never tried in ${counted(tally.seeds, 'seed')}: ${first(untried).join(', ')}.`;
    return [{ name, outcome: { as: 'error', type: 'coverage-not-met', message, body: lines(untried) } }];
  }
  const why = `Judged from ${counted(tally.about.minSeeds, 'seed')} on; ${exact(tally.seeds)} were run.`;
  return [{ name, outcome: { as: 'skipped', why } }];
}

function determinismCase(tally: ScenarioTally, troubles: readonly Trouble[]): Case[] {
  if (troubles.length > 0) return troubleCase('determinism', 'nondeterministic', troubles);
  if (tally.verified === 0) return [];
  const note = `${counted(tally.verified, 'run')}, each twice more in lockstep.`;
  return [{ name: 'determinism', outcome: { as: 'passed', note } }];
}

function troubleCase(name: string, type: string, troubles: readonly Trouble[]): Case[] {
  const [one] = troubles;
  if (one === undefined) return [];
  const body = lines(first(troubles.map(({ seed, message }) => `seed ${exact(seed)}: ${message}`)));
  return [{ name, outcome: { as: 'error', type, message: `Seed ${exact(one.seed)}: ${one.message}`, body } }];
}

/** Seeds that were asked for and not run: an error after an interruption; a time limit is the user's own wish. */
function seedsCase(campaign: CampaignTally, tally: ScenarioTally): Case[] {
  const failed = (one: ScenarioTally): number =>
    campaign.failures.filter(({ scenario }) => scenario === one.about.name).length;
  const short = (one: ScenarioTally): boolean => one.seeds + failed(one) < one.planned;
  const why = `${exact(tally.seeds)} of ${counted(tally.planned, 'seed')} were run.`;
  if (campaign.interrupted && (short(tally) || !campaign.scenarios.some(short))) {
    const message = `Interrupted: ${why}`;
    return [{ name: 'seeds', outcome: { as: 'error', type: 'interrupted', message, body: '' } }];
  }
  return short(tally) ? [{ name: 'seeds', outcome: { as: 'skipped', why } }] : [];
}
