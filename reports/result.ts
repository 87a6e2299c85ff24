/** The result of a campaign as a document for machines: the schema of what `run --json` prints. */
import { z } from 'zod';
import { verdicts } from './verdict.ts';

/** Rises when a field changes its meaning or goes away. */
export const resultSchemaVersion = 1;

const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 hex digits');

/** One seed that violated one property. `repro` is the path of its file, null past the files that a run keeps. */
const violation = z.strictObject({
  seed: z.int().positive(),
  property: z.string(),
  message: z.string(),
  repro: z.string().nullable(),
});

const scenario = z.strictObject({
  name: z.string(),
  firstSeed: z.int().positive(),
  /** Seeds done. */
  seeds: count,
  violations: z.array(violation),
  events: count,
  virtualMs: z.number().nonnegative(),
  /** Summed over workers: not wall time. */
  elapsedMs: z.number().nonnegative(),
  hash,
  faults: z.record(z.string(), count),
  reach: z.record(z.string(), count),
  switchedOff: z.array(z.string()),
});

/** The document of `run --json`. */
export const runDocument = z.strictObject({
  schema: z.literal(resultSchemaVersion),
  version: z.string(),
  commit: z.string(),
  node: z.string(),
  verdict: z.enum(verdicts),
  /** False where fewer seeds were done than asked for. */
  complete: z.boolean(),
  hash,
  scenarios: z.array(scenario),
});

export type RunDocument = z.infer<typeof runDocument>;
