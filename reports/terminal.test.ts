import { describe, expect, test } from 'vitest';
import { campaign, lostEntry, outcome } from './campaign.test-support.ts';
import { style, wantsColour } from './style.ts';
import { tellBadInput, tellCampaign, tellHeader, tellScenario } from './terminal.ts';

const plain = style(false);
const held = campaign([outcome(1), outcome(2)], 2);

describe('a campaign', () => {
  test('is headed by what runs it and what is run', () => {
    expect(tellHeader(held)).toBe('stormglass 0.1.0 · node 20.20.2 · 2 workers · 1 scenario × seeds 1–2');
  });

  test('that held says so first, then what was watched, tried and reached', () => {
    expect(tellCampaign(held, plain).join('\n')).toBe(
      `All held: 2 runs, 1 min of virtual time in 41 s wall.
  properties   2 watched, 1.0 M observations; 3,006 operations linearizable
  weather      6 crashes (2 in mid-fsync), 4 partitions, 600 messages lost; the
               one fault class fired
  reached      1 of 1   re-elected ×6
  hash         183e14a5d3a8

  Look inside one:  npx stormglass replay crash-during-fsync --seed 1 --trace`,
    );
    expect(tellScenario(held.scenarios[0]!, plain)).toEqual([
      '  ✓ crash-during-fsync            2 seeds        1 min    ops       3,006',
    ]);
  });

  test('that was violated tells each kind once, before the summary', () => {
    const lines = tellCampaign(campaign([outcome(1, [lostEntry]), outcome(2, [lostEntry])]), plain);
    expect(lines.filter((line) => line.startsWith('✗'))).toHaveLength(1);
    expect(lines).toContain('Violated: 1 kind of violation in 2 of 2 runs, 1 min of virtual time in 41 s');
  });

  test('judges coverage from minSeeds on, and only counts it below', () => {
    const untried = { ...outcome(1), reach: {} };
    expect(tellCampaign(campaign([untried], 1), plain)[0]).toMatch(/^Coverage not met/);
    const few = tellCampaign(campaign([untried], 50), plain).join('\n');
    expect(few).toMatch(/^All held/);
    expect(few).toContain('not judged   1 fault class or reach untried so far');
  });

  test("of a user's scenario says what to type with its file", () => {
    const { scenarios, ...rest } = campaign([outcome(1)]);
    const own = scenarios.map((tally) => ({ ...tally, about: { ...tally.about, file: 'own/my kv.ts' } }));
    expect(tellCampaign({ ...rest, scenarios: own }, plain).at(-1)).toBe(
      "  Look inside one:  npx stormglass replay crash-during-fsync --scenario 'own/my kv.ts' --seed 1 --trace",
    );
  });

  test('that is not deterministic says where to look', () => {
    const trouble = {
      scenario: 'crash-during-fsync',
      seed: 1,
      message: 'event 3 differs',
      file: null,
      trace: null,
    };
    const text = tellCampaign({ ...held, nondeterminism: [trouble] }, plain).join('\n');
    expect(text).toContain('✗ crash-during-fsync, seed 1, is not deterministic\n\n  event 3 differs');
    expect(text).toMatch(/A process takes numbers from\s+ports.random/);
  });

  test('whose scenario had a seed that differed has no ✓ on its line', () => {
    const [tally] = campaign([outcome(1)]).scenarios;
    const [line, note] = tellScenario({ ...tally!, troubled: 1 }, plain);
    expect(line).toContain('✗ crash-during-fsync');
    expect(note).toBe('      1 seed not to be trusted');
  });

  test('names the step after an error outside the simulated world, or shows where it was thrown', () => {
    const trouble = { scenario: 'own/kv', seed: 3, message: 'no such key', file: 'kv.mjs', trace: 'at fold' };
    const failed = { ...held, failures: [trouble] };
    expect(tellCampaign(failed, plain)).toContain(
      '  See where:  npx stormglass run own/kv --scenario kv.mjs --seed 3 --debug',
    );
    expect(tellCampaign(failed, plain, true)).toContain('  at fold');
  });

  test('says of how many scenarios no seed was run, which repros are missing, and what was verified', () => {
    const [done] = campaign([outcome(1)]).scenarios;
    const [idle] = campaign([]).scenarios;
    const cut = { ...held, scenarios: [{ ...done!, verified: 1 }, idle!], complete: false };
    const text = tellCampaign({ ...cut, reproLost: 'cannot write into out (ENOSPC).' }, plain).join('\n');
    expect(text).toContain('Undecided: nothing was violated, but 1 scenario had no seed run;');
    expect(text).toContain('Repro files are missing: cannot write into out (ENOSPC).');
    expect(text).toContain('  verified     1 run, each twice more in lockstep');
  });

  test('keeps within 80 columns', () => {
    const lines = tellCampaign(campaign([outcome(1, [lostEntry]), outcome(2)]), plain);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  });
});

test('bad input is one clear line and the next step', () => {
  const problem = { code: 'BAD_SEEDS', message: 'no "ten".', next: ['try: npx stormglass run --seeds 10'] };
  expect(tellBadInput(problem, plain)).toEqual([
    'error BAD_SEEDS  no "ten".',
    '  try: npx stormglass run --seeds 10',
  ]);
});

test('colour needs a terminal, and yields to NO_COLOR and --no-color', () => {
  expect(wantsColour(true, {}, undefined)).toBe(true);
  expect(wantsColour(false, {}, undefined)).toBe(false);
  expect(wantsColour(true, { NO_COLOR: '1' }, undefined)).toBe(false);
  expect(wantsColour(true, {}, false)).toBe(false);
});
