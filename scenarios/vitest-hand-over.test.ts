/** What calls hand over to the reporter, read back. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { emptyTally } from '../reports/tally.ts';
import type { CampaignTally } from '../reports/tally.ts';
import { HandingOver, readHandOvers } from './vitest-hand-over.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hand-over-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const about = {
  ...{ name: 'calm', file: 'a.test.ts', minSeeds: 1, properties: [], faults: [], reach: [], line: null },
  ...{ assumptions: [], digest: null },
};
const campaign: CampaignTally = {
  ...{ version: '0', commit: '', node: '', workers: 1, first: 1, seeds: 5, shard: { index: 1, of: 1 } },
  ...{ scenarios: [emptyTally(about, 1, 5)], complete: false, interrupted: false, nondeterminism: [] },
  ...{ failures: [], reproLost: null, wallMs: 0 },
};

function handOver(fullName: string, failure: string | null): void {
  const called = { file: 'a.test.ts', name: 'holds' };
  new HandingOver(folder, called, fullName).tell(campaign, {
    failure,
    hash: null,
    page: null,
    pageProblem: null,
  });
}

test('two tests of one name in two suites are two: a failure is not replaced by what held', () => {
  handOver('with three nodes > holds', 'Property failed');
  handOver('with five nodes > holds', null);
  expect(readHandOvers(folder).map(({ failure }) => failure)).toEqual(['Property failed', null]);
});

test('of a test that was tried again the last try counts', () => {
  handOver('holds', 'Property failed');
  handOver('holds', null);
  expect(readHandOvers(folder).map(({ failure }) => failure)).toEqual([null]);
});
