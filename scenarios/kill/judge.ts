/**
 * Judges what real processes did by the very checkers that judge simulated runs: linearizability of the clients' history, and of the properties those
 * that need no global order of observations. The recordings of the replicas are merged by the monotonic clock that they share, so that evidence
 * comes in order of time; nothing is concluded from that order.
 */
import { linearizable, raftSafety, Watchers } from '../../properties/index.ts';
import type { Finding, Property } from '../../properties/index.ts';
import { readObservations } from '../observation-file.ts';
import type { RecordedObservation } from '../observation-file.ts';

/** What holds of recordings: what a clock of its own or the order of two hosts' observations would be needed for is left out. */
export const judgedOfRecordings: readonly Property[] = [
  ...raftSafety.filter((property) => property.needs === 'nothing'),
  linearizable('register'),
];

/** What came of it. */
export interface Judgement {
  readonly findings: readonly Finding[];
  readonly undecided: readonly { readonly property: string; readonly message: string }[];
  readonly observations: number;
}

/** @param replicas the observation files of each replica, one a start */
export function judge(
  replicas: readonly (readonly string[])[],
  clients: readonly RecordedObservation[],
  hosts: number,
): Judgement {
  const watchers = new Watchers(judgedOfRecordings, {
    servers: replicas.map((_, id) => id),
    hosts,
    progressBoundUs: 0,
    rhoPpm: 10_000,
    maxStates: 2_000_000,
    searchAnyway: false,
  });
  const streams = replicas.map((files, id) => files.flatMap((file) => readObservations(file, id)));
  let seq = 0;
  let at = 0;
  for (const { observation, envelope } of merged([...streams, clients])) {
    seq += 1;
    at = envelope.at;
    watchers.observe(observation, { ...envelope, seq });
  }
  watchers.end({ at, node: 0, group: 0, boot: 1, seq });
  return { findings: watchers.findings, undecided: watchers.undecided, observations: seq };
}

/** By time; each stream keeps its own order. */
function* merged(streams: readonly (readonly RecordedObservation[])[]): Generator<RecordedObservation> {
  const next = streams.map(() => 0);
  for (;;) {
    let earliest = -1;
    let at = Infinity;
    streams.forEach((stream, i) => {
      const head = stream[next[i]!];
      if (head === undefined || head.envelope.at >= at) return;
      earliest = i;
      at = head.envelope.at;
    });
    if (earliest < 0) return;
    yield streams[earliest]![next[earliest]!]!;
    next[earliest]! += 1;
  }
}
