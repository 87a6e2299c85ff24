/**
 * How numbers, times and paragraphs are written for people: with units, with separators, within 80 columns.
 * Written by hand, so that a report reads the same under every locale.
 */

/** Columns of a terminal report. */
export const columns = 80;

/** `60112` → `60,112`. */
export function exact(value: number): string {
  const digits = String(Math.abs(Math.round(value)));
  return (value < 0 ? '-' : '') + digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Like `exact` below a million; above, one decimal and a unit: `9100000` → `9.1 M`. */
export function short(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} G`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} M` : exact(value);
}

/** A count with its noun: `1 seed`, `40 seeds`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${exact(value)} ${value === 1 ? one : many}`;
}

/** An instant of virtual time, from microseconds: `4.182 s`. */
export function instant(us: number): string {
  const ms = Math.round(us / 1000);
  return `${exact(Math.floor(ms / 1000))}.${String(ms % 1000).padStart(3, '0')} s`;
}

/** A length of time, from microseconds, in at most two units: `850 ms`, `41 s`, `5 h 20 min`. */
export function duration(us: number): string {
  if (us < 999_500) return `${exact(us / 1000)} ms`;
  const seconds = Math.round(us / 1e6);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return twoUnits(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return twoUnits(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function twoUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  const head = `${exact(large)} ${largeUnit}`;
  return small === 0 ? head : `${head} ${small} ${smallUnit}`;
}

/** Breaks a text into lines of at most `width` characters at spaces; a word that is longer stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** A paragraph with a heading in front of its first line, the rest aligned under it, within 80 columns. */
export function hanging(head: string, text: string): string[] {
  const indent = ' '.repeat(head.length);
  return wrap(text, columns - head.length).map((line, i) => (i === 0 ? head : indent) + line);
}

/** A host by number, as people read it: servers are n0, n1 …, clients c0, c1 … */
export function hostName(host: number, servers: number): string {
  return host < servers ? `n${host}` : `c${host - servers}`;
}
