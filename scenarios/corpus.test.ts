import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { catalogue } from './catalogue/index.ts';
import { openRepro, pinnedOf } from './repro-file.ts';
import { runSeed } from './run-seed.ts';

const folder = fileURLToPath(new URL('./corpus/', import.meta.url));
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));

describe('the corpus: what once violated holds now', () => {
  test('is not empty', () => {
    expect(names).not.toEqual([]);
  });

  test.each(names)('%s', (name) => {
    const repro = openRepro(`${folder}${name}`);
    const entry = catalogue.find((known) => known.name === repro.scenario.name);
    expect(entry, `the scenario "${repro.scenario.name}" is gone`).toBeDefined();
    const result = runSeed(entry!.scenario, repro.seed, pinnedOf(repro));
    expect(result.findings).toEqual([]);
    expect(result.events).toBeGreaterThan(1_000);
  });
});
