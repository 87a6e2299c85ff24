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
      const { mode, match, next, epoch, inFlight, bytesInFlight, silentSince, sending, repairing } = progress;
      const snapshot =
        sending === null
          ? ''
          : `${sending.acknowledged < 0 ? 'not answered' : sending.acknowledged} of ${sending.snapshot.machine.length} bytes, next ${sending.next}, attempt ${sending.attempt}, ${sending.gaps} gaps`;
      return [
        {
          ...{ replica: nameOf(peer), mode, match, counts: s.matchIndex[peer], next, epoch },
          ...{ inFlight: inFlight.length, bytesInFlight, silentSince, repairing, snapshot },
        },
      ];
    }),
    waitsForDisk: s.held.map(({ to, message }) => ({ to: nameOf(to), message: tellMessage(message) })),
    transferTo:
      s.transfer === null
        ? 'nobody'
        : `${nameOf(s.transfer.target)}, ${s.transfer.told ? 'told' : 'not told'}, until ${s.transfer.deadline}`,
    arriving:
      s.assembly === null
        ? 'no snapshot'
        : `snapshot ${s.assembly.index}@${s.assembly.term}: ${s.assembly.held} of ${s.assembly.size} bytes, ${s.assembly.early.size} chunks early`,
    installing: s.installing?.index ?? 0,
    accepted: s.acceptedIndex,
    early: s.early.map(({ prevIndex, entries: { length } }) => `after ${prevIndex}: ${length}`),
    pendingProposals: s.pendingProposals.length,
    uncommittedBytes: s.uncommittedBytes,
    votes: s.votes.flatMap((granted, voter) => (granted ? [nameOf(voter)] : [])),
    reads: {
      round: s.round,
      waiting: s.reads.own.length + s.reads.questions.length,
      confirming: s.reads.confirming.map(({ round, index }) => `round ${round}: index ${index}`),
      asked: s.reads.asked.length,
      askNext: s.reads.next.length,
    },
    electionDeadlineUs: s.role === 'leader' ? 0 : s.electionDeadline,
    refusesVotesUntilUs: s.quietUntil,
  };
}
