import { describe, expect, test } from 'vitest';
import { tellHostView, tellPlain } from './host-view.ts';
import { style } from './style.ts';

describe('a host at an event', () => {
  test('is told with its state, what of its files is durable, its clocks, deadlines and cut links', () => {
    const lines = tellHostView(
      {
        host: 1,
        up: true,
        paused: true,
        boot: 2,
        monotonicUs: 4_012_345,
        wallUs: 1_700_000_000_000_000,
        timers: [{ key: 0, atUs: 4_100_000 }],
        files: [
          { path: '0/segment-1', bytes: 1_200, durable: 1_000 },
          { path: '0/snapshot-5', bytes: 80, durable: 80 },
        ],
        fsyncsInFlight: 1,
        cutTo: [0, 3],
        cutFrom: [],
        state: {
          role: 'leader',
          term: 3,
          log: { base: 0, last: 5 },
          entries: [{ index: 5, entry: 'noop', is: '' }],
        },
      },
      3,
      style(false),
    );
    expect(lines.join('\n')).toBe(`n1  paused, boot 2
  role leader, term 3
  log  base 0, last 5
  entries
    index 5, entry noop
  disk
    0/segment-1  1,200 bytes, 1,000 of them durable
    0/snapshot-5  80 bytes, durable
    fsyncs in flight: 1
  clocks  monotonic 4.012 s, wall 2023-11-14T22:13:20.000Z
  timer   0 at 4.100 s (monotonic)
  cut     nothing gets from n1 to n0, c0`);
  });

  test('may have any state, or none', () => {
    expect(tellPlain(null, 2)).toEqual([]);
    expect(tellPlain('asleep', 2)).toEqual(['  asleep']);
    expect(tellPlain({ peers: [1, 2], seen: { a: [1] } }, 0)).toEqual(['peers', '  1', '  2', 'seen  a [1]']);
  });
});
