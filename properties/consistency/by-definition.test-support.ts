/**
 * The definitions at the head of `session-guarantees.ts`, tried out: every order of the writes of a key, every set of writes spelled out. Slow,
 * obviously right, and of no code in common with what it judges.
 */
import type { Operation } from '../history.ts';
import type { PlainOp, PlainValue } from './weak-history.test-support.ts';

/** One operation as the definitions see it. */
export interface Seen {
  readonly session: string;
  readonly from: number;
  /** Infinity: it precedes nothing. */
  readonly until: number;
  readonly key: string;
  /** What it wrote, if it is a write: values are distinct. */
  readonly wrote: number | null;
  /** What a read showed: a value, or `null` for the first state. `undefined`: it is no read. */
  readonly read: number | null | undefined;
  /** The version it wrote, where told. */
  readonly version?: number;
}

/** A plain register's history as the definitions see it. */
export function seenOf(history: readonly Operation<PlainOp, PlainValue>[]): readonly Seen[] {
  return history.map((o) => ({
    session: o.session === undefined ? `p${o.process}` : `s${o.session}`,
    from: o.invokedAt,
    until: o.outcome === 'ok' ? o.completedAt : Infinity,
    key: o.op.key,
    wrote: o.op.f === 'write' ? o.op.value : o.op.f === 'cas' ? o.op.to : null,
    read:
      o.outcome !== 'ok'
        ? undefined
        : o.op.f === 'read'
          ? (o.value as number | null)
          : o.op.f === 'cas'
            ? o.op.from
            : undefined,
  }));
}

/** Which of the guarantees are in force. */
export interface InForce {
  readonly readYourWrites?: boolean;
  readonly monotonicReads?: boolean;
  readonly monotonicWrites?: boolean;
  readonly writesFollowReads?: boolean;
}

/** For each of the four: whether it holds, as defined. */
export function guaranteesByDefinition(history: readonly Seen[]): Required<InForce> {
  const keys = [...new Set(history.map((o) => o.key))];
  const torn = new Set(keys.filter((key) => !hasOrder(history, key, { monotonicReads: true }, false)));
  const together = (force: InForce): boolean =>
    keys.every((key) => hasOrder(history, key, { ...force, monotonicReads: true }, torn.has(key)));
  return {
    readYourWrites: keys.every((key) => hasOrder(history, key, { readYourWrites: true }, false)),
    monotonicReads: torn.size === 0,
    monotonicWrites: together({ monotonicWrites: true }),
    writesFollowReads: together({ writesFollowReads: true }),
  };
}

function precedes(a: Seen, b: Seen): boolean {
  return a.session === b.session && a.until < b.from;
}

/** The writes that an answer rests on. */
function databaseOf(history: readonly Seen[], r: Seen, force: InForce): ReadonlySet<Seen> {
  const shownBy = (q: Seen): Seen | undefined =>
    typeof q.read === 'number' ? history.find((w) => w.wrote === q.read) : undefined;
  const database = new Set<Seen>();
  const add = (w: Seen | undefined): void => {
    if (w !== undefined) database.add(w);
  };
  add(shownBy(r));
  for (const o of history) {
    if (!precedes(o, r)) continue;
    if (force.readYourWrites === true && o.wrote !== null) add(o);
    if (force.monotonicReads === true) add(shownBy(o));
  }
  for (let size = -1; size < database.size;) {
    size = database.size;
    for (const w of [...database]) {
      for (const o of history) {
        if (!precedes(o, w)) continue;
        if (force.monotonicWrites === true && o.wrote !== null) add(o);
        if (force.writesFollowReads === true) add(shownBy(o));
      }
    }
  }
  return database;
}

function hasOrder(history: readonly Seen[], key: string, force: InForce, readsDoNotCount: boolean): boolean {
  const ofKey = history.filter((o) => o.key === key);
  const writes = ofKey.filter((o) => o.wrote !== null);
  const reads = ofKey.filter((o) => o.read !== undefined && o.wrote === null);
  const databases = reads.map((r) =>
    [...databaseOf(history, r, force)].filter((w) => w.key === key).map((w) => w.wrote!),
  );
  return permutations(writes).some((order) => {
    const place = (value: number | null): number => order.findIndex((w) => w.wrote === value);
    const isOrder = order.every((w, i) =>
      order.every((earlier, j) => j >= i || (earlier.version ?? -1) <= (w.version ?? Infinity)),
    );
    const replaces = writes.every((w) => w.read === undefined || place(w.read) < place(w.wrote));
    const inOrder = writes.every((w) =>
      ofKey.every((o) => {
        if (!precedes(o, w)) return true;
        if (force.monotonicWrites === true && o.wrote !== null && place(o.wrote) >= place(w.wrote))
          return false;
        return (
          force.writesFollowReads !== true || typeof o.read !== 'number' || place(o.read) < place(w.wrote)
        );
      }),
    );
    const shown = reads.every((r, i) => databases[i]!.every((value) => place(value) <= place(r.read!)));
    // A comparison that succeeded is an answer too.
    const compared = writes.every(
      (w) =>
        w.read === undefined ||
        [...databaseOf(history, w, force)].every((d) => d.key !== key || place(d.wrote) <= place(w.read!)),
    );
    return isOrder && replaces && inOrder && (readsDoNotCount || (shown && compared));
  });
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
