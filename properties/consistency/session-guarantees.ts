/**
 * The four session guarantees (Terry, Demers, Petersen, Spreitzer, Theimer and Welch, "Session guarantees for weakly consistent
 * replicated data", 1994): what one client can rely on where the whole is not linearizable.
 *
 * Terry and others speak of the set of writes, DB, that an answer rests on, and of the order in which writes are applied everywhere. Neither is
 * in a history, so the question is whether they can have been such. For each answer r that shows the write v(r) of an object:
 *
 * - v(r) is in DB(r), and of all writes of the object in DB(r) it is the last, in the order of the object's writes;
 * - *read your writes*: DB(r) holds every write of the session before r;
 * - *monotonic reads*: DB(r) holds v(q) for every read q of the session before r;
 * - *monotonic writes*: a session's writes of one object stand in its order, and a DB that holds a write holds those of its session before it;
 * - *writes follow reads*: a write stands after v(q), of one object, for every read q of its session before it, and a DB that holds
 *   the write holds v(q), of any object.
 *
 * The orders are one a key: writes of different keys commute. In each, what the key held at first comes first, told versions
 * ascend, and a comparison that succeeded stands after what it replaced. There need not be any real-time order between sessions. Each of the
 * first two is decided by itself. The other two, by themselves, could never be broken by what is read, because nothing would keep
 * a session from going back to an older state; they are decided together with monotonic reads, as Jepsen words them ("all
 * processes observe w1 before w2"), but on keys on which monotonic reads alone cannot hold, with what the answers tell of the order only. All
 * four together are causal consistency (Brzeziński, Sobaniec and Wawrzyniak, "From session causality to causal consistency", 2004).
 *
 * So *violated* is certain: no order of the writes of that key satisfies the guarantee. *Holds* is too, of the answers that were
 * judged: one exists. Where an answer does not say
 * which write it shows, and nothing else is violated, the guarantee is *not applicable*.
 */
import type { Operation } from '../history.ts';
import type { AnyModel, Model } from '../linearizability/model.ts';
import { forPeople } from '../linearizability/for-people.ts';
import type { Dotted } from './dotted-sessions.ts';
import { dottedOf, firstUncounted } from './dotted-sessions.ts';
import type { Guarantee, Observed, Orders, Reason } from './guarantee-orders.ts';
import {
  monotonicReadsOrders,
  monotonicWritesOrders,
  readYourWritesOrders,
  writesFollowReadsOrders,
} from './guarantee-orders.ts';
import type { Step } from './order-graph.ts';
import type { ReadsFrom } from './reads-from.ts';
import { readsFrom } from './reads-from.ts';
import { sessionName, sessionsOf } from './session-order.ts';

export type { Guarantee } from './guarantee-orders.ts';

/** What became of one guarantee. */
export type GuaranteeResult<Op = unknown, Value = unknown> =
  /**
   * Whatever was shown can have been shown under it. `reads`: how many answers say which write they show; `unjudged`: how many others there
   * are, which say something else (a failed comparison, an absence where there are deletes) and were not looked at.
   */
  | { readonly verdict: 'holds'; readonly reads: number; readonly unjudged: number }
  | {
      readonly verdict: 'violated';
      /** `null` where the model has no keys. */
      readonly key: string | number | null;
      /** Those that contradict one another, as told. */
      readonly operations: readonly Operation<Op, Value>[];
      readonly message: string;
    }
  /** Values are not distinct, or no answer shows any: which, and for example which operations. */
  | {
      readonly verdict: 'not-applicable';
      readonly operations: readonly Operation<Op, Value>[];
      readonly message: string;
    }
  /** Too large. */
  | { readonly verdict: 'undecided'; readonly message: string };

/** What became of the four. */
export type SessionGuarantees<Op = unknown, Value = unknown> = Readonly<
  Record<Guarantee, GuaranteeResult<Op, Value>>
>;

/** Their names for people, in the order in which they are told. */
export const guaranteeNames: Readonly<Record<Guarantee, string>> = {
  readYourWrites: 'read your writes',
  monotonicReads: 'monotonic reads',
  monotonicWrites: 'monotonic writes',
  writesFollowReads: 'writes follow reads',
};

/**
 * Which of the four session guarantees a history satisfies; the definitions are at the head of this file. Sessions are those recorded
 * (`Operation.session`), else processes. Time grows with operations times sessions.
 *
 * @param model one with `hindsight` rules that say which value a write leaves and an answer shows, and that the write `overwrites`, as of a register; or `siblings`, whose
 * answers tell dots (`dotted-sessions.ts`); of any other, none of the four is applicable
 * @param operations in any order; ids unique; times of one clock
 */
export function checkSessionGuarantees<State, Op, Value>(
  model: Model<State, Op, Value>,
  operations: readonly Operation<Op, Value>[],
): SessionGuarantees<Op, Value> {
  return check(model, operations) as SessionGuarantees<Op, Value>;
}

function check(model: AnyModel, operations: readonly Operation[]): SessionGuarantees {
  if (model.hindsight?.overwrites !== true) {
    const told = operations.flatMap((o) => (model.handles?.(o.op) === false ? [] : (dottedOf(o) ?? [])));
    if (told.length > 0) return checkDotted(told);
    return notApplicable(`The model ${model.name} does not say which write an answer shows.`);
  }
  const history = readsFrom(model, model.hindsight, model.prepare?.(operations) ?? operations);
  const observed: Observed = { history, sessions: sessionsOf(history.accesses) };
  const readYourWrites = judge(history, readYourWritesOrders(observed));
  const reads = monotonicReadsOrders(observed);
  const torn = new Set(reads.contradictions().map(([step]) => history.versions[step!.from]!.object));
  const followReads = writesFollowReadsOrders(observed, torn);
  return {
    readYourWrites,
    monotonicReads: judge(history, reads),
    monotonicWrites: judge(history, monotonicWritesOrders(observed, torn)),
    writesFollowReads:
      followReads === null
        ? {
            verdict: 'undecided',
            message: `What ${observed.sessions.all.length} sessions had read before each of their writes is too much to hold.`,
          }
        : judge(history, followReads),
  };
}

function notApplicable(message: string): SessionGuarantees {
  const none: GuaranteeResult = { verdict: 'not-applicable', operations: [], message };
  return { readYourWrites: none, monotonicReads: none, monotonicWrites: none, writesFollowReads: none };
}

function checkDotted(told: readonly Dotted[]): SessionGuarantees {
  const judged = (guarantee: Guarantee): GuaranteeResult => {
    const uncounted = firstUncounted(guarantee, told);
    return uncounted === null
      ? { verdict: 'holds', reads: told.length, unjudged: 0 }
      : { verdict: 'violated', ...uncounted };
  };
  return {
    readYourWrites: judged('readYourWrites'),
    monotonicReads: judged('monotonicReads'),
    monotonicWrites: judged('monotonicWrites'),
    writesFollowReads: judged('writesFollowReads'),
  };
}

function judge(history: ReadsFrom, orders: Orders): GuaranteeResult {
  const cycles = orders.contradictions();
  if (cycles.length > 0) return violated(history, simplest(cycles));
  const doubt = history.doubts[0];
  if (doubt !== undefined) {
    return { verdict: 'not-applicable', operations: doubt.operations, message: doubt.message };
  }
  const reads = history.accesses.filter((a) => a.read >= 0).length;
  if (reads === 0 && history.unjudged > 0) {
    return { verdict: 'not-applicable', operations: [], message: 'No answer says which write it shows.' };
  }
  return { verdict: 'holds', reads, unjudged: history.unjudged };
}

/** The one with the fewest operations; of several, the one that was complete first. */
function simplest(cycles: readonly (readonly Step<Reason>[])[]): readonly Step<Reason>[] {
  const told = cycles.map((cycle) => {
    const operations = operationsOf(cycle);
    return { cycle, size: operations.length, at: Math.max(...operations.map(lastHeardOf)) };
  });
  told.sort((a, b) => a.size - b.size || a.at - b.at);
  return told[0]!.cycle;
}

function lastHeardOf(o: Operation): number {
  return o.completedAt === Infinity ? o.invokedAt : o.completedAt;
}

function operationsOf(cycle: readonly Step<Reason>[]): readonly Operation[] {
  const found = new Set<Operation>();
  for (const { reason } of cycle) {
    if (reason === null) continue;
    if (reason.why === 'saw') found.add(reason.by.operation);
    if (reason.operation !== null) found.add(reason.operation);
  }
  return [...found];
}

function violated(history: ReadsFrom, cycle: readonly Step<Reason>[]): GuaranteeResult {
  const { object } = history.versions[cycle[0]!.from]!;
  const key = history.objects[object]!;
  const sentences: string[] = [];
  let from = cycle[0]!.from;
  let first: Reason | null = null;
  for (const { to, reason } of cycle) {
    if (reason?.why === 'had read' || reason?.why === 'wrote') first = reason;
    else if (reason !== null) {
      const sentence = sentenceOf(history, from, to, first, reason);
      if (sentence !== null) sentences.push(sentence);
    }
    if (to < history.versions.length) {
      from = to;
      first = null;
    }
  }
  const of = key === null ? '' : ` of ${forPeople(String(key))}`;
  return {
    verdict: 'violated',
    key,
    operations: operationsOf(cycle),
    message: `${sentences.join('; ')}: no order of the writes${of} allows that.`,
  };
}

/** Why `from` stands no later than `to`; `null`: it goes without saying. */
function sentenceOf(
  history: ReadsFrom,
  from: number,
  to: number,
  first: Reason | null,
  reason: Reason,
): string | null {
  const named = (version: number): string => nameOf(history, version);
  const earlier = first?.operation ?? null;
  const had =
    earlier === null ? '' : `${first?.why === 'wrote' ? 'written' : 'read'} ${named(from)} (#${earlier.id})`;
  const { operation } = reason;
  const who = operation === null ? '' : sessionName(operation);
  switch (reason.why) {
    case 'read':
      return `${who} read ${named(to)} (#${operation!.id}) after it had ${had}`;
    case 'then wrote':
      return `${who} wrote ${named(to)} (#${operation!.id}) after it had ${had}`;
    case 'replaced':
      return `${who} wrote ${named(to)} in place of ${named(from)} (#${operation!.id})`;
    case 'version':
      return `the version of ${named(to)} is told to be greater than that of ${named(from)}`;
    case 'initial':
      return null;
    case 'saw': {
      const { by } = reason;
      const seen = history.versions[by.read]!;
      const shown = nameOf(history, by.read);
      const writer = seen.operation === null ? 'somebody' : sessionName(seen.operation);
      const having =
        by.operation === operation
          ? `${who} read ${shown} (#${operation!.id})`
          : `${who} read ${shown} (#${by.operation.id}) and then ${named(to)} (#${operation!.id})`;
      const reader = earlier === null ? '' : sessionName(earlier);
      const preceding =
        first?.why === 'wrote'
          ? `${writer} had written ${named(from)} (#${earlier?.id}) before`
          : reader === writer
            ? `${writer} had read ${named(from)} (#${earlier?.id}) before it wrote that`
            : `${reader} had read ${named(from)} (#${earlier?.id}) before what ${writer} wrote there came about`;
      return `${having}, and ${preceding}`;
    }
    default:
      return null;
  }
}

function nameOf(history: ReadsFrom, version: number): string {
  const { initial, object, value, rank } = history.versions[version]!;
  const key = history.objects[object]!;
  if (initial) return key === null ? 'the first state' : `the first state of ${key}`;
  const shown = JSON.stringify(value) ?? 'nothing';
  const told = rank === undefined ? '' : ` (version ${rank})`;
  return `${key === null ? shown : `${key} = ${shown}`}${told}`;
}
