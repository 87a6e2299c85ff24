import { Replica } from '../../core/replica.ts';
import { segmentsAmong } from '../../core/wal/file-names.ts';
import {
  blankRecordHeader,
  bodyIsGood,
  headerBytes,
  readRecordHeader,
  recordBytes,
} from '../../core/wal/record.ts';
import type { WalIdentity } from '../../core/wal/record.ts';
import type { PlantedBug } from './bug.ts';
import { wrapPorts, wrapReads } from './wrapped.ts';

/** How far a segment is good: from the first bad record on it is taken for a tail that a crash has torn. */
function goodPart(bytes: Uint8Array, identity: WalIdentity, file: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const record = blankRecordHeader();
  let at = headerBytes;
  while (readRecordHeader(bytes, view, at, identity, file, record) && bodyIsGood(bytes, at, record)) {
    at += recordBytes(record.length);
  }
  return bytes.subarray(0, Math.min(at, bytes.length));
}

/** What the replica had acknowledged is gone, term and vote of then with it, and it goes on as a follower that is merely behind. */
export const corruptCutAsTorn: PlantedBug = {
  id: 'corrupt-cut-as-torn',
  mistake:
    'A log is cut at its first bad record, be that the torn tail of a crash or an acknowledged record that has rotted.',
  source:
    'Alagappan and others, Protocol-Aware Recovery, FAST 2018, section 2.3: ZooKeeper, LogCabin and etcd among others',
  breaks: ['committed-durable', 'vote-once', 'monotonic', 'leader-completeness', 'election-safety'],
  scenarios: ['corrupt-minority'],
  parts: {
    make(ports, options) {
      const { group, node, disk } = ports;
      const identity = { group, replica: node };
      const cut = wrapReads(disk, (path, bytes) => {
        const [file] = segmentsAmong([path.slice(path.lastIndexOf('/') + 1)]);
        return file === undefined ? bytes : goodPart(bytes, identity, file);
      });
      return new Replica(wrapPorts(ports, { disk: cut }), options);
    },
  },
};
