import { expect, test } from 'vitest';
import { HandLost } from '../hand.ts';
import type { Hand, Hire } from '../hand.ts';
import { InputError } from '../input-error.ts';
import type { WhatIfQuestion } from '../what-if.ts';
import type { Reply, ScenarioRef } from '../worker-messages.ts';
import { whatIfInWorkers } from './what-if-runs.ts';

const ref: ScenarioRef = { from: 'catalogue', name: 'a', file: '', exportName: 'default' };

/** Three faults, and two instants with two runs each; what a run is to come to is told by its number, from 0. */
const question: WhatIfQuestion = {
  subject: {
    ...{ seed: 1, plan: null as never, decisions: [], resolutions: [] },
    ...{ property: 'vote-once', atUs: 9, seq: 9, untilUs: 10 },
  },
  tasks: [
    ...[0, 1, 2].map((episode) => ({ without: episode })),
    ...[2, 2, 5, 5].map((seq, i) => ({ reseedAt: { seq, salt: 1 + (i % 2) }, atUs: seq })),
  ],
  without: [0, 1, 2].map((episode) => ({ episode, fault: `fault ${episode}`, fromUs: episode })),
  instants: [
    { seq: 1, atUs: 1, step: 1 },
    { seq: 4, atUs: 4, step: 2 },
  ],
  runs: 2,
};

type Answer = (run: number) => Reply | Error;

/** Workers without threads that answer runs, later ones sooner. */
function pretend(answer: Answer): { readonly hire: Hire; readonly left: () => number } {
  let hired = 0;
  const hire = (): Hand => {
    hired += 1;
    return {
      async ask(request) {
        if (request.type !== 'what-if') throw new Error('not asked here');
        const run = question.tasks.indexOf(request.run);
        for (let wait = 10 - run; wait > 0; wait -= 1) await Promise.resolve();
        const reply = answer(run);
        if (reply instanceof Error) throw reply;
        return reply;
      },
      async dismiss() {
        hired -= 1;
      },
    };
  };
  return { hire, left: () => hired };
}

const came = (outcome: 'held' | 'still'): Reply => ({
  type: 'answered',
  outcome: { outcome, property: null, atUs: outcome === 'held' ? null : 9 },
});

test('answers stand at their runs, whichever worker gave them and whenever', async () => {
  const held = new Set([1, 4]);
  for (const workers of [1, 2, 50]) {
    const { hire, left } = pretend((run) => came(held.has(run) ? 'held' : 'still'));
    const told: number[] = [];
    const runs = { ref, workers, silenceMs: 1_000, onRun: (done: number) => told.push(done) };
    const { without, reseeded } = await whatIfInWorkers(question, runs, hire);
    expect(without.map(({ outcome }) => outcome)).toEqual(['still', 'held', 'still']);
    expect(reseeded?.instants.map(({ violated }) => violated)).toEqual([1, 2]);
    expect(reseeded?.inevitableStep).toBe(2);
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(left()).toBe(0);
  }
});

test('a run that costs its worker its life came to an event that does not end; the others go on', async () => {
  const { hire } = pretend((run) => (run === 0 ? new HandLost('silent', 'it is gone', 7) : came('held')));
  const { without } = await whatIfInWorkers(question, { ref, workers: 2, silenceMs: 1_000 }, hire);
  expect(without.map(({ outcome, property, atUs }) => [outcome, property, atUs])).toEqual([
    ['other', 'process-alive', 7_000],
    ['held', null, null],
    ['held', null, null],
  ]);
});

test('a run that cannot be made is undecided', async () => {
  const { hire } = pretend((run) =>
    run === 2 ? { type: 'failed', message: 'no such host', trace: '' } : came('held'),
  );
  const { without } = await whatIfInWorkers(question, { ref, workers: 2, silenceMs: 1_000 }, hire);
  expect(without.map(({ outcome }) => outcome)).toEqual(['held', 'held', 'undecided']);
});

test('a scenario that no longer loads ends them all, and no worker is left', async () => {
  const problem = { code: 'SCENARIO_GONE', message: 'it is gone.', next: [] };
  const { hire, left } = pretend((run) => (run === 1 ? { type: 'refused', problem } : came('held')));
  const answer = whatIfInWorkers(question, { ref, workers: 2, silenceMs: 1_000 }, hire);
  await expect(answer).rejects.toThrow(InputError);
  await new Promise((resolve) => setImmediate(resolve));
  expect(left()).toBe(0);
});
