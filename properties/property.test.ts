import { describe, expect, test } from 'vitest';
import { ObservedRun } from './observed-run.test-support.ts';
import { property, Watchers } from './property.ts';
import type { Property } from './property.ts';

const noGap = property('no-gap', {
  start: () => 0,
  on: {
    applied: (last, o, fail) => (o.index === last + 1 ? o.index : fail(`applied ${o.index} after ${last}`)),
    snapshotRestored: (_, o) => o.index,
  },
});

const facts = {
  servers: [0],
  hosts: 1,
  progressBoundUs: 1,
  rhoPpm: 10_000,
  maxStates: 1,
  searchAnyway: false,
};

describe('property()', () => {
  test('is a fold a node and boot: a restart starts afresh', () => {
    const run = new ObservedRun([noGap]);
    run.apply(0, 1, 1).apply(1, 1, 1).apply(0, 2, 1);
    run.restart(0, { term: 1, votedFor: null, terms: [] }).apply(0, 1, 1);
    expect(run.findings).toEqual([]);
  });

  test('says what broke, where and when, with the observation as evidence', () => {
    const run = new ObservedRun([noGap]);
    run.apply(0, 1, 1).apply(0, 3, 1);
    expect(run.findings).toMatchObject([
      { property: 'no-gap', message: 'applied 3 after 1', at: 2_000, seq: 2, nodes: [0] },
    ]);
    expect(run.findings[0]?.evidence[0]?.text).toContain('applied index 3, term 1');
  });

  test("takes kinds of one's own, and a state for the whole world that is looked at in the end", () => {
    const balanced = property('balanced', {
      start: () => 0,
      scope: 'world',
      on: { moved: (sum, o: { kind: 'moved'; amount: number }) => sum + o.amount },
      end: (sum, fail) => {
        if (sum !== 0) fail(`${sum} is missing`);
      },
    });
    const run = new ObservedRun([balanced]);
    run.see(0, { kind: 'moved', amount: 5 }).see(1, { kind: 'moved', amount: -4 }).end();
    expect(run.findings).toMatchObject([{ property: 'balanced', message: '1 is missing' }]);
  });

  test('lets other errors through: a mistake in a property is no violation of it', () => {
    const broken = property('broken', {
      start: () => 0,
      on: {
        started: () => {
          throw new TypeError('my mistake');
        },
      },
    });
    expect(() => new ObservedRun([broken]).see(0, { kind: 'started' })).toThrow('my mistake');
  });

  test('refuses an id that cannot stand in a report, and a property that watches nothing', () => {
    expect(() => property('no gap!', { start: () => 0, on: { started: (s) => s } })).toThrow('BAD_PROPERTY');
    expect(() => property('idle', { start: () => 0, on: {} })).toThrow('BAD_PROPERTY');
  });
});

describe('the end of a fold', () => {
  const silent = (scope: 'boot' | 'node' | 'world'): Property =>
    property(`never-${scope}`, { scope, start: () => 0, on: {}, end: (_, fail) => fail('nobody spoke') });

  test('judges a world and servers of whom nothing was observed', () => {
    const run = new ObservedRun([silent('world'), silent('node'), silent('boot')]).end();
    expect(run.violated).toEqual(['never-world', 'never-node', 'never-boot']);
  });

  test('sees each server once, with the state that its observations made', () => {
    const seen: number[] = [];
    const counting = property('counting', {
      start: () => 0,
      on: { started: (count) => count + 1 },
      end: (count) => void seen.push(count),
    });
    new ObservedRun([counting]).see(1, { kind: 'started' }).see(1, { kind: 'started' }).end();
    expect(seen).toEqual([0, 2, 0]);
  });
});

describe('Watchers', () => {
  test('keeps the first finding of each property, and goes on with the others', () => {
    const other: Property = { ...noGap, id: 'other' };
    const run = new ObservedRun([noGap, other]);
    run.apply(0, 2, 1).apply(0, 9, 1);
    expect(run.violated).toEqual(['no-gap', 'other']);
  });

  test('makes what is shared once a run, and lets it hear each observation first', () => {
    const heard: string[] = [];
    const sharing = (id: string): Property => ({
      ...noGap,
      id,
      watch: (context) => {
        context.shared('ear', () => ({ on: { started: () => void heard.push('shared') } }));
        return { on: { started: () => void heard.push(id) } };
      },
    });
    const watchers = new Watchers([sharing('a'), sharing('b')], facts);
    watchers.observe({ kind: 'started' }, { at: 0, node: 0, group: 0, boot: 1, seq: 1 });
    expect(heard).toEqual(['shared', 'a', 'b']);
    expect(watchers.observations).toBe(1);
  });

  test('refuses two properties of one id', () => {
    expect(() => new Watchers([noGap, noGap], facts)).toThrow('two properties are called "no-gap"');
  });
});
