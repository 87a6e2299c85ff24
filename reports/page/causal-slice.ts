/**
 * The causal slice: the few dozen steps of the causal past that a person needs to see how one thing led to the other. The steps of the story; the
 * way by which each came about, message by message back to who began it; what else weighs most by the rules of stories; and the first
 * answer that the violation led to. Heartbeats are not in it.
 */
import { weigh } from '../story-rules.ts';
import { isRoutine } from './page-sources.ts';
import type { PageSources } from './page-sources.ts';

/** Steps of a slice at most (`style.md`, "Huge"). */
export const sliceMax = 60;
/** What weighs less by the rules of stories is not looked for beyond the story and its ways. */
const weightMin = 44;
/** Up to how many steps such others are added: a slice of a few dozen is read, of more it is searched. */
const othersUpTo = 44;
/** Messages that a way goes back: request, append, its reply, answer. */
const hopsMax = 4;
/** Steps of a host that are looked through for what made it send: its fsync comes after what it received. */
const lookBack = 12;

/** Steps of the record, rising. */
export function causalSlice(sources: PageSources): number[] {
  const { conflict, storySteps } = sources;
  const chosen = new Set<number>();
  const add = (step: number, upTo: number): void => {
    if (step >= 0 && chosen.size < upTo) chosen.add(step);
  };
  for (const { step } of conflict.slice(-sliceMax / 2)) add(step, sliceMax);
  for (const step of storySteps) add(step, sliceMax);
  for (const step of effectsOf(sources)) add(step, sliceMax);
  let ends = [...chosen];
  for (let hop = 0; hop < hopsMax; hop += 1) {
    // The nearest to the conflict first: its way is told whole.
    const before = ends.sort((a, b) => b - a).map((step) => causeOf(sources, step));
    for (const step of before) add(step, sliceMax);
    ends = before.filter((step) => step >= 0);
  }
  for (const step of weighty(sources)) add(step, othersUpTo);
  return [...chosen].sort((a, b) => a - b);
}

/** The step that sent what made this one happen; -1 where nothing but time did, or what keeps things as they are. */
function causeOf({ record, causes }: PageSources, of: number): number {
  const { steps, messages } = record;
  let step = of;
  for (let looked = 0; step >= 0 && looked < lookBack; looked += 1) {
    const message = steps.message[step]!;
    if (message >= 0) return isRoutine(messages.label[message]!) ? -1 : causes.sender[step]!;
    // Only what came with it: a timer has no cause, an fsync has one just before.
    if (steps.kind[step] !== 'fsynced') return -1;
    step = causes.previous[step]!;
  }
  return -1;
}

/** Who first received what the last step of the conflict sent, a client before others; and where the answer ended. */
function effectsOf({ record, conflict }: PageSources): number[] {
  const { steps, messages, servers } = record;
  const last = conflict.at(-1);
  if (last === undefined) return [];
  let best = -1;
  for (let step = last.step + 1; step < steps.seq.length; step += 1) {
    const message = steps.message[step]!;
    if (message < 0 || messages.step[message] !== last.step || isRoutine(messages.label[message]!)) continue;
    if (steps.host[step]! >= servers) return [step];
    if (best < 0) best = step;
  }
  return best < 0 ? [] : [best];
}

/** Other steps of the causal past, the weightiest first, of equals the latest. */
function weighty({ record, past, subject }: PageSources): number[] {
  if (subject === null) return [];
  const { steps, observations } = record;
  const weights = new Map<number, number>();
  /** What is told again and again is told of the last time, what every replica tells of the first one. */
  const last = new Map<string, number>();
  /** Of operations that are asked, so that their answers count as much. */
  const asked = new Map<unknown, number>();
  for (const { step, group, observation } of observations) {
    if (past[step] !== 1) continue;
    const { kind, index, id, token } = observation as Record<string, unknown>;
    const weighed =
      kind === 'completed' && asked.has(id)
        ? { rule: 'operation', weight: asked.get(id)! }
        : weigh(observation, subject.hosts.has(steps.host[step]!), subject);
    if (weighed === null || weighed.weight < weightMin) continue;
    if (kind === 'invoked') asked.set(id, weighed.weight);
    if (weighed.rule === 'object') {
      const same = `${group} ${String(kind)} ${String(index)}`;
      if (last.has(same)) continue;
      last.set(same, step);
      if (kind === 'fenceChecked') {
        const before = last.get(`${group} ${String(token)}`);
        if (before !== undefined) weights.delete(before);
        last.set(`${group} ${String(token)}`, step);
      }
    }
    weights.set(step, Math.max(weights.get(step) ?? 0, weighed.weight));
  }
  return [...weights].sort((a, b) => b[1] - a[1] || b[0] - a[0]).map(([step]) => step);
}
