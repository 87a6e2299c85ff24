/** The decisions about registers with siblings, one function each. The machine calls the rules that it was created with. */
import { limits } from '../../errors.ts';
import type { VersionClock, Dot } from './dotted-clock.ts';
import { covers } from './dotted-clock.ts';

/** A value and what is known of its write. */
export interface Written {
  readonly index: number;
  readonly wallUs: number;
}

/** The decisions about siblings. */
export const siblingRules = {
  /** The counter of an actor's next write of a key: one that none of its writes or deletes there has had (riak_kv#679). */
  nextCounter(clock: VersionClock, actor: string): number {
    return (clock.get(actor) ?? 0) + 1;
  },

  /** The clock that stays behind a delete: all of it, else the next write of an actor would be taken for an old one. */
  tombstone(clock: VersionClock): VersionClock {
    return clock;
  },

  /** The clock that is kept: nothing is ever pruned from it (riak_core#613). */
  kept(clock: VersionClock): VersionClock {
    return clock;
  },

  /** Whether a write that carries a context replaces a value: what it has seen. */
  replaces(context: VersionClock, dot: Dot): boolean {
    return covers(context, dot);
  },

  /** Under last_writer_wins: whether the write that comes in stands, and not the one that is there. */
  wins(incoming: Written, standing: Written): boolean {
    return incoming.index > standing.index;
  },

  /** Whether a key may have one more value beside so many. */
  mayAddSibling(siblings: number): boolean {
    return siblings < limits.siblings;
  },

  /** Whether a key's clock may name one more actor beside so many. */
  mayAddActor(actors: number): boolean {
    return actors < limits.keyActors;
  },

  /** Whether a new key may be made beside so many. */
  mayAddKey(keys: number): boolean {
    return keys < limits.keys;
  },
};

/** What a planted mistake replaces one of. */
export type SiblingRules = typeof siblingRules;
