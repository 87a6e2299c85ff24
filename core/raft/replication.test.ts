import { describe, expect, test } from 'vitest';
import { Table } from './cluster.test-support.ts';
import type { InFlight } from './cluster.test-support.ts';

describe('replication', () => {
  test('an entry is committed when a majority holds it durably, the leader included', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a');
    table.deliver();
    table.persist(1);
    table.deliver();
    // One follower has it on disk, the leader itself has not.
    expect(table.node(0).commitIndex).toBe(1);
    table.persist(0);
    expect(table.node(0).commitIndex).toBe(2);
  });

  test('a follower acknowledges when the entry is durable, a duplicate waits as well, and one answer covers both', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a');
    const append = table.on('append').find((wire) => wire.to === 1)!;
    table.deliver((wire) => wire === append);
    table.send(0, 1, append.message);
    expect(table.on('appendReply', 1)).toEqual([]);
    table.persist(1);
    expect(table.on('appendReply', 1).map((wire) => wire.message)).toMatchObject([
      { success: true, index: 2 },
    ]);
  });

  test('entries that match are kept, with what follows them, when an older append comes late', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a');
    const late = table.on('append').find((wire) => wire.to === 1)!.message;
    table.settle();
    table.propose(0, 'b');
    table.settle();
    table.send(0, 1, late);
    expect(table.node(1).lastIndex).toBe(3);
  });

  test("a conflicting suffix is replaced by the leader's", () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'lost', 'lost too');
    table.settle([1, 2]);
    expect(table.node(0).lastIndex).toBe(3);
    table.now += 400_000;
    table.elect(1, [0]);
    table.propose(1, 'kept');
    table.settle([0]);
    table.wake(1, table.now + 50_000);
    table.settle();
    table.wake(1, table.now + 50_000);
    table.settle();
    expect(table.node(0).entryAt(3).command).toBe('kept');
    expect(table.node(0).role).toBe('follower');
    expect(table.last('logTruncated')).toMatchObject({ from: 2, last: 3 });
  });

  test('an entry of an earlier term is not committed by counting replicas (figure 8)', () => {
    const table = new Table({ voters: 3, limits: { batchEntries: 1 } });
    table.elect(0);
    table.propose(0, 'old');
    table.settle([1, 2]);
    // Node 0 comes back as leader of a later term; with one entry a batch, the old entry travels alone, before the noop.
    table.restart(0);
    table.elect(0, [1, 2].slice(1));
    expect(table.node(0).term).toBe(2);
    const committedAt = table.observed
      .filter(({ node, observation }) => node === 0 && observation.kind === 'committed')
      .map(({ observation }) => (observation as { index: number }).index);
    expect(committedAt).not.toContain(2);
    expect(table.node(0).commitIndex).toBe(3);
  });

  test('a lost last append is sent again after a heartbeat that shows the follower behind', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a');
    table.drop((wire) => wire.to === 2);
    table.settle();
    expect(table.node(2).lastIndex).toBe(1);
    for (let i = 0; i < 2; i += 1) {
      table.timeout(0);
      table.settle();
    }
    expect(table.node(2).lastIndex).toBe(2);
  });

  test('a heartbeat commits no further than what was accepted of this leader', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a');
    table.settle([2]);
    table.send(0, 2, { type: 'heartbeat', term: 1, round: 99, commit: 2 });
    expect(table.node(2).commitIndex).toBe(1);
  });

  test('an append that overtakes another waits for it, and is not refused', () => {
    const table = new Table({ limits: { batchEntries: 1 } });
    table.elect(0);
    table.propose(0, 'a', 'b');
    const [first, second] = table.on('append').filter((wire) => wire.to === 1);
    table.deliver((wire) => wire === second);
    expect(table.node(1).lastIndex).toBe(1);
    expect(table.on('appendReply', 1)).toEqual([]);
    table.deliver((wire) => wire === first);
    expect(table.node(1).lastIndex).toBe(3);
    table.settle();
    expect(table.node(0).commitIndex).toBe(3);
  });

  test('when three appends wait for a missing one, the follower asks for it, once an epoch', () => {
    const table = new Table({ limits: { batchEntries: 1 } });
    table.elect(0);
    for (const text of ['lost', 'b', 'c', 'd', 'e']) table.propose(0, text);
    const missing = table.on('append').find((wire) => wire.to === 1);
    table.drop((wire) => wire === missing || wire.to === 2);
    table.deliver((wire) => wire.to === 1);
    expect(table.on('appendReply', 1).map((wire) => wire.message)).toMatchObject([
      { success: false, epoch: 1, hintIndex: 1 },
      { success: false, epoch: 1, hintIndex: 1 },
    ]);
    table.deliver((wire) => wire.from === 1);
    expect(table.on('append').filter((wire) => wire.to === 1)).toHaveLength(1);
    table.settle([2]);
    expect(table.node(1).lastIndex).toBe(6);
  });

  test('a follower whose answers take longer than two heartbeats is still found, over several steps back', () => {
    // Logs of alternating terms: each refusal leads one step back only.
    const table = new Table();
    const logs = [
      [1, 1, 3, 3, 5, 5, 7, 7],
      [1, 1, 3, 3, 5, 5, 7, 7],
      [1, 2, 2, 4, 4, 6, 6, 6],
    ];
    logs.forEach((terms, id) => {
      const disk = table.disks[id]!;
      disk.term = 7;
      disk.entries = terms.map((term, i) => ({ index: i + 1, term }));
      table.restart(id);
    });
    table.elect(0, [2]);
    const late: { at: number; from: number; to: number; message: InFlight['message'] }[] = [];
    for (let round = 0; round < 60; round += 1) {
      table.timeout(0);
      for (let moved = 1; moved > 0;) {
        for (const wire of table.wires.splice(0)) {
          const slow = wire.from === 2 || wire.to === 2;
          late.push({ ...wire, at: table.now + (slow ? 60_000 : 0) });
        }
        const due = late.filter((wire) => wire.at <= table.now);
        for (const wire of due) late.splice(late.indexOf(wire), 1);
        for (const { from, to, message } of due) table.send(from, to, message);
        for (const id of [0, 1, 2]) table.persist(id);
        moved = due.length;
      }
    }
    expect(table.node(2).lastIndex).toBe(table.node(0).lastIndex);
    expect(table.node(2).termAt(8)).toBe(7);
  });

  test('an old refusal moves nothing back', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a');
    table.settle();
    table.send(1, 0, {
      type: 'appendReply',
      term: 1,
      success: false,
      epoch: 1,
      index: 1,
      hintIndex: 0,
      hintTerm: 0,
      boot: 1,
      repairing: false,
    });
    expect(table.on('append')).toEqual([]);
  });

  test('an acknowledgement that says nothing new ends probing: nextIndex goes on after what matches', () => {
    // A leader that believes old refusals has one defence left.
    const table = new Table({
      rules: { refusalIsStale: () => false, nextAfterRefusal: (agreedIndex) => agreedIndex + 1 },
      limits: { batchEntries: 1 },
    });
    table.elect(0);
    table.propose(0, 'a', 'b');
    table.settle();
    const old = { type: 'appendReply', term: 1, success: false, epoch: 1, index: 2 } as const;
    table.send(1, 0, { ...old, hintIndex: 0, hintTerm: 0, boot: 1, repairing: false });
    expect(table.on('append', 0).map((wire) => wire.message)).toMatchObject([{ prevIndex: 0 }]);
    table.settle();
    table.propose(0, 'c');
    expect(table.on('append', 0).map((wire) => wire.message)).toMatchObject([
      { prevIndex: 3 },
      { prevIndex: 3 },
    ]);
  });

  test('appends are pipelined up to the window and cut into batches', () => {
    const table = new Table({ limits: { batchEntries: 2, windowAppends: 3 } });
    table.elect(0);
    for (let i = 0; i < 5; i += 1) table.propose(0, `x${i}`);
    expect(table.on('append').filter((wire) => wire.to === 1)).toHaveLength(3);
    table.settle();
    expect(table.node(1).lastIndex).toBe(6);
  });

  test('the leader refuses commands at its limits, but its own noop never', () => {
    const table = new Table({
      limits: { pendingProposals: 4, reservedProposals: 1, uncompactedEntries: 6, reservedEntries: 1 },
    });
    expect(table.node(0).refusalOf(1, false)).toBe('NOT_LEADER');
    table.elect(0);
    for (let i = 0; i < 3; i += 1) table.propose(0, `x${i}`);
    expect(table.node(0).refusalOf(1, false)).toBe('TOO_MANY_PROPOSALS');
    expect(table.node(0).refusalOf(1, true)).toBeNull();
    table.settle();
    expect(table.node(0).refusalOf(1, false)).toBeNull();
    expect(table.node(0).refusalOf(2, false)).toBe('LOG_FULL');
    expect(table.node(0).refusalOf(2, true)).toBeNull();
  });
});

describe('storage completions', () => {
  test('a completion that speaks of a replaced log confirms nothing, until the next write does', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'old');
    table.drop();
    const stale = table.node(0).issued!;
    expect(stale).toMatchObject({ term: 1, lastIndex: 2 });
    // While the write is in flight a leader of term 2 replaces entry 2.
    const noop = { index: 2, term: 2, kind: 'noop' as const, body: new Uint8Array(0), sum: 0, command: null };
    table.send(1, 0, {
      type: 'append',
      term: 2,
      prevIndex: 1,
      prevTerm: 1,
      commit: 1,
      epoch: 1,
      entries: [noop],
    });
    table.persist(0);
    expect(table.node(0).durableIndex).toBe(1);
    expect(table.on('appendReply', 0)).toEqual([]);
    table.persist(0);
    expect(table.node(0).durableIndex).toBe(2);
    expect(table.on('appendReply', 0).at(-1)?.message).toMatchObject({ term: 2, success: true, index: 2 });
  });
});

describe('snapshots', () => {
  test('a follower whose entries are compacted away gets the snapshot, and goes on from there', () => {
    const table = new Table();
    table.elect(0);
    for (let i = 0; i < 4; i += 1) {
      table.propose(0, `x${i}`);
      table.settle([2]);
    }
    const snapshot = { index: 4, term: 1, voters: [0, 1, 2], machine: new Uint8Array([7]) };
    table.node(0).step(table.now, { kind: 'snapshotTaken', snapshot });
    table.node(0).step(table.now, { kind: 'compacted', base: 4 });
    for (let i = 0; i < 3 && table.node(2).takeInstallRequest() === null; i += 1) {
      table.timeout(0);
      table.settle();
    }
    expect(table.node(2).installing).toBe(true);
    table.node(2).step(table.now, { kind: 'snapshotInstalled' });
    table.collect();
    table.settle();
    expect(table.node(2).lastIndex).toBe(5);
    expect(table.node(2).base).toBe(4);
  });

  test('a snapshot that ends below the commit index touches nothing', () => {
    const table = new Table();
    table.elect(0);
    table.propose(0, 'a', 'b');
    table.settle();
    table.timeout(0);
    table.settle();
    table.send(0, 1, {
      type: 'snapshotChunk',
      term: 1,
      index: 2,
      snapshotTerm: 1,
      voters: [0, 1, 2],
      size: 0,
      sum: 0,
      attempt: 1,
      offset: 0,
      bytes: new Uint8Array(0),
    });
    expect(table.node(1).takeInstallRequest()).toBeNull();
    expect(table.node(1).lastIndex).toBe(3);
  });
});
