/** That the benchmark measures what it says, and says what it measured; never how fast. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { style } from '../../reports/style.ts';
import { toBenchDocument } from './document.ts';
import { elections } from './elections.ts';
import { groupOf, sharedGroup } from './property-groups.ts';
import { figureOf, Interrupted } from './section.ts';
import type { Measuring, SectionResult } from './section.ts';
import { sections } from './sections.ts';
import { binned, longSpreadOf, spreadOf } from './spread.ts';
import { barsOf, tellSection } from './table.ts';

/** A hundredth of the work, once: what is looked at is the form of the figures. */
function small(change: Partial<Measuring> = {}): Measuring {
  const { signal: stop } = new AbortController();
  return { repeats: 1, seeds: 5, work: 0.01, folder: '', stop, onProgress: () => {}, ...change };
}

function documentOf(name: string, result: SectionResult): { readonly sections: { [name: string]: object } } {
  const identity = { version: '1.2.3', commit: 'unknown', node: '20.0.0' };
  const facts = { identity, cpu: 'a processor', cores: 2, repeats: 1, seeds: 5 };
  return toBenchDocument(facts, new Map([[name, result]])) as ReturnType<typeof documentOf>;
}

/** For the sections that need one. */
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormglass-bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('each section', () => {
  test.each(sections)(
    '$name has figures, a table within 80 columns and a part of the document',
    async (section) => {
      const progress: string[] = [];
      const onProgress = (text: string): void => void progress.push(text);
      const result = await section.measure(small({ folder, onProgress }));
      expect(result.violations).toEqual([]);
      expect(result.figures.length + result.distributions.length).toBeGreaterThan(0);
      for (const { id, unit, spread } of result.figures) {
        expect(spread.samples, id).toBe(1);
        expect(Number.isFinite(spread.median), id).toBe(true);
        // What is little may be nothing in a hundredth of the run.
        if (unit !== 'percentOfRun') expect(spread.median, id).toBeGreaterThan(0);
      }
      const ids = [...result.figures, ...result.distributions].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      const lines = tellSection(section.name, result, style(false));
      expect(lines[0]).toBe(section.name);
      for (const { label } of [...result.figures, ...result.distributions])
        expect(lines.join('\n')).toContain(`  ${label} `);
      for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
      expect(documentOf(section.name, result).sections[section.name]).toMatchObject({ violations: [] });
      expect(progress.length).toBeGreaterThan(0);
    },
    60_000,
  );

  test('ends soon when it is told to', async () => {
    for (const { measure } of sections)
      await expect(measure(small({ stop: AbortSignal.abort() }))).rejects.toThrow(Interrupted);
  });

  test('says of what was violated that its figures are void', () => {
    const result = {
      about: 'A.',
      figures: [],
      distributions: [],
      violations: ['seed 1: vote-once: two votes'],
    };
    expect(tellSection('elections', result, style(false)).join('\n')).toContain(
      '✗ void, violated: seed 1: vote-once: two votes',
    );
  });
});

describe('elections', () => {
  test('take the same virtual time for the same seeds, here and on every machine', async () => {
    const measuring = small({ seeds: 20, work: 1 });
    const [first, second] = [await elections(measuring), await elections(measuring)];
    expect(second).toEqual(first);
    const medians = first.distributions.map(({ id, virtualMs: { samples, median } }) => [
      id,
      samples,
      median,
    ]);
    expect(medians).toMatchInlineSnapshot(`
      [
        [
          "first-election-3",
          20,
          179.959,
        ],
        [
          "failover-3",
          20,
          188.18,
        ],
        [
          "failover-to-commit-3",
          20,
          193.536,
        ],
        [
          "first-election-5",
          20,
          178.326,
        ],
        [
          "failover-5",
          20,
          167.876,
        ],
        [
          "failover-to-commit-5",
          20,
          169.85,
        ],
      ]
    `);
  });

  test('differ where seeds do: each world is one of its own', async () => {
    const { distributions } = await elections(small({ seeds: 20 }));
    for (const { virtualMs } of distributions) expect(virtualMs.max).toBeGreaterThan(virtualMs.min);
  });

  test('need an election timeout, less what had passed of it since the last heartbeat; and a commit comes after', async () => {
    const { distributions } = await elections(small({ seeds: 20 }));
    const of = (id: string) => distributions.find((one) => one.id === id)!.virtualMs;
    for (const nodes of [3, 5]) {
      // Clocks drift within a hundredth.
      expect(of(`first-election-${nodes}`).min).toBeGreaterThan(148);
      expect(of(`failover-${nodes}`).min).toBeGreaterThan(98);
      expect(of(`failover-to-commit-${nodes}`).median).toBeGreaterThan(of(`failover-${nodes}`).median);
    }
  });
});

describe('spreads', () => {
  test('are quantiles, interpolated, whatever the order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ samples: 5, min: 1, p25: 2, median: 3, p75: 4, max: 5 });
    expect(spreadOf([10, 1]).median).toBe(5.5);
    const hundred = Array.from({ length: 101 }, (_, i) => 100 - i);
    expect(longSpreadOf(hundred)).toMatchObject({ p90: 90, p99: 99, max: 100 });
  });

  test('count each value in one bin, and what lies beyond in the last', () => {
    const bins = binned([0, 9.999, 10, 29, 30, 1_000], 10, 3);
    expect(bins).toEqual([
      { from: 0, to: 10, count: 2 },
      { from: 10, to: 20, count: 1 },
      { from: 20, to: null, count: 3 },
    ]);
    expect(barsOf(bins)).toBe('▆▃█');
    expect(barsOf(binned([15], 10, 3))).toBe(' █');
  });

  test('leave out what warms up', async () => {
    const values = [0, 1, 2, 3];
    const aWhile = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
    const figure = await figureOf(small({ repeats: 3 }), {
      ...{ id: 'x', label: 'x', unit: 'pairsPerSecond' },
      run: async () => {
        await aWhile();
        return values.shift()!;
      },
    });
    expect(figure.spread).toEqual({ samples: 3, min: 1, p25: 1.5, median: 2, p75: 2.5, max: 3 });
  });
});

describe('the cost of checkers', () => {
  test('counts every file of a property for a group of properties, and what they share for none', () => {
    const folder = fileURLToPath(new URL('../../properties', import.meta.url));
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.ts') && !/\.(test|test-support)\.ts$/.test(file))
      // These two are for histories that somebody recorded: no simulated run pays for them.
      .filter((file) => !/^(formats|consistency)\//.test(file));
    const shared = files.filter((file) => groupOf('f', `file:///x/properties/${file}`) === sharedGroup.id);
    expect(shared.filter((file) => file.includes('/'))).toEqual(['coordination/log-order.ts']);
    expect(groupOf('f', 'file:///x/core/raft/node.ts')).toBeNull();
    expect(groupOf('(program)', '')).toBeNull();
  });
});
