/**
 * How much of a recorded history is taken. A history comes from outside, and may be huge or hostile; each limit is far above what real
 * ones need, and each has an error of its own. Memory is then bounded by them: while events are read one by one, by one event and the
 * operations that are open; where all operations are kept, by their number.
 */
export interface HistoryLimits {
  /** Characters of one event: a line, or a form of EDN. Beyond: `EVENT_TOO_LONG`. */
  readonly eventChars: number;
  /** Brackets within brackets of one event. Beyond: `NESTED_TOO_DEEP`. */
  readonly nesting: number;
  /** Operations in all. Beyond: `TOO_MANY_OPERATIONS`. */
  readonly operations: number;
  /** Operations that are open or of unknown result at any one time; both stay with a checker. Beyond: `TOO_MANY_PENDING`. */
  readonly pending: number;
}

/** What is used where nothing is said: 16 Mi characters an event, 64 brackets, 10 million operations, 200,000 of them pending. */
export const historyLimits: HistoryLimits = {
  eventChars: 16 * 1024 * 1024,
  nesting: 64,
  operations: 10_000_000,
  pending: 200_000,
};
