/** Keys with the values that they took, under which tokens; and with siblings, under their dots. */
import { shortValue } from '../observation-words.ts';
import type { EntryAskers } from './entry-askers.ts';
import type { EntryTimes } from './entry-times.ts';
import { answerWords, objectOf, tokenOf, wholeName } from './operation-table.ts';
import type { AskedOperation } from './operation-table.ts';
import type { KeyLane, TimeWindow } from './run-page.ts';
import { textOf } from './transitions.ts';
import type { Transition } from './transitions.ts';

/** Keys that a page has at most, those of the verdict first, then those that were written most. */
const lanesMax = 64;
/** Values of all of them together: of others than the verdict's only those of the window are kept beyond it. */
const valuesMax = 20_000;
/** Operations that do not change anything. */
const reads = /^(get|read|list|scan)/i;

type Value = KeyLane['values'][number];

/** Of what the lanes are made. */
export interface KeySources {
  readonly asked: readonly AskedOperation[];
  readonly transitions: readonly Transition[];
  readonly times: EntryTimes;
  readonly askers: EntryAskers;
  /** Whether the verdict is about a key, and the entry that it is about. */
  readonly isViolating: (group: number, name: string) => boolean;
  readonly violating: { readonly group: number; readonly index: number };
  readonly window: TimeWindow;
}

interface Lane {
  readonly name: string;
  readonly group: number;
  values: Value[];
}

/** The keys of a run. */
export function keyLanes(sources: KeySources): KeyLane[] {
  const lanes = new Map<string, Lane>();
  const laneOf = (group: number, name: string): Lane => {
    const key = `${group} ${name}`;
    const known = lanes.get(key) ?? { name, group, values: [] };
    lanes.set(key, known);
    return known;
  };
  const withSiblings = siblingValues(sources, laneOf);
  for (const one of writes(sources)) {
    const object = objectOf(one.op);
    if (object?.what !== 'key' || withSiblings.has(`${one.group} ${object.name}`)) continue;
    const entry = one.place > 0 ? one.place : (sources.times.entryOf(one) ?? 0);
    const fromUs = sources.times.applied(one.group, entry);
    if (fromUs === null) continue;
    const violating = isEntry(sources, one.group, entry);
    const text = writtenText(one.op);
    laneOf(one.group, object.name).values.push({
      fromUs,
      text,
      dots: [],
      token: tokenOf(one),
      entry,
      violating,
    });
  }
  for (const lane of lanes.values()) lane.values.sort((a, b) => a.entry - b.entry);
  return bounded([...lanes.values()], sources);
}

/** What changed a key for certain: what was answered well, or is known to have been applied; and what the verdict is about. */
function writes({ asked, askers, violating }: KeySources): AskedOperation[] {
  const found = asked.filter(({ op, outcome, value, place, session }) => {
    if (reads.test(String((op as { f?: unknown } | null)?.f ?? ''))) return false;
    if (outcome === 'ok') return place > 0 && changes(value);
    return session > 0 && outcome === 'unknown';
  });
  const one = askers.operationOf(violating.group, violating.index);
  if (one === null || found.includes(one) || reads.test(String((one.op as { f?: unknown } | null)?.f ?? '')))
    return found;
  return [...found, { ...one, place: violating.index }];
}

/** Whether an answer says that something was written. */
function changes(value: unknown): boolean {
  const { done, error } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  return done !== false && error === undefined;
}

function isEntry({ violating }: KeySources, group: number, entry: number): boolean {
  return entry > 0 && violating.group === group && violating.index === entry;
}

/** What stands after a write: `"a"`, `3`; a deleted key has no value. */
function writtenText(op: unknown): string {
  const { value, f } = op as { value?: unknown; f?: unknown };
  if (f === 'delete') return 'deleted';
  return typeof value === 'string' ? shortValue(JSON.stringify(value)) : answerWords({ value });
}

/** Keys with siblings, by what the machine told of them; which those are. */
function siblingValues(
  sources: KeySources,
  laneOf: (group: number, name: string) => Lane,
): ReadonlySet<string> {
  const found = new Set<string>();
  /** By group, key and dot: the value that was written under it. */
  const texts = new Map<string, string>();
  for (const { atUs, group, index, observation } of sources.transitions) {
    if (observation.kind !== 'siblingsWritten') continue;
    const { actor, counter, kept, value } = observation as {
      actor?: unknown;
      counter?: unknown;
      kept?: unknown;
      value?: unknown;
    };
    const key = wholeName(textOf(observation, 'key'));
    found.add(`${group} ${key}`);
    const asked = sources.askers.operationOf(group, index);
    const written = value ?? (asked?.op as { value?: unknown } | undefined)?.value;
    const dot = `${String(actor)}:${String(counter)}`;
    if (written !== undefined) texts.set(`${group} ${key} ${dot}`, writtenText({ value: written }));
    const dots = Array.isArray(kept) ? kept.map(String) : [];
    const text = dots.map((one) => texts.get(`${group} ${key} ${one}`) ?? one).join(' | ');
    laneOf(group, key).values.push({
      ...{ fromUs: atUs, text: text === '' ? 'deleted' : text, dots, token: 0, entry: index },
      violating: isEntry(sources, group, index),
    });
  }
  return found;
}

function bounded(lanes: readonly Lane[], { isViolating, window }: KeySources): KeyLane[] {
  const matters = ({ group, name, values }: Lane): boolean =>
    isViolating(group, name) || values.some((value) => value.violating);
  const order = [...lanes].sort(
    (a, b) => Number(matters(b)) - Number(matters(a)) || b.values.length - a.values.length,
  );
  const kept = order.slice(0, lanesMax).map((lane) => ({ ...lane, violating: matters(lane) }));
  let total = kept.reduce((sum, lane) => sum + lane.values.length, 0);
  for (const lane of kept.toReversed()) {
    if (total <= valuesMax) break;
    const before = lane.values.length;
    const first = lane.values.findIndex((value) => value.fromUs >= window.fromUs);
    // What stood when the window began belongs to it.
    lane.values = lane.values.slice(Math.max(0, (first < 0 ? before : first) - 1));
    total -= before - lane.values.length;
  }
  return kept;
}
