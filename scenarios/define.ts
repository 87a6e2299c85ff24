/** What authors of scenarios call: `scenario()` checks what they wrote and fills in what they left out. */
import { processAlive } from '../properties/process-alive.ts';
import { drawPlan } from './draw-plan.ts';
import { flattenFaults } from './faults.ts';
import { reachNamed } from './reach.ts';
import { ScenarioError } from './scenario-error.ts';
import type { Range, Scenario, ScenarioSpec, System } from './scenario.ts';

/** Servers of any scenario. */
const SERVERS_MAX = 64;
/** Longest virtual time of a run: a day. */
const LONGEST_MS = 86_400_000;

function bad(name: string, what: string, next: string): never {
  throw new ScenarioError(`scenario "${name}": ${what}`, next);
}

function checkRange(name: string, field: string, range: Range, least: number, most: number): void {
  const [min, max] = typeof range === 'number' ? [range, range] : range;
  const whole = Number.isSafeInteger(min) && Number.isSafeInteger(max);
  if (!whole || min < least || max > most || min > max) {
    bad(
      name,
      `${field} takes a whole number from ${least} to ${most}, or a range [min, max] of them; got ${JSON.stringify(range)}.`,
      `Write ${field}: ${least === 0 ? 2 : 3}.`,
    );
  }
}

function checkMs(name: string, field: string, ms: number, least: number): void {
  if (!Number.isSafeInteger(ms) || ms < least || ms > LONGEST_MS) {
    bad(
      name,
      `${field} takes a whole number of milliseconds from ${least} to ${LONGEST_MS}; got ${JSON.stringify(ms)}.`,
      `Write ${field}: 10_000.`,
    );
  }
}

/**
 * Checks a scenario and fills in what it leaves out.
 * @returns a scenario whose `plan(seed)` draws everything that is decided before a run starts
 * @throws ScenarioError (`BAD_SCENARIO`) naming the field, what it got, and what to write instead
 */
export function scenario(spec: ScenarioSpec): Scenario {
  const name = spec.name;
  if (typeof name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9/-]*$/.test(name)) {
    throw new ScenarioError(
      `a scenario's name is made of letters, digits, "-" and "/"; got ${JSON.stringify(name)}.`,
      "Write name: 'kv/split'.",
    );
  }
  const system: System =
    typeof spec.process === 'function'
      ? { name: 'process', process: spec.process }
      : (spec.process as System);
  if (system === undefined || typeof system.process !== 'function') {
    bad(name, 'process takes replica() or a function (ports) => Process.', 'Write process: replica().');
  }
  checkRange(name, 'nodes', spec.nodes, 1, Math.min(SERVERS_MAX, system.serversMax ?? SERVERS_MAX));
  const clients = spec.clients ?? (system.client === undefined || spec.workload === undefined ? 0 : 3);
  checkRange(name, 'clients', clients, 0, 64);
  if (spec.workload !== undefined && system.client === undefined) {
    bad(
      name,
      `it has a workload, but its system "${system.name}" has no client.`,
      'Give the system a client.',
    );
  }
  checkMs(name, 'durationMs', spec.durationMs, 1);
  if (!Array.isArray(spec.properties)) {
    bad(name, 'properties takes an array of properties.', 'Write properties: [...raftSafety].');
  }
  const progressBoundMs = spec.progressBoundMs ?? 10_000;
  checkMs(name, 'progressBoundMs', progressBoundMs, 1);
  const judgesProgress = spec.properties.some((property) => property.id === 'progress');
  const healed = judgesProgress ? progressBoundMs + 1_000 : 0;
  const heal = spec.healMs ?? { quorum: healed, all: healed };
  checkMs(name, 'healMs.quorum', heal.quorum, 0);
  checkMs(name, 'healMs.all', heal.all, 0);
  const minSeeds = spec.minSeeds ?? 50;
  checkRange(name, 'minSeeds', minSeeds, 1, Number.MAX_SAFE_INTEGER);
  const rhoPpm = spec.rhoPpm ?? 10_000;
  checkRange(name, 'rhoPpm', rhoPpm, 0, 500_000);

  const properties = spec.properties.includes(processAlive)
    ? spec.properties
    : [...spec.properties, processAlive];
  const ids = new Set<string>();
  for (const property of properties) {
    if (ids.has(property.id)) {
      bad(name, `two properties are called "${property.id}".`, 'Give each an id of its own.');
    }
    ids.add(property.id);
  }
  const nemeses = spec.faults ?? [];
  const faults = flattenFaults(name, nemeses, heal.quorum > 0);
  const reach = (spec.reach ?? []).map((item) => (typeof item === 'string' ? reachNamed(name, item) : item));

  const source = {
    name,
    system,
    nodes: spec.nodes,
    clients,
    weatherUs: spec.durationMs * 1_000,
    quorumUs: heal.quorum * 1_000,
    allUs: heal.all * 1_000,
    workload: spec.workload,
    nemeses,
    network: spec.network ?? {},
    fsync: spec.fsync,
    rhoPpm,
  };
  return {
    name,
    summary: spec.summary ?? '',
    minSeeds,
    system,
    properties,
    faults,
    reach,
    progressBoundUs: progressBoundMs * 1_000,
    rhoPpm,
    plan: (seed) => drawPlan(source, seed),
  };
}
