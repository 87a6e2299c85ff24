import { expect, test } from 'vitest';
import { globExpression } from './glob.ts';

const matches = (pattern: string, path: string): boolean => globExpression(pattern).test(path);

test('a star stays within a folder, two stars cross any number of them', () => {
  expect(matches('scenarios/*.js', 'scenarios/a.js')).toBe(true);
  expect(matches('scenarios/*.js', 'scenarios/b/a.js')).toBe(false);
  expect(matches('scenarios/**/*.js', 'scenarios/a.js')).toBe(true);
  expect(matches('**/?.storm.ts', 'x/y/z.storm.ts')).toBe(true);
  expect(matches('a.js', 'abjs')).toBe(false);
});
