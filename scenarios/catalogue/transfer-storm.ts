import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { lossyLinks } from '../../sim/nemesis/links.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { mix } from '../workload.ts';
import { healing, safetyAndProgress } from './standards.ts';

/** An operator asks for another leader again and again, while clients write and servers come and go. */
export default scenario({
  name: 'transfer-storm',
  summary: 'Leadership is handed on again and again, under load, crashes and partitions.',
  nodes: [3, 5],
  clients: [2, 4],
  durationMs: 12_000,
  ...healing,
  process: replica(),
  workload: mix(
    { put: 4, get: 4, cas: 1 },
    { thinkMs: [10, 80], burst: [8, 60], transferEveryMs: [100, 800] },
  ),
  faults: [
    partitions({ everyMs: [1_000, 3_000], lastMs: [300, 1_500], kinds: { isolatedLeader: 1, split: 1 } }),
    crashes({ everyMs: [1_500, 4_000], downMs: [100, 600], power: 0.5, leader: 0.5 }),
    lossyLinks({ everyMs: [2_000, 5_000], lastMs: [500, 2_000] }),
  ],
  properties: safetyAndProgress,
  reach: ['leadership-transferred', 'transfer-given-up', 'read-at-leader'],
});
