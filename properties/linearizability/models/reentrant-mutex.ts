/**
 * A lock that its owner may take again, up to a bound, and frees by as many releases (Hazelcast's re-entrant lock, as Jepsen judges it). `acquire`
 * and `release` answer `true`; or `false`, without effect, if another holds it, or the owner as often as it may; or if one releases what one
 * does not hold.
 */
import type { Model } from '../model.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';
import { answered } from './mutex.ts';
import type { Owned } from './owned.ts';
import { clientOf, demandClient, nameOfClient, withClients } from './owned.ts';

/** What is asked of it. */
export type ReentrantMutexOp = Owned & { readonly f: 'acquire' | 'release' };

/** Who holds it and how often; nobody: 0 times. */
export interface ReentrantMutexState {
  readonly owner: string | number | null;
  readonly holds: number;
}

const free: ReentrantMutexState = { owner: null, holds: 0 };

/**
 * The model `reentrant-mutex` with another bound.
 *
 * @param holdsMax how often its owner may hold it, at least 1
 * @throws RangeError if that is no whole number of at least 1
 */
export function reentrantMutexOf(holdsMax: number): Model<ReentrantMutexState, ReentrantMutexOp, boolean> {
  if (!Number.isSafeInteger(holdsMax) || holdsMax < 1) {
    throw new RangeError(`holdsMax is a whole number of at least 1; got ${String(holdsMax)}.`);
  }
  const handles = isOneOf('acquire', 'release');
  const model: Model<ReentrantMutexState, ReentrantMutexOp, boolean> = {
    name: 'reentrant-mutex',
    init: () => free,
    key: keyOf,
    handles,
    prepare: (operations) => withClients(wellFormed(model, operations, demandClient), handles),

    step(state, op, value) {
      const client = clientOf(op);
      const owns = state.owner === client;
      const can = op.f === 'release' ? owns : state.owner === null || (owns && state.holds < holdsMax);
      if (value === false) return can ? null : state;
      if (!can || (value !== true && value !== undefined)) return null;
      const holds = state.holds + (op.f === 'acquire' ? 1 : -1);
      return holds === 0 ? free : { owner: client, holds };
    },

    identity: ({ owner, holds }) => (owner === null ? 0 : `${holds} ${nameOfClient(owner)}`),
    readOnly: (_op, value) => value === false,

    describe: (op, value) => `${asked(op.f, op)} by ${op.client}${answered(value)}`,
    describeState: ({ owner, holds }) =>
      owner === null ? 'free' : `held by ${owner}${holds === 1 ? '' : ` ${holds} times`}`,
  };
  return model;
}

/** The model `reentrant-mutex`: held twice at most, as in Jepsen's test of Hazelcast. */
export const reentrantMutex = reentrantMutexOf(2);
