/** What the page of a campaign draws, in every state that a campaign may end in. */
import { describe, expect, test } from 'vitest';
import { campaign, lengths, lostEntry, outcome } from '../campaign.test-support.ts';
import { edgesUs, emptyHistogram } from '../histogram.ts';
import { campaignOf, scenario, states } from '../states.test-support.ts';
import type { CampaignTally } from '../tally.ts';
import { plotOf } from './campaign-distributions.ts';
import { maxKinds, runKey, shapeOf } from './campaign-kinds.ts';
import { campaignPageOf } from './campaign-page-of.ts';
import type { MatrixCell } from './campaign-page.ts';
import { pictureCampaign } from './picture-campaign.test-support.ts';
import { inFamilies } from './property-families.ts';

const trouble = { scenario: 'held', seed: 2, message: 'event 7 differs', file: null, trace: null };

function told(tally: CampaignTally): readonly string[] {
  const { state, sentence } = campaignPageOf(tally).verdict;
  return [state, sentence];
}

describe('the verdict', () => {
  test('counts what was violated, held and is undecided, each property once', () => {
    expect(told(pictureCampaign())).toEqual([
      'violated',
      '3 of 26 properties were violated, in 20 of 12,000 runs; 22 held, 1 is undecided',
    ]);
  });

  test.each<readonly [string, CampaignTally, string, string]>([
    ['all held', campaignOf([states.held]), 'held', 'All 2 properties held in 3 runs'],
    [
      'one violated',
      campaignOf([states.held, states.violated]),
      'violated',
      '1 of 2 properties was violated, in 2 of 6 runs; 1 held',
    ],
    [
      'undecided',
      campaignOf([states.held, states.undecided]),
      'undecided',
      '1 of 2 properties is undecided after 6 runs; 1 held',
    ],
    [
      'switched off everywhere never counts as held',
      campaignOf([states.off]),
      'held',
      '1 of 2 properties held in 3 runs; 1 was switched off',
    ],
    [
      'switched off in some runs and held in the others',
      campaignOf([states.partlyOff]),
      'held',
      'The one property held in 3 runs',
    ],
    ['coverage unmet', campaignOf([states.missed]), 'coverage-not-met', 'All 2 properties held in 3 runs'],
    ['nothing run', campaignOf([states.notRun]), 'empty', 'None of 3 runs was done'],
    ['no scenario', campaignOf([]), 'empty', 'No scenario was run'],
    [
      'nondeterminism outweighs a violation',
      campaignOf([states.violated], { nondeterminism: [trouble] }),
      'nondeterministic',
      '1 seed ran in two ways, so that no result here can be trusted',
    ],
    [
      'runs that ended outside the simulated world',
      campaignOf([states.held], { failures: [trouble, trouble] }),
      'internal-error',
      '2 runs ended in an error outside the simulated world',
    ],
  ])('%s', (_, tally, state, sentence) => {
    expect(told(tally)).toEqual([state, sentence]);
  });

  test('one that was cut short or interrupted says how much of it was done', () => {
    const cut = campaignOf([states.cutShort, states.notRun], { complete: false });
    expect(campaignPageOf(cut).verdict.notes).toEqual([
      'It was cut short: 1 of 6 runs done.',
      'Of 1 scenario no seed was run.',
    ]);
    const stopped = campaignOf([states.cutShort], { complete: false, interrupted: true });
    expect(campaignPageOf(stopped).verdict).toMatchObject({
      state: 'interrupted',
      notes: ['It was interrupted: 1 of 3 runs done.'],
    });
    expect(campaignPageOf(cut).counts).toContainEqual({ value: '1', words: 'of 6 runs', tone: 'undecided' });
  });

  test('troubles come with the command that shows them', () => {
    const { troubles } = campaignPageOf(
      campaignOf([states.held], { nondeterminism: [trouble], failures: [{ ...trouble, file: 'a b.ts' }] }),
    );
    expect(troubles.map(({ what, command }) => `${what}: ${command}`)).toEqual([
      'is not deterministic: npx stormglass run held --seed 2 --verify 1/1',
      "could not be run: npx stormglass run held --scenario 'a b.ts' --seed 2 --debug",
    ]);
  });
});

test('the command names scenarios, seeds, file and shard; the one that was typed stands as it was', () => {
  const { scenarios } = campaignOf([states.violated]);
  const tally = campaignOf(scenarios, { first: 5, seeds: 10, shard: { index: 2, of: 4 } });
  expect(campaignPageOf(tally).command).toBe(
    "npx stormglass run violated --scenario 'tests/kv, split.ts' --seeds 10 --first 5 --shard 2/4",
  );
  expect(campaignPageOf(tally, { command: 'npm run storm' }).command).toBe('npm run storm');
});

describe('the matrix', () => {
  const matrix = campaignPageOf(
    campaignOf([states.held, states.violated, states.undecided, states.off, states.partlyOff, states.notRun]),
  ).matrix;
  const names = matrix.families.flatMap(({ columns }) => columns.map(({ name }) => name));
  const cell = (row: string, column: string): MatrixCell =>
    matrix.rows.find((one) => one.scenario === row)!.cells[names.indexOf(column)]!;

  test('has a column a property, by family', () => {
    expect(matrix.families.map(({ name, columns }) => [name, columns.map((one) => one.name)])).toEqual([
      ['raft', ['committed-durable', 'monotonic']],
      ['locks', ['lease-not-early']],
      ['histories', ['linearizable-register']],
    ]);
  });

  test.each([
    ['held', 'committed-durable', 'held', 3],
    ['violated', 'committed-durable', 'violated', 2],
    ['violated', 'linearizable-register', 'held', 3],
    ['undecided', 'linearizable-register', 'undecided', 1],
    ['off', 'lease-not-early', 'switched-off', 3],
    ['partly-off', 'lease-not-early', 'switched-off', 1],
    ['not-run', 'committed-durable', 'not-run', 0],
    ['held', 'lease-not-early', 'not-checked', 0],
  ] as const)('%s × %s: %s', (row, column, state, count) => {
    expect(cell(row, column)).toMatchObject({ state, count });
  });

  test('leads from a violation to where it is told, and says in a sentence what a cell is', () => {
    expect(cell('violated', 'committed-durable')).toMatchObject({
      kind: 0,
      tip: expect.stringMatching(
        /^committed-durable in violated: violated in 2 of 3 runs, first by seed 2\. An ack/,
      ),
    });
    expect(cell('partly-off', 'lease-not-early').tip).toBe(
      'lease-not-early in partly-off: switched off in 1 of 3 runs, whose plans break drift<=rho; held in the others',
    );
  });

  test('adds up runs that violate, by row, by column and in all', () => {
    expect(matrix.rows.map(({ violatingRuns }) => violatingRuns)).toEqual([0, 2, 0, 0, 0, 0]);
    expect([matrix.violating, matrix.runs, matrix.violatingRuns]).toEqual([[2, 0, 0, 0], 15, 2]);
  });

  test('of more than thirty properties folds families that held first, and shows the worst cell of one', () => {
    const own = Array.from({ length: 40 }, (_, i) => `own-${i}`);
    const properties = ['election-safety', 'vote-once', 'committed-durable', 'progress', ...own];
    const { families, rows } = campaignPageOf(
      campaignOf([scenario({ properties }, [outcome(1, [lostEntry])])]),
    ).matrix;
    expect(families.flatMap(({ columns }) => columns.map(({ name }) => name))).toEqual([
      'election-safety',
      'vote-once',
      'committed-durable',
      'own, 40 properties',
      'progress',
    ]);
    expect(rows[0]!.cells.map(({ state }) => state)).toEqual(['held', 'held', 'violated', 'held', 'held']);
    const worse = { ...lostEntry, property: 'own-7' };
    const folded = campaignPageOf(campaignOf([scenario({ properties }, [outcome(1, [worse])])])).matrix;
    expect(folded.families.find(({ name }) => name === 'own')!.columns).toMatchObject([{ violated: true }]);
  });

  test('keeps properties of one’s own before those of the run itself', () => {
    expect(inFamilies(['progress', 'mine', 'linearizable-queue', 'vote-once'])).toEqual([
      { name: 'raft', properties: ['vote-once'] },
      { name: 'histories', properties: ['linearizable-queue'] },
      { name: 'own', properties: ['mine'] },
      { name: 'run', properties: ['progress'] },
    ]);
  });
});

describe('violations', () => {
  const finding = (message: string) => ({ ...lostEntry, message });
  const violated = (name: string, ...told: readonly (readonly [seed: number, message: string])[]) =>
    scenario(
      { name },
      told.map(([seed, message]) => outcome(seed, [finding(message)])),
    );

  test('are told once by property and shape, whatever the scenario, by the lowest seed', () => {
    const { violations } = campaignPageOf(
      campaignOf([
        violated('a', [9, 'Entry 118 of n0 is lost.'], [7, 'A vote of n2 is lost.']),
        violated('b', [3, 'Entry 9 of n2 is lost.'], [12, 'Entry 1,204 of n1 is lost.']),
      ]),
    );
    expect(violations.map(({ seed, count, scenarios }) => ({ seed, count, scenarios }))).toEqual([
      {
        seed: 3,
        count: 3,
        scenarios: [
          { scenario: 'b', count: 2 },
          { scenario: 'a', count: 1 },
        ],
      },
      { seed: 7, count: 1, scenarios: [{ scenario: 'a', count: 1 }] },
    ]);
    expect(violations[0]).toMatchObject({
      message: 'Entry 9 of n2 is lost.',
      command: 'npx stormglass replay stormglass-out/3.json',
      href: null,
    });
  });

  test('lead to the page of their run where there is one, and never to a script', () => {
    const tally = campaignOf([violated('a', [1, 'x'])]);
    const key = runKey('a', 1, lostEntry.property);
    const hrefOf = (href: string) =>
      campaignPageOf(tally, { pages: new Map([[key, href]]) }).violations[0]!.href;
    expect(hrefOf('runs/a-1.html')).toBe('runs/a-1.html');
    expect(hrefOf('javascript:alert(1)')).toBeNull();
    expect(hrefOf(' https://example.org')).toBeNull();
  });

  test('of too many shapes say how many are left out', () => {
    const words = Array.from({ length: maxKinds + 3 }, (_, i) => 'x'.repeat(i + 1));
    const page = campaignPageOf(
      campaignOf([violated('a', ...words.map((word, i) => [i + 1, word] as const))]),
    );
    expect([page.violations.length, page.kindsLeft]).toEqual([maxKinds, 3]);
  });

  test('have a shape without numbers', () => {
    expect(shapeOf('n2 read 1,204 after 0.250 s')).toBe(shapeOf('n0 read 7 after 12 s'));
    expect(shapeOf('n2 read')).not.toBe(shapeOf('n2 wrote'));
  });
});

describe('what was measured', () => {
  test('is added up over scenarios and drawn with its numbers', () => {
    const { distributions } = campaignPageOf(campaignOf([states.held, states.held]));
    expect(distributions.map(({ title, count }) => [title, count])).toEqual([
      ['Time to a leader', 12],
      ['Unavailability', 0],
      ['Operation latency', 18],
      ['Lease held', 0],
      ['Barrier wait', 0],
    ]);
    const [leader, unavailable] = distributions;
    expect(leader!.plot!.maxUs).toBe(611_003);
    expect(unavailable!.plot).toBeNull();
  });

  test.each([
    ['one length', [5_000]],
    ['lengths far apart', [100, 9_999_999_999]],
    ['below all bins', [0, 50]],
    ['above all bins', [40_000_000_000]],
    ['both', [0, 40_000_000_000]],
  ])('%s: bars meet, rise, hold all counts, and lines lie where their values do', (_, us) => {
    const drawn = plotOf(lengths(us), null)!;
    expect(drawn.bars.reduce((sum, { count }) => sum + count, 0)).toBe(us.length);
    drawn.bars.slice(1).forEach(({ fromUs, toUs }, i) => {
      expect(fromUs).toBe(drawn.bars[i]!.toUs);
      expect(toUs).toBeGreaterThan(fromUs);
    });
    for (const { us: at, x } of drawn.quantiles) {
      expect(Number.isFinite(at)).toBe(true);
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(1);
    }
    expect(drawn.bars.length).toBeLessThanOrEqual(48);
  });

  test('nothing has no plot; every bin alone has one', () => {
    expect(plotOf(emptyHistogram, null)).toBeNull();
    for (const edge of edgesUs) expect(plotOf(lengths([edge]), null)!.highest).toBe(1);
  });

  test('a bound is drawn where it lies near what was measured', () => {
    const measured = lengths([400_000, 4_000_000]);
    const bound = (us: number) => plotOf(measured, { us, name: 'bound' })!.bound;
    expect(bound(5_000_000)!.x).toBeGreaterThan(plotOf(measured, null)!.quantiles[2]!.x - 0.2);
    expect(bound(500_000_000)).toBeNull();
    expect(bound(200)).toBeNull();
    expect(campaignPageOf(pictureCampaign()).distributions[1]!.plot!.bound!.name).toBe('progress bound');
  });
});

describe('what was tried', () => {
  test('faults and reaches that are unmet come first, once they are judged', () => {
    const page = campaignPageOf(campaignOf([states.held, states.missed]));
    expect(page.faults).toEqual([{ name: 'power-cut', fired: 6, missed: true, length: 1 }]);
    expect(page.counts).toContainEqual({
      value: '1',
      words: 'of 1 fault class never fired',
      tone: 'undecided',
    });
    const { reaches } = campaignPageOf(pictureCampaign());
    expect(reaches[0]).toMatchObject({
      sentence: 'A snapshot arrived during a change of voters.',
      hits: 0,
      missedIn: ['calm'],
    });
    expect(reaches.slice(1).every(({ missedIn }) => missedIn.length === 0)).toBe(true);
  });

  test('of too few seeds nothing is unmet', () => {
    const few = scenario({ name: 'few' }, [{ ...outcome(1), reach: { 're-elected': 0 } }]);
    expect(campaignPageOf(campaignOf([few])).reaches).toMatchObject([{ hits: 0, missedIn: [] }]);
  });

  test('the slowest seeds of all scenarios, slowest first', () => {
    const { slowest } = campaignPageOf(pictureCampaign());
    expect(slowest.map(({ elapsedMs }) => elapsedMs)).toEqual([1920, 1400, 1220, 1080, 970, 950, 910, 880]);
    expect(slowest[0]).toMatchObject({ scenario: 'lock-convoy', seed: 771_203, events: 2_410_000 });
    expect(campaignPageOf(campaign([])).slowest).toEqual([]);
  });
});
