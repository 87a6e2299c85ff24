/** Runs of planted bugs, judged again for the page. */
import { describe, expect, test } from 'vitest';
import type { PlacedHistory, PlacedOperation } from '../../reports/page/run-page.ts';
import { plant } from '../bugs/bug.ts';
import { catalogued } from '../bugs/catch.ts';
import { bugs } from '../bugs/index.ts';
import { runSeed } from '../run-seed.ts';
import { placedHistory } from './placed-history.ts';

/** The first run of the bug from a seed on that the property alone catches, and what all models of the scenario say of it. */
function placedRun(property: string, bugId: string, name: string, known: number) {
  const bug = bugs.find((one) => one.id === bugId)!;
  const scenario = plant(catalogued(name), bug);
  const watched = { ...scenario, properties: scenario.properties.filter((one) => one.id === property) };
  for (let seed = known; seed < known + 20; seed += 1) {
    const { findings, switchedOff } = runSeed(watched, seed);
    const [finding] = findings;
    if (finding === undefined) continue;
    return { finding, placed: placedHistory(scenario, seed, finding, switchedOff)! };
  }
  throw new Error(`${bugId} was not caught`);
}

function endOf({ toUs }: PlacedOperation): number {
  return toUs < 0 ? Infinity : toUs;
}

/** What must hold of an order that explains a history: the model allows each operation, and none stands behind one that was asked after it ended. */
function isInOrder(placed: readonly PlacedOperation[]): void {
  expect(placed.length).toBeGreaterThan(0);
  let latest = 0;
  for (const one of placed) {
    expect(one.state).not.toBe('');
    expect(endOf(one)).toBeGreaterThanOrEqual(latest);
    latest = Math.max(latest, one.fromUs);
  }
}

/** What must hold where an operation has no place. */
function isViolated(placed: PlacedHistory): PlacedOperation {
  expect(placed).toMatchObject({ verdict: 'not-linearizable' });
  expect(placed.unplaced).toHaveLength(1);
  const [odd] = placed.unplaced as [PlacedOperation];
  isInOrder(placed.placed);
  expect(placed.placed.map((one) => one.id)).not.toContain(odd.id);
  // Everything that was placed was asked before the odd one returned.
  expect(placed.placed.every((one) => one.fromUs <= odd.toUs)).toBe(true);
  expect(placed.history.map((one) => one.id)).toContain(odd.id);
  expect(placed.history.length).toBeLessThanOrEqual(placed.smaller);
  expect(placed.smaller).toBeLessThanOrEqual(placed.operations);
  expect(placed.fit).toBeGreaterThanOrEqual(placed.placed.length);
  expect(placed.reason).toMatch(/^possible w/);
  return odd;
}

describe('a violation of linearizability: the operation that has no place is the one of the finding', () => {
  test.each([
    ['linearizable-register', 'read-by-role', 'follower-reads', 2, /^get k0 → /],
    ['linearizable-lock', 'unlock-by-name', 'zombie-holder', 1, /^release l0, token 45, .* → held 0×$/],
  ] as const)('%s', (property, bug, name, seed, told) => {
    const { finding, placed } = placedRun(property, bug, name, seed);
    const odd = isViolated(placed);
    expect(odd.text).toMatch(told);
    expect(finding.message).toContain(`${odd.text} by process ${odd.process}`);
    expect(finding.evidence).toContainEqual({
      at: odd.toUs,
      node: odd.host,
      text: `process ${odd.process}: ${odd.text}`,
    });
    expect(finding.message).toContain(`The history of ${placed.key}`);
  });
});

describe('a violation of another property: the run goes on, and its clients are heard out', () => {
  test('the write of a zombie has no place among the uses of a lock', () => {
    const { finding, placed } = placedRun('no-stale-write', 'no-fence', 'zombie-holder', 1);
    const odd = isViolated(placed);
    expect(placed).toMatchObject({ model: 'lock', key: 'l0', fit: 77 });
    expect(odd.text).toBe('use token 45 of l0 → done');
    expect(placed.reason).toContain('held by h0 in session 4 (token 78');
    // It was under way when the property saw its entry applied.
    expect(odd.fromUs).toBeLessThan(finding.at);
    expect(odd.toUs).toBeGreaterThan(finding.at);
  });

  test('an arrival that was counted for another generation has no place at a barrier', () => {
    const { placed } = placedRun('barrier-not-early', 'barrier-generation-ignored', 'barrier-resets', 1);
    expect(isViolated(placed).text).toMatch(/arrives at b for 1 → waits$/);
  });

  test('two leaders of one term that no client has noticed: all that was heard fits one order', () => {
    const { finding, placed } = placedRun('election-safety', 'stale-vote-counted', 'lossy-and-slow', 46);
    expect(placed).toMatchObject({ verdict: 'ok', unplaced: [], history: [], smaller: 0, reason: '' });
    expect(placed.fit).toBe(placed.operations);
    isInOrder(placed.placed);
    expect(placed.placed.every((one) => one.fromUs <= finding.at)).toBe(true);
  });
});

test('a run of several groups that holds: the busiest object of any group, in order', () => {
  const scenario = catalogued('three-groups');
  const placed = placedHistory(scenario, 1, null, [])!;
  expect(placed.verdict).toBe('ok');
  isInOrder(placed.placed);
});

test('nothing is told by models that the run was not judged by', () => {
  const scenario = catalogued('zombie-holder');
  const ids = scenario.properties.map((one) => one.id);
  expect(placedHistory(scenario, 1, null, ids)).toBeNull();
  const unjudged = scenario.properties.filter((one) => !one.id.startsWith('linearizable-'));
  expect(placedHistory({ ...scenario, properties: unjudged }, 1, null, [])).toBeNull();
});
