import { createMachine, machineRules } from '../../core/machine/machine.ts';
import type { Ports, Process } from '../../core/ports.ts';
import { Replica } from '../../core/replica.ts';
import type { ReplicaOptions } from '../../core/replica.ts';
import type { PlantedBug } from './bug.ts';

/** A register's version is the time at which its replica applied the write, and no two replicas have the same. */
function clocked(ports: Ports, options: ReplicaOptions): Process {
  const registers = { ...machineRules.registers, versionOfWrite: () => ports.clock.monotonicUs() };
  return new Replica(ports, {
    ...options,
    machine: (group) => createMachine({ ...machineRules, registers }, group),
  });
}

export const applyReadsClock: PlantedBug = {
  id: 'apply-reads-clock',
  mistake: "The machine reads its replica's clock while applying.",
  source: 'paper section 2: the state machines are deterministic',
  breaks: ['state-machine-safety'],
  scenarios: ['steady-state', 'leader-crash'],
  parts: { make: clocked },
};
