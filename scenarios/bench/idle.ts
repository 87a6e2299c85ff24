/** Five replicas that nobody asks anything: what elections, heartbeats, checks and the hash cost alone. */
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { runSeed } from '../run-seed.ts';
import { safety } from '../catalogue/standards.ts';

const DURATION_MS = 600_000;

const idle = scenario({
  name: 'idle',
  summary: 'Five replicas without clients or faults.',
  nodes: 5,
  clients: 0,
  durationMs: DURATION_MS,
  process: replica(),
  properties: safety,
});

/** Runs ten virtual minutes. @returns virtual seconds a wall second */
export function runIdle(): number {
  const startedAt = performance.now();
  const { virtualUs } = runSeed(idle, 1);
  return virtualUs / 1e3 / (performance.now() - startedAt);
}
