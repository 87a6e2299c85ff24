/** Pages of runs beside the results of shards: linked where they are of these violations. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addSeed, emptyTally } from '../../reports/tally.ts';
import type { CampaignTally, SeedOutcome } from '../../reports/tally.ts';
import { emptyMeasures } from '../../reports/measures.ts';
import { existingPages } from './existing-pages.ts';
import { runPageName } from './page-names.ts';

const recorded = JSON.parse(
  readFileSync(new URL('../corpus/failing-disks-328.json', import.meta.url), 'utf8'),
) as { commit: string; seed: number; violation: { property: string; message: string } };
const { commit, seed, violation } = recorded;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pages-'));
  mkdirSync(join(folder, 'runs'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function campaign(message: string): CampaignTally {
  const { property } = violation;
  const about = {
    ...{ name: 'failing-disks', file: null, minSeeds: 1, properties: [property], faults: [], reach: [] },
    ...{ line: null, assumptions: [], digest: null },
  };
  const tally = emptyTally(about, seed, 1);
  const finding = { property, message, at: 1, seq: 1, nodes: [], evidence: [] };
  const outcome: SeedOutcome = {
    ...{ seed, hash: null, events: 1, virtualUs: 1, elapsedMs: 1, findings: [finding], undecided: [] },
    ...{ switchedOff: [], faults: {}, reach: {}, counts: tally.counts, measures: emptyMeasures() },
    ...{ inForce: [], lastEvents: [] },
  };
  addSeed(tally, outcome, 3, null);
  return {
    ...{ version: '0', commit, node: '', workers: 1, first: seed, seeds: 1, shard: { index: 1, of: 1 } },
    ...{ scenarios: [tally], complete: true, interrupted: false, nondeterminism: [], failures: [] },
    ...{ reproLost: null, wallMs: 0 },
  };
}

const name = runPageName({ scenario: 'failing-disks', seed, property: violation.property });

function writePage(repro: object | null): void {
  const json = JSON.stringify(repro).replaceAll('<', '\\u003c');
  const inside = repro === null ? '' : `<script type="application/json" id="repro">${json}</script>`;
  const head = '<!doctype html><html><head><meta name="generator" content="Stormglass"></head><body>';
  writeFileSync(join(folder, 'runs', name), `${head}${inside}</body></html>\n`);
}

const linked = (message = violation.message): readonly string[] =>
  existingPages(campaign(message), [folder], folder).links.map(({ href }) => href);

test('a page of the violation is linked, also one that carries no repro', () => {
  expect(linked()).toEqual([]);
  writePage(recorded);
  expect(linked()).toEqual([`runs/${name}`]);
  writePage(null);
  expect(linked()).toEqual([`runs/${name}`]);
});

test('a page that an older campaign left is not: of another commit, or of something else that the seed came to', () => {
  writePage({ ...recorded, commit: 'another' });
  expect(linked()).toEqual([]);
  writePage(recorded);
  expect(linked('Something else.')).toEqual([]);
});
