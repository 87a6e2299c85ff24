/**
 * A history that grows for a long time: 50 clients put, get and compare-and-set on 100 keys of a store that works, and 1.5 % of the operations
 * never hear how they ended, a third of which took effect at once, a third later, a third never. It is judged as it comes.
 */
import { HistoryCheck } from '../../../properties/index.ts';
import type {
  CasRegisterOp,
  CasRegisterState,
  CasRegisterValue,
  HistoryVerdict,
  Model,
} from '../../../properties/index.ts';

const clients = 50;
const keys = 100;
const unknownPerMille = 15;
/** Steps between two late effects, in the mean. */
const latenessSteps = 50;

/** An operation under way. */
interface Pending {
  readonly id: number;
  readonly key: number;
  readonly op: CasRegisterOp;
  answer: unknown;
  isDone: boolean;
}

/** What it came to. */
export interface GrowingFigures {
  readonly verdict: HistoryVerdict;
  readonly seconds: number;
}

/**
 * @param values distinct values that are written; 0: every value once
 * @param operations that end
 */
export function judgeGrowing(
  model: Model<CasRegisterState, CasRegisterOp, CasRegisterValue>,
  values: number,
  operations: number,
): GrowingFigures {
  const below = draws();
  const stands = new Array<unknown>(keys).fill(null);
  let fresh = 0;
  const value = (): number => (values === 0 ? (fresh += 1) : below(values));
  const takeEffect = (one: Pending): void => {
    const { op, key } = one;
    one.isDone = true;
    if (op.f === 'read') one.answer = stands[key];
    else if (op.f === 'write') {
      stands[key] = op.value;
      one.answer = null;
    } else {
      one.answer = stands[key] === op.from;
      if (one.answer === true) stands[key] = op.to;
    }
  };
  const drawOp = (key: number): CasRegisterOp => {
    const kind = below(3);
    if (kind === 0) return { f: 'read', key };
    if (kind === 1) return { f: 'write', key, value: value() };
    // What stands, or a guess that is mostly wrong.
    const from = values === 0 || below(2) === 0 ? stands[key] : below(values);
    return { f: 'cas', key, from, to: value() };
  };
  const check = new HistoryCheck(model);
  const running = new Array<Pending | null>(clients).fill(null);
  const late: Pending[] = [];
  let ids = 0;
  let ended = 0;
  const startedAt = performance.now();
  while (ended < operations) {
    const client = below(clients);
    const one = running[client]!;
    if (one === null) {
      const key = below(keys);
      const pending = { id: ids++, key, op: drawOp(key), answer: undefined, isDone: false };
      running[client] = pending;
      check.invoke(pending.id, pending.op, client);
    } else if (!one.isDone && below(1000) < unknownPerMille) {
      const fate = below(3);
      if (fate === 0) takeEffect(one);
      if (fate === 1) late.push(one);
      check.complete(one.id, 'info');
      running[client] = null;
      ended += 1;
    } else if (!one.isDone) takeEffect(one);
    else {
      check.complete(one.id, 'ok', one.answer);
      running[client] = null;
      ended += 1;
    }
    if (late.length > 0 && below(latenessSteps) === 0) takeEffect(late.shift()!);
  }
  const verdict = check.end();
  return { verdict, seconds: (performance.now() - startedAt) / 1e3 };
}

/** Marsaglia's xorshift of 32 bits: cheap beside what it feeds. */
function draws(): (bound: number) => number {
  let x = 0x9e3779b9;
  return (bound) => {
    x ^= x << 13;
    x >>>= 0;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x % bound;
  };
}
