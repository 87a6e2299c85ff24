import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CutBackDisk } from './cut-back-disk.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stormglass-cut-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A disk whose fsyncs can be waited for. */
class Bench {
  readonly disk: CutBackDisk;
  #waiting: (() => void) | null = null;

  constructor(lying = false) {
    this.disk = new CutBackDisk(root, () => this.#waiting?.(), lying);
  }

  append(file: number, text: string): void {
    this.disk.append(file, new TextEncoder().encode(text), text.length);
  }

  async fsync(what: number | string): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#waiting = resolve));
    if (typeof what === 'number') this.disk.fsync(what, 1);
    else this.disk.fsyncFolder(what, 1);
    await ended;
  }
}

/** What the next process finds. */
function found(): Record<string, string> {
  new CutBackDisk(root, () => {}, false);
  const folder = join(root, '0');
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

async function withFile(lying = false): Promise<{ bench: Bench; file: number }> {
  const bench = new Bench(lying);
  bench.disk.makeFolder('0');
  await bench.fsync('');
  const file = bench.disk.create('0/a');
  bench.append(file, 'durable');
  await bench.fsync(file);
  await bench.fsync('0');
  return { bench, file };
}

describe('after a restart', () => {
  test('a file is as long as its last fsync covered', async () => {
    const { bench, file } = await withFile();
    bench.append(file, ', and not');
    expect(found()).toEqual({ a: 'durable' });
  });

  test('bytes that were appended while an fsync was under way are not covered by it', async () => {
    const { bench, file } = await withFile();
    bench.append(file, '!');
    const synced = bench.fsync(file);
    bench.append(file, '?');
    await synced;
    expect(found()).toEqual({ a: 'durable!' });
  });

  test('names made, renamed and removed since the last fsync of their folder are undone', async () => {
    const { bench } = await withFile();
    const other = bench.disk.create('0/b');
    bench.append(other, 'other');
    await bench.fsync(other);
    bench.disk.rename('0/b', '0/a');
    expect(found()).toEqual({ a: 'durable' });
  });

  test('a removed file comes back until the folder is synced', async () => {
    const { bench } = await withFile();
    bench.disk.unlink('0/a');
    expect(found()).toEqual({ a: 'durable' });
    const again = new Bench();
    again.disk.unlink('0/a');
    await again.fsync('0');
    expect(found()).toEqual({});
  });

  test('a process that is killed while it cuts back loses nothing more', async () => {
    await withFile();
    rmSync(join(root, '0'), { recursive: true });
    expect(found()).toEqual({ a: 'durable' });
  });

  test('nothing is left where fsync does nothing', async () => {
    await withFile(true);
    new CutBackDisk(root, () => {}, false);
    expect(readdirSync(root)).toEqual(['durable']);
  });
});
