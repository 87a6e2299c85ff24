import { describe, expect, test } from 'vitest';
import type { Observation } from '../core/observe.ts';
import {
  committedDurable,
  electionSafety,
  exactlyOnce,
  leaderCompleteness,
  linearizable,
  logMatching,
  perGroup,
  processAlive,
  progress,
  property,
  raftSafety,
  routed,
  stateMachineSafety,
  Watchers,
} from './index.ts';
import type { Property } from './index.ts';
import { ObservedRun, sumOf } from './observed-run.test-support.ts';

const groups = [
  { id: 1, voters: [0, 1, 2] },
  { id: 2, voters: [1, 2, 4] },
] as const;

/** A run of two groups on five hosts and two clients, told by hand: the properties watch as in a scenario. */
class GroupsRun {
  readonly watchers: Watchers;
  at = 0;
  private readonly ends = new Map<string, number>();

  constructor(properties: readonly Property[]) {
    this.watchers = new Watchers(properties.map(perGroup), {
      servers: [0, 1, 2, 3, 4],
      hosts: 7,
      firstClient: 5,
      groups,
      progressBoundUs: 5_000_000,
      rhoPpm: 10_000,
      maxStates: 1_000,
      searchAnyway: false,
    });
  }

  get messages(): readonly string[] {
    return this.watchers.findings.map(({ message }) => message);
  }

  /** What a member of `group` on `node` observed; group 0: the world. */
  see(group: number, node: number, observation: Observation): this {
    this.at += 1_000;
    this.watchers.observe(observation, { at: this.at, node, group, boot: 1, seq: this.at });
    return this;
  }

  elect(group: number, node: number, term: number, voters: readonly number[]): this {
    for (const voter of voters) this.see(group, voter, { kind: 'voted', term, candidate: node });
    return this.see(group, node, { kind: 'leaderElected', term, lastIndex: 0, lastTerm: 0 });
  }

  append(group: number, node: number, index: number, term: number, sum = sumOf(index, term)): this {
    const file = `${group}/segment-1`;
    const end = (this.ends.get(`${file}@${node}`) ?? 0) + 100;
    this.ends.set(`${file}@${node}`, end);
    this.see(group, node, { kind: 'entryAppended', index, term, sum, entry: 'command', leading: false });
    return this.see(group, node, { kind: 'recordsWritten', file, end, lastIndex: index, lastTerm: term });
  }

  /** The world says that the first file of a group's log is durable. */
  fsync(folder: number, node: number): this {
    const file = `${folder}/segment-1`;
    return this.see(0, node, { kind: 'fsynced', file, length: this.ends.get(`${file}@${node}`) ?? 0 });
  }

  commit(group: number, node: number, index: number, term: number): this {
    return this.see(group, node, { kind: 'committed', index, term, leading: true });
  }

  apply(group: number, node: number, index: number, digest: number, number = index): this {
    const rest = { entry: 'command', reply: 1, session: 1, number, repeated: false } as const;
    return this.see(group, node, { kind: 'applied', index, term: 1, digest, ...rest });
  }

  operation(group: number, id: number, op: unknown, value: unknown, place: number): this {
    this.see(group, 5, { kind: 'invoked', process: id, id, op });
    const ended = { process: id, id, outcome: 'ok', value, place, session: 0, number: 0 } as const;
    return this.see(group, 5, { kind: 'completed', ...ended });
  }

  end(): this {
    this.watchers.end({ at: this.at, node: 0, group: 0, boot: 0, seq: this.at });
    return this;
  }
}

describe('each group is judged apart', () => {
  test('a leader each in the same term, and a host that leads one and follows the other', () => {
    const run = new GroupsRun([electionSafety]).elect(1, 1, 1, [0, 1]).elect(2, 2, 1, [1, 2]);
    expect(run.messages).toEqual([]);
    run.see(1, 2, { kind: 'voted', term: 1, candidate: 0 });
    expect(run.elect(1, 0, 1, [0]).messages).toEqual([
      expect.stringMatching(/^Group 1: .*term 1/s) as string,
    ]);
  });

  test('a majority is one of the voters of the group', () => {
    // Two of three voters suffice, though five hosts serve.
    expect(new GroupsRun([electionSafety]).elect(2, 4, 1, [1, 4]).messages).toEqual([]);
    const short = new GroupsRun([electionSafety]).elect(2, 4, 1, [4]);
    expect(short.messages).toEqual([expect.stringContaining('Group 2: n4 became leader of term 1')]);
  });

  test('different logs at the same index, and different states, in different groups', () => {
    const run = new GroupsRun([logMatching, leaderCompleteness, stateMachineSafety, exactlyOnce]);
    for (const node of [1, 2]) {
      run.append(1, node, 1, 1, 111).append(2, node, 1, 1, 222);
      run.commit(1, node, 1, 1).commit(2, node, 1, 1);
      run.apply(1, node, 1, 10).apply(2, node, 1, 20, 5);
    }
    // Request 5 of session 1 was executed at 1 in group 2; in group 1 it is another session's.
    run.append(1, 1, 2, 1, 112).commit(1, 1, 2, 1).apply(1, 1, 2, 11, 5);
    expect(run.messages).toEqual([]);
    // Within one group it is a violation, told of that group alone.
    run.apply(2, 4, 1, 21);
    expect(run.messages).toEqual([expect.stringMatching(/^Group 2: .*state/)]);
    expect(run.watchers.findings[0]?.evidence[0]?.text).toMatch(/^group 2: /);
  });

  test('a history each: what one group was told, the other need not know', () => {
    const put = { f: 'put', key: 'k', value: 7 };
    const get = { f: 'get', key: 'k' };
    const run = (of: number): GroupsRun =>
      new GroupsRun([linearizable('register')])
        .operation(1, 1, put, { version: 1 }, 1)
        .operation(of, 2, get, { value: null, version: 0 }, 1)
        .end();
    expect(run(2).messages).toEqual([]);
    expect(run(1).messages).toEqual([expect.stringMatching(/^Group 1: /)]);
  });

  test('a property of one’s own, too, with its end; unless it says that it watches across groups', () => {
    const counting = (id: string, acrossGroups: boolean): Property =>
      property(id, {
        scope: 'world',
        acrossGroups,
        start: () => 0,
        on: { leaderElected: (count) => count + 1 },
        end: (count, fail) => fail(`counted ${count}`),
      });
    const run = new GroupsRun([counting('apart', false), counting('across', true)]);
    run.elect(1, 0, 1, [0]).elect(2, 1, 1, [1]).elect(2, 2, 2, [2]).end();
    expect(run.messages).toEqual(['Group 1: counted 1', 'counted 3']);
  });
});

describe('what the world says', () => {
  test('of a host reaches every group', () => {
    const heard: string[] = [];
    const on = routed(groups, ({ id }) => ({ crashed: () => void heard.push(`crash ${id}`) }));
    on.crashed?.({ kind: 'crashed', power: true }, { at: 0, node: 3, group: 0, boot: 1, seq: 1 });
    expect(heard).toEqual(['crash 1', 'crash 2']);
  });

  test('of a file reaches the group in whose folder it lies; of the root folder, all', () => {
    const heard: string[] = [];
    const on = routed(groups, ({ id }) => ({
      fsynced: (o) => void heard.push(`${id}: ${o.file}`),
      folderSynced: (o) => void heard.push(`${id}: /${o.folder}`),
    }));
    const envelope = { at: 0, node: 1, group: 0, boot: 1, seq: 1 };
    on.fsynced?.({ kind: 'fsynced', file: '2/segment-1', length: 1 }, envelope);
    on.fsynced?.({ kind: 'fsynced', file: '21/segment-1', length: 1 }, envelope);
    on.folderSynced?.({ kind: 'folderSynced', folder: '1' }, envelope);
    on.folderSynced?.({ kind: 'folderSynced', folder: '' }, envelope);
    expect(heard).toEqual(['2: 2/segment-1', '1: /1', '1: /', '2: /']);
  });

  test('of a group’s file makes that group’s entries durable, and no other’s', () => {
    const entry = (run: GroupsRun): GroupsRun =>
      run.append(1, 1, 1, 1).append(1, 2, 1, 1).append(2, 1, 1, 1).append(2, 2, 1, 1);
    const own = entry(new GroupsRun([committedDurable]))
      .fsync(2, 1)
      .fsync(2, 2)
      .commit(2, 2, 1, 1);
    expect(own.messages).toEqual([]);
    const others = entry(new GroupsRun([committedDurable]))
      .fsync(1, 1)
      .fsync(1, 2)
      .commit(2, 2, 1, 1);
    expect(others.messages).toEqual([
      expect.stringMatching(/^Group 2: An acknowledged entry is not safe\. Entry 1/),
    ]);
  });

  test('of damage excuses the group whose file was hit, and no other', () => {
    const hit = (folder: number): GroupsRun =>
      new GroupsRun([processAlive])
        .see(0, 1, { kind: 'damaged', file: `${folder}/segment-1`, from: 0, to: 8 })
        .see(2, 1, { kind: 'stopped', code: 'IDENTITY_LOST', message: 'no term' });
    expect(hit(2).messages).toEqual([]);
    expect(hit(1).messages).toEqual([
      expect.stringMatching(/^Group 2: n1 stopped for good with IDENTITY_LOST/),
    ]);
  });

  test('a process that throws is told once, and of no group', () => {
    const run = new GroupsRun(raftSafety).see(0, 1, { kind: 'threw', message: 'Error: x' });
    expect(run.messages).toEqual(['n1 threw: Error: x']);
  });
});

test('progress is asked of each group, of its voters, and names clients after all servers', () => {
  const run = new GroupsRun([progress]);
  run.append(2, 1, 1, 1).append(2, 2, 1, 1).commit(2, 1, 1, 1).commit(2, 2, 1, 1);
  run.see(0, 0, { kind: 'healed', phase: 'all', hosts: [0, 1, 2, 3, 4, 5, 6] });
  for (const [id, group] of [1, 2].entries()) {
    run.see(group, 6, { kind: 'invoked', process: 1, id, op: { f: 'get', key: 'k' } });
  }
  const answer = { process: 1, id: 0, outcome: 'ok', value: null, place: 1, session: 0, number: 0 } as const;
  run.see(1, 6, { kind: 'completed', ...answer });
  run.see(2, 4, { kind: 'committed', index: 1, term: 1, leading: false });
  run.at += 5_100_000;
  // n0 and n3 do not vote in group 2: nothing was to be caught up there. Operation 1, of group 2, is overdue.
  expect(run.end().messages).toEqual([expect.stringMatching(/^Group 2: No progress .*operation 1 of c1/)]);
});

test('an observation of a group that the run has not got is heard by those alone that watch across groups', () => {
  const heard: number[] = [];
  const across = property('across', {
    scope: 'world',
    acrossGroups: true,
    start: () => 0,
    on: { refused: (_, __, ___, e) => heard.push(e.group) },
  });
  const run = new GroupsRun([across, { ...across, id: 'apart', acrossGroups: false }]);
  run.see(9, 1, { kind: 'refused', code: 'WRONG_GROUP', client: 5, attempt: 1 });
  expect(heard).toEqual([9]);
});

test('a run of one group is watched as it ever was', () => {
  const run = new ObservedRun([perGroup(electionSafety)]).elect(0, 1, 0, 0, [0]);
  expect(run.findings.map(({ message }) => message)).toEqual([expect.stringMatching(/^n0 became leader/)]);
});
