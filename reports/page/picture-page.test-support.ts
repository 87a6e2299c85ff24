/** The run of the picture `run-light.png`, in the parts that the top and the story are made of: one event a step, and what led to what. */
import type { Story } from '../story-step.ts';
import { runPageSchemaVersion } from './run-page.ts';
import type { ConflictPair, RunPage, Timeline } from './run-page.ts';

/** Servers are n0 to n4, clients c0 to c3: the picture numbers clients from 1. */
const servers = 5;

const told: readonly (readonly [seconds: number, host: number | null, text: string])[] = [
  [3.219, 6, 'takes lock L: n0, leader of term 3, granted token 41 for 10 s'],
  [3.668, 6, 'wrote ledger = "a" under token 41: ok'],
  [3.702, 6, 'is paused between checking its lease (9.402 s left) and its next write'],
  [3.741, null, 'partition of n0, n1 began'],
  [4.011, 3, 'was elected leader of term 4 by n2 and n4; n0 does not hear of it'],
  [13.353, 3, 'ends the lease of token 41: entry 45 passes L to c2, token 45'],
  [13.433, 7, 'wrote ledger = "b" under token 45: ok'],
  [14.982, 0, 'stepped down: the partition is over, entry 44 of term 3 goes'],
  [15.233, 6, 'ran on, believes it still holds L, and sends ledger = "c" under token 41'],
  [15.255, 3, "applied it as entry 48: ok. L's token was 45, STALE_TOKEN was due"],
];

/** What a step received a message from: by step, from 0. Its host's own step before it is a cause as well. */
const messageFrom = new Map([
  [5, 4],
  [6, 5],
  [7, 4],
  [9, 8],
]);

function story(): Story {
  return told.map(([at, node, text], i) => ({
    number: i + 1,
    seq: 1000 + Math.round(at * 860),
    at: Math.round(at * 1e6),
    node,
    text,
    rule: i === told.length - 1 ? 'conflict' : 'near',
  }));
}

function pair(): ConflictPair {
  return {
    subject: 'put ledger = "c" under L ◆41',
    who: 'c1, request 12 → n3',
    expected: {
      answer: 'STALE_TOKEN',
      reason: "L's token is ◆45 since entry 45, and c2 holds it.",
      atUs: 13_353_000,
      node: 3,
      step: 6,
      entry: 45,
    },
    observed: {
      answer: 'ok',
      reason: 'n3, leader of term 4, applied it: ledger went from "b" to "c".',
      atUs: 15_255_000,
      node: 3,
      step: 10,
      entry: 48,
    },
  };
}

function timeline(steps: Story): Timeline {
  const done = steps.filter((step) => step.node !== null);
  const place = (step: number): number => done.indexOf(steps[step]!);
  const links = [...messageFrom];
  const message = done.map((step) => links.findIndex(([to]) => steps[to] === step));
  return {
    window: { fromUs: 0, toUs: 16_000_000 },
    events: {
      seq: done.map((step) => step.seq),
      atUs: done.map((step) => step.at),
      host: done.map((step) => step.node!),
      kind: done.map(() => 0),
      kinds: ['deliver'],
      message,
      previous: done.map((step, i) => done.findLastIndex((one, k) => k < i && one.node === step.node)),
      past: done.map(() => 1 as const),
      texts: {},
    },
    messages: {
      sent: links.map(([, from]) => place(from)),
      received: links.map(([to]) => place(to)),
      from: links.map(([, from]) => steps[from]!.node!),
      to: links.map(([to]) => steps[to]!.node!),
      sentUs: links.map(([, from]) => steps[from]!.at),
      receivedUs: links.map(([to]) => steps[to]!.at),
      label: links.map(() => 0),
      labels: ['append'],
      routine: links.map(() => 0 as const),
    },
    slice: done.map((_, i) => i),
    density: null,
    roles: [
      { host: 0, group: 0, role: 'leader', term: 3, fromUs: 0, toUs: 14_982_000 },
      { host: 3, group: 0, role: 'leader', term: 4, fromUs: 4_011_000, toUs: 16_000_000 },
    ],
    hostSpans: [{ host: 6, what: 'paused', fromUs: 3_702_000, toUs: 15_233_000 }],
    operations: {
      id: [],
      host: [],
      lane: [],
      fromUs: [],
      toUs: [],
      outcome: [],
      asked: [],
      answered: [],
      words: [],
      pointUs: [],
      token: [],
      object: [],
      objects: [],
      violating: [],
    },
    faults: [
      {
        fault: 'partition',
        hosts: [0, 1],
        sides: [
          [0, 1],
          [2, 3, 4],
        ],
        fromUs: 3_741_000,
        toUs: 14_960_000,
        cut: [],
        lost: 44,
      },
    ],
    locks: [
      {
        name: 'L',
        group: 0,
        violating: true,
        holdings: [
          {
            token: 41,
            nth: 0,
            session: 9,
            holder: 'c1',
            host: 6,
            fromUs: 3_219_000,
            toUs: 13_353_000,
            reason: 'expired',
          },
          {
            token: 45,
            nth: 1,
            session: 11,
            holder: 'c2',
            host: 7,
            fromUs: 13_353_000,
            toUs: 16_000_000,
            reason: null,
          },
        ],
        queue: [],
        beliefs: [
          { host: 6, token: 41, nth: 0, fromUs: 3_219_000, toUs: 15_260_000, deadlineUs: 13_104_000 },
        ],
        leases: [{ atUs: 3_219_000, token: 41, ttlUs: 10_000_000 }],
      },
    ],
    barriers: [],
    keys: [],
    log: {
      ...{ event: [], host: [], group: [], change: [], index: [], term: [] },
      ...{ labels: {}, violating: 48, violatingGroup: 0 },
    },
  };
}

/** The page of the picture; without nodes' logs, operations and keys, which other parts draw. */
export function picturePage(): RunPage {
  const steps = story();
  const done = steps.filter((step) => step.node !== null);
  return {
    kind: 'run',
    schema: runPageSchemaVersion,
    about: {
      scenario: 'zombie-holder',
      seed: 184_467,
      hash: '9f3c71aa04de',
      version: '0.4.0',
      commit: 'b7e41c2',
      node: '20.20.2',
      servers,
      hosts: 9,
      events: 18_204,
      untilUs: 16_000_000,
      failingSeeds: 14,
      command: 'npx stormglass replay zombie-holder --seed 184467',
      vitestTest:
        "test('zombie-holder, seed 184467', () => expectHolds(scenario, { first: 184467, seeds: 1 }));",
    },
    verdict: {
      state: 'violated',
      property: 'no-stale-write',
      rule: "a guarded write is applied only under the lock's current, alive token.",
      sentence: "n3 applied c1's write under token 41 1.902 s after lock L had passed to c2 with token 45",
      atUs: 15_255_000,
      seq: steps.at(-1)!.seq,
      details: [],
    },
    pair: pair(),
    story: steps,
    storyEvents: steps.map((step) => done.indexOf(step)),
    timeline: timeline(steps),
    linearizability: null,
    whatIf: null,
  };
}
