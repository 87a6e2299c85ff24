import { describe, expect, test } from 'vitest';
import type { Observation } from '../../core/observe.ts';
import { bugs } from '../bugs/index.ts';
import { plant } from '../bugs/bug.ts';
import { runSeed } from '../run-seed.ts';
import type { Scenario } from '../scenario.ts';
import { Narrator } from './narrator.ts';
import type { Line } from './narrator.ts';
import { demonstration } from './script.ts';

function told(seed: number, change: (play: Scenario) => Scenario = (play) => play) {
  const lines: Line[] = [];
  const narrator = new Narrator((_, line) => lines.push(line));
  const observed = new Set<Observation>();
  const play = change(demonstration([narrator.reach]));
  const all = {
    id: 'all',
    sentence: 'Everything is kept.',
    assumes: [],
    needs: 'nothing' as const,
    watch: () => ({
      on: Object.fromEntries(lineKinds.map((kind) => [kind, (o: Observation) => void observed.add(o)])),
    }),
  };
  const result = runSeed({ ...play, properties: [all, ...play.properties] }, seed);
  return { lines, chapters: narrator.chapters, observed, result };
}

/** What a story may speak of. */
const lineKinds = [
  ...['campaigned', 'voted', 'leaderElected', 'steppedDown', 'logTruncated', 'entryAppended', 'committed'],
  ...['snapshotTaken', 'snapshotRestored', 'crashed', 'recovered', 'completed', 'paused', 'resumed'],
  ...[
    'lockGranted',
    'lockQueued',
    'lockFreed',
    'fenceChecked',
    'barrierArrived',
    'barrierTripped',
    'barrierBroken',
    'siblingsWritten',
  ],
];

describe('the demonstration', () => {
  test('tells every chapter of a seed, and at the end nothing was violated', () => {
    const { chapters, result } = told(1);
    expect(result.findings).toEqual([]);
    expect(chapters.map(({ title }) => title)).toEqual([
      'A leader is elected',
      'An entry is replicated',
      'The leader dies, and another takes over',
      'A replica was away for too long, and gets a snapshot',
      'A lock, and a holder who sleeps through its lease',
      'Barriers: full, partial, timed, cascading',
      'Concurrent writes, under each strategy',
    ]);
    for (const { title, lines } of chapters) expect(lines.length, title).toBeGreaterThan(3);
  });

  test.each([1, 7, 42])(
    'of seed %i tells nothing that was not observed: each term, index and token is in the run',
    (seed) => {
      const { lines, observed } = told(seed);
      for (const { of, text } of lines) {
        expect(observed.has(of), text).toBe(true);
        const numbers = JSON.stringify(of).match(/\d+/g) ?? [];
        const spoken = [...text.matchAll(/(?:token|term|index|entry|entries|generation) (\d+)/g)].map(
          (match) => match[1],
        );
        expect(numbers, text).toEqual(expect.arrayContaining(spoken));
      }
    },
  );

  test('fences the zombie off: it writes under an older token than the one that stands, and hears so', () => {
    const { lines } = told(1);
    const refused = lines.find(({ of }) => of.kind === 'fenceChecked' && !of.passed)!;
    const { token, current } = refused.of as { token: number; current: number };
    expect(token).toBeLessThan(current);
    const granted = lines.flatMap(({ of }) => (of.kind === 'lockGranted' ? [of.token] : []));
    expect(granted).toEqual([token, current]);
    expect(
      lines.some(
        ({ text }) => text === `hears that token ${token} is stale: "by c0, who slept" was not written`,
      ),
    ).toBe(true);
  });

  test('with the fence planted away tells that the zombie wrote, and what that violates', () => {
    const { lines, result } = told(1, (play) =>
      plant(
        play,
        bugs.find(({ id }) => id === 'no-fence')!,
      ),
    );
    expect(lines.at(-1)?.text).toMatch(/^LETS A ZOMBIE WRITE under token \d+, though the token is \d+$/);
    expect(result.findings.map(({ property }) => property)).toEqual(['no-stale-write']);
  });

  test('is the same story for the same seed', () => {
    const texts = (seed: number): string[] =>
      told(seed).lines.map(({ atUs, host, text }) => `${atUs} ${host} ${text}`);
    expect(texts(3)).toEqual(texts(3));
    expect(texts(3)).not.toEqual(texts(4));
  });
});
