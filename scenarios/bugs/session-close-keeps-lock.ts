import { lockRule } from './bug.ts';
import type { PlantedBug } from './bug.ts';

/** The lock stays held by nobody until its lease runs out. */
export const sessionCloseKeepsLock: PlantedBug = {
  id: 'session-close-keeps-lock',
  mistake: 'Closing a session does not release its locks.',
  source: 'atomix PR#64',
  breaks: ['lock-exclusion'],
  scenarios: ['waiters-die', 'lock-storm'],
  parts: lockRule({ holdingsEndWithSession: (closed) => !closed }),
};
