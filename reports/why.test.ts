import { expect, test } from 'vitest';
import { campaign, lostEntry, outcome } from './campaign.test-support.ts';
import { style } from './style.ts';
import { tellKind } from './why.ts';

test('a violation is told: sentence, conflict, weather, what came before, how to replay', () => {
  const [tally] = campaign([outcome(40), outcome(35, [lostEntry]), outcome(31, [lostEntry])]).scenarios;
  expect(tellKind(tally!.kinds[0]!, tally!.seeds, style(false)).join('\n')).toBe(
    `✗ committed-durable — crash-during-fsync, seed 31, at 4.182 s (event 3,911)

  An acknowledged entry is lost. Entry 118 (term 3, put k7 = 41) was committed
  on the word of n0 and n2, but n2's disk did not hold it.

    4.020 s  n0  committed 118, quorum {n0, n2}
    4.182 s  n2  recovered up to 117

  in force     power-cut of n2, 4.031–4.180 s
  before that  4.012 s  n2  append 118 from n0, write started
               4.031 s  n2  power cut
  seen in      2 of 3 seeds: 31, 35

  Replay:      npx stormglass replay stormglass-out/crash-during-fsync-31.json
  Debug:       … --until 3911 --focus n0,n2 --dump n2`,
  );
});

test('what led to it is a numbered story, where its run was recorded', () => {
  const story = [
    { number: 1, seq: 3_701, at: 4_012_000, node: 2, text: 'appended entry 118 (term 3)', rule: 'entry' },
    { number: 2, seq: 3_800, at: 4_030_500, node: null, text: 'power-cut of n2 began', rule: 'fault' },
    { number: 3, seq: 3_911, at: 14_182_000, node: 2, text: 'recovered up to 117', rule: 'conflict' },
  ] as const;
  const [tally] = campaign([{ ...outcome(31, [lostEntry]), story }]).scenarios;
  const lines = tellKind(tally!.kinds[0]!, tally!.seeds, style(false));
  const from = lines.findIndex((line) => line.startsWith('  story'));
  expect(lines.slice(from, from + 4).join('\n')).toBe(
    `  story        1   4.012 s  n2 appended entry 118 (term 3) (event 3,701)
               2   4.031 s  power-cut of n2 began (event 3,800)
               3  14.182 s  n2 recovered up to 117 (event 3,911)
  seen in      1 of 1 seed: 31`,
  );
  expect(lines.join('\n')).not.toContain('before that');
});
