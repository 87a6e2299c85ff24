/**
 * Tells what is observed, in sentences, chapter by chapter. Nothing is told that was not observed: each line keeps the observation that it speaks of.
 */
import type { Envelope, KnownObservation } from '../../core/observe.ts';
import { LogOrder } from '../../properties/coordination/log-order.ts';
import type { On } from '../reach-of-run.ts';
import type { Reach } from '../scenario.ts';
import { cues } from './script.ts';

/** One sentence. */
export interface Line {
  readonly atUs: number;
  /** `n0` …, `c0` …: whose it is. */
  readonly host: string;
  readonly text: string;
  /** A mark of how it is to be taken. */
  readonly mood: 'plain' | 'good' | 'bad' | 'strong';
  /** What each server was then. */
  readonly lanes: readonly ('leader' | 'follower' | 'down')[];
  /** What it speaks of, as observed. */
  readonly of: KnownObservation;
}

/** A chapter of the story. */
export interface Chapter {
  readonly title: string;
  readonly lines: Line[];
}

const titles: { readonly [K in keyof typeof cues]?: string } = {
  election: 'A leader is elected',
  replication: 'An entry is replicated',
  failover: 'The leader dies, and another takes over',
  snapshot: 'A replica was away for too long, and gets a snapshot',
  lock: 'A lock, and a holder who sleeps through its lease',
  barriers: 'Barriers: full, partial, timed, cascading',
  conflicts: 'Concurrent writes, under each strategy',
};

const servers = 3;

/** Listens to a run and makes a story of it. */
export class Narrator {
  readonly chapters: Chapter[] = [];
  readonly #told: (chapter: Chapter | null, line: Line) => void;
  readonly #lanes: Line['lanes'][number][] = Array.from({ length: servers }, () => 'follower');
  readonly #sessions = new Map<number, string>();
  readonly #asked = new Map<number, unknown>();
  readonly #order = new LogOrder();
  #snapshots = 0;
  /** The entry that is followed through the second chapter, and whether its client has heard. */
  #followed = 0;
  #heard = false;

  /** @param told hears each line as it is told, with its chapter where it begins one */
  constructor(told: (chapter: Chapter | null, line: Line) => void) {
    this.#told = told;
  }

  /** As a reach, the way in which a run shows itself. */
  get reach(): Reach {
    const on = this.#handlers() as {
      readonly [kind: string]: (observation: never, envelope: Envelope) => void;
    };
    return { name: 'told', sentence: 'The story was told.', watch: () => ({ on }) };
  }

  #cue(atUs: number): keyof typeof cues {
    const names = Object.keys(cues) as (keyof typeof cues)[];
    return names.filter((name) => cues[name] * 1_000 <= atUs).at(-1)!;
  }

  #tell(of: KnownObservation, e: Envelope, text: string, mood: Line['mood'] = 'plain'): void {
    const title = titles[this.#cue(e.at)];
    if (title === undefined) return;
    let chapter = this.chapters.at(-1);
    const begins = chapter?.title !== title;
    if (begins || chapter === undefined) this.chapters.push((chapter = { title, lines: [] }));
    const host = e.node < servers ? `n${e.node}` : `c${e.node - servers}`;
    const line: Line = { atUs: e.at, host, text, mood, lanes: [...this.#lanes], of };
    chapter.lines.push(line);
    this.#told(begins ? chapter : null, line);
  }

  #who(session: number): string {
    return this.#sessions.get(session) ?? `session ${session}`;
  }

  #handlers(): On {
    return {
      ...this.#raft(),
      ...this.#clients(),
      ...this.#locks(),
      ...this.#barriers(),
      ...this.#conflicts(),
    };
  }

  #raft(): On {
    const early = (e: Envelope): boolean => ['election', 'failover'].includes(this.#cue(e.at));
    return {
      campaigned: (o, e) => {
        if (early(e))
          this.#tell(o, e, o.pre ? `asks whether it would win term ${o.term}` : `stands for term ${o.term}`);
      },
      voted: (o, e) => {
        if (early(e) && o.candidate !== e.node)
          this.#tell(o, e, `votes for n${o.candidate} in term ${o.term}`);
      },
      leaderElected: (o, e) => {
        this.#lanes[e.node] = 'leader';
        this.#tell(o, e, `leads term ${o.term}; its log ends at ${o.lastIndex}`, 'good');
      },
      steppedDown: (o, e) => {
        this.#lanes[e.node] = 'follower';
        this.#tell(o, e, `gives up term ${o.term}: ${o.reason}, ${o.uncommitted} entries uncommitted`, 'bad');
      },
      logTruncated: (o, e) =>
        this.#tell(o, e, `cuts entries ${o.from} to ${o.last}, which were never committed`, 'bad'),
      entryAppended: (o, e) => {
        if (this.#cue(e.at) !== 'replication' || o.entry !== 'command') return;
        if (o.leading && !this.#heard) this.#followed = o.index;
        if (o.index === this.#followed && !this.#heard)
          this.#tell(o, e, `appends entry ${o.index} of term ${o.term}`);
      },
      committed: (o, e) => {
        if (this.#cue(e.at) !== 'replication' || !o.leading || this.#heard) return;
        this.#tell(o, e, `commits up to ${o.index}: a majority has it on disk`, 'good');
      },
      snapshotTaken: (o, e) => {
        this.#snapshots += 1;
        if (this.#cue(e.at) === 'snapshot' && this.#snapshots <= 6)
          this.#tell(o, e, `keeps a snapshot at ${o.index}, and drops the log behind it`);
      },
      snapshotRestored: (o, e) => {
        if (o.from === 'leader')
          this.#tell(o, e, `has missed what the leader dropped: installs its snapshot at ${o.index}`, 'good');
        else this.#tell(o, e, `starts from its own snapshot at ${o.index}`);
      },
      crashed: (o, e) => {
        if (e.node < servers) this.#lanes[e.node] = 'down';
        this.#tell(o, e, e.node < servers ? 'goes down' : 'dies', 'bad');
      },
      recovered: (o, e) => {
        this.#lanes[e.node] = 'follower';
        if (e.boot > 1) this.#tell(o, e, `is back: term ${o.term}, log up to ${o.base + o.terms.length}`);
      },
    };
  }

  #clients(): On {
    return {
      invoked: (o) => void this.#asked.set(o.id, o.op),
      completed: (o, e) => {
        if (o.session > 0) this.#sessions.set(o.session, `c${e.node - servers}`);
        const { f, guard, value, key } = (this.#asked.get(o.id) ?? {}) as {
          f?: string;
          guard?: { token: number };
          value?: unknown;
          key?: string;
        };
        const error = (o.value as { error?: unknown } | null)?.error;
        if (f === 'put' && this.#cue(e.at) === 'replication') {
          this.#heard = true;
          this.#tell(o, e, `hears that ${key} = ${String(value)} is committed, at ${o.place}`, 'good');
        }
        if (f === 'put' && guard !== undefined && error === 'STALE_TOKEN') {
          this.#tell(
            o,
            e,
            `hears that token ${guard.token} is stale: "${String(value)}" was not written`,
            'good',
          );
        }
        if (f === 'putSiblings' && o.outcome === 'ok') {
          const answer = o.value as { rejected?: boolean; siblings?: readonly { value: unknown }[] };
          const stands = (answer.siblings ?? []).map((one) => String(one.value)).join(' | ');
          this.#tell(
            o,
            e,
            `${answer.rejected === true ? 'is refused; there stands' : 'hears'} ${key} = ${stands}`,
            answer.rejected === true ? 'bad' : 'plain',
          );
        }
      },
      paused: (o, e) => this.#tell(o, e, 'falls asleep, and believes it holds what it holds', 'bad'),
      resumed: (o, e) => this.#tell(o, e, 'wakes, and goes on as if nothing had been'),
    };
  }

  #locks(): On {
    return {
      lockGranted: (o, e) => {
        if (this.#order.isFirst(o.index, e))
          this.#tell(
            o,
            e,
            `grants ${o.lock} to ${this.#who(o.session)}: token ${o.token}, for ${o.ttlUs / 1e6} s`,
            'strong',
          );
      },
      lockQueued: (o, e) => {
        if (this.#order.isFirst(o.index, e))
          this.#tell(o, e, `lets ${this.#who(o.session)} wait for ${o.lock}`);
      },
      lockFreed: (o, e) => {
        if (!this.#order.isFirst(o.index, e)) return;
        const why = {
          released: 'was released',
          expired: 'ran out of lease',
          'session-ended': 'ended with its session',
        }[o.reason];
        this.#tell(
          o,
          e,
          `the holding of ${o.lock} with token ${o.token} ${why}`,
          o.reason === 'expired' ? 'bad' : 'plain',
        );
      },
      fenceChecked: (o, e) => {
        if (!this.#order.isFirst(o.index, e)) return;
        if (o.passed && o.token !== o.current) {
          this.#tell(
            o,
            e,
            `LETS A ZOMBIE WRITE under token ${o.token}, though the token is ${o.current}`,
            'bad',
          );
        } else if (o.passed) this.#tell(o, e, `applies a write under token ${o.token}`);
        else this.#tell(o, e, `refuses a write under token ${o.token}: the token is ${o.current}`, 'strong');
      },
    };
  }

  #barriers(): On {
    return {
      barrierArrived: (o, e) => {
        if (this.#order.isFirst(o.index, e))
          this.#tell(o, e, `${o.participant} arrives at ${o.barrier}, generation ${o.generation}`);
      },
      barrierTripped: (o, e) => {
        if (this.#order.isFirst(o.index, e))
          this.#tell(o, e, `${o.barrier} trips: ${o.arrived} of ${o.participants} are there`, 'good');
      },
      barrierBroken: (o, e) => {
        if (this.#order.isFirst(o.index, e))
          this.#tell(o, e, `${o.barrier} breaks, generation ${o.generation}: ${o.reason}`, 'bad');
      },
    };
  }

  #conflicts(): On {
    return {
      siblingsWritten: (o, e) => {
        if (!this.#order.isFirst(o.index, e)) return;
        const how =
          o.merged.length > 0
            ? `merges ${o.merged.join(' and ')} into ${String(o.value)}`
            : o.kept.length > 1
              ? `keeps ${o.kept.length} values side by side`
              : o.removed.length > 0
                ? `replaces what was concurrent`
                : 'writes';
        this.#tell(o, e, `${o.key} (${o.strategy}): ${how}, dot ${o.actor}:${o.counter}`);
      },
    };
  }
}
