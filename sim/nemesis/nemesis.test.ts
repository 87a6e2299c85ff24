import { describe, expect, test } from 'vitest';
import type { Fault, FaultControl, Nemesis } from '../faults.ts';
import type { Episode } from '../plan.ts';
import { streamOf } from '../random.ts';
import { crashes, majorityRestarts, minorityRestarts, outages } from './crashes.ts';
import { driftingClocks, driftOf, jumpingWallClocks } from './clocks.ts';
import { damage, fsyncErrors, fullDisks, rottingSnapshots } from './disk-trouble.ts';
import { fsyncStalls, isolatedStalledLeaders } from './disks.ts';
import { duplicatingLinks, flappingLinks, lossyLinks, reorderingLinks, slowLinks } from './links.ts';
import { partitions } from './partitions.ts';
import { pauses } from './pauses.ts';
import { storm } from './storm.ts';

const servers = 5;
const clients = 2;

/** Counts what faults do, so that a test can ask whether it was undone. */
class Counting implements FaultControl {
  readonly servers = servers;
  readonly hosts = servers + clients;
  readonly random = streamOf(1, 'test/control');
  readonly sums = new Map<string, number>();
  touched = 0;

  #add(key: string, by: number): void {
    this.touched += 1;
    this.sums.set(key, (this.sums.get(key) ?? 0) + by);
  }
  nowUs = (): number => 1_000_000;
  cut = (from: number, to: number): void => this.#add(`link ${from}>${to}`, 1);
  mend = (from: number, to: number): void => this.#add(`link ${from}>${to}`, -1);
  weather = (from: number, to: number, change: object): void => {
    for (const [what, by] of Object.entries(change)) this.#add(`${what} ${from}>${to}`, by as number);
  };
  crash = (host: number): void => this.#add(`down ${host}`, 1);
  restart = (host: number): void => this.#add(`down ${host}`, -1);
  pause = (host: number): void => this.#add(`pause ${host}`, 1);
  resume = (host: number): void => this.#add(`pause ${host}`, -1);
  drift = (host: number, ppm: number): void => this.#add(`drift ${host}`, ppm);
  jumpWall = (host: number, us: number): void => this.#add(`wall ${host}`, us);
  stallFsync = (): void => void (this.touched += 1);
  failFsyncs = (host: number, on: boolean): void => this.#add(`failing ${host}`, on ? 1 : -1);
  fillDisk = (host: number): void => this.#add(`full ${host}`, 1);
  freeSpace = (host: number): void => this.#add(`full ${host}`, -1);
  damage = (): void => void (this.touched += 1);
}

function draw(nemesis: Nemesis, seed = 7, weatherUs = 60_000_000): Episode[] {
  const random = streamOf(seed, 'test/faults');
  return nemesis
    .drawEpisodes({ servers, clients, weatherUs, random, atlas: [1, 3] })
    .map((draft, i) => ({ id: i + 1, ...draft }));
}

const all: { readonly [name: string]: Nemesis } = {
  crashes: crashes({ power: 0.5, aimedAtFsync: 0.2, aimedAtVote: 0.2, aimedAtElection: 0.1, leader: 0.1 }),
  minorityRestarts: minorityRestarts(),
  majorityRestarts: majorityRestarts(),
  outages: outages({ perMs: 20_000 }),
  partitions: partitions({
    kinds: { split: 1, isolated: 1, isolatedLeader: 1, isolatedAtElection: 1, oneWay: 1, bridge: 1, ring: 1 },
  }),
  flapping: flappingLinks(),
  lossy: lossyLinks(),
  slow: slowLinks(),
  duplicating: duplicatingLinks(),
  reordering: reorderingLinks(),
  pauses: pauses({ leader: 0.5 }),
  drift: driftingClocks(),
  wallJumps: jumpingWallClocks(),
  stalls: fsyncStalls(),
  stalledLeaders: isolatedStalledLeaders(),
  fsyncErrors: fsyncErrors(),
  fullDisks: fullDisks(),
  rottingSnapshots: rottingSnapshots(),
  damage: damage(),
};

describe.each(Object.entries(all))('%s', (_name, nemesis) => {
  test('the same stream draws the same episodes, all within the weather, as plain data', () => {
    const episodes = draw(nemesis);
    expect(episodes.length).toBeGreaterThan(0);
    expect(draw(nemesis)).toEqual(episodes);
    expect(JSON.parse(JSON.stringify(episodes))).toEqual(episodes);
    for (const { when } of episodes) {
      expect('atUs' in when ? when.atUs : when.afterUs).toBeLessThan(60_000_000);
    }
  });

  test('every class it promises occurs, and stopping undoes exactly what starting did', () => {
    const byId = new Map<string, Fault>(nemesis.faults.map((fault) => [fault.id, fault]));
    const episodes = [1, 2, 3, 4].flatMap((seed) => draw(nemesis, seed));
    expect(new Set(episodes.map((episode) => episode.fault))).toEqual(new Set(byId.keys()));
    for (const episode of episodes) {
      const control = new Counting();
      const targets = 'hosts' in episode.target ? episode.target.hosts : [3];
      const fault = byId.get(episode.fault);
      fault?.start(control, targets, episode);
      expect(control.touched).toBeGreaterThan(0);
      for (let n = 1; n <= 5; n += 1) fault?.tick?.(control, targets, episode, n);
      fault?.stop(control, targets, episode);
      expect([...control.sums.values()].every((sum) => sum === 0)).toBe(true);
    }
  });
});

test('with as many in force as allowed, an instant is passed over', () => {
  const episodes = draw(crashes({ everyMs: 100, downMs: 1_000, downMax: 1 }));
  const starts = episodes.map(({ when }) => ('atUs' in when ? when.atUs : 0));
  for (let i = 1; i < starts.length; i += 1) {
    expect((starts[i] as number) - (starts[i - 1] as number)).toBeGreaterThanOrEqual(1_000_000);
  }
});

test('a ring of five leaves everyone with both neighbours and cuts the rest', () => {
  const control = new Counting();
  const ring = partitions({ kinds: { ring: 1 } }).faults[0];
  const [episode] = draw(partitions({ kinds: { ring: 1 } }));
  ring?.start(control, [0, 1, 2, 3, 4], episode as Episode);
  const cut = [...control.sums.keys()].sort();
  expect(cut).toEqual(
    ['0>2', '0>3', '1>3', '1>4', '2>0', '2>4', '3>0', '3>1', '4>1', '4>2'].map((link) => `link ${link}`),
  );
});

test.each([3, 4, 5, 6, 7, 8, 9, 10])('in a ring of %i everyone sees a quorum, not everyone sees all', (n) => {
  const control = new Counting();
  const nemesis = partitions({ kinds: { ring: 1 } });
  const servers = Array.from({ length: n }, (_, i) => i);
  nemesis.faults[0]?.start(control, servers, draw(nemesis)[0] as Episode);
  const seen = servers.map((a) => servers.filter((b) => !control.sums.has(`link ${a}>${b}`)).length);
  expect(Math.min(...seen)).toBeGreaterThan(n / 2);
  expect(Math.min(...seen)).toBeLessThan(n);
});

test('a ring of two is no partition', () => {
  const control = new Counting();
  const nemesis = partitions({ kinds: { ring: 1 } });
  nemesis.faults[0]?.start(control, [0, 1], draw(nemesis)[0] as Episode);
  expect(control.touched).toBe(0);
});

test('minority restarts leave a quorum up, majority restarts do not', () => {
  for (const { target } of draw(minorityRestarts())) {
    expect('hosts' in target && target.hosts.length).toBeLessThan(3);
  }
  for (const { target } of draw(majorityRestarts())) {
    expect('hosts' in target && target.hosts.length).toBeGreaterThanOrEqual(3);
  }
});

test('drift stays within the change asked for', () => {
  for (const episode of draw(driftingClocks({ ppm: 900 }))) {
    expect(Math.abs(driftOf(episode))).toBeLessThanOrEqual(900);
  }
});

test.each([
  ['a crash', () => crashes({ downMs: [-50, -10] })],
  ['a range that ends first', () => partitions({ lastMs: [300, 200] })],
  ['a rhythm', () => pauses({ everyMs: -1 })],
  ['a length without end', () => fsyncStalls({ lastMs: Infinity })],
  ['a longer stall', () => isolatedStalledLeaders({ longerMs: NaN })],
  ['an outage', () => outages({ lastMs: [-2, 1] })],
  ['a stretch', () => outages({ perMs: 0 })],
])('a time that is none is refused: %s', (_name, make) => {
  expect(make).toThrow(expect.objectContaining({ code: 'BAD_SCENARIO' }));
});

test('a storm without a kind that can occur is refused, and so is a share above 1', () => {
  expect(() => storm({ everyMs: 1, lastMs: 1, kinds: [] })).toThrow(RangeError);
  expect(() => crashes({ power: 1.5 })).toThrow('A share is a number from 0 to 1; got 1.5.');
});
