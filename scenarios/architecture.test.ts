/** The tables of ARCHITECTURE.md name what the code has: a kind, a fault, a reach, a property or a code that is added must be added there. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalogue } from './catalogue/index.ts';
import { builtInReaches } from './reach.ts';

function source(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

const text = source('ARCHITECTURE.md');

/** What the text does not name in code type. */
function missing(names: Iterable<string>): string[] {
  return [...new Set(names)].filter((name) => !text.includes(`\`${name}\``));
}

/** First groups of all matches. */
function found(path: string, pattern: RegExp): string[] {
  const names = [...source(path).matchAll(pattern)].map((match) => match[1] as string);
  expect(names.length).toBeGreaterThan(3);
  return names;
}

describe('ARCHITECTURE.md names', () => {
  test('every kind of observation', () => {
    expect(missing(found('core/observe.ts', /kind: '(\w+)'/g))).toEqual([]);
  });

  test('every message', () => {
    expect(missing(found('core/raft/messages.ts', /readonly type: '(\w+)'/g))).toEqual([]);
    expect(missing(found('core/client-messages.ts', /readonly type: '(\w+)'/g))).toEqual([]);
  });

  test('every error of the core', () => {
    expect(missing(found('core/errors.ts', /^ {2}\| '([A-Z_]+)'/gm))).toEqual([]);
  });

  test('every fault class, property and reach that the catalogue uses, and every reach there is', () => {
    const scenarios = catalogue.map((entry) => entry.scenario);
    expect(missing(scenarios.flatMap((one) => one.faults.map((fault) => fault.id)))).toEqual([]);
    expect(missing(scenarios.flatMap((one) => one.properties.map((property) => property.id)))).toEqual([]);
    expect(missing([...scenarios.flatMap((one) => one.reach), ...builtInReaches].map((r) => r.name))).toEqual(
      [],
    );
  });
});
