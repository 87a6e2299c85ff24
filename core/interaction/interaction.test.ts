import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { play } from './script.test-support.ts';

const folder = new URL('./scripts/', import.meta.url);

describe('interaction scripts', () => {
  // Each file holds its commands and what they came to; `vitest run core/interaction -u` writes the latter anew.
  test.each(readdirSync(folder).sort())('%s', async (name) => {
    const url = new URL(name, folder);
    await expect(play(name, readFileSync(url, 'utf8'))).toMatchFileSnapshot(url.pathname);
  });
});

describe('a script that cannot be played', () => {
  test.each([
    ['an unknown verb', 'nodes 3\ndelivre', /^x\.txt:2: there is no verb "delivre": nodes, campaign, /],
    ['no nodes', 'show', /^x\.txt:1: a script begins with: nodes N$/],
    ['a node that there is not', 'nodes 3\ntick n5', /^x\.txt:2: there is no n5$/],
    [
      'a word that is no link',
      'nodes 3\n\ndeliver append n0-n1',
      /^x\.txt:3: "n0-n1" is no link, message type, first or last$/,
    ],
    ['an unknown option', 'nodes 3 windows=3', /^x\.txt:1: there is no option "windows": /],
    [
      'a campaign of one who leads',
      'nodes 1\ncampaign n0\nsettle\ncampaign n0',
      /^x\.txt:4: n0 does not campaign: it is a leader$/,
    ],
  ])('says so in one line, with file and line: %s', (_, script, message) => {
    expect(() => play('x.txt', script)).toThrow(message);
  });
});
