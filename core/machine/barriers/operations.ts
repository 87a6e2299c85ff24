/**
 * What a client asks of barriers.
 *
 * | operation | answer |
 * |---|---|
 * | `createBarrier` barrier [numerator denominator minParticipants timeoutUs parent] | `{ creation, generation }`; again with an equal specification: the same |
 * | `destroyBarrier` barrier creation | `{ destroyed: true }`; its generation breaks |
 * | `register` barrier creation participant | `{ registered: true, generation }` |
 * | `deregister` barrier creation participant | `{ left: true }` |
 * | `arrive` barrier creation participant generation | `{ waiting: true, generation }` first, where it waits; then `{ outcome, generation }`: `tripped`, `broken`, or `left` for whoever leaves while it waits |
 * | `reset` barrier creation generation | `{ generation, reset }`: the number that is current now, and whether this ended the one named |
 *
 * `creation` is the log index at which the barrier was created: another one of the same name is another barrier. A refusal answers `{ error, … }` with the
 * values and changes nothing: `BARRIER_EXISTS`, `UNKNOWN_BARRIER`, `WRONG_CREATION`, `TOO_MANY_BARRIERS`, `TOO_MANY_PARTICIPANTS`, `NOT_REGISTERED`,
 * `ALREADY_REGISTERED`, `FUTURE_GENERATION`, `GENERATION_FORGOTTEN`, `CHILD_BEHIND`, `PARENT_EMPTY`, `PARENT_SELF`, `UNKNOWN_PARENT`, `HAS_CHILDREN`,
 * `BAD_RATIO`, `BAD_MIN_PARTICIPANTS`, `BAD_TIMEOUT`, `NAME_TOO_LONG`.
 */
import type { OperationTable } from '../operation-table.ts';

/** What a barrier is to be; times in microseconds. */
export interface BarrierSpec {
  /** Of the participants so many must arrive: numerator / denominator in (0, 1]; left out: all. */
  readonly numerator?: number;
  readonly denominator?: number;
  /** It does not trip with fewer registered (1). */
  readonly minParticipants?: number;
  /** How long after its first arrival a generation breaks; left out: never. */
  readonly timeoutUs?: number;
  /** The barrier whose generation g must trip before this one's. */
  readonly parent?: string;
}

/** An operation on a barrier. */
export type BarrierOperation =
  | ({ readonly f: 'createBarrier'; readonly barrier: string } & BarrierSpec)
  | { readonly f: 'destroyBarrier'; readonly barrier: string; readonly creation: number }
  | {
      readonly f: 'register' | 'deregister';
      readonly barrier: string;
      readonly creation: number;
      readonly participant: string;
    }
  | {
      readonly f: 'arrive';
      readonly barrier: string;
      readonly creation: number;
      readonly participant: string;
      readonly generation: number;
      /** How long the client is to wait for the outcome, besides the usual; not sent. */
      readonly waitUs?: number;
    }
  | { readonly f: 'reset'; readonly barrier: string; readonly creation: number; readonly generation: number };

const member = [
  ['barrier', 'text'],
  ['creation', 'count'],
  ['participant', 'text'],
] as const;

/** The barrier operations in the log. */
export const barrierOperations = {
  createBarrier: {
    tag: 40,
    fields: [
      ['barrier', 'text'],
      ['numerator', 'count?'],
      ['denominator', 'count?'],
      ['minParticipants', 'count?'],
      ['timeoutUs', 'count?'],
      ['parent', 'text?'],
    ],
  },
  destroyBarrier: {
    tag: 41,
    fields: [
      ['barrier', 'text'],
      ['creation', 'count'],
    ],
  },
  register: { tag: 42, fields: member },
  deregister: { tag: 43, frees: true, fields: member },
  arrive: { tag: 44, fields: [...member, ['generation', 'count']] },
  reset: {
    tag: 45,
    fields: [
      ['barrier', 'text'],
      ['creation', 'count'],
      ['generation', 'count'],
    ],
  },
} as const satisfies OperationTable;
