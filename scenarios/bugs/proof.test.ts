/**
 * That each property can fail: through the world, in a scenario of the catalogue, with a bug planted. A run ends with its first violation, so
 * the property alone watches the planted run; all of them watch the same seed without the bug.
 */
import { describe, expect, test } from 'vitest';
import { barrierSafety, lockSafety, siblingSafety } from '../catalogue/standards.ts';
import { runSeed } from '../run-seed.ts';
import { plant } from './bug.ts';
import { catalogued, catchBug, withoutBug } from './catch.ts';
import { bugs } from './index.ts';

/** Property, the bug that breaks it, where, and a seed known to show it. */
const proofs = [
  ['process-alive', 'follower-commit-uncapped', 'leader-crash', 1],
  ['election-safety', 'stale-vote-counted', 'lossy-and-slow', 46],
  ['vote-once', 'vote-not-persisted', 'crash-during-fsync', 2],
  ['leader-append-only', 'leader-obeys-rival', 'long-pause', 7],
  ['log-matching', 'old-leader-stamps-new-term', 'flapping-links', 40],
  ['leader-completeness', 'log-recency-by-index', 'leader-isolated', 3],
  ['state-machine-safety', 'apply-reads-clock', 'leader-crash', 1],
  ['committed-durable', 'storage-ack-aba', 'crash-during-fsync', 117],
  ['monotonic', 'vote-not-persisted', 'crash-during-fsync', 2],
  ['exactly-once', 'reply-memo-not-in-snapshot', 'follower-behind-snapshot', 1],
  ['linearizable-register', 'read-by-role', 'follower-reads', 2],
  ['lock-exclusion', 'unlock-by-name', 'zombie-holder', 1],
  ['fencing-monotonic', 'fence-by-enqueue', 'lock-storm', 1],
  ['no-stale-write', 'no-fence', 'zombie-holder', 1],
  ['limits-exact', 'queue-full-too-early', 'lock-storm', 1],
  ['wait-not-early', 'wait-cut-in-half', 'lock-storm', 1],
  ['fifo-grants', 'fair-queue-evicts-live', 'lock-storm', 1],
  ['lease-not-early', 'expire-without-version', 'zombie-holder', 20_002],
  ['lease-not-late', 'lease-restarts-on-election', 'lease-failover', 1],
  ['work-under-lease', 'deposed-leader-expires', 'turns-under-lock', 1],
  ['barrier-not-early', 'barrier-generation-ignored', 'barrier-resets', 1],
  ['barrier-not-late', 'barrier-deregister-not-rechecked', 'barrier-churn', 1],
  ['barrier-one-outcome', 'barrier-timeout-races-trip', 'barrier-deadline', 1],
  ['cascade-order', 'cascade-child-first', 'barriers-under-crashes', 1],
  ['causality', 'dot-reused', 'conflicting-writes', 1],
  ['merge-laws', 'merge-not-commutative', 'conflicting-writes', 1],
  ['linearizable-lock', 'unlock-by-name', 'zombie-holder', 1],
  ['linearizable-barrier', 'barrier-generation-ignored', 'barrier-resets', 1],
  ['progress', 'stale-nack-rewinds', 'duplicated-and-reordered', 2],
] as const;

/** A change of the replica moves what a seed shows: from the known one on, so many are tried. */
const seedsMax = 60;

const ids = [...new Set([...lockSafety, ...barrierSafety, ...siblingSafety].map((property) => property.id))];

test('every property of the catalogue has a proof', () => {
  expect(proofs.map(([property]) => property).toSorted()).toEqual(ids.toSorted());
});

describe.each(proofs)('%s', (id, bugId, name, known) => {
  const scenario = catalogued(name);
  test(`is violated by ${bugId} in ${name}, and holds without it`, () => {
    const bug = bugs.find((one) => one.id === bugId)!;
    expect(bug.breaks).toContain(id);
    const alone = scenario.properties.filter((property) => property.id === id);
    const planted = plant({ ...scenario, properties: alone }, bug);
    let seed = known;
    let result = runSeed(planted, seed);
    while (result.findings.length === 0 && seed < known + seedsMax) {
      seed += 1;
      result = runSeed(planted, seed);
    }
    expect(result.findings.map((finding) => finding.property)).toEqual([id]);
    expect(runSeed(scenario, seed).findings).toEqual([]);
  }, 60_000);
});

describe('the planted bugs', () => {
  test.each(bugs.map((bug) => [bug.id, bug] as const))(
    '%s names properties and scenarios that exist',
    (_, bug) => {
      expect(ids).toEqual(expect.arrayContaining([...bug.breaks]));
      expect(bug.scenarios.map((name) => catalogued(name).name)).toEqual(bug.scenarios);
    },
  );

  test('are hunted until a property that they break reports them', () => {
    const bug = bugs.find((one) => one.id === 'truncate-on-match')!;
    const hunt = { first: 1, seedsMax: 3 };
    expect(catchBug(bug, hunt)).toMatchObject({ property: 'committed-durable', otherFindings: 0 });
    expect(catchBug({ ...bug, breaks: ['monotonic'] }, hunt)).toBeNull();
    expect(withoutBug(bug, hunt)).toEqual([]);
  });
});
