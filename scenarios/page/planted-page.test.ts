/** What the pages of planted bugs draw, held against the runs that they were made of. */
import { describe, expect, test } from 'vitest';
import type { LockLane, RunPage } from '../../reports/page/run-page.ts';
import { stateAt } from '../../reports/page/state-at.ts';
import { plainPage, plantedPage } from './planted-page.test-support.ts';
import type { PlantedPage } from './planted-page.test-support.ts';

const planted = [
  ['no-stale-write', 'no-fence', 'zombie-holder', 1],
  ['election-safety', 'stale-vote-counted', 'lossy-and-slow', 46],
  ['barrier-not-early', 'barrier-generation-ignored', 'barrier-resets', 1],
  ['linearizable-register', 'read-by-role', 'follower-reads', 5],
  ['vote-once', 'vote-not-persisted', 'crash-during-fsync', 2],
  ['leader-completeness', 'log-recency-by-index', 'leader-isolated', 9],
  ['lease-not-late', 'lease-restarts-on-election', 'lease-failover', 1],
] as const;

const pages = new Map<string, PlantedPage>();
/** Each is run once. */
function pageOf(property: string): PlantedPage {
  const known = pages.get(property);
  if (known !== undefined) return known;
  const found = planted.find(([one]) => one === property);
  if (found === undefined) throw new Error(`nothing planted for ${property}`);
  const [, bug, scenario, seed] = found;
  const made = plantedPage(property, bug, scenario, seed);
  pages.set(property, made);
  return made;
}

/** The events of the slice. */
function sliceEvents({
  timeline: { slice, events },
}: RunPage): { seq: number; host: number; past: number }[] {
  return slice.map((event) => ({
    seq: events.seq[event]!,
    host: events.host[event]!,
    past: events.past[event]!,
  }));
}

describe.each(planted.map(([property]) => property))('the page of a violated %s', (property) => {
  test('its slice has every step of the story, and little more than sixty', () => {
    const { page } = pageOf(property);
    const slice = sliceEvents(page);
    for (const { seq, node } of page.story)
      if (node !== null) expect(slice).toContainEqual({ seq, host: node, past: 1 });
    expect(slice.length).toBeLessThanOrEqual(60);
    expect(slice.length).toBeGreaterThanOrEqual(Math.min(12, page.story.length));
  });

  test('a step of the story is the event that it names', () => {
    const { page } = pageOf(property);
    page.story.forEach(({ seq, node, at }, i) => {
      const event = page.storyEvents[i]!;
      if (node === null) return;
      expect(page.timeline.events.seq[event]).toBe(seq);
      expect(page.timeline.events.host[event]).toBe(node);
      expect(page.timeline.events.atUs[event]).toBe(at);
    });
  });

  test('a message leaves before it arrives, from the host and to the host that its events are of', () => {
    const { messages, events } = pageOf(property).page.timeline;
    const wrong = messages.sent.filter((sent, i) => {
      const received = messages.received[i]!;
      const ofSender = sent < 0 || events.host[sent] === messages.from[i];
      const ofReceiver =
        received < 0 ||
        (events.host[received] === messages.to[i] &&
          received > sent &&
          events.atUs[received] === messages.receivedUs[i]);
      return !ofSender || !ofReceiver;
    });
    expect(wrong).toEqual([]);
    expect(messages.sent.length).toBeGreaterThan(100);
  });
});

/** The place of the last step of the story: the violation. */
function violation({ storyEvents }: RunPage): number {
  return storyEvents.findLast((event) => event >= 0)!;
}

/** The lock of that name, and the holding of a token. */
function lockOf({ timeline }: RunPage, name: string): LockLane {
  const found = timeline.locks.find((lock) => lock.name === name);
  if (found === undefined) throw new Error(`no lock ${name}`);
  return found;
}

describe('a lock that passed on while its holder stood still', () => {
  const { page, record } = plantedPage('no-stale-write', 'no-fence', 'zombie-holder', 1);
  const lock = lockOf(page, 'l0');

  test('is held by one at a time, under rising tokens, as often as the machine granted it', () => {
    const tokens = lock.holdings.map((one) => one.token);
    const granted = record.observations.flatMap(({ observation }) =>
      observation.kind === 'lockGranted' ? [(observation as { token: number }).token] : [],
    );
    expect(tokens).toEqual([...new Set(granted)].sort((a, b) => a - b));
    lock.holdings.forEach(({ fromUs, toUs, nth }, i) => {
      expect(nth).toBe(i);
      expect(toUs).toBeGreaterThan(fromUs);
      if (i > 0) expect(fromUs).toBeGreaterThanOrEqual(lock.holdings[i - 1]!.toUs);
    });
  });

  test('is believed in by its client after the machine took it away', () => {
    const truth = lock.holdings.find((one) => one.token === 45)!;
    const belief = lock.beliefs.find((one) => one.token === 45)!;
    expect(truth.reason).toBe('expired');
    expect(belief.host).toBe(truth.host);
    expect(belief.toUs).toBeGreaterThan(truth.toUs);
    // Of those that released it, or were told, none believes longer than it asked for.
    const released = lock.holdings.filter((one) => one.reason === 'released');
    for (const { token, toUs } of released)
      for (const one of lock.beliefs.filter((each) => each.token === token))
        expect(one.toUs).toBeLessThanOrEqual(toUs);
    expect(released.length).toBeGreaterThan(3);
  });

  test('at the violation has two believers, one a zombie, and the key has the zombie’s value', () => {
    const state = stateAt(page, violation(page));
    expect(state.locks[0]).toMatchObject({
      ...{ name: 'l0', violating: true, holding: { now: { token: 78, holder: 'c2', host: 5 } } },
      believers: [
        { host: 5, token: 78, zombie: false },
        { host: 6, token: 45, zombie: true },
      ],
      queue: { now: ['c1'] },
    });
    expect(state.locks[0]!.leaseLeftUs).toBe(2_000_000 - (10_598_946 - 9_755_077));
    expect(state.keys[0]).toMatchObject({
      ...{ name: 'g0', violating: true },
      value: { now: { text: '3000012', token: 45 }, before: { text: '2000023', token: 78 } },
    });
  });

  test('has the write of the verdict in its log: committed and applied by its leader alone', () => {
    const state = stateAt(page, violation(page));
    expect(state.columns.at(-1)).toEqual({ index: 86, label: '3000012' });
    expect(state.nodes.map((node) => node.log.at(-1))).toMatchObject([
      { term: 1, state: 'committed', violating: true, fresh: true },
      { term: 1, state: 'uncommitted', violating: true, fresh: true },
      { term: 1, state: 'uncommitted', violating: true, fresh: true },
    ]);
    expect(state.nodes.map((node) => node.commit)).toEqual([
      { now: 86, before: 85 },
      { now: 85, before: 84 },
      { now: 85, before: 84 },
    ]);
  });

  test('marks the operation of the verdict, its token, and where each operation took effect', () => {
    const { operations } = page.timeline;
    expect(operations.violating.map((one) => operations.id[one])).toEqual([3_000_013]);
    expect(operations.token[operations.violating[0]!]).toBe(45);
    const misplaced = operations.pointUs.filter(
      (at, i) =>
        (at < 0 && operations.outcome[i] === 'ok') ||
        (at >= 0 && (at < operations.fromUs[i]! || (operations.toUs[i]! >= 0 && at > operations.toUs[i]!))),
    );
    expect(misplaced).toEqual([]);
  });
});

test('the logs of a page are those that the servers reported, at every event', () => {
  const { page, record } = pageOf('leader-completeness');
  const { events } = page.timeline;
  const logs = new Map<number, number[]>();
  let seen = 0;
  const wrong: string[] = [];
  for (let event = 0; event < events.seq.length; event += 1) {
    for (; seen < record.observations.length; seen += 1) {
      const { step, observation } = record.observations[seen]!;
      if (record.steps.seq[step]! > events.seq[event]!) break;
      const host = record.steps.host[step]!;
      const log = logs.get(host) ?? [];
      logs.set(host, log);
      if (observation.kind === 'entryAppended') {
        const { index, term } = observation as { index: number; term: number };
        log[index] = term;
      } else if (observation.kind === 'logTruncated') log.length = (observation as { from: number }).from;
      else if (observation.kind === 'recovered') {
        const { base, terms } = observation as { base: number; terms: readonly number[] };
        log.length = Math.min(log.length, base + 1);
        terms.forEach((term, i) => {
          log[base + 1 + i] = term;
        });
      }
    }
    if (event % 97 !== 0 && event !== events.seq.length - 1) continue;
    for (const { host, log } of stateAt(page, event).nodes)
      for (const cell of log)
        if (cell !== null && logs.get(host)?.[cell.index] !== cell.term)
          wrong.push(`event ${event}: n${host} has ${cell.index} of term ${cell.term}`);
  }
  expect(wrong).toEqual([]);
});

test('the new leader lacks the entry that was committed: its own of an earlier term conflicts', () => {
  const { page } = pageOf('leader-completeness');
  const state = stateAt(page, violation(page));
  const elected = state.nodes.find((node) => node.role.now === 'leader' && node.term.now === 7)!;
  const place = state.columns.findIndex(({ index }) => index === 747);
  expect(elected.log[place]).toMatchObject({ term: 5, conflicts: true, state: 'uncommitted' });
  expect(state.nodes.filter((node) => node.log[place]?.state === 'committed').length).toBeGreaterThan(0);
});

test('a barrier that tripped early: two had arrived in the generation, the third in another', () => {
  const { page } = pageOf('barrier-not-early');
  const [lane] = page.timeline.barriers;
  const generation = (number: number): readonly string[] =>
    lane!.generations.find((one) => one.generation === number)!.arrived.map((one) => one.participant);
  expect(generation(7)).toEqual(['p3', 'p2']);
  expect(generation(6)).toEqual(['p4']);
  expect(stateAt(page, violation(page)).barriers[0]).toMatchObject({
    ...{ name: 'b', needed: 3, participants: ['p2', 'p0', 'p4', 'p3'] },
    generation: { before: 7, now: 8 },
    arrived: { before: ['p3', 'p2'], now: [] },
    last: { generation: 7, outcome: 'tripped' },
  });
});

test('a leader counted a vote of an earlier term: at the violation it leads, and nobody else voted', () => {
  const { page } = pageOf('election-safety');
  const state = stateAt(page, violation(page));
  expect(state.nodes.map((node) => [node.role.now, node.term.now])).toEqual([
    ['follower', 4],
    ['follower', 5],
    ['leader', 6],
  ]);
  expect(state.nodes[2]!.role.before).toBe('candidate');
});

test('roles of one host and group never overlap, and begin no earlier than it recovered', () => {
  for (const [property] of planted) {
    const { roles } = pageOf(property).page.timeline;
    const ends = new Map<string, number>();
    const overlapping = roles.filter(({ host, group, fromUs, toUs }) => {
      const before = ends.get(`${host} ${group}`) ?? 0;
      ends.set(`${host} ${group}`, toUs);
      return fromUs < before || toUs < fromUs;
    });
    expect(overlapping).toEqual([]);
    expect(roles.length).toBeGreaterThan(3);
  }
});

test('a stale write: what was due and what was done, who asked whom, in numbers', () => {
  const { page } = pageOf('no-stale-write');
  expect(page.verdict.sentence).toBe(
    'n0 applied c3’s write under token 45 0.844 s after lock l0 had passed to c2 with token 78',
  );
  expect(page.pair).toMatchObject({
    ...{ subject: 'put g0 = 3000012 under token 45', who: 'c3, request 7 → n0' },
    expected: { answer: 'STALE_TOKEN', reason: 'l0’s token is 78 since entry 78, and c2 holds it.', step: 7 },
    observed: {
      ...{ answer: 'ok', step: 12, entry: 86 },
      reason: 'n0, leader of term 1, applied it: g0 went from 2000023 to 3000012.',
    },
  });
});

test('a stale read: the value that was due, and when it had been written', () => {
  const { page } = pageOf('linearizable-register');
  expect(page.verdict.sentence).toBe(
    'c0 was answered 4000101 to get k0 0.003 s after c4 had been answered ok to put k0 = 4000102',
  );
  expect(page.verdict.atUs).toBe(11_539_041);
  expect(page.pair).toMatchObject({
    ...{ subject: 'get k0', who: 'c0 → n2' },
    expected: { answer: '4000102 (version 157)', step: 9, entry: 157 },
    observed: { answer: '4000101 (version 155)', step: 12 },
  });
});

test('every verdict is one line that blames nobody, and each side of a pair is a step of the story', () => {
  for (const [property] of planted) {
    const { verdict, pair } = pageOf(property).page;
    expect(verdict.sentence).toMatch(/^[nc]\d+ [^\n]+[^.]$/);
    expect(verdict.sentence).not.toMatch(/\b(bug|failed|unexpected|should)\b/);
    expect(verdict.sentence.length).toBeLessThanOrEqual(200);
    expect([pair!.expected.step, pair!.observed.step]).not.toContain(null);
    expect(pair!.observed.answer).not.toBe(pair!.expected.answer);
  }
});

test('of several groups one is shown at a time, each with its own log, servers and keys', () => {
  const page = plainPage('three-groups', 1);
  const event = page.timeline.events.seq.length - 1;
  const first = stateAt(page, event);
  expect(first.groups).toEqual([1, 2, 3]);
  expect(first.group).toBe(1);
  const lasts = first.groups.map((group) => stateAt(page, event, -1, group).columns.at(-1)!.index);
  expect(new Set(lasts).size).toBe(3);
  expect(first.nodes.length).toBeGreaterThan(2);
  expect(
    first.keys
      .filter((key) => key.name === 'k1')
      .map((key) => key.group)
      .sort(),
  ).toEqual([1, 2, 3]);
});

test('a key with siblings has a value for each of its dots', () => {
  const { keys } = plainPage('conflicting-writes', 1).timeline;
  const values = keys.flatMap((key) => key.values);
  const several = values.filter((value) => value.dots.length > 1);
  expect(several.length).toBeGreaterThan(10);
  for (const { text, dots } of several)
    if (!text.endsWith('…')) expect(text.split(' | ')).toHaveLength(dots.length);
});
