import { describe, expect, test } from 'vitest';
import { streamOf } from '../sim/random.ts';
import { mix } from './workload.ts';

/** What the one client of a run of this length draws. */
function drawn(totalUs: number, thinkUs: number): readonly { readonly waitUs: number }[] {
  const random = streamOf(1, 'plan/clients/0');
  const common = streamOf(1, 'plan/load');
  const context = { client: 0, clients: 1, servers: 3, weatherUs: totalUs, totalUs, random, common };
  return mix({ put: 1, get: 1 }, { mode: 'closed', thinkUs }).draw(context).operations;
}

describe('a mix', () => {
  test('loads a run of minutes to its end', () => {
    const totalUs = 300_000_000;
    const operations = drawn(totalUs, 10_000);
    expect(operations.length).toBeGreaterThan(20_000);
    expect(operations.reduce((sum, { waitUs }) => sum + waitUs, 0)).toBeGreaterThanOrEqual(totalUs);
  });

  test('draws no more than fits into memory, however long the run', () => {
    expect(drawn(86_400_000_000, 1_000)).toHaveLength(1_000_000);
  });
});
