/** `stormglass consensus-bench`: the figures of the coordination core, with how they spread. */
import { availableParallelism, cpus } from 'node:os';
import { counted } from '../../reports/figures.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { buildIdentity } from '../build-identity.ts';
import { toBenchDocument } from '../consensus-bench/document.ts';
import type { RunFacts } from '../consensus-bench/document.ts';
import { Interrupted } from '../consensus-bench/section.ts';
import type { SectionResult } from '../consensus-bench/section.ts';
import { measureInThread } from '../consensus-bench/section-thread.ts';
import { sections } from '../consensus-bench/sections.ts';
import type { Section } from '../consensus-bench/sections.ts';
import { tellSection } from '../consensus-bench/table.ts';
import { makeTemporaryFolder } from '../consensus-bench/temporary-folder.ts';
import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { wholeNumber } from './arguments.ts';
import { Outlet } from './outlet.ts';
import { stopOnSignal } from './stop-on-signal.ts';

const example = 'npx stormglass consensus-bench';
const repeatsMax = 100;
const seedsMax = 100_000;
const standard = { repeats: 5, seeds: 1_000 } as const;

/** What is typed behind `consensus-bench`. */
export interface BenchArguments {
  readonly only: string | undefined;
  readonly repeats: string | undefined;
  readonly seeds: string | undefined;
  readonly json: boolean;
  readonly color: boolean | undefined;
}

/** The sections of `--only`, in the usual order. @throws InputError UNKNOWN_SECTION */
export function sectionsNamed(only: string | undefined): readonly Section[] {
  if (only === undefined) return sections;
  const known = sections.map(({ name }) => name);
  const wanted = only.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = nearest(unknown, known);
    throw new InputError('UNKNOWN_SECTION', `there is no section "${unknown}" of the benchmark.`, [
      ...(near.length > 0 ? [`nearest: ${near.join(', ')}`] : []),
      `all: ${known.join(', ')}`,
    ]);
  }
  return sections.filter(({ name }) => wanted.includes(name));
}

/**
 * Measures, and tells each section when it is done; with `json` all of them at the end.
 * @returns 0; 1 where a property was violated in the worlds that were run, so that figures are void; 130 where it was interrupted
 * @throws InputError `UNKNOWN_SECTION` | `BAD_REPEATS` | `BAD_SEEDS` | `TEMP_NOT_WRITABLE`
 */
export async function consensusBench(given: BenchArguments): Promise<number> {
  const { only, json, color } = given;
  const wanted = sectionsNamed(only);
  const repeats = numberOf(given.repeats, '--repeats', 'BAD_REPEATS', repeatsMax, standard.repeats);
  const seeds = numberOf(given.seeds, '--seeds', 'BAD_SEEDS', seedsMax, standard.seeds);
  const temporary = wanted.some(({ needsFolder }) => needsFolder === true) ? makeTemporaryFolder() : null;
  const outlet = new Outlet(color, false);
  const progress = new Outlet(color, true);
  const facts = factsOf(repeats, seeds);
  if (!json) outlet.say([...headOf(facts), '']);
  const results = new Map<string, SectionResult>();
  const stop = stopOnSignal();
  const folder = temporary?.folder ?? '';
  try {
    for (const { name: section } of wanted) {
      const onProgress = (text: string): void => progress.redraw(`  ▸ ${section}: ${text}`);
      const result = await measureInThread({ section, repeats, seeds, work: 1, folder }, stop, onProgress);
      progress.redraw('');
      results.set(section, result);
      if (!json) outlet.say(tellSection(section, result, outlet.style));
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    progress.say(['Interrupted.']);
    return exitCodes.interrupted;
  } finally {
    progress.redraw('');
    temporary?.remove();
  }
  if (json) outlet.document(toBenchDocument(facts, results));
  const held = [...results.values()].every(({ violations }) => violations.length === 0);
  return held ? exitCodes.held : exitCodes.violated;
}

function numberOf(
  text: string | undefined,
  option: string,
  code: string,
  max: number,
  otherwise: number,
): number {
  return text === undefined
    ? otherwise
    : wholeNumber(text, option, code, max, `${example} ${option} ${otherwise}`);
}

function factsOf(repeats: number, seeds: number): RunFacts {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  return { identity: buildIdentity(), cpu, cores: availableParallelism(), repeats, seeds };
}

function headOf({ identity, cpu, cores, repeats, seeds }: RunFacts): readonly string[] {
  const { version, commit, node } = identity;
  return [
    `stormglass ${version} (${commit}) · node ${node} · ${counted(cores, 'core')}, ${cpu}`,
    `Medians of ${counted(repeats, 'measure')} after a warm-up; elections: ${counted(seeds, 'seed')}. Each section has`,
    'a thread of its own, so that none is faster or slower for what ran before it.',
  ];
}
