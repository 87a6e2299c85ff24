import { describe, expect, test } from 'vitest';
import type { Ports } from '../core/ports.ts';
import type { ClientPlan, Done } from './scenario.ts';
import { LAST_READ } from './last-read.ts';
import { Load } from './load-driver.ts';

/** Ports of a client host whose time a test moves by hand. */
class HandPorts {
  now = 0;
  timer = -1;
  readonly said: {
    kind: string;
    id?: number;
    process?: number;
    outcome?: string;
    op?: unknown;
    group?: number;
  }[] = [];
  readonly ports = {
    node: 3,
    clock: { monotonicUs: () => this.now },
    timers: { set: (_key: number, atUs: number) => void (this.timer = atUs) },
    emit: (observation: { kind: string }, group?: number) =>
      void this.said.push(group === undefined || group === 0 ? observation : { ...observation, group }),
  } as unknown as Ports;
}

function boot(load: Load, hand: HandPorts): { wake(): void; done: Done } {
  let answer: Done = () => {};
  const process = load.boot(hand.ports, (done) => {
    answer = done;
    return { invoke() {}, receive() {}, wake() {} };
  });
  process.start?.();
  return { wake: () => process.wake(63), done: answer };
}

const gets = (mode: ClientPlan['mode'], count: number): ClientPlan => ({
  mode,
  operations: Array.from({ length: count }, () => ({ waitUs: 10, op: { f: 'get', key: 'k0' } })),
});

describe('a load', () => {
  test('in a closed loop invokes the next operation only after the last one ended', () => {
    const hand = new HandPorts();
    const { wake, done } = boot(new Load(gets('closed', 2), 1, 4), hand);
    wake();
    hand.timer = -1;
    hand.now = 100;
    done(1_000_001, 'ok', { value: 1, version: 1 });
    expect(hand.timer).toBe(110);
    wake();
    expect(hand.said.map(({ kind, process }) => [kind, process])).toEqual([
      ['invoked', 1],
      ['completed', 1],
      ['invoked', 1],
    ]);
  });

  test('in an open loop has as many processes as operations in flight, and retires one that ended unknown', () => {
    const hand = new HandPorts();
    const { wake, done } = boot(new Load(gets('open', 5), 1, 4), hand);
    for (let i = 0; i < 3; i += 1) wake();
    done(1_000_002, 'info', null);
    done(1_000_001, 'ok', null);
    wake();
    wake();
    const invoked = hand.said.filter(({ kind }) => kind === 'invoked').map(({ process }) => process);
    expect(invoked).toEqual([1, 5, 9, 1, 13]);
  });

  test('ends what was in flight as unknown when its host comes back, and goes on', () => {
    const load = new Load(gets('closed', 2), 0, 1);
    const hand = new HandPorts();
    boot(load, hand).wake();
    boot(load, hand).wake();
    expect(hand.said.map(({ kind, id, outcome }) => [kind, id, outcome])).toEqual([
      ['invoked', 1, undefined],
      ['completed', 1, 'info'],
      ['invoked', 2, undefined],
    ]);
  });

  test('compares with the version that this client last saw', () => {
    const op = { f: 'cas', key: 'k0', version: LAST_READ, value: 7 };
    const plan: ClientPlan = {
      mode: 'closed',
      operations: [
        { waitUs: 1, op },
        { waitUs: 1, op: { f: 'get', key: 'k0' } },
        { waitUs: 1, op },
      ],
    };
    const hand = new HandPorts();
    const { wake, done } = boot(new Load(plan, 0, 1), hand);
    wake();
    done(1, 'ok', { done: false, value: null, version: 0 });
    wake();
    done(2, 'ok', { value: 3, version: 12 });
    wake();
    const asked = hand.said.filter(({ kind }) => kind === 'invoked').map((said) => said.op);
    expect(asked[0]).toEqual({ ...op, version: 0 });
    expect(asked[2]).toEqual({ ...op, version: 12 });
  });

  test('keeps what it has seen of each group apart, and says for which group it asked', () => {
    const op = { f: 'cas', key: 'k0', version: LAST_READ, value: 7 };
    const plan: ClientPlan = {
      mode: 'closed',
      operations: [2, 1, 2].map((group) => ({ waitUs: 1, op, group })),
    };
    const hand = new HandPorts();
    const { wake, done } = boot(new Load(plan, 0, 1), hand);
    wake();
    done(1, 'ok', { done: false, value: 3, version: 12 });
    wake();
    done(2, 'ok', { done: false, value: 4, version: 40 });
    wake();
    const asked = hand.said.filter(({ kind }) => kind === 'invoked');
    expect(asked.map(({ op: asked }) => (asked as { version: number }).version)).toEqual([0, 0, 12]);
    expect(hand.said.map(({ kind, group }) => `${kind} ${group}`)).toEqual([
      'invoked 2',
      'completed 2',
      'invoked 1',
      'completed 1',
      'invoked 2',
    ]);
  });
});
