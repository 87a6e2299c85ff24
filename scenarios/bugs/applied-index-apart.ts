import { createMachine } from '../../core/machine/machine.ts';
import type { Machine } from '../../core/machine/contract.ts';
import type { PlantedBug } from './bug.ts';
import { wrapMachine } from './wrapped.ts';

/** A machine whose saved state is one entry older than the index under which it is saved. */
function lagging(): Machine {
  const machine = createMachine();
  const behind = createMachine();
  const silent = { arm: () => {}, disarm: () => {}, answer: () => {}, observe: () => {} };
  let last: (() => void) | null = null;
  const wrapped = wrapMachine((inner, index, command, effects) => {
    last?.();
    last = () => void behind.apply(index, command, silent);
    return inner.apply(index, command, effects);
  }, machine);
  return {
    ...wrapped,
    snapshot: () => behind.snapshot(),
    restore(bytes, deadlines) {
      last = null;
      behind.restore(bytes, silent);
      machine.restore(bytes, deadlines);
    },
  };
}

/** An entry is skipped by whoever starts from the snapshot; its retry is executed later, and elsewhere than at the others. */
export const appliedIndexApart: PlantedBug = {
  id: 'applied-index-apart',
  mistake: 'The applied index and the state are not stored together: the index is one ahead.',
  source: 'etcd#13766',
  breaks: ['exactly-once', 'state-machine-safety'],
  scenarios: ['majority-restarts', 'follower-behind-snapshot', 'minority-restarts'],
  parts: { options: { machine: lagging } },
};
