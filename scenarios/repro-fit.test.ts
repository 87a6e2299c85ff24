import { describe, expect, test } from 'vitest';
import crashDuringFsync from './catalogue/crash-during-fsync.ts';
import { scenario } from './define.ts';
import { misfit } from './repro-fit.ts';
import { replica } from './replica-system.ts';
import type { Pinned } from './worker-messages.ts';
import { WorkerService } from './worker-service.ts';

const plan = crashDuringFsync.plan(3);
const fits: Pinned = { plan, decisions: [], resolutions: [] };
const world = (more: object): Pinned => ({ ...fits, plan: { ...plan, world: { ...plan.world, ...more } } });

describe('a repro', () => {
  test('fits the scenario that it was recorded of', () => {
    expect(misfit(crashDuringFsync, fits)).toBeNull();
  });

  test.each([
    [{ ...crashDuringFsync, faults: [] }, fits, /^its episode \d+ is of the fault class "[a-z-]+", which/],
    [crashDuringFsync, world({ clocks: [] }), /^it has 0 clocks for \d hosts$/],
    [crashDuringFsync, world({ servers: 9 }), /^it has 9 servers; the system "replica" runs 7 at most$/],
    [
      crashDuringFsync,
      world({ phases: { ...plan.world.phases, quorum: [0, 99] } }),
      /^it names host 99 of \d$/,
    ],
    [
      crashDuringFsync,
      world({ episodes: [{ ...plan.world.episodes[0]!, target: { hosts: [42] } }] }),
      /^its episode 1 names host 42 of \d$/,
    ],
    [
      crashDuringFsync,
      { ...fits, resolutions: [{ episode: 1, atUs: 5, hosts: [17] }] },
      /^it names host 17 of \d$/,
    ],
    [crashDuringFsync, { ...fits, decisions: [{ link: '0>70', n: 1, drop: true }] }, /^it decides on a link/],
  ])('that does not fit says why (%#)', (now, pinned, why) => {
    expect(misfit(now, pinned)).toMatch(why);
  });

  test('that does not fit is bad input, said before it runs', async () => {
    const service = new WorkerService(
      new Int32Array(8),
      () => {},
      async () => crashDuringFsync,
    );
    const ref = { from: 'catalogue', name: 'crash-during-fsync', file: '', exportName: 'default' } as const;
    const pinned = world({ clocks: [] });
    const reply = await service.answer({ type: 'replay', ref, seed: 3, pinned, trace: false });
    expect(reply).toMatchObject({ type: 'refused', problem: { code: 'BAD_REPRO' } });
  });
});

test('a scenario with more servers than its system runs is refused', () => {
  const nine = (): unknown =>
    scenario({ name: 'nine', nodes: 9, durationMs: 1, process: replica(), properties: [] });
  expect(nine).toThrow('nodes takes a whole number from 1 to 7');
});
