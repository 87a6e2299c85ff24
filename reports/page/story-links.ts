/** Which steps of a story led to which: the nearest earlier steps in the causal past of each, along messages and along each host's own events. */
import type { RunPage } from './run-page.ts';

/** The neighbours of one step, by number, rising. */
export interface StepLinks {
  readonly causes: readonly number[];
  readonly effects: readonly number[];
}

/** By step. Steps that no host did (a fault of the plan) have none. Costs one pass over the events. */
export function storyLinks({ storyEvents, timeline }: RunPage): StepLinks[] {
  const { events, messages } = timeline;
  const stepOf = new Map<number, number>();
  storyEvents.forEach((event, i) => {
    if (event >= 0) stepOf.set(event, i);
  });
  // A bit a step. `near`: the steps from which an event was reached without another between; a story has at most twelve.
  const near = new Uint32Array(events.seq.length);
  const causes = storyEvents.map(() => 0);
  const past = storyEvents.map(() => 0);
  for (let event = 0; event < near.length; event += 1) {
    const previous = events.previous[event]!;
    const message = events.message[event]!;
    const sent = message < 0 ? -1 : messages.sent[message]!;
    const reached = (previous < 0 ? 0 : near[previous]!) | (sent < 0 ? 0 : near[sent]!);
    const step = stepOf.get(event);
    near[event] = step === undefined ? reached : 1 << step;
    if (step === undefined) continue;
    past[step] = bits(reached).reduce((all, one) => all | past[one]!, reached);
    causes[step] = bits(reached)
      .filter((one) => !bits(reached).some((other) => (past[other]! & (1 << one)) !== 0))
      .reduce((all, one) => all | (1 << one), 0);
  }
  return causes.map((mask, step) => ({
    causes: bits(mask).map((one) => one + 1),
    effects: causes.flatMap((other, i) => ((other & (1 << step)) === 0 ? [] : [i + 1])),
  }));
}

function bits(mask: number): number[] {
  const set: number[] = [];
  for (let i = 0; i < 32; i += 1) if ((mask & (1 << i)) !== 0) set.push(i);
  return set;
}
