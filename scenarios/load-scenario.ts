/**
 * Finds scenarios: in the catalogue, in a file (`--scenario FILE`), in the files that `stormglass.config` names. Runs inside workers, so that a
 * file that never finishes loading can be stopped.
 */
import { existsSync, statSync } from 'node:fs';
import { extname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createJiti } from 'jiti';
import { assumptionsOf } from './assumptions.ts';
import type { Scenario } from './scenario.ts';
import { InputError } from './input-error.ts';
import type { ScenarioDescription, ScenarioRef, Source } from './worker-messages.ts';

/** Endings of scenario files. */
const endings = ['.js', '.mjs', '.ts', '.mts'];

/** A scenario with its reference. */
export interface LoadedScenario {
  readonly ref: ScenarioRef;
  readonly scenario: Scenario;
}

/** How a path is shown to people: relative where that is shorter. */
export function shownPath(path: string): string {
  const shorter = relative(process.cwd(), path);
  return shorter !== '' && !shorter.startsWith('..') ? shorter : path;
}

/**
 * The scenarios of a source, in order.
 * @throws InputError SCENARIO_FILE_NOT_FOUND, SCENARIO_FILE_KIND, SCENARIO_FILE_THREW, SCENARIO_FILE_EMPTY
 */
export async function loadSource(source: Source): Promise<LoadedScenario[]> {
  return source.from === 'catalogue' ? loadCatalogue() : loadFile(source.file);
}

/**
 * The scenario that a reference names.
 * @throws InputError as `loadSource`, and SCENARIO_GONE where its place no longer holds it.
 */
export async function loadRef(ref: ScenarioRef): Promise<Scenario> {
  const source: Source = ref.from === 'catalogue' ? { from: 'catalogue' } : { from: 'file', file: ref.file };
  const all = await loadSource(source);
  const found =
    all.find((s) => s.ref.name === ref.name && s.ref.exportName === ref.exportName) ??
    all.find((s) => s.ref.name === ref.name);
  if (found !== undefined) return found.scenario;
  const where = ref.from === 'catalogue' ? 'the catalogue' : shownPath(ref.file);
  throw new InputError('SCENARIO_GONE', `there is no scenario "${ref.name}" in ${where} any more.`, [
    ref.from === 'catalogue'
      ? 'try: npx stormglass list'
      : 'try: … --scenario FILE, with the file that holds it now',
  ]);
}

/** What can be said of a scenario without running it. */
export function describeScenario({ ref, scenario }: LoadedScenario): ScenarioDescription {
  return {
    ref,
    name: scenario.name,
    summary: scenario.summary,
    minSeeds: scenario.minSeeds,
    properties: scenario.properties.map((property) => property.id),
    assumptions: assumptionsOf(scenario),
    faults: [...new Set(scenario.faults.map((fault) => fault.id))],
    reach: scenario.reach.map(({ name, sentence }) => ({ name, sentence })),
    progressBoundUs: scenario.properties.some(({ id }) => id === 'progress')
      ? scenario.progressBoundUs
      : null,
  };
}

async function loadCatalogue(): Promise<LoadedScenario[]> {
  const { catalogue } = await import('./catalogue/index.ts');
  return catalogue.map((entry) => ({
    ref: {
      from: 'catalogue',
      name: entry.name,
      file: withinPackage(entry.file),
      exportName: entry.exportName,
    },
    scenario: entry.scenario,
  }));
}

/** A module of the package by its path there: the same on every machine. */
function withinPackage(url: string): string {
  const root = new URL('..', import.meta.url).href;
  return url.startsWith(root) ? url.slice(root.length) : url;
}

async function loadFile(file: string): Promise<LoadedScenario[]> {
  const exports = await importFile(file, 'SCENARIO_FILE', 'scenario file');
  const loaded: LoadedScenario[] = [];
  for (const [exportName, value] of Object.entries(exports)) {
    if (!isScenario(value) || loaded.some((s) => s.scenario === value)) continue;
    loaded.push({ ref: { from: 'file', name: value.name, file, exportName }, scenario: value });
  }
  if (loaded.length === 0) {
    throw new InputError('SCENARIO_FILE_EMPTY', `${shownPath(file)} exports no scenario.`, [
      "try: export default scenario({ name: '…', nodes: 3, … }) in it",
    ]);
  }
  return loaded;
}

function isScenario(value: unknown): value is Scenario {
  if (typeof value !== 'object' || value === null) return false;
  const { name, plan, system, properties } = value as Partial<Scenario>;
  return (
    typeof name === 'string' &&
    typeof plan === 'function' &&
    system !== undefined &&
    Array.isArray(properties)
  );
}

/**
 * Imports a file of the user's, TypeScript too.
 * @param code beginning of the codes of its errors: `SCENARIO_FILE`
 * @throws InputError `…_NOT_FOUND`, `…_KIND`, `…_THREW`
 */
export async function importFile(
  file: string,
  code: string,
  what: string,
): Promise<{ [name: string]: unknown }> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new InputError(`${code}_NOT_FOUND`, `there is no ${what} ${shownPath(file)}.`, [
      'try: check the path; it is taken from the folder that the command runs in',
    ]);
  }
  if (!endings.includes(extname(file))) {
    throw new InputError(`${code}_KIND`, `a ${what} ends in ${endings.join(', ')}; got ${shownPath(file)}.`, [
      'try: a file with one of these endings',
    ]);
  }
  try {
    return (
      extname(file).endsWith('ts') ? await importTypeScript(file) : await import(pathToFileURL(file).href)
    ) as {
      [name: string]: unknown;
    };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'BAD_SCENARIO') {
      const next = 'next' in error ? String(error.next) : 'see the scenario';
      throw new InputError(
        'BAD_SCENARIO',
        `${shownPath(file)}: ${error.message}`,
        [`try: ${next}`],
        error.stack,
      );
    }
    const text = error instanceof Error ? error.message : String(error);
    const firstLine = text.split('\n')[0] ?? '';
    throw new InputError(
      `${code}_THREW`,
      `${shownPath(file)} threw while it was loaded: ${firstLine}`,
      ['try: mend the file; --debug shows where it threw'],
      error instanceof Error ? (error.stack ?? text) : text,
    );
  }
}

/**
 * Node 20 cannot load TypeScript by itself. The package's own modules are imported natively, so that a scenario in TypeScript runs the same
 * compiled code as one in JavaScript. Nothing is cached on disk.
 */
async function importTypeScript(file: string): Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    nativeModules: ['stormglass'],
    alias: ownModules(),
  });
  return jiti.import(pathToFileURL(file).href);
}

/** The package's public entries, so that a lone file finds them wherever it lies. Sources (in tests) have none to point to. */
function ownModules(): { [name: string]: string } {
  if (import.meta.url.endsWith('.ts')) return {};
  const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
  return {
    'stormglass/core': at('../core/index.js'),
    'stormglass/sim': at('../sim/index.js'),
    'stormglass/properties': at('../properties/index.js'),
    stormglass: at('./index.js'),
  };
}
