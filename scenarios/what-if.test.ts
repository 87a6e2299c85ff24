import { describe, expect, test } from 'vitest';
import { planLengthUs } from '../sim/plan.ts';
import { catalogued } from './bugs/catch.ts';
import { runSeed } from './run-seed.ts';
import { answerWhatIf, askWhatIf, graceUs, runWhatIf, whatIf } from './what-if.ts';
import type { WhatIfOutcome } from './what-if.ts';
import { violating } from './what-if.test-support.ts';

describe('a lease that starts again when its leader is lost', () => {
  const { scenario, facts } = violating('lease-not-late', 'lease-restarts-on-election', 'lease-failover', 1);
  const question = askWhatIf(facts);
  const told = whatIf(scenario, { ...facts }, { eventsMax: 100_000 });

  test('holds without the crash of the leader', () => {
    expect(told.without.find(({ fault }) => fault === 'leader-crash of n0 at 5.298 s')).toEqual({
      fault: 'leader-crash of n0 at 5.298 s',
      fromUs: 5_297_654,
      outcome: 'held',
      property: null,
      atUs: null,
    });
  });

  test('breaks whatever chance has it: faults, not luck, are its cause', () => {
    const { reseeded } = told;
    expect(reseeded!.instants.every(({ violated }) => violated === reseeded!.runs)).toBe(true);
    expect(reseeded).toMatchObject({ inevitableStep: 1, inevitableUs: facts.story[0]!.at });
  });

  test('is asked about only up to a little after the violation', () => {
    expect(question.subject).toMatchObject({ property: 'lease-not-late', atUs: facts.story.at(-1)!.at });
    expect(question.subject.untilUs).toBe(facts.result.findings[0]!.at + graceUs);
    expect(question.instants.every(({ seq }) => seq < question.subject.seq)).toBe(true);
    expect(question.without.every(({ fromUs }) => fromUs <= question.subject.atUs)).toBe(true);
  });
});

describe('a stale vote that is counted', () => {
  const { scenario, facts } = violating('election-safety', 'stale-vote-counted', 'lossy-and-slow', 46);
  const question = askWhatIf(facts);
  const told = whatIf(scenario, facts, { eventsMax: 450_000 });

  test('is inevitable once the candidate stands in the next term, and chance before', () => {
    const { instants, runs, inevitableStep, inevitableUs } = told.reseeded!;
    expect(instants[0]!.violated).toBe(0);
    expect(instants.at(-1)!.violated).toBe(runs);
    const step = facts.story.find(({ number }) => number === inevitableStep)!;
    expect(step.text).toBe('voted for n2 in term 6');
    expect(step.at).toBe(inevitableUs);
    // From there on every run broke, and right before it not every one did.
    const from = instants.findIndex(({ seq }) => seq === step.seq);
    expect(instants.slice(from).every(({ violated }) => violated === runs)).toBe(true);
    expect(instants[from - 1]!.violated).toBeLessThan(runs);
  });

  test('breaks without a fault that does not matter', () => {
    expect(told.without.find(({ fault }) => fault === 'lossy of n2 at 12.733 s')).toMatchObject({
      outcome: 'still',
      property: null,
    });
  });

  test('is asked at ten instants, rising, each step of the story among them', () => {
    const { instants } = question;
    expect(instants).toHaveLength(10);
    expect(
      instants.every(
        ({ seq, atUs }, i) => i === 0 || (instants[i - 1]!.seq < seq && instants[i - 1]!.atUs <= atUs),
      ),
    ).toBe(true);
    expect(instants.filter(({ step }) => step > 0).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(question.runs).toBe(20);
  });

  test('gives the same answer each time', () => {
    const once = question.tasks.slice(-40).map((task) => runWhatIf(scenario, question.subject, task));
    expect(question.tasks.slice(-40).map((task) => runWhatIf(scenario, question.subject, task))).toEqual(
      once,
    );
  });
});

describe('a server that did nothing when it was found not to catch up', () => {
  const { scenario, facts } = violating('progress', 'higher-term-never-spreads', 'leader-isolated', 23);
  const { subject } = askWhatIf(facts);

  test('is asked about up to the finding, not up to the last that it did', () => {
    const [finding] = facts.result.findings;
    expect(facts.result.virtualUs).toBe(finding!.at);
    expect(subject).toMatchObject({ atUs: finding!.at, seq: finding!.seq });
  });

  test('is asked about until a run that stops moving right then has gone past the bound', () => {
    const [finding] = facts.result.findings;
    expect(scenario.progressBoundUs).toBeGreaterThan(graceUs);
    expect(subject.untilUs).toBe(
      Math.min(planLengthUs(facts.plan.world), finding!.at + scenario.progressBoundUs),
    );
    expect(subject.untilUs).toBeGreaterThan(finding!.at + graceUs);
  });

  test('breaks in the run that nothing was changed in', () => {
    const same = { reseedAt: { seq: subject.seq + 1, salt: 1 }, atUs: subject.atUs };
    expect(runWhatIf(scenario, subject, same)).toMatchObject({ outcome: 'still', property: null });
  });
});

test('a reseeded run has the checkpoints of the run up to its instant', () => {
  const { scenario, facts } = violating('linearizable-register', 'read-by-role', 'follower-reads', 2);
  const { seed, checkpoints } = facts.result;
  const options = { plan: facts.plan, tellStory: false, untilUs: 5_000_000, judgeHistory: false };
  const again = runSeed(scenario, seed, { ...options, reseedAt: { seq: 5_500, salt: 3 } });
  expect(again.checkpoints.slice(0, 5)).toEqual(checkpoints.slice(0, 5));
  expect(again.checkpoints[5]).not.toBe(checkpoints[5]);
  // What faults came to before the instant is pinned: the past is the same with and without.
  const { resolutions } = facts.result;
  const pinned = runSeed(scenario, seed, { ...options, resolutions, reseedAt: { seq: 5_500, salt: 3 } });
  expect(pinned.checkpoints.slice(0, 5)).toEqual(checkpoints.slice(0, 5));
});

describe('bounds', () => {
  const { scenario, facts } = violating('no-stale-write', 'no-fence', 'zombie-holder', 1);

  test('a run of many events is asked about less, or not at all', () => {
    const cost = (eventsMax: number): number => {
      const { tasks, without, instants, runs } = askWhatIf(facts, eventsMax);
      expect(tasks).toHaveLength(without.length + instants.length * runs);
      return tasks.length;
    };
    expect(cost(8_000_000)).toBe(202);
    expect(cost(200_000)).toBeLessThanOrEqual(200_000 / facts.result.events);
    expect(cost(200_000)).toBeGreaterThan(20);
    expect(cost(30_000)).toBeGreaterThan(0);
    expect(cost(1_000)).toBe(0);
    expect(answerWhatIf(askWhatIf(facts, 1_000), [])).toEqual({ without: [], reseeded: null });
  });

  test('another property that breaks first does not hide the one that is asked about', () => {
    const all = violating(null, 'no-fence', 'zombie-holder', 1);
    const question = askWhatIf(all.facts);
    const last = question.tasks.at(-1)!;
    expect(runWhatIf(all.scenario, question.subject, last)).toMatchObject({
      outcome: 'still',
      property: null,
    });
  });

  test('a property that breaks instead is named', () => {
    const question = askWhatIf(facts);
    const subject = { ...question.subject, property: 'election-safety' };
    expect(runWhatIf(scenario, subject, question.tasks[0]!)).toMatchObject({
      outcome: 'other',
      property: 'no-stale-write',
    });
  });

  test('the pinned faults of others stay where they struck', () => {
    const { subject, without } = askWhatIf(facts);
    expect(subject.resolutions).toEqual([{ episode: 2, atUs: 8_774_175, hosts: [3] }]);
    expect(without.map(({ fault }) => fault)).toEqual([
      'holder-pause of c0 at 8.774 s',
      'client-pause of c3 at 2.818 s',
    ]);
    expect(planLengthUs(subject.plan.world)).toBeGreaterThan(subject.untilUs);
  });

  test('nothing is asked about a run that held', () => {
    const held = catalogued('leader-crash');
    const plan = held.plan(1);
    const result = runSeed(held, 1, { judgeHistory: false });
    expect(() =>
      askWhatIf({ plan, result, story: [], steps: { seq: [], at: [] }, progressBoundUs: 0 }),
    ).toThrow('this run held');
  });
});

test('the curve is told as it was measured, also where it falls back', () => {
  const outcomes = (violated: readonly number[]): WhatIfOutcome[] =>
    violated.flatMap((n) =>
      [1, 2, 3, 4].map(
        (salt) => ({ outcome: salt <= n ? 'still' : 'held', property: null, atUs: null }) as const,
      ),
    );
  const { facts } = violating('no-stale-write', 'no-fence', 'zombie-holder', 1);
  const asked = askWhatIf(facts);
  const instants = [0, 1, 2, 0, 3].map((step, i) => ({ seq: 10 * i + 1, atUs: 1_000 * i, step }));
  const answer = (violated: readonly number[]) =>
    answerWhatIf({ ...asked, without: [], instants, runs: 4 }, outcomes(violated)).reseeded;
  expect(answer([4, 4, 2, 4, 4])).toMatchObject({ inevitableStep: 3, inevitableUs: 4_000 });
  expect(answer([0, 4, 4, 4, 4])).toMatchObject({ inevitableStep: 1, inevitableUs: 1_000 });
  expect(answer([4, 4, 4, 4, 3])).toMatchObject({ inevitableStep: null, inevitableUs: null });
  expect(answer([4, 4, 4, 4, 3])!.instants.map(({ violated }) => violated)).toEqual([4, 4, 4, 4, 3]);
});

test('a reseeded run that is undecided, or that something else ended, is counted as neither broken nor held', () => {
  const { facts } = violating('no-stale-write', 'no-fence', 'zombie-holder', 1);
  const outcomes = (['still', 'undecided', 'other', 'held'] as const).map((outcome) => ({
    ...{ outcome, property: null, atUs: null },
  }));
  const question = { ...askWhatIf(facts), without: [], instants: [{ seq: 1, atUs: 1, step: 1 }], runs: 4 };
  expect(answerWhatIf(question, outcomes).reseeded).toMatchObject({
    instants: [{ violated: 1, undecided: 2 }],
    inevitableStep: null,
  });
});
