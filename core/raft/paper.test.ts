/**
 * The Raft paper, sentence by sentence: figure 2 and sections 5, 7 and 8 of Ongaro and Ousterhout, *In Search of an Understandable Consensus Algorithm*
 * (extended version). Each test is called after what the paper says, shortened; where a sentence is kept by other means here, the test says so. Membership
 * (section 6) is not built.
 */
import { describe, expect, test } from 'vitest';
import { crc32c } from '../bytes.ts';
import { createMachine } from '../machine/machine.ts';
import { command, Table } from './cluster.test-support.ts';
import type { Entry } from './entry.ts';
import type { Append, RaftMessage, Vote } from './messages.ts';

function entry(index: number, term: number): Entry {
  return { index, term, ...command(`${index} of ${term}`), kind: 'command' };
}

function append(term: number, prevIndex: number, prevTerm: number, entries: Entry[], commit = 0): Append {
  return { type: 'append', term, prevIndex, prevTerm, commit, epoch: 1, entries };
}

function vote(term: number, lastIndex = 0, lastTerm = 0): Vote {
  return { type: 'vote', term, forced: false, lastIndex, lastTerm };
}

/** The windows after a start, and after hearing a leader, are over. */
function quiet(table: Table): Table {
  table.now += 200_000;
  return table;
}

function answers(table: Table, type: RaftMessage['type'], from: number): RaftMessage[] {
  return table.on(type, from).map((wire) => wire.message);
}

/** Node 1 follows node 0 of term 2, with entries 1 of term 1, 2 and 3 of term 2. */
function follower(): Table {
  const table = new Table();
  table.send(0, 1, append(2, 0, 0, [entry(1, 1), entry(2, 2), entry(3, 2)]));
  table.persist(1);
  table.drop();
  return table;
}

const logOf = (table: Table, id: number): [index: number, term: number][] =>
  Array.from({ length: table.node(id).lastIndex }, (_, i) => [i + 1, table.node(id).termAt(i + 1)]);

describe('figure 2, state', () => {
  test('currentTerm: "initialized to 0 on first boot, increases monotonically"', () => {
    const table = quiet(new Table());
    expect(table.node(0).term).toBe(0);
    table.send(1, 0, append(3, 0, 0, []));
    table.send(2, 0, append(2, 0, 0, []));
    table.send(2, 0, vote(1));
    expect(table.node(0).term).toBe(3);
  });

  test('votedFor: "candidateId that received vote in current term (or null if none)"', () => {
    const table = quiet(new Table());
    expect(table.node(0).votedFor).toBe(-1);
    table.send(1, 0, vote(1));
    expect(table.node(0).votedFor).toBe(1);
    table.send(2, 0, append(2, 0, 0, []));
    expect(table.node(0).votedFor).toBe(-1);
  });

  test('log[]: "each entry contains command … and term when entry was received by leader (first index is 1)"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    expect(table.node(0).entryAt(1)).toMatchObject({ index: 1, term: 1, kind: 'noop' });
    expect(table.node(0).entryAt(2)).toMatchObject({ index: 2, term: 1, command: 'x' });
  });

  test('persistent state is "updated on stable storage before responding to RPCs"', () => {
    const table = quiet(new Table());
    table.send(1, 0, vote(1));
    table.send(1, 2, append(1, 0, 0, [entry(1, 1)]));
    expect(table.wires).toEqual([]);
    table.persist(0);
    table.persist(2);
    expect(answers(table, 'voteReply', 0)).toHaveLength(1);
    expect(answers(table, 'appendReply', 2)).toHaveLength(1);
  });

  test('persistent state survives a restart, volatile state does not: commitIndex is "initialized to 0"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    table.settle();
    expect(table.node(1).commitIndex).toBeGreaterThan(0);
    table.restart(1);
    expect(table.node(1)).toMatchObject({ term: 1, votedFor: 0, lastIndex: 2, commitIndex: 0 });
  });

  test('nextIndex[]: "initialized to leader last log index + 1"; matchIndex[]: "initialized to 0"', () => {
    const table = follower();
    quiet(table).timeout(1);
    for (const from of [0, 2]) table.send(from, 1, { type: 'preVoteReply', term: 3, granted: true });
    table.persist(1);
    table.drop();
    table.send(0, 1, { type: 'voteReply', term: 3, granted: true });
    expect(table.node(1).role).toBe('leader');
    expect(table.on('append', 1).map((wire) => wire.message)).toMatchObject([
      { prevIndex: 3, prevTerm: 2 },
      { prevIndex: 3, prevTerm: 2 },
    ]);
    table.persist(1);
    // Its own log alone is no majority.
    expect(table.node(1).commitIndex).toBe(0);
  });
});

describe('figure 2, AppendEntries RPC, receiver implementation', () => {
  test('1. "Reply false if term < currentTerm"', () => {
    const table = follower();
    table.send(2, 1, append(1, 3, 2, [entry(4, 1)]));
    expect(answers(table, 'appendReply', 1)).toMatchObject([{ term: 2, success: false }]);
    expect(table.node(1)).toMatchObject({ lastIndex: 3, leader: 0 });
  });

  test('2. "Reply false if log doesn’t contain an entry at prevLogIndex whose term matches prevLogTerm"', () => {
    const table = follower();
    table.send(0, 1, append(3, 3, 3, [entry(4, 3)]));
    table.persist(1);
    expect(answers(table, 'appendReply', 1)).toMatchObject([{ success: false, index: 3 }]);
    expect(table.node(1).lastIndex).toBe(3);
  });

  test('3. "If an existing entry conflicts with a new one, delete the existing entry and all that follow it"', () => {
    const table = follower();
    table.send(0, 1, append(3, 1, 1, [entry(2, 3)]));
    expect(logOf(table, 1)).toEqual([
      [1, 1],
      [2, 3],
    ]);
  });

  test('4. "Append any new entries not already in the log", and leave those that are', () => {
    const table = follower();
    table.send(0, 1, append(2, 0, 0, [entry(1, 1), entry(2, 2)]));
    expect(table.node(1).lastIndex).toBe(3);
    table.send(0, 1, append(2, 1, 1, [entry(2, 2), entry(3, 2), entry(4, 2)]));
    expect(logOf(table, 1).at(-1)).toEqual([4, 2]);
    expect(table.last('logTruncated')).toBeUndefined();
  });

  test('5. "set commitIndex = min(leaderCommit, index of last new entry)"', () => {
    const table = follower();
    table.send(0, 1, append(2, 0, 0, [entry(1, 1)], 3));
    expect(table.node(1).commitIndex).toBe(1);
    table.send(0, 1, append(2, 1, 1, [entry(2, 2), entry(3, 2)], 2));
    expect(table.node(1).commitIndex).toBe(2);
  });
});

describe('figure 2, RequestVote RPC, receiver implementation', () => {
  test('1. "Reply false if term < currentTerm"', () => {
    const table = quiet(follower());
    table.send(2, 1, vote(1, 9, 9));
    expect(answers(table, 'voteReply', 1)).toEqual([{ type: 'voteReply', term: 2, granted: false }]);
  });

  test('2. "If votedFor is null or candidateId, and candidate’s log is at least as up-to-date as receiver’s log, grant vote"', () => {
    const granted = (candidate: number, term: number, lastIndex: number, lastTerm: number): unknown => {
      table.send(candidate, 1, vote(term, lastIndex, lastTerm));
      table.persist(1);
      return (answers(table, 'voteReply', 1).at(-1) as { granted: boolean }).granted;
    };
    const table = quiet(follower());
    expect(granted(0, 3, 2, 2)).toBe(false);
    expect(granted(2, 3, 3, 2)).toBe(true);
    expect(granted(2, 3, 3, 2)).toBe(true);
    expect(granted(0, 3, 9, 2)).toBe(false);
  });
});

describe('figure 2, rules for servers', () => {
  test('all: "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower"', () => {
    for (const message of [
      append(9, 0, 0, []),
      vote(9),
      { type: 'voteReply', term: 9, granted: false },
      { type: 'heartbeat', term: 9, round: 1, commit: 0 },
      { type: 'heartbeatReply', term: 9, round: 0 },
      {
        ...{ type: 'appendReply', term: 9, success: false, epoch: 1, index: 0, hintIndex: 0, hintTerm: 0 },
        ...{ boot: 1, repairing: false },
      },
    ] as const satisfies RaftMessage[]) {
      const table = new Table();
      table.elect(0);
      // A leader counts as hearing one: it does not hear of another candidate until a quorum is silent (thesis 4.2.3).
      if (message.type === 'vote') table.send(1, 0, { ...message, forced: true });
      else table.send(1, 0, message);
      expect(table.node(0), message.type).toMatchObject({ term: 9, role: 'follower' });
    }
  });

  test('followers: "If election timeout elapses without receiving AppendEntries RPC … or granting vote: convert to candidate" (here it asks for pre-votes first)', () => {
    const table = new Table();
    const before = table.node(0).nextDeadline();
    table.now = 100_000;
    table.send(1, 0, append(1, 0, 0, []));
    expect(table.node(0).nextDeadline()).toBeGreaterThan(before);
    table.wake(0, before);
    expect(table.node(0).role).toBe('follower');
    table.timeout(0);
    expect(table.node(0).role).toBe('preCandidate');
  });

  test('candidates: "increment currentTerm, vote for self, reset election timer, send RequestVote RPCs to all other servers"', () => {
    const table = quiet(new Table());
    table.timeout(0);
    table.deliver((wire) => wire.message.type === 'preVote');
    table.deliver((wire) => wire.message.type === 'preVoteReply');
    expect(table.node(0)).toMatchObject({ role: 'candidate', term: 1, votedFor: 0 });
    expect(table.node(0).nextDeadline()).toBeGreaterThan(table.now);
    table.persist(0);
    expect(table.on('vote', 0).map((wire) => wire.to)).toEqual([1, 2]);
  });

  test('candidates: "If votes received from majority of servers: become leader"', () => {
    const table = new Table({ voters: 5 });
    quiet(table).timeout(0);
    for (const from of [1, 2]) table.send(from, 0, { type: 'preVoteReply', term: 1, granted: true });
    table.persist(0);
    table.send(1, 0, { type: 'voteReply', term: 1, granted: true });
    table.send(1, 0, { type: 'voteReply', term: 1, granted: true });
    table.send(2, 0, { type: 'voteReply', term: 1, granted: false });
    expect(table.node(0).role).toBe('candidate');
    table.send(3, 0, { type: 'voteReply', term: 1, granted: true });
    expect(table.node(0).role).toBe('leader');
  });

  test('candidates: "If AppendEntries RPC received from new leader: convert to follower"', () => {
    const table = quiet(new Table());
    table.timeout(0);
    for (const from of [1, 2]) table.send(from, 0, { type: 'preVoteReply', term: 1, granted: true });
    table.send(1, 0, append(1, 0, 0, []));
    expect(table.node(0)).toMatchObject({ role: 'follower', leader: 1, term: 1 });
  });

  test('candidates: "If election timeout elapses: start new election"', () => {
    const table = quiet(new Table());
    table.timeout(0);
    for (const from of [1, 2]) table.send(from, 0, { type: 'preVoteReply', term: 1, granted: true });
    expect(table.node(0).role).toBe('candidate');
    table.drop();
    table.timeout(0);
    expect(table.on('preVote', 0).map((wire) => wire.message)).toMatchObject([{ term: 2 }, { term: 2 }]);
  });

  test('leaders: "Upon election: send initial empty AppendEntries RPCs to each server; repeat during idle periods" (here with its noop at once; heartbeats are a message of their own)', () => {
    const table = new Table();
    quiet(table).timeout(0);
    for (const from of [1, 2]) table.send(from, 0, { type: 'preVoteReply', term: 1, granted: true });
    table.persist(0);
    table.drop();
    table.send(1, 0, { type: 'voteReply', term: 1, granted: true });
    expect(table.on('append', 0).map((wire) => wire.to)).toEqual([1, 2]);
    table.settle();
    table.timeout(0);
    expect(table.on('heartbeat', 0).map((wire) => wire.to)).toEqual([1, 2]);
  });

  test('leaders: "If command received from client: append entry to local log"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    expect(table.node(0).lastIndex).toBe(2);
    expect(table.node(0).commitIndex).toBe(1);
  });

  test('leaders: "If last log index ≥ nextIndex for a follower: send AppendEntries RPC with log entries starting at nextIndex"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x', 'y');
    expect(table.on('append', 0).map((wire) => wire.message)).toMatchObject([
      { prevIndex: 1, entries: [{ index: 2 }, { index: 3 }] },
      { prevIndex: 1, entries: [{ index: 2 }, { index: 3 }] },
    ]);
  });

  test('leaders: "If successful: update nextIndex and matchIndex"; "if AppendEntries fails because of log inconsistency: decrement nextIndex and retry" (here by a whole term at once, 5.3)', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    table.settle([2]);
    // The next leader begins behind its own last entry, and node 2 has not got that.
    table.restart(0);
    table.elect(1, [2]);
    const refused: unknown[] = [];
    for (let i = 0; i < 3; i += 1) {
      table.timeout(1);
      for (let round = 0; round < 20; round += 1) {
        table.deliver();
        for (const id of [0, 1, 2]) table.persist(id);
        refused.push(
          ...answers(table, 'appendReply', 2).filter((one) => !(one as { success: boolean }).success),
        );
      }
    }
    expect(refused).toMatchObject([{ hintIndex: 1, hintTerm: 1 }]);
    expect(logOf(table, 2)).toEqual(logOf(table, 1));
    table.propose(1, 'z');
    expect(table.on('append', 1).map((wire) => wire.message)).toMatchObject([
      { prevIndex: 3 },
      { prevIndex: 3 },
    ]);
  });

  test('leaders: "If there exists an N such that N > commitIndex, a majority of matchIndex[i] ≥ N, and log[N].term == currentTerm: set commitIndex = N"', () => {
    const table = new Table({ voters: 5 });
    table.elect(0);
    table.propose(0, 'x');
    table.settle([2, 3, 4]);
    expect(table.node(0).commitIndex).toBe(1);
    for (let i = 0; i < 2; i += 1) {
      table.timeout(0);
      table.settle([3, 4]);
    }
    expect(table.node(0).commitIndex).toBe(2);
  });
});

describe('section 5', () => {
  test('5.1 "If a server receives a request with a stale term number, it rejects the request", and answers with its own', () => {
    const table = follower();
    table.send(2, 1, { type: 'heartbeat', term: 1, round: 5, commit: 3 });
    expect(answers(table, 'heartbeatReply', 1)).toEqual([{ type: 'heartbeatReply', term: 2, round: 0 }]);
    expect(table.node(1).commitIndex).toBe(0);
  });

  test('5.2 "Each server will vote for at most one candidate in a given term, on a first-come-first-served basis"', () => {
    const table = quiet(new Table());
    table.send(1, 0, vote(1));
    table.send(2, 0, vote(1));
    table.persist(0);
    expect(
      table.on('voteReply', 0).map(({ to, message }) => [to, (message as { granted: boolean }).granted]),
    ).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  test('5.2 "Raft uses randomized election timeouts to ensure that split votes are rare"', () => {
    const table = new Table();
    const deadlines = [0, 1, 2].map((id) => table.node(id).nextDeadline());
    expect(new Set(deadlines).size).toBe(3);
    for (const deadline of deadlines) {
      expect(deadline).toBeGreaterThanOrEqual(150_000);
      expect(deadline).toBeLessThan(300_000);
    }
  });

  test('5.3 "The leader keeps track of the highest index it knows to be committed, and it includes that index in future AppendEntries RPCs (including heartbeats)"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    table.settle();
    table.timeout(0);
    expect(table.on('heartbeat', 0)[0]?.message).toMatchObject({ commit: 2 });
    table.propose(0, 'y');
    expect(table.on('append', 0)[0]?.message).toMatchObject({ commit: 2 });
  });

  test('5.3 Log Matching: "if two entries in different logs have the same index and term", all before them are identical', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a', 'b');
    table.settle([2]);
    table.elect(1, [0]);
    table.propose(1, 'c');
    for (let i = 0; i < 3; i += 1) {
      table.settle();
      table.timeout(1);
    }
    table.settle();
    expect(logOf(table, 0)).toEqual(logOf(table, 1));
    expect(logOf(table, 2)).toEqual(logOf(table, 1));
  });

  test('5.3 "A leader never overwrites or deletes entries in its own log"; it only appends new ones, also behind those of earlier reigns', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    table.settle([1, 2]);
    table.restart(0);
    table.elect(0);
    table.propose(0, 'y');
    expect(logOf(table, 0)).toEqual([
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
    ]);
    expect(
      table.observed.filter(({ node, observation }) => node === 0 && observation.kind === 'logTruncated'),
    ).toEqual([]);
  });

  test('5.3 "The leader handles inconsistencies by forcing the followers’ logs to duplicate its own"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'lost', 'too');
    table.settle([1, 2]);
    table.elect(1, [0]);
    table.propose(1, 'kept');
    table.settle([0]);
    table.timeout(1);
    table.settle();
    expect(logOf(table, 0)).toEqual(logOf(table, 1));
    expect(table.last('logTruncated')).toMatchObject({ from: 2, last: 3 });
  });

  test('5.4.1 "the voter denies its vote if its own log is more up-to-date": later last term, then longer', () => {
    const table = quiet(follower());
    const granted = (term: number, lastIndex: number, lastTerm: number): boolean => {
      table.send(2, 1, vote(term, lastIndex, lastTerm));
      table.persist(1);
      return (answers(table, 'voteReply', 1).at(-1) as { granted: boolean }).granted;
    };
    expect(granted(3, 9, 1)).toBe(false);
    expect(granted(4, 2, 2)).toBe(false);
    expect(granted(5, 3, 2)).toBe(true);
    expect(granted(6, 1, 3)).toBe(true);
  });

  test('5.4.2 "Raft never commits log entries from previous terms by counting replicas"', () => {
    const table = new Table({ limits: { batchEntries: 1 } });
    table.elect(0);
    table.propose(0, 'old');
    table.settle([1, 2]);
    table.restart(0);
    table.elect(0, [2]);
    const steps = table.observed.flatMap(({ node, observation }) =>
      node === 0 && observation.kind === 'committed' ? [(observation as { index: number }).index] : [],
    );
    expect(steps).not.toContain(2);
    expect(table.node(0).commitIndex).toBe(3);
  });

  test('5.5 "If a follower or candidate crashes … Raft handles these failures by retrying indefinitely"', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'x');
    table.settle([2]);
    for (let i = 0; i < 6; i += 1) {
      table.timeout(0);
      table.settle([2]);
    }
    table.restart(2);
    for (let i = 0; i < 3; i += 1) {
      table.timeout(0);
      table.settle();
    }
    expect(logOf(table, 2)).toEqual(logOf(table, 0));
  });

  test('5.5 "Raft RPCs are idempotent": the same request again is answered, and changes nothing', () => {
    const table = follower();
    const same = append(2, 0, 0, [entry(1, 1), entry(2, 2), entry(3, 2)]);
    table.send(0, 1, same);
    table.send(0, 1, same);
    expect(answers(table, 'appendReply', 1)).toMatchObject([
      { success: true, index: 3 },
      { success: true, index: 3 },
    ]);
    expect(table.node(1).lastIndex).toBe(3);
  });
});

describe('section 7, snapshots', () => {
  const machine = new Uint8Array([1, 2, 3, 4]);
  const chunk = (index: number, snapshotTerm: number, offset = 0, end = machine.length): RaftMessage => ({
    ...{ type: 'snapshotChunk', term: 2, index, snapshotTerm, voters: [0, 1, 2], size: machine.length },
    ...{ sum: crc32c(machine), attempt: 1, offset, bytes: machine.subarray(offset, end) },
  });

  test('"a server takes a snapshot and discards the log up to its last included entry"; index and term of that entry stay, for the consistency check', () => {
    const table = follower();
    table.send(0, 1, append(2, 3, 2, [], 3));
    const snapshot = { index: 3, term: 2, voters: [0, 1, 2], machine };
    table.node(1).step(table.now, { kind: 'snapshotTaken', snapshot });
    table.node(1).step(table.now, { kind: 'compacted', base: 3 });
    table.send(0, 1, append(2, 3, 2, [entry(4, 2)]));
    expect(table.node(1)).toMatchObject({ base: 3, lastIndex: 4 });
  });

  test('figure 13: "Reply immediately if term < currentTerm"', () => {
    const table = follower();
    table.send(0, 1, { ...chunk(9, 1), term: 1 } as RaftMessage);
    expect(answers(table, 'snapshotChunkReply', 1)).toMatchObject([{ term: 2, held: 0 }]);
    expect(table.node(1).takeInstallRequest()).toBeNull();
  });

  test('figure 13: "Reply and wait for more data chunks if done is false"', () => {
    const table = follower();
    table.send(0, 1, chunk(9, 2, 0, 2));
    expect(answers(table, 'snapshotChunkReply', 1)).toMatchObject([{ held: 2 }]);
    expect(table.node(1).takeInstallRequest()).toBeNull();
    table.send(0, 1, chunk(9, 2, 2, 4));
    expect(table.node(1).takeInstallRequest()).toMatchObject({ index: 9, term: 2 });
  });

  test('figure 13: "Discard the entire log", where it does not hold the last included entry', () => {
    const table = follower();
    table.send(0, 1, chunk(9, 2));
    expect(table.node(1).takeInstallRequest()).not.toBeNull();
    table.node(1).step(table.now, { kind: 'snapshotInstalled' });
    expect(table.node(1)).toMatchObject({ base: 9, lastIndex: 9, commitIndex: 9 });
  });

  test('figure 13: "If existing log entry has same index and term as snapshot’s last included entry, retain log entries following it"', () => {
    const table = follower();
    table.send(0, 1, chunk(2, 2));
    expect(table.node(1).takeInstallRequest()).toBeNull();
    expect(table.node(1)).toMatchObject({ lastIndex: 3, commitIndex: 2 });
  });
});

describe('section 8, clients', () => {
  const sink = {
    arm: () => undefined,
    disarm: () => undefined,
    answer: () => undefined,
    observe: () => undefined,
  };

  test('"clients assign unique serial numbers to every command … the state machine tracks the latest serial number processed for each client, along with the response": a number executes once', () => {
    const machine = createMachine();
    machine.apply(1, { kind: 'open', client: 9, nonce: 1, ttlUs: 30_000_000 }, sink);
    const request = {
      ...{ kind: 'request', session: 1, number: 1, floor: 0, ranges: [] },
      op: { f: 'put', key: 'k', value: 'x' },
    };
    const first = machine.apply(2, request, sink);
    const again = machine.apply(3, request, sink);
    expect(again).toMatchObject({ repeated: true, reply: first.reply });
    expect(machine.read({ f: 'get', key: 'k' })).toEqual({ value: 'x', version: 2 });
  });

  test('"a leader must have the latest information on which entries are committed … by having each leader commit a blank no-op entry into the log at the start of its term": no read before', () => {
    const table = quiet(new Table());
    table.timeout(0);
    for (const from of [1, 2]) table.send(from, 0, { type: 'preVoteReply', term: 1, granted: true });
    table.persist(0);
    table.drop();
    table.send(1, 0, { type: 'voteReply', term: 1, granted: true });
    table.node(0).step(table.now, { kind: 'read', id: 1 });
    table.collect();
    expect(table.on('heartbeat', 0)).toEqual([]);
    table.settle();
    expect(table.node(0).takeReadyReads()).toEqual([{ index: 1, ids: [1] }]);
  });

  test('"a leader must check whether it has been deposed before processing a read-only request … by having the leader exchange heartbeat messages with a majority of the cluster"', () => {
    const table = new Table();
    table.elect(0);
    table.node(0).step(table.now, { kind: 'read', id: 1 });
    table.collect();
    expect(table.node(0).takeReadyReads()).toEqual([]);
    table.settle();
    expect(table.node(0).takeReadyReads()).toEqual([{ index: 1, ids: [1] }]);
  });
});
