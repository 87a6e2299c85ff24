import { expect, test } from 'vitest';
import type { Operation } from '../history.ts';
import { checkLinearizable } from './check.ts';
import { forPeople } from './for-people.ts';
import { casRegister } from './models/cas-register.ts';

test('control characters are spelled out, and of long texts the two ends are shown', () => {
  expect(forPeople('read k7 → 41, "ä"')).toBe('read k7 → 41, "ä"');
  expect(forPeople('\u001b[31mred\r\n\u202eback')).toBe('\\u001b[31mred\\u000d\\u000a\\u202eback');
  const long = forPeople(`${'a'.repeat(100_000)}z`);
  expect(long).toMatch(/^a{240} … a{119}z \(100001 characters\)$/);
});

test('whatever a history holds, a violation of it is told in lines of a terminal, none of them long', () => {
  const nasty = `\u001b]0;title\u0007\n${'long'.repeat(50_000)}`;
  const history = [
    { f: 'write', key: nasty, value: nasty },
    { f: 'read', key: nasty, value: undefined },
  ].map(({ f, key, value }, id): Operation => ({
    ...{ id, process: id, op: { f, key, value }, invokedAt: 2 * id, completedAt: 2 * id + 1 },
    ...{ outcome: 'ok', value: f === 'read' ? `${nasty}!` : null, place: 0 },
  }));
  const result = checkLinearizable(casRegister as never, history);
  if (result.verdict !== 'violation') throw new Error('it is one');
  const { message, reason, details, possible, prefix } = result;
  for (const text of [message, reason, ...details, ...possible, prefix?.state ?? '']) {
    expect(text).not.toMatch(/[\u0000-\u001f]/);
    expect(text.length).toBeLessThan(2_500);
  }
});
