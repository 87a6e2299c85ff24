/**
 * What a planted bug is: a real mistake of a real implementation, put into the replica by replacing a rule, or, where the mistake is
 * no decision, by a wrapper. Production code carries no hook for it. A bug is caught when a property that it breaks reports it, in the
 * catalogue's own scenarios.
 */
import { createMachine, machineRules } from '../../core/machine/machine.ts';
import type { MachineRules } from '../../core/machine/machine.ts';
import type { BarrierRules } from '../../core/machine/barriers/rules.ts';
import type { LockRules } from '../../core/machine/locks/rules.ts';
import type { SiblingRules } from '../../core/machine/siblings/rules.ts';
import { raftRules } from '../../core/raft/rules.ts';
import type { RaftRules } from '../../core/raft/rules.ts';
import type { Scenario } from '../scenario.ts';
import type { ReplicaParts, ReplicaSystem } from '../replica-system.ts';

export interface PlantedBug {
  readonly id: string;
  /** The faulty rule, in a sentence. */
  readonly mistake: string;
  /** Who shipped it: repository#issue, commit, paper. */
  readonly source: string;
  /** Ids of the properties that it breaks: one of them must report it. */
  readonly breaks: readonly string[];
  /** Another defence that would mask the mistake, and is switched off with it. */
  readonly alsoOff?: string;
  /** Names of the catalogue's scenarios whose weather it needs, the likeliest first. */
  readonly scenarios: readonly string[];
  readonly parts: ReplicaParts;
}

/** Plants by replacing rules of Raft. */
export function raftRule(rules: Partial<RaftRules>): ReplicaParts {
  return { options: { rules: { ...raftRules, ...rules } } };
}

/** Plants by replacing rules of the machine. */
export function machineRule(rules: Partial<MachineRules>): ReplicaParts {
  return { options: { machine: (group) => createMachine({ ...machineRules, ...rules }, group) } };
}

/** Plants by replacing rules of locks. */
export function lockRule(rules: Partial<LockRules>): ReplicaParts {
  return machineRule({ locks: { ...machineRules.locks, ...rules } });
}

/** Plants by replacing rules of registers with siblings. */
export function siblingRule(rules: Partial<SiblingRules>): ReplicaParts {
  return machineRule({ siblings: { ...machineRules.siblings, ...rules } });
}

/** Plants by replacing rules of barriers. */
export function barrierRule(rules: Partial<BarrierRules>): ReplicaParts {
  return machineRule({ barriers: { ...machineRules.barriers, ...rules } });
}

/** The same scenario, unchanged but for the bug in its replicas. @throws where its system is not the package's own replica. */
export function plant(scenario: Scenario, bug: PlantedBug): Scenario {
  const system = scenario.system as Partial<ReplicaSystem>;
  if (system.planted === undefined) {
    throw new Error(
      `"${scenario.name}" does not run the package's replica: ${bug.id} cannot be planted there`,
    );
  }
  return { ...scenario, system: system.planted(bug.parts) };
}
