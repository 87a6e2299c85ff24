/**
 * The session guarantees where answers tell all that they rest on: a register that keeps concurrent values answers with a clock, which stands
 * for a set of writes by their dots. Then nothing of Terry's definitions has to be guessed (see `session-guarantees.ts`): DB(r) is the clock of
 * the answer, a write is in it if the clock counts its dot, and each guarantee says which dots a clock must count. All are decided exactly, each
 * by itself and key by key: the clock of a key says nothing of other keys.
 */
import type { Operation } from '../history.ts';
import type { Guarantee } from './guarantee-orders.ts';
import { sessionName } from './session-order.ts';

/** What an answer tells: the clock of its key, and the dot that a write was given. */
export interface Dotted {
  readonly operation: Operation;
  readonly key: string;
  readonly clock: ReadonlyMap<string, number>;
  /** `null`: no write, or one that was refused. */
  readonly dot: { readonly actor: string; readonly counter: number } | null;
}

/** A contradiction: what went before in a session, the write that came after it where there is one, and the answer that counts too little. */
export interface Uncounted {
  readonly key: string;
  readonly operations: readonly Operation[];
  readonly message: string;
}

/** What an operation tells by dots; `null`: nothing. */
export function dottedOf(operation: Operation): Dotted | null {
  const op = operation.op as { f?: unknown; key?: unknown; actor?: unknown } | null;
  const answer = operation.value as
    { context?: { clock?: unknown }; done?: unknown; rejected?: unknown; error?: unknown } | null | undefined;
  if (operation.outcome !== 'ok' || typeof op !== 'object' || typeof op?.f !== 'string') return null;
  const told = answer?.context?.clock;
  if (!op.f.endsWith('Siblings') || !Array.isArray(told)) return null;
  const clock = new Map(told as [string, number][]);
  const refused =
    op.f === 'getSiblings' ||
    answer?.error !== undefined ||
    answer?.rejected === true ||
    (op.f === 'casSiblings' && answer?.done !== true);
  const actor = typeof op.actor === 'string' ? op.actor : '';
  const counter = clock.get(actor);
  const dot = refused || counter === undefined ? null : { actor, counter };
  return { operation, key: String(op.key), clock, dot };
}

/** The first answer, in order of completion, that breaks the guarantee; `null`: none does. */
export function firstUncounted(guarantee: Guarantee, told: readonly Dotted[]): Uncounted | null {
  const byKey = new Map<string, Dotted[]>();
  for (const one of told) {
    const same = byKey.get(one.key);
    if (same === undefined) byKey.set(one.key, [one]);
    else same.push(one);
  }
  const found: { uncounted: Uncounted; at: number }[] = [];
  for (const all of byKey.values()) {
    all.sort((a, b) => a.operation.completedAt - b.operation.completedAt || a.operation.id - b.operation.id);
    const one =
      guarantee === 'readYourWrites' || guarantee === 'monotonicReads'
        ? inOneSession(guarantee, all)
        : overSessions(guarantee, all);
    if (one !== null) found.push(one);
  }
  found.sort((a, b) => a.at - b.at);
  return found[0]?.uncounted ?? null;
}

/** What has to be counted, by actor, and which operation says so. */
type Demand = Map<string, { readonly counter: number; readonly by: Dotted }>;

function raise(demand: Demand, actor: string, counter: number, by: Dotted): void {
  if ((demand.get(actor)?.counter ?? 0) < counter) demand.set(actor, { counter, by });
}

/** What one operation demands of what comes after it in its session: that its dot is counted, or all that it was shown. */
function demandBy(one: Dotted, kind: 'writes' | 'reads', demand: Demand): void {
  if (kind === 'reads') for (const [actor, counter] of one.clock) raise(demand, actor, counter, one);
  else if (one.dot !== null) raise(demand, one.dot.actor, one.dot.counter, one);
}

/** Who says what the clock does not count; `null`: it counts all. */
function missing(demand: Demand, { clock }: Dotted): Dotted | null {
  for (const [actor, { counter, by }] of demand) if ((clock.get(actor) ?? 0) < counter) return by;
  return null;
}

/** By operation: what had been demanded in its session when it was invoked. @param all in order of completion */
function demands(all: readonly Dotted[], kind: 'writes' | 'reads'): ReadonlyMap<Dotted, Demand> {
  const sessions = new Map<string, Dotted[]>();
  for (const one of all) {
    const name = sessionName(one.operation);
    const own = sessions.get(name);
    if (own === undefined) sessions.set(name, [one]);
    else own.push(one);
  }
  const result = new Map<Dotted, Demand>();
  for (const completed of sessions.values()) {
    const running: Demand = new Map();
    let done = 0;
    for (const one of completed.toSorted((a, b) => a.operation.invokedAt - b.operation.invokedAt)) {
      for (; done < completed.length; done += 1) {
        if (completed[done]!.operation.completedAt >= one.operation.invokedAt) break;
        demandBy(completed[done]!, kind, running);
      }
      result.set(one, new Map(running));
    }
  }
  return result;
}

function inOneSession(
  guarantee: 'readYourWrites' | 'monotonicReads',
  all: readonly Dotted[],
): { uncounted: Uncounted; at: number } | null {
  const demanded = demands(all, guarantee === 'readYourWrites' ? 'writes' : 'reads');
  for (const one of all) {
    const by = missing(demanded.get(one)!, one);
    if (by === null) continue;
    const what =
      guarantee === 'readYourWrites'
        ? `its own write (${dotName(by)}, #${by.operation.id})`
        : `what it was shown before (${clockName(by)}, #${by.operation.id})`;
    const message = `${sessionName(one.operation)} was answered ${clockName(one)} (#${one.operation.id}) on ${one.key}, which does not count ${what}.`;
    const operations = [by.operation, one.operation];
    return { uncounted: { key: one.key, operations, message }, at: one.operation.completedAt };
  }
  return null;
}

/** Whoever counts a write counts what that write's session demanded before it. */
function overSessions(
  guarantee: 'monotonicWrites' | 'writesFollowReads',
  all: readonly Dotted[],
): { uncounted: Uncounted; at: number } | null {
  const demanded = demands(all, guarantee === 'monotonicWrites' ? 'writes' : 'reads');
  // By actor, its writes in the order of their counters: a clock counts the first few of them.
  const writes = new Map<string, Dotted[]>();
  for (const one of all) {
    if (one.dot === null) continue;
    const own = writes.get(one.dot.actor);
    if (own === undefined) writes.set(one.dot.actor, [one]);
    else own.push(one);
  }
  const joins = new Map<string, { counter: number; demand: Map<string, Demanded> }[]>();
  for (const [actor, own] of writes) {
    own.sort((a, b) => a.dot!.counter - b.dot!.counter);
    const running = new Map<string, Demanded>();
    const steps: { counter: number; demand: Map<string, Demanded> }[] = [];
    for (const write of own) {
      for (const [other, { counter, by }] of demanded.get(write)!) {
        if ((running.get(other)?.counter ?? 0) < counter) running.set(other, { counter, by, write });
      }
      steps.push({ counter: write.dot!.counter, demand: new Map(running) });
    }
    joins.set(actor, steps);
  }
  for (const one of all) {
    const broken = uncountedBefore(one, joins);
    if (broken === null) continue;
    const { by, write } = broken;
    const what =
      guarantee === 'monotonicWrites'
        ? `the write of the same session before it (${dotName(by)}, #${by.operation.id})`
        : `what its session had been shown before it (${clockName(by)}, #${by.operation.id})`;
    const message = `${sessionName(one.operation)} was answered ${clockName(one)} (#${one.operation.id}) on ${one.key}, which counts the write ${dotName(write)} (#${write.operation.id}) and not ${what}.`;
    const operations = [...new Set([by.operation, write.operation, one.operation])];
    return { uncounted: { key: one.key, operations, message }, at: one.operation.completedAt };
  }
  return null;
}

/** What a write demands, by whom before it. */
interface Demanded {
  readonly counter: number;
  readonly by: Dotted;
  readonly write: Dotted;
}

function uncountedBefore(
  { clock }: Dotted,
  joins: ReadonlyMap<string, readonly { counter: number; demand: ReadonlyMap<string, Demanded> }[]>,
): Demanded | null {
  for (const [actor, counter] of clock) {
    const step = joins.get(actor)?.findLast((s) => s.counter <= counter);
    if (step === undefined) continue;
    for (const [other, demanded] of step.demand) {
      if ((clock.get(other) ?? 0) < demanded.counter) return demanded;
    }
  }
  return null;
}

function clockName({ clock }: Dotted): string {
  return `{${[...clock].map(([actor, counter]) => `${actor}:${counter}`).join(', ')}}`;
}

function dotName({ dot }: Dotted): string {
  return `${dot?.actor}:${dot?.counter}`;
}
