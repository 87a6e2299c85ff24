/**
 * What the checkers cost: the same seeds of coordination-chaos with none of them (but the one that says that no process threw), with one group alone, and with all.
 * They only watch, so the runs are the same event for event, which their hashes must show. Groups share books of the log and of the history: what one group costs alone may
 * be more than what it adds to the others, and the shares need not add up.
 */
import { barrierProperties, lockProperties, processAlive, raftSafety } from '../../properties/index.ts';
import type { Property } from '../../properties/property.ts';
import { addHashes, emptyHash } from '../../reports/campaign-hash.ts';
import { coordinationChaosLasting } from '../catalogue/coordination-chaos.ts';
import { runSeed } from '../run-seed.ts';
import type { Scenario } from '../scenario.ts';
import { breathe, figuresResult, sized } from './section.ts';
import type { Figure, Measuring, SectionResult, Unit } from './section.ts';
import { spreadOf } from './spread.ts';

const SEEDS = 2;
const LASTING_MS = 40_000;

/** Properties that are measured together. */
export interface PropertyGroup {
  readonly id: string;
  readonly label: string;
  readonly has: (id: string) => boolean;
}

function amongThese(properties: readonly Property[]): (id: string) => boolean {
  const ids = new Set(properties.map(({ id }) => id));
  return (id) => ids.has(id);
}

/** Every property of coordination-chaos but `process-alive` is in one of these. */
export const propertyGroups: readonly PropertyGroup[] = [
  {
    ...{ id: 'raft-and-sessions', label: 'Raft and sessions' },
    has: amongThese(raftSafety.filter((one) => one !== processAlive)),
  },
  { id: 'locks', label: 'locks and leases', has: amongThese(lockProperties) },
  { id: 'barriers', label: 'barriers', has: amongThese(barrierProperties) },
  {
    ...{ id: 'causality-and-merges', label: 'causality, laws of merges' },
    has: (id) => id === 'causality' || id === 'merge-laws',
  },
  { id: 'linearizability', label: 'linearizability', has: (id) => id.startsWith('linearizable-') },
];

/** One way to run the seeds, and how long each of its runs took. */
interface Variant {
  readonly id: string;
  readonly world: Scenario;
  readonly wallMs: number[];
}

function variantsOf(world: Scenario): Variant[] {
  const withThose = (id: string, has: (id: string) => boolean): Variant => ({
    id,
    world: {
      ...world,
      // Reaches are not checks: nobody counts them here.
      reach: [],
      properties: world.properties.filter((one) => one.id === processAlive.id || has(one.id)),
    },
    wallMs: [],
  });
  return [
    withThose('none', () => false),
    ...propertyGroups.map(({ id, has }) => withThose(id, has)),
    withThose('all', () => true),
  ];
}

function runOnce(world: Scenario): { wallMs: number; hash: string; violations: readonly string[] } {
  let hash = emptyHash;
  const violations: string[] = [];
  const startedAt = performance.now();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = runSeed(world, seed);
    hash = addHashes(hash, result.hash);
    for (const { property, message } of result.findings)
      violations.push(`${world.name}, seed ${seed}: ${property}: ${message}`);
  }
  return { wallMs: performance.now() - startedAt, hash, violations };
}

/** @throws Interrupted @throws Error where a checker changed what a world did */
export async function checkers(measuring: Measuring): Promise<SectionResult> {
  const { repeats, stop, onProgress } = measuring;
  const variants = variantsOf(coordinationChaosLasting(sized(measuring, LASTING_MS)));
  const violations = new Set<string>();
  const hashes = new Set<string>();
  // Round by round, so that a machine that slows down slows all of them.
  for (let i = 0; i <= repeats; i += 1) {
    for (const { id, world, wallMs } of variants) {
      onProgress(`${id}, ${i === 0 ? 'warming up' : `${i} of ${repeats}`}`);
      await breathe(stop);
      const ran = runOnce(world);
      hashes.add(ran.hash);
      ran.violations.forEach((one) => violations.add(one));
      if (i > 0) wallMs.push(ran.wallMs);
    }
  }
  if (hashes.size > 1 && violations.size === 0)
    throw new Error(`the same seeds hashed to ${[...hashes].join(' and ')}: a checker changed a world.`);
  return figuresResult(
    'coordination-chaos, the same seeds with no checkers, with one group alone, and with all; the judgement after a run counted. ' +
      'A share is what a group alone adds, of the run with all; groups share books, so shares need not add up.',
    figuresFrom(variants),
    [...violations],
  );
}

function figuresFrom(variants: readonly Variant[]): Figure[] {
  const of = (id: string): readonly number[] => variants.find((one) => one.id === id)!.wallMs;
  const [none, all] = [of('none'), of('all')];
  const share = (id: string): number[] => of(id).map((wallMs, i) => (100 * (wallMs - none[i]!)) / all[i]!);
  const figure = (id: string, label: string, unit: Unit, values: readonly number[]): Figure => ({
    ...{ id, label, unit },
    spread: spreadOf(values),
  });
  return [
    figure('run-without', 'the run without checkers', 'wallMs', none),
    figure('run-with-all', 'the run with all', 'wallMs', all),
    figure('all', 'all checkers', 'percentOfRun', share('all')),
    ...propertyGroups.map(({ id, label }) => figure(id, label, 'percentOfRun', share(id))),
  ];
}
