/**
 * Clocks order exactly the causal pairs: a write's context covers the writes in its past, all of them and no other. The past is kept here as explicit sets, the slow and
 * obvious way: whoever carries a context had been shown certain siblings and deletes, and knows them, their pasts, and all that they superseded (by
 * overwrite, delete, strategy or merge).
 */
import type { Envelope } from '../../core/observe.ts';
import type { Property } from '../property.ts';
import { LogOrder } from './log-order.ts';

type Clock = readonly (readonly [actor: string, counter: number])[];

interface Known {
  /** By dot: itself, its past and what it superseded. */
  readonly full: Map<string, ReadonlySet<string>>;
  /** By context, as it was shown: what whoever carries it knows. */
  readonly shown: Map<string, ReadonlySet<string>>;
  /** Deletes that no write's context covers yet. */
  deletes: Set<string>;
}

const nothing: ReadonlySet<string> = new Set();

function nameOf(clock: Clock): string {
  return JSON.stringify(clock);
}

function isCovered(clock: ReadonlyMap<string, number>, dot: string): boolean {
  const colon = dot.lastIndexOf(':');
  return Number(dot.slice(colon + 1)) <= (clock.get(dot.slice(0, colon)) ?? 0);
}

/** Contexts cover exactly the causal past of a write; no two writes of a key share a dot. */
export const causality: Property = {
  id: 'causality',
  sentence:
    'The context of a write covers exactly the writes in its causal past, and no two writes of a key have one dot.',
  assumes: ['damage<=f'],
  needs: 'global-order',
  watch(context) {
    const order = new LogOrder();
    const keys = new Map<string, Known>();
    const fail = (message: string, e: Envelope, text: string): void => {
      context.fail(message, [{ at: e.at, node: e.node, text }]);
    };
    return {
      on: {
        siblingsWritten(o, e) {
          if (!order.isFirst(o.index, e)) return;
          let known = keys.get(o.key);
          if (known === undefined)
            keys.set(o.key, (known = { full: new Map(), shown: new Map(), deletes: new Set() }));
          const dot = `${o.actor}:${o.counter}`;
          const text = `${o.operation} ${dot} of ${o.key} at ${o.index}, context ${nameOf(o.carried)}`;
          if (known.full.has(dot)) {
            fail(
              `Two writes of key ${o.key} have the dot ${dot}, the second at index ${o.index}: it reads as old.`,
              e,
              text,
            );
            return;
          }
          const past = o.carried.length === 0 ? nothing : known.shown.get(nameOf(o.carried));
          if (past === undefined) {
            fail(
              `The write of ${o.key} at index ${o.index} carried a context that was never shown: ${nameOf(o.carried)}.`,
              e,
              text,
            );
            return;
          }
          const clock = new Map(o.carried);
          for (const other of known.full.keys()) {
            if (isCovered(clock, other) === past.has(other)) continue;
            fail(
              past.has(other)
                ? `The write ${dot} of ${o.key} at index ${o.index} has ${other} in its past, but its clock does not descend from it.`
                : `The clock of the write ${dot} of ${o.key} at index ${o.index} covers ${other}, which is not in its past.`,
              e,
              text,
            );
            return;
          }
          const full = new Set([dot, ...past]);
          for (const gone of o.removed) for (const one of known.full.get(gone) ?? []) full.add(one);
          known.full.set(dot, full);
          known.deletes = new Set([...known.deletes].filter((one) => !isCovered(clock, one)));
          if (o.operation === 'delete') known.deletes.add(dot);
          const after = new Set<string>();
          for (const one of [...o.kept, ...known.deletes, dot]) {
            for (const other of known.full.get(one) ?? []) after.add(other);
          }
          known.shown.set(nameOf(o.clock), after);
        },
      },
    };
  },
};
