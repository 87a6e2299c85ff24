/** Which scenarios a command means: by name, from a file, from the configuration, from the catalogue. */
import { resolve } from 'node:path';
import { describeSources } from '../campaign.ts';
import type { LoadedConfig } from '../config.ts';
import type { Hire } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import type { ScenarioDescription, Source } from '../worker-messages.ts';

/**
 * A file that was named stands alone; else the configuration's files; else the catalogue. Names are looked for there first, then in
 * the catalogue.
 * @throws InputError UNKNOWN_SCENARIO, SCENARIO_TWICE, and what loading a file throws
 */
export async function selectScenarios(
  names: readonly string[],
  file: string | undefined,
  config: LoadedConfig,
  hire: Hire,
  silenceMs: number,
): Promise<readonly ScenarioDescription[]> {
  const files = file === undefined ? config.files : [resolve(file)];
  const own: Source[] = files.map((path) => ({ from: 'file', file: path }));
  const sources: Source[] = own.length > 0 && names.length === 0 ? own : [...own, { from: 'catalogue' }];
  return pick(names, await describeSources(sources, hire, silenceMs));
}

/** Those with the names, in the order of the names; all without names. Of a name that is there twice a user's file comes before the catalogue. */
export function pick(
  names: readonly string[],
  known: readonly ScenarioDescription[],
): readonly ScenarioDescription[] {
  const twice = known.find((a, i) =>
    known.some((b, j) => j < i && a.name === b.name && a.ref.from === b.ref.from),
  );
  if (twice !== undefined) {
    throw new InputError('SCENARIO_TWICE', `two scenarios are called "${twice.name}".`, [
      'try: give each scenario a name of its own',
    ]);
  }
  if (names.length === 0) return known;
  return [...new Set(names)].map(
    (name) => known.find((scenario) => scenario.name === name) ?? unknown(name, known),
  );
}

function unknown(name: string, known: readonly ScenarioDescription[]): never {
  const near = nearest(
    name,
    known.map((scenario) => scenario.name),
  );
  throw new InputError('UNKNOWN_SCENARIO', `there is no scenario "${name}".`, [
    near.length === 0
      ? 'all: npx stormglass list'
      : `nearest: ${near.join(', ')}        all: npx stormglass list`,
  ]);
}
