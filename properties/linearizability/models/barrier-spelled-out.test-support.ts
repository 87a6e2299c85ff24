/** A history of barriers as brute force sees it: arrivals in two, ends of sessions among the operations, deadlines that pass unseen. */
import type { Operation } from '../../history.ts';
import type { Relation } from '../brute-force.test-support.ts';
import type {
  Answer,
  BarrierHistory,
  BarrierOperation,
  SmallTree,
  Step,
} from './barrier-steps.test-support.ts';
import { copied, nothing, rest, steps, timeOut } from './barrier-steps.test-support.ts';

const sessionTtlUs = 30_000_000;

/** What brute force is asked about: the steps of a history of one tree, each by itself, and what may come of each. */
export interface SpelledOut {
  readonly operations: readonly Operation[];
  readonly relation: Relation<SmallTree>;
}

/** Arrivals in two, ends of sessions among the operations; creations up to one more than any that was named. */
export function spelledOut(history: BarrierHistory): SpelledOut {
  const operations: Operation[] = [];
  const clocks = new Map<unknown, { readonly from: number; readonly to: number }>();
  const add = (o: Operation, step: Step, times: { invokedUs?: number; completedUs?: number } = o): void => {
    clocks.set(step, {
      from: times.invokedUs ?? 0,
      to: o.outcome === 'ok' ? (times.completedUs ?? Infinity) : Infinity,
    });
    operations.push({ ...o, op: step });
  };
  for (const o of history) {
    const { op, id, outcome } = o;
    const s = o.session!;
    const us = o.invokedUs!;
    const step: Step = { id, f: op.f, op, s, us };
    if (op.f === 'close' || op.f === 'sessionEnded') continue;
    if (op.f !== 'arrive') add(o, step);
    else if (op.phase === 'enqueue') add(o, { ...step, id: op.of!, f: 'in' });
    else if (outcome !== 'ok') {
      if (op.phase === undefined) add(o, { ...step, f: 'in' });
    } else if (o.value!.error !== undefined && op.phase === undefined) add(o, { ...step, f: 'in' });
    else {
      if (op.phase === undefined) add({ ...o, id: -1 - id, value: { entered: true } }, { ...step, f: 'in' });
      add(o, { ...step, f: 'out' });
    }
  }
  for (const { o, step } of endsOf(history)) add(o, step);
  const named = history.map((o) =>
    Math.max(o.value?.creation ?? 0, o.value?.current ?? 0, o.op.creation ?? 0),
  );
  const most = Math.max(0, ...named) + 1;
  const relation: Relation<SmallTree> = {
    init: nothing,
    next(state, op, value) {
      const step = op as Step;
      const { from, to } = clocks.get(step)!;
      if (to < state.now) return [];
      const error = (value as Answer | undefined)?.error;
      const asIs = ['SESSION_NOT_OPEN'].includes(String(error));
      const possible = unseen(state, to, step.f === 'end' && step.closed !== true);
      if (asIs) return [state];
      const creations = step.f === 'createBarrier' ? Array.from({ length: most }, (_, i) => i + 1) : [0];
      return possible.flatMap((t) =>
        creations.flatMap((c) =>
          steps(t, { ...step, us: from }, c)
            .filter(
              ({ answer }) =>
                value === undefined || step.f === 'end' || sorted(answer) === sorted(value as Answer),
            )
            .filter(({ answer }) => value !== undefined || answer.error === undefined)
            .map(({ next }) => next),
        ),
      );
    },
  };
  return { operations, relation };
}

const sorted = (answer: Answer): string =>
  JSON.stringify(Object.entries(answer).sort(([a], [b]) => (a < b ? -1 : 1)));

/** What may have happened unseen before a step that is over by `to`: deadlines that passed, and the end of an entry of ends. */
function unseen(t: SmallTree, to: number, isEnd: boolean): readonly SmallTree[] {
  const all = [t];
  for (const one of all) {
    for (const b of one.all) {
      if (b.timeout > 0 && b.since !== null && b.since + b.timeout <= to) all.push(timeOut(one, b.name));
    }
  }
  return all.flatMap((one) => {
    if (one.entry === null) return [one];
    const over = copied(one);
    over.entry = null;
    rest(over, one.entry);
    if (one !== t) return [over];
    return isEnd ? [one] : [];
  });
}

/** The ends of sessions that may have taken part. */
function endsOf(history: BarrierHistory): readonly { readonly o: Operation; readonly step: Step }[] {
  const isApplied = (o: BarrierOperation): boolean =>
    o.outcome === 'ok' && o.op.barrier !== undefined && o.value!.error !== 'SESSION_NOT_OPEN';
  const joins = history.filter(
    (o) => o.op.f === 'register' && (o.outcome === 'info' || o.value!.error === undefined),
  );
  const isClose = (o: BarrierOperation): boolean => o.op.f === 'close' && o.value?.error === undefined;
  const told = history.filter(
    (o) => o.outcome === 'ok' && o.session! > 0 && (o.op.f === 'sessionEnded' || isClose(o)),
  );
  const strangers = joins.filter((o) => o.session === 0);
  const sessions = new Set(joins.filter((o) => o.session! > 0).map((o) => o.session!));
  if (strangers.length > 0) for (const o of told) sessions.add(o.session!);
  const after = (ttl: number, at: number, us: number): number => {
    const earlier = history.flatMap((o) => [
      ...(o.invokedUs! < us + ttl ? [o.invokedAt] : []),
      ...(o.outcome === 'ok' && o.completedUs! < us + ttl ? [o.completedAt] : []),
    ]);
    return Math.max(at, ...earlier.map((x) => x + 0.5));
  };
  const made: { o: Operation; step: Step }[] = [];
  const untold = { process: -1, completedAt: Infinity, outcome: 'info', value: undefined, place: 0 } as const;
  for (const s of sessions) {
    const close = told.find((o) => o.session === s && o.op.f === 'close');
    const end = told.find((o) => o.session === s && o.op.f === 'sessionEnded');
    const applied = history.filter((o) => isApplied(o) && o.session === s);
    const lastAt = Math.max(0, ...applied.map((o) => o.invokedAt));
    const lastUs = Math.max(-Infinity, ...applied.map((o) => o.invokedUs!));
    const maybeClosed = history.some(
      (o) => o.op.f === 'close' && o.outcome === 'info' && (o.session === s || o.session === 0),
    );
    const isClosed = close !== undefined || end?.op.reason === 'closed';
    const step: Step = { id: 0, f: 'end', op: { f: 'close' }, s, us: 0, closed: isClosed };
    const closed = end === undefined ? maybeClosed : end.op.reason === 'closed';
    const from = closed ? lastAt : after(sessionTtlUs, lastAt, lastUs);
    const id = -9_000 - s;
    if (close !== undefined) made.push({ o: close, step });
    else if (end === undefined || from > end.completedAt)
      made.push({ o: { ...untold, id, op: step, invokedAt: from }, step });
    else made.push({ o: { ...end, id, invokedAt: from, value: {} }, step });
  }
  if (told.length > 0) return made;
  for (const o of strangers) {
    const step: Step = {
      id: 0,
      f: 'end',
      op: { f: 'close' },
      s: 0,
      us: 0,
      of: `${o.op.barrier} ${o.op.participant}`,
    };
    const invokedAt = after(sessionTtlUs, o.invokedAt, o.invokedUs!);
    made.push({ o: { ...untold, id: -20_000 - o.id, op: step, invokedAt }, step });
  }
  return made;
}
