import { describe, expect, test } from 'vitest';
import { Chatter, episode, planOf, worldOf } from './chatter.test-support.ts';
import { lockstep } from './lockstep.ts';
import type { World } from './world.ts';

const plan = planOf({ episodes: [episode({ fault: 'crash', target: { hosts: [2] } })] });

/** A world in which node 1 asks something outside for a number at its wake number `at`. */
function leaky(outside: () => number): World {
  return worldOf(plan, {
    factory: (ports) => {
      const chatter = new Chatter(ports);
      let wakes = 0;
      return {
        start: () => chatter.start(),
        receive: (from, message) => chatter.receive(from, message),
        synced: (token) => chatter.synced(token),
        wake(key) {
          chatter.wake(key);
          wakes += 1;
          if (ports.node === 1 && wakes === 30) ports.transport.send(0, outside());
        },
      };
    },
  }).world;
}

describe('lockstep', () => {
  test('finds nothing between two runs of one plan', () => {
    expect(
      lockstep(
        () => worldOf(plan).world,
        () => worldOf(plan).world,
      ),
    ).toBeNull();
  });

  test('names the first event that outside randomness changed', () => {
    let drawn = 1_000;
    const outside = (): number => (drawn += 1);
    const found = lockstep(
      () => leaky(outside),
      () => leaky(outside),
    );
    expect(found?.a).toMatchObject({ host: 0, kind: 'deliver' });
    expect(found?.a?.at).toBe(found?.b?.at);
    expect(found?.a?.digest).not.toBe(found?.b?.digest);
    expect(found?.message).toMatch(
      /^event \d+: deliver on node 0 at \d+ us .* in the first run, deliver on node 0/,
    );
  });

  test('sees what was only observed, and a run that ends early', () => {
    let n = 0;
    const talking = (): World =>
      worldOf(plan, {
        factory: (ports) => {
          ports.emit({ kind: 'outside', n: (n += 1) });
          return new Chatter(ports);
        },
      }).world;
    expect(lockstep(talking, talking)?.message).toMatch(
      /^event 1: start on node 0 .* did not observe the same/,
    );
    const shorter = planOf({ phases: { weatherUs: 400_000, quorumUs: 0, allUs: 0, quorum: [] } });
    const ended = lockstep(
      () => worldOf(planOf()).world,
      () => worldOf(shorter).world,
    );
    expect(ended?.b).toBeNull();
    expect(ended?.message).toMatch(/only the first run had one/);
  });
});
