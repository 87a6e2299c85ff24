import { createMachine, machineRules } from '../../core/machine/machine.ts';
import type { Ports, Process } from '../../core/ports.ts';
import { Replica } from '../../core/replica.ts';
import type { ReplicaOptions } from '../../core/replica.ts';
import type { PlantedBug } from './bug.ts';

/** A write's version is drawn by each replica for itself. */
function drawing(ports: Ports, options: ReplicaOptions): Process {
  const registers = {
    ...machineRules.registers,
    versionOfWrite: (index: number) => index * 8 + ports.random.below(8),
  };
  return new Replica(ports, {
    ...options,
    machine: (group) => createMachine({ ...machineRules, registers }, group),
  });
}

export const applyDrawsRandom: PlantedBug = {
  id: 'apply-draws-random',
  mistake: 'The machine draws a random number while applying.',
  source: 'paper section 2: the state machines are deterministic',
  breaks: ['state-machine-safety'],
  scenarios: ['steady-state', 'leader-crash'],
  parts: { make: drawing },
};
