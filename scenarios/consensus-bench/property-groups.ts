/** Which checkers are told together, and which files are theirs. */

/** Part of the checkers. */
export interface PropertyGroup {
  /** Letters, digits and `-`: stable. */
  readonly id: string;
  readonly label: string;
  /** Of files below `properties/`, without their ending: a folder, which ends in `/`, or a file. */
  readonly files: readonly string[];
}

/** Every property, and what they share. */
export const propertyGroups: readonly PropertyGroup[] = [
  { id: 'raft-and-sessions', label: 'Raft, sessions', files: ['raft/', 'coordination/exactly-once'] },
  {
    id: 'locks',
    label: 'locks, leases, tokens',
    files: [
      ...['coordination/lock-exclusion', 'coordination/fencing', 'coordination/fifo-grants'],
      ...['coordination/leases', 'coordination/wait-not-early'],
    ],
  },
  {
    id: 'barriers',
    label: 'barriers',
    files: ['coordination/barriers', 'coordination/barrier-states'],
  },
  {
    id: 'causality-and-merges',
    label: 'causality, laws of merges',
    files: ['coordination/causality', 'coordination/merge-laws'],
  },
  { id: 'limits', label: 'limits', files: ['coordination/limits-exact'] },
  { id: 'linearizability', label: 'linearizability', files: ['linearizability/'] },
];

/** What they share: the books of logs, of the log's order and of the history, and handing observations out. */
export const sharedGroup = { id: 'shared', label: 'shared: books, dispatch' } as const;

/** What collecting garbage takes, the checkers' and everybody's. */
export const garbageGroup = { id: 'garbage', label: 'collecting all garbage' } as const;

/**
 * The group that a function belongs to.
 * @param name of the function, as the profiler tells it
 * @param url `file:///…/properties/raft/vote-once.js`
 * @returns `null` for one that is no checker's
 */
export function groupOf(name: string, url: string): string | null {
  if (url === '') return name === '(garbage collector)' ? garbageGroup.id : null;
  const file = /\/properties\/(.+)\.[jt]s$/.exec(url)?.[1];
  if (file === undefined) return null;
  const group = propertyGroups.find(({ files }) =>
    files.some((one) => (one.endsWith('/') ? file.startsWith(one) : file === one)),
  );
  return group?.id ?? sharedGroup.id;
}
