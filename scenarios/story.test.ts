/** The stories of real runs: planted bugs of several kinds, each told by what a person would name. */
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../reports/run-record.ts';
import { tellStory } from '../reports/story.ts';
import { sentenceMax, storySentence } from '../reports/story-step.ts';
import type { Story } from '../reports/story-step.ts';
import { plant } from './bugs/bug.ts';
import { catalogued } from './bugs/catch.ts';
import { bugs } from './bugs/index.ts';
import { recorderOf, runSeed } from './run-seed.ts';

/** Runs the bug until the property alone sees it, recording the run that is judged: the story is made of another, run again. */
function runOf(property: string, bugId: string, name: string, known: number) {
  const scenario = catalogued(name);
  const alone = scenario.properties.filter((one) => one.id === property);
  const planted = plant(
    { ...scenario, properties: alone },
    bugs.find((bug) => bug.id === bugId)!,
  );
  for (let seed = known; seed < known + 60; seed += 1) {
    const plan = planted.plan(seed);
    const recorder = recorderOf(planted, plan);
    const result = runSeed(planted, seed, { plan, recorder });
    const [finding] = result.findings;
    if (finding === undefined) continue;
    const { servers } = plan.world;
    return { record: recorder.record(name, seed, servers), finding, story: result.story!, servers };
  }
  throw new Error(`${bugId} was not caught`);
}

/** Steps that come before some step of these events, by walking back one cause at a time. */
function pastOf({ steps, messages }: RunRecord, events: ReadonlySet<number>): Set<string> {
  const open = [...steps.seq.keys()].filter((step) => events.has(steps.seq[step]!));
  const seen = new Set(open);
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const causes: number[] = [];
    for (let before = step - 1; before >= 0; before -= 1) {
      if (steps.host[before] !== steps.host[step]) continue;
      causes.push(before);
      break;
    }
    if (steps.message[step]! >= 0) causes.push(messages.step[steps.message[step]!]!);
    for (const cause of causes) {
      if (seen.has(cause)) continue;
      seen.add(cause);
      open.push(cause);
    }
  }
  return new Set([...seen].map((step) => `${steps.seq[step]} ${steps.host[step]}`));
}

/** What holds of every story. */
function checkStory({ record, finding, story, servers }: ReturnType<typeof runOf>): void {
  expect(story.length).toBeGreaterThanOrEqual(5);
  expect(story.length).toBeLessThanOrEqual(12);
  expect(story.map((step) => step.number)).toEqual(story.map((_, i) => i + 1));
  expect(story.every((step, i) => i === 0 || story[i - 1]!.seq <= step.seq)).toBe(true);
  expect(story.every((step) => storySentence(step, servers).length <= sentenceMax)).toBe(true);
  expect(story.at(-1)).toMatchObject({ rule: 'conflict', at: finding.evidence.at(-1)!.at });
  const past = pastOf(
    record,
    new Set(story.filter((step) => step.rule === 'conflict').map((step) => step.seq)),
  );
  for (const step of story) {
    if (step.node !== null) expect(past).toContain(`${step.seq} ${step.node}`);
    else expect(record.faults.map((fault) => fault.seq)).toContain(step.seq);
  }
  // The run that was judged, recorded beyond the violation, tells the same as the one that was run again up to it.
  expect(tellStory(record, finding)).toEqual(story);
}

/** That these sentences are told in this order, others between them. */
function tells(story: Story, servers: number, sentences: readonly RegExp[]): void {
  let from = 0;
  const told = story.map((step) => storySentence(step, servers));
  for (const sentence of sentences) {
    const at = told.findIndex((text, i) => i >= from && sentence.test(text));
    if (at < 0) throw new Error(`no ${String(sentence)} from ${from} on in:\n${told.join('\n')}`);
    from = at + 1;
  }
}

describe('the story of a planted bug names what a person would', () => {
  test.each([
    {
      bug: ['vote-once', 'vote-not-persisted', 'crash-during-fsync', 2],
      what: 'a vote, a power cut, and the vote forgotten',
      sentences: [
        /^(n\d) voted for n\d in term \d+/,
        /^n\d (lost power|crashed)$/,
        /^n\d recovered term \d+$/,
      ],
    },
    {
      bug: ['election-safety', 'stale-vote-counted', 'lossy-and-slow', 46],
      what: 'a vote of an earlier term, and an election in a later one',
      sentences: [/voted for n2 in term 5/, /stood for election in term 6/, /was elected leader of term 6/],
    },
    {
      bug: ['leader-completeness', 'log-recency-by-index', 'leader-isolated', 9],
      what: 'an old leader that goes on alone, a commit elsewhere, and the old one elected',
      sentences: [
        /^isolated-leader of n1 began/,
        /^n1 appended entry \d+ \(term 5\) as leader/,
        /^n0 appended entry \d+ \(term 6\) as leader/,
        /^n0 committed \d+ \(term 6\)/,
        /^isolated-at-election of n0 began/,
        /^n2 voted for n1 in term 7/,
        /^n1 was elected leader of term 7/,
      ],
    },
    {
      bug: ['no-stale-write', 'no-fence', 'zombie-holder', 1],
      what: 'a holder that stands still, its lease over, another holder, and its late write',
      sentences: [
        /^c\d stood still/,
        /^n\d granted l\d to session \d+, token 45/,
        /^n\d freed l\d, token 45, .*expired/,
        /^n\d granted l\d to session \d+, token 78/,
        /^c\d ran on/,
        /^c\d asked: put \S+ = \d+ under token 45/,
        /^n\d passed token 45/,
      ],
    },
    {
      bug: ['lease-not-late', 'lease-restarts-on-election', 'lease-failover', 1],
      what: 'a lease, a crash of the leader, another leader, and the lock still held',
      sentences: [
        /granted l0 .* token 44/,
        /^n\d crashed/,
        /became leader of term 2/,
        /^n\d appended 54: l0 is held/,
      ],
    },
    {
      bug: ['barrier-not-early', 'barrier-generation-ignored', 'barrier-resets', 1],
      what: 'two arrivals for the generation, a third for another one, and the trip',
      sentences: [
        /counted p3.* generation 7/,
        /counted p2.* generation 7/,
        /asked: arrive b for generation 6/,
        /tripped b/,
      ],
    },
    {
      bug: ['linearizable-register', 'read-by-role', 'follower-reads', 5],
      what: 'a leader cut off, another one elected, its write, and the read from the old one',
      sentences: [
        /^n2 became leader of term 7/,
        /^isolated-leader of n2 began/,
        /^n1 became leader of term 8/,
        /^c\d was answered: put k0/,
        /^c\d asked: get k0/,
        /^n2 answered a read/,
        /^c\d was answered: get k0/,
      ],
    },
  ] as const)('$bug.0: $what', ({ bug: [property, bug, name, seed], sentences }) => {
    const run = runOf(property, bug, name, seed);
    checkStory(run);
    tells(run.story, run.servers, sentences);
  });

  test('linearizable-lock: the grant that stood when another holding was released', () => {
    const run = runOf('linearizable-lock', 'unlock-by-name', 'zombie-holder', 1);
    checkStory(run);
    tells(run.story, run.servers, [
      /granted l0 .* token 88/,
      /asked: release l0 under token 45/,
      /freed l0, token 45/,
    ]);
  });
});

test('a run that holds has no story', () => {
  expect(runSeed(catalogued('leader-crash'), 1, { judgeHistory: false })).not.toHaveProperty('story');
});
