import { describe, expect, test } from 'vitest';
import { lockProperties } from '../index.ts';
import { ObservedRun } from '../observed-run.test-support.ts';
import type { Property } from '../property.ts';
import { fencingMonotonic, noStaleWrite } from './fencing.ts';
import { fifoGrants } from './fifo-grants.ts';
import { leaseNotEarly, leaseNotLate } from './leases.ts';
import { lockExclusion } from './lock-exclusion.ts';

const ttlUs = 2_000_000;

/** Tells transitions of one lock as a replica that applies the entries would. */
class Told extends ObservedRun {
  index = 0;

  opened(node = 0): this {
    this.index += 1;
    this.see(node, { kind: 'sessionOpened', index: this.index, session: this.index, ttlUs: 30_000_000 });
    return this.applied(node);
  }

  ended(session: number, node = 0): this {
    return this.entry(node, { kind: 'sessionEnded', session, reason: 'expired' });
  }

  queued(session: number, number: number, node = 0): this {
    return this.entry(node, { kind: 'lockQueued', lock: 'red', session, holder: 'h', number });
  }

  granted(
    session: number,
    more: { token?: number; number?: number; queuedAt?: number } = {},
    node = 0,
  ): this {
    const { token = this.index + 1, number = 1, queuedAt = 0 } = more;
    return this.entry(node, {
      kind: 'lockGranted',
      lock: 'red',
      session,
      holder: 'h',
      number,
      token,
      ttlUs,
      queuedAt,
    });
  }

  freed(session: number, token: number, reason = 'released', node = 0): this {
    return this.entry(node, { kind: 'lockFreed', lock: 'red', session, token, version: token, reason });
  }

  fence(token: number, current: number, passed: boolean): this {
    return this.entry(0, { kind: 'fenceChecked', lock: 'red', token, current, passed });
  }

  /** One entry: its transitions and then that it was applied. */
  entry(node: number, ...seen: { kind: string; [field: string]: unknown }[]): this {
    this.index += 1;
    this.see(node, {
      kind: 'entryAppended',
      index: this.index,
      term: 1,
      sum: 0,
      entry: 'command',
      leading: true,
    });
    for (const one of seen) this.see(node, { ...one, index: this.index });
    return this.applied(node);
  }

  private applied(node: number): this {
    return this.apply(node, this.index, 1);
  }

  leads(node: number): this {
    this.see(node, { kind: 'leaderElected', term: 1, lastIndex: 0, lastTerm: 0 });
    return this.commit(node, 0, 1, true);
  }
}

const run = (property: Property): Told => new Told([property]);
const only = (told: ObservedRun): string => {
  expect(told.findings).toHaveLength(1);
  return told.findings[0]?.message ?? '';
};

test('turns, a queue, an expiry and a dead session, as they should be, violate nothing', () => {
  const told = new Told([...lockProperties]).leads(0).opened().opened().granted(1);
  told.fence(3, 3, true).queued(2, 7).freed(1, 3);
  // The grant from the queue stands in the entry that frees the lock: the next one here, as a new token.
  expect(told.violated).toEqual(['fifo-grants']);
  const right = new Told([...lockProperties]).leads(0).opened().opened().granted(1).queued(2, 7);
  const freed = { kind: 'lockFreed', lock: 'red', session: 1, token: 3, version: 3, reason: 'released' };
  const granted = {
    kind: 'lockGranted',
    lock: 'red',
    session: 2,
    holder: 'h',
    number: 7,
    token: 5,
    ttlUs,
    queuedAt: 4,
  };
  right.entry(0, freed, granted).fence(3, 5, false).fence(5, 5, true).wait(ttlUs).freed(2, 5, 'expired');
  right.granted(1).ended(2);
  expect(right.end().findings).toEqual([]);
});

describe('lock-exclusion', () => {
  test('a grant while another holds it', () => {
    const told = run(lockExclusion).opened().opened().granted(1).granted(2);
    expect(only(told)).toBe(
      'Lock red was granted to session 2 at index 4, while session 1 held it with token 3.',
    );
  });

  test('a grant to a session that has ended, or was never opened', () => {
    expect(only(run(lockExclusion).opened().ended(1).granted(1))).toContain(
      'to session 1, which was not open',
    );
  });

  test('a session that ends and keeps its lock', () => {
    const told = run(lockExclusion).opened().granted(1).ended(1);
    expect(only(told)).toBe('Session 1 ended by index 3 and still holds lock red with token 2.');
  });

  test('a release of a holding that is not there any more', () => {
    const told = run(lockExclusion).opened().opened().granted(1).freed(1, 3).granted(2).freed(1, 3);
    expect(only(told)).toContain('but session 2 held it with token 5');
  });

  test('the same entries told by another replica, later, are no second grant', () => {
    const told = run(lockExclusion).opened().granted(1);
    told.index = 0;
    expect(told.opened(1).granted(1, {}, 1).findings).toEqual([]);
  });
});

describe('fencing-monotonic', () => {
  test('a token that is not greater than the one before', () => {
    const told = run(fencingMonotonic).granted(1, { token: 9 }).granted(2, { token: 9 });
    expect(only(told)).toContain('with token 9 at index 2, after token 9 at index 1');
  });
});

describe('no-stale-write', () => {
  test('a mutation that passes under a token of yesterday', () => {
    const told = run(noStaleWrite).granted(1).freed(1, 1).granted(2).fence(1, 3, true);
    expect(only(told)).toBe(
      "A mutation under token 1 of lock red was applied at index 4, while the lock's token was 3.",
    );
  });

  test('a mutation that passes though nobody holds the lock', () => {
    expect(only(run(noStaleWrite).granted(1).freed(1, 1).fence(1, 0, true))).toContain(
      'while the lock was free',
    );
  });

  test('a mutation that is refused under the right token', () => {
    expect(only(run(noStaleWrite).granted(1).fence(1, 1, false))).toContain('though that token was the lock');
  });

  test('a resource outside the group that accepts a smaller token after a greater one', () => {
    const told = run(noStaleWrite);
    told
      .see(4, { kind: 'resourceWrote', lock: 'red', token: 8 })
      .see(4, { kind: 'resourceWrote', lock: 'red', token: 8 });
    expect(told.findings).toEqual([]);
    expect(only(told.see(4, { kind: 'resourceWrote', lock: 'red', token: 7 }))).toContain(
      'token 7 of lock red, after one under token 8',
    );
  });
});

describe('fifo-grants', () => {
  test('a grant to the second in line', () => {
    const told = run(fifoGrants).granted(1).queued(2, 1).queued(3, 1);
    told.entry(
      0,
      { kind: 'lockFreed', lock: 'red', session: 1, token: 1, version: 1, reason: 'released' },
      {
        ...{ kind: 'lockGranted', lock: 'red', session: 3, holder: 'h', number: 1, token: 4 },
        ...{ ttlUs, queuedAt: 3 },
      },
    );
    expect(only(told)).toContain('before request 1 of session 2, queued at 2');
  });

  test('a grant past the queue', () => {
    expect(only(run(fifoGrants).granted(1).queued(2, 1).granted(3))).toContain(
      'before request 1 of session 2',
    );
  });

  test('a grant from the queue to who does not wait', () => {
    expect(only(run(fifoGrants).granted(2, { queuedAt: 9 }))).toContain('which was not waiting');
  });

  test('a lock that stays free while somebody waits', () => {
    expect(only(run(fifoGrants).granted(1).queued(2, 1).freed(1, 1))).toContain('was free after index 3');
  });
});

describe('leases', () => {
  test('lease-not-early: an expiry within the length of the lease', () => {
    const told = run(leaseNotEarly)
      .opened()
      .granted(1)
      .wait(ttlUs / 2)
      .freed(1, 2, 'expired');
    expect(only(told)).toContain('had expired at index 3');
    expect(
      run(leaseNotEarly)
        .opened()
        .granted(1)
        .wait(ttlUs / 2)
        .freed(1, 2).findings,
    ).toEqual([]);
  });

  test('lease-not-early: a renewal counts from its own entry', () => {
    const told = run(leaseNotEarly)
      .opened()
      .granted(1)
      .wait(ttlUs - 10_000);
    told
      .entry(0, { kind: 'lockRenewed', lock: 'red', session: 1, token: 2, ttlUs })
      .wait(20_000)
      .freed(1, 2, 'expired');
    expect(only(told)).toContain('version 3');
  });

  test('lease-not-late: a leader that goes on while the lease is over', () => {
    const told = run(leaseNotLate)
      .leads(0)
      .opened()
      .granted(1)
      .wait(ttlUs + 200_000)
      .opened();
    expect(told.entry(0).findings).toHaveLength(1);
    expect(told.findings[0]?.message).toContain(
      'The lease of lock red (token 2, version 2, 2000000 us) was over',
    );
  });

  test('lease-not-late: a leader of less than a lease’s length is given the time, armed anew by its restart or not', () => {
    const told = run(leaseNotLate)
      .leads(0)
      .opened()
      .granted(1)
      .wait(ttlUs / 2);
    told.restart(0, { term: 1, votedFor: 0, terms: [1, 1] });
    told.see(0, {
      kind: 'lockGranted',
      index: 2,
      lock: 'red',
      session: 1,
      holder: 'h',
      number: 1,
      token: 2,
      ttlUs,
      queuedAt: 0,
    });
    told
      .leads(0)
      .wait(ttlUs - 100_000)
      .entry(0);
    expect(told.findings).toEqual([]);
    expect(only(told.wait(300_000).entry(0))).toContain('was over');
  });

  // Seed 400225 of lock-storm: an own snapshot of before the grant, then the leader's with it.
  test('lease-not-late: a snapshot arms what it holds, and not a version that came after it', () => {
    const told = run(leaseNotLate).opened().granted(1);
    told.restart(1, { term: 1, votedFor: 0, terms: [] });
    told.see(1, { kind: 'snapshotRestored', index: 1, term: 1, digest: 7, from: 'disk', file: '' });
    told
      .wait(ttlUs / 2)
      .see(1, { kind: 'snapshotRestored', index: 2, term: 1, digest: 7, from: 'leader', file: '' });
    told.leads(1).wait(ttlUs - 200_000);
    const appended = { kind: 'entryAppended', term: 1, sum: 0, entry: 'command', leading: true };
    told.see(1, { ...appended, index: 3 }).apply(1, 3, 1);
    expect(told.findings).toEqual([]);
    told
      .wait(500_000)
      .see(1, { ...appended, index: 4 })
      .apply(1, 4, 1);
    expect(only(told)).toContain('was over');
  });
});
