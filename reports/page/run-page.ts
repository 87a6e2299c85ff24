/**
 * All that the page of a run draws: plain data, made of a recorded run and its finding by `run-page-of.ts`, carried in the page as JSON. The page
 * itself decides nothing about the run: what is told, selected or left out is decided when this is made.
 *
 * Times are virtual microseconds. `event` is a place in `timeline.events`, not the number of an event of the world. Big parts are columns: all
 * columns of one table have one length.
 */
import type { Story } from '../story-step.ts';

/** Rises when an older page could not be drawn from newer data, or the other way round. */
export const runPageSchemaVersion = 1;

/** What the page of a run is made of. */
export interface RunPage {
  readonly kind: 'run';
  readonly schema: typeof runPageSchemaVersion;
  readonly about: RunAbout;
  readonly verdict: PageVerdict;
  /** The two observations that do not fit; null where nothing was violated. */
  readonly pair: ConflictPair | null;
  readonly story: Story;
  /** By step of the story, its place in `timeline.events`; -1 where it is none (a fault that was a step of no host). */
  readonly storyEvents: readonly number[];
  readonly timeline: Timeline;
  /** Of a run that was judged by a model; else null. */
  readonly linearizability: PlacedHistory | null;
  /** Null where it was not asked for. */
  readonly whatIf: WhatIf | null;
  /** Why not, as the rest of a sentence, where there is more to say than that nobody asked. */
  readonly whatIfLeftOut?: string;
}

/** Which run it was, and how to have it again. */
export interface RunAbout {
  readonly scenario: string;
  readonly seed: number;
  /** 12 hex digits; null where the run never ended. */
  readonly hash: string | null;
  readonly version: string;
  readonly commit: string;
  readonly node: string;
  /** Servers are n0 … , clients c0 … after them. */
  readonly servers: number;
  readonly hosts: number;
  /** Events of the whole run, and when it ended. */
  readonly events: number;
  readonly untilUs: number;
  /** Where it was the lowest of several seeds of its scenario that came to this kind of violation in a campaign: of how many; else null. */
  readonly failingSeeds: number | null;
  /** The command that replays it. */
  readonly command: string;
  /** The text of a Vitest test that runs this seed. */
  readonly vitestTest: string;
}

/** What it came to. */
export interface PageVerdict {
  readonly state: 'violated' | 'undecided' | 'held';
  /** The property that was violated, or is undecided; null where all held. */
  readonly property: string | null;
  /** What that property says, in a sentence; null where it is not known. */
  readonly rule: string | null;
  /** One past-tense sentence (`style.md`, "Words"). */
  readonly sentence: string;
  /** When, and during which event of the world; 0 where nothing was violated. */
  readonly atUs: number;
  readonly seq: number;
  /** The rest that the finding says, line by line. */
  readonly details: readonly string[];
}

/** Expected against observed. */
export interface ConflictPair {
  /** What was asked, or observed, in a few words; null where there is no one operation. */
  readonly subject: string | null;
  /** Who asked, by which request: `c1, request 12 → n3`; null where nobody did. */
  readonly who: string | null;
  readonly expected: ConflictSide;
  readonly observed: ConflictSide;
}

/** One side of the pair. */
export interface ConflictSide {
  /** The value, in the biggest letters of the page: `STALE_TOKEN`, `ok`, `term 4: n1`. */
  readonly answer: string;
  /** Why, or who gave it, in a sentence. */
  readonly reason: string;
  readonly atUs: number;
  readonly node: number | null;
  /** The step of the story that tells it; null where none does. */
  readonly step: number | null;
  /** Index of the log; null where there is none. */
  readonly entry: number | null;
}

/** What happened, on lanes. */
export interface Timeline {
  /** Within it every event and message is there; outside, those of the causal past and of the story, and `density`. */
  readonly window: TimeWindow;
  readonly events: EventTable;
  readonly messages: MessageTable;
  /** The causal slice: places in `events`, rising. Its columns are drawn equally spaced. */
  readonly slice: readonly number[];
  /** Messages outside the window that are not in `messages`; null where all are there. */
  readonly density: Density | null;
  readonly roles: readonly RoleSpan[];
  readonly hostSpans: readonly HostSpan[];
  readonly operations: OperationTable;
  readonly faults: readonly FaultSpan[];
  readonly locks: readonly LockLane[];
  readonly barriers: readonly BarrierLane[];
  readonly keys: readonly KeyLane[];
  readonly log: LogTable;
}

export interface TimeWindow {
  readonly fromUs: number;
  readonly toUs: number;
}

/** Steps: what one host did during one event of the world. In the order of the run. */
export interface EventTable {
  /** Number of the event in the world. */
  readonly seq: readonly number[];
  readonly atUs: readonly number[];
  readonly host: readonly number[];
  /** Place in `kinds`. */
  readonly kind: readonly number[];
  readonly kinds: readonly string[];
  /** Place in `messages` of the message that was received; -1 where none was. */
  readonly message: readonly number[];
  /** The event before it on its host that is in this table; -1 where there is none. With `message` this is happened-before. */
  readonly previous: readonly number[];
  /** 1 where it is in the causal past of the conflict, or is the conflict. */
  readonly past: readonly (0 | 1)[];
  /** In words, of those that anybody may click; by place. */
  readonly texts: { readonly [event: number]: string };
}

/** Messages whose ends, or whose one end, are in `events`. */
export interface MessageTable {
  /** Events that sent and received it; -1: not in the table, or never (it was lost). */
  readonly sent: readonly number[];
  readonly received: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
  /** When it left, and when it arrived (-1: it did not). */
  readonly sentUs: readonly number[];
  readonly receivedUs: readonly number[];
  /** Place in `labels`. */
  readonly label: readonly number[];
  readonly labels: readonly string[];
  /** 1: keeps things as they are (heartbeats, pings); hidden in the causal slice. */
  readonly routine: readonly (0 | 1)[];
}

/** Messages a bin of time, from 0 on. */
export interface Density {
  readonly binUs: number;
  readonly messages: readonly number[];
}

/** A role in a term. */
export interface RoleSpan {
  readonly host: number;
  readonly group: number;
  readonly role: 'leader' | 'follower' | 'candidate' | 'pre-candidate';
  readonly term: number;
  readonly fromUs: number;
  readonly toUs: number;
}

/** A host that was down or stood still, or that a fault cut off from others. */
export interface HostSpan {
  readonly host: number;
  readonly what: 'crashed' | 'paused' | 'stopped';
  readonly fromUs: number;
  readonly toUs: number;
}

/** What clients asked and heard, in the order of asking. */
export interface OperationTable {
  readonly id: readonly number[];
  /** The client's host. */
  readonly host: readonly number[];
  /** Lane of the host, from 0: operations of one lane do not overlap. */
  readonly lane: readonly number[];
  readonly fromUs: readonly number[];
  /** -1: it never ended. */
  readonly toUs: readonly number[];
  readonly outcome: readonly ('ok' | 'fail' | 'unknown')[];
  /** Place in `words`: `put k0 = 3`. */
  readonly asked: readonly number[];
  /** Place in `words`: the answer; -1: none. */
  readonly answered: readonly number[];
  readonly words: readonly string[];
  /** When it took effect (the first replica applied its entry, or a read was served); -1 where that is not known. */
  readonly pointUs: readonly number[];
  /** The fencing token that it named or was given; 0: none. */
  readonly token: readonly number[];
  /** Place in `objects`: the lock, barrier or key that it was about; -1: none. */
  readonly object: readonly number[];
  readonly objects: readonly string[];
  /** Places of those that the verdict is about. */
  readonly violating: readonly number[];
}

/** A fault in force. A partition has `sides`: hosts that hear one another; it is drawn as a wall between lanes. */
export interface FaultSpan {
  readonly fault: string;
  readonly hosts: readonly number[];
  readonly sides: readonly (readonly number[])[] | null;
  /** Of one that cuts links and has no sides, because it cuts them one way, or hosts stand on both: which, as `[from, to]`. Marked on the lanes of nodes. */
  readonly cut: readonly (readonly [from: number, to: number])[];
  readonly fromUs: number;
  /** The end of the run where it lasted. */
  readonly toUs: number;
  /** What it lost, where that is known. */
  readonly lost: number | null;
}

/** A lock: what the machine says, and what clients believe. The gap is the zombie. */
export interface LockLane {
  readonly name: string;
  readonly group: number;
  /** The verdict is about it. */
  readonly violating: boolean;
  /** `nth`: of the lock's grants, from 0. `host`: the client's, -1 where not known. */
  readonly holdings: readonly {
    readonly token: number;
    readonly nth: number;
    readonly session: number;
    readonly holder: string;
    readonly host: number;
    readonly fromUs: number;
    readonly toUs: number;
    /** How it ended; null: it lasted. */
    readonly reason: string | null;
  }[];
  /** Waiters after each change. */
  readonly queue: readonly { readonly atUs: number; readonly waiting: readonly string[] }[];
  /** From when to when a client went on under a token: from the answer that gave it, to its own release or its last use. */
  readonly beliefs: readonly {
    readonly host: number;
    readonly token: number;
    readonly nth: number;
    readonly fromUs: number;
    readonly toUs: number;
    /** When its own lease ran out, as it reckoned; null where that is not known. */
    readonly deadlineUs: number | null;
  }[];
  /** Grants and renewals: how long the lease then had. */
  readonly leases: readonly { readonly atUs: number; readonly token: number; readonly ttlUs: number }[];
}

/** A barrier: generations with who arrived. */
export interface BarrierLane {
  readonly name: string;
  readonly group: number;
  /** The verdict is about it. */
  readonly violating: boolean;
  readonly parent: string;
  readonly generations: readonly {
    readonly generation: number;
    readonly fromUs: number;
    readonly toUs: number;
    readonly outcome: 'tripped' | 'broken' | null;
    /** Of a broken one. */
    readonly reason: string | null;
    /** Each participant once; `untilUs`: when it left the barrier, and counted no more, -1 where it did not. */
    readonly arrived: readonly {
      readonly atUs: number;
      readonly untilUs: number;
      readonly participant: string;
    }[];
  }[];
  /** Participants, and how many of them trip it, after each change. */
  readonly needed: readonly {
    readonly atUs: number;
    readonly participants: readonly string[];
    readonly needed: number;
  }[];
}

/** A key: its values, with their dots where it has siblings. */
export interface KeyLane {
  readonly name: string;
  readonly group: number;
  /** The verdict is about it. */
  readonly violating: boolean;
  readonly values: readonly {
    readonly fromUs: number;
    /** What stands then: `"a"`, `3 | 5`, or a list of dots. */
    readonly text: string;
    readonly dots: readonly string[];
    /** The token under which it was written; 0: none. */
    readonly token: number;
    readonly entry: number;
    /** The write is what the verdict is about. */
    readonly violating: boolean;
  }[];
}

/**
 * Changes of the servers' logs, in the order of the run. Those of steps that are no events stand at the next event: so that the logs are known at every
 * event, though not all steps are there.
 */
export interface LogTable {
  readonly event: readonly number[];
  readonly host: readonly number[];
  readonly group: readonly number[];
  /** Place in `logChanges`. */
  readonly change: readonly number[];
  /** See `LogColumns`: an `appended` may be several entries of one term, up to this one. */
  readonly index: readonly number[];
  /** The entry's term; 0 where it has none. */
  readonly term: readonly number[];
  /** What an entry is about, in a word, for the head of its column: `noop`, `put`, `grant`. By `GROUP:INDEX`. */
  readonly labels: { readonly [groupAndIndex: string]: string };
  /** The index that the verdict is about; 0: none. The group that it is about. */
  readonly violating: number;
  readonly violatingGroup: number;
}

export { logChanges } from '../run-record.ts';

/** What clients asked and heard of one object, judged. */
export interface PlacedHistory {
  readonly model: string;
  /** The object: `l0`, `k3`; null where the model has one object only. */
  readonly key: string | null;
  readonly verdict: 'ok' | 'not-linearizable' | 'undecided';
  /** Operations on it, and those of the smallest part of them that is still not linearizable (0 where all fit). */
  readonly operations: number;
  readonly smaller: number;
  /** Operations of the longest linearizable prefix; where all fit, of the whole; 0 where no order was found in time. */
  readonly fit: number;
  /** The last of these, in an order that explains them, with the model's state after each. */
  readonly placed: readonly PlacedOperation[];
  /** The operations that cannot be placed. */
  readonly unplaced: readonly PlacedOperation[];
  /** The last of the smaller history, the unplaced one among them, in the order of asking. */
  readonly history: readonly PlacedOperation[];
  /** Why, in a sentence without the operation that it is about; '' where all fit. */
  readonly reason: string;
}

export interface PlacedOperation {
  /** As in `operations` of the timeline; −1 − id for the half that was answered by *queued*; far below that, the end of a session. */
  readonly id: number;
  /** −1: nobody's (the end of a session). */
  readonly process: number;
  /** The client's host; −1 where it is not known. */
  readonly host: number;
  /** `put k0 = 3 → version 4` */
  readonly text: string;
  readonly fromUs: number;
  /** -1: it never ended, or with unknown result. */
  readonly toUs: number;
  /** The model's state afterwards; '' for one that cannot be placed. */
  readonly state: string;
}

/** The run again under other circumstances. */
export interface WhatIf {
  readonly without: readonly WithoutFault[];
  readonly reseeded: Reseeded | null;
}

/** Without one fault of the plan, judged up to a little after the violation. */
export interface WithoutFault {
  /** `partition of n0, n1 at 3.741 s` */
  readonly fault: string;
  /** When it began: reseeded runs from before then tell how much the run depends on chance alone. */
  readonly fromUs: number;
  /** `other`: another property was violated. */
  readonly outcome: 'held' | 'still' | 'other' | 'undecided';
  /** Of `other` and `undecided`; else null. */
  readonly property: string | null;
  /** When it was violated; null where it held. */
  readonly atUs: number | null;
}

/** The run up to and with an event, then with other streams of random numbers, judged up to a little after the violation. */
export interface Reseeded {
  readonly runs: number;
  /** Rising; what `runs` came to when reseeded from this instant on. The rest of them held. */
  readonly instants: readonly {
    readonly atUs: number;
    readonly seq: number;
    /** How many broke the same property. */
    readonly violated: number;
    /** How many neither broke it nor held: judged undecided, not run to their end, or ended by something else. */
    readonly undecided: number;
  }[];
  /** The step of the story from which on every reseeded run breaks; null where there is none. */
  readonly inevitableStep: number | null;
  readonly inevitableUs: number | null;
}
