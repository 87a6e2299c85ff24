import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseLanes, nodesMax } from './lane-choice.ts';
import { faultRowsMax, faultRowY, laneAt, laneOfHost, layOut, wallOf } from './lane-layout.ts';
import { lanesPage, partition } from './lanes-page.test-support.ts';
import type { TestRun } from './lanes-page.test-support.ts';
import type { LockLane } from './run-page.ts';

const lock = (name: string, token: number): LockLane => ({
  ...{ name, group: 0, violating: false, queue: [], leases: [] },
  holdings: [{ token, nth: 0, session: 1, holder: 'c0', host: 3, fromUs: 0, toUs: 50, reason: 'expired' }],
  beliefs: [{ host: 3, token, nth: 0, fromUs: 0, toUs: 90, deadlineUs: null }],
});

function laid(run: Partial<TestRun>, wanted: readonly string[] = []) {
  const page = lanesPage({
    servers: 3,
    hosts: 5,
    events: [
      { at: 0, host: 0 },
      { at: 90, host: 2 },
    ],
    ...run,
  });
  const choice = chooseLanes(page, wanted);
  return { page, choice, layout: layOut(page, choice) };
}

test('nodes are ordered for the walls that are seen: in the causal slice ten seconds may be one gap', () => {
  // A minute apart 0, 3 from 1, 2, in which two events of the slice stand; then 3 alone, in which six do.
  const at = [0, 60_000_000, 60_001_000, 60_002_000, 60_003_000, 60_004_000, 60_005_000, 60_006_000];
  const run = {
    servers: 4,
    hosts: 4,
    events: at.map((us) => ({ at: us, host: 0 })),
    faults: [
      partition(
        [
          [0, 3],
          [1, 2],
        ],
        0,
        60_000_000,
      ),
      partition([[0], [1, 2, 3]], 60_001_000, 60_003_000),
      partition([[3], [0, 1, 2]], 60_001_000, 60_006_000),
    ],
  };
  expect(laid(run).choice.nodes).toEqual([0, 1, 2, 3]);
  // Without a slice it is the time that is seen.
  expect(laid({ ...run, slice: [] }).choice.nodes).toEqual([1, 2, 0, 3]);
});

describe('lanes', () => {
  test('do not overlap, and stand within the height, whatever a run has', () => {
    const run = fc.record({
      servers: fc.integer({ min: 1, max: 14 }),
      clients: fc.nat(12),
      locks: fc.nat(4),
      cuts: fc.array(fc.nat(13), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(run, ({ servers, clients, locks, cuts }) => {
        const nodes = Array.from({ length: servers }, (_, host) => host);
        const { layout } = laid({
          servers,
          hosts: servers + clients,
          faults: cuts.map((at) => partition([nodes.filter((n) => n <= at), nodes.filter((n) => n > at)])),
          more: { locks: Array.from({ length: locks }, (_, i) => lock(`l${i}`, i + 1)) },
        });
        layout.lanes.forEach((lane, i) => {
          const before = layout.lanes[i - 1];
          expect(lane.y).toBeGreaterThanOrEqual(before === undefined ? 48 : before.y + before.height);
          expect(lane.y + lane.height).toBeLessThanOrEqual(layout.height);
          expect(laneAt(layout, lane.middle)).toBe(lane);
        });
        for (const y of layout.dividers) expect(laneAt(layout, y)).toBeNull();
      }),
    );
  });

  test('stand as in the picture: nodes 27 apart, with room for the wall where the partition runs', () => {
    const { layout } = laid({
      servers: 5,
      hosts: 8,
      faults: [
        partition([
          [0, 1],
          [2, 3, 4],
        ]),
      ],
    });
    const nodes = layout.lanes.filter((lane) => lane.kind === 'node').map((lane) => lane.middle);
    expect(nodes.map((y, i) => y - (nodes[i - 1] ?? y))).toEqual([0, 27, 50, 27, 27]);
    const clients = layout.lanes.filter((lane) => lane.kind === 'client').map((lane) => lane.label);
    expect(clients).toEqual(['c0', 'c1', 'c2']);
  });

  test('a wall in view is one straight piece between its sides, also where their numbers alternate', () => {
    const sides = [
      [0, 2, 4],
      [1, 3],
    ];
    const { layout, choice } = laid({ servers: 5, hosts: 5, faults: [partition(sides)] });
    expect(choice.nodes).toEqual([0, 2, 4, 1, 3]);
    const pieces = wallOf(layout, sides);
    expect(pieces).toHaveLength(1);
    expect(pieces[0]).toMatchObject({ thickness: 8 });
    const above = laneOfHost(layout, 4, 5)!;
    const below = laneOfHost(layout, 1, 5)!;
    expect(pieces[0]!.y).toBeGreaterThan(above.y + above.height);
    expect(pieces[0]!.y).toBeLessThan(below.y);
  });

  test('a partition that is over before the slice begins bends no order', () => {
    const { choice, layout } = laid({
      events: [
        { at: 500, host: 0 },
        { at: 900, host: 2 },
      ],
      faults: [partition([[0, 2], [1]], 0, 100)],
    });
    expect(choice.nodes).toEqual([0, 1, 2]);
    expect(layout.lanes.some((lane) => lane.kind === 'wall')).toBe(false);
  });

  test('links that no wall stands for have a narrow lane below the node at which they are cut', () => {
    const oneWay = {
      ...partition([]),
      sides: null,
      cut: [
        [1, 0],
        [1, 2],
      ] as const,
    };
    const { layout } = laid({ faults: [oneWay] });
    expect(layout.lanes.slice(0, 4).map(({ kind, host }) => `${kind} ${host}`)).toEqual([
      'node 0',
      'node 1',
      'cut 1',
      'node 2',
    ]);
    // Nothing was cut while the slice lasted.
    const over = laid({ faults: [{ ...oneWay, fromUs: 100, toUs: 200 }] });
    expect(over.layout.lanes.some(({ kind }) => kind === 'cut')).toBe(false);
  });

  test('of more than nine nodes those of the story have lanes, and the rest share one', () => {
    const events = [3, 14, 7].map((host, at) => ({ at, host }));
    const { choice, layout } = laid({ servers: 15, hosts: 15, events, storyEvents: [0, 1] });
    expect(choice.nodes).toHaveLength(nodesMax);
    expect(choice.nodes).toEqual(expect.arrayContaining([3, 14, 7]));
    expect(choice.folded).toHaveLength(15 - nodesMax);
    const folded = layout.lanes.find((lane) => lane.kind === 'folded');
    expect(folded?.label).toBe('6 more');
    expect(laneOfHost(layout, choice.folded[0]!, 15)).toBe(folded);
  });

  test('who believes in a lock stands below what the machine says', () => {
    const { layout } = laid({ more: { locks: [lock('L', 41)] } });
    const kinds = layout.lanes.map((lane) => `${lane.kind} ${lane.label}`);
    expect(kinds.slice(-2)).toEqual(['lock L', 'belief c0 believes']);
  });

  test('of many believers those of the verdict are shown, and who believed last', () => {
    const belief = (host: number, token: number, fromUs: number) => ({
      ...{ host, token, nth: 0, fromUs, toUs: 90, deadlineUs: null },
    });
    const beliefs = [belief(3, 41, 0), belief(4, 44, 10), belief(5, 45, 20), belief(6, 46, 30)];
    const { layout } = laid({
      hosts: 7,
      operations: {
        ...{ id: [1], host: [3], lane: [0], fromUs: [40], toUs: [50], outcome: ['ok'] },
        token: [41],
        violating: [0],
      },
      more: { locks: [{ ...lock('L', 41), beliefs }] },
    });
    expect(layout.lanes.filter((lane) => lane.kind === 'belief').map((lane) => lane.host)).toEqual([3, 6]);
  });

  test('a key that the story does not name gets a lane when it is searched for', () => {
    const key = { name: 'Elsewhere', group: 0, violating: false, values: [] };
    expect(laid({ more: { keys: [key] } }).choice.keys).toEqual([]);
    expect(laid({ more: { keys: [key] } }, ['elsewhere']).choice.keys).toEqual([0]);
  });

  test('a node that shares a lane gets one of its own when it is searched for', () => {
    const { choice } = laid({ servers: 15, hosts: 15 }, ['n12']);
    expect(choice.nodes).toContain(12);
    expect(choice.nodes).toHaveLength(nodesMax);
    expect(choice.folded).not.toContain(12);
  });

  test('names of objects that every table has by nature are names like others', () => {
    const names = ['__proto__', 'constructor'];
    const { layout } = laid({ more: { locks: names.map((name, i) => lock(name, i + 1)) } });
    expect(layout.lanes.filter((lane) => lane.kind === 'lock').map((lane) => lane.label)).toEqual(names);
  });

  test('faults at one time stand in rows, and those one after another in the same', () => {
    const fault = (fromUs: number, toUs: number) => ({
      ...partition([[0], [1, 2]], fromUs, toUs),
      sides: null,
    });
    const { layout } = laid({ faults: [fault(0, 50), fault(10, 20), fault(60, 90)] });
    expect([...layout.faultRows]).toEqual([
      [0, 0],
      [1, 1],
      [2, 0],
    ]);
    const lane = layout.lanes.at(-1)!;
    expect(faultRowY(lane, 1)).toBeLessThan(lane.y + lane.height);
  });

  test('however many faults are in force, their lane has five rows at most', () => {
    const many = Array.from({ length: 40 }, () => ({ ...partition([]), sides: null }));
    const lane = laid({ faults: many }).layout.lanes.at(-1)!;
    expect(lane.height).toBe(13 * faultRowsMax);
  });
});
