/** The models of locks and semaphores against such spelled out. */
import type { Draws } from '../random-history.test-support.ts';
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';
import { fencedMutex } from './fenced-mutex.ts';
import type { FencedMutexOp } from './fenced-mutex.ts';
import { mutex } from './mutex.ts';
import type { MutexOp } from './mutex.ts';
import { reentrantMutex } from './reentrant-mutex.ts';
import type { ReentrantMutexOp } from './reentrant-mutex.ts';
import { semaphore } from './semaphore.ts';
import type { SemaphoreOp } from './semaphore.ts';

const acquireOrRelease = (draws: Draws): 'acquire' | 'release' => (draws.chance(60) ? 'acquire' : 'release');
const not = (_draws: Draws, _op: unknown, answer: unknown): unknown => answer !== true;

const spelledMutex: Spelled<'held' | 'free', MutexOp> = {
  init: 'free',
  outcomes: (state, { f }) =>
    (f === 'acquire') === (state === 'free')
      ? [{ answer: true, next: f === 'acquire' ? 'held' : 'free' }]
      : [{ answer: false, next: state }],
  draw: (draws) => ({ f: acquireOrRelease(draws) }),
  flip: not,
};

provesAgainstBruteForce(mutex, spelledMutex as Spelled<unknown, MutexOp>);

/** Names of all who hold it, one for each time. */
const spelledReentrant: Spelled<readonly number[], ReentrantMutexOp> = {
  init: [],
  outcomes(holds, { f, client }) {
    const foreign = holds.some((holder) => holder !== client);
    const may = f === 'acquire' ? !foreign && holds.length < 2 : !foreign && holds.length > 0;
    if (!may) return [{ answer: false, next: holds }];
    return [{ answer: true, next: f === 'acquire' ? [...holds, Number(client)] : holds.slice(1) }];
  },
  draw: (draws, _n, client) => ({ f: acquireOrRelease(draws), client: client % 2 }),
  flip: not,
};

provesAgainstBruteForce(reentrantMutex, spelledReentrant as Spelled<unknown, ReentrantMutexOp>);

/** All tokens that were given out, the last one first, and who holds it. */
const tokenMax = 15;
const spelledFenced: Spelled<{ holder: number; tokens: readonly number[] }, FencedMutexOp> = {
  init: { holder: -1, tokens: [0] },
  outcomes({ holder, tokens }, { f, client }) {
    const refused = [{ answer: false, next: { holder, tokens } }];
    if (f === 'release')
      return holder === client ? [{ answer: true, next: { holder: -1, tokens } }] : refused;
    if (holder !== -1) return refused;
    const last = tokens[0]!;
    return Array.from({ length: tokenMax - last }, (_, i) => ({
      answer: last + 1 + i,
      next: { holder: Number(client), tokens: [last + 1 + i] },
    }));
  },
  draw: (draws, _n, client) => ({ f: acquireOrRelease(draws), client: client % 2 }),
  flip(draws, { f }, answer) {
    if (f === 'release') return answer !== true;
    return answer === false || draws.chance(70) ? 1 + draws.below(4) : false;
  },
  operationsMax: 7,
};

provesAgainstBruteForce(fencedMutex, spelledFenced as Spelled<unknown, FencedMutexOp>);

/** Who holds each of the two permits; −1: nobody. */
const spelledSemaphore: Spelled<readonly number[], SemaphoreOp> = {
  init: [-1, -1],
  outcomes(permits, { f, client, permits: wanted = 1 }) {
    const [from, to] = f === 'acquire' ? [-1, Number(client)] : [Number(client), -1];
    const after = [...permits];
    for (let taken = 0; taken < wanted; taken += 1) {
      const at = after.indexOf(from);
      if (at < 0) return [{ answer: false, next: permits }];
      after[at] = to;
    }
    return [{ answer: true, next: after.sort((a, b) => a - b) }];
  },
  draw: (draws, _n, client) => ({
    ...{ f: acquireOrRelease(draws), client: client % 3 },
    ...(draws.chance(50) ? {} : { permits: 1 + draws.below(3) }),
  }),
  flip: not,
};

provesAgainstBruteForce(semaphore, spelledSemaphore as Spelled<unknown, SemaphoreOp>);
