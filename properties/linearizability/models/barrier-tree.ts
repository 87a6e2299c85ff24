/**
 * A tree of barriers as a sequential object: what may be the case, and what follows where one client at a time asks. Generations, participants that come and go,
 * and trees of barriers are those of java.util.concurrent's Phaser; a generation that breaks stays so until a reset, as in CyclicBarrier. Written apart from the
 * core, whose rules it judges.
 *
 * An arrival is two operations: it counts (`arriveIn`), and it hears how the generation ended (`arriveOut`), which reads what stands. Nobody is told when a deadline
 * passes, so a generation that may break does so only where an answer needs it.
 */

/** What a barrier is to be; left out fields are those of an ordinary one. Times in microseconds. */
export interface BarrierTerms {
  readonly numerator: number;
  readonly denominator: number;
  readonly minParticipants: number;
  /** 0: none. */
  readonly timeoutUs: number;
  /** Empty: none. */
  readonly parent: string;
}

/** Somebody who takes part. */
export interface BarrierMember {
  readonly name: string;
  /** 0: not known. */
  readonly session: number;
  readonly arrived: boolean;
  /** Ids of its arrivals that wait and are to hear that it left. */
  readonly waiting: readonly number[];
}

/** One barrier. */
export interface BarrierNow {
  readonly name: string;
  /** The place at which it was created; 0: not heard of, greater than that of earlier ones of its name. */
  readonly creation: number;
  readonly terms: BarrierTerms;
  readonly generation: number;
  readonly broken: boolean;
  readonly members: readonly BarrierMember[];
  /** It does not time out before; Infinity: not at all. */
  readonly due: number;
  /** How its last generations ended, ascending. */
  readonly outcomes: readonly (readonly [generation: number, outcome: 'tripped' | 'broken'])[];
}

/** What may be the case with a tree. */
export interface BarrierTree {
  /** In order of creation. */
  readonly barriers: readonly BarrierNow[];
  /** By name: the last one that was destroyed, and the generation that it broke. */
  readonly gone: readonly (readonly [name: string, creation: number, generation: number])[];
  /** By name: the greatest creation so far. */
  readonly last: readonly (readonly [name: string, creation: number])[];
  /** Ids of arrivals that are to hear that their participant left. */
  readonly left: readonly number[];
  /** It is at least so late: a deadline had passed. */
  readonly now: number;
  /** Sessions ended of whose end nobody has looked at the consequences: the barriers whose last participant left; `null`: none. */
  readonly unsettled: readonly string[] | null;
}

/** The outcomes of so many generations are remembered. */
const remembered = 16;

/** No barrier yet. */
export const noBarriers: BarrierTree = {
  barriers: [],
  gone: [],
  last: [],
  left: [],
  now: -Infinity,
  unsettled: null,
};

/** A barrier of the tree by name. */
export function barrierOf(tree: BarrierTree, name: string): BarrierNow | undefined {
  return tree.barriers.find((b) => b.name === name);
}

/** How a generation ended; `undefined`: it has not, or nobody remembers. */
export function outcomeOf(b: BarrierNow, generation: number): 'tripped' | 'broken' | undefined {
  return b.outcomes.find(([g]) => g === generation)?.[1];
}

/** All below a barrier, parents first. */
export function descendantsOf(tree: BarrierTree, name: string): readonly BarrierNow[] {
  const names = new Set([name]);
  return tree.barriers.filter((b) => {
    if (!names.has(b.terms.parent)) return false;
    names.add(b.name);
    return true;
  });
}

/** The barrier at the top of the tree in which `b` is. */
export function rootOf(tree: BarrierTree, b: BarrierNow): BarrierNow {
  const above = b.terms.parent === '' ? undefined : barrierOf(tree, b.terms.parent);
  return above === undefined ? b : rootOf(tree, above);
}

/** The tree with one of its barriers replaced. */
export function replaced(tree: BarrierTree, b: BarrierNow): BarrierTree {
  return { ...tree, barriers: tree.barriers.map((one) => (one.name === b.name ? b : one)) };
}

/** A value by name, replaced or added; in order of name, so that equal trees look equal. */
export function withEntry<T extends readonly [string, ...unknown[]]>(
  entries: readonly T[],
  entry: T,
): readonly T[] {
  const others = entries.filter(([name]) => name !== entry[0]);
  return [...others, entry].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

function withOutcome(b: BarrierNow, generation: number, outcome: 'tripped' | 'broken'): BarrierNow {
  if (outcomeOf(b, generation) !== undefined) return b;
  const outcomes = [
    ...b.outcomes.filter(([g]) => g > generation - remembered),
    [generation, outcome] as const,
  ];
  return { ...b, outcomes: outcomes.sort(([x], [y]) => x - y) };
}

/** At a generation that nobody has arrived in. */
function at(b: BarrierNow, generation: number, broken: boolean): BarrierNow {
  const members = b.members.map((m) => (m.arrived ? { ...m, arrived: false, waiting: [] } : m));
  return { ...b, generation, broken, members, due: Infinity };
}

function broken(b: BarrierNow): BarrierNow {
  return b.broken ? b : at(withOutcome(b, b.generation, 'broken'), b.generation, true);
}

/** Every generation up to `last` is broken, and it stays there. */
function brokenUpTo(b: BarrierNow, last: number): BarrierNow {
  let one = broken(b);
  while (one.generation < last) one = broken(at(one, one.generation + 1, false));
  return one;
}

/** A barrier breaks, and every descendant at or below its generation with it. */
export function brokenWithDescendants(tree: BarrierTree, b: BarrierNow): BarrierTree {
  const below = descendantsOf(tree, b.name).filter((one) => one.generation <= b.generation);
  return [broken(b), ...below.map((one) => brokenUpTo(one, b.generation))].reduce(replaced, tree);
}

/** A barrier's generation ends by a reset, and so does every generation up to it of its descendants. */
export function afterReset(tree: BarrierTree, b: BarrierNow): BarrierTree {
  const along = descendantsOf(tree, b.name).filter((one) => one.generation <= b.generation);
  const ended = [broken(b), ...along.map((one) => brokenUpTo(one, b.generation))];
  return settled(ended.map((one) => at(one, b.generation + 1, false)).reduce(replaced, tree), []);
}

/** A participant counts as arrived; `due`: when the generation may time out, if this is its first arrival. */
export function withArrival(b: BarrierNow, participant: string, due: number): BarrierNow {
  if (b.members.some((m) => m.name === participant && m.arrived)) return b;
  return {
    ...b,
    due: b.members.some((m) => m.arrived) ? b.due : due,
    members: b.members.map((m) => (m.name === participant ? { ...m, arrived: true } : m)),
  };
}

/** Participants leave; nobody has looked at what that changes. */
export function without(
  tree: BarrierTree,
  leaves: (b: BarrierNow, m: BarrierMember) => boolean,
): { readonly tree: BarrierTree; readonly emptied: readonly string[] } {
  const emptied: string[] = [];
  const barriers = tree.barriers.map((b) => {
    const members = b.members.filter((m) => !leaves(b, m));
    if (members.length === b.members.length) return b;
    if (members.length === 0 && b.terms.parent === '') emptied.push(b.name);
    return { ...b, members, due: members.some((m) => m.arrived) ? b.due : Infinity };
  });
  return { tree: { ...tree, barriers }, emptied };
}

/** One look at each barrier, parents first. @param emptied barriers without parent whose last participant has just left */
export function settled(tree: BarrierTree, emptied: readonly string[]): BarrierTree {
  let now: BarrierTree = tree.unsettled === null ? tree : { ...tree, unsettled: null };
  for (const name of emptied) {
    const b = barrierOf(now, name);
    if (b === undefined || b.members.length > 0) continue;
    // Who is ahead waits for a generation that nobody is left to end.
    const ahead = descendantsOf(now, name).filter((one) => one.generation > b.generation);
    if (!b.broken) now = brokenWithDescendants(now, b);
    now = ahead.map(broken).reduce(replaced, now);
  }
  for (const { name } of tree.barriers) {
    const before = barrierOf(now, name)!;
    const above = before.terms.parent === '' ? undefined : barrierOf(now, before.terms.parent);
    const b = above === undefined || before.members.length > 0 ? before : following(before, above);
    const after = mayTrip(b, above) ? tripped(b) : b;
    if (after !== before) now = replaced(now, after);
  }
  return now;
}

/** Without participants it goes where its parent is, forward only. */
function following(b: BarrierNow, above: BarrierNow): BarrierNow {
  const level = above.generation === b.generation;
  if (above.generation < b.generation || (level && (!above.broken || b.broken))) return b;
  let one = b;
  for (let passed = b.generation; passed < above.generation; passed += 1) {
    const outcome = outcomeOf(above, passed);
    if (outcome !== undefined) one = withOutcome(one, passed, outcome);
  }
  one = at(one, above.generation, above.broken);
  return above.broken ? withOutcome(one, above.generation, 'broken') : one;
}

/** Whether the current generation has all that it needs. */
function mayTrip(b: BarrierNow, above: BarrierNow | undefined): boolean {
  const arrived = b.members.filter((m) => m.arrived).length;
  if (b.broken || arrived === 0 || b.members.length < b.terms.minParticipants) return false;
  if (arrived < Math.ceil((b.members.length * b.terms.numerator) / b.terms.denominator)) return false;
  return above === undefined || outcomeOf(above, b.generation) === 'tripped';
}

function tripped(b: BarrierNow): BarrierNow {
  return at(withOutcome(b, b.generation, 'tripped'), b.generation + 1, false);
}

/** The trees that may be the case instead by `notAfterUs`, because deadlines have passed. */
export function lapsed(tree: BarrierTree, notAfterUs: number): readonly BarrierTree[] {
  if (tree.barriers.every((b) => b.due === Infinity || b.due > notAfterUs)) return [];
  const found: BarrierTree[] = [];
  const seen = [tree];
  const names = new Set([nameOf(tree)]);
  for (const one of seen) {
    for (const b of one.barriers) {
      if (b.due === Infinity || b.due > notAfterUs) continue;
      const after = brokenWithDescendants({ ...one, now: Math.max(one.now, b.due) }, b);
      // What breaks in an entry that ends sessions too breaks before anybody looks.
      const next = one.unsettled === null ? settled(after, []) : after;
      if (names.has(nameOf(next))) continue;
      names.add(nameOf(next));
      seen.push(next);
      found.push(next.unsettled === null ? next : settled(next, next.unsettled));
    }
  }
  return found;
}

/** A name for all of a tree but its times. */
export function nameOf(tree: BarrierTree): string {
  let name = names.get(tree);
  if (name === undefined) {
    const barriers = tree.barriers.map(
      ({ name: b, creation, terms, generation, broken: isBroken, members, outcomes }) => {
        const { numerator, denominator, minParticipants, timeoutUs, parent } = terms;
        const who = members.map((m) => [m.name, m.session, m.arrived ? 1 : 0, ...m.waiting]).sort(byName);
        return [
          b,
          creation,
          numerator,
          denominator,
          minParticipants,
          timeoutUs,
          parent,
          generation,
          isBroken ? 1 : 0,
          who,
          outcomes,
        ];
      },
    );
    const left = [...tree.left].sort((a, b) => a - b);
    name = JSON.stringify([barriers, tree.gone, tree.last, left, tree.unsettled]);
    names.set(tree, name);
  }
  return name;
}

const names = new WeakMap<BarrierTree, string>();

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[0]) < String(b[0]) ? -1 : 1;
}

/** Whether every continuation that is legal from `b` is legal from `a`: the same by now, or once deadlines that `b` says have passed do pass in `a`. */
export function stands(a: BarrierTree, b: BarrierTree): boolean {
  if (a === b || isNoLater(a, b)) return true;
  return lapsed(a, b.now).some((one) => isNoLater(one, b));
}

function isNoLater(a: BarrierTree, b: BarrierTree): boolean {
  if (a.now > b.now || nameOf(a) !== nameOf(b)) return false;
  return a.barriers.every((one, i) => one.due <= b.barriers[i]!.due);
}
