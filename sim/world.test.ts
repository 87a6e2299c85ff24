import { describe, expect, test } from 'vitest';
import type { Ports, Process } from '../core/ports.ts';
import { Chatter, crash, episode, faultOf, planOf, ran, worldOf } from './chatter.test-support.ts';
import type { RecordedEvent } from './world.ts';

describe('a seed', () => {
  test('decides the whole run: the same hash, checkpoints and counts', () => {
    const a = ran(planOf({ phases: { weatherUs: 5_000_000, quorumUs: 0, allUs: 0, quorum: [] } }));
    const b = ran(planOf({ phases: { weatherUs: 5_000_000, quorumUs: 0, allUs: 0, quorum: [] } }));
    expect(a.world.hash).toMatch(/^[0-9a-f]{12}$/);
    expect(a.world.hash).toBe(b.world.hash);
    expect(a.world.checkpoints).toEqual(b.world.checkpoints);
    expect(a.world.checkpoints).toHaveLength(Math.floor(a.world.events / 1_000));
    expect(a.seen).toEqual(b.seen);
    expect(a.world.stats.messagesLost).toBeGreaterThan(0);
    expect(a.world.stats.duplicated).toBeGreaterThan(0);
    expect(ran(planOf({ seed: 2 })).world.hash).not.toBe(ran(planOf()).world.hash);
  });

  test('gives the same run in slices of time as at once', () => {
    const { world } = worldOf(planOf());
    for (let at = 0; at <= 1_000_000; at += 7_919) world.run(at);
    world.run();
    expect(world.hash).toBe(ran(planOf()).world.hash);
    expect(world.nowUs).toBe(1_000_000);
  });

  test('gives the same hash for messages that travel as bytes', () => {
    expect(ran(planOf({ wire: 'bytes' })).world.hash).toBe(ran(planOf()).world.hash);
  });
});

test('each send is told, with its fate and the event that it was sent in, and each delivery with its message', () => {
  const sent = new Map<string, { copies: number; seq: number; at: number; arrived: number }>();
  let events = 0;
  const { world } = ran(planOf(), {
    onSend: ({ from, to, number, copies, seq, at, message }) => {
      expect(seq).toBe(events + 1);
      expect(message).toBeDefined();
      sent.set(`${from}>${to} #${number}`, { copies, seq, at, arrived: 0 });
    },
    onEvent: (event, delivered) => {
      events = event.seq;
      expect(delivered !== null).toBe(event.kind === 'deliver');
      if (delivered === null) return;
      const message = sent.get(`${delivered.from}>${event.host} #${delivered.number}`)!;
      expect(message.seq).toBeLessThan(event.seq);
      expect(message.at).toBeLessThanOrEqual(event.at);
      message.arrived += 1;
    },
  });
  const all = [...sent.values()];
  expect(all).toHaveLength(world.stats.messagesSent);
  expect(all.filter((one) => one.copies === 0)).toHaveLength(world.stats.messagesLost);
  expect(all.filter((one) => one.copies > 1)).toHaveLength(world.stats.duplicated);
  expect(all.every((one) => one.arrived <= one.copies)).toBe(true);
  expect(all.reduce((sum, one) => sum + one.arrived, 0)).toBeGreaterThan(100);
  // Telling it changes nothing.
  expect(world.hash).toBe(ran(planOf()).world.hash);
});

describe('the hash', () => {
  test('changes when one delay moves by a microsecond', () => {
    const events: RecordedEvent[] = [];
    const plain = ran(planOf(), { onEvent: (event) => events.push(event) });
    const delivered = events.find((event) => event.text.startsWith('0>1 #5 ')) as RecordedEvent;
    expect(delivered.text).toBe('0>1 #5 number 5');
    expect(events.at(-1)?.hash).toBe(plain.world.hash);
    // The delay that the network drew, frozen, changes nothing; a microsecond more does.
    const sent = plain.of('woke', 0).find((o) => o['n'] === 5);
    const delayUs = delivered.at - (sent?.at ?? 0);
    expect(ran(planOf(), { decisions: [{ link: '0>1', n: 5, delayUs }] }).world.hash).toBe(plain.world.hash);
    const moved = ran(planOf(), { decisions: [{ link: '0>1', n: 5, delayUs: delayUs + 1 }] });
    expect(moved.world.hash).not.toBe(plain.world.hash);
  });

  test.each([
    [
      'applied',
      {
        kind: 'applied',
        index: 9,
        term: 1,
        entry: 'command',
        digest: 5,
        reply: 1,
        session: 1,
        number: 1,
        repeated: false,
      },
      { digest: 6 },
    ],
    [
      'completed',
      { kind: 'completed', process: 3, id: 4, outcome: 'ok', value: 7, place: 9, session: 1, number: 1 },
      { outcome: 'info' },
    ],
    ['a kind of its own', { kind: 'mine', text: 'x' }, { text: 'y' }],
  ])('changes with what is observed: %s', (_name, observation, change) => {
    const hashes = [observation, observation, { ...observation, ...change }].map(
      (o) =>
        ran(planOf(), {
          factory: (ports) => {
            const chatter = new Chatter(ports);
            ports.emit(o);
            return chatter;
          },
        }).world.hash,
    );
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[0]).not.toBe(hashes[2]);
  });
});

describe('a process', () => {
  test('that throws is gone, and what it threw is told with its name', () => {
    const run = ran(planOf(), {
      factory: (ports) =>
        ports.node === 1
          ? {
              start() {
                ports.timers.set(0, ports.clock.monotonicUs() + 1_000);
              },
              receive() {},
              wake() {
                throw new TypeError('no such key');
              },
            }
          : new Chatter(ports),
    });
    expect(run.of('threw')).toMatchObject([{ node: 1, message: 'TypeError: no such key' }]);
    expect(run.world.thrown).toBeInstanceOf(TypeError);
    expect(run.world.isUp(1)).toBe(false);
    expect(run.of('heard', 0).length).toBeGreaterThan(50);
  });

  test.each(['start', 'receive', 'wake', 'synced', 'drain', 'factory'])(
    'that answers with a promise is refused: %s',
    (handler) => {
      const late = async (): Promise<never> => {
        throw new Error('nobody hears of this');
      };
      const run = ran(planOf(), {
        factory: (ports) => {
          const process: Process = new Chatter(ports);
          if (ports.node !== 1) return process;
          if (handler === 'factory') return late() as unknown as Process;
          return Object.assign(process, { [handler]: late });
        },
      });
      expect(run.of('threw')).toMatchObject([
        { node: 1, message: expect.stringMatching(/^Error: PROCESS_ASYNC: a handler returned a promise/) },
      ]);
    },
  );

  test('that sends to a host that is not there is told which ones are', () => {
    const run = ran(planOf(), { factory: (ports) => sendingTo(ports, 3) });
    expect(run.of('threw')[0]?.['message']).toMatch(
      /NO_SUCH_NODE: node 0 sent to node 3, but the hosts are 0 to 2/,
    );
    expect(run.world.thrown).toMatchObject({ code: 'NO_SUCH_NODE' });
  });

  test('that answers itself without time passing is stopped at 100,000 events', () => {
    const run = ran(planOf({ servers: 1 }), {
      factory: (ports) => ({
        start: () => ports.timers.set(0, 0),
        receive() {},
        wake: () => ports.timers.set(0, 0),
      }),
    });
    expect(run.of('threw')[0]?.['message']).toMatch(/more than 100000 events at one instant \(0 us/);
    expect(run.world.isStopped).toBe(true);
  });

  test('may take ports apart, and is drained after each of its events', () => {
    let drained = 0;
    const run = ran(planOf({ servers: 1 }), {
      factory: ({ emit, clock, timers, transport }) => ({
        start() {
          emit({ kind: 'hello', at: clock.wallUs() });
          timers.set(5, clock.monotonicUs() - 1);
        },
        wake(key) {
          transport.send(0, key);
        },
        receive(from, message) {
          emit({ kind: 'echo', from, message });
        },
        drain() {
          drained += 1;
        },
      }),
    });
    expect(run.of('echo')).toMatchObject([{ message: 5, from: 0 }]);
    expect(drained).toBe(run.world.events);
  });

  test('cannot act through the ports of a boot that is over', () => {
    const old: Ports[] = [];
    const { world } = worldOf(planOf({ episodes: [episode({ fault: 'crash' })] }), {
      factory: (ports) => {
        old.push(ports);
        return new Chatter(ports);
      },
    });
    world.run(600_000);
    const sent = world.stats.messagesSent;
    const first = old[0] as Ports;
    expect(old.filter((ports) => ports.node === 0).map((ports) => ports.boot)).toEqual([1, 2]);
    first.transport.send(1, 99);
    first.emit({ kind: 'ghost' });
    first.timers.set(9, 0);
    expect(() => first.disk.size(0)).toThrow('the disk is used by a process of an earlier boot');
    expect(world.stats.messagesSent).toBe(sent);
  });

  test('gets no disk for a boot that is over', () => {
    const old: Ports[] = [];
    const { world } = worldOf(planOf({ episodes: [episode({ fault: 'crash' })] }), {
      factory: (ports) => {
        old.push(ports);
        return { receive() {}, wake() {} };
      },
    });
    world.run(600_000);
    expect(() => old[0]?.disk).toThrow('the disk is asked for by a process of an earlier boot');
    expect(() => old.at(-1)?.disk).not.toThrow();
  });

  test('has an observer whose own errors are not taken for its own', () => {
    const { world } = worldOf(planOf(), {
      observe: () => {
        throw new Error('the checker is wrong');
      },
    });
    expect(() => world.run()).toThrow('the checker is wrong');
  });

  test('runs its timers on its own clock', () => {
    const run = ran(planOf());
    // Hosts drift by −0.5 %, 0 and +0.5 %: in a second of 10 ms steps that is half a step.
    const [slow, right, fast] = [0, 1, 2].map((node) => run.of('woke', node)[49]?.at ?? 0) as [
      number,
      number,
      number,
    ];
    expect(slow - right).toBeGreaterThan(2_000);
    expect(right - fast).toBeGreaterThan(2_000);
  });
});

describe('the world', () => {
  test('stops after the event during which it was told to', () => {
    const run = worldOf(planOf(), {
      observe: (o) => {
        if (o.kind === 'heard') run.world.stop();
      },
    });
    run.world.run();
    expect(run.world.isStopped).toBe(true);
    const { events } = run.world;
    run.world.run();
    expect(run.world.events).toBe(events);
  });

  test('never goes back in time', () => {
    const { world } = worldOf(planOf({ episodes: [episode({ fault: 'crash', durationUs: -50_000 })] }));
    expect(() => world.run()).toThrow(
      'the queue holds a fault-end for 150000 us, but it is 200000 us already',
    );
  });

  test('refuses a plan that names an unknown fault, and bytes without a codec for them', () => {
    expect(() => worldOf(planOf({ episodes: [episode({ fault: 'flood' })] }))).toThrow(
      'episode 1 names the fault "flood"; known here: crash, pause, mute',
    );
    expect(() => worldOf(planOf({ wire: 'bytes' }), { codec: { digest: () => 0 } })).toThrow(
      'no encode and decode',
    );
  });

  test('lets a fault that is wrong about hosts fail by name', () => {
    const wrong = faultOf(
      'wrong',
      (control) => control.crash(7, false),
      () => undefined,
    );
    const { world } = worldOf(planOf({ episodes: [episode({ fault: 'wrong' })] }), {
      faults: [wrong, crash],
    });
    expect(() => world.run()).toThrow('a fault names host 7; the hosts are 0 to 2');
  });
});

function sendingTo(ports: Ports, to: number): Process {
  return {
    start() {
      ports.transport.send(to, 1);
    },
    receive() {},
    wake() {},
  };
}
