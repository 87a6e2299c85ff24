import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { deflateRawSync } from 'node:zlib';
import type { Repro } from '../repro.ts';
import { embeddedRepro, looksLikePage, pageBytesMax, readPageRepro } from './embedded-repro.ts';

const recorded = JSON.parse(
  readFileSync(new URL('../../scenarios/corpus/failing-disks-328.json', import.meta.url), 'utf8'),
) as { [field: string]: unknown };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const head =
  '<!doctype html>\n<html lang="en"><head><meta name="generator" content="Stormglass 0.1.0"></head><body>';
const element = (json: string): string => `<script type="application/json" id="repro">${json}</script>`;
const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
const pageOf = (inside: string): Uint8Array => bytes(`${head}${inside}</body></html>\n`);
const said = (reading: object): unknown => ('problem' in reading ? reading.problem : reading);

describe('the repro of a page', () => {
  test('is that which was put in, whatever its texts hold', () => {
    const hostile = '</script><script>alert(1)</script><!-- \u2028 \u0000 "\' __proto__';
    const put = { ...recorded, violation: { ...(recorded['violation'] as object), message: hostile } };
    expect(readPageRepro(pageOf(element(json(put))))).toEqual({ repro: put });
  });

  test('is packed where it is long, and the same', () => {
    const long = { ...recorded, commit: 'x'.repeat(1_000_000) } as unknown as Repro;
    const text = embeddedRepro(long);
    expect(text.length).toBeLessThan(100_000);
    expect(readPageRepro(pageOf(element(text)))).toEqual({ repro: long });
    const short = { ...recorded, plan: { ...(recorded['plan'] as object), clients: [] } };
    expect(JSON.parse(embeddedRepro(short as unknown as Repro))).toEqual(short);
  });

  test('is refused where what was packed is cut, or unpacks to more than any repro has', () => {
    const packed = (text: string): string => JSON.stringify({ packed: text });
    const whole = (
      JSON.parse(embeddedRepro({ ...recorded, commit: 'y'.repeat(70_000) } as never)) as { packed: string }
    ).packed;
    const bomb = deflateRawSync(Buffer.alloc(129 * 1024 * 1024)).toString('base64');
    for (const text of [whole.slice(0, 400), 'AAAA', bomb, '']) {
      expect(said(readPageRepro(pageOf(element(packed(text)))))).toBe(
        'carries a repro that cannot be unpacked',
      );
    }
  });

  test('is refused where it is not whole, or of another version, in words', () => {
    const whole = json(recorded);
    expect(said(readPageRepro(pageOf(element(whole.slice(0, 900)))))).toMatch(
      /^carries a repro that is not whole JSON/,
    );
    expect(said(readPageRepro(pageOf(element(json({ ...recorded, schema: 99 })))))).toMatch(
      /^carries a repro that is of schema 99, written by a newer stormglass/,
    );
    expect(said(readPageRepro(pageOf(element('{}'))))).toMatch(
      /^carries a repro that is no repro file: schema/,
    );
    expect(said(readPageRepro(pageOf(element(''))))).toBe('carries a repro that is empty');
    expect(said(readPageRepro(pageOf(element(whole) + element(whole))))).toBe('carries more than one repro');
  });

  test('is not looked for in what is no page of Stormglass, was cut, or carries none', () => {
    const whole = `${head}${element(json(recorded))}</body></html>`;
    expect(said(readPageRepro(bytes('<!doctype html><html><body>Hello</body></html>')))).toBe(
      'is a page, but none of Stormglass',
    );
    for (const end of [head.length, 900, whole.length - 1]) {
      expect(said(readPageRepro(bytes(whole.slice(0, end))))).toBe('was cut: its end is missing');
    }
    expect(said(readPageRepro(pageOf('')))).toMatch(/^carries no repro/);
    expect(said(readPageRepro(new Uint8Array(pageBytesMax + 1)))).toBe('is larger than any page of a run');
  });

  test('of a campaign is on the pages that it links to, each named once', () => {
    const links = ['runs/a-1-seen.html', '../part%201/runs/b-2-seen.html', 'runs/a-1-seen.html'];
    const campaign = '<main id="campaign">';
    const html = links.map((href) => `<a href="${href}">page</a>`).join('');
    const foreign = '<a href="https://example.org/runs/x.html">x</a><a href="javascript:runs/x.html">x</a>';
    expect(readPageRepro(pageOf(campaign + html + foreign))).toEqual({ pages: [links[0], links[1]] });
    expect(readPageRepro(pageOf(`${campaign}</main>`))).toEqual({ pages: [] });
  });
});

test('pages are told from other files by their beginning', () => {
  for (const text of ['<!doctype html>', '\ufeff\n<!DOCTYPE HTML>', '<html>']) {
    expect(looksLikePage(bytes(text))).toBe(true);
  }
  for (const text of ['', '{"schema": 1}', '\0\0', 'html', '<x>'])
    expect(looksLikePage(bytes(text))).toBe(false);
  expect(looksLikePage(new Uint8Array([0xff, 0xfe, 0x3c]))).toBe(false);
});
