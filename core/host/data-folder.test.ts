import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DataFolder } from './data-folder.ts';
import { isAlive, LockFile } from './lock-file.ts';
import type { Holder } from './lock-file.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stormglass-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** All files of a folder with what they hold. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  );
}

function made(cluster = 'c', replica = 1): string {
  const path = join(root, 'data');
  DataFolder.open(path, cluster, replica).release();
  return path;
}

describe('a folder', () => {
  test('counts its starts, and keeps its instance', () => {
    const path = made();
    const again = DataFolder.open(path, 'c', 1);
    expect(again.boot).toBe(2);
    const { instance } = again;
    again.release();
    const third = DataFolder.open(path, 'c', 1);
    expect(third).toMatchObject({ boot: 3, instance });
    third.release();
  });

  test('knows the peers that it met, across starts', () => {
    const path = made();
    const first = DataFolder.open(path, 'c', 1);
    expect(first.recognises(2, 'a')).toBe(true);
    first.release();
    const second = DataFolder.open(path, 'c', 1);
    expect(second.recognises(2, 'a')).toBe(true);
    expect(second.recognises(2, 'b')).toBe(false);
    expect(second.recognises(0, 'b')).toBe(true);
    second.release();
  });

  test.each([
    ['of another cluster', 'FOLDER_OF_ANOTHER', 'other', 1],
    ['of another replica', 'FOLDER_OF_ANOTHER', 'c', 2],
  ])('%s is refused, and nothing in it changes', (_, code, cluster, replica) => {
    const path = made();
    const before = contents(path);
    expect(() => DataFolder.open(path, cluster, replica)).toThrow(code);
    expect(contents(path)).toEqual(before);
  });

  test('of a newer version is refused, and nothing in it changes', () => {
    const path = made();
    const identity = JSON.parse(readFileSync(join(path, 'identity.json'), 'utf8')) as object;
    writeFileSync(join(path, 'identity.json'), JSON.stringify({ ...identity, format: 2 }));
    const before = contents(path);
    expect(() => DataFolder.open(path, 'c', 1)).toThrow('FOLDER_NEWER');
    expect(contents(path)).toEqual(before);
  });

  test.each(['identity.json', 'boots.json', 'peers.json'])('whose %s makes no sense is refused', (name) => {
    const path = made();
    writeFileSync(join(path, name), '{"form');
    expect(() => DataFolder.open(path, 'c', 1)).toThrow('FOLDER_DAMAGED');
  });

  test('that lost its identity or its count is not taken for a new one', () => {
    const path = made();
    mkdirSync(join(path, '0'));
    rmSync(join(path, 'identity.json'));
    expect(() => DataFolder.open(path, 'c', 1)).toThrow('FOLDER_DAMAGED');
    rmSync(path, { recursive: true });
    made();
    rmSync(join(path, 'boots.json'));
    expect(() => DataFolder.open(path, 'c', 1)).toThrow('FOLDER_DAMAGED');
  });

  test('whose making was cut short by a crash is made anew', () => {
    const path = join(root, 'data');
    mkdirSync(path);
    writeFileSync(join(path, 'boots.json'), '{"boots":1}');
    writeFileSync(join(path, 'identity.json.aside'), '{"for');
    const folder = DataFolder.open(path, 'c', 1);
    expect(folder.boot).toBe(1);
    folder.release();
  });

  test('that is a file, or below one, is refused', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => DataFolder.open(join(root, 'file'), 'c', 1)).toThrow('FOLDER_UNUSABLE');
    expect(() => DataFolder.open(join(root, 'file/below'), 'c', 1)).toThrow('FOLDER_UNUSABLE');
  });

  // The superuser may write anywhere: there the refusal is tried by a process of another user.
  test('that may not be written is refused', async () => {
    const path = made();
    chmodSync(root, 0o755);
    chmodSync(path, 0o555);
    const program = `
      import { DataFolder } from ${JSON.stringify(new URL('../../dist/core/host/data-folder.js', import.meta.url).href)};
      try { DataFolder.open(${JSON.stringify(path)}, 'c', 1); } catch (error) { process.stdout.write(error.code); }`;
    const asSomebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      ...asSomebody,
      cwd: '/',
    });
    let said = '';
    child.stdout.on('data', (text: Buffer) => (said += text.toString()));
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await new Promise((resolve) => child.on('close', resolve));
    chmodSync(path, 0o755);
    expect(said).toBe('FOLDER_UNUSABLE');
  });
});

describe('a lock', () => {
  test('is refused while its holder lives, whoever that is', () => {
    const lock = LockFile.take(root);
    expect(() => LockFile.take(root)).toThrow(`process ${process.pid} holds`);
    lock.release();
    LockFile.take(root).release();
    expect(readdirSync(root)).toEqual([]);
  });

  test('of a process that is gone is taken over', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const holder = holderOf(child.pid!);
    writeFileSync(join(root, 'lock'), JSON.stringify(holder));
    expect(() => LockFile.take(root)).toThrow('FOLDER_IN_USE');
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
    const lock = LockFile.take(root);
    expect(JSON.parse(readFileSync(join(root, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  test('names a process by more than its id: another start or another boot of the machine is another process', () => {
    const own = holderOf(process.pid);
    expect(isAlive(own)).toBe(true);
    if (own.startedAt !== 0) expect(isAlive({ ...own, startedAt: own.startedAt + 1 })).toBe(false);
    expect(isAlive({ ...own, machineBoot: 'another' })).toBe(false);
  });

  test('that is cut short is taken over: its maker never held the folder', () => {
    writeFileSync(join(root, 'lock'), '{"pid":');
    LockFile.take(root).release();
  });

  test('that is another by now is not released', () => {
    const lock = LockFile.take(root);
    writeFileSync(join(root, 'lock'), '{}');
    lock.release();
    expect(readdirSync(root)).toEqual(['lock']);
  });
});

/** What a lock of that process says: read from one that this process takes, with the other's id and start. */
function holderOf(pid: number): Holder {
  const folder = mkdtempSync(join(root, 'own-'));
  const lock = LockFile.take(folder);
  const own = JSON.parse(readFileSync(join(folder, 'lock'), 'utf8')) as Holder;
  lock.release();
  rmSync(folder, { recursive: true });
  if (pid === process.pid || own.startedAt === 0) return { ...own, pid };
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return { ...own, pid, startedAt: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) };
}
