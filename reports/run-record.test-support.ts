/** Records of runs for tests, made step by step, and happened-before by brute force. */
import type { Observation } from '../core/observe.ts';
import { LogRecorder } from './log-recorder.ts';
import type { RecordedFault, RunRecord } from './run-record.ts';

/** A step to be recorded. */
export interface StepSpec {
  readonly kind?: string;
  /** Place of the message that it received. */
  readonly message?: number;
  readonly at?: number;
  readonly seq?: number;
  readonly observed?: readonly Observation[];
  readonly text?: string;
}

/** Builds a record. Steps are a millisecond apart and each an event of its own, unless a step says otherwise. */
export class RecordBuilder {
  readonly #servers: number;
  readonly #hosts: number;
  readonly #steps = {
    seq: [] as number[],
    at: [] as number[],
    host: [] as number[],
    kind: [] as string[],
    message: [] as number[],
  };
  readonly #messages = {
    step: [] as number[],
    to: [] as number[],
    number: [] as number[],
    copies: [] as number[],
    label: [] as string[],
  };
  readonly #observations: { step: number; group: number; observation: Observation }[] = [];
  readonly #texts = new Map<number, string>();
  readonly faults: RecordedFault[] = [];

  constructor(servers: number, hosts = servers) {
    this.#servers = servers;
    this.#hosts = hosts;
  }

  /** Adds a step; returns its place. */
  step(host: number, { kind, message = -1, at, seq, observed = [], text }: StepSpec = {}): number {
    const { seq: seqs, at: ats, host: hosts, kind: kinds, message: messages } = this.#steps;
    const place = seqs.length;
    seqs.push(seq ?? (seqs.at(-1) ?? 0) + 1);
    ats.push(at ?? (ats.at(-1) ?? 0) + 1_000);
    hosts.push(host);
    kinds.push(kind ?? (message < 0 ? 'timer' : 'deliver'));
    messages.push(message);
    for (const observation of observed) this.#observations.push({ step: place, group: 0, observation });
    if (text !== undefined) this.#texts.set(place, text);
    return place;
  }

  /** Adds a message that a step sent; returns its place. */
  send(step: number, to: number, label = 'append', copies = 1): number {
    const { step: steps, to: tos, number, copies: all, label: labels } = this.#messages;
    const from = this.#steps.host[step];
    number.push(1 + steps.filter((one, i) => this.#steps.host[one] === from && tos[i] === to).length);
    steps.push(step);
    tos.push(to);
    all.push(copies);
    labels.push(label);
    return steps.length - 1;
  }

  record(): RunRecord {
    const log = new LogRecorder();
    for (const { step, group, observation } of this.#observations)
      log.observe(step, this.#steps.host[step]!, group, observation);
    return {
      scenario: 'made-by-hand',
      seed: 1,
      servers: this.#servers,
      hosts: this.#hosts,
      events: this.#steps.seq.at(-1) ?? 0,
      untilUs: this.#steps.at.at(-1) ?? 0,
      steps: this.#steps,
      messages: this.#messages,
      observations: this.#observations,
      faults: this.faults,
      log: log.columns,
      texts: this.#texts,
    };
  }
}

/**
 * Which steps happened before which, by the definition and nothing else: the transitive closure of "next on its host" and "received what it sent".
 * Of n steps it takes n³: for small runs.
 */
export function happenedBefore({ steps, messages }: RunRecord): boolean[][] {
  const count = steps.seq.length;
  const before = Array.from({ length: count }, () => Array.from({ length: count }, () => false));
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      const received = steps.message[b]! >= 0 && messages.step[steps.message[b]!] === a;
      if (steps.host[a] === steps.host[b] || received) before[a]![b] = true;
    }
  }
  for (let via = 0; via < count; via += 1) {
    for (let a = 0; a < count; a += 1) {
      if (!before[a]![via]!) continue;
      for (let b = 0; b < count; b += 1) if (before[via]![b]!) before[a]![b] = true;
    }
  }
  return before;
}
