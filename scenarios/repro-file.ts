/** Repro files on disk: made from a failing run, written whole or not at all, read back. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { shellWord } from '../reports/commands.ts';
import { looksLikePage, pageBytesMax, readPageRepro } from '../reports/page/embedded-repro.ts';
import type { PageReading } from '../reports/page/embedded-repro.ts';
import { readRepro, reproSchemaVersion } from '../reports/repro.ts';
import type { Repro } from '../reports/repro.ts';
import { buildIdentity, digestOfBuild } from './build-identity.ts';
import type { ScenarioPlan } from './scenario.ts';
import { InputError } from './input-error.ts';
import { shownPath } from './load-scenario.ts';
import type { SeedResult } from './run-contract.ts';
import { writeWhole } from './whole-file.ts';
import type { Pinned, ScenarioRef } from './worker-messages.ts';

/** Pages of runs that are named where a campaign's page was given. */
const pagesNamed = 4;

/** The digest of a scenario's code, computed once a scenario. */
const digests = new Map<string | null, string>();

/** The digest of the code that a scenario runs on. */
export function digestOf(ref: ScenarioRef): string {
  const file = ref.from === 'file' ? ref.file : null;
  const digest = digests.get(file) ?? digestOfBuild(file);
  digests.set(file, digest);
  return digest;
}

/** The repro of a run that violated something: its first finding. */
export function makeRepro(
  ref: ScenarioRef,
  result: SeedResult,
  plan: ScenarioPlan,
  seedEpoch: number,
  ended: boolean,
): Repro {
  const [violation] = result.findings;
  if (violation === undefined) throw new Error(`seed ${result.seed} of ${ref.name} violated nothing`);
  const repro = {
    schema: reproSchemaVersion,
    ...buildIdentity(),
    seedEpoch,
    scenario: { name: ref.name, from: ref.from, file: portablePath(ref), export: ref.exportName },
    configuration: plan.configuration ?? null,
    seed: result.seed,
    plan: { world: plan.world, clients: plan.clients, ...(plan.groups && { groups: plan.groups }) },
    decisions: [],
    resolutions: result.resolutions,
    hash: ended ? result.hash : null,
    checkpoints: result.checkpoints,
    event: violation.seq,
    digest: digestOf(ref),
    violation,
  };
  // Through JSON, so that what is kept in memory is what a reader of the file gets.
  return JSON.parse(JSON.stringify(repro)) as Repro;
}

/** Files of users are named from the folder of the run, so that a repository can hold their repros. */
function portablePath(ref: ScenarioRef): string {
  return ref.from === 'file' ? shownPath(ref.file).replaceAll('\\', '/') : ref.file;
}

/** The scenario that a repro names; `override` is a `--scenario FILE`. */
export function refOf(repro: Repro, override: string | null): ScenarioRef {
  const { name, from, file } = repro.scenario;
  if (override !== null)
    return { from: 'file', name, file: resolve(override), exportName: repro.scenario.export };
  return { from, name, file: from === 'file' ? resolve(file) : file, exportName: repro.scenario.export };
}

/** What a replay takes from a repro. */
export function pinnedOf(repro: Repro): Pinned {
  const plan = { ...repro.plan, configuration: repro.configuration };
  // The schema checked it; extra fields of a scenario's own faults are kept.
  return { plan, decisions: repro.decisions, resolutions: repro.resolutions } as unknown as Pinned;
}

/** Name of the file of a violating seed. */
export function reproName(scenario: string, seed: number): string {
  return `${scenario.replaceAll(/[^A-Za-z0-9._-]+/g, '-')}-${seed}.json`;
}

/**
 * Writes a repro, whole or not at all. Returns the path, as people type it.
 * @throws InputError OUT_NOT_WRITABLE
 */
export function writeRepro(folder: string, repro: Repro): string {
  const name = reproName(repro.scenario.name, repro.seed);
  return writeWhole(folder, name, `${JSON.stringify(repro, null, 1)}\n`);
}

/**
 * Reads a repro: a file of its own, or the page of a run, which carries one.
 * @throws InputError REPRO_NOT_FOUND; BAD_REPRO where it is empty, binary, cut, of a newer schema, or a page without one.
 */
export function openRepro(path: string): Repro {
  const bytes = bytesOf(path);
  const reading: PageReading = looksLikePage(bytes) ? readPageRepro(bytes) : readRepro(bytes);
  if ('repro' in reading) return reading.repro;
  if ('pages' in reading) throw campaignPage(path, reading.pages);
  throw new InputError('BAD_REPRO', `${path} ${reading.problem}.`, [
    reading.newer === true
      ? 'try: npx stormglass@latest replay …'
      : 'try: npx stormglass replay SCENARIO --seed S, which needs no file',
  ]);
}

function bytesOf(path: string): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > pageBytesMax)
      throw new InputError('BAD_REPRO', `${path} is larger than any repro, or page of a run.`, [
        'try: npx stormglass replay SCENARIO --seed S, which needs no file',
      ]);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const what = reason === 'ENOENT' ? `there is no file ${path}.` : `cannot read ${path} (${reason}).`;
    throw new InputError('REPRO_NOT_FOUND', what, [
      'try: npx stormglass replay stormglass-out/NAME-SEED.json',
    ]);
  }
}

function campaignPage(path: string, pages: readonly string[]): InputError {
  const named = pages.slice(0, pagesNamed).map((href) => shownPath(resolve(dirname(path), decoded(href))));
  const rest = pages.length - named.length;
  return new InputError(
    'BAD_REPRO',
    `${path} is the page of a campaign: each of its violations has a page of its own, and a run is replayed from that.`,
    named.length === 0
      ? ['it links to no page of a run        try: npx stormglass replay SCENARIO --seed S']
      : [
          ...named.map((page) => `try: npx stormglass replay ${shellWord(page)}`),
          ...(rest > 0 ? [`… and ${rest} more`] : []),
        ],
  );
}

function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}
