/**
 * So many permits, held by clients: `acquire` takes some, and `release` gives them back. Both answer `true`; or `false`, without effect, if there
 * are not that many left, or the client does not hold that many (Hazelcast's semaphore, as Jepsen judges it).
 */
import type { Model } from '../model.ts';
import { asked, isOneOf, keyOf, wellFormed } from './keyed.ts';
import { answered } from './mutex.ts';
import type { Owned } from './owned.ts';
import { clientOf, demandClient, nameOfClient, withClients } from './owned.ts';

/** What is asked of it; `permits` is a whole number of at least 1, and 1 if absent. */
export type SemaphoreOp = Owned & { readonly f: 'acquire' | 'release'; readonly permits?: number };

/** Who holds how many: clients in order of their names, none that holds nothing. */
export type SemaphoreState = readonly (readonly [client: string | number, permits: number])[];

/**
 * The model `semaphore` with another number of permits.
 *
 * @param permits in all, at least 1
 * @throws RangeError if that is no whole number of at least 1
 */
export function semaphoreOf(permits: number): Model<SemaphoreState, SemaphoreOp, boolean> {
  if (!Number.isSafeInteger(permits) || permits < 1) {
    throw new RangeError(`permits is a whole number of at least 1; got ${String(permits)}.`);
  }
  const handles = isOneOf('acquire', 'release');
  const model: Model<SemaphoreState, SemaphoreOp, boolean> = {
    name: 'semaphore',
    init: () => [],
    key: keyOf,
    handles,
    prepare: (operations) => withClients(wellFormed(model, operations, demandOf), handles),

    step(state, op, value) {
      const client = clientOf(op);
      const wanted = op.permits ?? 1;
      const held = state.find(([name]) => name === client)?.[1] ?? 0;
      const can = wanted <= (op.f === 'release' ? held : permits - heldInAll(state));
      if (value === false) return can ? null : state;
      if (!can || (value !== true && value !== undefined)) return null;
      return withHeld(state, client, op.f === 'release' ? held - wanted : held + wanted);
    },

    identity: (state) => state.map(([client, held]) => `${nameOfClient(client)}:${held}`).join(' '),
    readOnly: (_op, value) => value === false,

    describe(op, value) {
      const many = op.permits === undefined || op.permits === 1 ? '' : ` ${op.permits}`;
      return `${asked(op.f, op)}${many} by ${op.client}${answered(value)}`;
    },
    describeState(state) {
      const holders = state.map(([client, held]) => `${client} holds ${held}`);
      return [`${permits - heldInAll(state)} of ${permits} free`, ...holders].join(', ');
    },
  };
  return model;
}

/** The model `semaphore`: two permits, as in Jepsen's test of Hazelcast. */
export const semaphore = semaphoreOf(2);

function heldInAll(state: SemaphoreState): number {
  return state.reduce((sum, [, held]) => sum + held, 0);
}

function withHeld(state: SemaphoreState, client: string | number, held: number): SemaphoreState {
  const others = state.filter(([name]) => name !== client);
  if (held === 0) return others;
  return [...others, [client, held] as const].sort(([a], [b]) =>
    nameOfClient(a) < nameOfClient(b) ? -1 : 1,
  );
}

function demandOf(op: SemaphoreOp): string | null {
  const { permits } = op;
  if (permits !== undefined && (!Number.isSafeInteger(permits) || permits < 1)) {
    return 'The number of `permits` is a whole number of at least 1.';
  }
  return demandClient(op);
}
