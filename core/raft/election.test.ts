import { describe, expect, test } from 'vitest';
import { Table } from './cluster.test-support.ts';

describe('an election', () => {
  test('begins with a pre-vote, which changes no term', () => {
    const table = new Table();
    table.timeout(0);
    expect(table.node(0).role).toBe('preCandidate');
    expect(table.node(0).term).toBe(0);
    expect(table.on('preVote').map((wire) => wire.message)).toEqual([
      { type: 'preVote', term: 1, lastIndex: 0, lastTerm: 0 },
      { type: 'preVote', term: 1, lastIndex: 0, lastTerm: 0 },
    ]);
  });

  test('is won with a majority; the leader commits a noop of its own term', () => {
    const table = new Table();
    table.elect(0);
    expect(table.node(0).term).toBe(1);
    expect(table.node(0).commitIndex).toBe(1);
    expect(table.node(0).entryAt(1).kind).toBe('noop');
    expect(table.node(1).leader).toBe(0);
  });

  test('in a group of one needs nobody else, but its own vote on disk', () => {
    const table = new Table({ voters: 1 });
    table.timeout(0);
    expect(table.node(0).role).toBe('candidate');
    table.persist(0);
    expect(table.node(0).role).toBe('leader');
    table.persist(0);
    expect(table.node(0).commitIndex).toBe(1);
  });

  test('asks for no vote before the own term and vote are durable', () => {
    const table = new Table();
    table.now = 200_000;
    table.timeout(0);
    table.deliver((wire) => wire.message.type === 'preVote');
    table.deliver((wire) => wire.message.type === 'preVoteReply');
    expect(table.node(0).role).toBe('candidate');
    expect(table.on('vote')).toEqual([]);
    table.persist(0);
    expect(table.on('vote')).toHaveLength(2);
  });

  test('a vote leaves the voter when it is durable, not before', () => {
    const table = new Table();
    table.now = 200_000;
    table.send(1, 0, { type: 'vote', term: 1, forced: false, lastIndex: 0, lastTerm: 0 });
    expect(table.on('voteReply')).toEqual([]);
    table.persist(0);
    expect(table.on('voteReply').map((wire) => wire.message)).toEqual([
      { type: 'voteReply', term: 1, granted: true },
    ]);
  });

  test('a voter votes once a term, also after a restart', () => {
    const table = new Table();
    table.now = 200_000;
    table.send(1, 0, { type: 'vote', term: 1, forced: false, lastIndex: 0, lastTerm: 0 });
    table.persist(0);
    table.restart(0);
    table.now += 200_000;
    table.send(2, 0, { type: 'vote', term: 1, forced: false, lastIndex: 5, lastTerm: 1 });
    table.persist(0);
    expect(table.on('voteReply', 0).at(-1)?.message).toEqual({ type: 'voteReply', term: 1, granted: false });
  });

  test('a log that is behind gets no vote, but its term is taken over', () => {
    const table = new Table();
    table.elect(0);
    table.now += 200_000;
    table.send(2, 1, { type: 'vote', term: 7, forced: false, lastIndex: 0, lastTerm: 0 });
    table.persist(1);
    expect(table.node(1).term).toBe(7);
    expect(table.on('voteReply', 1).at(-1)?.message).toEqual({ type: 'voteReply', term: 7, granted: false });
  });

  test('no vote soon after hearing a leader: neither term nor vote changes', () => {
    const table = new Table();
    table.elect(0);
    table.now += 100_000;
    table.send(2, 1, { type: 'vote', term: 7, forced: false, lastIndex: 9, lastTerm: 6 });
    expect(table.node(1).term).toBe(1);
    expect(table.on('voteReply', 1).at(-1)?.message).toEqual({ type: 'voteReply', term: 1, granted: false });
  });

  test('no vote soon after the own restart', () => {
    const table = new Table();
    table.now = 1_000_000;
    table.restart(1);
    table.now += 100_000;
    table.send(2, 1, { type: 'preVote', term: 7, lastIndex: 9, lastTerm: 6 });
    expect(table.on('preVoteReply', 1).at(-1)?.message).toEqual({
      type: 'preVoteReply',
      term: 0,
      granted: false,
    });
    table.now += 100_000;
    table.send(2, 1, { type: 'preVote', term: 7, lastIndex: 9, lastTerm: 6 });
    expect(table.on('preVoteReply', 1).at(-1)?.message).toEqual({
      type: 'preVoteReply',
      term: 7,
      granted: true,
    });
  });

  test('a vote of an earlier term is not counted', () => {
    const table = new Table({ voters: 5 });
    table.elect(0);
    table.now += 400_000;
    table.timeout(1);
    table.settle([0]);
    const term = table.node(1).term;
    table.now += 400_000;
    table.timeout(2);
    table.deliver((wire) => wire.message.type === 'preVote');
    table.deliver((wire) => wire.message.type === 'preVoteReply');
    table.persist(2);
    expect(table.node(2).role).toBe('candidate');
    for (const voter of [3, 4]) table.send(voter, 2, { type: 'voteReply', term, granted: true });
    expect(table.node(2).role).toBe('candidate');
  });

  test('a pre-candidate without a quorum after 100 ms waits a new election timeout', () => {
    const table = new Table();
    table.timeout(0);
    table.drop();
    table.timeout(0);
    expect(table.node(0).role).toBe('follower');
    expect(table.node(0).nextDeadline() - table.now).toBeGreaterThanOrEqual(150_000);
  });

  test('a node that was alone at a higher term comes back: the leader hears that term in the refusal', () => {
    const table = new Table();
    table.elect(0);
    table.now += 200_000;
    // Node 2 took part in an election of term 5 that nobody won.
    table.send(1, 2, { type: 'vote', term: 5, forced: false, lastIndex: 9, lastTerm: 4 });
    table.settle([1]);
    table.wake(0, table.now + 50_000);
    table.settle();
    expect(table.node(0).term).toBe(5);
    expect(table.node(0).role).toBe('follower');
    table.elect(0);
    expect(table.node(2).leader).toBe(0);
  });
});

describe('check-quorum', () => {
  test('a leader that no quorum answers steps down within two periods', () => {
    const table = new Table();
    table.elect(0);
    for (let i = 0; i < 14; i += 1) {
      table.timeout(0);
      table.drop();
    }
    expect(table.node(0).role).toBe('follower');
    expect(table.last('steppedDown')).toMatchObject({ reason: 'check-quorum' });
  });

  test('a leader that a quorum answers stays', () => {
    const table = new Table();
    table.elect(0);
    for (let i = 0; i < 30; i += 1) {
      table.timeout(0);
      table.settle([2]);
    }
    expect(table.node(0).role).toBe('leader');
  });
});
