/**
 * The second world of the benchmark: scenarios/catalogue/coordination-chaos.ts, the same seeds and lengths as standard-chaos. Void where the world did not do what it is
 * there for: in a virtual second at least one grant, a tenth of an expiry, three trips in ten, a twentieth of a break, one conflict.
 */
import type { ChaosPass } from './standard-chaos.ts';

/** By reach: least number in a virtual second. Each of five replicas tells a transition once, so a count is five times as high. */
const least = {
  'lock-granted': 1,
  'lease-expired': 0.1,
  'barrier-tripped': 0.3,
  'barrier-timed-out': 0.05,
  'values-merged': 1,
} as const;

const REPLICAS = 5;

/** How often each happened in a virtual second, by reach. */
export function ratesOf({
  reach,
  virtualS,
}: ChaosPass): readonly (readonly [name: string, rate: number, least: number])[] {
  return Object.entries(least).map(([name, min]) => [name, (reach[name] ?? 0) / REPLICAS / virtualS, min]);
}

/** Why a pass counts for nothing; empty where it counts. */
export function whyCoordinationVoid(pass: ChaosPass): string[] {
  const why = ratesOf(pass).flatMap(([name, rate, min]) =>
    rate >= min ? [] : [`${name} ${rate.toFixed(2)} times a virtual second, at least ${min} are needed`],
  );
  return [...why, ...pass.findings];
}
