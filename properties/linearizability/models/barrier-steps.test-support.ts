/** What a tree of barriers does, spelled out on plain data and slowly: for comparing checkers. It shares no code with the model. */
import type { Operation, Waited } from '../../history.ts';

/** What a client asks: see `BarrierRequest`. `end`: a session ends, which no client asks for. */
export interface Asked extends Partial<Waited> {
  readonly f:
    | 'createBarrier'
    | 'destroyBarrier'
    | 'register'
    | 'deregister'
    | 'arrive'
    | 'reset'
    | 'close'
    | 'sessionEnded';
  readonly barrier?: string;
  readonly creation?: number;
  readonly participant?: string;
  readonly generation?: number;
  readonly numerator?: number;
  readonly denominator?: number;
  readonly minParticipants?: number;
  readonly timeoutUs?: number;
  readonly parent?: string;
  readonly reason?: 'closed' | 'expired';
}

/** Any answer. */
export interface Answer {
  readonly creation?: number;
  readonly current?: number;
  readonly generation?: number;
  readonly outcome?: string;
  readonly queued?: true;
  readonly entered?: true;
  readonly registered?: true;
  readonly left?: true;
  readonly destroyed?: true;
  readonly reset?: boolean;
  readonly error?: string;
  readonly barrier?: string;
  readonly participant?: string;
  readonly parent?: string;
  readonly children?: readonly string[];
}
export type BarrierHistory = readonly Operation<Asked, Answer>[];

export type BarrierOperation = Operation<Asked, Answer>;

/** One barrier, as plain data. */
export interface Small {
  name: string;
  c: number;
  num: number;
  den: number;
  min: number;
  timeout: number;
  parent: string;
  g: number;
  broken: boolean;
  /** Participants: session, and whether they arrived. */
  who: Record<string, { s: number; in: boolean }>;
  /** Requests that wait: participant by id. */
  waits: Record<string, string>;
  /** When the first arrival came, or may have come. */
  since: number | null;
  out: Record<string, 'tripped' | 'broken'>;
}

/** A tree, as plain data, and what requests that waited have heard. */
export interface SmallTree {
  all: Small[];
  heard: Record<string, string>;
  /** Outcomes of barriers that are no more, by creation and generation. */
  past: Record<string, string>;
  /** Greatest creation by name. */
  last: Record<string, number>;
  now: number;
  /** Barriers that lost their last participant in an entry of ends that is not over; null: there is none. */
  entry: string[] | null;
}

/** What a tree does wrong: arrivals of others count twice; a child goes first; who left is still counted; a reset takes arrivals along; deadlines come early. */
export type Fault = 'twice' | 'childFirst' | 'ghosts' | 'carried' | 'early';

export const nothing: SmallTree = { all: [], heard: {}, past: {}, last: {}, now: 0, entry: null };

export function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

export const find = (t: SmallTree, name: string): Small | undefined => t.all.find((b) => b.name === name);

function isBelow(t: SmallTree, b: Small, top: Small): boolean {
  const parent = find(t, b.parent);
  return parent !== undefined && (parent === top || isBelow(t, parent, top));
}

const below = (t: SmallTree, top: Small): Small[] => t.all.filter((b) => isBelow(t, b, top));

/** The current generation is over: all who wait hear so, and nobody has arrived any more. */
function finish(t: SmallTree, b: Small, outcome: 'tripped' | 'broken'): void {
  b.out[b.g] ??= outcome;
  for (const id of Object.keys(b.waits)) t.heard[id] = outcome;
  for (const one of Object.values(b.who)) one.in = false;
  b.waits = {};
  b.since = null;
}

function break_(t: SmallTree, b: Small): void {
  if (b.broken) return;
  finish(t, b, 'broken');
  b.broken = true;
}

function breakTo(t: SmallTree, b: Small, g: number): void {
  break_(t, b);
  for (; b.g < g; break_(t, b)) {
    b.g += 1;
    b.broken = false;
  }
}

function breakAll(t: SmallTree, b: Small): void {
  break_(t, b);
  for (const one of below(t, b)) if (one.g <= b.g) breakTo(t, one, b.g);
}

/** Does what is due until nothing changes. */
export function rest(t: SmallTree, emptied: readonly string[], fault?: Fault): void {
  for (const name of emptied) {
    const b = find(t, name);
    if (b === undefined || Object.keys(b.who).length > 0) continue;
    const ahead = below(t, b).filter((one) => one.g > b.g);
    if (!b.broken) breakAll(t, b);
    for (const one of ahead) break_(t, one);
  }
  for (let changed = true; changed;) {
    changed = false;
    for (const b of t.all) {
      const parent = find(t, b.parent);
      const n = Object.keys(b.who).length;
      if (
        parent !== undefined &&
        n === 0 &&
        (parent.g > b.g || (parent.g === b.g && parent.broken && !b.broken))
      ) {
        changed = true;
        for (; b.g < parent.g; b.g += 1) {
          const taken = parent.out[b.g];
          if (taken !== undefined) b.out[b.g] ??= taken;
        }
        b.broken = parent.broken;
        if (b.broken) b.out[b.g] ??= 'broken';
      }
      const here = Object.values(b.who).filter((one) => one.in).length;
      if (b.broken || here === 0 || n < b.min || here / n < b.num / b.den) continue;
      if (parent !== undefined && parent.out[b.g] !== 'tripped' && fault !== 'childFirst') continue;
      changed = true;
      finish(t, b, 'tripped');
      b.g += 1;
      b.broken = false;
    }
  }
}

function takeOut(b: Small, p: string, emptied: string[]): void {
  delete b.who[p];
  b.waits = Object.fromEntries(Object.entries(b.waits).filter(([, who]) => who !== p));
  if (!Object.values(b.who).some((one) => one.in)) b.since = null;
  if (Object.keys(b.who).length === 0 && b.parent === '') emptied.push(b.name);
}

/** Who asks what, when, at the earliest. `in` and `out` are the halves of an arrival, `end` that of a session. */
export interface Step {
  readonly id: number;
  readonly f: Asked['f'] | 'in' | 'out' | 'end';
  readonly op: Asked;
  readonly s: number;
  readonly us: number;
  /** Of an end: that of a session that was closed, which has an entry of its own. */
  readonly closed?: boolean;
  /** Of an end of nobody knows whose session: of whom. */
  readonly of?: string;
}

export interface Come {
  readonly answer: Answer;
  readonly next: SmallTree;
}

/** All that may come of a step in a tree. @param creation what a barrier that is made here is created as */
export function steps(t: SmallTree, step: Step, creation: number, fault?: Fault): readonly Come[] {
  const { op, id } = step;
  const comes: Come[] = [];
  const come = (answer: Answer, change?: (next: SmallTree) => void): void => {
    const next = copied(t);
    change?.(next);
    comes.push({ answer, next });
  };
  const no = (error: string, more: object): void => come({ error, ...more });
  const name = op.barrier ?? '';
  if (step.f === 'end') {
    const of = (b: Small, p: string): boolean => b.who[p]!.s === step.s && step.s > 0;
    const maybe = t.all.flatMap((b) =>
      Object.keys(b.who)
        .filter((p) => b.who[p]!.s === 0 && (step.s > 0 || step.of === `${b.name} ${p}`))
        .map((p) => `${b.name} ${p}`),
    );
    for (let chosen = 0; chosen < 2 ** maybe.length; chosen += 1) {
      const also = maybe.filter((_, i) => ((chosen >> i) & 1) === 1);
      for (const isLast of step.closed === true ? [true] : [true, false]) {
        come({}, (next) => {
          const emptied = next.entry ?? [];
          for (const b of next.all)
            for (const p of Object.keys(b.who))
              if (of(b, p) || also.includes(`${b.name} ${p}`)) takeOut(b, p, emptied);
          next.entry = isLast ? null : emptied;
          if (isLast) rest(next, emptied, fault);
        });
      }
    }
    return comes;
  }
  const b = find(t, name);
  if (step.f === 'createBarrier') {
    const { numerator: num = 1, denominator: den = 1, minParticipants: min = 1 } = op;
    const { timeoutUs: timeout = 0, parent = '' } = op;
    const above = find(t, parent);
    if (parent === name) no('PARENT_SELF', { barrier: name });
    else if (b !== undefined) {
      const same =
        b.num === num && b.den === den && b.min === min && b.timeout === timeout && b.parent === parent;
      if (same) come({ creation: b.c, generation: b.g });
      else no('BARRIER_EXISTS', { barrier: name, creation: b.c });
    } else if (parent !== '' && above === undefined) no('UNKNOWN_PARENT', { barrier: name, parent });
    else if (creation > (t.last[name] ?? 0)) {
      const g = above?.g ?? 1;
      const broken = above?.broken ?? false;
      come({ creation, generation: g }, (next) => {
        next.last[name] = creation;
        const made = {
          name,
          c: creation,
          num,
          den,
          min,
          timeout,
          parent,
          g,
          broken,
          who: {},
          waits: {},
          since: null,
        };
        next.all.push({ ...made, out: broken ? { [g]: 'broken' } : {} });
      });
    }
    return comes;
  }
  if (step.f === 'out') {
    const g = op.generation!;
    const outcome = b !== undefined && b.c === op.creation ? b.out[g] : undefined;
    if (outcome !== undefined) come({ outcome, generation: g });
    const past = t.past[`${op.creation} ${g}`];
    if (past !== undefined) come({ outcome: past, generation: g });
    if (t.heard[id] === 'left') come({ outcome: 'left', generation: g });
    return comes;
  }
  if (b === undefined) no('UNKNOWN_BARRIER', { barrier: name });
  else if (b.c !== op.creation) no('WRONG_CREATION', { barrier: name, creation: op.creation, current: b.c });
  else {
    const here = (next: SmallTree): Small => find(next, name)!;
    const p = op.participant ?? '';
    const who = b.who[p];
    const mine = who !== undefined && (who.s === step.s || who.s === 0 || step.s === 0);
    const another = who !== undefined && (who.s !== step.s || who.s === 0);
    if (step.f === 'destroyBarrier') {
      const children = t.all.filter((one) => one.parent === name).map((one) => one.name);
      if (children.length > 0) no('HAS_CHILDREN', { barrier: name, children });
      else {
        come({ destroyed: true }, (next) => {
          const gone = here(next);
          break_(next, gone);
          for (const [g, outcome] of Object.entries(gone.out)) next.past[`${gone.c} ${g}`] = outcome;
          next.all = next.all.filter((one) => one !== gone);
        });
      }
    } else if (step.f === 'register') {
      if (another) no('ALREADY_REGISTERED', { barrier: name, participant: p });
      if (mine) come({ registered: true, generation: b.g });
      if (who === undefined) {
        const next = copied(t);
        here(next).who[p] = { s: step.s, in: false };
        rest(next, [], fault);
        comes.push({ answer: { registered: true, generation: here(next).g }, next });
      }
    } else if (step.f === 'deregister') {
      if (!mine || another) no('NOT_REGISTERED', { barrier: name, participant: p });
      if (mine) {
        come({ left: true }, (next) => {
          const emptied: string[] = [];
          for (const [one, whose] of Object.entries(here(next).waits))
            if (whose === p) next.heard[one] = 'left';
          takeOut(here(next), p, emptied);
          if (fault !== 'ghosts') rest(next, emptied, fault);
        });
      }
    } else if (step.f === 'reset') {
      if (op.generation !== b.g) come({ generation: b.g, reset: false });
      else {
        const next = copied(t);
        const at = here(next);
        const along = below(next, at).filter((one) => one.g <= at.g);
        const there = Object.values(at.who).filter((one) => one.in);
        break_(next, at);
        for (const one of along) breakTo(next, one, at.g);
        for (const one of [at, ...along]) {
          one.g += 1;
          one.broken = false;
        }
        if (fault === 'carried') for (const one of there) one.in = true;
        rest(next, [], fault);
        comes.push({ answer: { generation: here(next).g, reset: true }, next });
      }
    } else {
      const generation = op.generation!;
      const top = (one: Small): Small => (one.parent === '' ? one : top(find(t, one.parent)!));
      if (b.out[generation] !== undefined) come({ entered: true });
      else if (generation < b.g) no('GENERATION_FORGOTTEN', { barrier: name, generation, current: b.g });
      else if (generation > b.g) no('FUTURE_GENERATION', { barrier: name, generation, current: b.g });
      else {
        if (!mine || another) no('NOT_REGISTERED', { barrier: name, participant: p });
        const root = top(b);
        if (mine && root !== b && Object.keys(root.who).length === 0) {
          no('PARENT_EMPTY', { barrier: name, parent: root.name });
        } else if (mine) {
          const next = copied(t);
          const at = here(next);
          if (!at.who[p]!.in || fault === 'twice') {
            at.who[p]!.in = true;
            at.since ??= step.us;
            // Another's, so to speak.
            const other = Object.values(at.who).find((one) => !one.in);
            if (fault === 'twice' && who.in && other !== undefined) other.in = true;
          }
          at.waits[id] = p;
          rest(next, [], fault);
          comes.push({ answer: { entered: true }, next });
          if (next.heard[id] === undefined) comes.push({ answer: { queued: true }, next });
        }
      }
    }
  }
  return comes;
}

/** A generation's deadline passes. */
export function timeOut(t: SmallTree, name: string, fault?: Fault): SmallTree {
  const next = copied(t);
  const b = find(next, name)!;
  next.now = Math.max(next.now, b.since! + b.timeout);
  breakAll(next, b);
  if (next.entry === null) rest(next, [], fault);
  return next;
}
