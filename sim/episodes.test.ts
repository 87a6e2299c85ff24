import { describe, expect, test } from 'vitest';
import { crash, episode, faultOf, mute, pause, planOf, ran, worldOf } from './chatter.test-support.ts';
import type { Fault } from './faults.ts';
import type { Episode, Resolution, WorldPlan } from './plan.ts';

function planWith(...episodes: Episode[]): WorldPlan {
  return planOf({ episodes });
}

describe('a crash', () => {
  test('takes the process down for its time, and it boots again with the next number', () => {
    const run = ran(planWith(episode({ fault: 'crash' })));
    expect(run.of('crashed')).toMatchObject([{ node: 0, at: 200_000, power: true }]);
    expect(run.of('started', 0)).toMatchObject([
      { boot: 1, at: 0 },
      { boot: 2, at: 500_000 },
    ]);
    expect(run.of('woke', 0).filter((o) => o.at > 200_000 && o.at < 500_000)).toEqual([]);
    expect(run.world.fired).toEqual({ crash: 1, pause: 0, mute: 0 });
    expect(run.world.resolutions).toEqual([]);
  });

  test('of two episodes at once ends when both have ended', () => {
    const run = ran(
      planWith(
        episode({ fault: 'crash' }),
        episode({ id: 2, fault: 'crash', when: { atUs: 400_000 }, durationUs: 300_000 }),
      ),
    );
    expect(run.of('started', 0).map((o) => o.at)).toEqual([0, 700_000]);
    expect(run.world.stats.crashes).toBe(1);
  });

  test('aimed at an fsync hits the host that has one in flight', () => {
    const aimed = episode({
      fault: 'crash',
      when: { match: { on: 'fsync' }, nth: 40, afterUs: 100_000, delayUs: 50 },
      target: { select: 'matched' },
    });
    const run = ran(planWith(aimed));
    const fsyncs = run.of('fsyncStarted').filter((o) => o.at >= 100_000);
    expect(run.of('crashed')).toMatchObject([{ node: fsyncs[39]?.node, at: (fsyncs[39]?.at ?? 0) + 50 }]);
    expect(run.world.stats.crashesInFsync).toBe(1);
    expect(run.world.resolutions).toEqual([
      { episode: 1, atUs: (fsyncs[39]?.at ?? 0) + 50, hosts: [fsyncs[39]?.node] },
    ]);
  });
});

describe('a pause', () => {
  test('makes inputs wait in order while clocks and disk go on', () => {
    const run = ran(planWith(episode({ fault: 'pause' })));
    const heard = run.of('heard', 0);
    expect(heard.filter((o) => o.at > 200_000 && o.at < 500_000)).toEqual([]);
    const after = heard.filter((o) => o.at === 500_000);
    expect(after.length).toBeGreaterThan(40);
    const from1 = after.filter((o) => o['from'] === 1).map((o) => o['n'] as number);
    expect(from1.filter((n, i) => i > 0 && n < (from1[i - 1] as number)).length).toBeLessThan(6);
    // The timer that came due in the pause fires once, at its end.
    expect(run.of('woke', 0).filter((o) => o.at >= 200_000 && o.at < 505_000)).toMatchObject([
      { at: 500_000 },
    ]);
    expect(run.of('paused', 0)).toHaveLength(1);
    expect(run.of('resumed', 0)).toHaveLength(1);
  });

  test('survives a crash in it: the host boots when it is over', () => {
    const run = ran(
      planWith(
        episode({ fault: 'pause', when: { atUs: 100_000 }, durationUs: 600_000 }),
        episode({ id: 2, fault: 'crash', durationUs: 100_000 }),
      ),
    );
    expect(run.of('started', 0).map((o) => o.at)).toEqual([0, 700_000]);
  });
});

describe('a stall of fsyncs', () => {
  const stall = faultOf(
    'stall',
    (control, hosts, { durationUs }) => hosts.forEach((host) => control.stallFsync(host, durationUs)),
    () => undefined,
  );

  test('holds the one in flight that set it off', () => {
    const aimed = episode({
      fault: 'stall',
      when: { match: { on: 'fsync', host: 0 }, nth: 5, afterUs: 100_000, delayUs: 50 },
      target: { select: 'matched' },
    });
    const run = ran(planWith(aimed), { faults: [stall] });
    const fsyncs = run.of('fsyncStarted', 0).filter((o) => o.at >= 100_000);
    const from = (fsyncs[4]?.at ?? 0) + 50;
    const durable = run.of('durable', 0).map((o) => o.at);
    expect(durable.filter((at) => at > from && at < from + 300_000)).toEqual([]);
    expect(durable).toContain(from + 300_000);
    expect(run.of('durable', 0).length).toBeGreaterThan(run.of('fsyncStarted', 0).length - 3);
  });

  test('ends with the healing of its host', () => {
    const phases = { weatherUs: 500_000, quorumUs: 250_000, allUs: 250_000, quorum: [0, 1] };
    const target = { hosts: [0, 2] };
    const run = ran(
      planOf({ phases, episodes: [episode({ fault: 'stall', target, durationUs: 9_000_000 })] }),
      {
        faults: [stall],
      },
    );
    const next = (node: number): number => run.of('durable', node).find((o) => o.at > 210_000)?.at ?? 0;
    expect([0, 2].map(next)).toEqual([500_000, 750_000]);
  });
});

describe('a cut', () => {
  test('loses what is sent in it one way, and not what was in flight', () => {
    const run = ran(planWith(episode({ fault: 'mute' })));
    const from0 = run.of('heard', 1).filter((o) => o['from'] === 0);
    expect(from0.filter((o) => o.at > 226_000 && o.at < 500_000)).toEqual([]);
    expect(run.of('heard', 0).filter((o) => o.at > 226_000 && o.at < 500_000).length).toBeGreaterThan(30);
    expect(run.of('heard', 1).filter((o) => o['from'] === 0 && o.at > 500_000).length).toBeGreaterThan(30);
  });
});

describe('a target', () => {
  const selectors = (answer: readonly number[]) => ({ resolve: () => answer });
  const aimed = episode({ fault: 'crash', target: { select: 'leader' } });

  test('that a selector finds is recorded; where it finds nobody nothing fires', () => {
    const found = ran(planWith(aimed), { selectors: selectors([2]) });
    expect(found.of('faultStarted')).toMatchObject([{ episode: 1, fault: 'crash', targets: [2] }]);
    expect(found.world.resolutions).toEqual([{ episode: 1, atUs: 200_000, hosts: [2] }]);
    const nobody = ran(planWith(aimed), { selectors: selectors([]) });
    expect(nobody.world.fired).toEqual({ crash: 0, pause: 0, mute: 0 });
    expect(nobody.of('faultStarted')).toEqual([]);
    expect(nobody.world.resolutions).toEqual([{ episode: 1, atUs: 200_000, hosts: [] }]);
  });

  test('that found nobody finds nobody again, whatever the selector says now', () => {
    const resolutions = [{ episode: 1, atUs: 200_000, hosts: [] }];
    const pinned = ran(planWith(aimed), { selectors: selectors([2]), resolutions });
    expect(pinned.of('crashed')).toEqual([]);
    expect(pinned.world.resolutions).toEqual(resolutions);
  });

  test('that is pinned is hit, whatever the selector says now', () => {
    const pinned = ran(planWith(aimed), {
      selectors: selectors([2]),
      resolutions: [{ episode: 1, atUs: 200_000, hosts: [1] }],
    });
    expect(pinned.of('crashed').map((o) => o.node)).toEqual([1]);
  });
});

describe('a pinned trigger', () => {
  const aimed = (delayUs: number, nth: number): Episode =>
    episode({
      fault: 'crash',
      when: { match: { on: 'observation', kind: 'heard' }, nth, afterUs: 0, delayUs },
      target: { select: 'matched' },
    });

  test.each([0, 1_000])(
    'gives the same hash where it comes to the same instant by itself (delay %i)',
    (delayUs) => {
      const first = ran(planWith(aimed(delayUs, 33)));
      const again = ran(planWith(aimed(delayUs, 33)), { resolutions: first.world.resolutions });
      expect(first.world.resolutions).toHaveLength(1);
      expect(again.world.hash).toBe(first.world.hash);
      expect(again.world.checkpoints).toEqual(first.world.checkpoints);
    },
  );

  test('starts at its recorded instant where the trigger would now come at another', () => {
    const resolutions: Resolution[] = [{ episode: 1, atUs: 321_000, hosts: [1] }];
    for (const nth of [5, 1_000_000]) {
      const run = ran(planWith(aimed(0, nth)), { resolutions });
      expect(run.of('crashed')).toMatchObject([{ node: 1, at: 321_000 }]);
      expect(run.world.resolutions).toEqual(resolutions);
    }
  });

  test('that was not set off before the healing stays so', () => {
    const phases = { weatherUs: 600_000, quorumUs: 0, allUs: 400_000, quorum: [] };
    const planOfNth = (nth: number): WorldPlan => planOf({ phases, episodes: [aimed(0, nth)] });
    const first = ran(planOfNth(1_000_000));
    expect(first.world.resolutions).toEqual([{ episode: 1, atUs: 600_000, hosts: [] }]);
    const again = ran(planOfNth(5), { resolutions: first.world.resolutions });
    expect(again.of('crashed')).toEqual([]);
    expect(again.world.hash).toBe(first.world.hash);
    expect(again.world.resolutions).toEqual(first.world.resolutions);
  });

  test('counts servers only, unless it names a host', () => {
    const plan = planOf({ clients: 1, episodes: [aimed(0, 1)] });
    const quietServers = { receive() {}, wake() {} };
    const talkative = (node: number) => (ports: { node: number; emit(o: { kind: string }): void }) => {
      if (ports.node === node) ports.emit({ kind: 'heard' });
      return quietServers;
    };
    expect(ran(plan, { factory: talkative(3) }).of('crashed')).toEqual([]);
    expect(
      ran(plan, { factory: talkative(2) })
        .of('crashed')
        .map((o) => o.node),
    ).toEqual([2]);
  });
});

describe('an inner rhythm', () => {
  test('ticks while the episode is in force', () => {
    const ticks: number[] = [];
    const flapping: Fault = {
      ...faultOf(
        'flapping',
        () => undefined,
        () => undefined,
      ),
      tickEveryUs: 100_000,
      tick: (control, _hosts, _episode, n) => ticks.push(n, control.nowUs()),
    };
    ran(planWith(episode({ fault: 'flapping', durationUs: 250_000 })), { faults: [flapping] });
    expect(ticks).toEqual([1, 300_000, 2, 400_000]);
  });
});

describe('healing', () => {
  const phases = { weatherUs: 1_000_000, quorumUs: 1_000_000, allUs: 1_000_000, quorum: [0, 1] };
  const forever = 10_000_000;

  test('mends the quorum and its links first, leaves the rest broken, and then mends everything', () => {
    const drifting = faultOf(
      'drift',
      (control, hosts) => hosts.forEach((host) => control.drift(host, 7_000)),
      (control, hosts) => hosts.forEach((host) => control.drift(host, -7_000)),
    );
    const run = ran(
      planOf({
        phases,
        episodes: [
          episode({ id: 1, fault: 'crash', target: { hosts: [1, 2] }, durationUs: forever }),
          episode({ id: 2, fault: 'mute', target: { hosts: [0] }, durationUs: forever }),
          episode({
            id: 3,
            fault: 'pause',
            target: { hosts: [0] },
            durationUs: forever,
            when: { atUs: 900_000 },
          }),
          episode({ id: 4, fault: 'drift', target: { hosts: [0] }, durationUs: forever }),
          episode({ id: 5, fault: 'crash', when: { atUs: 1_500_000 } }),
          episode({
            id: 6,
            fault: 'crash',
            when: { match: { on: 'send' }, nth: 1, afterUs: 1_100_000, delayUs: 0 },
            target: { select: 'matched' },
          }),
        ],
      }),
      { faults: [crash, pause, mute, drifting] },
    );
    expect(run.of('healed')).toMatchObject([
      { at: 1_000_000, phase: 'quorum', hosts: [0, 1] },
      { at: 2_000_000, phase: 'all', hosts: [0, 1, 2] },
    ]);
    expect(run.of('started', 1).map((o) => o.at)).toEqual([0, 1_000_000]);
    expect(run.of('started', 2).map((o) => o.at)).toEqual([0, 2_000_000]);
    expect(run.of('resumed', 0)).toMatchObject([{ at: 1_000_000 }]);
    // 0 > 1 is whole from the first healing on, 0 > 2 from the second.
    const heard = (node: number, from: number, to: number): number =>
      run.of('heard', node).filter((o) => o['from'] === 0 && o.at > from && o.at < to).length;
    expect(heard(1, 230_000, 1_000_000)).toBe(0);
    expect(heard(1, 1_000_000, 2_000_000)).toBeGreaterThan(80);
    expect(heard(2, 230_000, 2_000_000)).toBe(0);
    expect(heard(2, 2_000_000, 3_000_000)).toBeGreaterThan(80);
    // Nothing started after the weather, every episode that had started ended.
    expect(run.of('crashed').map((o) => o.at)).toEqual([200_000, 200_000]);
    expect(run.of('faultEnded').map((o) => o['episode'])).toEqual([2, 3, 4, 1]);
  });

  test('says that a fault has ended when its last host is healed', () => {
    const crashed = (id: number, ...hosts: number[]): Episode =>
      episode({ id, fault: 'crash', target: { hosts }, durationUs: forever });
    const run = ran(planOf({ phases, episodes: [crashed(1, 0, 1), crashed(2, 1, 2), crashed(3, 2)] }));
    expect(run.of('faultEnded').map((o) => [o['episode'], o.at])).toEqual([
      [1, 1_000_000],
      [2, 2_000_000],
      [3, 2_000_000],
    ]);
  });

  test('is final: an episode that would have ended later ends once', () => {
    const { world, of } = worldOf(
      planOf({ phases, episodes: [episode({ fault: 'mute', durationUs: 1_200_000 })] }),
    );
    world.run();
    expect(of('faultEnded')).toMatchObject([{ at: 1_000_000 }]);
  });
});
