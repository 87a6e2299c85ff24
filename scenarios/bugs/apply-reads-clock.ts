import { Deadlines } from '../../core/machine/deadlines.ts';
import { createMachine, machineRules } from '../../core/machine/machine.ts';
import type { Machine } from '../../core/machine/contract.ts';
import type { PlantedBug } from './bug.ts';
import { wrapMachine } from './wrapped.ts';

/** A register's version is the time at which its replica applied the write, and no two replicas have the same. */
function clockedMachine(): Machine {
  let nowUs = 0;
  const registers = { ...machineRules.registers, versionOfWrite: () => nowUs };
  return wrapMachine(
    (machine, index, command, deadlines) => {
      if (deadlines instanceof Deadlines) nowUs = deadlines.nowUs;
      return machine.apply(index, command, deadlines);
    },
    createMachine({ ...machineRules, registers }),
  );
}

export const applyReadsClock: PlantedBug = {
  id: 'apply-reads-clock',
  mistake: "The machine reads its replica's clock while applying.",
  source: 'paper section 2: the state machines are deterministic',
  breaks: ['state-machine-safety'],
  scenarios: ['steady-state', 'leader-crash'],
  parts: { options: { machine: clockedMachine } },
};
