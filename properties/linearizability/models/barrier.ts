/**
 * Barriers: full, partial, timed, in trees. A tree is one object, because what becomes of a barrier depends on those above it.
 *
 * An arrival is two operations. That it counts is a change, at some point while its client waits to hear that it waits, or, where nobody heard that, how the
 * generation ended; that it hears the end is a read. In every order the second may as well come before the first if the generation had ended by then: the
 * arrival changes nothing.
 *
 * A generation's deadline passes unheard, and so the model lets it: it may have passed at or after the time that the first arrival makes possible, where an answer
 * needs that. The end of a session is an operation of each tree by itself. Several may expire in one entry, and only then are the thresholds looked at; and deadlines
 * may pass in that entry too.
 *
 * A state is what may be the case: a few trees, none of which another stands for.
 *
 * What it does not judge, beyond what nobody can know:
 * - whether creations of different names rise in order, those of one name must;
 * - whose an operation is of which nobody told the session: it may be anybody's, and a different one each time;
 * - whether a limit was reached, a specification was out of bounds, or a session could do any more: these answers by name are taken as they are;
 * - whether an operation that a session asked for took effect only after the session had ended.
 */
import type { Model } from '../model.ts';
import { foreseeArrivals, prepareBarriers } from './barrier-history.ts';
import type { BarrierOp } from './barrier-history.ts';
import {
  afterReset,
  barrierOf,
  descendantsOf,
  lapsed,
  nameOf,
  noBarriers,
  outcomeOf,
  replaced,
  rootOf,
  settled,
  stands,
  withArrival,
  withEntry,
  without,
} from './barrier-tree.ts';
import type { BarrierMember, BarrierNow, BarrierTree } from './barrier-tree.ts';

/** What a barrier answers; which fields there are depends on what was asked. */
export interface BarrierValue {
  readonly creation?: number;
  readonly generation?: number;
  readonly destroyed?: true;
  readonly registered?: true;
  readonly left?: true;
  readonly reset?: boolean;
  readonly outcome?: 'tripped' | 'broken' | 'left';
  /** That an arrival waits, as the history says it. */
  readonly queued?: true;
  /** That an arrival was accepted: whether it had to wait, nobody heard. */
  readonly entered?: true;
  readonly error?: string;
}

/** One or more trees, none of which another stands for. */
export type BarrierState = readonly BarrierTree[];

/** What an operation may come to in a tree. */
interface Result {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly next: BarrierTree;
}

/** A child that is so far behind keeps its parent from being arrived at: its outcomes would be forgotten. */
const behindMax = 15;
/** A session's time to live, where nothing else is said. */
const usualSessionTtlUs = 30_000_000;

/** Refusals that follow from the tree; any other is taken as it is. */
const judged = new Set([
  'BARRIER_EXISTS',
  'UNKNOWN_BARRIER',
  'WRONG_CREATION',
  'NOT_REGISTERED',
  'ALREADY_REGISTERED',
  'FUTURE_GENERATION',
  'GENERATION_FORGOTTEN',
  'CHILD_BEHIND',
  'PARENT_EMPTY',
  'PARENT_SELF',
  'UNKNOWN_PARENT',
  'HAS_CHILDREN',
]);

const rules: Omit<Model<BarrierState, BarrierOp, BarrierValue>, 'prepare'> = {
  name: 'barrier',
  sessionEnds: true,
  init: () => [noBarriers],
  handles: (op) => typeof op === 'object' && op !== null && 'tree' in op,
  key: (op) => op.tree,

  step(state, op, value) {
    if (value?.error !== undefined && !judged.has(value.error)) return state;
    const next: BarrierTree[] = [];
    for (const one of state) {
      if (op.notAfterUs >= one.now) next.push(...follow(one, op, value));
    }
    if (next.length === 0) return null;
    return next.length === 1 ? next : undominated(next);
  },

  identity: (state) =>
    state
      .map((one) => `${nameOf(one)} ${one.now} ${one.barriers.map((b) => b.due).join(' ')}`)
      .sort()
      .join(' | '),

  readOnly: (op, value) => op.f === 'arriveOut' || value?.error !== undefined || value?.reset === false,
  foresee: foreseeArrivals,
  alike(op, value) {
    const { barrier: name, creation, generation } = op;
    return op.stays ? ['arriveIn', name, creation, generation, value] : [op, value];
  },
  covers: (a, b) => b.every((y) => a.some((x) => stands(x, y))),

  describe(op, value) {
    const asked = describeAsked(op);
    return value === undefined || op.f === 'end' ? asked : `${asked} → ${describeAnswer(value)}`;
  },

  describeState: (state) => state.map(describeTree).join(' or '),
};

/** The model `barrier`: one object a tree of barriers. Sessions live for 30 s without a word. */
export const barrier: Model<BarrierState, BarrierOp, BarrierValue> = barrierWithSessionsOf(usualSessionTtlUs);

/** The same, with sessions of another length: who takes part leaves with his session. @param sessionTtlUs the shortest of any client */
export function barrierWithSessionsOf(sessionTtlUs: number): Model<BarrierState, BarrierOp, BarrierValue> {
  return { ...rules, needsWhole: true, prepare: (operations) => prepareBarriers(operations, sessionTtlUs) };
}

/** What may be the case after `op` was answered `value`, or took effect unheard. */
function follow(tree: BarrierTree, op: BarrierOp, value: BarrierValue | undefined): readonly BarrierTree[] {
  // Only another session that expires goes into an entry whose consequences nobody has looked at.
  const whole = tree.unsettled === null || op.expired ? [tree] : [];
  const possible = [...whole, ...lapsed(tree, op.notAfterUs)];
  const found: BarrierTree[] = [];
  for (const one of possible) {
    for (const known of bound(one, op, value)) {
      for (const { answer, next } of resultsOf(known, op, value)) {
        if (value === undefined ? next !== known : isSame(answer, value)) found.push(next);
      }
    }
  }
  return found;
}

/** The tree, with the creation of the barrier asked for known if it was not and this answer tells it. */
function bound(tree: BarrierTree, op: BarrierOp, value: BarrierValue | undefined): readonly BarrierTree[] {
  const b = barrierOf(tree, op.barrier);
  if (b === undefined || b.creation > 0 || op.f === 'end') return [tree];
  const wrong = value?.error === 'WRONG_CREATION' ? (value as { current?: number }).current : undefined;
  const creation = wrong ?? (op.f === 'create' ? value?.creation : op.creation);
  // One of before is another barrier.
  if (creation === undefined || creation <= lastOf(tree, op.barrier)) return [tree];
  return [replaced({ ...tree, last: withEntry(tree.last, [op.barrier, creation]) }, { ...b, creation })];
}

function lastOf(tree: BarrierTree, name: string): number {
  return tree.last.find(([one]) => one === name)?.[1] ?? 0;
}

/** What `op` may come to. */
function resultsOf(tree: BarrierTree, op: BarrierOp, value: BarrierValue | undefined): readonly Result[] {
  if (op.f === 'end') return ended(tree, op).map((next) => ({ answer: value ? { ...value } : {}, next }));
  if (op.f === 'create') return created(tree, op, value);
  const b = barrierOf(tree, op.barrier);
  if (op.f === 'arriveOut') return heard(tree, b, op);
  if (b === undefined) return refused(tree, 'UNKNOWN_BARRIER', { barrier: op.barrier });
  if (b.creation !== op.creation) {
    const { creation } = op;
    return refused(tree, 'WRONG_CREATION', { barrier: b.name, creation, current: b.creation });
  }
  switch (op.f) {
    case 'destroy':
      return destroyed(tree, b);
    case 'register':
      return registered(tree, b, op);
    case 'deregister':
      return deregistered(tree, b, op);
    case 'reset':
      return wasReset(tree, b, op);
    case 'arriveIn':
      return arrived(tree, b, op);
  }
}

function refused(tree: BarrierTree, error: string, values: object): readonly Result[] {
  return [{ answer: { error, ...values }, next: tree }];
}

function created(tree: BarrierTree, op: BarrierOp, value: BarrierValue | undefined): readonly Result[] {
  const terms = op.terms!;
  const name = op.barrier;
  if (terms.parent === name) return refused(tree, 'PARENT_SELF', { barrier: name });
  const known = barrierOf(tree, name);
  if (known !== undefined) {
    const { creation, generation } = known;
    return isSame(known.terms, terms)
      ? [{ answer: { creation, generation }, next: tree }]
      : refused(tree, 'BARRIER_EXISTS', { barrier: name, creation });
  }
  const above = terms.parent === '' ? undefined : barrierOf(tree, terms.parent);
  if (terms.parent !== '' && above === undefined) {
    return refused(tree, 'UNKNOWN_PARENT', { barrier: name, parent: terms.parent });
  }
  const creation = value?.creation ?? 0;
  if (value !== undefined && creation <= lastOf(tree, name)) return [];
  const generation = above?.generation ?? 1;
  const broken = above?.broken ?? false;
  const b: BarrierNow = {
    ...{ name, creation, terms, generation, broken, members: [], due: Infinity },
    outcomes: broken ? [[generation, 'broken']] : [],
  };
  const last = creation > 0 ? withEntry(tree.last, [name, creation]) : tree.last;
  return [{ answer: { creation, generation }, next: { ...tree, last, barriers: [...tree.barriers, b] } }];
}

function destroyed(tree: BarrierTree, { name, creation, generation }: BarrierNow): readonly Result[] {
  const children = tree.barriers.filter((one) => one.terms.parent === name).map((one) => one.name);
  if (children.length > 0) return refused(tree, 'HAS_CHILDREN', { barrier: name, children });
  const barriers = tree.barriers.filter((one) => one.name !== name);
  const gone = withEntry(tree.gone, [name, creation, generation]);
  return [{ answer: { destroyed: true }, next: { ...tree, barriers, gone } }];
}

function registered(tree: BarrierTree, b: BarrierNow, op: BarrierOp): readonly Result[] {
  const known = memberOf(b, op);
  if (known === undefined) {
    const member: BarrierMember = { name: op.participant, session: op.session, arrived: false, waiting: [] };
    const next = settled(replaced(tree, { ...b, members: [...b.members, member] }), []);
    return [{ answer: { registered: true, generation: barrierOf(next, b.name)!.generation }, next }];
  }
  const results: Result[] = [];
  const answer = { registered: true, generation: b.generation };
  if (mayBeOf(known, op)) results.push({ answer, next: tree });
  if (mayBeOfAnother(known, op)) {
    results.push(...refused(tree, 'ALREADY_REGISTERED', { barrier: b.name, participant: op.participant }));
  }
  return results;
}

function deregistered(tree: BarrierTree, b: BarrierNow, op: BarrierOp): readonly Result[] {
  const known = memberOf(b, op);
  const results: Result[] = [];
  if (known === undefined || mayBeOfAnother(known, op)) {
    results.push(...refused(tree, 'NOT_REGISTERED', { barrier: b.name, participant: op.participant }));
  }
  if (known === undefined || !mayBeOf(known, op)) return results;
  const left = without(tree, (one, m) => one.name === b.name && m.name === op.participant);
  const next = settled({ ...left.tree, left: [...tree.left, ...known.waiting] }, left.emptied);
  return [...results, { answer: { left: true }, next }];
}

function wasReset(tree: BarrierTree, b: BarrierNow, op: BarrierOp): readonly Result[] {
  if (op.generation !== b.generation) {
    return [{ answer: { generation: b.generation, reset: false }, next: tree }];
  }
  const next = afterReset(tree, b);
  return [{ answer: { generation: barrierOf(next, b.name)!.generation, reset: true }, next }];
}

/** An arrival counts, or is one more of somebody who has arrived, or comes when all is over, or is refused. */
function arrived(tree: BarrierTree, b: BarrierNow, op: BarrierOp): readonly Result[] {
  const { name, generation: current } = b;
  const { generation, participant } = op;
  const entered = { answer: { entered: true }, next: tree };
  if (outcomeOf(b, generation) !== undefined) return [entered];
  if (generation < current)
    return refused(tree, 'GENERATION_FORGOTTEN', { barrier: name, generation, current });
  if (generation > current) return refused(tree, 'FUTURE_GENERATION', { barrier: name, generation, current });
  const known = memberOf(b, op);
  const results: Result[] = [];
  if (known === undefined || mayBeOfAnother(known, op)) {
    results.push(...refused(tree, 'NOT_REGISTERED', { barrier: name, participant }));
  }
  if (known === undefined || !mayBeOf(known, op)) return results;
  const root = rootOf(tree, b);
  if (root !== b && root.members.length === 0) {
    return [...results, ...refused(tree, 'PARENT_EMPTY', { barrier: name, parent: root.name })];
  }
  const behind = descendantsOf(tree, name).find((one) => one.generation <= current - behindMax);
  if (behind !== undefined) {
    const values = { barrier: name, child: behind.name, generation: behind.generation };
    return [...results, ...refused(tree, 'CHILD_BEHIND', values)];
  }
  const due = b.terms.timeoutUs > 0 ? op.notBeforeUs + b.terms.timeoutUs : Infinity;
  const counted = known.arrived ? tree : settled(replaced(tree, withArrival(b, participant, due)), []);
  const ended = outcomeOf(barrierOf(counted, name)!, generation) !== undefined;
  const next = ended ? counted : waiting(counted, op);
  results.push({ answer: { entered: true }, next });
  if (!ended) results.push({ answer: { queued: true }, next });
  return results;
}

/** The arrival waits, and is remembered if it is to hear that its participant leaves. */
function waiting(tree: BarrierTree, op: BarrierOp): BarrierTree {
  if (op.arrival === 0) return tree;
  const b = barrierOf(tree, op.barrier)!;
  const members = b.members.map((m) =>
    m.name === op.participant ? { ...m, waiting: [...m.waiting, op.arrival] } : m,
  );
  return replaced(tree, { ...b, members });
}

/** What an arrival may hear. */
function heard(tree: BarrierTree, b: BarrierNow | undefined, op: BarrierOp): readonly Result[] {
  const { generation } = op;
  const result = (outcome: string): Result => ({ answer: { outcome, generation }, next: tree });
  const results: Result[] = [];
  const outcome = b?.creation === op.creation ? outcomeOf(b, generation) : undefined;
  if (outcome !== undefined) results.push(result(outcome));
  if (tree.left.includes(op.arrival)) results.push(result('left'));
  // Destroying a barrier breaks its generation.
  if (
    tree.gone.some(
      ([name, creation, g]) => name === op.barrier && creation === op.creation && g === generation,
    )
  ) {
    results.push(result('broken'));
  }
  return results;
}

/** A session ended: who took part in it has left. If it expired, maybe more do in the same entry, and then nobody has looked at what that changes. */
function ended(tree: BarrierTree, op: BarrierOp): readonly BarrierTree[] {
  const unknown = tree.barriers.flatMap((b) =>
    b.members.filter((m) => isUnclear(b, m, op)).map((m) => `${b.name} ${m.name}`),
  );
  const trees: BarrierTree[] = [];
  for (let chosen = 0; chosen < 1 << unknown.length; chosen += 1) {
    const also = new Set(unknown.filter((_, i) => (chosen & (1 << i)) !== 0));
    const left = without(
      tree,
      (b, m) => (m.session === op.session && op.session > 0) || also.has(`${b.name} ${m.name}`),
    );
    const emptied = [...(tree.unsettled ?? []), ...left.emptied];
    const after = settled(left.tree, emptied);
    const open = { ...left.tree, unsettled: emptied };
    trees.push(after);
    if (op.expired && nameOf({ ...open, unsettled: null }) !== nameOf(after)) trees.push(open);
  }
  return trees;
}

/** Whether nobody knows if it was this session that a participant was of. */
function isUnclear(b: BarrierNow, m: BarrierMember, op: BarrierOp): boolean {
  if (m.session > 0) return false;
  return op.session > 0 || (b.name === op.barrier && m.name === op.participant);
}

function memberOf(b: BarrierNow, op: BarrierOp): BarrierMember | undefined {
  return b.members.find((m) => m.name === op.participant);
}

function mayBeOf(m: BarrierMember, op: BarrierOp): boolean {
  return m.session === op.session || m.session === 0 || op.session === 0;
}

function mayBeOfAnother(m: BarrierMember, op: BarrierOp): boolean {
  return m.session !== op.session || m.session === 0;
}

/** Whether the same is in both, in whatever order. */
function isSame(a: object, b: object): boolean {
  const inOrder = (o: object): string =>
    JSON.stringify(Object.entries(o).sort(([x], [y]) => (x < y ? -1 : 1)));
  return inOrder(a) === inOrder(b);
}

/** The trees without those that another stands for. */
function undominated(trees: readonly BarrierTree[]): BarrierTree[] {
  const kept: BarrierTree[] = [];
  for (const one of trees) {
    if (kept.some((k) => stands(k, one))) continue;
    kept.splice(0, kept.length, ...kept.filter((k) => !stands(one, k)), one);
  }
  return kept;
}

function describeAsked(op: BarrierOp): string {
  const who = `${op.participant}${op.session === 0 ? '' : ` in session ${op.session}`}`;
  switch (op.f) {
    case 'end':
      return op.session === 0 ? `session of ${op.participant} ends` : `session ${op.session} ends`;
    case 'create':
      return `create ${op.barrier}${op.terms!.parent === '' ? '' : ` below ${op.terms!.parent}`}`;
    case 'arriveIn':
      return `${who} arrives at ${op.barrier} for ${op.generation}`;
    case 'arriveOut':
      return `${who} waits at ${op.barrier} for ${op.generation}`;
    case 'reset':
      return `reset ${op.barrier}, generation ${op.generation}`;
    case 'destroy':
      return `destroy ${op.barrier}`;
    default:
      return `${op.f} ${who} at ${op.barrier}`;
  }
}

function describeAnswer(value: BarrierValue): string {
  const { generation = 0 } = value;
  if (value.error !== undefined) return value.error;
  if (value.queued === true) return 'waits';
  if (value.entered === true) return 'accepted';
  if (value.creation !== undefined) return `creation ${value.creation}, generation ${generation}`;
  if (value.registered === true) return `takes part from ${generation} on`;
  if (value.reset !== undefined) return `${value.reset ? 'is' : 'was'} at ${generation}`;
  return value.outcome ?? 'done';
}

function describeTree(tree: BarrierTree): string {
  if (tree.barriers.length === 0) return 'no barrier';
  return tree.barriers
    .map(({ name, generation, broken, members, outcomes }) => {
      const there = members.filter((m) => m.arrived).map((m) => m.name);
      const before = outcomes.at(broken ? -2 : -1);
      const told = before === undefined ? '' : `, ${before[0]} ${before[1]}`;
      return `${name} at ${generation}${broken ? ' broken' : ''} (${there.length} of ${members.length} arrived${there.length === 0 ? '' : `: ${there.join(', ')}`}${told})`;
    })
    .join(', ');
}
