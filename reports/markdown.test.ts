/** Markdown, read back by parsers that are not ours: markdown-it for the page, Mermaid's own for its diagrams. */
import MarkdownIt from 'markdown-it';
import type { Token } from 'markdown-it';
import mermaid from 'mermaid';
import { describe, expect, test } from 'vitest';
import { lostEntry, outcome } from './campaign.test-support.ts';
import { tellMarkdown } from './markdown.ts';
import { campaignOf, hostileCampaign, hostileTexts, scenario, states } from './states.test-support.ts';

const markdown = new MarkdownIt({ html: true, linkify: true });
const bytes = (text: string): number => new TextEncoder().encode(text).length;

const fences = (page: string, language: string): Token[] =>
  markdown.parse(page, {}).filter(({ type, info }) => type === 'fence' && info === language);

/** The cells of the page's table, as text, row by row. */
function table(page: string): string[][] {
  const rows: string[][] = [];
  const tokens = markdown.parse(page, {});
  tokens.forEach((token, i) => {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type === 'th_open' || token.type === 'td_open') rows.at(-1)!.push(tokens[i + 1]!.content);
  });
  return rows;
}

describe('a page', () => {
  test('begins with the verdict and its counts', () => {
    const page = tellMarkdown(campaignOf([states.held, states.violated]));
    expect(page).toMatch(/^## ✗ Violated\n\nViolated: 1 kind of violation in 2 of 6 runs, /);
    expect(page).toContain('commit `1a2b3c4`');
    expect(tellMarkdown(campaignOf([states.held]))).toMatch(/^## ✓ All held\n/);
  });

  test('holds a matrix: a column for each property that did not simply hold, one for the others', () => {
    const { held, violated, undecided, off, partlyOff, missed, notRun } = states;
    expect(
      table(tellMarkdown(campaignOf([held, violated, undecided, off, partlyOff, missed, notRun]))),
    ).toEqual([
      [
        'scenario',
        'seeds',
        '`committed-durable`',
        '`linearizable-register`',
        '`lease-not-early`',
        'others',
        'coverage',
      ],
      ['`held`', '3', '✓', '✓', '', '', '·'],
      ['`violated`', '3', '✗ 2', '✓', '', '', '·'],
      ['`undecided`', '3', '✓', '? 1', '', '', '·'],
      ['`off`', '3', '', '', '–', '✓ 1', '·'],
      ['`partly-off`', '3', '', '', '✓ (– 1)', '', '·'],
      ['`missed`', '3', '✓', '✓', '', '', '? 1 untried'],
      ['`not-run`', '0 of 3', '?', '?', '', '', '·'],
    ]);
    expect(table(tellMarkdown(campaignOf([held])))[1]).toEqual(['`held`', '3', '✓ 2', '·']);
  });

  test('tells each violation as the terminal does, with the command, and draws it', async () => {
    const page = tellMarkdown(campaignOf([states.violated]));
    expect(page).toContain('### ✗ `committed-durable` in `violated`, seed 2\n');
    expect(page).toContain('  Replay:      npx stormglass replay stormglass-out/2.json\n');
    const [diagram, ...more] = fences(page, 'mermaid');
    expect(more).toEqual([]);
    expect(await mermaid.parse(diagram!.content)).toMatchObject({ diagramType: 'sequence' });
  });

  test('tells what cannot be trusted', () => {
    const trouble = { scenario: 'held', seed: 1, message: 'event 7 differs', file: null, trace: null };
    const page = tellMarkdown(campaignOf([states.held], { nondeterminism: [trouble] }));
    expect(page).toMatch(/^## ✗ Not deterministic\n/);
    expect(page).toContain('held, seed 1, is not deterministic\n\n  event 7 differs');
  });
});

describe('60 kB', () => {
  const many = Array.from({ length: 300 }, (_, i) => ({ ...lostEntry, property: `property-${i}` }));

  test('are not passed by hundreds of kinds of violation: the page says how many are left out, and names some', () => {
    const page = tellMarkdown(campaignOf([scenario({ name: 'many' }, [outcome(1, many)])]));
    expect(bytes(page)).toBeLessThanOrEqual(60_000);
    expect(bytes(page)).toBeGreaterThan(45_000);
    const shown = page.match(/^### ✗ /gm)!.length;
    expect(page).toContain(
      `\n\n${300 - shown} further kinds of violation did not fit into 60 kB and are not shown: `,
    );
    expect(page).toMatch(/, and \d+ more\. They are in `junit\.xml` and `result\.json`\.\n$/);
  });

  test('are not passed by hundreds of scenarios: those that came to nothing worse are counted', () => {
    const held = Array.from({ length: 400 }, (_, i) => scenario({ name: `held-${i}` }, [outcome(1)]));
    const page = tellMarkdown(campaignOf([...held, states.violated]));
    expect(bytes(page)).toBeLessThanOrEqual(60_000);
    expect(table(page)).toHaveLength(51);
    expect(table(page).at(-1)![0]).toBe('`violated`');
    expect(page).toContain('351 further scenarios that came to nothing worse are not shown.');
  });
});

describe('hostile names and messages', () => {
  test.each(hostileTexts.map((text) => [JSON.stringify(text.slice(0, 40)), text]))('%s', async (_, text) => {
    const hostile = hostileCampaign(text);
    const page = tellMarkdown(hostile);
    expect(bytes(page)).toBeLessThanOrEqual(60_000);
    const tokens = markdown.parse(page, {});
    const inline = tokens.flatMap(({ children }) => children ?? []);
    const allowed = new Set(['<code>', '</code>']);
    expect(tokens.filter(({ type }) => type === 'html_block')).toEqual([]);
    expect(inline.filter(({ type, content }) => type === 'html_inline' && !allowed.has(content))).toEqual([]);
    expect(inline.filter(({ type }) => /^(link|image|em|strong|s)_?/.test(type))).toEqual([]);
    const headings = tokens.filter(({ type }) => type === 'heading_open').map(({ tag }) => tag);
    expect(headings).toEqual(['h2', 'h3']);
    expect(tokens.filter(({ type }) => /^(bullet|ordered)_list|blockquote|^hr$/.test(type))).toEqual([]);
    const widths = table(page).map((row) => row.length);
    expect(widths).toEqual([widths[0], widths[0]]);
    expect(page).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    const [diagram] = fences(page, 'mermaid');
    expect(fences(page, 'text')).toHaveLength(3);
    expect(await mermaid.parse(diagram!.content)).toMatchObject({ diagramType: 'sequence' });
  });
});
