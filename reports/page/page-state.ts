/**
 * What stood at the cursor: of every server its role and the end of its log, of every lock, barrier and key its value. `state-at.ts` makes it of a
 * page and an event; `state-html.ts` and `object-html.ts` draw it.
 *
 * It is the state after the event. A value that changed stands beside what it was at the stop before: the step of the story, or the event of the slice,
 * from which a person comes there.
 */

/** The state of a run after one of its events. */
export interface PageState {
  /** Place in `timeline.events`. */
  readonly event: number;
  /** The group of replicas that `columns` and `nodes` are about, and all that the run has. */
  readonly group: number;
  readonly groups: readonly number[];
  /** Indices of the log that are shown, rising and without gaps. The same for every node. */
  readonly columns: readonly LogColumn[];
  /** By host, rising. */
  readonly nodes: readonly NodeState[];
  /** Of all groups, those that the verdict is about first, else in the order of the timeline. */
  readonly locks: readonly LockState[];
  readonly barriers: readonly BarrierState[];
  readonly keys: readonly KeyState[];
}

/** A value, and what it was at the stop before. */
export interface Changing<T> {
  readonly now: T;
  /** Absent where it has not changed since. */
  readonly before?: T;
}

/** An index of the log. */
export interface LogColumn {
  readonly index: number;
  /** What the entry is about, in a word: `noop`, `grant`; '' where it is not known. */
  readonly label: string;
}

/** A role; null where a server has none, because it has not started or is down. */
export type NodeRole = 'leader' | 'follower' | 'candidate' | 'pre-candidate' | null;

/** One server. */
export interface NodeState {
  readonly host: number;
  readonly up: 'up' | 'crashed' | 'paused' | 'stopped';
  readonly role: Changing<NodeRole>;
  readonly term: Changing<number>;
  /** The last index that it knows to be committed; 0: none. */
  readonly commit: Changing<number>;
  /** By place in `columns`; null where its log has no such entry, or the entry went into a snapshot and its term is not known. */
  readonly log: readonly (LogCell | null)[];
}

/** An entry in one server's log. */
export interface LogCell {
  readonly index: number;
  readonly term: number;
  /** Whether this server knows it to be committed. */
  readonly state: 'committed' | 'uncommitted';
  /** Another server has, at this index, an entry of a later term. */
  readonly conflicts: boolean;
  /** It was appended or committed here since the stop before. */
  readonly fresh: boolean;
  /** The verdict is about it, and it is there from now on. */
  readonly violating: boolean;
}

/** A holding of a lock. `nth`: of the lock's grants, from 0; it decides the colour. */
export interface HeldToken {
  readonly token: number;
  readonly nth: number;
  /** The session's holder in words, and its client's host; -1 where it is not known. */
  readonly holder: string;
  readonly host: number;
}

/** A lock, as the machine has it, and as clients believe. */
export interface LockState {
  readonly name: string;
  readonly group: number;
  /** Null: it is free. */
  readonly holding: Changing<HeldToken | null>;
  /** Of the holding's lease, at this instant, in microseconds; null where it is free or its lease is not known. Negative: it is over. */
  readonly leaseLeftUs: number | null;
  /** How long the lease had when it was granted or last renewed; null as above. */
  readonly ttlUs: number | null;
  /** Waiters, the first one first. */
  readonly queue: Changing<readonly string[]>;
  /** Clients that go on under a token now, right or not. `zombie`: the lock is no longer held under it. */
  readonly believers: readonly {
    readonly host: number;
    readonly token: number;
    readonly nth: number;
    readonly zombie: boolean;
  }[];
  /** The verdict is about it. */
  readonly violating: boolean;
}

/** A barrier. */
export interface BarrierState {
  readonly name: string;
  readonly group: number;
  readonly parent: string;
  readonly generation: Changing<number>;
  /** Who is there, in the order of arrival. */
  readonly arrived: Changing<readonly string[]>;
  readonly participants: readonly string[];
  /** Arrivals that trip it; 0 where that is not known. */
  readonly needed: number;
  /** The generation that ended last, and how; null where none did. */
  readonly last: { readonly generation: number; readonly outcome: 'tripped' | 'broken' } | null;
  readonly violating: boolean;
}

/** A key. */
export interface KeyState {
  readonly name: string;
  readonly group: number;
  /** Null: it was never written. */
  readonly value: Changing<KeyValue | null>;
  /** The write that stands now is what the verdict is about. */
  readonly violating: boolean;
}

/** What stands under a key. */
export interface KeyValue {
  /** `"a"`, `3 | 5`, or a list of dots. */
  readonly text: string;
  /** Dots of its siblings, where it has several. */
  readonly dots: readonly string[];
  /** The token under which it was written, and which grant of the lock that was, from 0; 0 and -1: none. */
  readonly token: number;
  readonly nth: number;
}
