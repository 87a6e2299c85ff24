/**
 * A model against an object spelled out: random small histories, judged by the search and by a checker that is slow and obviously right
 * (`brute-force.test-support.ts`). The object is written apart from the model and shares no code with it.
 *
 * STORMGLASS_DIFFERENTIAL=100000 in the environment: so many histories a model, and half as many with an answer changed, each at least as many as usual.
 */
import { describe, expect, test } from 'vitest';
import type { Operation } from '../../history.ts';
import type { Relation } from '../brute-force.test-support.ts';
import { isLinearizableByBruteForce } from '../brute-force.test-support.ts';
import { checkLinearizable } from '../check.ts';
import { componentsOf } from '../components.ts';
import type { AnyModel, Model } from '../model.ts';
import { Draws } from '../random-history.test-support.ts';
import type { Techniques } from '../search.ts';
import { search } from '../search.ts';

/** What may come of an operation. */
export interface Outcome<S> {
  readonly answer: unknown;
  readonly next: S;
}

/** An object spelled out, and how it is used. States and operations are JSON. */
export interface Spelled<S, Op> {
  readonly init: S;
  /** All that may come of an operation. */
  outcomes(state: S, op: Op): readonly Outcome<S>[];
  /** Whether an answer says the same as one of `outcomes`. Default: it is the same JSON. */
  says?(op: Op, answer: unknown, value: unknown): boolean;
  /** What a client asks. @param n the number of the operation, for values of its own */
  draw(draws: Draws, n: number, client: number): Op;
  /** Another answer than `answer`, wrong or not; `undefined`: there is none. @param history for what others were answered */
  flip(draws: Draws, op: Op, answer: unknown, history: readonly Operation[]): unknown;
  /** Operations of a history at most. Default: 8. */
  readonly operationsMax?: number;
}

const usual = 2_000;
const flippedUsual = 1_000;
/** Of so many refused ones, the smaller history that is shown is judged as well. */
const shownMax = 200;
const asked = Number(process.env['STORMGLASS_DIFFERENTIAL'] ?? 0);
/** Operations under way at once. */
const processesUsual = 5;
const budget = 2_000_000;

const withoutOne: readonly Partial<Techniques>[] = [
  {},
  { absorption: false },
  { rank: false },
  { symmetry: false },
  { hindsight: false },
  { goals: false },
  { hiding: false },
  { aim: false },
  { dominance: false },
];

type Mutable = { -readonly [K in keyof Operation]: Operation[K] };

/** A history, and how many operations were under way at once at most. */
interface Drawn {
  readonly history: readonly Operation[];
  readonly concurrency: number;
}

/** Each operation takes effect at an instant between its call and its answer; those of unknown result then too, later than all that, or never. */
export function rightHistory<S, Op>(
  draws: Draws,
  object: Spelled<S, Op>,
  operations: number,
  infoPercent: number,
  processes = processesUsual,
): Drawn {
  const history: Mutable[] = [];
  const running: { operation: Mutable; answer: unknown; done: boolean }[] = [];
  const late: (() => void)[] = [];
  let state = object.init;
  let clock = 0;
  let concurrency = 0;
  let lastProcess = processes - 1;
  const free = Array.from({ length: processes }, (_, process) => process);
  while (history.length < operations || running.length > 0) {
    if (history.length < operations && free.length > 0 && draws.chance(50)) {
      const process = free.splice(draws.below(free.length), 1)[0]!;
      const op = object.draw(draws, history.length, process % processes);
      const operation: Mutable = {
        ...{ id: history.length, process, op, invokedAt: ++clock, completedAt: Infinity },
        ...{ outcome: 'info' as const, value: undefined, place: 0 },
      };
      history.push(operation);
      running.push({ operation, answer: undefined, done: false });
      concurrency = Math.max(concurrency, running.length);
    } else if (running.length > 0) {
      const one = running[draws.below(running.length)]!;
      const effect = (): void => {
        const outcomes = object.outcomes(state, one.operation.op as Op);
        const outcome = outcomes[draws.below(Math.min(3, outcomes.length))]!;
        state = outcome.next;
        one.answer = outcome.answer;
        one.done = true;
      };
      if (one.done) {
        one.operation.outcome = 'ok';
        one.operation.completedAt = ++clock;
        one.operation.value = one.answer;
        free.push(one.operation.process);
        running.splice(running.indexOf(one), 1);
      } else if (draws.chance(infoPercent)) {
        const when = draws.below(3);
        if (when === 1) late.push(effect);
        if (when === 2) effect();
        running.splice(running.indexOf(one), 1);
        // Whoever does not know what became of it goes on as somebody else.
        free.push((lastProcess += 1));
      } else effect();
    }
    if (late.length > 0 && draws.chance(30)) late.shift()!();
  }
  return { history, concurrency };
}

/** The history with one answer changed; as it is where there is none to change. */
function flipped<S, Op>(
  draws: Draws,
  object: Spelled<S, Op>,
  history: readonly Operation[],
): readonly Operation[] {
  const victims = history.filter((o) => o.outcome === 'ok');
  while (victims.length > 0) {
    const victim = victims.splice(draws.below(victims.length), 1)[0]!;
    const value = object.flip(draws, victim.op as Op, victim.value, history);
    if (value === undefined || JSON.stringify(value) === JSON.stringify(victim.value)) continue;
    return history.map((o) => (o === victim ? { ...o, value } : o));
  }
  return history;
}

function isRight<S, Op>(object: Spelled<S, Op>, history: readonly Operation[]): boolean {
  const says = object.says ?? ((_op, answer, value) => JSON.stringify(answer) === JSON.stringify(value));
  const relation: Relation<S> = {
    init: object.init,
    next: (state, op, value) =>
      object
        .outcomes(state, op as Op)
        .filter(({ answer }) => value === undefined || says(op as Op, answer, value))
        .map(({ next }) => next),
  };
  return isLinearizableByBruteForce(relation, history);
}

/** How to draw a history of so many, and what brute force says of it. */
function judged<S, Op>(
  object: Spelled<S, Op>,
  seed: number,
  flipPercent: number,
): Drawn & { readonly right: boolean } {
  const draws = new Draws(seed);
  const infoPercent = [0, 15, 30][draws.below(3)]!;
  const operations = 4 + draws.below((object.operationsMax ?? 8) - 3);
  const { history, concurrency } = rightHistory(draws, object, operations, infoPercent);
  const drawn = draws.chance(flipPercent) ? flipped(draws, object, history) : history;
  return { history: drawn, concurrency, right: isRight(object, drawn) };
}

const percent = (part: number, all: number): string => `${((100 * part) / all).toFixed(1)} %`;

/** The tests that prove a model, as `describe` of its own. @param flipPercent of the histories, so many have an answer changed */
export function provesAgainstBruteForce<State, Op, Value>(
  model: Model<State, Op, Value>,
  object: Spelled<unknown, Op>,
  flipPercent = 75,
): void {
  const any = model as unknown as AnyModel;
  const prepared = (history: readonly Operation[]): readonly Operation[] => any.prepare?.(history) ?? history;
  const told = (seed: number, verdict: string, history: readonly Operation[], more = ''): string =>
    `seed ${seed}${more}: ${verdict}\n${history.map((o) => JSON.stringify(o)).join('\n')}`;
  const many = Math.max(usual, asked);

  describe(`the model ${model.name} and brute force`, () => {
    test(
      `agree on ${many} small histories, with each technique of the search off in turn`,
      { timeout: 120_000 + 50 * many },
      async ({ annotate }) => {
        let [wrong, info, concurrent] = [0, 0, 0];
        for (let seed = 1; seed <= many; seed += 1) {
          const { history, concurrency, right } = judged(object, seed, flipPercent);
          wrong += right ? 0 : 1;
          info += history.some((o) => o.outcome === 'info') ? 1 : 0;
          concurrent += concurrency >= 4 ? 1 : 0;
          const verdict = checkLinearizable(any, history, { maxStates: budget });
          if ((verdict.verdict === 'ok') !== right) expect.fail(told(seed, verdict.verdict, history));
          // What is not concluded from one answer changes nothing either: so a violation is explained.
          const doubted = searchParts(any, prepared(history), {}, seed);
          if ((doubted === 'ok') !== right) expect.fail(told(seed, doubted, history, ', one in doubt'));
          for (const without of withoutOne) {
            const result = searchParts(any, prepared(history), without);
            if ((result === 'ok') !== right) {
              expect.fail(told(seed, result, history, `, without ${JSON.stringify(without)}`));
            }
          }
        }
        await annotate(
          `${model.name}: ${many} histories, 0 disagreements; ${percent(wrong, many)} wrong, ${percent(info, many)} with unknown results, ${percent(concurrent, many)} with 4 or more operations at once`,
        );
        // The comparison is worth something only if neither verdict is rare.
        expect(wrong / many).toBeGreaterThan(0.3);
        expect(wrong / many).toBeLessThan(0.7);
        expect(info / many).toBeGreaterThan(0.2);
        expect(concurrent / many).toBeGreaterThan(0.3);
      },
    );

    const flips = Math.max(flippedUsual, asked >>> 1);
    test(
      `agree on ${flips} right histories with one answer changed, at least 30 % refused, ${shownMax} of these by a part that is wrong by itself`,
      { timeout: 120_000 + 50 * flips },
      async ({ annotate }) => {
        let refused = 0;
        for (let seed = 1; seed <= flips; seed += 1) {
          const { history, right } = judged(object, 1_000_000_000 + seed, 100);
          const result = checkLinearizable(any, history, { maxStates: budget });
          if ((result.verdict === 'ok') !== right) expect.fail(told(seed, result.verdict, history));
          if (result.verdict !== 'violation') continue;
          refused += 1;
          if (refused > shownMax) continue;
          expect(result.history, `seed ${seed}`).toContain(result.operation);
          if (isRight(object, result.history)) {
            expect.fail(told(seed, 'shown by operations that are right', result.history));
          }
        }
        await annotate(
          `${model.name}: of ${flips} histories with one answer changed ${percent(refused, flips)} refused`,
        );
        expect(refused / flips).toBeGreaterThan(0.3);
      },
    );
  });
}

/** Component by component, as `checkLinearizable` does, but without one technique. @param doubt which answer of each component to doubt; −1: none */
function searchParts(
  model: AnyModel,
  operations: readonly Operation[],
  without: Partial<Techniques>,
  doubt = -1,
): string {
  const verdicts = componentsOf(model, operations).map((part) => {
    const completed = part.operations.flatMap((o, position) => (o.outcome === 'ok' ? [position] : []));
    const doubted = doubt < 0 || completed.length === 0 ? -1 : completed[doubt % completed.length]!;
    return search(model, part.operations, budget, without, undefined, doubted).verdict;
  });
  return verdicts.find((verdict) => verdict !== 'ok') ?? 'ok';
}
