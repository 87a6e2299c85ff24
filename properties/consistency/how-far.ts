/**
 * How far a history falls: linearizable, or if not, still sequentially consistent, or if not even that, what each client could rely on. The
 * first implies the second and the second all of the rest, so that an answer is looked for from the top down.
 */
import type { Operation } from '../history.ts';
import type { CheckOptions, CheckResult } from '../linearizability/check.ts';
import { checkLinearizable } from '../linearizability/check.ts';
import type { Model } from '../linearizability/model.ts';
import type { SequentialResult } from './sequential.ts';
import { checkSequential } from './sequential.ts';
import type { Guarantee, SessionGuarantees } from './session-guarantees.ts';
import { checkSessionGuarantees, guaranteeNames } from './session-guarantees.ts';

/** How far to look, and what is known already. */
export interface HowFarOptions<Op = unknown, Value = unknown> extends CheckOptions {
  /** Budget of the search for sequential consistency, in states (default 1,000,000). */
  readonly maxSequentialStates?: number;
  /** What `checkLinearizable` said of the same history, where it was asked already. */
  readonly linearizable?: CheckResult<Op, Value>;
}

/** How far a history falls. */
export interface HowFar<Op = unknown, Value = unknown> {
  readonly linearizable: CheckResult<Op, Value>;
  /** `null`: it is linearizable, and so sequentially consistent. Where a session guarantee rules it out, that is the reason told. */
  readonly sequential: SequentialResult<Op, Value> | null;
  readonly sessionGuarantees: SessionGuarantees<Op, Value>;
  /** The whole in one sentence, without reasons. */
  readonly summary: string;
}

const guarantees: readonly Guarantee[] = [
  'readYourWrites',
  'monotonicReads',
  'monotonicWrites',
  'writesFollowReads',
];

/**
 * Judges a history by linearizability, sequential consistency and the four session guarantees.
 *
 * @param operations as for `checkLinearizable`
 * @throws what `checkLinearizable` throws; RangeError if `maxSequentialStates` is no whole number of at least 1
 */
export function howFar<State, Op, Value>(
  model: Model<State, Op, Value>,
  operations: readonly Operation<Op, Value>[],
  options: HowFarOptions<Op, Value> = {},
): HowFar<Op, Value> {
  const linearizable = options.linearizable ?? checkLinearizable(model, operations, options);
  const sessionGuarantees = checkSessionGuarantees(model, operations);
  const sequential =
    linearizable.verdict === 'ok' ? null : judgeSequential(model, operations, sessionGuarantees, options);
  return {
    linearizable,
    sequential,
    sessionGuarantees,
    summary: summaryOf(linearizable, sequential, sessionGuarantees),
  };
}

/** Where sessions are processes, an order that keeps each process's own satisfies every session guarantee. */
function judgeSequential<State, Op, Value>(
  model: Model<State, Op, Value>,
  operations: readonly Operation<Op, Value>[],
  sessions: SessionGuarantees<Op, Value>,
  { maxSequentialStates, onProgress }: HowFarOptions<Op, Value>,
): SequentialResult<Op, Value> {
  if (operations.every((o) => o.session === undefined || o.session === 0)) {
    for (const guarantee of guarantees) {
      const result = sessions[guarantee];
      if (result.verdict !== 'violated') continue;
      return { verdict: 'violated', states: 0, operations: result.operations, message: result.message };
    }
  }
  return checkSequential(model, operations, {
    ...(maxSequentialStates !== undefined && { maxStates: maxSequentialStates }),
    ...(onProgress !== undefined && { onProgress }),
  });
}

function summaryOf(
  linearizable: CheckResult,
  sequential: SequentialResult | null,
  sessions: SessionGuarantees,
): string {
  if (linearizable.verdict === 'ok') return 'Linearizable.';
  // What is not even less is not more: real time orders what sessions and processes do.
  const fallen =
    linearizable.verdict === 'violation' ||
    sequential?.verdict === 'violated' ||
    guarantees.some((g) => sessions[g].verdict === 'violated');
  const top = fallen ? 'Not linearizable' : 'Linearizable or not: undecided';
  if (sequential === null || sequential.verdict === 'holds') {
    const stale = fallen
      ? ': in another order than that of real time, but every process saw the same one'
      : '';
    return `${top}; sequentially consistent${stale}.`;
  }
  const next =
    sequential.verdict === 'violated'
      ? 'not sequentially consistent'
      : 'sequentially consistent or not: undecided';
  const named = (verdict: string): readonly string[] =>
    guarantees.filter((g) => sessions[g].verdict === verdict).map((g) => guaranteeNames[g]);
  if (named('not-applicable').length === guarantees.length) {
    return `${top}; ${next}. The session guarantees cannot be told: no answer says which write it shows, or not which of several.`;
  }
  const unjudged = Math.max(
    ...guarantees.map((g) => {
      const result = sessions[g];
      return result.verdict === 'holds' ? result.unjudged : 0;
    }),
  );
  const asFar =
    unjudged === 0 ? '' : ` (${unjudged} ${unjudged === 1 ? 'answer was' : 'answers were'} not judged)`;
  const parts = [
    said(named('holds'), `holds${asFar}`, `hold${asFar}`),
    said(named('violated'), 'is violated', 'are violated'),
    said(named('undecided'), 'is undecided', 'are undecided'),
    said(named('not-applicable'), 'cannot be told', 'cannot be told'),
  ].filter((part) => part !== '');
  return `${top}; ${next}. Of the session guarantees, ${parts.join('; ')}.`;
}

/** `a, b and c hold`. */
function said(names: readonly string[], one: string, several: string): string {
  if (names.length === 0) return '';
  const last = names.at(-1)!;
  const list = names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
  return `${list} ${names.length === 1 ? one : several}`;
}
