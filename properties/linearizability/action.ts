/**
 * An operation as a search handles it: what was asked, what is known of the answer, and what follows from that alone. Of a completed
 * operation there is one action, open from its invocation to its return; operations of unknown result that are alike share one.
 */
export class Action {
  readonly op: unknown;
  /** `undefined`: unknown. */
  readonly value: unknown;
  /** Changes no state. */
  readonly isRead: boolean;
  /** A version that it tells, or Infinity. */
  readonly rank: number;
  /** Distinguishes actions. */
  readonly serial: number;
  /** The only state in which it is legal, or −1: more than one, or not known; and the only one that it leaves, likewise. */
  from = -1;
  to = -1;
  /** Legal in every state, and `to` follows whatever that was. */
  isBlind = false;
  /** How often what `from` and `to` say was compared with what the model does. */
  looks = 0;
  /** Completed: its bit while it is open. Unknown: its number among those. */
  slot = -1;
  /** Completed: its place among the returns. */
  returns = 0;
  /** Completed: shared with those that asked and heard the same; `null` until somebody wants to know. */
  likeness: Likeness | null = null;
  /** Unknown: how many alike were invoked, without those that every configuration has used. */
  invoked = 0;
  /** Unknown: whether something needed it. */
  isUseful = false;

  constructor(op: unknown, value: unknown, isRead: boolean, rank: number, serial: number) {
    this.op = op;
    this.value = value;
    this.isRead = isRead;
    this.rank = rank;
    this.serial = serial;
  }

  /** Whether `from` and `to` say all that it does. */
  get isPlain(): boolean {
    return this.isBlind || (this.from >= 0 && (this.isRead || this.to >= 0));
  }

  /** States have other numbers now. @param now by old number: the new one, or −1 if it was forgotten */
  renumber(now: Int32Array): void {
    if (this.from >= 0) this.from = now[this.from]!;
    if (this.to >= 0) this.to = now[this.to]!;
  }
}

/** What actions share that asked and heard the same. */
export interface Likeness {
  /** The expansion of a configuration in which one of them was met last. */
  metIn: number;
}
