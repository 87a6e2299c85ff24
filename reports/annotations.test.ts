/** Workflow commands, read back by the grammar of GitHub's runner. */
import { describe, expect, test } from 'vitest';
import { tellAnnotations } from './annotations.ts';
import { lostEntry, outcome } from './campaign.test-support.ts';
import { campaignOf, hostileCampaign, hostileTexts, scenario, states } from './states.test-support.ts';
import type { CampaignTally } from './tally.ts';

interface Command {
  readonly level: string;
  readonly properties: { readonly [name: string]: string };
  readonly message: string;
}

/** A line as the runner reads it (`ActionCommand.TryParseV2` of actions/runner): properties between commas, escapes undone. */
function parse(line: string): Command {
  const match = /^::(\w+) (.*?)::([\s\S]*)$/.exec(line);
  if (match === null) throw new Error(`no workflow command: ${line}`);
  const [, level, given, message] = match;
  const unescape = (text: string, codes: readonly [string, string][]): string =>
    codes.reduce((told, [code, character]) => told.replaceAll(code, character), text);
  const data: [string, string][] = [
    ['%0D', '\r'],
    ['%0A', '\n'],
    ['%25', '%'],
  ];
  const property: [string, string][] = [['%3A', ':'], ['%2C', ','], ...data];
  const properties = Object.fromEntries(
    given!.split(',').map((pair) => {
      const [key, ...value] = pair.split('=');
      return [key!, unescape(value.join('='), property)];
    }),
  );
  return { level: level!, properties, message: unescape(message!, data) };
}

const tell = (campaign: CampaignTally): Command[] =>
  tellAnnotations(campaign, (file) => `packages/kv/${file}`).map(parse);

describe('annotations', () => {
  test('stand at the line where the scenario is defined, with the sentence and the command to replay it', () => {
    expect(tell(campaignOf([states.held, states.violated]))).toEqual([
      {
        level: 'error',
        properties: {
          file: 'packages/kv/tests/kv, split.ts',
          line: '12',
          title: 'committed-durable violated in violated, seed 2',
        },
        message: `${lostEntry.message}\nSeen in 2 of 3 seeds.\nReplay: npx stormglass replay stormglass-out/2.json`,
      },
    ]);
  });

  test('warn of what is undecided, was never tried, or was not run; say nothing of what held', () => {
    const { held, undecided, off, missed, notRun } = states;
    const told = tell(campaignOf([held, undecided, off, missed, notRun]));
    expect(told.map(({ level, properties, message }) => [level, properties['title'], message])).toEqual([
      ['warning', 'linearizable-register undecided in undecided, seed 2', 'out of budget'],
      ['warning', 'Coverage of missed not met', 'In 3 seeds: power-cut never fired.'],
      ['warning', 'not-run was not run', 'No seed was run.'],
    ]);
    expect(told.every(({ properties }) => !('file' in properties))).toBe(true);
  });

  test('are at most ten of a level, as many as GitHub shows; the last one counts the rest', () => {
    const many = Array.from({ length: 14 }, (_, i) => ({ ...lostEntry, property: `property-${i}` }));
    const told = tell(campaignOf([scenario({}, [outcome(1, many)])]));
    expect(told).toHaveLength(10);
    expect(told.at(-1)).toMatchObject({ level: 'error', properties: { title: 'Stormglass: 5 more' } });
  });

  test('are one line each whatever names and messages hold, and nothing in them is another command', () => {
    for (const text of hostileTexts) {
      const lines = tellAnnotations(hostileCampaign(text), (file) => file);
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines) {
        expect(line).not.toMatch(/[\r\n\u0000-\u0008\u2028]/);
        expect(Object.keys(parse(line).properties).sort()).toEqual(['file', 'line', 'title']);
      }
    }
  });

  test('escape as GitHub documents', () => {
    const hostile = tell(hostileCampaign('100% a:b,c\nd'))[0]!;
    expect(hostile.properties['file']).toBe('packages/kv/100% a:b,c\nd');
    expect(hostile.message).toBe('100% a:b,c\nd');
    expect(tellAnnotations(hostileCampaign('100% a:b,c\nd'), (file) => file)[0]).toContain(
      '::error file=100%25 a%3Ab%2Cc%0Ad,line=1,title=100%25 a%3Ab%2Cc d%2C seed 1%2C is not deterministic::100%25 a:b,c%0Ad',
    );
  });
});
