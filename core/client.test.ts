import { describe, expect, test } from 'vitest';
import { Attempts } from './attempts.ts';
import type { ClientMessage, Request } from './client-messages.ts';
import { Client } from './client.ts';
import type { ClientConfig } from './client.ts';
import type { RequestCommand } from './machine/commands.ts';
import { createMachine } from './machine/machine.ts';
import type { Outcome } from './observe.ts';
import type { Random } from './ports.ts';

const first: Random = { below: () => 0, between: (min) => min };
const ms = 1_000;

interface Ended {
  id: number;
  outcome: Outcome;
  value: unknown;
  number: number;
}

/** A client, the messages it sent and the operations that ended, with a clock that the test moves. */
class Bench {
  now = 0;
  readonly client: Client;
  sent: { to: number; message: ClientMessage }[] = [];
  readonly ended: Ended[] = [];

  constructor(config: Partial<ClientConfig> = {}) {
    this.client = new Client({ servers: [0, 1, 2], node: 9, boot: 1, ...config }, first);
  }

  private drain(): void {
    this.client.drain({
      send: (to, message) => void this.sent.push({ to, message }),
      done: (id, outcome, value, _place, _session, number) =>
        void this.ended.push({ id, outcome, value, number }),
    });
  }

  submit(id: number, giveUpAtUs?: number): void {
    this.client.submit(this.now, id, { f: 'put', key: 'k', value: id }, giveUpAtUs);
    this.drain();
  }

  ask(id: number, op: Parameters<Client['submit']>[2]): void {
    this.client.submit(this.now, id, op);
    this.drain();
  }

  receive(from: number, message: ClientMessage): void {
    this.client.receive(this.now, from, message);
    this.drain();
  }

  unreachable(node: number): void {
    this.client.unreachable(this.now, node);
    this.drain();
  }

  /** Lets time pass, waking the client whenever it wants. */
  wait(us: number): void {
    const until = this.now + us;
    while (this.client.nextWakeUs() <= until) {
      this.now = Math.max(this.now, this.client.nextWakeUs());
      this.client.wake(this.now);
      this.drain();
    }
    this.now = until;
  }

  /** Takes the messages sent so far. */
  take(): { to: number; message: ClientMessage }[] {
    const { sent } = this;
    this.sent = [];
    return sent;
  }

  /** Takes the one request sent, and whom it went to. */
  request(): Request & { to: number } {
    const requests = this.take().filter(({ message }) => message.type === 'request');
    expect(requests).toHaveLength(1);
    return { ...(requests[0]!.message as Request), to: requests[0]!.to };
  }

  /** Answers the hello sent to a replica. */
  welcome(node: number, leader = node): void {
    const hello = this.take().find(({ to, message }) => to === node && message.type === 'hello')!.message;
    this.receive(node, { type: 'welcome', nonce: (hello as { nonce: number }).nonce, boot: 1, leader });
  }

  reply(request: Request & { to: number }, value: unknown, place = 5): void {
    this.receive(request.to, { type: 'reply', boot: 1, attempt: request.attempt, value, place });
  }

  refuse(request: Request & { to: number }, leader = -1, code = 'NOT_LEADER'): void {
    this.receive(request.to, { type: 'refusal', boot: 1, attempt: request.attempt, code, leader });
  }

  /** Opens session 100 at replica 0 with the first operation, whose request is returned. */
  start(id = 1): Request & { to: number } {
    this.submit(id);
    this.welcome(0);
    this.reply(this.request(), { session: 100, ttlUs: 30_000 * ms });
    return this.request();
  }
}

describe('finding the leader', () => {
  test('asks for the boot first, opens a session, then sends the request', () => {
    const bench = new Bench();
    const request = bench.start();
    expect(request).toMatchObject({
      to: 0,
      boot: 1,
      command: { kind: 'request', session: 100, number: 1, floor: 0, ranges: [] },
    });
    bench.reply(request, { version: 5 });
    expect(bench.ended).toEqual([{ id: 1, outcome: 'ok', value: { version: 5 }, number: 1 }]);
  });

  test('goes at once to the leader that a refusal names', () => {
    const bench = new Bench();
    bench.refuse(bench.start(), 2);
    bench.welcome(2);
    const again = bench.request();
    expect(again).toMatchObject({ to: 2, command: { number: 1 } });
  });

  test('goes to the next replica after a wait where a refusal names none', () => {
    const bench = new Bench();
    bench.refuse(bench.start());
    bench.wait(19 * ms);
    expect(bench.take()).toEqual([]);
    bench.wait(1 * ms);
    bench.welcome(1);
    expect(bench.request().to).toBe(1);
  });

  test('two replicas that name each other do not keep it running in circles', () => {
    const bench = new Bench();
    let request = bench.start();
    let hops = 0;
    for (; hops < 20; hops += 1) {
      bench.refuse(request, 1 - request.to);
      if (bench.sent.length === 0) break;
      if (bench.sent[0]!.message.type === 'hello') bench.welcome(1 - request.to);
      request = bench.request();
    }
    expect(hops).toBe(3);
  });

  test('a full log keeps it where it is: the same replica, after a wait', () => {
    const bench = new Bench();
    bench.refuse(bench.start(), 0, 'LOG_FULL');
    bench.wait(20 * ms);
    expect(bench.request().to).toBe(0);
  });
});

describe('where there is no room in the log', () => {
  type Sent = Request & { to: number };
  const numbers = (requests: readonly Sent[]) =>
    requests.map(({ command }) => (command as RequestCommand).number);
  const requests = (bench: Bench): Sent[] =>
    bench
      .take()
      .filter(({ message }) => message.type === 'request')
      .map(({ to, message }) => ({ ...(message as Request), to }));

  /** Numbers 1 … 4 are asked; 1 was taken, the others were refused. */
  function crowded(code = 'UNCOMMITTED_FULL'): { bench: Bench; taken: Sent } {
    const bench = new Bench();
    const taken = bench.start(1);
    for (const id of [2, 3, 4]) bench.submit(id);
    // The order in which they are refused decides nothing.
    for (const request of requests(bench).reverse()) bench.refuse(request, 0, code);
    return { bench, taken };
  }

  test.each(['UNCOMMITTED_FULL', 'TOO_MANY_PROPOSALS', 'LOG_FULL'])(
    '%s: each answer lets the oldest in line try, and nobody else',
    (code) => {
      const { bench, taken } = crowded(code);
      expect(requests(bench)).toEqual([]);
      bench.reply(taken, { version: 5 });
      const second = bench.request();
      expect(second).toMatchObject({ to: 0, command: { number: 2 } });
      bench.reply(second, { version: 6 });
      expect(bench.request().command).toMatchObject({ number: 3 });
    },
  );

  test('what comes later stands behind them, and has no number before its turn', () => {
    const { bench, taken } = crowded();
    bench.submit(5);
    expect(requests(bench)).toEqual([]);
    let request = taken;
    for (const number of [2, 3, 4, 5]) {
      bench.reply(request, { version: 5 });
      request = bench.request();
      expect(request.command).toMatchObject({ number });
    }
    // The line has ended: the next goes at once.
    bench.reply(request, { version: 5 });
    bench.submit(6);
    expect(bench.request().command).toMatchObject({ number: 6 });
  });

  test('without an answer the oldest is tried after a wait, and again where it is refused again', () => {
    const { bench } = crowded();
    for (let i = 0; i < 3; i += 1) {
      bench.wait(20 * ms);
      const request = bench.request();
      expect(request.command).toMatchObject({ number: 2 });
      bench.refuse(request, 0, 'UNCOMMITTED_FULL');
    }
    bench.wait(20 * ms);
    // Taken, it is out of the line: the next wait is the next one's.
    expect(numbers(requests(bench))).toEqual([2]);
    bench.wait(20 * ms);
    expect(numbers(requests(bench))).toEqual([3]);
  });

  test('a release does not stand in line, nor does a read', () => {
    const { bench } = crowded();
    bench.ask(9, { f: 'release', lock: 'red', holder: 'h', token: 7 });
    expect(bench.request().command).toMatchObject({ op: { f: 'release' } });
    bench.ask(10, { f: 'get', key: 'k' });
    expect(bench.take().map(({ message }) => message.type)).toEqual(['read']);
  });

  test('what waits already, and asks again, goes behind those who are not in the log yet', () => {
    const bench = new Bench();
    bench.reply(bench.start(1), { version: 5 });
    bench.ask(2, { f: 'acquire', lock: 'red', holder: 'h', waitUs: 60_000 * ms });
    const waits = bench.request();
    bench.reply(waits, { queued: true });
    bench.wait(990 * ms);
    bench.submit(3);
    bench.submit(4);
    const [third, fourth] = requests(bench);
    bench.refuse(third!, 0, 'UNCOMMITTED_FULL');
    bench.wait(10 * ms);
    const again = bench.request();
    expect(again.command).toMatchObject({ number: 2 });
    bench.refuse(again, 0, 'UNCOMMITTED_FULL');
    bench.reply(fourth!, { version: 5 });
    const next = bench.request();
    expect(next.command).toMatchObject({ number: 3 });
    // It has its turn all the same, before who came after it, and hears meanwhile what the attempt is told that waits.
    bench.submit(5);
    bench.reply(next, { version: 6 });
    const turn = bench.request();
    expect(turn.command).toMatchObject({ number: 2 });
    bench.refuse(turn, 0, 'UNCOMMITTED_FULL');
    bench.wait(20 * ms);
    expect(bench.request().command).toMatchObject({ number: 2 });
    bench.reply(waits, { queued: true, token: 7 });
    expect(bench.ended.at(-1)).toMatchObject({ id: 2, outcome: 'ok' });
  });

  test('many that wait, and ask again every second, do not starve one that is not in the log yet', () => {
    // A leader that takes one command in 25 ms: 40 a second, of a client with 60 acquires in queues.
    const bench = new Bench();
    bench.reply(bench.start(1), { version: 5 });
    for (let id = 2; id <= 61; id += 1) {
      bench.ask(id, { f: 'acquire', lock: 'red', holder: `h${id}`, waitUs: 60_000 * ms });
      bench.reply(bench.request(), { queued: true });
      bench.wait(10 * ms);
    }
    let inLog: { request: Sent; at: number } | null = null;
    for (let now = 0; now < 5_000 && bench.ended.length < 2; now += 1) {
      if (now === 3_000) bench.submit(70);
      if (inLog !== null && inLog.at <= now) {
        const { request } = inLog;
        inLog = null;
        bench.reply(
          request,
          (request.command as RequestCommand).op.f === 'put' ? { version: 6 } : { queued: true },
        );
      }
      bench.wait(1 * ms);
      for (const request of requests(bench)) {
        if (inLog === null) inLog = { request, at: now + 25 };
        else bench.refuse(request, 0, 'UNCOMMITTED_FULL');
      }
    }
    expect(bench.ended.at(-1)).toMatchObject({ id: 70, outcome: 'ok' });
  });

  test('in line for 5 s an operation has failed for certain, and the next one takes its turn', () => {
    const { bench, taken } = crowded();
    bench.submit(5, bench.now + 20_000 * ms);
    bench.reply(taken, { version: 5 });
    for (let i = 0; i < 250; i += 1) {
      for (const request of requests(bench)) bench.refuse(request, 0, 'UNCOMMITTED_FULL');
      bench.wait(20 * ms);
    }
    const failed = { outcome: 'fail', value: { error: 'UNCOMMITTED_FULL' } };
    expect(bench.ended.filter(({ id }) => id > 1 && id < 5)).toEqual([
      { id: 2, number: 2, ...failed },
      { id: 3, number: 3, ...failed },
      { id: 4, number: 4, ...failed },
    ]);
    bench.wait(20 * ms);
    expect(numbers(requests(bench))).toContain(5);
  });

  test('of many that compete for few places none waits longer than those before it took', () => {
    // A leader with room for 4, which answers after 10 ms; two clients of 60 operations each, asked at once: 120 operations at 4 in 10 ms take 300 ms.
    const benches = [new Bench(), new Bench({ node: 10 })];
    const inLog: { bench: Bench; request: Sent; at: number }[] = [];
    for (const bench of benches) {
      bench.submit(1);
      bench.welcome(0);
      bench.reply(bench.request(), { session: 100, ttlUs: 30_000 * ms });
      for (let id = 2; id <= 60; id += 1) bench.submit(id);
    }
    let refusals = 0;
    for (let now = 0; now < 900; now += 1) {
      while (inLog.length > 0 && inLog[0]!.at <= now) {
        const { bench, request } = inLog.shift()!;
        bench.reply(request, { version: 5 });
      }
      for (const bench of benches) {
        bench.wait(1 * ms);
        for (const request of requests(bench)) {
          if (inLog.length < 4) inLog.push({ bench, request, at: now + 10 });
          else {
            refusals += 1;
            bench.refuse(request, 0, 'UNCOMMITTED_FULL');
          }
        }
      }
    }
    for (const bench of benches) {
      expect(bench.ended.map(({ id, outcome }) => [id, outcome])).toEqual(
        Array.from({ length: 60 }, (_, i) => [i + 1, 'ok']),
      );
    }
    // The first rush, and a few tries: each tried on its own, there were 1,740.
    expect(refusals).toBeLessThan(250);
  });
});

describe('sessions that cannot be had', () => {
  test('a time to live out of range is refused before anything is sent', () => {
    expect(() => new Bench({ sessionTtlUs: 1_000 })).toThrow(/BAD_CONFIGURATION/);
  });

  test.each([{ retryMinUs: 0 }, { retryMinUs: 1.5 }, { retryMaxUs: 19_999 }, { retryMinUs: Number.NaN }])(
    'a wait after refusals of %o is refused before anything is sent',
    (bounds) => {
      expect(() => new Bench(bounds)).toThrow(/BAD_CONFIGURATION/);
    },
  );

  test('an operation that got no session says why', () => {
    const bench = new Bench();
    bench.submit(1);
    bench.welcome(0);
    bench.reply(bench.request(), { error: 'TOO_MANY_SESSIONS' });
    bench.wait(6_000 * ms);
    expect(bench.ended).toMatchObject([{ outcome: 'fail', value: { error: 'TOO_MANY_SESSIONS' } }]);
  });
});

describe('silence', () => {
  // Found by growing-latency: each greeting made the answer to the one before worthless, and none was ever in time.
  test('a welcome that takes longer than an attempt waits is worth as much as one in time', () => {
    const bench = new Bench();
    bench.submit(1);
    const hello = bench.take()[0]!.message as { nonce: number };
    bench.wait(900 * ms);
    bench.take();
    bench.receive(0, { type: 'welcome', nonce: hello.nonce, boot: 1, leader: 0 });
    bench.wait(300 * ms);
    const request = bench.take().find(({ message }) => message.type === 'request')!;
    expect(request).toMatchObject({ to: 0, message: { boot: 1, command: { kind: 'open' } } });
    bench.reply({ ...(request.message as Request), to: 0 }, { session: 100, ttlUs: 30_000 * ms });
    expect(bench.client.describe()).toMatchObject({ session: { id: 100 } });
  });

  test('a welcome of an earlier boot of this client is none', () => {
    const bench = new Bench({ boot: 2 });
    bench.submit(1);
    bench.take();
    bench.receive(0, { type: 'welcome', nonce: 1, boot: 1, leader: 0 });
    expect(bench.take()).toEqual([]);
  });

  test('after 300 ms another replica gets the same command, and the silent one a hello before the next', () => {
    const bench = new Bench();
    const lost = bench.start();
    bench.wait(300 * ms);
    bench.welcome(1);
    const second = bench.request();
    expect(second.to).toBe(1);
    expect(second.command).toBe(lost.command);
    bench.refuse(second, 0);
    expect(bench.take()).toMatchObject([{ to: 0, message: { type: 'hello' } }]);
  });

  test('after 300 ms the same replica is asked again where it replied to others meanwhile', () => {
    const bench = new Bench();
    const lost = bench.start();
    bench.wait(200 * ms);
    bench.submit(2);
    const answered = bench.request();
    bench.reply(answered, { version: 102 });
    bench.wait(100 * ms);
    const again = bench.request();
    expect(again.to).toBe(lost.to);
    expect(again.command).toEqual(lost.command);
  });

  test('a late reply to an earlier attempt still ends the operation, once', () => {
    const bench = new Bench();
    const slow = bench.start();
    bench.wait(300 * ms);
    bench.welcome(1);
    const second = bench.request();
    bench.reply(slow, { version: 4 });
    bench.reply(second, { version: 4 });
    bench.reply(slow, { version: 4 });
    expect(bench.ended).toHaveLength(1);
    expect(bench.ended[0]).toMatchObject({ outcome: 'ok' });
  });
});

describe('giving up after 5 s', () => {
  test('is unknown where an attempt was never answered', () => {
    const bench = new Bench();
    bench.start();
    bench.wait(5_000 * ms);
    expect(bench.ended).toEqual([{ id: 1, outcome: 'info', value: null, number: 1 }]);
  });

  test('is failed only where every attempt was refused, late refusals counted', () => {
    const bench = new Bench();
    const slow = bench.start();
    bench.wait(300 * ms);
    bench.welcome(1);
    bench.refuse(bench.request());
    bench.refuse(slow);
    while (bench.ended.length === 0) {
      bench.wait(10 * ms);
      for (const { to, message } of bench.take()) {
        if (message.type === 'request') bench.refuse({ ...message, to });
      }
    }
    expect(bench.ended).toMatchObject([{ outcome: 'fail', value: { error: 'NOT_LEADER' } }]);
  });

  test('is failed where no attempt was made', () => {
    const bench = new Bench();
    bench.submit(1);
    bench.wait(5_000 * ms);
    expect(bench.ended).toMatchObject([{ outcome: 'fail', number: 0 }]);
  });

  test('acknowledges the number: the next request says so, while an older one is still in flight', () => {
    const bench = new Bench();
    const slow = bench.start(1);
    bench.submit(2);
    const second = bench.request();
    expect(second.command).toMatchObject({ number: 2, floor: 0, ranges: [] });
    bench.reply(second, { version: 6 });
    bench.submit(3);
    expect(bench.request().command).toMatchObject({ number: 3, floor: 0, ranges: [2, 2] });
    bench.reply(slow, { version: 7 });
    bench.submit(4);
    expect(bench.request().command).toMatchObject({ number: 4, floor: 2, ranges: [] });
  });
});

describe('sessions', () => {
  test('the end of the session makes what is in flight unknown, and a new one is opened for what comes', () => {
    const bench = new Bench();
    const one = bench.start(1);
    bench.submit(2);
    bench.take();
    bench.reply(one, { error: 'SESSION_NOT_OPEN' });
    expect(bench.ended.map(({ id, outcome }) => [id, outcome])).toEqual([
      [1, 'info'],
      [2, 'info'],
    ]);
    bench.submit(3);
    expect(bench.request().command).toMatchObject({ kind: 'open' });
  });

  test('a stale request is unknown; other answers of the machine are ok with that value', () => {
    const bench = new Bench();
    const one = bench.start(1);
    bench.submit(2);
    const two = bench.request();
    bench.reply(one, { error: 'STALE_REQUEST' });
    bench.reply(two, { error: 'SESSION_WINDOW_FULL' });
    expect(bench.ended.map(({ outcome }) => outcome)).toEqual(['info', 'ok']);
  });

  test('an idle client keeps its session alive every third of its time to live', () => {
    const bench = new Bench();
    bench.reply(bench.start(), { version: 5 });
    bench.wait(9_999 * ms);
    expect(bench.take()).toEqual([]);
    bench.wait(1 * ms);
    const keepAlive = bench.request();
    expect(keepAlive.command).toEqual({ kind: 'keepAlive', session: 100 });
    bench.reply(keepAlive, { renewed: true });
    bench.wait(9_999 * ms);
    expect(bench.take()).toEqual([]);
  });

  test('no more than 112 requests are in flight: the rest wait for places in the window', () => {
    const bench = new Bench();
    const one = bench.start(1);
    for (let id = 2; id <= 120; id += 1) bench.submit(id);
    expect(bench.take()).toHaveLength(111);
    bench.reply(one, { version: 5 });
    expect(bench.request().command).toMatchObject({ number: 113, floor: 1 });
  });

  test('what frees resources goes before all that waits for a place, into the reserve of the window', () => {
    const bench = new Bench();
    bench.start(1);
    for (let id = 2; id <= 120; id += 1) bench.submit(id);
    bench.take();
    bench.ask(200, { f: 'release', lock: 'red', holder: 'h', token: 7 });
    expect(bench.request().command).toMatchObject({ number: 113, op: { f: 'release' } });
  });

  test('a request that is no command renews nothing: the session is kept alive all the same', () => {
    const bench = new Bench();
    bench.reply(bench.start(), { version: 5 });
    bench.wait(5_000 * ms);
    bench.submit(2);
    bench.reply(bench.request(), { error: 'BAD_COMMAND' });
    bench.wait(5_000 * ms);
    expect(bench.request().command).toEqual({ kind: 'keepAlive', session: 100 });
  });

  test('a cancel ends with the session of the request that it means: in the next one the number is another’s', () => {
    const bench = new Bench();
    const waiting = bench.start(1);
    for (let id = 2; id <= 112; id += 1) bench.submit(id);
    for (let id = 201; id <= 216; id += 1)
      bench.ask(id, { f: 'release', lock: 'red', holder: 'h', token: id });
    bench.take();
    bench.ask(300, { f: 'cancelOf', id: 1 });
    expect(bench.take()).toEqual([]);
    bench.reply(waiting, { error: 'SESSION_NOT_OPEN' });
    expect(bench.ended.at(-1)).toMatchObject({ id: 300, outcome: 'fail' });
  });
});

test('under loss, copies, reordering and leader changes each operation is executed at most once, ok and fail are true', () => {
  const outcomes = new Set<Outcome>();
  for (let seed = 1; seed <= 40; seed += 1) {
    let state = seed;
    const draw = (bound: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % bound;
    };
    const bench = new Bench({ giveUpUs: 900 * ms });
    const machine = createMachine();
    const attempts = [0, 1, 2].map(() => new Attempts(1));
    const executed = new Map<unknown, number>();
    let leader = 0;
    let index = 0;
    let mail: { at: number; to: number; message: ClientMessage }[] = [];
    const answer = (from: number, message: ClientMessage): void => {
      if (message.type === 'hello') {
        bench.receive(from, { type: 'welcome', nonce: message.nonce, boot: 1, leader: -1 });
      } else if (message.type === 'request' && attempts[from]!.accepts(9, 1, message.attempt)) {
        const { attempt, command } = message;
        if (from !== leader || draw(8) === 0) {
          bench.receive(from, { type: 'refusal', boot: 1, attempt, code: 'NOT_LEADER', leader });
          return;
        }
        index += 1;
        const applied = machine.apply(index, command, {
          arm: () => undefined,
          disarm: () => undefined,
          answer: () => undefined,
          observe: () => undefined,
        });
        if (!applied.repeated && applied.number > 0) {
          const { op } = command as RequestCommand;
          const { value } = op as { value: number };
          executed.set(value, (executed.get(value) ?? 0) + 1);
        }
        const { value, place } = applied.reply!;
        if (draw(4) > 0) bench.receive(from, { type: 'reply', boot: 1, attempt, value, place });
      }
    };
    let id = 0;
    for (let step = 0; step < 1500; step += 1) {
      bench.wait(2 * ms);
      if (draw(60) === 0) leader = draw(3);
      if (draw(20) === 0 && id < 60) bench.submit((id += 1));
      for (const { to, message } of bench.take()) {
        for (let copies = [0, 1, 1, 1, 1, 1, 1, 2][draw(8)]!; copies > 0; copies -= 1) {
          mail.push({ at: bench.now + draw(draw(10) === 0 ? 1200 * ms : 5 * ms), to, message });
        }
      }
      const due = mail.filter(({ at }) => at <= bench.now);
      mail = mail.filter(({ at }) => at > bench.now);
      for (const { to, message } of due) answer(to, message);
    }
    bench.wait(2_000 * ms);
    expect(bench.ended.map((e) => e.id).sort((a, b) => a - b)).toEqual(
      Array.from({ length: id }, (_, i) => i + 1),
    );
    expect(bench.client.pending).toBe(0);
    for (const { id: op, outcome } of bench.ended) {
      const times = executed.get(op) ?? 0;
      outcomes.add(outcome);
      expect(times).toBeLessThanOrEqual(1);
      if (outcome === 'ok') expect(times).toBe(1);
      if (outcome === 'fail') expect(times).toBe(0);
    }
  }
  expect(outcomes).toEqual(new Set(['ok', 'fail', 'info']));
});

describe('when the way to a replica is gone', () => {
  test('its calls go to the next replica after a short wait, and may have happened where they were sent', () => {
    const bench = new Bench({ giveUpUs: 900 * ms });
    bench.submit(1);
    bench.receive(0, { type: 'welcome', nonce: 1, boot: 1, leader: 0 });
    bench.sent = [];
    bench.unreachable(0);
    expect(bench.sent).toEqual([]);
    bench.wait(20 * ms);
    expect(bench.sent.map(({ to, message }) => [to, message.type])).toEqual([[1, 'hello']]);
    // The session's opening stays unanswered: the operation never got a number, so it failed for certain.
    bench.wait(900 * ms);
    expect(bench.ended).toMatchObject([{ id: 1, outcome: 'fail' }]);
  });

  test('a read that was sent there is not known to have been refused', () => {
    const bench = new Bench({ giveUpUs: 100 * ms });
    bench.client.submit(bench.now, 1, { f: 'get', key: 'k' });
    bench.wait(0);
    bench.receive(0, { type: 'welcome', nonce: 1, boot: 1, leader: 0 });
    bench.unreachable(0);
    bench.wait(200 * ms);
    expect(bench.ended).toMatchObject([{ id: 1, outcome: 'info' }]);
  });

  test('calls elsewhere are left alone, and an unknown host is nobody', () => {
    const bench = new Bench();
    bench.submit(1);
    const before = bench.client.describe();
    bench.unreachable(2);
    bench.unreachable(77);
    expect(bench.client.describe()).toEqual(before);
  });
});

describe('a transfer that is not seen to come about', () => {
  const transfer = (bench: Bench): void => {
    bench.client.submit(bench.now, 1, { f: 'transfer', target: 1 });
    bench.wait(0);
    bench.receive(0, { type: 'welcome', nonce: 1, boot: 1, leader: 0 });
  };

  test('has failed for certain where every leader refused it', () => {
    const bench = new Bench({ giveUpUs: 40 * ms });
    transfer(bench);
    bench.receive(0, { type: 'refusal', boot: 1, attempt: 1, code: 'NOT_LEADER', leader: -1 });
    bench.wait(100 * ms);
    expect(bench.ended).toMatchObject([{ id: 1, outcome: 'fail' }]);
  });

  test('may come about yet where a leader had taken it on and gave it up: TimeoutNow may be on its way', () => {
    const bench = new Bench({ giveUpUs: 200 * ms });
    transfer(bench);
    bench.receive(0, { type: 'reply', boot: 1, attempt: 1, value: { error: 'TRANSFER_GIVEN_UP' }, place: 0 });
    bench.wait(400 * ms);
    expect(bench.ended).toMatchObject([{ id: 1, outcome: 'info' }]);
  });
});
