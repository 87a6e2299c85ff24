/** Campaigns in which everything happens that a report must tell, and ones that mean harm. */
import { campaign, lostEntry, outcome } from './campaign.test-support.ts';
import { addSeed, emptyTally } from './tally.ts';
import type { CampaignTally, FindingData, ScenarioAbout, ScenarioTally, SeedOutcome } from './tally.ts';

/** A scenario with these outcomes. */
export function scenario(
  about: Partial<ScenarioAbout>,
  outcomes: readonly SeedOutcome[],
  planned = outcomes.length,
): ScenarioTally {
  const base = campaign([]).scenarios[0]!.about;
  const tally = emptyTally({ ...base, ...about }, 1, planned);
  for (const one of outcomes) {
    addSeed(tally, one, 3, one.findings.length === 0 ? null : `stormglass-out/${one.seed}.json`);
  }
  return tally;
}

/** A campaign over these scenarios. */
export function campaignOf(
  scenarios: readonly ScenarioTally[],
  more: Partial<CampaignTally> = {},
): CampaignTally {
  return { ...campaign([]), seeds: 3, scenarios: [...scenarios], ...more };
}

const seeds = (change: (seed: number) => Partial<SeedOutcome>, count = 3): SeedOutcome[] =>
  Array.from({ length: count }, (_, i) => ({ ...outcome(i + 1), ...change(i + 1) }));

/** A scenario for each thing that may come of one. */
export const states = {
  held: scenario(
    { name: 'held' },
    seeds(() => ({})),
  ),
  violated: scenario({ name: 'violated', file: 'tests/kv, split.ts', line: 12 }, [
    outcome(1),
    outcome(2, [lostEntry]),
    outcome(3, [lostEntry]),
  ]),
  undecided: scenario(
    { name: 'undecided' },
    seeds((seed) =>
      seed === 2 ? { undecided: [{ property: 'linearizable-register', message: 'out of budget' }] } : {},
    ),
  ),
  off: scenario(
    {
      name: 'off',
      properties: ['lease-not-early', 'monotonic'],
      assumptions: [{ property: 'lease-not-early', assumes: ['drift<=rho'] }],
    },
    seeds(() => ({ switchedOff: ['lease-not-early'] })),
  ),
  partlyOff: scenario(
    {
      name: 'partly-off',
      properties: ['lease-not-early'],
      assumptions: [{ property: 'lease-not-early', assumes: ['drift<=rho'] }],
    },
    seeds((seed) => ({ switchedOff: seed === 1 ? ['lease-not-early'] : [] })),
  ),
  missed: scenario(
    { name: 'missed', minSeeds: 2 },
    seeds(() => ({ faults: { 'power-cut': 0 } })),
  ),
  notRun: scenario({ name: 'not-run' }, [], 3),
  cutShort: scenario({ name: 'cut-short' }, [outcome(1)], 3),
} as const;

/** What a process, a key or an author may be called, and what it may say. */
export const hostileTexts: readonly string[] = [
  '<script>alert(1)</script>',
  '</testsuite><testcase name="x"/>',
  ']]>&amp;&#0;&lt;!--',
  '\u0000\u0001\u001b[31mred\u001b[0m\u007f\u0085\ufffe\uffff',
  '\ud800 half, \udc00 half',
  'a | b || c \\| d \\',
  '`code` ```fence``` ~~~',
  '\n\n```\n# heading\n<details open>\n\n| a | b |\n|---|---|',
  'line\r\nline\rline\u2028line\u2029line',
  '\u202egpj.exe',
  '__proto__',
  'constructor',
  '@everyone #1 https://example.org [x](javascript:alert(1)) ![](x) $$x$$ :tada: &nbsp;',
  '%%{init: {"theme":"dark"}}%% end; participant x; n0->>n1: y # z',
  '::error file=x::y\n::warning::z%0A%25',
  '{{ secrets }} ${{ github.token }} $(id) `id`',
  '',
  ' ',
  '- [ ] --- *** ___ === <!-- -->',
  '𝄞🙂é\u0301',
  'x'.repeat(1_048_576),
  'y '.repeat(524_288),
  '`'.repeat(5_000),
];

/** A campaign in which every name and every text is the hostile one; held properties, violations, searches and troubles alike. */
export function hostileCampaign(text: string): CampaignTally {
  const finding: FindingData = {
    property: text,
    message: text,
    at: 4_182_000,
    seq: 3_911,
    nodes: [0, 2],
    evidence: [
      { at: 4_020_000, node: 0, text },
      { at: 4_182_000, node: 2, text },
    ],
    details: [text, text],
  };
  const violated: SeedOutcome = {
    ...outcome(1, [finding]),
    inForce: [{ fault: text, hosts: [2], fromUs: 4_031_000, toUs: Infinity }],
    lastEvents: [
      { seq: 3_701, at: 4_012_000, host: 2, kind: 'deliver', text: `0>2 #7 ${text}` },
      { seq: 3_890, at: 4_031_000, host: 2, kind: text, text },
    ],
    undecided: [{ property: `${text}?`, message: text }],
    switchedOff: [text],
  };
  const tally = scenario(
    {
      name: text,
      file: text,
      line: 1,
      minSeeds: 1,
      properties: [text, `${text}?`, `${text}!`],
      assumptions: [{ property: `${text}!`, assumes: [text] }],
      faults: [text],
      reach: [text],
    },
    [violated],
  );
  const trouble = { scenario: text, seed: 1, message: text, file: text, trace: text };
  return campaignOf([tally], { nondeterminism: [trouble], failures: [trouble], reproLost: text });
}
