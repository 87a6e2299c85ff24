import { describe, expect, test } from 'vitest';
import { Network } from './network.ts';
import type { Decision, NetworkPlan } from './plan.ts';
import { Streams } from './random.ts';

const calm: NetworkPlan = {
  delay: { minUs: 300, maxUs: 1_000, tailPpm: 20_000, tailMaxUs: 20_000 },
  lossPpm: 0,
  duplicationPpm: 0,
  reorderPpm: 0,
  reorderMaxUs: 0,
};

function network(plan: Partial<NetworkPlan> = {}, decisions: readonly Decision[] = []): Network {
  return new Network(3, { ...calm, ...plan }, new Streams(1), decisions);
}

/** Delays of the next n messages of 0>1; −1 where nothing arrives. */
function fates(net: Network, n: number): number[] {
  const delays: number[] = [];
  for (let i = 0; i < n; i += 1) delays.push(net.offer(0, 1) === 0 ? -1 : net.firstDelayUs);
  return delays;
}

describe('the network', () => {
  test('loses and duplicates as often as the plan says', () => {
    const net = network({ lossPpm: 100_000, duplicationPpm: 50_000 });
    fates(net, 20_000);
    expect(Math.abs(net.lost / 20_000 - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(net.duplicated / 20_000 - 0.05)).toBeLessThan(0.01);
    expect(net.sent).toBe(20_000);
  });

  test('spends the same draws on a message that is lost, cut or held: later ones meet the same fate', () => {
    const plain = fates(network(), 50);
    const stormy = network();
    stormy.cut(0, 1);
    stormy.addWeather(0, 1, { lossPpm: 500_000, duplicationPpm: 300_000, reorderPpm: 1_000_000 });
    expect(stormy.offer(0, 1)).toBe(0);
    fates(stormy, 19);
    stormy.mend(0, 1);
    stormy.addWeather(0, 1, { lossPpm: -500_000, duplicationPpm: -300_000, reorderPpm: -1_000_000 });
    expect(fates(stormy, 30)).toEqual(plain.slice(20));
  });

  test('does not let traffic on one link touch another', () => {
    const plain = fates(network(), 20);
    const busy = network();
    for (let i = 0; i < 99; i += 1) busy.offer(1, 0);
    busy.offer(0, 2);
    expect(fates(busy, 20)).toEqual(plain);
  });

  test('cuts one direction, and counts cuts', () => {
    const net = network();
    net.cut(0, 1);
    net.cut(0, 1);
    expect(net.offer(0, 1)).toBe(0);
    expect(net.offer(1, 0)).toBe(1);
    net.mend(0, 1);
    expect(net.isCut(0, 1)).toBe(true);
    net.mend(0, 1);
    expect(net.offer(0, 1)).toBe(1);
    expect(() => net.mend(0, 1)).toThrow('more often than it was cut');
    expect(net.cuts).toBe(1);
  });

  test('reorders: what is held back is passed by later messages', () => {
    const delays = fates(network({ reorderPpm: 300_000, reorderMaxUs: 50_000 }), 1_000);
    expect(delays.filter((delay) => delay > 21_000).length).toBeGreaterThan(100);
    expect(Math.max(...delays)).toBeLessThanOrEqual(71_000);
  });

  test('follows frozen decisions, for these messages only', () => {
    const plain = fates(network(), 6);
    const net = network({}, [
      { link: '0>1', n: 2, drop: true },
      { link: '0>1', n: 4, delayUs: 123_456 },
      { link: '0>1', n: 5, copies: 3 },
    ]);
    const frozen = fates(net, 4);
    expect(frozen).toEqual([plain[0], -1, plain[2], 123_456]);
    expect(net.offer(0, 1)).toBe(3);
    expect(net.number).toBe(5);
    expect(() => network({}, [{ link: '0>9', n: 1 }])).toThrow('"0>9"');
  });

  test('heals a link to what the plan gives it', () => {
    const net = network({ lossPpm: 10_000 });
    net.cut(0, 1);
    net.addWeather(0, 1, { lossPpm: 900_000, delayUs: 5_000_000 });
    net.heal(0, 1);
    const delays = fates(net, 1_000);
    expect(delays.filter((delay) => delay === -1).length).toBeLessThan(40);
    expect(Math.max(...delays)).toBeLessThan(22_000);
  });
});
