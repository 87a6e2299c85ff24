/** A replica as a process for the bench: as `stormglass serve`, and it tells its parent how many fsyncs have ended and who leads. */
import { FileDisk, startReplica } from '../../../core/host/index.ts';

/** What a replica's process answers to any message. */
export interface ReplicaCounts {
  readonly leader: number;
  /** Fsyncs of files that ended since it started. */
  readonly fsyncs: number;
}

const [id, peers, folder] = process.argv.slice(2) as [string, string, string];
let fsyncs = 0;
const running = await startReplica({
  id: Number(id),
  peers: peers.split(','),
  folder,
  disk: (root, ended) =>
    new FileDisk(root, (token, error) => {
      fsyncs += 1;
      ended(token, error);
    }),
});
process.on('message', () => process.send!({ leader: running.leader, fsyncs } satisfies ReplicaCounts));
// Its parent is gone: nobody measures any more.
process.on('disconnect', () => void running.stop());
