import { machineRules } from '../../core/machine/machine.ts';
import { machineRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The first answer of a request that waits is not remembered, so that its retry is executed, and takes a place of its own. */
export const retryTakesOwnQueueSlot: PlantedBug = {
  id: 'retry-takes-own-queue-slot',
  mistake: 'The retry of an acquire that waits is executed as a second one.',
  source: 'docker/libkv#186',
  breaks: ['exactly-once', 'linearizable-lock'],
  scenarios: ['lock-storm', 'waiters-die'],
  parts: machineRule({ sessions: { ...machineRules.sessions, answersFromMemory: (waits) => !waits } }),
};
