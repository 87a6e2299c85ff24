/**
 * The repro file: all that is needed to run a failing seed again, also after the code changed. It replays from the plan, which is
 * never drawn again; the seed still feeds the streams of what is decided during the run.
 */
import { z } from 'zod';
import { readVersioned } from './versioned-json.ts';

/** Rises when an older reader would misunderstand a file. */
export const reproSchemaVersion = 1;

const whole = z.int();
const count = z.int().nonnegative();
const hex = z.string().regex(/^[0-9a-f]+$/, 'must be hex digits');

const delay = z.looseObject({ minUs: count, maxUs: count, tailPpm: count, tailMaxUs: count });

const target = z.union([z.looseObject({ hosts: z.array(count) }), z.looseObject({ select: z.string() })]);

const when = z.union([
  z.looseObject({ atUs: count }),
  z.looseObject({
    match: z.looseObject({
      on: z.enum(['fsync', 'send', 'observation']),
      kind: z.string().optional(),
      host: count.optional(),
    }),
    nth: count,
    afterUs: count,
    delayUs: count,
  }),
]);

/** Parts of a plan keep fields that this version does not know: a scenario's own faults may carry more. */
const worldPlan = z.looseObject({
  seed: z.int().positive(),
  servers: z.int().positive(),
  clients: count,
  wire: z.enum(['structured', 'bytes']),
  network: z.looseObject({
    delay,
    lossPpm: count,
    duplicationPpm: count,
    reorderPpm: count,
    reorderMaxUs: count,
  }),
  disk: z.looseObject({ fsync: delay }),
  clocks: z.array(z.looseObject({ driftPpm: whole, wallOffsetUs: whole })),
  episodes: z.array(
    z.looseObject({
      id: count,
      fault: z.string(),
      when,
      durationUs: count,
      target,
      args: z.record(z.string(), z.union([z.number(), z.array(z.number())])),
    }),
  ),
  phases: z.looseObject({ weatherUs: count, quorumUs: count, allUs: count, quorum: z.array(count) }),
});

const clientPlan = z.looseObject({
  mode: z.enum(['closed', 'open']),
  operations: z.array(z.looseObject({ waitUs: count, op: z.unknown() })),
});

/** A violation as it stands in a repro. */
const violation = z.looseObject({
  property: z.string(),
  message: z.string(),
  /** Virtual microseconds, and the number of the event. */
  at: z.number().nonnegative(),
  seq: count,
  nodes: z.array(count).optional(),
  evidence: z.array(z.looseObject({ at: z.number(), node: whole, text: z.string() })),
  details: z.array(z.string()).optional(),
});

/** The schema of a repro file. */
export const repro = z.looseObject({
  schema: z.literal(reproSchemaVersion),
  version: z.string(),
  commit: z.string(),
  node: z.string(),
  seedEpoch: whole,
  scenario: z.looseObject({
    name: z.string(),
    /** `catalogue`: the package's own, found by name. `file`: a file of the user's. */
    from: z.enum(['catalogue', 'file']),
    file: z.string(),
    export: z.string(),
  }),
  /** The system's drawn configuration. */
  configuration: z.unknown(),
  seed: z.int().positive(),
  plan: z.looseObject({
    world: worldPlan,
    clients: z.array(clientPlan),
    /** Where several groups run on the same servers. */
    groups: z.array(z.looseObject({ id: count, voters: z.array(count) })).optional(),
  }),
  decisions: z.array(
    z.looseObject({
      link: z.string(),
      n: count,
      drop: z.boolean().optional(),
      delayUs: count.optional(),
      copies: count.optional(),
    }),
  ),
  resolutions: z.array(z.looseObject({ episode: count, atUs: count, hosts: z.array(count) })),
  /** Null where the run never ended. */
  hash: hex.nullable(),
  /** The rolling hash every 1,000 events. */
  checkpoints: z.array(hex),
  /** Number of the event of the violation. */
  event: count,
  /** Of the built files and the scenario's own: equal digests and different hashes are nondeterminism. */
  digest: hex,
  violation,
});

export type Repro = z.infer<typeof repro>;

/** What a file turned out to be: a repro, or the reason why it is none, as the rest of a sentence. */
export type ReproReading = { readonly repro: Repro } | { readonly problem: string; readonly newer?: true };

/** Reads the bytes of a repro file. Says in words what is wrong with others: empty, binary, cut, of a newer schema. */
export function readRepro(bytes: Uint8Array): ReproReading {
  const reading = readVersioned(bytes, 'a repro file', reproSchemaVersion, repro);
  return 'document' in reading ? { repro: reading.document } : reading;
}
