/** The verdict of a campaign, and the exit code that says it to a shell. */
import { coverageMissed } from './tally.ts';
import type { CampaignTally } from './tally.ts';

/** Every verdict, worst last where several apply at once. */
export const verdicts = [
  'held',
  'coverage-not-met',
  'undecided',
  'violated',
  'internal-error',
  'nondeterministic',
  'interrupted',
] as const;

export type Verdict = (typeof verdicts)[number];

/** Exit codes: 0 held, 1 violated, 2 bad input (never a verdict), 3 not to be trusted, 4 open, 130 interrupted. */
export const exitCodes: { readonly [V in Verdict]: number } = {
  held: 0,
  violated: 1,
  'internal-error': 3,
  nondeterministic: 3,
  'coverage-not-met': 4,
  undecided: 4,
  interrupted: 130,
};

/**
 * Nondeterminism outweighs a violation: what cannot be replayed proves nothing. A campaign that ran nothing of a scenario is undecided,
 * never held.
 */
export function verdictOf(campaign: CampaignTally): Verdict {
  if (campaign.interrupted) return 'interrupted';
  if (campaign.nondeterminism.length > 0) return 'nondeterministic';
  if (campaign.failures.length > 0) return 'internal-error';
  if (campaign.scenarios.some((s) => s.kinds.length > 0)) return 'violated';
  if (campaign.scenarios.some((s) => s.undecided.length > 0)) return 'undecided';
  if (campaign.scenarios.some((s) => s.seeds === 0)) return 'undecided';
  if (campaign.scenarios.some(coverageMissed)) return 'coverage-not-met';
  return 'held';
}
