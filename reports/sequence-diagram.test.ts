/** Sequence diagrams, read by Mermaid's own parser. */
import fc from 'fast-check';
import mermaid from 'mermaid';
import { describe, expect, test } from 'vitest';
import { sequenceDiagram } from './sequence-diagram.ts';
import { hostileCampaign, hostileTexts, states } from './states.test-support.ts';
import type { ToldViolation } from './tally.ts';

const { told } = states.violated.kinds[0]!;
const event = (seq: number, at: number, host: number, kind: string, text: string) => ({
  seq,
  at,
  host,
  kind,
  text,
});

/** Arrows and notes. */
const messages = (diagram: string): string[] =>
  diagram.split('\n').filter((line) => /->>|Note over/.test(line));

async function parses(diagram: string): Promise<void> {
  expect(await mermaid.parse(diagram)).toMatchObject({ diagramType: 'sequence' });
}

describe('a sequence diagram', () => {
  test('shows deliveries as arrows, all else as notes, and ends with the violation', async () => {
    const lastEvents = [
      event(3_701, 4_012_000, 2, 'deliver', '0>2 #37 append 118'),
      event(3_890, 4_031_000, 2, 'fault', 'power cut'),
    ];
    const diagram = sequenceDiagram({ ...told, lastEvents });
    expect(diagram).toBe(
      [
        'sequenceDiagram',
        '  participant n0',
        '  participant n2',
        '  n0->>n2: 4.012 s append 118',
        '  Note over n0: 4.020 s committed 118, quorum #123;n0, n2#125;',
        '  Note over n2: 4.031 s power cut',
        '  Note over n2: 4.182 s recovered up to 117',
        '  Note over n2: 4.182 s ✗ committed-durable: An acknowledged entry is lost. Entry 118 (term 3, put k7 = 41) was com…',
      ].join('\n'),
    );
    await parses(diagram);
  });

  test('leaves out the oldest events where there are too many, and says how many', async () => {
    const lastEvents = Array.from({ length: 60 }, (_, i) =>
      event(i, i * 1_000, i % 3, 'deliver', `${(i + 1) % 3}>${i % 3} #${i} ${'a long text '.repeat(20)}`),
    );
    const diagram = sequenceDiagram({ ...told, lastEvents });
    expect(messages(diagram)).toHaveLength(12);
    expect(diagram).toContain('Note over n0,n2: 52 earlier');
    expect(diagram.length).toBeLessThanOrEqual(1_900);
    await parses(diagram);
  });

  test('shows a story under its numbers: what was received as arrows, the last step as the violation', async () => {
    const story = [
      { number: 1, at: 3_000_000, node: null, text: 'partition of n0, from 3.000 s on' },
      { number: 2, at: 3_700_000, node: 1, text: 'granted lock L to c0', message: { from: 3 } },
      { number: 3, at: 4_182_000, node: 2, text: "applied c1's write under token 41" },
    ];
    const diagram = sequenceDiagram({ ...told, story });
    expect(diagram.split('\n').slice(4)).toEqual([
      '  Note over n1,c0: 1. 3.000 s partition of n0, from 3.000 s on',
      '  c0->>n1: 2. 3.700 s granted lock L to c0',
      "  Note over n2: 3. 4.182 s ✗ applied c1's write under token 41",
    ]);
    await parses(diagram);
    await parses(sequenceDiagram({ ...told, story: story.slice(0, 1) }));
  });

  test('stays within 12 messages and 1,900 characters, and parses, whatever is said', async () => {
    for (const text of hostileTexts) {
      const diagram = sequenceDiagram(hostileCampaign(text).scenarios[0]!.kinds[0]!.told);
      expect(messages(diagram).length).toBeLessThanOrEqual(12);
      expect(diagram.length).toBeLessThanOrEqual(1_900);
      await parses(diagram);
    }
  });

  test('… of any events at any hosts', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(...hostileTexts));
    const host = fc.nat(99);
    const anyTold = fc
      .record({
        events: fc.array(fc.tuple(fc.nat(1e9), host, host, text), { maxLength: 30 }),
        evidence: fc.array(fc.record({ at: fc.nat(1e9), node: host, text }), { maxLength: 10 }),
        nodes: fc.array(host, { maxLength: 3 }),
        message: text,
      })
      .map(({ events, evidence, nodes, message }): ToldViolation => ({
        ...told,
        finding: { ...told.finding, evidence, nodes, message },
        lastEvents: events.map(([at, from, to, said], seq) =>
          event(seq, at, to, 'deliver', `${from}>${to} #1 ${said}`),
        ),
      }));
    await fc.assert(
      fc.asyncProperty(anyTold, async (one) => {
        const diagram = sequenceDiagram(one);
        expect(messages(diagram).length).toBeLessThanOrEqual(12);
        expect(diagram.length).toBeLessThanOrEqual(1_900);
        await parses(diagram);
      }),
      { numRuns: 50 },
    );
  });

  test('the parser refuses what is none', async () => {
    await expect(mermaid.parse('sequenceDiagram\n  n0->>')).rejects.toThrow(/Parse error/);
    await expect(mermaid.parse('sequenceDiagram\n  n0->>n1: a; b')).rejects.toThrow(/Parse error/);
  });
});
