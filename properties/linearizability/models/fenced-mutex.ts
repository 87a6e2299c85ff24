/**
 * A lock whose every grant has a token, a whole number greater than all before it, by which others can refuse who held it once (Hazelcast's fenced
 * lock, as Jepsen judges it). `acquire` answers the token; or `false`, without effect, if it is held, by whomever. `release`
 * answers `true`; or `false`, without effect, if the client does not hold it.
 *
 * A grant of unknown result has an unknown token. It is at least one above the last, and since any greater one would do, the least loses nothing.
 */
import type { Model } from '../model.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';
import { answered } from './mutex.ts';
import type { Owned } from './owned.ts';
import { clientOf, demandClient, nameOfClient, withClients } from './owned.ts';

/** What is asked of it. */
export type FencedMutexOp = Owned & { readonly f: 'acquire' | 'release' };

/** An acquire answers its token, or `false`; a release whether it was done. */
export type FencedMutexValue = number | boolean;

/** Who holds it, and the least that the last token can be; 0 before the first. */
export interface FencedMutexState {
  readonly owner: string | number | null;
  readonly last: number;
}

/** The model `fenced-mutex`. */
export const fencedMutex: Model<FencedMutexState, FencedMutexOp, FencedMutexValue> = {
  name: 'fenced-mutex',
  init: () => ({ owner: null, last: 0 }),
  key: keyOf,
  handles: isOneOf('acquire', 'release'),
  prepare: (operations) =>
    withClients(wellFormed(fencedMutex, operations, demandClient), fencedMutex.handles),

  step(state, op, value) {
    const client = clientOf(op);
    const { owner, last } = state;
    if (op.f === 'release') {
      if (value === false) return owner === client ? null : state;
      return owner === client && (value === true || value === undefined) ? { owner: null, last } : null;
    }
    if (value === false) return owner === null ? null : state;
    if (owner !== null) return null;
    if (value === undefined) return { owner: client, last: last + 1 };
    return typeof value === 'number' && Number.isInteger(value) && value > last
      ? { owner: client, last: value }
      : null;
  },

  identity: ({ owner, last }) => (owner === null ? last : `${last} ${nameOfClient(owner)}`),
  readOnly: (_op, value) => value === false,
  rank: (op, value) => (op.f === 'acquire' && typeof value === 'number' ? value : undefined),
  covers: (a, b) => a.owner === b.owner && a.last <= b.last,

  describe: (op, value) =>
    `${asked(op.f, op)} by ${op.client}${typeof value === 'number' ? ` → token ${value}` : answered(value)}`,
  describeState: ({ owner, last }) =>
    `${owner === null ? 'free' : `held by ${owner}`} (last token at least ${last})`,
};
