/** Shards added up: what is told of them is what one run would have told. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { campaign, lengths, lostEntry, outcome } from './campaign.test-support.ts';
import { fromRunDocument, toRunDocument } from './json.ts';
import { mergeShards, ShardError } from './merge.ts';
import type { NamedResult } from './merge.ts';
import { readResult } from './result.ts';
import type { RunDocument } from './result.ts';
import { addSeed, emptyTally } from './tally.ts';
import type { CampaignTally, SeedOutcome } from './tally.ts';
import { tellCampaign } from './terminal.ts';
import { style } from './style.ts';

const plain = style(false);

/** The campaign over outcomes of which shard `index` of `of` is asked for, as a run of it would come to. */
function shardOf(outcomes: readonly SeedOutcome[], index: number, of: number): CampaignTally {
  const { scenarios, ...rest } = campaign([]);
  const { about } = scenarios[0]!;
  const mine = outcomes.filter((_, i) => i % of === index - 1);
  const tally = emptyTally(about, index, mine.length);
  for (const one of mine) addSeed(tally, one, 3, one.findings.length === 0 ? null : `out/${one.seed}.json`);
  return { ...rest, seeds: outcomes.length, shard: { index, of }, scenarios: [tally] };
}

/** Through the bytes of a file. */
function written(tally: CampaignTally): RunDocument {
  const reading = readResult(new TextEncoder().encode(JSON.stringify(toRunDocument(tally))));
  if ('document' in reading) return reading.document;
  throw new Error(reading.problem);
}

function shards(outcomes: readonly SeedOutcome[], of: number): NamedResult[] {
  return Array.from({ length: of }, (_, i) => ({
    name: `s${i + 1}`,
    document: written(shardOf(outcomes, i + 1, of)),
  }));
}

/** All but the machine's share: workers and wall time. */
const told = (tally: CampaignTally): object => ({
  ...toRunDocument(tally),
  workers: 0,
  wallMs: 0,
});

const finding = (property: string) => ({ ...lostEntry, property });
const anyHistogram = fc.array(fc.nat({ max: 20_000_000_000 }), { maxLength: 5 }).map(lengths);
const anyMeasures = fc.record({
  leader: anyHistogram,
  unavailable: anyHistogram,
  operation: anyHistogram,
  lease: anyHistogram,
  barrier: anyHistogram,
});
const anyOutcomes = fc
  .array(
    fc.record({
      hash: fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((n) => n.toString(16).padStart(12, '0')),
      findings: fc.subarray(['committed-durable', '__proto__', 'linearizable-register']),
      undecided: fc.boolean(),
      switchedOff: fc.subarray(['fifo', 'lease']),
      events: fc.nat(),
      virtualUs: fc.nat(),
      elapsedMs: fc.integer({ min: 0, max: 500 }),
      measures: anyMeasures,
    }),
    { minLength: 1, maxLength: 24 },
  )
  .map((drawn) =>
    drawn.map(({ findings, undecided, ...given }, i): SeedOutcome => ({
      ...outcome(i + 1, findings.map(finding)),
      ...given,
      undecided: undecided ? [{ property: 'linearizable-register', message: 'out of budget' }] : [],
    })),
  );

describe('shards', () => {
  test('add up to the document of one run, whatever the seeds came to and in whatever order files are given', () => {
    fc.assert(
      fc.property(anyOutcomes, fc.integer({ min: 1, max: 6 }), fc.boolean(), (outcomes, n, reversed) => {
        const of = Math.min(n, outcomes.length);
        const results = shards(outcomes, of);
        if (reversed) results.reverse();
        expect(told(mergeShards(results))).toEqual(told(shardOf(outcomes, 1, 1)));
      }),
      { numRuns: 300 },
    );
  });

  test('are told in the terminal in the same words as one run', () => {
    const outcomes = [1, 2, 3, 4, 5].map((seed) => outcome(seed, seed % 2 === 0 ? [lostEntry] : []));
    const words = (tally: CampaignTally): string[] => tellCampaign({ ...tally, wallMs: 0 }, plain);
    const one = fromRunDocument(written(shardOf(outcomes, 1, 1)));
    expect(words(mergeShards(shards(outcomes, 2))).map((line) => line.replace('out/2.json', 'x'))).toEqual(
      words(one).map((line) => line.replace('out/2.json', 'x')),
    );
  });

  test('of a campaign that was cut short make one that was cut short', () => {
    const [a, b] = shards([outcome(1), outcome(2)], 2);
    const cut = { ...shardOf([outcome(1), outcome(2)], 2, 2), complete: false, interrupted: true };
    const merged = mergeShards([a!, { ...b!, document: written(cut) }]);
    expect([merged.complete, merged.interrupted]).toEqual([false, true]);
  });
});

describe('what does not belong together is refused by name', () => {
  const outcomes = [1, 2, 3, 4].map((seed) => outcome(seed));
  const [one, two] = shards(outcomes, 2) as [NamedResult, NamedResult];
  const changed = (result: NamedResult, change: (document: RunDocument) => void): NamedResult => {
    const document = structuredClone(result.document);
    change(document);
    return { ...result, document };
  };
  const refusal = (...results: NamedResult[]): string => {
    try {
      mergeShards(results);
    } catch (error) {
      if (error instanceof ShardError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return 'taken';
  };

  test('the shards as they are would be taken', () => {
    expect(refusal(one, two)).toBe('taken');
  });

  test('a shard of more shards than anybody has is refused at once', () => {
    const [only] = shards([outcome(1)], 1);
    const of = 3_000_000_000;
    const document = { ...only!.document, shard: { index: 1, of } };
    const from = performance.now();
    expect(refusal({ name: 's1', document })).toMatch(
      /^SHARD_MISSING: shards 2\/3000000000, 3\/3000000000, .*, … are missing; found s1\.$/,
    );
    expect(performance.now() - from).toBeLessThan(500);
  });

  test.each<[string, () => string, RegExp]>([
    ['no result at all', () => refusal(), /^BAD_RESULT: there is no result/],
    ['a shard that is missing', () => refusal(two), /^SHARD_MISSING: shard 1\/2 is missing; found s2\.$/],
    [
      'a shard given twice',
      () => refusal(one, two, { ...two, name: 'copy' }),
      /^SHARD_OVERLAP: s2 and copy are both shard 2\/2\.$/,
    ],
    [
      'two results of the same seeds',
      () => refusal(...shards(outcomes, 1), { ...shards(outcomes, 1)[0]!, name: 'again' }),
      /^SHARD_OVERLAP: s1 and again are results of the same seeds\.$/,
    ],
    [
      'another commit',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.commit = 'fffffff')),
        ),
      /^SHARD_OTHER_COMMIT: s1 was run at commit 1a2b3c4 .*, s2 at commit fffffff /,
    ],
    [
      'another version',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.version = '9.9.9')),
        ),
      /^SHARD_OTHER_COMMIT: .* of version 9\.9\.9/,
    ],
    [
      'other code at the same commit',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.scenarios[0]!.digest = 'd2')),
        ),
      /^SHARD_OTHER_CONFIGURATION: s1 and s2 .* the code of crash-during-fsync differs \(d1, d2\)\.$/,
    ],
    [
      'another number of parts',
      () => refusal(one, ...shards(outcomes, 4).slice(1, 2)),
      /^SHARD_OTHER_CONFIGURATION: .* seeds 1–4 in 2 parts, and seeds 1–4 in 4 parts\.$/,
    ],
    [
      'other seeds',
      () => refusal(one, ...shards(outcomes.slice(0, 3), 2).slice(1)),
      /^SHARD_OTHER_CONFIGURATION: .* seeds 1–4 in 2 parts, and seeds 1–3 in 2 parts\.$/,
    ],
    [
      'another scenario',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.scenarios[0]!.name = 'other')),
        ),
      /^SHARD_OTHER_CONFIGURATION: .* only one of them ran crash-during-fsync\.$/,
    ],
    [
      'other demands',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.scenarios[0]!.minSeeds = 1)),
        ),
      /^SHARD_OTHER_CONFIGURATION: .* crash-during-fsync was to watch or to reach something else/,
    ],
    [
      'a hash that was edited',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.hash = '000000000001')),
        ),
      /^BAD_RESULT: s2 contradicts itself: its hash is 000000000001, its scenarios add up to /,
    ],
    [
      'a verdict that was edited',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.verdict = 'violated')),
        ),
      /^BAD_RESULT: s2 contradicts itself: its verdict is violated, its scenarios say held\.$/,
    ],
    [
      'seeds of another shard',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.scenarios[0]!.firstSeed = 1)),
        ),
      /^BAD_RESULT: s2 contradicts itself: the seeds of crash-during-fsync/,
    ],
    [
      'a violation that is listed, but not told',
      () =>
        refusal(
          one,
          changed(two, (d) =>
            d.scenarios[0]!.violations.push({ seed: 2, property: 'p', message: 'm', repro: null }),
          ),
        ),
      /^BAD_RESULT: s2 contradicts itself: the violations of crash-during-fsync that are told/,
    ],
    [
      'a measure that counts other than its bins',
      () =>
        refusal(
          one,
          changed(two, (d) => (d.scenarios[0]!.measures.leader.count += 1)),
        ),
      /^BAD_RESULT: s2 contradicts itself: the counts of the measure "leader" of crash-during-fsync do not add up/,
    ],
  ])('%s', (_, refused, sentence) => {
    expect(refused()).toMatch(sentence);
  });
});

describe('a result document', () => {
  const whole = JSON.stringify(toRunDocument(campaign([outcome(1, [lostEntry])])));
  const problem = (text: string): string => {
    const reading = readResult(new TextEncoder().encode(text));
    return 'problem' in reading ? reading.problem : 'read';
  };

  test('is read back as it was written, cut at no place', () => {
    expect(problem(whole)).toBe('read');
    for (let length = 0; length < whole.length; length += 97) {
      expect(problem(whole.slice(0, length))).toMatch(/^is (empty|not whole JSON)/);
    }
  });

  test('of another schema is told from one that is none', () => {
    expect(problem(whole.replace('"schema":3', '"schema":4'))).toMatch(/^is of schema 4, .* newer/);
    expect(problem(whole.replace('"schema":3', '"schema":2'))).toMatch(/^is of schema 2, .* older/);
    expect(problem('{"schema":3}')).toMatch(/^is no result document: version: /);
    expect(problem('[]')).toMatch(/^is no result document/);
    expect(problem('\0')).toMatch(/^is binary/);
  });
});
