import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkWritable } from './whole-file.ts';

test('a trial of a folder leaves nothing behind, not even what stood above it', () => {
  const root = mkdtempSync(join(tmpdir(), 'stormglass-whole-'));
  checkWritable(join(root, 'a/b/c'));
  expect(readdirSync(root)).toEqual([]);
  rmSync(root, { recursive: true });
});

/** Tries its own folder below the shared one a thousand times. */
const trials = (module: string, folder: string): string => `
  import { checkWritable } from ${JSON.stringify(module)};
  for (let i = 0; i < 1000; i += 1) checkWritable(${JSON.stringify(folder)});
`;

test('shards that begin at once try folders beside each other: none finds its own not writable', async () => {
  const module = new URL('../dist/scenarios/whole-file.js', import.meta.url);
  if (!existsSync(fileURLToPath(module))) throw new Error('build first: npm run build');
  const root = mkdtempSync(join(tmpdir(), 'stormglass-whole-'));
  const codes = await Promise.all(
    [1, 2, 3].map(
      (shard) =>
        new Promise<number | null>((done) => {
          const text = trials(module.href, join(root, 'out', String(shard)));
          spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'inherit' }).on(
            'close',
            done,
          );
        }),
    ),
  );
  expect(codes).toEqual([0, 0, 0]);
  expect(readdirSync(root).length).toBeLessThanOrEqual(1);
  rmSync(root, { recursive: true });
});
