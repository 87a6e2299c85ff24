/** Raft's state in plain data, for people who debug a run. */
import type { RaftMessage } from './messages.ts';
import type { RaftState } from './state.ts';

/** Entries of the log's end that are shown. */
const entriesShown = 12;

const nameOf = (replica: number): string => (replica < 0 ? 'nobody' : `n${replica}`);

/**
 * @param tellEntry an entry's command in words
 * @param tellMessage a message in words
 */
export function describeRaft(
  s: RaftState,
  tellEntry: (command: unknown) => string,
  tellMessage: (message: RaftMessage) => string,
): Record<string, unknown> {
  const { log } = s;
  const from = Math.max(log.base + 1, log.lastIndex - entriesShown + 1);
  return {
    role: s.role,
    term: s.term,
    votedFor: nameOf(s.votedFor),
    leader: nameOf(s.leader),
    ...(s.repair === null
      ? {}
      : { repairing: s.repair.index === 0 ? 'not answered' : `up to ${s.repair.index}` }),
    log: {
      base: log.base,
      last: log.lastIndex,
      durable: s.durableIndex,
      committed: s.commitIndex,
      snapshot: s.snapshot?.index ?? 0,
    },
    entries: Array.from({ length: log.lastIndex - from + 1 }, (_, i) => {
      const { index, term, kind, command } = log.at(from + i);
      const marks = [index <= s.durableIndex ? 'durable' : '', index <= s.commitIndex ? 'committed' : ''];
      return {
        index,
        term,
        entry: kind === 'command' ? tellEntry(command) : kind,
        is: marks.filter((mark) => mark !== '').join(', '),
      };
    }),
    followers: s.peers.flatMap((peer) => {
      const progress = s.progress[peer];
      if (progress === undefined) return [];
      const { mode, match, next, inFlight, bytesInFlight, sending } = progress;
      const snapshot =
        sending === null
          ? ''
          : `${Math.max(0, sending.acknowledged)} of ${sending.snapshot.machine.length} bytes`;
      return [
        { replica: nameOf(peer), mode, match, next, inFlight: inFlight.length, bytesInFlight, snapshot },
      ];
    }),
    waitsForDisk: s.held.map(({ to, message }) => ({ to: nameOf(to), message: tellMessage(message) })),
    transferTo: s.transfer === null ? 'nobody' : nameOf(s.transfer.target),
    electionDeadlineUs: s.role === 'leader' ? 0 : s.electionDeadline,
    refusesVotesUntilUs: s.quietUntil,
  };
}
