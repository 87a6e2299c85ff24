/** The story of a violation as plain data: what is kept of each step, and how it reads. */
import { z } from 'zod';
import { hostName } from './figures.ts';

/** Steps of a story: at least, where the causal past has as many, and at most. */
export const storyStepsMin = 5;
export const storyStepsMax = 12;
/** A sentence with its host's name is cut at this length (`style.md`: what does not fit a line is not read). */
export const sentenceMax = 90;
/** The rules by which a step is told: see `story-rules.ts`. */
export const storyRules: readonly [StoryRule, ...StoryRule[]] = [
  'conflict',
  'operation',
  'entry',
  'election',
  'host',
  'fault',
  'object',
  'message',
  'near',
];

/** Why a step is told: see `story-rules.ts`. */
export type StoryRule =
  'conflict' | 'operation' | 'entry' | 'election' | 'host' | 'fault' | 'object' | 'message' | 'near';

const count = z.int().nonnegative();

/** The schema of one step of a story. */
export const storyStep = z.strictObject({
  /** From 1. */
  number: z.int().positive(),
  /** Number of the event, and its virtual time in microseconds. */
  seq: count,
  at: z.number().nonnegative(),
  /** The host that did it; null for a fault of the plan. */
  node: count.nullable(),
  /** What it did, as the rest of a sentence that begins with its name: `voted for n2 in term 3`. */
  text: z.string(),
  rule: z.enum(storyRules),
  /** The message that it received in this step, where it did: from whom, what, and during which event that was sent. */
  message: z.strictObject({ from: count, label: z.string(), seq: count }).optional(),
});

/** The schema of a story. Numbers, events and times rise; the last step is the violation, where its evidence tells when it happened. */
export const story = z.array(storyStep).max(storyStepsMax);

/** One step of a story. */
export interface StoryStep {
  /** From 1. */
  readonly number: number;
  /** Number of the event. */
  readonly seq: number;
  /** Virtual microseconds. */
  readonly at: number;
  /** The host that did it; `null` for a fault of the plan. */
  readonly node: number | null;
  /** What it did, as the rest of a sentence that begins with its name. */
  readonly text: string;
  readonly rule: StoryRule;
  /** The message that it received in this step, where it did: from whom, what, and during which event that was sent. */
  readonly message?: { readonly from: number; readonly label: string; readonly seq: number };
}

/** A violation told: at most twelve steps out of the causal past of the observations that conflict. */
export type Story = readonly StoryStep[];

/** A step as a sentence: `n2 voted for n1 in term 3`. */
export function storySentence({ node, text }: StoryStep, servers: number): string {
  return node === null ? text : `${hostName(node, servers)} ${text}`;
}
