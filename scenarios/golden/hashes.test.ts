import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { differences, planHashes, runHashes } from './hashes.ts';

function committed(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

describe('the hashes that are committed', () => {
  // A difference means that old seeds name other runs than before: raise seedEpoch, say why in CHANGELOG.md, `npm run golden -- --renew`.
  test('are those of the plans', () => {
    expect(differences(committed('plans.txt'), planHashes())).toEqual([]);
  });

  // A difference means that the same plans run otherwise than before. If the change is for that: `npm run golden -- --renew`.
  test('are those of the runs', () => {
    expect(differences(committed('runs.txt'), runHashes())).toEqual([]);
  });

  test('differ by lines, a scenario each', () => {
    expect(differences('a 1 2\nb 3\n', 'a 1 2\nb 4\nc 5\n')).toEqual(['- b 3', '+ b 4', '+ c 5']);
  });
});
