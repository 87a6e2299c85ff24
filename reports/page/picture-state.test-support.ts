/** What stands at steps 6 and 10 of the picture `run-light.png` and `run-dark.png`, and its linearizability; and states of other shapes. */
import type { LogCell, NodeState, PageState } from './page-state.ts';
import type { PlacedHistory } from './run-page.ts';

/** Terms of entries 38 to 48, as the verdict found them. */
const terms = [2, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4];
const labels = ['put', 'noop', 'open', 'grant', 'queue', '"a"', 'noop', 'expire', 'renew', '"b"', '"c"'];
const first = 38;

/** A node whose log ends at `last` and is committed up to `commit`. */
export function nodeAt(host: number, last: number, commit: number, more: Partial<NodeState> = {}): NodeState {
  return {
    ...{ host, up: 'up', role: { now: 'follower' }, term: { now: 4 }, commit: { now: commit } },
    log: terms.map((term, i) => (first + i > last ? null : cell(first + i, term, first + i <= commit))),
    ...more,
  };
}

function cell(index: number, term: number, committed: boolean): LogCell {
  const state = committed ? 'committed' : 'uncommitted';
  return { index, term, state, conflicts: false, fresh: false, violating: false };
}

/** A node with one of its cells changed. */
export function withCell(node: NodeState, index: number, more: Partial<LogCell>): NodeState {
  return { ...node, log: node.log.map((one) => (one?.index === index ? { ...one, ...more } : one)) };
}

/** State after step 10. `event`: a place in `timeline.events` of the picture's page. */
export function stateAtStep10(event: number): PageState {
  const leader = nodeAt(3, 48, 48, { role: { now: 'leader' }, commit: { now: 48, before: 47 } });
  return {
    ...{ event, group: 0, groups: [0] },
    columns: labels.map((label, i) => ({ index: first + i, label })),
    nodes: [
      nodeAt(0, 47, 47),
      nodeAt(1, 47, 46),
      nodeAt(2, 48, 47),
      withCell(leader, 48, { fresh: true, violating: true }),
      nodeAt(4, 48, 47),
    ],
    locks: [
      {
        ...{ name: 'L', group: 0, violating: true },
        holding: { now: { token: 45, nth: 1, holder: 'c2', host: 7 } },
        ...{ leaseLeftUs: 8_216_000, ttlUs: 10_000_000, queue: { now: [] } },
        believers: [
          { host: 6, token: 41, nth: 0, zombie: true },
          { host: 7, token: 45, nth: 1, zombie: false },
        ],
      },
    ],
    barriers: [],
    keys: [
      {
        ...{ name: 'ledger', group: 0, violating: true },
        value: {
          now: { text: '"c"', dots: [], token: 41, nth: 0 },
          before: { text: '"b"', dots: [], token: 45, nth: 1 },
        },
      },
    ],
  };
}

/** State after step 6: the lease ends, and the lock passes. */
export function stateAtStep6(event: number): PageState {
  const at10 = stateAtStep10(event);
  const cutOff = { term: { now: 3 } };
  const old = (host: number, more: Partial<NodeState> = {}): NodeState =>
    withCell(nodeAt(host, 44, 43, { ...cutOff, ...more }), 44, { term: 3, conflicts: true });
  const leader = nodeAt(3, 45, 45, { role: { now: 'leader' }, commit: { now: 45, before: 44 } });
  return {
    ...at10,
    nodes: [
      old(0, { role: { now: 'leader' } }),
      old(1),
      nodeAt(2, 45, 44),
      withCell(leader, 45, { fresh: true }),
      nodeAt(4, 45, 44),
    ],
    locks: [
      {
        ...at10.locks[0]!,
        holding: {
          now: { token: 45, nth: 1, holder: 'c2', host: 7 },
          before: { token: 41, nth: 0, holder: 'c1', host: 6 },
        },
        ...{ leaseLeftUs: 10_100_000, ttlUs: 10_100_000, queue: { now: [], before: ['c2'] } },
        believers: [{ host: 6, token: 41, nth: 0, zombie: true }],
      },
    ],
    keys: [
      {
        ...{ name: 'ledger', group: 0, violating: false },
        value: { now: { text: '"a"', dots: [], token: 41, nth: 0 } },
      },
    ],
  };
}

/** The foot of the picture: nine operations in order, and a write that has no place. */
export function picturePlaced(): PlacedHistory {
  const operation = (id: number, host: number, text: string, from: number, to: number, state: string) => ({
    ...{ id, process: host - 5, host, text, state },
    fromUs: from * 1000,
    toUs: to < 0 ? -1 : to * 1000,
  });
  const placed = [
    operation(1, 6, 'acquire L → token 41', 3052, 3230, 'held under 41'),
    operation(2, 6, 'put ledger = "a" → ok', 3640, 3680, 'held under 41'),
    operation(3, 7, 'acquire L → waits', 3300, 3640, 'held under 41, c2 waits'),
    operation(4, 8, 'put x = 7', 3700, -1, 'held under 41, c2 waits'),
    operation(5, 7, 'acquire L → token 45', 3300, 13_361, 'held under 45'),
    operation(6, 7, 'renew L → token 45', 13_365, 13_380, 'held under 45'),
    operation(7, 8, 'get L → token 45', 13_366, 13_379, 'held under 45'),
    operation(8, 7, 'put ledger = "b" → ok', 13_420, 13_440, 'held under 45'),
    operation(9, 8, 'get L → token 45', 14_000, 14_020, 'held under 45'),
  ];
  const odd = operation(10, 6, 'put ledger = "c" → ok', 15_233, 15_260, '');
  return {
    ...{ model: 'lock', key: 'L', verdict: 'not-linearizable', operations: 26, smaller: 6, fit: 9 },
    placed,
    unplaced: [odd],
    history: [...placed.filter((one) => [1, 3, 5, 7, 8].includes(one.id)), odd],
    reason: 'possible was held under 45; 41 was over by acquire L (#5), which ended 1.872 s before',
  };
}
