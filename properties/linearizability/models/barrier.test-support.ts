/** Random small histories of a tree of barriers, right ones and broken ones: for comparing checkers. */
import type { Draws } from '../random-history.test-support.ts';
import type {
  Answer,
  Asked,
  BarrierHistory,
  BarrierOperation,
  Fault,
  Small,
  SmallTree,
  Step,
} from './barrier-steps.test-support.ts';
import { copied, find, nothing, steps, timeOut } from './barrier-steps.test-support.ts';

type Mutable = { -readonly [K in keyof BarrierOperation]: BarrierOperation[K] };

const second = 1_000_000;
const sessionTtlUs = 30 * second;

/** What a history is drawn from. */
export interface BarrierShape {
  readonly operations: number;
  readonly concurrency: number;
  readonly infoPercent: number;
  /** How long an event takes. */
  readonly tickUs: number;
  readonly kind: 'full' | 'partial' | 'timed' | 'tree';
  /** Tell the places and the ends of sessions, as a simulation does. */
  readonly places?: boolean;
  readonly fault?: Fault | undefined;
}

interface Running {
  readonly operation: Mutable;
  readonly session: number;
  applied: boolean;
  waits: boolean;
  told: boolean;
  answer: Answer | undefined;
  place: number;
  appliedAt: number;
}

const creates: Readonly<Record<BarrierShape['kind'], readonly Asked[]>> = {
  full: [{ f: 'createBarrier', barrier: 'b', minParticipants: 2 }],
  partial: [{ f: 'createBarrier', barrier: 'b', numerator: 2, denominator: 3 }],
  timed: [{ f: 'createBarrier', barrier: 'b', timeoutUs: 8 * second }],
  tree: [
    { f: 'createBarrier', barrier: 'b', timeoutUs: 12 * second },
    { f: 'createBarrier', barrier: 'c', parent: 'b', numerator: 1, denominator: 2 },
  ],
};

/** A history of barriers, right if they are: each operation takes effect at an instant within its interval (unknown ones maybe later, or never). */
export function barrierHistory(draws: Draws, shape: BarrierShape): BarrierOperation[] {
  const { fault } = shape;
  let tree = copied(nothing);
  let index = 0;
  let clock = 0;
  const us = (): number => clock * shape.tickUs;
  const operations: Mutable[] = [];
  let running: Running[] = [];
  const late: Running[] = [];
  const gone: Running[] = [];
  const alive = new Map<number, number>();
  const dead = new Set<number>();
  const sessionOf = (client: number): number => (dead.has(client) ? sessionOf(client + 3) : client);
  const resolve = (r: Running): void => {
    const outcome = tree.heard[r.operation.id];
    if (!r.waits || outcome === undefined) return;
    r.waits = false;
    r.answer = { outcome, generation: r.operation.op.generation! };
    r.place = index;
  };
  const endOf = (session: number, reason: 'closed' | 'expired', isLast = true): void => {
    dead.add(session);
    const op: Asked = { f: 'sessionEnded', reason };
    const step: Step = { id: 0, f: 'end', op, s: session, us: us() };
    tree = steps(tree, step, 0, fault)[isLast ? 0 : 1]!.next;
    if (shape.places !== true) return;
    const at = { invokedAt: 0, completedAt: clock, invokedUs: 0, completedUs: us() };
    const seen = { id: -5_000 - session, process: -1, op, ...at, value: undefined, place: index, session };
    operations.push({ ...seen, outcome: 'ok' });
  };
  const apply = (r: Running): void => {
    index += 1;
    r.place = r.appliedAt = index;
    r.applied = true;
    const { op, id } = r.operation;
    if (dead.has(r.session)) {
      r.answer = { error: 'SESSION_NOT_OPEN' };
      return;
    }
    alive.set(r.session, us());
    if (op.f === 'close') {
      r.answer = {};
      endOf(r.session, 'closed');
      return;
    }
    const f = op.f === 'arrive' ? 'in' : op.f;
    const [come] = steps(tree, { id, f, op, s: r.session, us: us() }, index, fault);
    tree = come!.next;
    if (come!.answer.entered !== true) {
      r.answer = come!.answer;
      return;
    }
    r.waits = true;
    const known = find(tree, op.barrier!)!.out[op.generation!];
    if (tree.heard[id] === undefined && known !== undefined) tree.heard[id] = known;
  };
  const pass = (): void => {
    const ended = [...alive].filter(([s, at]) => !dead.has(s) && us() >= at + sessionTtlUs);
    const late_ = (b: Small): boolean =>
      b.timeout > 0 && b.since !== null && us() >= b.since + (fault === 'early' ? b.timeout / 4 : b.timeout);
    const due = tree.all.find(late_);
    if (ended.length === 0 && due === undefined) return;
    index += 1;
    // All that is due goes into one entry, or not.
    const together = draws.chance(60) ? ended : ended.slice(0, 1);
    together.forEach(([session], i) => endOf(session, 'expired', i === together.length - 1));
    if (ended.length === 0) tree = timeOut(tree, due!.name, fault);
  };
  const invoke = (op: Asked, session: number): Running => {
    const operation: Mutable = {
      ...{ id: operations.length, process: session, op, invokedAt: clock, completedAt: Infinity },
      ...{ outcome: 'info', value: undefined, place: 0, session, invokedUs: us(), completedUs: Infinity },
    };
    operations.push(operation);
    return {
      operation,
      session,
      applied: false,
      waits: false,
      told: false,
      answer: undefined,
      place: 0,
      appliedAt: 0,
    };
  };
  const complete = ({ operation, answer, place, appliedAt }: Running): void => {
    operation.outcome = 'ok';
    operation.completedAt = clock;
    operation.completedUs = us();
    operation.value = answer;
    if (shape.places !== true) return;
    operation.place = place;
    if (appliedAt !== place) Object.assign(operation, { appliedAt });
  };
  const creation = (name: string): number => find(tree, name)?.c ?? tree.last[name] ?? 1;
  const alone = (op: Asked, session: number): void => {
    clock += 1;
    const r = invoke(op, session);
    clock += 1;
    apply(r);
    clock += 1;
    complete(r);
  };
  for (const op of creates[shape.kind]) alone(op, 1);
  for (let client = 1; client <= 3; client += 1) {
    const barrier = shape.kind === 'tree' && client > 1 ? 'c' : 'b';
    if (client < 3 || draws.chance(60)) {
      alone({ f: 'register', barrier, creation: creation(barrier), participant: `p${client}` }, client);
    }
  }
  let invoked = 0;
  while (invoked < shape.operations || running.length > 0) {
    clock += 1;
    if (draws.chance(30)) pass();
    if (late.length > 0 && draws.chance(30)) apply(late.shift()!);
    for (const r of running) resolve(r);
    for (const r of gone) resolve(r);
    if (running.length < shape.concurrency && invoked < shape.operations && draws.chance(50)) {
      invoked += 1;
      const client = 1 + draws.below(3);
      running.push(invoke(drawAsked(draws, tree, shape, client, creation), sessionOf(client)));
      continue;
    }
    if (running.length === 0) continue;
    const r = running[draws.below(running.length)]!;
    const { operation } = r;
    const leave = (): void => void (running = running.filter((x) => x !== r));
    if (draws.chance(shape.infoPercent / 2)) {
      if (!r.applied && draws.chance(50)) late.push(r);
      if (!r.told && draws.chance(40)) operation.session = 0;
      gone.push(r);
      leave();
    } else if (!r.applied) {
      apply(r);
      for (const x of running) resolve(x);
    } else if (r.waits && dead.has(r.session)) {
      gone.push(r);
      leave();
    } else if (
      operation.op.f === 'arrive' &&
      !r.told &&
      (r.waits || r.place !== r.appliedAt) &&
      draws.chance(70)
    ) {
      r.told = true;
      const { id, op } = operation;
      operations.push({
        ...operation,
        id: -1 - id,
        op: { ...op, phase: 'enqueue', of: id },
        ...{ completedAt: clock, completedUs: us(), outcome: 'ok', value: { queued: true } },
        place: shape.places === true ? r.appliedAt : 0,
      });
      operation.op = { ...op, phase: 'grant', of: id };
    } else if (!r.waits) {
      complete(r);
      leave();
    } else if (running.every((x) => x.waits) && invoked === shape.operations) {
      gone.push(r);
      leave();
    }
  }
  if (shape.places === true) for (const r of gone) if (r.applied && !r.told) r.operation.place = r.appliedAt;
  return operations.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
}

function drawAsked(
  draws: Draws,
  tree: SmallTree,
  shape: BarrierShape,
  client: number,
  creation: (name: string) => number,
): Asked {
  const barrier = shape.kind === 'tree' && (client > 1 || draws.chance(20)) ? 'c' : 'b';
  const participant = `p${draws.chance(92) ? client : 1 + draws.below(3)}`;
  const c = draws.chance(96) ? creation(barrier) : 1 + draws.below(6);
  const g = find(tree, barrier)?.g ?? 1;
  const kind = draws.below(24);
  if (kind < 13) {
    const generation = draws.chance(85) ? g : Math.max(1, g - 1 + draws.below(3));
    return { f: 'arrive', barrier, creation: c, participant, generation };
  }
  if (kind < 15) return { f: 'register', barrier, creation: c, participant };
  if (kind < 18) return { f: 'deregister', barrier, creation: c, participant };
  if (kind < 20) return { f: 'reset', barrier, creation: c, generation: draws.chance(75) ? g : g + 1 };
  if (kind < 21) return { f: 'destroyBarrier', barrier, creation: c };
  if (kind < 22) return { f: 'close' };
  const asked = creates[shape.kind][barrier === 'c' ? 1 : 0]!;
  return draws.chance(90) ? asked : { ...asked, minParticipants: 3 };
}

/** The history with one answer made another. */
export function flipped(draws: Draws, history: BarrierHistory): BarrierHistory {
  const heard = history.filter(
    (o) => o.outcome === 'ok' && o.op.f !== 'close' && o.op.f !== 'sessionEnded' && o.op.phase !== 'enqueue',
  );
  const victim = heard[draws.below(heard.length)];
  if (victim === undefined) return history;
  const value = otherAnswer(draws, victim);
  return history.map((o) => (o === victim ? { ...o, value } : o));
}

function otherAnswer(draws: Draws, { op, value }: BarrierOperation): Answer {
  const answer = value!;
  const generation = answer.generation ?? op.generation ?? 1;
  const barrier = op.barrier!;
  switch (op.f) {
    case 'arrive': {
      const others = ['tripped', 'broken', 'left'].filter((one) => one !== answer.outcome);
      if (answer.error === undefined && draws.chance(70))
        return { ...answer, outcome: others[draws.below(2)]! };
      return answer.error === undefined
        ? { error: 'NOT_REGISTERED', barrier, participant: op.participant! }
        : { outcome: others[draws.below(3)]!, generation: op.generation! };
    }
    case 'register':
      if (answer.error !== undefined) return { registered: true, generation };
      return draws.chance(60)
        ? { ...answer, generation: draws.chance(50) ? generation + 1 : Math.max(1, generation - 1) }
        : { error: 'ALREADY_REGISTERED', barrier, participant: op.participant! };
    case 'deregister':
      return answer.error === undefined
        ? { error: 'NOT_REGISTERED', barrier, participant: op.participant! }
        : { left: true };
    case 'reset':
      if (answer.error !== undefined) return { generation: op.generation! + 1, reset: true };
      return draws.chance(50)
        ? { ...answer, generation: generation + 1 }
        : { ...answer, reset: answer.reset !== true };
    case 'destroyBarrier':
      return answer.error === undefined ? { error: 'UNKNOWN_BARRIER', barrier } : { destroyed: true };
    default:
      if (answer.error !== undefined) return { creation: 3, generation: 1 };
      return draws.chance(50)
        ? { ...answer, generation: generation + 1 }
        : { ...answer, creation: answer.creation! + 1 + draws.below(3) };
  }
}
