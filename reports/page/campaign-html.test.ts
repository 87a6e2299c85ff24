/** The file of a campaign's page, without a browser: it is whole without scripts, in every state, and nobody's text is more than text. */
import { describe, expect, test } from 'vitest';
import { campaignOf, hostileCampaign, hostileTexts, states } from '../states.test-support.ts';
import type { CampaignTally } from '../tally.ts';
import { campaignHtml } from './campaign-html.ts';
import { shortCount } from './campaign-matrix-html.ts';
import { lengthOfTime, roughTime } from './length-of-time.ts';
import { pictureCampaign } from './picture-campaign.test-support.ts';

const assets = { script: 'void 0;', scriptHash: 'sha256-x', style: '' };
const file = (tally: CampaignTally): string => campaignHtml(tally, { assets });
/** What stands between tags, spaces as one. */
const text = (page: string): string =>
  page
    .slice(page.indexOf('<body>'))
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replace(/\s+/g, ' ');

test('tells without scripts: verdict, command, counts, matrix, violations, distributions, faults, reach, slowest seeds', () => {
  const page = text(file(pictureCampaign()));
  for (const part of [
    '3 of 26 properties were violated, in 20 of 12,000 runs; 22 held, 1 is undecided',
    'npx stormglass run calm',
    '817 checks switched off by an assumption',
    '1 of 9 reaches unmet',
    '14 violated, in 14 runs',
    'npx stormglass replay zombie-holder --seed 184467',
    'zombie-holder 14, lease-storm 3',
    'The search passed 2,000,000 states.',
    'p99 1.03 s max 2.91 s',
    'message-lost 1,904,211',
    'A snapshot arrived during a change of voters: unmet (snapshot-in-change) 0',
    'lock-convoy 771203 2,410,000 1.92 s',
  ]) {
    expect(page).toContain(part);
  }
});

test('what held shows no red, and the matrix before all else', () => {
  const page = file(campaignOf([states.held]));
  const body = page.slice(page.indexOf('<main'));
  expect(body).toContain('held-mark');
  expect(body).not.toMatch(/violation-mark|class="[^"]*(violated|undecided|unmet)/);
  expect(text(page)).not.toContain('Violations');
});

test('what is not to be trusted is told before the matrix', () => {
  const trouble = { scenario: 'held', seed: 2, message: 'event 7 differs', file: null, trace: null };
  const page = text(file(campaignOf([states.held], { nondeterminism: [trouble] })));
  expect(page.indexOf('event 7 differs')).toBeGreaterThan(0);
  expect(page.indexOf('event 7 differs')).toBeLessThan(page.indexOf('Scenario by property'));
});

test.each(Object.keys(states))('%s: a whole file', (name) => {
  const page = file(campaignOf([states[name as keyof typeof states]]));
  expect(page.endsWith('</html>\n')).toBe(true);
  expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);
});

test('no scenario at all: a sentence and a command', () => {
  const page = text(file(campaignOf([])));
  expect(page).toContain('No scenario was run');
  expect(page).toContain('npx stormglass run --seeds 100');
});

describe('texts of unknown origin', () => {
  const tags = (page: string): string[] =>
    [...page.matchAll(/<(\/?[a-z!][a-z0-9]*)/gi)].map(([, name]) => name!);
  const expected = tags(file(hostileCampaign('plain')));

  test.each(hostileTexts.map((one, i) => [i, one] as const))('%i stays text', (_, hostile) => {
    const page = file(hostileCampaign(hostile));
    expect(tags(page)).toEqual(expected);
    expect(page).not.toMatch(/[\u0000-\u0008\u000e-\u001f\u202e]/);
    expect(page.length).toBeLessThan(80_000);
  });
});

test('counts fit their box; lengths of time have three figures, ticks two', () => {
  expect([0, 41, 999, 1_000, 12_400, 999_499, 2_000_000].map(shortCount)).toEqual([
    '0',
    '41',
    '999',
    '1k',
    '12k',
    '999k',
    '2M',
  ]);
  expect([0, 350, 11_200, 214_000, 1_020_000, 64_000_000, 1_204_000_000].map(lengthOfTime)).toEqual([
    '0 µs',
    '350 µs',
    '11.2 ms',
    '214 ms',
    '1.02 s',
    '64.0 s',
    '1,204 s',
  ]);
  expect([316, 25_100, 282_000, 3_160_000, 66_800_000, 1_000_000_000].map(roughTime)).toEqual([
    '320 µs',
    '25 ms',
    '0.28 s',
    '3.2 s',
    '67 s',
    '1,000 s',
  ]);
});
