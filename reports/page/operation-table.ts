/** What clients asked and heard, and when it took effect. */
import type { Observation } from '../../core/observe.ts';
import { operationSpans } from '../chrome-tracks.ts';
import { operationWords, shortValue } from '../observation-words.ts';
import type { RunRecord } from '../run-record.ts';
import { cut } from '../visible-text.ts';
import type { EntryTimes } from './entry-times.ts';
import { Places } from './places.ts';
import type { OperationTable } from './run-page.ts';

/** One operation, gathered of its observations. */
export interface AskedOperation {
  readonly id: number;
  readonly host: number;
  readonly group: number;
  readonly op: unknown;
  readonly fromUs: number;
  /** -1: it never ended. */
  toUs: number;
  outcome: 'ok' | 'fail' | 'unknown';
  value: unknown;
  /** Log index at which it took effect; 0 where it is not known. */
  place: number;
  session: number;
  number: number;
  /** The step that sent the last answer; -1 where there is none. */
  answeredBy: number;
}

/** All operations, in the order of asking. */
export function askedOperations({ steps, messages, observations }: RunRecord): AskedOperation[] {
  const byId = new Map<number, AskedOperation>();
  for (const { step, group, observation } of observations) {
    const { kind, id, op, outcome, value, place, session, number } = observation as Record<string, unknown>;
    if (typeof id !== 'number') continue;
    if (kind === 'invoked') {
      const host = steps.host[step]!;
      byId.set(id, {
        ...{ id, host, group, op, fromUs: steps.at[step]!, toUs: -1, outcome: 'unknown', value: null },
        ...{ place: 0, session: 0, number: 0, answeredBy: -1 },
      });
    } else if (kind === 'completed') {
      const asked = byId.get(id);
      if (asked === undefined) continue;
      asked.toUs = steps.at[step]!;
      asked.outcome = outcome === 'ok' || outcome === 'fail' ? outcome : 'unknown';
      asked.value = value;
      asked.place = integer(place);
      asked.session = integer(session);
      asked.number = integer(number);
      const message = steps.message[step]!;
      asked.answeredBy = message < 0 ? -1 : messages.step[message]!;
    }
  }
  return [...byId.values()];
}

function integer(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) ? value : 0;
}

/** What an operation is about. */
export interface OperationObject {
  readonly what: 'lock' | 'barrier' | 'key';
  readonly name: string;
}

/** Longer names would be in the page as often as there are lanes, tables and texts of them. */
const nameMax = 1_000;

/** The name of a lock, barrier or key, as the page has it: whole, but for monsters. */
export function wholeName(name: string): string {
  return cut(name, nameMax);
}

/** The lock, barrier or key of an operation; null where it has none. */
export function objectOf(op: unknown): OperationObject | null {
  if (typeof op !== 'object' || op === null) return null;
  for (const what of ['key', 'lock', 'barrier'] as const) {
    const name = Object.hasOwn(op, what) ? (op as Record<string, unknown>)[what] : undefined;
    if (typeof name === 'string') return { what, name: wholeName(name) };
  }
  return null;
}

/** The fencing token that an operation named, or was given; 0: none. */
export function tokenOf({ op, value }: Pick<AskedOperation, 'op' | 'value'>): number {
  const asked = record(op);
  const guard = record(asked['guard']);
  for (const token of [asked['token'], guard['token'], record(value)['token']])
    if (typeof token === 'number' && Number.isInteger(token) && token > 0) return token;
  return 0;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** What a client heard, in a few words: `ok`, `STALE_TOKEN`, `token 45`. What it means to be answered `null`, only the process knows. */
export function answerWords(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return shortValue(value);
  const fields = value as Record<string, unknown>;
  const { error, token, version, outcome, generation } = fields;
  if (typeof error === 'string') return shortValue(error);
  if (fields['busy'] === true) return 'busy';
  if (fields['timeout'] === true) return 'timeout';
  if (fields['done'] === false) return `not done: ${shortValue(fields['value'])}`;
  if (Object.hasOwn(fields, 'value')) return shortValue(fields['value']);
  if (typeof token === 'number') return `token ${token}`;
  if (typeof outcome === 'string') return shortValue(outcome);
  if (typeof generation === 'number') return `generation ${generation}`;
  if (typeof version === 'number' || fields['released'] === true || fields['closed'] === true) return 'ok';
  return shortValue(value);
}

/** The table. @param violating ids of the operations that the verdict is about */
export function operationTable(
  run: RunRecord,
  asked: readonly AskedOperation[],
  times: EntryTimes,
  violating: ReadonlySet<number>,
): OperationTable {
  const lanes = new Map<unknown, number>();
  for (const { track, args } of operationSpans(run)) lanes.set(args['id'], track.number);
  const words = new Places();
  const objects = new Places();
  const column = <T>(make: (one: AskedOperation) => T): T[] => asked.map(make);
  return {
    id: column((one) => one.id),
    host: column((one) => one.host),
    lane: column((one) => lanes.get(one.id) ?? 0),
    fromUs: column((one) => one.fromUs),
    toUs: column((one) => one.toUs),
    outcome: column((one) => one.outcome),
    asked: column((one) => words.of(operationWords(one.op))),
    answered: column((one) =>
      one.toUs < 0 || one.outcome === 'unknown' || one.value === undefined
        ? -1
        : words.of(answerWords(one.value)),
    ),
    words: words.names,
    pointUs: column((one) => pointUs(run, one, times)),
    token: column(tokenOf),
    object: column((one) => {
      const object = objectOf(one.op);
      return object === null ? -1 : objects.of(object.name);
    }),
    objects: objects.names,
    violating: asked.flatMap((one, place) => (violating.has(one.id) ? [place] : [])),
  };
}

/** When it took effect: its entry was first applied, or the answer to a read left. What lies outside the operation is none (a repeated request's). */
function pointUs({ steps }: RunRecord, one: AskedOperation, times: EntryTimes): number {
  let at = -1;
  if (one.session > 0) at = times.applied(one.group, one.place) ?? times.ofRequest(one) ?? -1;
  else if (one.outcome === 'ok' && one.answeredBy >= 0) at = steps.at[one.answeredBy]!;
  return at < one.fromUs || (one.toUs >= 0 && at > one.toUs) ? -1 : at;
}

/** Of an observation of a transition the index of its entry; 0 where it has none. */
export function indexOf(observation: Observation): number {
  return integer((observation as { index?: unknown }).index);
}
