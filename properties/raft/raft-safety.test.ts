import { describe, expect, test } from 'vitest';
import { exactlyOnce, processAlive, progress, raftSafety } from '../index.ts';
import { ObservedRun, sumOf, tellCorrectRun } from '../observed-run.test-support.ts';
import type { Property } from '../property.ts';
import { committedDurable } from './committed-durable.ts';
import { electionSafety } from './election-safety.ts';
import { leaderAppendOnly } from './leader-append-only.ts';
import { leaderCompleteness } from './leader-completeness.ts';
import { logMatching } from './log-matching.ts';
import { monotonic } from './monotonic.ts';
import { stateMachineSafety } from './state-machine-safety.ts';
import { voteOnce } from './vote-once.ts';

const run = (property: Property): ObservedRun => new ObservedRun([property]);
const only = (told: ObservedRun): string => {
  expect(told.findings).toHaveLength(1);
  return told.findings[0]?.message ?? '';
};

test('a correct run, with an overwritten entry, crashes and snapshots, violates nothing', () => {
  const told = tellCorrectRun(new ObservedRun([...raftSafety, progress])).end();
  expect(told.findings).toEqual([]);
});

test('ids are those of reports and of the bug catalogue', () => {
  expect(raftSafety.map((one) => one.id)).toEqual([
    'process-alive',
    'election-safety',
    'vote-once',
    'leader-append-only',
    'log-matching',
    'leader-completeness',
    'state-machine-safety',
    'committed-durable',
    'monotonic',
    'exactly-once',
  ]);
});

describe('election-safety', () => {
  test('two leaders in a term', () => {
    const told = run(electionSafety).elect(0, 1, 0, 0, [0, 1]);
    told.see(2, { kind: 'leaderElected', term: 1, lastIndex: 0, lastTerm: 0 });
    expect(only(told)).toBe('Two leaders in term 1: n0 was elected, and then n2 too.');
    expect(told.findings[0]?.nodes).toEqual([0, 2]);
  });

  test('a leader that counted the vote of another term', () => {
    const told = run(electionSafety).see(1, { kind: 'voted', term: 1, candidate: 0 }).elect(0, 2, 0, 0, [0]);
    expect(only(told)).toContain('without a majority');
  });

  test('a leader that did not even vote for itself, where votes are told', () => {
    const told = run(electionSafety).see(1, { kind: 'voted', term: 1, candidate: 1 });
    told.see(0, { kind: 'leaderElected', term: 2, lastIndex: 0, lastTerm: 0 });
    expect(only(told)).toContain('without a majority: in that term nobody voted for it');
  });

  test('a system that does not say who voted is judged by its leaders alone', () => {
    const told = run(electionSafety).see(0, { kind: 'leaderElected', term: 1, lastIndex: 0, lastTerm: 0 });
    expect(told.findings).toEqual([]);
  });
});

describe('vote-once', () => {
  test('two votes in a term, a restart between them', () => {
    const told = run(voteOnce).see(2, { kind: 'voted', term: 4, candidate: 0 });
    told.see(2, { kind: 'started' }).see(2, { kind: 'voted', term: 4, candidate: 1 });
    expect(only(told)).toBe('n2 voted twice in term 4: for n0, and then for n1.');
  });

  test('a vote that left the node and is not on its disk after the restart', () => {
    const told = run(voteOnce).see(2, { kind: 'voted', term: 4, candidate: 0 });
    told.restart(2, { term: 3, votedFor: 1, terms: [] });
    expect(only(told)).toContain('n2 forgot its vote: it had voted for n0 in term 4, and recovered term 3');
  });

  test('the same vote again is one vote', () => {
    const told = run(voteOnce).see(2, { kind: 'voted', term: 4, candidate: 0 });
    told.restart(2, { term: 4, votedFor: 0, terms: [] }).see(2, { kind: 'voted', term: 4, candidate: 0 });
    expect(told.findings).toEqual([]);
  });
});

describe('leader-append-only', () => {
  test('a leader that removes an entry of its own', () => {
    const told = run(leaderAppendOnly).append(0, 1, 1).elect(0, 2, 1, 1, [0, 1]);
    expect(only(told.see(0, { kind: 'logTruncated', from: 1, last: 1 }))).toContain('removed entry 1');
  });

  test('a leader that writes over one', () => {
    const told = run(leaderAppendOnly)
      .append(0, 1, 1)
      .append(0, 2, 1)
      .elect(0, 2, 2, 1, [0, 1])
      .append(0, 1, 2);
    expect(only(told)).toContain('removed entries 1 to 2');
  });
});

describe('log-matching', () => {
  test('an entry of the same index and term behind different entries', () => {
    const told = run(logMatching).append(0, 1, 1).append(0, 2, 2).append(1, 1, 1, 99).append(1, 2, 2);
    expect(only(told)).toContain('do not match: both have entry 1 of term 1');
  });

  test('a conflict two terms deep, in the terms that came later', () => {
    const told = run(logMatching)
      .append(0, 1, 1)
      .append(1, 1, 2)
      .append(1, 2, 3)
      .append(2, 1, 1)
      .append(2, 2, 3);
    expect(only(told)).toContain('both have entry 2 of term 3');
  });

  test('a gap', () => {
    expect(only(run(logMatching).append(0, 1, 1).append(0, 3, 1))).toContain('has a gap');
  });

  test('a disk that gives back another log', () => {
    const told = run(logMatching).append(0, 1, 1).append(0, 2, 1).append(1, 1, 1, 5);
    expect(told.violated).toEqual(['log-matching']);
    const quiet = run(logMatching).append(0, 1, 1).append(0, 2, 1);
    quiet.see(1, {
      kind: 'recovered',
      term: 1,
      votedFor: null,
      base: 0,
      baseTerm: 0,
      terms: [1, 1],
      sums: [5, sumOf(2, 1)],
    });
    expect(quiet.violated).toEqual(['log-matching']);
  });
});

describe('leader-completeness', () => {
  test('figure 8: an entry of an earlier term, committed by counting replicas, is lost to a leader of a term between', () => {
    const told = run(leaderCompleteness).elect(0, 2, 0, 0, [0, 1]).append(0, 1, 2).append(1, 1, 2);
    told.elect(2, 3, 0, 0, [1, 2]).append(2, 1, 3);
    told.elect(0, 4, 1, 2, [0, 1]).commit(0, 1, 4, true);
    expect(told.findings).toEqual([]);
    told.elect(2, 5, 1, 3, [1, 2]);
    expect(only(told)).toBe(
      'n2 became leader of term 5 without entry 1 (term 2), which n0 had committed in term 4: its log has an entry of term 3 there.',
    );
  });

  test('a leader that lacks what an earlier one committed', () => {
    const told = run(leaderCompleteness).elect(0, 2, 0, 0, [0, 1]).append(0, 1, 2).append(1, 1, 2);
    told.commit(0, 1, 2, true).append(2, 1, 1).elect(2, 5, 1, 1, [1, 2]);
    expect(only(told)).toBe(
      'n2 became leader of term 5 without entry 1 (term 2), which n0 had committed in term 2: its log has an entry of term 1 there.',
    );
  });

  test('what a later leader committed is not asked of an earlier one', () => {
    const told = run(leaderCompleteness).elect(0, 3, 0, 0, [0, 1]).append(0, 1, 3).commit(0, 1, 3, true);
    told.see(2, { kind: 'leaderElected', term: 2, lastIndex: 0, lastTerm: 0 });
    expect(told.findings).toEqual([]);
  });
});

describe('state-machine-safety', () => {
  test('two entries at one index', () => {
    const told = run(stateMachineSafety).apply(0, 1, 1).apply(1, 1, 2);
    expect(only(told)).toContain('Different entries were applied at 1: n1 has an entry of term 2');
  });

  test('one entry, two states: a machine that reads a clock', () => {
    expect(only(run(stateMachineSafety).apply(0, 1, 1).apply(1, 1, 1, { digest: 8 }))).toContain(
      'different states at 1',
    );
  });

  test('one entry, two replies', () => {
    expect(only(run(stateMachineSafety).apply(0, 1, 1).apply(1, 1, 1, { reply: 8 }))).toContain(
      'answered differently at 1',
    );
  });

  test('a snapshot that is not the state that was applied', () => {
    const told = run(stateMachineSafety).apply(0, 1, 1);
    told.see(1, { kind: 'snapshotRestored', index: 1, term: 1, digest: 8, from: 'leader' });
    expect(only(told)).toContain('A snapshot differs from the state that was applied at 1');
  });

  test('a commit index that reaches into another log, or past its end', () => {
    const told = run(stateMachineSafety)
      .append(0, 1, 1)
      .commit(0, 1, 1, true)
      .append(1, 1, 2)
      .commit(1, 1, 2);
    expect(only(told)).toContain('Two nodes hold different entries as committed at 1');
    expect(only(run(stateMachineSafety).append(0, 1, 1).commit(0, 2, 1))).toContain('its log ends at 1');
  });
});

describe('committed-durable', () => {
  const led = (): ObservedRun =>
    run(committedDurable).elect(0, 1, 0, 0, [0, 1]).store([0, 1, 2], 1, 1).commit(0, 1, 1, true);

  test('an entry that was committed before a follower had it on disk', () => {
    const told = led().store([0], 2, 1).append(2, 2, 1).write(2, 2, 1).commit(0, 2, 1, true);
    expect(only(told)).toBe(
      "An acknowledged entry is not safe. Entry 2 (term 1) was committed by n0 although no quorum held it durably: only n0 holds it on disk, 2 of 3 are needed. The logs of the others are durable only so far: n1's up to 1, n2's up to 1.",
    );
  });

  test('a follower that is the first to call an entry committed, without a quorum behind it', () => {
    const told = run(committedDurable).elect(0, 1, 0, 0, [0, 1]).store([0, 1, 2], 1, 1).commit(0, 1, 1, true);
    told.append(0, 2, 1).append(1, 2, 1).write(1, 2, 1).fsync(1).commit(1, 2, 1);
    expect(only(told)).toContain('Entry 2 (term 1) was committed by n1 although no quorum held it durably');
  });

  describe('where the world damaged a disk', () => {
    /** n1 holds entries 1 and 2 durably; its disk rots, and it comes back with entry 1 alone. */
    const rotted = (damaged: number, repairing = true): ObservedRun => {
      const told = led().store([0, 1], 2, 1).commit(0, 2, 1, true);
      told.see(damaged, { kind: 'damaged', file: 'log/1', from: 0, to: 1 });
      return told.restart(1, { term: 1, votedFor: 0, terms: [1], repairing }).ready(1);
    };

    test('what its host lost is not held against it', () => {
      expect(rotted(1).findings).toEqual([]);
    });

    test('a replica that goes on as if it had lost nothing is not excused', () => {
      expect(only(rotted(1, false))).toContain('An acknowledged entry is lost');
    });

    test('a recovery that was not durable yet leaves the damage to the next one, one that was does not', () => {
      const again = (durable: boolean): ObservedRun => {
        const told = led().store([0, 1], 2, 1).commit(0, 2, 1, true);
        told.see(1, { kind: 'damaged', file: 'snapshot-1', from: 0, to: 1 });
        // A newer snapshot, which only the page cache names, holds all; with the power it is gone.
        told.restart(1, { term: 1, votedFor: 0, terms: [1, 1], repairing: true });
        if (durable) told.ready(1);
        return told.restart(1, { term: 1, votedFor: 0, terms: [], repairing: true });
      };
      expect(again(false).findings).toEqual([]);
      expect(only(again(true))).toContain('An acknowledged entry is lost');
    });

    test('what rots while the recovery before it becomes durable is left to the next one', () => {
      const told = led().store([0, 1], 2, 1).commit(0, 2, 1, true);
      told.restart(1, { term: 1, votedFor: 0, terms: [1, 1] });
      told.see(1, { kind: 'damaged', file: 'log/snapshot-1', from: 0, to: 1 }).ready(1);
      const left = { term: 1, votedFor: 0, terms: [], repairing: true };
      expect(told.restart(1, left).findings).toEqual([]);
      expect(only(told.ready(1).store([1], 1, 1).restart(1, left))).toContain(
        'An acknowledged entry is lost',
      );
    });

    test('a snapshot that was written anew is whole from then on, unless it rots again', () => {
      const file = 'log/snapshot-2';
      const left = { term: 1, votedFor: 0, terms: [], repairing: true };
      const rewritten = (...rottenThen: string[]): ObservedRun => {
        const told = led().store([0, 1], 2, 1).commit(0, 2, 1, true);
        told.see(1, { kind: 'damaged', file, from: 0, to: 1 });
        for (const each of rottenThen) told.see(1, { kind: 'damaged', file: each, from: 0, to: 1 });
        return told.see(1, { kind: 'snapshotRewritten', index: 2, term: 1, file: `${file}.tmp` });
      };
      expect(only(rewritten().restart(1, left))).toContain('An acknowledged entry is lost');
      const again = rewritten().see(1, { kind: 'damaged', file, from: 0, to: 1 });
      expect(again.restart(1, left).findings).toEqual([]);
      // Of another file it says nothing, nor of what was written aside and rotted before it got the name.
      expect(rewritten('log/1').restart(1, left).findings).toEqual([]);
      expect(rewritten(`${file}.tmp`).restart(1, left).findings).toEqual([]);
    });

    test('what a damaged snapshot alone held was acknowledged to nobody', () => {
      const told = led().store([0, 2], 2, 1).append(1, 2, 1).commit(0, 2, 1, true).commit(1, 2, 1);
      const file = 'log/snapshot-2.tmp';
      told.see(1, { kind: 'fsynced', file, length: 9 }).see(1, { kind: 'folderSynced', folder: 'log' });
      told.see(1, { kind: 'snapshotTaken', index: 2, term: 1, digest: 1, file });
      const whole = { term: 1, votedFor: 0, terms: [1] };
      told.see(1, { kind: 'damaged', file: 'log/snapshot-2', from: 0, to: 1 });
      expect(told.restart(1, whole).findings).toEqual([]);
    });

    test('damage elsewhere excuses nobody', () => {
      expect(only(rotted(0))).toContain('An acknowledged entry is lost');
    });

    test('what it had acknowledged may still be counted on until it has rejoined, and not afterwards', () => {
      const lost = led().store([0, 1], 2, 1);
      lost.see(1, { kind: 'damaged', file: 'log/1', from: 0, to: 1 });
      lost.restart(1, { term: 1, votedFor: 0, terms: [1], repairing: true }).ready(1);
      lost.commit(0, 2, 1, true);
      expect(lost.findings).toEqual([]);
      const rejoined = led().store([0, 1], 2, 1);
      rejoined.see(1, { kind: 'damaged', file: 'log/1', from: 0, to: 1 });
      rejoined.restart(1, { term: 1, votedFor: 0, terms: [1], repairing: true }).ready(1);
      rejoined.see(1, { kind: 'rejoined', index: 1 }).commit(0, 2, 1, true);
      expect(only(rejoined)).toContain(
        'Entry 2 (term 1) was committed by n0 although no quorum held it durably',
      );
    });
  });

  test('an entry applied, or a snapshot taken, beyond what anybody has committed', () => {
    const told = run(stateMachineSafety)
      .elect(0, 1, 0, 0, [0, 1])
      .store([0, 1, 2], 1, 1)
      .commit(0, 1, 1, true);
    expect(only(told.append(1, 2, 1).apply(1, 2, 1))).toBe(
      'n1 applied 2, but nothing beyond 1 was committed.',
    );
  });

  test('a completion of a write whose entries were replaced meanwhile confirms nothing', () => {
    const told = led().append(1, 2, 1).write(1, 2, 1);
    told.see(1, { kind: 'termChanged', term: 2 }).see(1, { kind: 'logTruncated', from: 2, last: 2 });
    told.append(1, 2, 2).fsync(1);
    told.elect(0, 2, 1, 1, [0, 2]).store([0], 2, 2).commit(0, 2, 2, true);
    expect(only(told)).toContain("n1's up to 1");
  });

  test('a follower that removes committed entries although they match', () => {
    const told = led().see(1, { kind: 'logTruncated', from: 1, last: 1 });
    expect(only(told)).toContain('n1 removed what is committed from its log: entry 1 (term 1)');
  });

  test('a follower that writes over them without a word', () => {
    expect(only(led().append(1, 1, 1))).toContain('n1 removed what is committed');
  });

  test('an older snapshot in the place of a newer log', () => {
    const told = led().store([0, 1], 2, 1).commit(0, 2, 1, true).commit(1, 2, 1);
    told.see(1, { kind: 'snapshotRestored', index: 1, term: 1, digest: 7, from: 'leader' });
    expect(only(told)).toContain('older snapshot in the place of a newer log');
  });

  test('a durable entry that is gone after a restart', () => {
    const told = led().restart(1, { term: 1, votedFor: 0, terms: [] });
    expect(only(told)).toContain('An acknowledged entry is lost. Entry 1 (term 1) had been committed');
    expect(told.findings[0]?.evidence.map((one) => one.node)).toEqual([1, 0, 1]);
  });

  test('an installed snapshot counts from the syncs of its file and of the folder of its name on', () => {
    const install = {
      kind: 'snapshotRestored',
      index: 2,
      term: 1,
      digest: 7,
      from: 'leader',
      file: '0/s.tmp',
    };
    const led2 = (): ObservedRun => led().store([0, 1], 2, 1).commit(0, 2, 1, true);
    const lost = { term: 1, votedFor: 0, terms: [1] };
    const early = led2().see(2, { kind: 'fsynced', file: '0/s.tmp', length: 9 }).see(2, install);
    expect(early.restart(2, lost).findings).toEqual([]);
    const durable = led2()
      .see(2, { kind: 'fsynced', file: '0/s.tmp', length: 9 })
      .see(2, { kind: 'folderSynced', folder: '0' })
      .see(2, install);
    expect(only(durable.restart(2, lost))).toContain('An acknowledged entry is lost. Entry 2');
  });

  test('what was only in the page cache may be lost', () => {
    const told = led()
      .append(1, 2, 1)
      .write(1, 2, 1)
      .restart(1, { term: 1, votedFor: 0, terms: [1] });
    expect(told.findings).toEqual([]);
  });

  test('what recovery found in the page cache counts from its first file and name on, not before', () => {
    const early = led().store([0], 2, 1).append(1, 2, 1).write(1, 2, 1);
    early.restart(1, { term: 1, votedFor: 0, terms: [1, 1] }).commit(0, 2, 1, true);
    expect(only(early)).toContain("n1's up to 1");
    const late = led().store([0], 2, 1).append(1, 2, 1).write(1, 2, 1);
    late
      .restart(1, { term: 1, votedFor: 0, terms: [1, 1] })
      .ready(1)
      .commit(0, 2, 1, true);
    expect(late.findings).toEqual([]);
  });

  test('a follower of an older leader may remove what a later one commits without it', () => {
    const told = run(committedDurable).store([0, 1, 2], 1, 1);
    told.elect(0, 3, 1, 1, [0, 1]).store([0, 1], 2, 3).commit(0, 2, 3, true);
    told.see(2, { kind: 'termChanged', term: 2 }).see(2, { kind: 'logTruncated', from: 1, last: 1 });
    expect(told.findings).toEqual([]);
  });

  test('a system that does not say what it writes is not judged', () => {
    const told = run(committedDurable).append(0, 1, 1).commit(0, 1, 1, true);
    expect(told.findings).toEqual([]);
  });
});

describe('monotonic', () => {
  test('a refusal takes nothing from what a leader knows of a follower', () => {
    const refused = { kind: 'appendRefused', by: 1, prev: 9, known: 7 } as const;
    expect(run(monotonic).see(0, { ...refused, match: 7 }).findings).toEqual([]);
    expect(only(run(monotonic).see(0, { ...refused, match: 4 }))).toBe(
      "n0's knowledge of n1's log went back from 7 to 4.",
    );
  });

  test('a node that recovers a term below that of its last entry', () => {
    const told = run(monotonic).restart(0, { term: 1, votedFor: null, terms: [1, 2] });
    expect(only(told)).toBe("n0's term went back from 2 to 1.");
  });

  test('a term, a commit index, an applied index that goes back', () => {
    const term = run(monotonic)
      .see(0, { kind: 'termChanged', term: 3 })
      .see(0, { kind: 'termChanged', term: 2 });
    expect(only(term)).toBe("n0's term went back from 3 to 2.");
    expect(only(run(monotonic).commit(0, 3, 1).commit(0, 2, 1))).toBe(
      "n0's commit index went back from 3 to 2.",
    );
    expect(only(run(monotonic).apply(0, 3, 1).apply(0, 3, 1))).toBe(
      "n0's applied index went back from 3 to 3.",
    );
  });

  test('a restart forgets commit and applied index, and a term that left nobody, but no term that was voted in', () => {
    const told = run(monotonic)
      .see(0, { kind: 'voted', term: 2, candidate: 1 })
      .commit(0, 5, 2)
      .apply(0, 5, 2);
    told.see(0, { kind: 'termChanged', term: 3 });
    told.restart(0, { term: 2, votedFor: 1, terms: [] }).commit(0, 1, 2).apply(0, 1, 2);
    expect(told.findings).toEqual([]);
    told.restart(0, { term: 1, votedFor: null, terms: [] });
    expect(only(told)).toBe("n0's term went back from 2 to 1.");
  });
});

describe('exactly-once', () => {
  test('a request that failed for its client was executed, before or after', () => {
    const failed = { kind: 'completed', process: 3, id: 1, outcome: 'fail', value: null, place: 0 };
    const text = 'Request 2 of session 1 was answered as failed, but it was executed at index 5.';
    const before = run(exactlyOnce).apply(0, 5, 1, { number: 2 });
    expect(only(before.see(3, { ...failed, session: 1, number: 2 }))).toBe(text);
    const after = run(exactlyOnce).see(3, { ...failed, session: 1, number: 2 });
    expect(after.apply(0, 4, 1, { number: 1 }).findings).toEqual([]);
    expect(only(after.apply(0, 5, 1, { number: 2 }))).toBe(text);
  });

  test('a retry that a replica without memory executes again', () => {
    const told = run(exactlyOnce).apply(0, 5, 1, { number: 2 }).apply(0, 9, 1, { number: 2, repeated: true });
    expect(told.findings).toEqual([]);
    expect(only(told.apply(1, 9, 1, { number: 2 }))).toBe(
      'Request 2 of session 1 was executed twice: at index 5, and again at index 9.',
    );
  });

  test('the same index at other replicas, or after a restart, is the same execution', () => {
    const told = run(exactlyOnce)
      .apply(0, 5, 1, { number: 2 })
      .apply(1, 5, 1, { number: 2 })
      .apply(0, 5, 1, { number: 2 });
    expect(told.findings).toEqual([]);
  });

  test('an answer that names another index than the execution', () => {
    const told = run(exactlyOnce).apply(0, 5, 1, { number: 2 });
    const done = { kind: 'completed', process: 3, id: 1, outcome: 'ok', value: null, session: 1, number: 2 };
    expect(told.see(3, { ...done, place: 5 }).findings).toEqual([]);
    expect(only(told.see(3, { ...done, place: 9 }))).toContain(
      'as if done at index 9, but it was executed at index 5',
    );
  });
});

describe('process-alive', () => {
  test('a stop is excused by the disk that gave the reason, in that boot, and by no other', () => {
    const failed = { kind: 'stopped', code: 'DISK_FAILED', message: 'why' } as const;
    const refused = { kind: 'diskRefused', file: 'log/1', code: 'EIO' } as const;
    expect(run(processAlive).see(1, refused).see(1, failed).findings).toEqual([]);
    expect(only(run(processAlive).see(0, refused).see(1, failed))).toContain('DISK_FAILED');
    const later = run(processAlive).see(1, refused).restart(1, { term: 1, votedFor: null, terms: [] });
    expect(only(later.see(1, failed))).toContain('DISK_FAILED');
    const lost = { kind: 'stopped', code: 'IDENTITY_LOST', message: 'why' } as const;
    expect(only(run(processAlive).see(1, refused).see(1, lost))).toContain('IDENTITY_LOST');
    const damaged = { kind: 'damaged', file: 'log/1', from: 0, to: 1 } as const;
    expect(run(processAlive).see(1, damaged).see(1, lost).findings).toEqual([]);
    expect(
      only(
        run(processAlive)
          .see(1, damaged)
          .see(1, { ...lost, code: 'LOG_CORRUPT' }),
      ),
    ).toContain('LOG_CORRUPT');
  });

  test('a process that throws, and one that stops for good', () => {
    expect(only(run(processAlive).see(1, { kind: 'threw', message: 'TypeError: x' }))).toBe(
      'n1 threw: TypeError: x',
    );
    for (const code of ['LOG_CORRUPT', 'DISK_FAILED']) {
      expect(only(run(processAlive).see(1, { kind: 'stopped', code, message: 'why' }))).toContain(code);
    }
  });
});
