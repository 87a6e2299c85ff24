/**
 * Transitions of the replicated machine in the order of its log. Every replica tells each when it applies the entry; the first one to do so tells all
 * there is to know of the order, the others only when they came to know.
 */
import type { Observation } from '../../core/observe.ts';
import type { RunRecord } from '../run-record.ts';

/** A transition, told for the first time. */
export interface Transition {
  readonly step: number;
  readonly atUs: number;
  readonly group: number;
  readonly index: number;
  readonly observation: Observation;
}

const ofMachine = /^(session(Opened|Ended)|lock[A-Z]|fenceChecked|barrier[A-Z]|siblingsWritten)/;

/** All transitions of a run, each once. */
export function transitionsOf({ steps, observations }: RunRecord): Transition[] {
  /** By group: the highest index of which somebody told, and in which step. */
  const last = new Map<number, { readonly index: number; readonly step: number }>();
  const found: Transition[] = [];
  for (const { step, group, observation } of observations) {
    if (!ofMachine.test(observation.kind)) continue;
    const { index } = observation as { index?: unknown };
    if (typeof index !== 'number') continue;
    const before = last.get(group);
    if (before !== undefined && (index < before.index || (index === before.index && step !== before.step)))
      continue;
    if (before?.index !== index) last.set(group, { index, step });
    found.push({ step, atUs: steps.at[step]!, group, index, observation });
  }
  return found;
}

/** A text field of an observation; '' where it has none. */
export function textOf(observation: Observation, field: string): string {
  const value = Object.hasOwn(observation, field)
    ? (observation as Record<string, unknown>)[field]
    : undefined;
  return typeof value === 'string' ? value : '';
}

/** A number field of an observation; 0 where it has none. */
export function numberOf(observation: Observation, field: string): number {
  const value = Object.hasOwn(observation, field)
    ? (observation as Record<string, unknown>)[field]
    : undefined;
  return typeof value === 'number' ? value : 0;
}
