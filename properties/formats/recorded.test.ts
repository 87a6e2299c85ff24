/** Histories that others recorded from real systems, in the formats in which they are kept, and the verdicts that are known of them. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkLinearizable } from '../linearizability/check.ts';
import { modelNamed } from '../linearizability/models-by-name.ts';
import { parseHistory } from './parse-history.ts';
import { writeHistory } from './write-history.ts';

const folder = new URL('../../../shared/data/histories/', import.meta.url);
const verdicts = existsSync(folder)
  ? readFileSync(new URL('verdicts.tsv', folder), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t') as [string, string, string])
  : [];

describe.skipIf(verdicts.length === 0)(
  'every recorded history has the verdict that is known (skipped where ../shared/data/histories is not there)',
  () => {
    test('there are 44', () => expect(verdicts).toHaveLength(44));

    test.each(verdicts)('%s is linearizable: %s', (file, linearizable) => {
      const { operations, model, format } = parseHistory(readFileSync(new URL(file, folder)), { name: file });
      expect([format, model]).toEqual(
        file.endsWith('.log') ? ['jepsen-log', 'cas-register'] : ['porcupine', 'kv'],
      );
      const judge = modelNamed(model!);
      expect(checkLinearizable(judge, operations).verdict).toBe(linearizable === 'true' ? 'ok' : 'violation');
    });

    test('Porcupine’s own lines are written as they were read', () => {
      for (const [file] of verdicts.filter(([name]) => name.startsWith('c'))) {
        const text = readFileSync(new URL(file, folder), 'utf8');
        expect(writeHistory(parseHistory(text).operations, 'porcupine')).toBe(text);
      }
    });
  },
);
