import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DiskError } from '../ports.ts';
import { FileDisk } from './file-disk.ts';

let root = '';
let disk: FileDisk;
const ended: [token: number, error: DiskError | null][] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stormglass-disk-'));
  ended.length = 0;
  disk = new FileDisk(root, (token, error) => void ended.push([token, error]));
  disk.makeFolder('0');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (read: Uint8Array): string => new TextDecoder().decode(read);

describe('the real disk', () => {
  test('appends, reads, cuts, renames and removes', async () => {
    const file = disk.create('0/a');
    disk.append(file, bytes('hello!'), 5);
    disk.append(file, bytes(' world'), 6);
    expect(disk.size(file)).toBe(11);
    expect(text(disk.read(file, 6, 100))).toBe('world');
    expect(disk.read(file, 50, 10)).toHaveLength(0);
    disk.truncate(file, 5);
    disk.append(file, bytes('.'), 1);
    disk.rename('0/a', '0/b');
    expect(disk.list('0')).toEqual(['b']);
    await disk.shut();
    expect(readFileSync(join(root, '0/b'), 'utf8')).toBe('hello.');
    disk.unlink('0/b');
    expect(existsSync(join(root, '0/b'))).toBe(false);
    expect(disk.list('nowhere')).toEqual([]);
  });

  test('goes on where a file ends when it is opened again', async () => {
    const file = disk.create('0/a');
    disk.append(file, bytes('one'), 3);
    disk.close(file);
    const again = disk.open('0/a');
    disk.append(again, bytes('two'), 3);
    expect(text(disk.read(again, 0, 6))).toBe('onetwo');
    await disk.shut();
  });

  test('tells of each fsync later, in an event of its own, and is shut only after all of them', async () => {
    const file = disk.create('0/a');
    disk.append(file, bytes('x'), 1);
    disk.fsync(file, 1);
    disk.fsyncFolder('0', 2);
    expect(ended).toEqual([]);
    await disk.shut();
    expect(ended.sort()).toEqual([
      [1, null],
      [2, null],
    ]);
  });

  test('names what it refuses', async () => {
    disk.create('0/a');
    expect(() => disk.create('0/a')).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(() => disk.open('0/none')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    expect(() => disk.unlink('0/none')).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    disk.fsyncFolder('none', 3);
    await disk.shut();
    expect(ended[0]).toMatchObject([3, { code: 'ENOENT' }]);
  });

  test.runIf(existsSync('/dev/full'))('tells of a full disk', () => {
    // A device that has no room for a byte, in place of a file system that is full.
    const full = new FileDisk('/dev', () => {});
    expect(() => full.append(full.open('full'), bytes('x'), 1)).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    );
  });
});
