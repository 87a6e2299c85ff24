import { clientFaults } from '../../sim/nemesis/clients.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { slowLinks } from '../../sim/nemesis/links.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { turns } from '../turn-workload.ts';
import { healing, lockSafety } from './standards.ts';

/** The client library takes turns under locks: it renews by itself, and whatever happens to the network, to it or to the servers, it starts no work late. */
export default scenario({
  name: 'turns-under-lock',
  summary:
    'The client library’s withLock under partitions, pauses and slow links: no work starts after the deadline.',
  nodes: [3, 5],
  clients: [2, 5],
  durationMs: 60_000,
  ...healing,
  process: replica(),
  workload: turns(),
  faults: [
    clientFaults({ everyMs: [2_000, 8_000], lastMs: [500, 6_000], holderPause: 2, pause: 1, holderCrash: 1 }),
    partitions({ everyMs: [3_000, 9_000], lastMs: [500, 6_000] }),
    slowLinks({ everyMs: [4_000, 12_000], lastMs: [1_000, 6_000], delayUs: [20_000, 400_000] }),
    crashes({ everyMs: [4_000, 12_000], downMs: [200, 2_000], leader: 0.6 }),
  ],
  properties: lockSafety,
  reach: [
    're-elected',
    'lock-queued',
    'granted-from-queue',
    'lease-expired',
    'lock-reentered',
    'work-started',
  ],
});
