import { expect, test } from 'vitest';
import { runPageName } from './page-names.ts';

const page = (scenario: string, property: string, seed = 7): string =>
  runPageName({ scenario, seed, property });

test('a plain name reads as the seed does on the command line', () => {
  expect(page('zombie-holder', 'no-stale-write', 184_467)).toBe('zombie-holder-184467-no-stale-write.html');
});

test('what is no name of a file becomes one, and two that look alike then still differ', () => {
  const scenarios = ['kv/split', 'kv-split', 'KV-split', '../../etc/passwd', 'nul\0', '..', '', 'a b', 'ö'];
  const names = scenarios.map((scenario) => page(scenario, 'seen'));
  for (const name of names) expect(name).toMatch(/^[a-z0-9_][a-z0-9_-]*-7-[a-z0-9_-]+\.html$/);
  // As a file system that does not tell capitals apart sees them.
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(scenarios.length);
});

test('a name of any length fits a file system, with its end told apart', () => {
  const long = 'x'.repeat(1_000_000);
  const [one, two] = [page(`${long}1`, long), page(`${long}2`, long)];
  expect(one.length).toBeLessThan(200);
  expect(one).not.toBe(two);
});

test('a number in a name is not taken for the seed', () => {
  const names = [page('a', 'b-2-c', 1), page('a-1-b', 'c', 2), page('a-1', 'c', 2), page('a', '2-c', 1)];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/-[0-9a-f]{6}\.html$/);
});
