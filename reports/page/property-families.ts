/** Which properties stand together in a matrix: those about elections and the log, about locks, barriers, values, whole histories, and the run itself. */

/** Families in the order of their columns, and their properties in theirs. */
const families: readonly (readonly [name: string, properties: readonly string[]])[] = [
  [
    'raft',
    [
      'election-safety',
      'vote-once',
      'leader-append-only',
      'log-matching',
      'leader-completeness',
      'state-machine-safety',
      'committed-durable',
      'monotonic',
      'configuration-order',
      'exactly-once',
    ],
  ],
  [
    'locks',
    [
      'lock-exclusion',
      'fencing-monotonic',
      'no-stale-write',
      'fifo-grants',
      'lease-not-early',
      'lease-not-late',
      'work-under-lease',
      'wait-not-early',
      'limits-exact',
    ],
  ],
  ['barriers', ['barrier-not-early', 'barrier-not-late', 'barrier-one-outcome', 'cascade-order']],
  ['values', ['causality', 'merge-laws']],
  ['histories', ['linearizable-register', 'linearizable-lock', 'linearizable-barrier']],
  ['own', []],
  ['run', ['process-alive', 'progress']],
];

const known = new Map(
  families.flatMap(([name, properties]) => properties.map((one) => [one, name] as const)),
);

function familyOf(property: string): string {
  return known.get(property) ?? (property.startsWith('linearizable-') ? 'histories' : 'own');
}

/** The properties by family; ones that are not of this package keep their order, and stand before those of the run itself. Empty families are left out. */
export function inFamilies(
  properties: readonly string[],
): readonly { readonly name: string; readonly properties: readonly string[] }[] {
  return families
    .map(([name, order]) => ({
      name,
      properties: [
        ...order.filter((one) => properties.includes(one)),
        ...properties.filter((one) => familyOf(one) === name && !order.includes(one)),
      ],
    }))
    .filter((family) => family.properties.length > 0);
}
