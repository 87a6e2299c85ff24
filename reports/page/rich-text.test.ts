import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escaped } from './html.ts';
import { picturePage } from './picture-page.test-support.ts';
import { rich, tokenColours } from './rich-text.ts';

const colours = tokenColours(picturePage());

test('tokens become chips in the colour of their grant, whatever stands between them and their noun', () => {
  expect(rich('wrote under token 41 or ◆45', colours).text).toBe(
    'wrote under token <span class="token token-0">◆41</span> or <span class="token token-1">◆45</span>',
  );
  expect(rich('tokens 41, 45 and 7', colours).text).toBe(
    'tokens <span class="token token-0">◆41</span>, <span class="token token-1">◆45</span> and <span class="token">◆7</span>',
  );
  expect(rich("L's token was 45.", colours).text).toBe(
    'L&#39;s token was <span class="token token-1">◆45</span>.',
  );
});

test('values in quotes and assignments stand in the mono type; what ends the sentence does not', () => {
  expect(rich('wrote ledger = "a b": ok', colours).text).toBe(
    'wrote <code>ledger = &quot;a b&quot;</code>: ok',
  );
  expect(rich('cas k0 = 17, then "x".', colours).text).toBe(
    'cas <code>k0 = 17</code>, then <code>&quot;x&quot;</code>.',
  );
});

test('a name with a colon is marked as a whole', () => {
  expect(rich('asked: putSiblings union:0 = w9', colours).text).toBe(
    'asked: putSiblings <code>union:0 = w9</code>',
  );
});

test('numbers that are no tokens stay as they are', () => {
  expect(rich('appended entry 41 (term 3), tokenised 45', colours).text).toBe(
    'appended entry 41 (term 3), tokenised 45',
  );
});

test('whatever the text: taken out of its marks it reads the same, and nothing in it is an element', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('token 41', '"', '<img onerror=x>', ' = ', 'k', '\\', '&amp;', '\u202e', "'"))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const made = rich(text, colours).text;
      const bare = made.replace(/<\/?(?:code|span)(?: class="token[ \w-]*")?>/g, '');
      expect(bare).not.toMatch(/[<>]/);
      expect(bare.replaceAll('◆', '')).toBe(escaped(text).replaceAll('◆', ''));
    }),
  );
});

test('300,000 characters that look like marks cost no more than its length', () => {
  const began = performance.now();
  for (const one of ['"', '"a', 'a = ', 'token 1, ', 'a.']) rich(one.repeat(300_000 / one.length), colours);
  // A search that backtracks takes minutes over the first of them.
  expect(performance.now() - began).toBeLessThan(10_000);
});
