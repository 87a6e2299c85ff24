/**
 * Quorum algebra over a configuration. A joint configuration has two halves, and a quorum needs a majority of each
 * (paper, section 6); outside a change `outgoing` is empty. Learners never count.
 */

export interface Configuration {
  readonly incoming: readonly number[];
  readonly outgoing: readonly number[];
  readonly learners: readonly number[];
}

/** The size of a majority of n voters. */
export function majorityOf(n: number): number {
  return (n >>> 1) + 1;
}

/** Whether `replica` votes in either half. */
export function isVoter(configuration: Configuration, replica: number): boolean {
  return configuration.incoming.includes(replica) || configuration.outgoing.includes(replica);
}

/** All voters of both halves, ascending, each once. */
export function votersOf(configuration: Configuration): readonly number[] {
  const { incoming, outgoing } = configuration;
  if (outgoing.length === 0) return incoming;
  return [...new Set([...incoming, ...outgoing])].sort((a, b) => a - b);
}

/** The outcome of a vote: `won` and `lost` are final, `pending` is neither yet. */
export type VoteResult = 'won' | 'lost' | 'pending';

function majorityVotes(voters: readonly number[], granted: readonly (boolean | undefined)[]): VoteResult {
  if (voters.length === 0) return 'won';
  let yes = 0;
  let missing = 0;
  for (const voter of voters) {
    const vote = granted[voter];
    if (vote === true) yes += 1;
    else if (vote === undefined) missing += 1;
  }
  const needed = majorityOf(voters.length);
  if (yes >= needed) return 'won';
  return yes + missing >= needed ? 'pending' : 'lost';
}

/** Counts votes, indexed by replica id; a replica without an entry has not answered. */
export function voteResult(
  configuration: Configuration,
  granted: readonly (boolean | undefined)[],
): VoteResult {
  const incoming = majorityVotes(configuration.incoming, granted);
  const outgoing = majorityVotes(configuration.outgoing, granted);
  if (incoming === 'lost' || outgoing === 'lost') return 'lost';
  return incoming === 'won' && outgoing === 'won' ? 'won' : 'pending';
}

/** The highest value that a majority of `voters` has reached; `values` is indexed by replica id. */
function majorityIndex(voters: readonly number[], values: ArrayLike<number>): number {
  // At most seven voters: counting, for each candidate value, how many reach it beats a sort, and allocates nothing.
  const needed = majorityOf(voters.length);
  let best = 0;
  for (let i = 0; i < voters.length; i += 1) {
    const candidate = values[voters[i] as number] ?? 0;
    if (candidate <= best) continue;
    let reached = 0;
    for (let j = 0; j < voters.length; j += 1) {
      if ((values[voters[j] as number] ?? 0) >= candidate) reached += 1;
    }
    if (reached >= needed) best = candidate;
  }
  return best;
}

/** The highest index that a quorum holds: the lower of the two halves' majorities (0 where none). */
export function quorumIndexOf(configuration: Configuration, matchIndex: ArrayLike<number>): number {
  const incoming = majorityIndex(configuration.incoming, matchIndex);
  if (configuration.outgoing.length === 0) return incoming;
  return Math.min(incoming, majorityIndex(configuration.outgoing, matchIndex));
}
