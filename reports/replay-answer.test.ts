import { expect, test } from 'vitest';
import { replayAnswer, tellReplay } from './replay-answer.ts';
import type { ReplayFacts } from './replay-answer.ts';

const run = {
  commit: '1a2b3c4',
  node: '20.20.2',
  digest: 'aa',
  hash: '8c1f0a52e9d4',
  checkpoints: ['a1', 'a2', 'a3'],
};
const violation = { property: 'committed-durable', event: 3_911 };
const same: ReplayFacts = {
  recorded: { ...run, ...violation },
  replayed: { ...run, events: 3_911, violation },
};
const other = { hash: '000000000001', checkpoints: ['a1', 'a2', 'b3'] };

test('the same run', () => {
  expect(tellReplay(same)).toBe(
    'Same run: 3,911 events, hash 8c1f0a52e9d4 as recorded. committed-durable violated again at event 3,911.',
  );
});

test('the code changed, and it still violates', () => {
  expect(tellReplay({ ...same, replayed: { ...same.replayed, ...other, digest: 'bb' } })).toBe(
    'Code changed since 1a2b3c4, and it still violates: committed-durable at event 3,911 (hash differs after event 2,000).',
  );
});

test('the code changed, and it holds now', () => {
  expect(
    tellReplay({ ...same, replayed: { ...same.replayed, ...other, digest: 'bb', violation: null } }),
  ).toBe('Code changed since 1a2b3c4, and it holds now (hash differs after event 2,000).');
});

test('the same files and another run are nondeterminism, with both Node versions named', () => {
  const facts = { ...same, replayed: { ...same.replayed, ...other, node: '24.1.0' } };
  expect(replayAnswer(facts)).toBe('nondeterministic');
  expect(tellReplay(facts)).toContain('Recorded on node 20.20.2, replayed on node 24.1.0');
});

test('an event that never ends has no hash: it either violates again or holds now', () => {
  const endless = { hash: null, checkpoints: [], property: 'process-alive', event: 0 };
  const recorded = { ...run, ...endless };
  const again = { ...run, ...endless, events: 0, violation: { property: 'process-alive', event: 0 } };
  expect(replayAnswer({ recorded, replayed: again })).toBe('same');
  expect(replayAnswer({ recorded, replayed: { ...same.replayed, violation: null } })).toBe('holds-now');
});
