/** Histories that are judged while they come, and files that are too large to be kept. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { set } from '../../properties/linearizability/models/set.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { modelNamed } from '../../properties/linearizability/models-by-name.ts';
import { judgeFile, judgeStream } from './judge-file.ts';
import type { JudgedHistory, JudgeOptions } from './judge-operations.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormglass-stream-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const guessed: JudgeOptions = { named: null, maxStates: undefined, howFar: false, onProgress() {} };
const by = (model: AnyModel): JudgeOptions => ({ ...guessed, named: { model, file: null } });
const registers = by(modelNamed('cas-register'));

/** Operations one after another: `w x 1`, `r x 1`; what is read is what was answered. */
function lines(...operations: readonly string[]): string[] {
  return operations.flatMap((told) => {
    const [f, key, number] = told.split(' ');
    const value = Number(number);
    const asked = f === 'w' ? { f: 'write', key, value } : { f: 'read', key };
    return [
      JSON.stringify({ type: 'invoke', process: 0, ...asked }),
      JSON.stringify({ type: 'ok', process: 0, value: f === 'w' ? null : value }),
    ];
  });
}

const going = new AbortController().signal;
const utf8 = new TextEncoder();

/** A source that gives these lines one by one and then, unless `ends`, waits for ever. */
async function* source(all: readonly string[], ends: boolean): AsyncIterable<Uint8Array> {
  for (const line of all) yield await Promise.resolve(utf8.encode(`${line}\n`));
  if (!ends) await new Promise(() => {});
}

function streamed(
  all: readonly string[],
  options = registers,
  { ends = true, keepMax = 100, stop = going } = {},
): Promise<JudgedHistory> {
  return judgeStream('-', source(all, ends), options, () => {}, stop, keepMax);
}

describe('a history that comes in', () => {
  test('is linearizable if it is when it ends', async () => {
    expect(await streamed(lines('w x 1', 'r x 1', 'w y 2', 'r y 2'))).toMatchObject({
      ...{ model: 'cas-register', cut: null, streamed: { decided: 4 } },
      result: { verdict: 'ok', operations: 4 },
      counts: { total: 4, ok: 4, failed: 0, unknown: 0, processes: 1, notJudged: 0 },
    });
  });

  test('is refused as soon as that is certain, with the reason, though more may come', async () => {
    const judged = await streamed(lines('w x 1', 'w x 2', 'r x 1'), registers, { ends: false });
    expect(judged).toMatchObject({
      ...{ cut: 'violation', streamed: null },
      result: { verdict: 'violation', history: [{ id: 0 }, { id: 1 }, { id: 2 }] },
    });
    expect(judged.result).toHaveProperty(
      'reason',
      'read x → 1; possible was 2; 1 was overwritten by write x = 2 (#1), which ended before it was asked',
    );
  });

  test('is refused without the reason where there is too much to keep', async () => {
    expect(
      await streamed(lines('w x 1', 'w x 2', 'r x 1'), registers, { ends: false, keepMax: 1 }),
    ).toMatchObject({
      ...{ cut: 'violation', streamed: { decided: 2 } },
      result: { verdict: 'violation', key: 'x', operation: { id: 2 }, possible: ['2'], history: [{ id: 2 }] },
    });
  });

  test('is judged up to where it is interrupted, in the middle of a line too', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const told = [
      ...lines('w x 1', 'r x 1'),
      '{"type":"invoke","process":0,"f":"write","key":"x","value":2}',
    ];
    const judged = await streamed(told, registers, { ends: false, stop: stop.signal });
    expect(judged).toMatchObject({
      ...{ cut: 'interrupted', result: { verdict: 'ok' } },
      counts: { total: 3, ok: 2, unknown: 1 },
    });
  });

  test('is judged at its end by a model that has to know all of it, and where it is told in any order', async () => {
    const adds = [
      '{"type":"invoke","process":0,"f":"add","value":1}',
      '{"type":"ok","process":0,"value":true}',
      '{"type":"invoke","process":0,"f":"contains","value":1}',
      '{"type":"ok","process":0,"value":false}',
    ];
    expect(await streamed(adds, by(set as AnyModel))).toMatchObject({
      ...{ cut: null, streamed: null, result: { verdict: 'violation' } },
    });
    const whole = [
      '{"id":1,"process":1,"op":{"f":"read"},"invokedAt":3,"completedAt":4,"value":7}',
      '{"id":0,"process":0,"op":{"f":"write","value":7},"invokedAt":1,"completedAt":2}',
    ];
    expect(await streamed(whole, guessed)).toMatchObject({ streamed: null, result: { verdict: 'ok' } });
  });

  test('is guessed from what came first, and of nothing else afterwards', async () => {
    const reads = Array.from({ length: 300 }, (_, i) => [`w x ${i}`, `r x ${i}`]).flat();
    expect(await streamed(lines(...reads), guessed, { keepMax: 10 })).toMatchObject({
      ...{ model: 'cas-register', modelFrom: 'guess', streamed: { decided: 600 } },
      result: { verdict: 'ok' },
    });
    const other = '{"type":"invoke","process":1,"f":"enqueue","value":1}';
    await expect(streamed([...lines(...reads), other], guessed)).rejects.toThrow(
      'standard input does not tell what object it is of',
    );
    await expect(streamed([other.replace('enqueue', 'vote')], guessed)).rejects.toThrow('it asks vote');
  });

  test('of another kind than the model is not told linearizable', async () => {
    const others = lines('w x 1').map((line) => line.replace('write', 'put'));
    await expect(streamed(others)).rejects.toThrow(
      'the model cas-register knows none of its operations (put)',
    );
    expect(await streamed([...others, ...lines('w x 1')])).toMatchObject({ counts: { notJudged: 1 } });
  });

  test('with nothing in it is bad input', async () => {
    await expect(streamed([])).rejects.toThrow('standard input: there is no event in it');
    const stopped = AbortSignal.abort();
    await expect(streamed([], registers, { ends: false, stop: stopped })).rejects.toThrow(
      'standard input: there is no operation of a client in it',
    );
  });
});

describe('a file of more operations than are kept', () => {
  const written = (name: string, all: readonly string[]): string => {
    writeFileSync(join(folder, name), `${all.join('\n')}\n`);
    return join(folder, name);
  };
  const long = ['w x 1', 'w y 1', 'w x 2', 'r y 1', 'r x 1', 'w y 5', 'r y 5'];

  test('is judged while it is read, and what a violation is about is read again for the reason', () => {
    const file = written('wrong.jsonl', lines(...long));
    const whole = judgeFile(file, guessed);
    const large = judgeFile(file, guessed, 3);
    expect(whole).toMatchObject({ cut: null, streamed: null, counts: { total: 7 } });
    expect(large).toMatchObject({ cut: 'violation', modelFrom: 'guess', counts: { total: 5 } });
    expect(large.result).toMatchObject({
      verdict: 'violation',
      reason:
        'read x → 1; possible was 2; 1 was overwritten by write x = 2 (#2), which ended before it was asked',
    });
    expect({ ...large.result, states: 0 }).toEqual({ ...whole.result, states: 0 });
  });

  test('is linearizable if it is when read to its end', () => {
    const file = written('right.jsonl', lines(...long.filter((told) => told !== 'r x 1')));
    expect(judgeFile(file, guessed, 3)).toMatchObject({
      ...{ cut: null, streamed: { decided: 6 }, result: { verdict: 'ok' } },
    });
  });

  test('is kept all the same where the model has to know all of it', () => {
    const adds = Array.from({ length: 6 }, (_, value) => [
      `{"type":"invoke","process":0,"f":"add","value":${value}}`,
      '{"type":"ok","process":0,"value":true}',
    ]).flat();
    expect(judgeFile(written('set.jsonl', adds), by(set as AnyModel), 3)).toMatchObject({
      ...{ streamed: null, result: { verdict: 'ok' }, counts: { total: 6 } },
    });
  });
});
