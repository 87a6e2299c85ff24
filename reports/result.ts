/**
 * The result of a campaign as a document for machines: the schema of what `run --json` prints, of what `run --out` writes (`result.json`, of a
 * shard `result-1of4.json`), and of what `report` reads. It holds all that reports tell, so that shards can be added up, and told, later.
 */
import { z } from 'zod';
import { binCount } from './histogram.ts';
import { story } from './story-step.ts';
import { maxSlowest } from './tally.ts';
import { verdicts } from './verdict.ts';
import { readVersioned } from './versioned-json.ts';
import type { Reading } from './versioned-json.ts';

/** Rises when a field changes its meaning or goes away. */
export const resultSchemaVersion = 3;

const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{12}$/, 'must be 12 hex digits');
const seed = z.int().positive();
/** Virtual time in microseconds. */
const us = z.number().nonnegative();

/** One seed that violated one property. `repro` is the path of its file, null past the files that a run keeps. */
const violation = z.strictObject({
  seed,
  property: z.string(),
  message: z.string(),
  repro: z.string().nullable(),
});

/** What broke, with the observations that speak for it. */
const finding = z.strictObject({
  property: z.string(),
  message: z.string(),
  at: us,
  seq: count,
  nodes: z.array(count),
  evidence: z.array(z.strictObject({ at: us, node: count, text: z.string() })),
  details: z.array(z.string()).optional(),
});

/** Of each property that was violated, the violation of the lowest seed, told. */
const told = z.strictObject({
  seed,
  /** How many of the hosts serve: they are n0, n1 …, the others clients c0, c1 … */
  servers: count,
  finding,
  /** Faults in force around it; `toUs` is null while one lasts. */
  inForce: z.array(
    z.strictObject({ fault: z.string(), hosts: z.array(count), fromUs: us, toUs: us.nullable() }),
  ),
  lastEvents: z.array(
    z.strictObject({ seq: count, at: us, host: count, kind: z.string(), text: z.string() }),
  ),
  story: story.optional(),
  repro: z.string().nullable(),
});

const counts = z.strictObject({
  observations: count,
  operationsOk: count,
  operationsFail: count,
  operationsInfo: count,
  messagesSent: count,
  messagesLost: count,
  crashes: count,
  crashesInFsync: count,
  partitions: count,
});

/** Counts by names that people gave. Not a `z.record`: that passes over a name `__proto__`. */
const byName = z
  .preprocess(
    (given) => (z.record(z.string(), z.unknown()).safeParse(given).success ? Object.entries(given!) : null),
    z.array(z.tuple([z.string(), count]), 'must be counts by name'),
  )
  .transform((entries): { [name: string]: number } => Object.fromEntries(entries));

/** Lengths of time in fixed bins (`histogram.ts`): those that count any, by number. */
const histogram = z.strictObject({
  count,
  maxUs: us,
  bins: z.record(
    z.string().refine((bin) => /^(0|[1-9]\d{0,2})$/.test(bin) && Number(bin) < binCount, 'must be a bin'),
    z.int().positive(),
  ),
});

const scenario = z.strictObject({
  name: z.string(),
  /** The user's file that holds it, and the line; null for the catalogue's. */
  file: z.string().nullable(),
  line: z.int().positive().nullable(),
  /** Of the built files and the user's own. */
  digest: z.string().nullable(),
  firstSeed: seed,
  /** Seeds asked for, of this shard. */
  planned: count,
  /** Seeds done. */
  seeds: count,
  /** Seeds that were run twice more in lockstep. */
  verified: count,
  /** Seeds of which the result is not to be trusted. */
  troubled: count,
  /** Coverage is judged from this many seeds on. */
  minSeeds: count,
  properties: z.array(z.string()),
  assumptions: z.array(z.strictObject({ property: z.string(), assumes: z.array(z.string()) })),
  /** Bound of `progress`; null where that is not watched. */
  progressBoundUs: us.nullable(),
  /** What it means to have reached what it names, of those that say so. */
  reachSentences: z.array(z.strictObject({ name: z.string(), sentence: z.string() })),
  violations: z.array(violation),
  /** The test that ran it, of those that no `run` did. */
  test: z.strictObject({ file: z.string(), name: z.string() }).optional(),
  told: z.array(told),
  undecided: z.array(z.strictObject({ seed, property: z.string(), message: z.string() })),
  events: count,
  virtualMs: z.number().nonnegative(),
  /** Summed over workers: not wall time. */
  elapsedMs: z.number().nonnegative(),
  hash,
  counts,
  /** In virtual time; what is measured says `measures.ts`. */
  measures: z.strictObject({
    leader: histogram,
    unavailable: histogram,
    operation: histogram,
    lease: histogram,
    barrier: histogram,
  }),
  /** By wall time, slowest first. */
  slowest: z
    .array(z.strictObject({ seed, events: count, elapsedMs: z.number().nonnegative() }))
    .max(maxSlowest),
  /** How often each fault class fired, and each reach was reached. */
  faults: byName,
  reach: byName,
  /** Properties that were not watched in some seeds, and in how many. */
  switchedOff: z.array(z.strictObject({ property: z.string(), seeds: count })),
});

/** A seed whose run could not be judged. `trace`: where it broke. */
const trouble = z.strictObject({
  scenario: z.string(),
  seed,
  message: z.string(),
  trace: z.string().nullable(),
});

/** The document of a campaign. */
export const runDocument = z.strictObject({
  schema: z.literal(resultSchemaVersion),
  version: z.string(),
  commit: z.string(),
  node: z.string(),
  workers: count,
  verdict: z.enum(verdicts),
  /** False where fewer seeds were done than asked for. */
  complete: z.boolean(),
  interrupted: z.boolean(),
  hash,
  /** The first seed and how many a scenario, over all shards. */
  first: seed,
  seeds: count,
  shard: z.strictObject({ index: z.int().positive(), of: z.int().positive() }),
  wallMs: z.number().nonnegative(),
  scenarios: z.array(scenario),
  nondeterminism: z.array(trouble),
  failures: z.array(trouble),
  /** Why a repro could not be written; null where none failed. */
  reproLost: z.string().nullable(),
});

export type RunDocument = z.infer<typeof runDocument>;

/** Reads the bytes of a result document. Says in words what is wrong with others: empty, binary, cut, of another schema. */
export function readResult(bytes: Uint8Array): Reading<RunDocument> {
  return readVersioned(bytes, 'a result document', resultSchemaVersion, runDocument);
}
