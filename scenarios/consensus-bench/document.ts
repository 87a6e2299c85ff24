/** The figures as one JSON document. Names of fields end in their units; what stands in it now keeps its name and meaning under `schema` 1. */
import type { BuildIdentity } from '../build-identity.ts';
import type { Distribution, Figure, SectionResult } from './section.ts';

/** What the document says of the run as a whole. */
export interface RunFacts {
  readonly identity: BuildIdentity;
  /** Of the processor, as the system names it. */
  readonly cpu: string;
  readonly cores: number;
  readonly repeats: number;
  readonly seeds: number;
}

/** `{ schema, version, commit, node, machine, repeats, seeds, held, sections: { NAME: { figures, distributions, violations } } }` */
export function toBenchDocument(
  { identity, cpu, cores, repeats, seeds }: RunFacts,
  results: ReadonlyMap<string, SectionResult>,
): object {
  const told = [...results].map(([name, { about, figures, distributions, violations }]) => [
    name,
    {
      about,
      figures: figures.map(toDocument),
      distributions: distributions.map(ofWorlds),
      violations,
    },
  ]);
  return {
    schema: 1,
    ...identity,
    machine: { cpu, cores },
    ...{ repeats, seeds },
    held: [...results.values()].every(({ violations }) => violations.length === 0),
    sections: Object.fromEntries(told) as object,
  };
}

/** `{ id, label, virtualMs: { samples, min … max }, missed, histogram: [{ fromMs, toMs, worlds }] }` */
function ofWorlds({ id, label, virtualMs, missed, histogramMs }: Distribution): object {
  const histogram = histogramMs.map(({ from, to, count }) => ({ fromMs: from, toMs: to, worlds: count }));
  return { id, label, virtualMs, missed, histogram };
}

/** The spread stands under the name of its unit: `{ id, label, pairsPerSecond: { samples, min, p25, median, p75, max } }`. */
function toDocument({ id, label, unit, spread }: Figure): object {
  return { id, label, [unit]: spread };
}
