import { describe, expect, test } from 'vitest';
import { addHashes } from '../reports/campaign-hash.ts';
import { toRunDocument } from '../reports/json.ts';
import { verdictOf } from '../reports/verdict.ts';
import type { Repro } from '../reports/repro.ts';
import { lifelessResult, runCampaign } from './campaign.ts';
import type { CampaignOptions } from './campaign.ts';
import { HandLost } from './hand.ts';
import type { Hand, Hire } from './hand.ts';
import { InputError } from './input-error.ts';
import type { SeedResult } from './run-contract.ts';
import type { Reply, Request, ScenarioDescription } from './worker-messages.ts';

function described(name: string): ScenarioDescription {
  const ref = { from: 'catalogue', name, file: `${name}.js`, exportName: 'default' } as const;
  return {
    ref,
    name,
    summary: '',
    minSeeds: 50,
    properties: [],
    assumptions: [],
    faults: [],
    reach: [],
    progressBoundUs: null,
  };
}

const options: CampaignOptions = {
  scenarios: [described('one'), described('two')],
  first: 5,
  seeds: 10,
  shard: { index: 1, of: 1 },
  workers: 3,
  verifyEvery: 0,
  failFast: false,
  timeLimitMs: Infinity,
  silenceMs: 1_000,
};

/** `again`: it is asked to find the event that did not end. */
type Answer = (request: Request & { type: 'run' }, again: boolean) => Reply | HandLost;

/** Workers without threads; the later a seed was asked for, the sooner it may be answered. */
function pretend(answer: Answer): Hire {
  let turn = 0;
  return (): Hand => ({
    async ask(request) {
      turn += 1;
      for (let wait = (turn * 7) % 5; wait > 0; wait -= 1) await Promise.resolve();
      if (request.type === 'plan') return { type: 'planned', plan: plan as never, seedEpoch: 1 };
      if (request.type === 'describe' || request.type === 'what-if') throw new Error('not asked here');
      const again = request.type === 'replay';
      const reply = answer(again ? { ...request, type: 'run', verify: false } : request, again);
      if (reply instanceof HandLost) throw reply;
      return reply;
    },
    async dismiss() {},
  });
}

const plan = { world: { servers: 3 }, configuration: null, clients: [] };

function ran(request: Request & { type: 'run' }, violated: boolean): Reply {
  const { ref, seed } = request;
  const blank = lifelessResult(ref, seed, new HandLost('died', '', 0), 0, 3);
  const findings = violated ? [{ ...blank.findings[0]!, property: 'monotonic', message: 'went back' }] : [];
  const hash = (seed * 0x1234567 + ref.name.length).toString(16).padStart(12, '0');
  const result: SeedResult = { ...blank, hash, findings };
  return { type: 'ran', result, plan: violated ? (plan as never) : null, seedEpoch: 1, difference: null };
}

const document = async (more: Partial<CampaignOptions>, answer: Answer) =>
  // The machine's share (how many workers, how long it took) is not part of the outcome.
  ({
    ...toRunDocument(await runCampaign({ ...options, ...more }, pretend(answer))),
    ...{ workers: 0, wallMs: 0 },
  });

describe('a campaign', () => {
  test('comes to the same document for any number of workers', async () => {
    const answer: Answer = (request) => ran(request, request.seed % 4 === 0);
    const one = await document({ workers: 1 }, answer);
    expect(await document({ workers: 2 }, answer)).toEqual(one);
    expect(await document({ workers: 7 }, answer)).toEqual(one);
    expect(one.scenarios.map((s) => s.violations.map((v) => v.seed))).toEqual([
      [8, 12],
      [8, 12],
    ]);
  });

  test('adds up from its shards', async () => {
    const answer: Answer = (request) => ran(request, false);
    const whole = await document({}, answer);
    const shards = await Promise.all([1, 2, 3].map((index) => document({ shard: { index, of: 3 } }, answer)));
    expect(shards.map((s) => s.hash).reduce(addHashes)).toBe(whole.hash);
    expect(shards.map((s) => s.scenarios[0]?.seeds)).toEqual([4, 3, 3]);
  });

  test('with failFast ends at the lowest seed that violates, whichever was found first', async () => {
    for (const workers of [1, 2, 5]) {
      const result = await document({ workers, failFast: true }, (r) => ran(r, r.seed >= 8));
      expect(result.scenarios.map((s) => s.violations.map((v) => v.seed))).toEqual([[8], []]);
      expect(result.scenarios[0]?.seeds).toBe(4);
      expect(result.complete).toBe(false);
    }
  });

  test('tells an event that never ends as process-alive, with a repro, and goes on', async () => {
    const kept: Repro[] = [];
    const tally = await runCampaign(
      options,
      pretend((r) =>
        r.seed === 7 && r.ref.name === 'one' ? new HandLost('silent', '', 1_250) : ran(r, false),
      ),
      {
        keep: (repro) => {
          kept.push(repro);
          return 'out/one-7.json';
        },
      },
    );
    const [one] = toRunDocument(tally).scenarios;
    expect(one?.seeds).toBe(10);
    expect(one?.violations).toEqual([
      {
        seed: 7,
        property: 'process-alive',
        message:
          'An event after 1.250 s of virtual time did not end within 1 s wall, and its worker was stopped.',
        repro: 'out/one-7.json',
      },
    ]);
    expect(kept[0]).toMatchObject({ hash: null, seed: 7, violation: { property: 'process-alive' } });
  });

  test('tells which event never ended, from a second run that tells each', async () => {
    const at = { seq: 42, atUs: 1_250_007, host: 2 };
    const tally = await runCampaign(
      options,
      pretend((r, again) =>
        r.seed === 7 ? new HandLost('silent', '', 1_000, again ? at : null) : ran(r, false),
      ),
    );
    const { finding } = tally.scenarios[0]!.kinds[0]!.told;
    expect(finding).toMatchObject({ at: 1_250_007, seq: 42, nodes: [2] });
    expect(finding.message).toMatch(/^Event 42 on n2 did not end within 1 s wall/);
  });

  test('takes the result of a run that was only slow', async () => {
    const slow = (r: Request & { type: 'run' }, again: boolean): Reply | HandLost =>
      r.seed === 7 && !again ? new HandLost('silent', '', 1_000) : ran(r, false);
    expect(await document({}, slow)).toEqual(await document({}, (r) => ran(r, false)));
  });

  test('that met a difference between two equal runs is not deterministic', async () => {
    const tally = await runCampaign(
      { ...options, verifyEvery: 5 },
      pretend(
        (r) =>
          ({ ...ran(r, false), difference: r.verify && r.seed === 10 ? 'event 7 differs' : null }) as Reply,
      ),
    );
    expect(verdictOf(tally)).toBe('nondeterministic');
    expect(tally.nondeterminism.map((t) => t.seed)).toEqual([10, 10]);
  });

  test('of a shard verifies every nth of its own seeds, and counts them', async () => {
    const tally = await runCampaign(
      { ...options, shard: { index: 2, of: 2 }, verifyEvery: 2 },
      pretend((r) => ran(r, false)),
    );
    expect(tally.scenarios.map((s) => s.verified)).toEqual([3, 3]);
  });

  test('that its time limit cuts has tried every scenario', async () => {
    let runs = 0;
    const slow = pretend((r) => {
      runs += 1;
      const until = performance.now() + 15;
      while (performance.now() < until);
      return ran(r, false);
    });
    const hire: Hire = () => {
      const hand = slow();
      return {
        ...hand,
        ask: async (...asked) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          return hand.ask(...asked);
        },
      };
    };
    const tally = await runCampaign({ ...options, workers: 1, seeds: 1_000, timeLimitMs: 100 }, hire);
    expect(runs).toBeLessThan(100);
    expect(tally.scenarios.map((s) => s.seeds)).toEqual([Math.ceil(runs / 2), Math.floor(runs / 2)]);
    expect(verdictOf(tally)).toBe('held');
  });

  test('keeps its verdict where a repro cannot be written, and says so', async () => {
    const tally = await runCampaign(
      options,
      pretend((r) => ran(r, r.seed === 7)),
      {
        keep: () => {
          throw new InputError('OUT_NOT_WRITABLE', 'cannot write into out (ENOSPC).', []);
        },
      },
    );
    expect(verdictOf(tally)).toBe('violated');
    expect(tally.reproLost).toBe('cannot write into out (ENOSPC).');
    expect(tally.scenarios[0]?.violations[0]?.repro).toBeNull();
  });

  test('keeps where an error outside the simulated world was thrown', async () => {
    const tally = await runCampaign(
      options,
      pretend((r) =>
        r.seed === 7
          ? { type: 'failed', message: 'no such key', trace: 'at fold (kv.mjs:3:7)' }
          : ran(r, false),
      ),
    );
    expect(verdictOf(tally)).toBe('internal-error');
    expect(tally.scenarios.map((s) => s.troubled)).toEqual([1, 1]);
    expect(tally.failures[0]).toMatchObject({ seed: 7, trace: 'at fold (kv.mjs:3:7)' });
  });

  test('keeps what it has when it is interrupted', async () => {
    const stop = new AbortController();
    const tally = await runCampaign(
      options,
      pretend((r) => {
        if (r.seed === 9) stop.abort();
        return ran(r, false);
      }),
      {},
      stop.signal,
    );
    expect(verdictOf(tally)).toBe('interrupted');
    expect(tally.scenarios[0]?.seeds).toBeGreaterThanOrEqual(4);
  });
});
