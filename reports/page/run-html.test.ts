import { expect, test } from 'vitest';
import { picturePage } from './picture-page.test-support.ts';
import { runHtml } from './run-html.ts';
import type { RunPage } from './run-page.ts';

const assets = { script: 'void 0;', scriptHash: 'sha256-x', style: 'p{margin:0}' };

function fileOf(page: RunPage, repro: string | null = null): string {
  const data = { type: 'application/json', text: JSON.stringify(page) };
  return runHtml(page, { assets, data, repro, campaign: null });
}

/** The text of a file as it reads where neither scripts nor styles are allowed. */
function bareText(file: string): string {
  return file
    .replace(/<(script|style|title)\b[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, '')
    .replace(/\s+/g, ' ');
}

test('bare HTML tells verdict, expected and observed, command, story, in this order', () => {
  const text = bareText(fileOf(picturePage()));
  const told = [
    'Violated no-stale-write',
    'n3 applied c1&#39;s write under token ◆41 1.902 s',
    'Expected STALE_TOKEN',
    'Observed ok',
    'npx stormglass replay zombie-holder --seed 184467',
    '9f3c·71aa·04de',
    'c1 takes lock L',
    'n3 applied it as entry 48',
  ];
  const places = told.map((one) => text.indexOf(one));
  expect(places.every((place, i) => place > (places[i - 1] ?? -1))).toBe(true);
});

test('the policy allows the one script that was put in, and nothing from anywhere', () => {
  const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(fileOf(picturePage()))!;
  expect(policy).toContain('default-src &#39;none&#39;; script-src &#39;sha256-x&#39;;');
  expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
});

test('data cannot end the element that carries it', () => {
  const page = picturePage();
  const hostile = '</script><script>run()</script><!--';
  const file = fileOf({ ...page, about: { ...page.about, scenario: hostile } }, JSON.stringify({ hostile }));
  // The page's own script, its data, the repro.
  expect(file.match(/<\/?script/g)).toHaveLength(6);
  for (const id of ['repro', 'data']) {
    const [, text] = new RegExp(`id="${id}">([^<]*)</script>`).exec(file)!;
    expect(JSON.stringify(JSON.parse(text!))).toContain('</script><script>run()');
  }
});

test('a run that held has no story, no pair, and says so in grey', () => {
  const page = picturePage();
  const file = fileOf({
    ...page,
    verdict: {
      ...page.verdict,
      state: 'held',
      property: null,
      rule: null,
      sentence: 'All 7 properties held.',
    },
    pair: null,
    story: [],
    storyEvents: [],
  });
  expect(file).toContain('held-mark');
  expect(file).toContain('All 7 properties held.');
  expect(file).not.toContain('violation-mark');
  expect(file).not.toContain('id="story"');
});

test('a side of the pair that is too long for its letters ends after a whole word, and opens to all of it', () => {
  const page = picturePage();
  const answer = 'restored the snapshot of 20; its log was durable up to 30';
  const observed = { ...page.pair!.observed, answer };
  const extras = { assets, data: { type: 'application/json', text: '{}' }, repro: null, campaign: null };
  const file = runHtml({ ...page, pair: { ...page.pair!, observed } }, extras);
  expect(file).toContain('<code>restored the snapshot of 20; its log…</code>');
  expect(file).toContain(`<p>${answer}</p>`);
  expect(runHtml(page, extras)).not.toContain('<summary>In full</summary>');
});

test('texts of a megabyte stand short where marks are, and whole, within bounds, in the details', () => {
  const page = picturePage();
  const long = `n3 ${'x'.repeat(1_000_000)}`;
  const observed = { ...page.pair!.observed, answer: long, reason: long };
  const file = runHtml(
    { ...page, verdict: { ...page.verdict, sentence: long }, pair: { ...page.pair!, observed } },
    { assets, data: { type: 'application/json', text: '{}' }, repro: null, campaign: null },
  );
  expect(file.length).toBeLessThan(150_000);
  expect(file).toContain('1,000,003 characters');
});
