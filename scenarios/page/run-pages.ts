/**
 * The pages of a campaign's violations. Each kind that the page of the campaign shows has one, of its lowest seed, which is run again for it,
 * recorded, in a worker that is watched as in the campaign. A page that cannot be made takes nothing away but itself: why is told, and the others are made.
 */
import { join } from 'node:path';
import { seedCommand } from '../../reports/commands.ts';
import { kindsOf } from '../../reports/page/campaign-kinds.ts';
import type { ShownKind } from '../../reports/page/campaign-page.ts';
import { embeddedRepro } from '../../reports/page/embedded-repro.ts';
import type { CampaignTally } from '../../reports/tally.ts';
import type { Hand, Hire } from '../hand.ts';
import { replayRun } from '../replay.ts';
import { makeRepro } from '../repro-file.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { reportName, runPageName, runPagesFolder } from './page-names.ts';
import type { PagedViolation } from './page-names.ts';
import { withWhatIf } from './what-if-runs.ts';
import { writeRunPage } from './write-page.ts';

/** The first pages that tell what would have been otherwise, which costs some hundred runs each. */
const whatIfsMax = 3;

/** What is to be made, and how. */
export interface RunPagesPlan {
  /** By name, where the scenarios of the campaign are. */
  readonly refs: ReadonlyMap<string, ScenarioRef>;
  readonly out: string;
  readonly workers: number;
  readonly silenceMs: number;
  readonly whatIf: boolean;
  /** Called before each page, with how many there will be. */
  readonly onPage?: (violation: PagedViolation, number: number, of: number) => void;
}

/** A page of a run, as the page of the campaign links to it. */
export interface LinkedPage extends PagedViolation {
  /** From the folder of the campaign's page, with slashes. */
  readonly href: string;
}

/** A page that is not there, and why, in a sentence. */
export interface MissingPage extends PagedViolation {
  readonly problem: string;
}

/** What came of it. */
export interface RunPages {
  readonly links: readonly LinkedPage[];
  readonly missing: readonly MissingPage[];
  /** It was interrupted before all were made. */
  readonly interrupted: boolean;
}

/** Makes them; ends early, at the end of a run, with the signal. */
export async function writeRunPages(
  tally: CampaignTally,
  plan: RunPagesPlan,
  hire: Hire,
  signal: AbortSignal,
): Promise<RunPages> {
  const asked = kindsOf(tally, new Map()).violations;
  const done = new Map<ShownKind, LinkedPage | MissingPage>();
  const hands = new Set<Hand>();
  const watched: Hire = () => {
    // A run whose worker was sent away is not to be looked into with another one.
    if (signal.aborted) throw new Error('interrupted');
    const hand = hire();
    hands.add(hand);
    return hand;
  };
  const leave = (): void => {
    for (const hand of hands) void hand.dismiss();
  };
  signal.addEventListener('abort', leave, { once: true });
  const lanes = Math.min(plan.workers, asked.length);
  const workers = Math.max(1, Math.floor(plan.workers / Math.max(1, lanes)));
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < asked.length && !signal.aborted) {
      const number = (next += 1);
      const kind = asked[number - 1]!;
      plan.onPage?.(pagedOf(kind), number, asked.length);
      const whatIf = plan.whatIf && number <= whatIfsMax;
      const file = tally.scenarios.find(({ about }) => about.name === kind.scenario)?.about.file ?? null;
      const page = await makePage(kind, file, { ...plan, whatIf, workers }, watched);
      if (!signal.aborted) done.set(kind, page);
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, work));
  } finally {
    signal.removeEventListener('abort', leave);
  }
  const all = asked.flatMap((kind) => done.get(kind) ?? []);
  return {
    links: all.filter((page) => 'href' in page),
    missing: all.filter((page) => 'problem' in page),
    interrupted: signal.aborted,
  };
}

function pagedOf({ scenario, seed, property }: ShownKind): PagedViolation {
  return { scenario, seed, property };
}

async function makePage(
  kind: ShownKind,
  file: string | null,
  plan: RunPagesPlan,
  hire: Hire,
): Promise<LinkedPage | MissingPage> {
  const violation = pagedOf(kind);
  try {
    return { ...violation, href: await makeAndWrite(kind, file, plan, hire) };
  } catch (error) {
    // Its scenario no longer loads, its disk is full, its worker died: the campaign's page names the violation without a link.
    return { ...violation, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function makeAndWrite(
  kind: ShownKind,
  file: string | null,
  { refs, out, silenceMs, whatIf, workers }: RunPagesPlan,
  hire: Hire,
): Promise<string> {
  const { property, scenario, seed, scenarios } = kind;
  // A kind may be one of several scenarios; a seed is one of its own.
  const alike = scenarios.find((one) => one.scenario === scenario)?.count ?? 0;
  const ref = refs.get(scenario);
  if (ref === undefined) throw new Error(`no scenario "${scenario}" is known`);
  const page = {
    ...{ property, whatIf, finding: null },
    failingSeeds: alike > 1 ? alike : null,
    command: `${seedCommand('replay', scenario, file)} --seed ${seed}`,
  };
  const replayed = await replayRun({ ref, seed, repro: null, silenceMs, page }, hire);
  const { result, ended, drawn } = replayed;
  const finding = result.findings.find((one) => one.property === property);
  if (finding === undefined || drawn === null)
    throw new Error('the run held when it was run again for its page');
  if (replayed.page === undefined) throw new Error('the run left no record: its event never ended');
  const repro = makeRepro(ref, { ...result, findings: [finding] }, drawn.plan, drawn.seedEpoch, ended);
  const answered = await withWhatIf(replayed.page, replayed, { ref, workers, silenceMs }, hire);
  const name = runPageName(kind);
  const extras = { repro: embeddedRepro(repro), campaign: `../${reportName}` };
  writeRunPage(join(out, runPagesFolder), name, answered, extras);
  return `${runPagesFolder}/${name}`;
}
