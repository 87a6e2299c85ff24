/**
 * A campaign that tested nothing fails. From a scenario's `minSeeds` on, every class of fault that was enabled has fired at least once, and every reach that
 * the scenario names was reached; below that, coverage is printed and not judged.
 */

/** What a scenario's seeds came to, summed. */
export interface CoverageTotals {
  /** Seeds run to their end. */
  readonly seeds: number;
  /** How often each enabled class of fault fired; those that never did are there with 0. */
  readonly faults: { readonly [fault: string]: number };
  /** How often each named reach was reached, likewise. */
  readonly reach: { readonly [name: string]: number };
}

/** One thing that never happened. */
export interface CoverageGap {
  readonly what: 'fault' | 'reach';
  readonly name: string;
  /** A full sentence with the count of seeds. */
  readonly message: string;
}

/** Adds the counts of one seed, or of another shard; neither argument is changed. */
export function addCoverage(a: CoverageTotals, b: CoverageTotals): CoverageTotals {
  return { seeds: a.seeds + b.seeds, faults: sum(a.faults, b.faults), reach: sum(a.reach, b.reach) };
}

function sum(
  a: { readonly [name: string]: number },
  b: { readonly [name: string]: number },
): { [name: string]: number } {
  const total: { [name: string]: number } = { ...a };
  for (const [name, count] of Object.entries(b)) total[name] = (total[name] ?? 0) + count;
  return total;
}

/**
 * What a campaign over one scenario should have seen and did not.
 * @param minSeeds from how many seeds on that is judged
 * @returns empty where all was seen, or too few seeds ran; faults first, each group by name in code-unit order
 */
export function judgeCoverage(totals: CoverageTotals, minSeeds: number): CoverageGap[] {
  if (totals.seeds < minSeeds) return [];
  const seeds = totals.seeds === 1 ? '1 seed' : `${totals.seeds} seeds`;
  const gap = (what: 'fault' | 'reach', name: string): CoverageGap => ({
    what,
    name,
    message:
      what === 'fault'
        ? `The fault ${name} is enabled but never fired in ${seeds}.`
        : `The reach ${name} was never reached in ${seeds}.`,
  });
  return [
    ...never(totals.faults).map((name) => gap('fault', name)),
    ...never(totals.reach).map((name) => gap('reach', name)),
  ];
}

function never(counts: { readonly [name: string]: number }): string[] {
  return Object.keys(counts)
    .filter((name) => counts[name] === 0)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
