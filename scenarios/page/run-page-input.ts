/** What the page of a run is made of, gathered where the run was made: in a worker, with its scenario loaded. */
import { runPageOf } from '../../reports/page/run-page-of.ts';
import type { PlacedHistory, RunAbout, RunPage } from '../../reports/page/run-page.ts';
import type { RunRecord } from '../../reports/run-record.ts';
import { tellStory } from '../../reports/story.ts';
import type { Story } from '../../reports/story-step.ts';
import type { FindingData } from '../../reports/tally.ts';
import { buildIdentity } from '../build-identity.ts';
import type { SeedResult } from '../run-contract.ts';
import type { Scenario, ScenarioPlan } from '../scenario.ts';
import { askWhatIf } from '../what-if.ts';
import type { WhatIfQuestion } from '../what-if.ts';
import type { PageRequest, Pinned, ScenarioRef } from '../worker-messages.ts';
import { placedHistory } from './placed-history.ts';
import { vitestText } from './vitest-text.ts';

/** A run that was recorded from its beginning to its end, or up to where it can go. */
export interface RecordedRun {
  readonly scenario: Scenario;
  readonly ref: ScenarioRef;
  readonly seed: number;
  /** From a repro; null: the plan was drawn from the seed. */
  readonly pinned: Pinned | null;
  readonly plan: ScenarioPlan;
  readonly result: SeedResult;
  readonly record: RunRecord;
  /** Told the virtual time now and then, so that a worker can show life. */
  readonly onProgress: (virtualUs: number) => void;
}

/** The data of a run's page, and which runs are still to be made for it. */
export interface MadePage {
  readonly page: RunPage;
  readonly whatIf?: WhatIfQuestion;
}

/** Makes the page, but for what takes runs of its own. */
export function pageOfRun(run: RecordedRun, request: PageRequest): MadePage {
  const { scenario, plan, pinned, result, record } = run;
  const finding = toldFinding(result, request);
  const story = finding === null ? [] : storyOf(run, finding);
  const [open] = result.undecided;
  const property = finding?.property ?? open?.property;
  const rule = scenario.properties.find(({ id }) => id === property)?.sentence ?? null;
  const page = runPageOf({
    ...{ record, finding, story, rule },
    undecided: finding === null ? (open ?? null) : null,
    judged: { properties: scenario.properties.length, switchedOff: result.switchedOff },
    about: aboutRun(run, request),
    linearizability: request.finding === null ? placed(run, finding) : null,
    whatIf: null,
  });
  if (!request.whatIf || finding === null || request.finding !== null) return { page };
  const { decisions = [] } = pinned ?? {};
  const told = { ...result, findings: [finding] };
  const { progressBoundUs } = scenario;
  const facts = { plan, result: told, story, steps: record.steps, decisions, progressBoundUs };
  return { page, whatIf: askWhatIf(facts) };
}

function storyOf({ result, record }: RecordedRun, finding: FindingData): Story {
  return finding === result.findings[0] && result.story !== undefined
    ? result.story
    : tellStory(record, finding);
}

/** What clients asked and heard, judged again in a run that ends. */
function placed(run: RecordedRun, finding: FindingData | null): PlacedHistory | null {
  const { scenario, seed, plan, pinned, result, onProgress } = run;
  return placedHistory(scenario, seed, finding, result.switchedOff, { ...pinned, plan, onProgress });
}

/** The violation that was asked for; another one where the run comes to that instead, as after a change of the code. */
function toldFinding({ findings }: SeedResult, { property, finding }: PageRequest): FindingData | null {
  return findings.find((one) => one.property === property) ?? findings[0] ?? finding;
}

function aboutRun(run: RecordedRun, request: PageRequest): RunAbout {
  const { scenario, ref, seed, plan, pinned, result, record } = run;
  const { servers, clients } = plan.world;
  const drawn = pinned === null || JSON.stringify(scenario.plan(seed)) === JSON.stringify(pinned.plan);
  return {
    scenario: scenario.name,
    seed,
    // A run that stopped right before an event that never ends has the hash of its beginning only.
    hash: request.finding === null ? result.hash : null,
    ...buildIdentity(),
    ...{ servers, hosts: servers + clients },
    ...{ events: record.events, untilUs: record.untilUs },
    failingSeeds: request.failingSeeds,
    command: request.command,
    vitestTest: vitestText(ref, seed, drawn),
  };
}
