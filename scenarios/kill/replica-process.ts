/**
 * A replica as a process over a disk that loses what was not durable: `stormglass serve` with the cut-back disk, for the kill test.
 *
 *     node replica-process.js cut-back|lying ID PEERS FOLDER OBSERVATIONS
 */
import { startReplica } from '../../core/host/index.ts';
import { ObservationFile } from '../observation-file.ts';
import { CutBackDisk } from './cut-back-disk.ts';

const [mode, id, peers, folder, observations] = process.argv.slice(2) as [
  'cut-back' | 'lying',
  string,
  string,
  string,
  string,
];
const record = new ObservationFile(observations);
const running = await startReplica({
  id: Number(id),
  peers: peers.split(','),
  folder,
  disk: (root, ended) => new CutBackDisk(root, ended, mode === 'lying'),
  onObservation: (observation, envelope) => record.add(observation, envelope),
  onEvent: () => {
    record.flush();
    tellLeader();
  },
});
let told = '';
function tellLeader(): void {
  const now = running.leader < 0 ? told : `term ${running.term}: replica ${running.leader} leads`;
  if (now !== told) process.stdout.write(`${now}\n`);
  told = now;
}
const { code, message } = await running.stopped;
process.stderr.write(`stopped: ${code}: ${message}\n`);
process.exitCode = 1;
await running.stop();
