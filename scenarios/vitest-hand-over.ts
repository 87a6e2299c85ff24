/**
 * What `expectHolds` hands over to the reporter: a file a call, in a folder that the reporter names in the environment. Files, because tests run in
 * processes or threads of their own, pages have megabytes, and the test runner is not imported: without a reporter nothing is written.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ScenarioTest } from '../reports/commands.ts';
import { fromRunDocument, toRunDocument } from '../reports/json.ts';
import { readResult } from '../reports/result.ts';
import type { CampaignTally } from '../reports/tally.ts';
import { writeWhole } from './whole-file.ts';

/** Names the folder; workers inherit it from the process that the reporter is in. */
export const handOverVariable = 'STORMGLASS_HAND_OVER';

/** What one call came to, so far. */
export interface HandOver {
  readonly test: ScenarioTest;
  /** The test with all that it stands in: two of one name are told apart by it. */
  readonly fullName: string;
  /** In the order of the calls of one worker, from 1. */
  readonly order: number;
  /** One scenario; `complete` says whether all its seeds were run. */
  readonly campaign: CampaignTally;
  /** Hash of the run of the failing seed, 12 hex digits; null where none failed. */
  readonly hash: string | null;
  /** What the call rejected with; null where it held, or has not come to its end. */
  readonly failure: string | null;
  /** The HTML page of the failing seed. */
  readonly page: string | null;
  /** Why there is none, in a sentence. */
  readonly pageProblem: string | null;
}

let calls = 0;

/** Hands over what a call comes to: at first that it began, so that one that never ends is not forgotten. */
export class HandingOver {
  readonly #folder: string;
  readonly #name = randomUUID();
  readonly #order: number;
  readonly #test: ScenarioTest;
  readonly #fullName: string;

  constructor(folder: string, test: ScenarioTest, fullName: string) {
    this.#folder = folder;
    this.#test = test;
    this.#fullName = fullName;
    calls += 1;
    this.#order = calls;
  }

  /** @throws InputError OUT_NOT_WRITABLE */
  tell(
    campaign: CampaignTally,
    rest: Pick<HandOver, 'failure' | 'hash' | 'page' | 'pageProblem'> | null = null,
  ): void {
    const { page = null, hash = null, failure = null, pageProblem = null } = rest ?? {};
    if (page !== null) writeWhole(this.#folder, `${this.#name}.html`, page);
    const kept = {
      ...{
        test: this.#test,
        fullName: this.#fullName,
        order: this.#order,
        failure,
        hash,
        pageProblem,
        paged: page !== null,
      },
      document: toRunDocument(campaign),
    };
    writeWhole(this.#folder, `${this.#name}.json`, JSON.stringify(kept));
  }
}

/** The folder that a reporter reads; null where none does. */
export function handOverFolder(): string | null {
  return process.env[handOverVariable] || null;
}

/**
 * All that was handed over, by file, then in the order of the calls. Of a test that was tried again the last try counts.
 * @throws Error for files that `HandingOver` did not write
 */
export function readHandOvers(folder: string): readonly HandOver[] {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readOne(folder, name))
    .sort((a, b) => compare(a.test.file, b.test.file) || a.order - b.order);
  const last = new Map<string, HandOver>();
  for (const one of found) {
    const [scenario] = one.campaign.scenarios;
    const { first, seeds } = one.campaign;
    last.set(JSON.stringify([one.test.file, one.fullName, scenario?.about.name, first, seeds]), one);
  }
  return [...last.values()];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function readOne(folder: string, name: string): HandOver {
  const kept = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Omit<HandOver, 'campaign' | 'page'> & {
    readonly document: unknown;
    readonly paged: boolean;
  };
  const reading = readResult(Buffer.from(JSON.stringify(kept.document)));
  if (!('document' in reading)) throw new Error(`${name} ${reading.problem}`);
  const { paged } = kept;
  const page = paged ? readFileSync(join(folder, name.replace(/json$/, 'html')), 'utf8') : null;
  const { test, fullName, order, failure, hash, pageProblem } = kept;
  const campaign = fromRunDocument(reading.document);
  return { test, fullName, order, failure, hash, pageProblem, page, campaign };
}
