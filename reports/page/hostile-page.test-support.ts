/** The page of a run whose every text was made to mislead: markup, scripts, control characters, names of prototypes, megabytes. */
import { picturePage } from './picture-page.test-support.ts';
import type { RunPage } from './run-page.ts';

/** What would set a flag in the window if any of it ran. */
export const hostileTexts: readonly string[] = [
  '<img src=x onerror="globalThis.hacked=1">',
  '</script><script>globalThis.hacked=1</script>',
  '"><svg onload=globalThis.hacked=1>',
  "' onmouseover='globalThis.hacked=1",
  '<!--<script>',
  ']]></style><style>*{display:none}</style>',
  'javascript:globalThis.hacked=1',
  '__proto__',
  'constructor',
  '\u0000\u001b[31m\u202e\ud800\ufffe',
  '${globalThis.hacked=1}',
  'x'.repeat(1_000_000),
];

/** The page, with a hostile text wherever a user's text may stand. */
export function hostilePage(): RunPage {
  const page = picturePage();
  let next = 0;
  const hostile = (): string => hostileTexts[(next += 1) % hostileTexts.length]!;
  const all = hostileTexts.join(' ');
  const { timeline } = page;
  return {
    ...page,
    about: {
      ...page.about,
      scenario: all,
      command: all,
      vitestTest: all,
      commit: hostile(),
      node: hostile(),
    },
    verdict: { ...page.verdict, sentence: all, property: all, rule: hostile(), details: hostileTexts },
    pair: {
      subject: hostile(),
      who: hostile(),
      expected: { ...page.pair!.expected, answer: hostile(), reason: hostile() },
      observed: { ...page.pair!.observed, answer: all, reason: all },
    },
    story: page.story.map((step) => ({ ...step, text: hostile() })),
    timeline: {
      ...timeline,
      events: { ...timeline.events, kinds: [hostile()], texts: { 0: hostile(), 8: all } },
      messages: { ...timeline.messages, labels: [hostile()] },
      faults: timeline.faults.map((fault) => ({ ...fault, fault: hostile() })),
      locks: hostileTexts.map((name) => ({
        ...timeline.locks[0]!,
        name,
        holdings: timeline.locks[0]!.holdings.map((one) => ({
          ...one,
          holder: hostile(),
          reason: hostile(),
        })),
        queue: [{ atUs: 4_000_000, waiting: hostileTexts }],
      })),
      barriers: hostileTexts.map((name) => ({
        name,
        group: 0,
        parent: hostile(),
        violating: false,
        generations: [
          {
            generation: 0,
            fromUs: 0,
            toUs: 16_000_000,
            outcome: null,
            reason: hostile(),
            arrived: [{ atUs: 4_000_000, untilUs: -1, participant: hostile() }],
          },
        ],
        needed: [{ atUs: 0, participants: hostileTexts, needed: 3 }],
      })),
      keys: hostileTexts.map((name) => ({
        name,
        group: 0,
        violating: false,
        values: [{ fromUs: 1, text: hostile(), dots: hostileTexts, token: 41, entry: 3, violating: false }],
      })),
    },
  };
}
