/**
 * What is selected on a page: `e:PLACE` an event, `m:PLACE` a message, `o:PLACE` an operation, `l:NAME`, `b:NAME`, `k:NAME` a lock, barrier or key. Names are of
 * unknown origin: as a text for addresses and attributes they are written without what neither can carry, and are found again by that.
 */
import { visible } from '../visible-text.ts';
import type { RunPage } from './run-page.ts';

/** A chosen mark. */
export type Mark = PlacedMark<'event'> | PlacedMark<'message'> | PlacedMark<'operation'> | NamedMark;

/** A row of a table. */
interface PlacedMark<Kind extends string> {
  readonly kind: Kind;
  readonly place: number;
}

/** A lane of an object. */
export interface NamedMark {
  readonly kind: 'lock' | 'barrier' | 'key';
  readonly name: string;
}

const kinds = new Map<string, Mark['kind']>([
  ['e', 'event'],
  ['m', 'message'],
  ['o', 'operation'],
  ['l', 'lock'],
  ['b', 'barrier'],
  ['k', 'key'],
]);

/** Reads a selection; null where it names nothing that is there: it may come from a link. */
export function markOf(page: RunPage, selected: string | null): Mark | null {
  return selected === null ? null : found(page, selected, (name) => name);
}

/** A selection as a text that an address and an attribute can carry: half a character, of which a name may consist, would throw in `encodeURIComponent`. */
export function selectionText(selected: string): string {
  return visible(selected);
}

/** The selection of such a text; null where it names nothing that is there. */
export function selectionOf(page: RunPage, text: string): string | null {
  const mark = found(page, text, visible);
  if (mark === null) return null;
  return `${text[0]!}:${'name' in mark ? mark.name : mark.place}`;
}

function found({ timeline }: RunPage, text: string, written: (name: string) => string): Mark | null {
  const kind = text[1] === ':' ? kinds.get(text[0]!) : undefined;
  if (kind === undefined) return null;
  const rest = text.slice(2);
  if (kind === 'lock' || kind === 'barrier' || kind === 'key') {
    const { locks, barriers, keys } = timeline;
    const all: readonly { readonly name: string }[] = { lock: locks, barrier: barriers, key: keys }[kind];
    const one = all.find(({ name }) => written(name) === rest);
    return one === undefined ? null : { kind, name: one.name };
  }
  const tables = {
    event: timeline.events.seq,
    message: timeline.messages.from,
    operation: timeline.operations.id,
  };
  const place = /^\d{1,9}$/.test(rest) ? Number(rest) : -1;
  return place >= 0 && place < tables[kind].length ? { kind, place } : null;
}
