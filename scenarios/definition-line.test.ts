/** Lines of definitions, as annotations name them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { definitionLine, testLine } from './definition-line.ts';

describe('the line on which a scenario is defined', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'stormglass-line-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const lineIn = (text: string, name: string, exportName = 'default'): number | null => {
    const file = join(folder, 'a.ts');
    writeFileSync(file, text);
    return definitionLine({ file, name, exportName });
  };

  test('is that of its name', () => {
    const file = fileURLToPath(new URL('examples/primary-backup.ts', import.meta.url));
    const line = definitionLine({ file, name: 'examples/primary-backup', exportName: 'default' });
    expect(line).toBeGreaterThan(1);
    const text = "// name: 'kv/other'\nexport default scenario({\n  nodes: 3, name: 'kv/split',\n});\n";
    expect(lineIn(text, 'kv/split')).toBe(3);
  });

  test('is that of its export where the name is computed', () => {
    const text = 'const n = 3;\nexport const split = scenario({ name: `kv/${n}` });\nexport default split;\n';
    expect(lineIn(text, 'kv/3', 'split')).toBe(2);
    expect(lineIn(text, 'kv/3')).toBe(3);
  });

  test('is not known where the file says neither, or is gone', () => {
    expect(lineIn('', 'kv/split')).toBeNull();
    expect(definitionLine({ file: join(folder, 'none.ts'), name: 'x', exportName: 'default' })).toBeNull();
  });

  test('the line of a test is the first that holds its name in quotes', () => {
    const file = join(folder, 'b.test.ts');
    writeFileSync(
      file,
      "// 'holds'?\ntest(\n  `it's so`,\n  () => {},\n);\ntest.each([1])('with %i', () => {});\n",
    );
    expect(testLine({ file, name: "it's so" })).toBe(3);
    expect(testLine({ file, name: 'with 1' })).toBeNull();
    expect(testLine({ file: join(folder, 'none.ts'), name: 'x' })).toBeNull();
  });
});
