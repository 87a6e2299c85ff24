/**
 * The state of a run after an event of its page: servers with the ends of their logs, locks, barriers, keys, and what each was before. What a page
 * needs for that is indexed once, when it is first asked, so that a key press takes a few milliseconds on the longest run.
 */
import { LogStates, termAt } from './log-state.ts';
import type { ServerLog } from './log-state.ts';
import { barrierStates, keyStates, lockStates } from './object-states.ts';
import type { LogCell, LogColumn, NodeRole, NodeState, PageState } from './page-state.ts';
import { eventOfStep } from './moment.ts';
import type { HostSpan, RoleSpan, RunPage } from './run-page.ts';

/** Indexes of the log that are shown. */
export const columnsMax = 11;
/** Columns behind the entry of the verdict, where the log goes on far beyond it. */
const behindViolating = 4;

/** What is looked up again and again. */
interface PageIndex {
  readonly logs: LogStates;
  /** By `HOST GROUP`, in order. */
  readonly roles: ReadonlyMap<string, readonly RoleSpan[]>;
  readonly hostSpans: ReadonlyMap<number, readonly HostSpan[]>;
  readonly groups: readonly number[];
}

const indexes = new WeakMap<RunPage, PageIndex>();

/**
 * The state after an event.
 * @param event place in `timeline.events`
 * @param since place of the event that values are compared with: by default the step of the story, or of the slice, before it, where it is one itself
 * @param chosen group of replicas; by default the one that the verdict is about, else the first
 */
export function stateAt(
  page: RunPage,
  event: number,
  since: number = stopBefore(page, event),
  chosen: number = page.timeline.log.violatingGroup,
): PageState {
  const index = indexOf(page);
  const group = index.groups.includes(chosen) ? chosen : (index.groups[0] ?? 0);
  const { atUs } = page.timeline.events;
  const moment = (at: number): number => (at < 0 ? -1 : (atUs[at] ?? 0));
  const now = index.logs.at(event);
  const before = index.logs.at(since);
  const shown = columnsOf(page, [...now.values()], group);
  const times = { nowUs: moment(event), beforeUs: moment(since) };
  return {
    event,
    group,
    groups: index.groups,
    columns: shown,
    nodes: [...Array(page.about.servers).keys()]
      .filter((host) => index.roles.has(`${host} ${group}`) || index.groups.length === 1)
      .map((host) => nodeState({ page, index, group, times, now, before }, shown, host)),
    locks: lockStates(page, times),
    barriers: barrierStates(page, times),
    keys: keyStates(page, times),
  };
}

/**
 * The event that a person came from: the story's step before it, else the slice's, else the event before. -1 where there is none.
 * @param step of the story, where the cursor is on one: it may share its event with the step before, if no host did it
 */
export function stopBefore(page: RunPage, event: number, step = 0): number {
  if (step > 1) return eventOfStep(page, step - 1);
  const { storyEvents, timeline } = page;
  // A fault that the story begins with changed nothing of what is shown.
  if (step === 1 && storyEvents[0]! < 0) return event;
  for (const stops of [storyEvents, timeline.slice]) {
    if (stops.includes(event)) return Math.max(-1, ...stops.filter((one) => one < event));
  }
  return event - 1;
}

function indexOf(page: RunPage): PageIndex {
  const known = indexes.get(page);
  if (known !== undefined) return known;
  const roles = new Map<string, RoleSpan[]>();
  for (const span of page.timeline.roles) push(roles, `${span.host} ${span.group}`, span);
  const hostSpans = new Map<number, HostSpan[]>();
  for (const span of page.timeline.hostSpans) push(hostSpans, span.host, span);
  const groups = [...new Set(page.timeline.roles.map((span) => span.group))].sort((a, b) => a - b);
  const index = { logs: new LogStates(page.timeline.log), roles, hostSpans, groups };
  indexes.set(page, index);
  return index;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const all = map.get(key);
  if (all === undefined) map.set(key, [value]);
  else all.push(value);
}

/** Indexes up to the end of the longest log; where the verdict is about one that lies further back, round that. */
function columnsOf({ timeline: { log } }: RunPage, logs: readonly ServerLog[], group: number): LogColumn[] {
  const last = Math.max(0, ...logs.filter((one) => one.group === group).map((one) => one.last));
  let to = last;
  if (log.violatingGroup === group && log.violating > 0 && log.violating <= last - columnsMax)
    to = log.violating + behindViolating;
  const from = Math.max(1, to - columnsMax + 1);
  const columns: LogColumn[] = [];
  for (let index = from; index <= to; index += 1) {
    const key = `${group}:${index}`;
    columns.push({ index, label: Object.hasOwn(log.labels, key) ? log.labels[key]! : '' });
  }
  return columns;
}

/** The last span that had begun at an instant; binary, spans are in order. */
function spanAt<T extends { readonly fromUs: number; readonly toUs: number }>(
  spans: readonly T[] | undefined,
  atUs: number,
): { readonly span: T | null; readonly over: boolean } {
  if (spans === undefined) return { span: null, over: true };
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (spans[middle]!.fromUs <= atUs) low = middle + 1;
    else high = middle;
  }
  const span = spans[low - 1] ?? null;
  return { span, over: span === null || span.toUs <= atUs };
}

interface At {
  readonly page: RunPage;
  readonly index: PageIndex;
  readonly group: number;
  readonly times: { readonly nowUs: number; readonly beforeUs: number };
  readonly now: ReadonlyMap<string, ServerLog>;
  readonly before: ReadonlyMap<string, ServerLog>;
}

function nodeState(at: At, columns: readonly LogColumn[], host: number): NodeState {
  const { page, index, group, times } = at;
  const key = `${host} ${group}`;
  const then = (atUs: number): { role: NodeRole; term: number; up: NodeState['up'] } => {
    const { untilUs } = page.about;
    const role = spanAt(index.roles.get(key), atUs);
    const doing = spanAt(index.hostSpans.get(host), atUs);
    // What lasts ends with the run, and its last instant is of it.
    const lasts = (one: {
      readonly span: { readonly toUs: number } | null;
      readonly over: boolean;
    }): boolean => !one.over || (one.span !== null && one.span.toUs === untilUs && atUs === untilUs);
    const up = doing.span !== null && lasts(doing) ? doing.span.what : 'up';
    const has = role.span !== null && lasts(role) && up !== 'crashed' && up !== 'stopped';
    return { role: has ? role.span.role : null, term: role.span?.term ?? 0, up };
  };
  const now = then(times.nowUs);
  const before = times.beforeUs < 0 ? null : then(times.beforeUs);
  const log = at.now.get(key);
  return {
    host,
    up: now.up,
    role: changing(now.role, before?.role),
    term: changing(now.term, before?.term),
    commit: changing(log?.commit ?? 0, before === null ? undefined : (at.before.get(key)?.commit ?? 0)),
    log: columns.map(({ index: one }) => cellOf(at, key, one)),
  };
}

/** A value with what it was, where that was another. */
export function changing<T>(now: T, before: T | undefined): { readonly now: T; readonly before?: T } {
  return before === undefined || Object.is(now, before) ? { now } : { now, before };
}

function cellOf({ page, group, now, before }: At, key: string, index: number): LogCell | null {
  const log = now.get(key);
  const term = log === undefined ? null : termAt(log, index);
  if (log === undefined || term === null) return null;
  const was = before.get(key);
  const wasTerm = was === undefined ? null : termAt(was, index);
  const committed = index <= log.commit;
  let conflicts = false;
  for (const other of now.values())
    if (other.group === group && (termAt(other, index) ?? 0) > term) conflicts = true;
  const { violating, violatingGroup } = page.timeline.log;
  return {
    ...{ index, term, conflicts },
    state: committed ? 'committed' : 'uncommitted',
    fresh: wasTerm !== term || (committed && index > (was?.commit ?? 0)),
    violating: violatingGroup === group && violating === index,
  };
}
