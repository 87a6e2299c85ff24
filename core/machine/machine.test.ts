import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMachine, machineRules } from './machine.ts';
import { decodeCommand, encodeCommand } from './commands.ts';
import type { Operation, RequestCommand } from './commands.ts';
import type { Effects, Machine } from './contract.ts';
import { Deadlines } from './deadlines.ts';
import { sessionRules } from './session-rules.ts';

const noDeadlines: Effects = {
  arm: () => undefined,
  disarm: () => undefined,
  answer: () => undefined,
  observe: () => undefined,
};
const ttlUs = 30_000_000;
const open = { kind: 'open', client: 5, nonce: 1, ttlUs };

/** A request of session 1, which `opened()` opens. */
function request(
  number: number,
  op: Operation,
  floor = number - 1,
  ranges: readonly number[] = [],
): RequestCommand {
  return { kind: 'request', session: 1, number, floor, ranges, op };
}
const put = (value: number, key = 'k'): Operation => ({ f: 'put', key, value });
const get: Operation = { f: 'get', key: 'k' };

function opened(machine: Machine = createMachine()): Machine {
  machine.apply(1, open, noDeadlines);
  return machine;
}

function valueOf(machine: Machine, index: number, command: unknown): unknown {
  return machine.apply(index, command, noDeadlines).reply?.value;
}

describe('exactly once', () => {
  test('a retried request is answered from memory, with its first place, and changes nothing', () => {
    const machine = opened();
    const first = machine.apply(2, request(1, put(7)), noDeadlines);
    machine.apply(3, request(2, put(8), 0), noDeadlines);
    const digest = machine.digest();
    const again = machine.apply(4, request(1, put(7)), noDeadlines);
    expect(again.reply).toEqual(first.reply);
    expect(again.replyDigest).toBe(first.replyDigest);
    expect([first.repeated, again.repeated]).toEqual([false, true]);
    expect(machine.digest()).toBe(digest);
    expect(valueOf(machine, 5, request(3, get, 0))).toEqual({ value: 8, version: 3 });
  });

  test('requests apply once each, in any order and however often they are copied', () => {
    const sends = fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 60 });
    fc.assert(
      fc.property(sends, (numbers) => {
        const machine = opened();
        const executed = new Map<number, number>();
        numbers.forEach((number, i) => {
          const applied = machine.apply(i + 2, request(number, put(number), 0), noDeadlines);
          if (!applied.repeated) executed.set(number, (executed.get(number) ?? 0) + 1);
          expect(applied.reply?.place).toBe(2 + numbers.indexOf(number));
        });
        expect([...executed.values()].every((times) => times === 1)).toBe(true);
        expect(executed.size).toBe(new Set(numbers).size);
      }),
      { numRuns: 50 },
    );
  });

  test('an acknowledged number never applies again: a late copy of a request given up is stale', () => {
    const machine = opened();
    machine.apply(2, request(2, put(2), 1), noDeadlines);
    const late = machine.apply(3, request(1, put(1), 0), noDeadlines);
    expect(late.reply?.value).toEqual({ error: 'STALE_REQUEST' });
    expect(late.repeated).toBe(true);
    machine.apply(4, request(9, put(9), 1, [4, 6]), noDeadlines);
    expect(valueOf(machine, 5, request(5, put(5), 1))).toEqual({ error: 'STALE_REQUEST' });
    expect(valueOf(machine, 6, request(7, get, 1))).toEqual({ value: 9, version: 4 });
  });

  test('a machine that forgets replies executes a retry twice', () => {
    const forgetful = { ...sessionRules, answersFromMemory: () => false };
    const machine = opened(createMachine({ ...machineRules, sessions: forgetful }));
    machine.apply(2, request(1, put(7)), noDeadlines);
    expect(machine.apply(3, request(1, put(7)), noDeadlines).repeated).toBe(false);
  });
});

describe('the window', () => {
  test('112 unacknowledged numbers fit, 128 for what frees resources', () => {
    const machine = opened();
    expect(valueOf(machine, 2, request(112, put(1), 0))).toEqual({ version: 2 });
    const before = machine.digest();
    expect(valueOf(machine, 3, request(113, put(1), 0))).toEqual({ error: 'SESSION_WINDOW_FULL' });
    expect(valueOf(machine, 4, request(129, { f: 'close' }, 0))).toEqual({ error: 'SESSION_WINDOW_FULL' });
    expect(machine.digest()).toBe(before);
    expect(valueOf(machine, 5, request(128, { f: 'close' }, 0))).toEqual({ closed: true });
  });

  test('one request that waits long takes one place: three thousand behind it fit', () => {
    const machine = opened();
    expect(valueOf(machine, 2, request(3001, put(1), 0, [2, 3000]))).toEqual({ version: 2 });
    expect(valueOf(machine, 3, request(1, put(2), 0))).toEqual({ version: 3 });
  });
});

describe('sessions', () => {
  test('every executed request renews; repeated, stale and window-full ones do not', () => {
    const machine = createMachine();
    const armed: number[] = [];
    const sink: Effects = {
      ...noDeadlines,
      arm: (_k, _id, version) => void armed.push(version),
      disarm: () => undefined,
    };
    machine.apply(1, open, sink);
    machine.apply(2, request(2, put(1), 1), sink);
    machine.apply(3, request(2, put(1), 1), sink);
    machine.apply(4, request(1, put(1), 0), sink);
    machine.apply(5, request(500, put(1), 1), sink);
    machine.apply(6, { kind: 'keepAlive', session: 1 }, sink);
    expect(armed).toEqual([1, 2, 6]);
  });

  test('an expiry ends only the version that it names', () => {
    const machine = opened();
    machine.apply(2, request(1, put(1)), noDeadlines);
    machine.apply(3, machine.expire([{ kind: 'session', id: 1, version: 1 }]), noDeadlines);
    expect(valueOf(machine, 4, request(2, put(2)))).toEqual({ version: 4 });
    machine.apply(5, machine.expire([{ kind: 'session', id: 1, version: 4 }]), noDeadlines);
    expect(valueOf(machine, 6, request(3, put(3)))).toEqual({ error: 'SESSION_NOT_OPEN' });
    expect(valueOf(machine, 7, { kind: 'keepAlive', session: 1 })).toEqual({ error: 'SESSION_NOT_OPEN' });
  });

  test('1,024 sessions may be open, with times to live between 10 s and 10 min', () => {
    const machine = createMachine();
    expect(valueOf(machine, 1, { ...open, ttlUs: 9_999_999 })).toEqual({ error: 'SESSION_TTL_OUT_OF_RANGE' });
    for (let i = 1; i <= 1024; i += 1) machine.apply(i, open, noDeadlines);
    expect(valueOf(machine, 1025, open)).toEqual({ error: 'TOO_MANY_SESSIONS' });
    machine.apply(1026, machine.expire([{ kind: 'session', id: 7, version: 7 }]), noDeadlines);
    expect(valueOf(machine, 1027, open)).toEqual({ session: 1027, ttlUs });
  });

  test('places kept in reserve are for keepAlive and close', () => {
    const machine = createMachine();
    const reserved = [
      { kind: 'keepAlive', session: 1 },
      request(1, { f: 'close' }),
      request(1, put(1)),
      open,
    ];
    expect(reserved.map((command) => machine.isReserved(command))).toEqual([true, true, false, false]);
  });
});

/** Effects of which only the deadlines matter. */
function armedIn(deadlines: Deadlines): Effects {
  return {
    ...noDeadlines,
    arm: (...armed) => deadlines.arm(...armed),
    disarm: (...gone) => deadlines.disarm(...gone),
  };
}

describe('deadlines', () => {
  test('are armed in full with the drift allowance, and due once a term', () => {
    const deadlines = new Deadlines(10_000);
    const machine = createMachine();
    deadlines.nowUs = 1_000;
    machine.apply(1, open, armedIn(deadlines));
    const dueUs = 1_000 + 30_300_000;
    expect(deadlines.nextAtUs()).toBe(dueUs);
    expect(deadlines.due(dueUs - 1, 3, 100)).toEqual([]);
    expect(deadlines.due(dueUs, 3, 100)).toEqual([{ kind: 'session', id: 1, version: 1 }]);
    expect(deadlines.due(dueUs + 50_000, 3, 100)).toEqual([]);
    expect(deadlines.due(dueUs + 50_000, 4, 100)).toEqual([{ kind: 'session', id: 1, version: 1 }]);
    deadlines.nowUs = dueUs;
    machine.apply(2, { kind: 'keepAlive', session: 1 }, armedIn(deadlines));
    expect(deadlines.due(dueUs + 30_299_999, 4, 100)).toEqual([]);
    expect(deadlines.due(dueUs + 30_300_000, 4, 100)).toEqual([{ kind: 'session', id: 1, version: 2 }]);
  });

  test('come in order of time, then id, and no more than asked for', () => {
    const deadlines = new Deadlines(0);
    for (const [id, ttl] of [
      [3, 20],
      [1, 30],
      [2, 20],
    ] as const)
      deadlines.arm('session', id, id, ttl);
    expect(deadlines.due(50, 1, 2).map((due) => due.id)).toEqual([2, 3]);
    expect(deadlines.due(50, 1, 2).map((due) => due.id)).toEqual([1]);
  });

  test('an installed snapshot arms only versions not armed yet, and disarms sessions that are gone', () => {
    const leader = opened();
    leader.apply(2, open, noDeadlines);
    const behind = createMachine();
    const deadlines = new Deadlines(0);
    behind.apply(1, open, armedIn(deadlines));
    deadlines.nowUs = 5_000;
    behind.restore(leader.snapshot(), deadlines);
    expect(deadlines.due(ttlUs, 1, 9)).toEqual([{ kind: 'session', id: 1, version: 1 }]);
    expect(deadlines.due(ttlUs + 5_000, 1, 9)).toEqual([{ kind: 'session', id: 2, version: 2 }]);
    leader.apply(3, leader.expire([{ kind: 'session', id: 1, version: 1 }]), noDeadlines);
    behind.restore(leader.snapshot(), deadlines);
    expect(deadlines.size).toBe(1);
  });
});

describe('registers', () => {
  test('a version is the index of the last write, and never comes back', () => {
    const machine = opened();
    const run = (index: number, op: Operation): unknown => valueOf(machine, index, request(index, op));
    expect(run(2, get)).toEqual({ value: null, version: 0 });
    expect(run(3, { f: 'cas', key: 'k', version: 0, value: 1 })).toEqual({ done: true, version: 3 });
    expect(run(4, { f: 'cas', key: 'k', version: 0, value: 2 })).toEqual({
      done: false,
      value: 1,
      version: 3,
    });
    expect(run(5, { f: 'delete', key: 'k' })).toEqual({ existed: true });
    expect(run(6, { f: 'delete', key: 'k' })).toEqual({ existed: false });
    expect(run(7, put(1))).toEqual({ version: 7 });
    expect(run(8, { f: 'cas', key: 'k', version: 3, value: 9 })).toEqual({
      done: false,
      value: 1,
      version: 7,
    });
    expect(run(9, get)).toEqual({ value: 1, version: 7 });
  });

  test('limits answer by name and change nothing', () => {
    const machine = opened();
    const run = (index: number, op: Operation): unknown => valueOf(machine, index, request(index, op));
    expect(run(2, put(1, 'x'.repeat(256)))).toEqual({ version: 2 });
    expect(run(3, put(1, 'x'.repeat(257)))).toEqual({ error: 'KEY_TOO_LONG' });
    expect(run(4, put(1, 'é'.repeat(129)))).toEqual({ error: 'KEY_TOO_LONG' });
    const text = 'v'.repeat(128 * 1024);
    expect(run(5, { f: 'put', key: 'k', value: text })).toEqual({ version: 5 });
    expect(run(6, { f: 'put', key: 'k', value: `${text}v` })).toEqual({ error: 'VALUE_TOO_LARGE' });
    for (let i = 7; i < 10_005; i += 1) run(i, put(i, `k${i}`));
    expect(run(10_005, put(1, 'one more'))).toEqual({ error: 'TOO_MANY_KEYS' });
    expect(run(10_006, put(1, 'k'))).toEqual({ version: 10_006 });
  });
});

describe('commands', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const value = fc.oneof(
    fc.maxSafeInteger().filter((n) => !Object.is(n, -0)),
    text,
  );
  const count = fc.maxSafeNat();
  const op = fc.oneof(
    fc.record({ f: fc.constant('get'), key: text }),
    fc.record({ f: fc.constant('put'), key: text, value }),
    fc.record({ f: fc.constant('delete'), key: text }),
    fc.record({ f: fc.constant('cas'), key: text, version: count, value }),
    fc.constant({ f: 'close' }),
  );
  const id = fc.integer({ min: 1 });
  const command = fc.oneof(
    fc.record({ kind: fc.constant('open'), client: count, nonce: count, ttlUs: count }),
    fc.record({
      kind: fc.constant('request'),
      session: id,
      number: id,
      floor: fc.nat(10),
      ranges: fc.constantFrom([], [13, 13], [12, 20, 30, 31]),
      op,
    }),
    fc.record({ kind: fc.constant('keepAlive'), session: id }),
    fc.record({
      kind: fc.constant('expire'),
      due: fc.array(fc.record({ kind: fc.constant('session'), id, version: id })),
    }),
  );

  test('come back from their bytes as they were', () => {
    fc.assert(
      fc.property(command, (c) => {
        expect(decodeCommand(encodeCommand(c))).toEqual(c);
      }),
    );
  });

  test('a lone surrogate comes back too: a recovered log must mean what was applied', () => {
    const odd = request(1, put(1, 'a\ud800'));
    expect(decodeCommand(encodeCommand(odd))).toEqual(odd);
  });

  test('nothing that a client can send throws, and what is no command is answered alike before and after the log', () => {
    const machine = opened();
    const digest = machine.digest();
    const broken = [
      null,
      7,
      'put',
      {
        kind: 'request',
        session: 1,
        number: 1,
        floor: 0,
        ranges: [],
        op: { f: 'put', key: 'k', value: 1.5 },
      },
      request(1, put(1), -1),
      request(1, put(1), 0, [1, 2]),
      request(1, put(1), 0, [9, 3]),
      request(Number.NaN, put(1), 0),
      { kind: 'keepAlive', session: 2 ** 60 },
    ];
    for (const command of broken) {
      const live = machine.apply(9, command, noDeadlines);
      expect(live.reply?.value).toEqual({ error: 'BAD_COMMAND' });
      expect(machine.apply(9, decodeCommand(encodeCommand(command)), noDeadlines)).toEqual(live);
      expect(typeof machine.describe(command)).toBe('string');
    }
    expect(machine.digest()).toBe(digest);
  });
});

describe('the snapshot', () => {
  /** A machine after random commands of three sessions. */
  const script = fc.array(
    fc.record({
      session: fc.integer({ min: 1, max: 3 }),
      number: fc.integer({ min: 1, max: 15 }),
      behind: fc.nat(6),
      key: fc.constantFrom('a', 'b', 'é'),
      f: fc.constantFrom('get', 'put', 'delete', 'cas'),
      value: fc.nat(40),
    }),
    { maxLength: 40 },
  );
  type Step = typeof script extends fc.Arbitrary<(infer S)[]> ? S : never;
  const commandOf = ({ session, number, behind, key, f, value }: Step): RequestCommand =>
    ({
      kind: 'request',
      session,
      number,
      floor: Math.max(0, number - 1 - behind),
      ranges: [],
      op: { f, key, value, version: value },
    }) as unknown as RequestCommand;

  test('is the whole state: equal digest and bytes, and both go on alike', () => {
    fc.assert(
      fc.property(script, script, (before, after) => {
        const machine = createMachine();
        for (let i = 1; i <= 3; i += 1) machine.apply(i, open, noDeadlines);
        before.forEach((step, i) => machine.apply(4 + i, commandOf(step), noDeadlines));
        const restored = createMachine();
        restored.apply(1, open, noDeadlines);
        restored.restore(machine.snapshot(), noDeadlines);
        expect(restored.digest()).toBe(machine.digest());
        expect(restored.snapshot()).toEqual(machine.snapshot());
        after.forEach((step, i) => {
          const index = 4 + before.length + i;
          expect(restored.apply(index, commandOf(step), noDeadlines)).toEqual(
            machine.apply(index, commandOf(step), noDeadlines),
          );
          expect(restored.digest()).toBe(machine.digest());
        });
      }),
      { numRuns: 60 },
    );
  });

  test('without the remembered replies a retry is executed twice', () => {
    const rules = { ...machineRules, sections: ['sessions', 'registers'] as const };
    const machine = opened(createMachine(rules));
    machine.apply(2, request(1, put(1)), noDeadlines);
    const restored = createMachine(rules);
    restored.restore(machine.snapshot(), noDeadlines);
    expect(restored.digest()).toBe(machine.digest());
    expect(machine.apply(3, request(1, put(1)), noDeadlines).repeated).toBe(true);
    expect(restored.apply(3, request(1, put(1)), noDeadlines).repeated).toBe(false);
  });

  test('a cut or foreign one is refused', () => {
    const bytes = opened().snapshot();
    expect(() => createMachine().restore(bytes.subarray(0, 9), noDeadlines)).toThrow(RangeError);
    expect(() => createMachine().restore(new Uint8Array([9, 9, 9]), noDeadlines)).toThrow(RangeError);
  });
});
