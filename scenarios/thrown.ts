/**
 * Where a process threw, for people: a violation of `process-alive` without a place to look at helps nobody. It stands beside the violation
 * and never in a hash, since stacks differ between runtimes.
 */
import { fileURLToPath } from 'node:url';
import type { Finding } from '../properties/property.ts';

/** Frames that are shown: the innermost ones tell where. */
const framesMax = 4;
/** The world called the process: its own frames say nothing. */
const world = new URL('../sim/', import.meta.url);

/** The innermost frames of an error, without those of Node and of the world: `at start (/home/me/kv.ts:4:9)`. */
export function whereThrown(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const frames = error.stack.split('\n').map((line) => line.trim());
  return frames
    .filter((line) => line.startsWith('at ') && !line.includes('node:'))
    .filter((line) => !line.includes(world.href) && !line.includes(fileURLToPath(world)))
    .map((line) => line.replaceAll('file://', ''))
    .slice(0, framesMax);
}

/** The findings, `process-alive` with the place where the process threw. */
export function withPlace(findings: readonly Finding[], thrown: unknown): readonly Finding[] {
  const details = whereThrown(thrown);
  if (details.length === 0) return findings;
  return findings.map((finding) =>
    finding.property === 'process-alive' && finding.details === undefined ? { ...finding, details } : finding,
  );
}
