/**
 * What a client asks of registers that keep concurrent values (siblings).
 *
 * | operation | answer |
 * |---|---|
 * | `getSiblings` key | `{ siblings, context }` |
 * | `putSiblings` key actor value [context] | `{ siblings, context }` as they then stand; under *reject*, where something was concurrent, `{ rejected: true, siblings, context }` |
 * | `deleteSiblings` key actor [context] | likewise |
 * | `casSiblings` key actor value context | `{ done, siblings, context }`: done if the context is the one that stands |
 *
 * A sibling is `{ actor, counter, value }`. A context is what a client has seen, `{ key, clock: [[actor, counter] …] }`, by actor: to be handed back as it was
 * given. A refusal answers `{ error, … }` and changes nothing: `CONTEXT_MALFORMED`, `CONTEXT_KEY`, `CONTEXT_AHEAD`, `KEY_ACTORS_FULL`, `SIBLINGS_FULL`,
 * `MERGE_FAILED`, `KEY_TOO_LONG`, `VALUE_TOO_LARGE`, `TOO_MANY_KEYS`.
 */
import type { OperationTable } from '../operation-table.ts';
import type { RegisterValue } from '../registers/registers.ts';

/** What a client has seen of a key. */
export interface Context {
  readonly key: string;
  readonly clock: readonly (readonly [actor: string, counter: number])[];
}

/** An operation on a register with siblings. */
export type SiblingOperation =
  | { readonly f: 'getSiblings'; readonly key: string }
  | {
      readonly f: 'putSiblings';
      readonly key: string;
      /** The client's configured name, the same through its restarts. */
      readonly actor: string;
      readonly value: RegisterValue;
      readonly context?: Context;
      /** The writer's wall clock, for people: nothing rests on it. */
      readonly wallUs?: number;
    }
  | { readonly f: 'deleteSiblings'; readonly key: string; readonly actor: string; readonly context?: Context }
  | {
      readonly f: 'casSiblings';
      readonly key: string;
      readonly actor: string;
      readonly value: RegisterValue;
      readonly context: Context;
    };

/** The sibling operations in the log. */
export const siblingOperations = {
  getSiblings: { tag: 60, fields: [['key', 'text']] },
  putSiblings: {
    tag: 61,
    fields: [
      ['key', 'text'],
      ['actor', 'text'],
      ['value', 'value'],
      ['context', 'plain?'],
      ['wallUs', 'count?'],
    ],
  },
  deleteSiblings: {
    tag: 62,
    fields: [
      ['key', 'text'],
      ['actor', 'text'],
      ['context', 'plain?'],
    ],
  },
  casSiblings: {
    tag: 63,
    fields: [
      ['key', 'text'],
      ['actor', 'text'],
      ['value', 'value'],
      ['context', 'plain'],
    ],
  },
} as const satisfies OperationTable;
