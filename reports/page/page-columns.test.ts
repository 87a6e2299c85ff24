/** A page's data come back as they were, whatever texts and numbers are in them. */
import fc from 'fast-check';
import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { RecordBuilder } from '../run-record.test-support.ts';
import { decodePage } from './decode-page.ts';
import { encodePage } from './encode-page.ts';
import { pageBytes, pageOfBytes } from './page-columns.ts';
import type { RunPage } from './run-page.ts';
import { runPageOf } from './run-page-of.ts';

const hostile = [
  '</script><script>alert(1)</script>',
  '__proto__',
  'constructor',
  '\u0000\u001b[31m\u2028\ud800',
  '<!--',
  'x'.repeat(1_000_000),
];

/** A page of a made-up run, whose texts are these. */
function pageWith(texts: readonly string[]): RunPage {
  const builder = new RecordBuilder(2, 3);
  texts.forEach((text, i) => {
    const asked = builder.step(2, {
      observed: [{ kind: 'invoked', process: 0, id: i, op: { f: 'put', key: text, value: text } }],
    });
    const request = builder.send(asked, 0, text);
    const served = builder.step(0, {
      message: request,
      text,
      observed: [
        { kind: text === 'applied' ? 'own' : text, text, [text]: text },
        {
          kind: 'lockGranted',
          index: i + 1,
          lock: text,
          session: 1,
          holder: text,
          number: i,
          token: i + 1,
          ttlUs: 1,
          queuedAt: 0,
        },
        { kind: 'entryAppended', index: i + 1, term: 1, sum: 0, entry: 'command', leading: true },
        {
          kind: 'applied',
          index: i + 1,
          term: 1,
          entry: 'command',
          digest: 0,
          reply: 0,
          session: 1,
          number: i,
          repeated: false,
        },
      ],
    });
    builder.step(2, {
      message: builder.send(served, 2, text),
      observed: [
        {
          kind: 'completed',
          process: 0,
          id: i,
          outcome: 'ok',
          value: { value: text },
          place: i + 1,
          session: 1,
          number: i,
        },
      ],
    });
  });
  const record = builder.record();
  const finding = {
    ...{ property: texts[0]!, message: texts.join(' '), at: record.untilUs, seq: record.events, nodes: [0] },
    evidence: texts.slice(0, 3).map((text, i) => ({ at: 1_000 * (3 * i + 2), node: 0, text })),
  };
  const about = {
    ...{ scenario: texts[0]!, seed: 1, hash: null, version: '0', commit: '', node: '', servers: 2, hosts: 3 },
    ...{
      events: record.events,
      untilUs: record.untilUs,
      failingSeeds: null,
      command: texts[0]!,
      vitestTest: '',
    },
  };
  return runPageOf({
    record,
    finding,
    story: [],
    about,
    rule: texts[0]!,
    linearizability: null,
    whatIf: null,
  });
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(...hostile.slice(0, 5)),
);

test('hostile texts come back as they were, and none of them is in the encoded text', async () => {
  const page = pageWith(hostile);
  const text = encodePage(page);
  expect(text).toMatch(/^[A-Za-z0-9+/=]+$/);
  expect(await decodePage(text)).toEqual(page);
});

test('words and labels hold at most forty characters of a text, names and details some more, however long it was', () => {
  const page = pageWith(hostile);
  const { operations, keys, locks, messages, events } = page.timeline;
  // `put `, a key, ` = ` and a value.
  for (const word of operations.words) expect(word.length).toBeLessThanOrEqual(4 + 40 + 3 + 40);
  for (const key of keys) for (const { text } of key.values) expect(text.length).toBeLessThanOrEqual(40);
  for (const label of [...messages.labels, ...events.kinds]) expect(label.length).toBeLessThanOrEqual(40);
  expect(keys).toHaveLength(hostile.length);
  expect(locks).toHaveLength(hostile.length);
  const { rule, property, sentence, details } = page.verdict;
  const rest = { ...page, about: null, verdict: { ...page.verdict, rule: '', property: '' } };
  expect([rule, property, sentence.length <= 200]).toEqual([hostile[0], hostile[0], true]);
  expect(details.join('').length).toBeLessThan(10_000);
  expect(JSON.stringify(rest).length).toBeLessThan(50_000);
});

test('any page of any texts comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyText, { minLength: 1, maxLength: 24 }), async (texts) => {
      const page = pageWith(texts);
      expect(await decodePage(encodePage(page))).toEqual(page);
    }),
    { numRuns: 60 },
  );
});

test('columns of any numbers come back, also where they are not as the others tell', () => {
  const page = pageWith(Array.from({ length: 20 }, (_, i) => `k${i}`));
  const numbers = fc.oneof(
    fc.integer({ min: -2, max: 300 }),
    fc.maxSafeInteger(),
    fc.constantFrom(-0, 0.5, 2 ** 51, -(2 ** 51), NaN, 127, 128, -64, -65),
  );
  const columns = fc.record({
    atUs: fc.array(numbers, { minLength: 60, maxLength: 60 }),
    previous: fc.array(fc.integer({ min: -1, max: 60 }), { minLength: 60, maxLength: 60 }),
    sent: fc.array(fc.integer({ min: -1, max: 60 }), { minLength: 40, maxLength: 40 }),
  });
  fc.assert(
    fc.property(columns, ({ atUs, previous, sent }) => {
      const events = { ...page.timeline.events, atUs, previous };
      const messages = { ...page.timeline.messages, sent };
      const other = { ...page, timeline: { ...page.timeline, events, messages } };
      // What is no number to JSON is none here either.
      const back = pageOfBytes(pageBytes(other));
      expect(back).toEqual(JSON.parse(JSON.stringify(other)));
    }),
  );
});

test('data of another version, or cut off, are refused', async () => {
  const bytes = pageBytes(pageWith(hostile.slice(0, 4)));
  const json = Buffer.from(bytes).toString('latin1').replace('"schema":1', '"schema":9');
  const other = deflateRawSync(Buffer.from(json, 'latin1')).toString('base64');
  await expect(decodePage(other)).rejects.toThrow('version 9');
  const long = pageBytes(pageWith(Array.from({ length: 40 }, (_, i) => `k${i}`)));
  expect(() => pageOfBytes(long.subarray(0, long.length - 5))).toThrow('end too early');
  await expect(decodePage('AAAA')).rejects.toThrow();
});
