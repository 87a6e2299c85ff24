/** A trace as a file: one JSON document a line, first what it is of, then its events. `replay --out` writes it, `diff` reads it. */
import { z } from 'zod';
import { buildIdentity } from '../build-identity.ts';
import type { SeedResult, TracedEvent } from '../run-contract.ts';

const header = z.object({
  schema: z.literal(1),
  trace: z.literal(true),
  scenario: z.string(),
  seed: z.number(),
  servers: z.number(),
  events: z.number(),
});

const event = z.object({
  seq: z.number(),
  at: z.number(),
  host: z.number(),
  kind: z.string(),
  text: z.string(),
  hash: z.string(),
});

/** A trace that was read. */
export interface RecordedTrace {
  readonly scenario: string;
  readonly seed: number;
  readonly servers: number;
  readonly events: readonly TracedEvent[];
}

/** The text of a trace file. */
export function traceFile(result: SeedResult, servers: number, events: readonly TracedEvent[]): string {
  const { version, commit, node } = buildIdentity();
  const { scenario, seed } = result;
  const first = {
    schema: 1,
    trace: true,
    version,
    commit,
    node,
    scenario,
    seed,
    servers,
    events: events.length,
  };
  return `${[first, ...events].map((line) => JSON.stringify(line)).join('\n')}\n`;
}

/** Reads a trace file; `null` where it is none, or was cut. */
export function readTrace(text: string): RecordedTrace | null {
  const [first, ...rest] = text.trimEnd().split('\n');
  try {
    const { scenario, seed, servers, events: count } = header.parse(JSON.parse(first ?? ''));
    const events = rest.map((line) => event.parse(JSON.parse(line)));
    return events.length === count ? { scenario, seed, servers, events } : null;
  } catch {
    return null;
  }
}
