/** The models that come with the package, by name. */
import type { AnyModel } from './model.ts';
import { barrier } from './models/barrier.ts';
import { casRegister } from './models/cas-register.ts';
import { counter } from './models/counter.ts';
import { fencedMutex } from './models/fenced-mutex.ts';
import { kv } from './models/kv.ts';
import { lock } from './models/lock.ts';
import { mutex } from './models/mutex.ts';
import { queue } from './models/queue.ts';
import { reentrantMutex } from './models/reentrant-mutex.ts';
import { register } from './models/register.ts';
import { semaphore } from './models/semaphore.ts';
import { set } from './models/set.ts';
import { siblings } from './models/siblings.ts';
import { stack } from './models/stack.ts';

/** The name of a model that comes with the package. */
export type ModelName =
  // What the replicated machine of this package offers.
  | ('register' | 'siblings' | 'lock' | 'barrier')
  // Objects of anybody's.
  | ('cas-register' | 'kv' | 'counter' | 'set' | 'queue' | 'stack')
  | ('mutex' | 'reentrant-mutex' | 'fenced-mutex' | 'semaphore');

const builtIn: { readonly [name in ModelName]: unknown } = {
  ...{ register, siblings: siblings([]), lock, barrier },
  ...{ 'cas-register': casRegister, kv, counter, set, queue, stack },
  ...{ mutex, 'reentrant-mutex': reentrantMutex, 'fenced-mutex': fencedMutex, semaphore },
};

/** By name; a map, because a name may be anything that somebody typed. */
const models: ReadonlyMap<string, AnyModel> = new Map(Object.entries(builtIn) as [string, AnyModel][]);

/** The names that `modelNamed` knows, in the order in which people are told. */
export const modelNames: readonly ModelName[] = Object.keys(builtIn) as ModelName[];

/** There is no model of that name. */
export class UnknownModel extends Error {
  readonly code = 'UNKNOWN_MODEL';
  /** Names that may have been meant, the nearest first; maybe none. */
  readonly nearest: readonly string[];
  constructor(name: string) {
    const nearest = namesLike(name);
    const meant = nearest.length === 0 ? '' : ` Nearest: ${nearest.join(', ')}.`;
    super(
      `there is no model ${JSON.stringify(name)}.${meant} Built in: ${modelNames.join(', ')}. Or pass a model of your own.`,
    );
    this.name = 'UnknownModel';
    this.nearest = nearest;
  }
}

/**
 * A model that comes with the package. `siblings` keeps all concurrent values, `reentrant-mutex` may be held twice and `semaphore` has two permits; for other
 * ones there are `siblings`, `reentrantMutexOf` and `semaphoreOf`.
 *
 * @throws UnknownModel if there is none of that name
 */
export function modelNamed(name: string): AnyModel {
  const model = models.get(name);
  if (model === undefined) throw new UnknownModel(name);
  return model;
}

/** Likeness at least, in hundredths, of a name that is offered. */
const likenessMin = 40;
const offeredMax = 3;

/** Names that share many pairs of neighbouring letters with this one (Dice's coefficient), the most alike first. */
function namesLike(name: string): readonly string[] {
  const given = pairsOf(name);
  return modelNames
    .map((known) => {
      const pairs = pairsOf(known);
      const shared = [...given].filter((pair) => pairs.has(pair)).length;
      return { known, likeness: Math.floor((200 * shared) / (given.size + pairs.size)) };
    })
    .filter(({ likeness }) => likeness >= likenessMin)
    .sort((a, b) => b.likeness - a.likeness || (a.known < b.known ? -1 : 1))
    .slice(0, offeredMax)
    .map(({ known }) => known);
}

/** Its pairs of neighbouring letters, the first and the last with the edge; beyond a length that no name has, the rest tells nothing. */
function pairsOf(name: string): ReadonlySet<string> {
  const padded = ` ${name.slice(0, 40).toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, i) => padded.slice(i, i + 2)));
}
