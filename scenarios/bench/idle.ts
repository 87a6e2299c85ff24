/** Five replicas that nobody asks anything: what elections, heartbeats, checks and the hash cost alone. */
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { runSeed } from '../run-seed.ts';
import type { Scenario } from '../scenario.ts';
import { safety } from '../catalogue/standards.ts';

const DURATION_MS = 600_000;

/** The idle world. @param durationMs length of a run, in ms of virtual time */
export function idleLasting(durationMs: number): Scenario {
  return scenario({
    name: 'idle',
    summary: 'Five replicas without clients or faults.',
    nodes: 5,
    clients: 0,
    durationMs,
    process: replica(),
    properties: safety,
  });
}

/** Runs ten virtual minutes. @returns virtual seconds a wall second */
export function runIdle(): number {
  const idle = idleLasting(DURATION_MS);
  const startedAt = performance.now();
  const { virtualUs } = runSeed(idle, 1);
  return virtualUs / 1e3 / (performance.now() - startedAt);
}
