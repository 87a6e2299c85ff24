/**
 * The benchmark's main figure: the world of scenarios/catalogue/standard-chaos.ts, seeds 1 to 8, 300 virtual seconds each, on one thread, set-up counted, all
 * online checks and the trace hash on; the judgement after a run (linearizability) is timed apart.
 *
 * A ratio of virtual to wall time alone can be had by doing less: fewer operations, more downtime, slower heartbeats, checks left out. So five figures belong
 * together, and the run is void unless the world did what it is there for, and did exactly what it did before.
 */
import { median } from 'd3-array';
import { addHashes, emptyHash } from '../../reports/campaign-hash.ts';
import { standardChaosLasting } from '../catalogue/standard-chaos.ts';
import type { Scenario } from '../scenario.ts';
import { runSeed } from '../run-seed.ts';
import { RUNS } from './measure.ts';

const SEEDS = 8;
const DURATION_MS = 300_000;
const WARM_UP_WORLDS = 6;
/** Of the warm-up: other seeds, and a tenth of the time. */
const WARM_UP_SEED = 101;
const WARM_UP_MS = 30_000;

const OPERATIONS_MIN = 40;
const TERMS_MIN = 240;

/** What one pass over the seeds came to. */
export interface ChaosPass {
  /** Of the runs, without the judgement. */
  readonly wallMs: number;
  readonly judgeMs: number;
  readonly virtualS: number;
  readonly events: number;
  readonly operations: number;
  readonly bytesWritten: number;
  readonly finalTerms: number;
  readonly snapshotsInstalled: number;
  readonly faults: { readonly [fault: string]: number };
  /** Of the scenario's reaches; each replica that tells a transition counts. */
  readonly reach: { readonly [name: string]: number };
  readonly findings: readonly string[];
  /** The sum of the seeds' hashes, as of a campaign. */
  readonly hash: string;
}

/** Brings the code that the worlds run into the shape in which it is measured. */
export function warmUp(): void {
  const scenario = standardChaosLasting(WARM_UP_MS);
  for (let i = 0; i < WARM_UP_WORLDS; i += 1) runSeed(scenario, WARM_UP_SEED + i);
}

/** One pass over the seeds. */
export function runChaos(lasting: (durationMs: number) => Scenario = standardChaosLasting): ChaosPass {
  const scenario = lasting(DURATION_MS);
  const reach: { [name: string]: number } = {};
  const faults: { [fault: string]: number } = {};
  const findings: string[] = [];
  let judgeMs = 0;
  let virtualUs = 0;
  let events = 0;
  let operations = 0;
  let bytesWritten = 0;
  let finalTerms = 0;
  let snapshotsInstalled = 0;
  let hash = emptyHash;
  const startedAt = performance.now();
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const result = runSeed(scenario, seed);
    const { counts } = result;
    judgeMs += result.judgeMs;
    virtualUs += result.virtualUs;
    events += result.events;
    operations += counts.operationsOk;
    bytesWritten += counts.bytesWritten;
    finalTerms += counts.finalTerm;
    snapshotsInstalled += counts.snapshotsInstalled;
    hash = addHashes(hash, result.hash);
    for (const [name, hits] of Object.entries(result.reach)) reach[name] = (reach[name] ?? 0) + hits;
    for (const [fault, fired] of Object.entries(result.faults)) faults[fault] = (faults[fault] ?? 0) + fired;
    for (const finding of result.findings) findings.push(`seed ${seed}: ${finding.message}`);
  }
  const wallMs = performance.now() - startedAt - judgeMs;
  const virtualS = virtualUs / 1e6;
  return {
    wallMs,
    judgeMs,
    virtualS,
    events,
    operations,
    bytesWritten,
    finalTerms,
    snapshotsInstalled,
    faults,
    reach,
    findings,
    hash,
  };
}

/** Several passes: the one of median speed. @throws Error where two passes do not do the same. */
export function medianChaos(lasting?: (durationMs: number) => Scenario): ChaosPass {
  const passes: ChaosPass[] = [];
  for (let i = 0; i < RUNS; i += 1) passes.push(runChaos(lasting));
  const first = passes[0] as ChaosPass;
  const other = passes.find((pass) => pass.hash !== first.hash);
  if (other !== undefined) throw new Error(`the same seeds hashed to ${first.hash} and to ${other.hash}`);
  const middle = median(passes.map((pass) => pass.wallMs));
  return passes.find((pass) => pass.wallMs === middle) as ChaosPass;
}

/**
 * Why a pass counts for nothing; empty where it counts.
 * @param golden the committed hash
 */
export function whyVoid(pass: ChaosPass, golden: string): string[] {
  const why: string[] = [];
  const rate = pass.operations / pass.virtualS;
  if (rate < OPERATIONS_MIN)
    why.push(`${rate.toFixed(1)} operations a virtual second, at least ${OPERATIONS_MIN} are needed`);
  if (pass.finalTerms < TERMS_MIN)
    why.push(`final terms add up to ${pass.finalTerms}, at least ${TERMS_MIN} are needed`);
  for (const [fault, fired] of Object.entries(pass.faults)) {
    if (fired === 0) why.push(`the fault ${fault} never fired`);
  }
  if (pass.snapshotsInstalled === 0) why.push('no snapshot was installed');
  if (pass.hash !== golden)
    why.push(`the hash is ${pass.hash}, the committed one is ${golden === '' ? 'missing' : golden}`);
  for (const finding of pass.findings) why.push(finding);
  return why;
}
