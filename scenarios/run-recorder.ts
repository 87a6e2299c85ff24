/**
 * Records a run for reports: who did what during which event, which message made whom do it, what was observed. It listens to a world's
 * observations, sends and events, and gives a record in plain data.
 */
import type { Envelope, Observation } from '../core/observe.ts';
import { LogRecorder } from '../reports/log-recorder.ts';
import type { ObservedStep, RecordedFault, RunRecord } from '../reports/run-record.ts';
import type { DeliveredMessage, RecordedEvent, SentMessage } from '../sim/world.ts';

/** Kinds that every entry or fsync makes several of. */
const frequent = new Set([
  'fsyncStarted',
  'fsynced',
  'folderSynced',
  'recordsWritten',
  'entryAppended',
  'applied',
  'committed',
  'readServed',
  'refused',
]);
/** Of those, how many are kept at least: the last ones, which is minutes of a busy cluster. */
const frequentKept = 400_000;
/** Steps of which the words are kept. */
const textsKept = 65_536;
/** Kinds that the world says of the whole run: no host did them. */
const worldWide = new Set(['faultStarted', 'faultEnded', 'healed']);
/** Kinds of events that are not a step of the host that their number names. */
const ofNobody = new Set(['fault', 'fault-end', 'fault-tick', 'heal']);

/** A word for a message: its type, that of what it carries for a group, or the first word of its description. */
function labelOf(message: unknown, describe: (message: unknown) => string): string {
  if (typeof message === 'object' && message !== null) {
    const { type, message: inner } = message as { type?: unknown; message?: unknown };
    if (type === 'group' && inner !== undefined) return labelOf(inner, describe);
    if (typeof type === 'string' && type.length <= labelMax) return type;
  }
  return /[A-Za-z][\w-]*/.exec(describe(message))?.[0].slice(0, labelMax) ?? 'message';
}

/** Longer names of types are no names. */
const labelMax = 32;

/** Gathers the record of one run. */
export class RunRecorder {
  readonly #describe: (message: unknown) => string;
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
  /** By link, the places of its messages in the order of their numbers. */
  readonly #links: (number[] | undefined)[] = [];
  readonly #labels = new Map<string, string>();
  readonly #faults: { -readonly [K in keyof RecordedFault]: RecordedFault[K] }[] = [];
  readonly #running = new Map<number, number>();
  readonly #linksCut: (episode: number, targets: readonly number[]) => RecordedFault['cut'];
  readonly #texts = new Map<number, string>();
  readonly #log = new LogRecorder();
  #observations: ObservedStep[] = [];
  #frequent = 0;
  #events = 0;
  #untilUs = 0;

  /**
   * @param hosts servers and clients
   * @param describe what a message is, in words that begin with its type
   * @param linksCut which one-way links an episode cuts that hit these targets; null: none that are known
   */
  constructor(
    hosts: number,
    describe: ((message: unknown) => string) | undefined,
    linksCut: (episode: number, targets: readonly number[]) => RecordedFault['cut'] = () => null,
  ) {
    this.#hosts = hosts;
    this.#linksCut = linksCut;
    this.#describe = describe ?? (() => '');
  }

  /** An observation: for the `observe` of a world. */
  observe(observation: Observation, { seq, at, node, group }: Envelope): void {
    if (worldWide.has(observation.kind)) {
      this.#observeWorld(observation, seq, at);
      return;
    }
    const step = this.#stepOf(seq, at, node);
    this.#log.observe(step, node, group, observation);
    this.#observations.push({ step, group, observation: { ...observation } as Observation });
    if (!frequent.has(observation.kind)) return;
    this.#frequent += 1;
    if (this.#frequent > 2 * frequentKept) this.#leaveOut();
  }

  /** A message: for the `onSend` of a world. */
  sent({ seq, at, from, to, number, copies, message }: SentMessage): void {
    const { step, to: tos, number: numbers, copies: all, label: labels } = this.#messages;
    (this.#links[from * this.#hosts + to] ??= []).push(step.length);
    step.push(this.#stepOf(seq, at, from));
    tos.push(to);
    numbers.push(number);
    all.push(copies);
    const label = labelOf(message, this.#describe);
    const known = this.#labels.get(label);
    if (known === undefined) this.#labels.set(label, label);
    labels.push(known ?? label);
  }

  /** An event is over: for the `onEvent` of a world. */
  event({ seq, at, host, kind, text }: RecordedEvent, delivered: DeliveredMessage | null): void {
    this.#events = seq;
    this.#untilUs = at;
    const { seq: seqs, kind: kinds, message } = this.#steps;
    if (ofNobody.has(kind)) {
      for (let step = seqs.length - 1; step >= 0 && seqs[step] === seq; step -= 1) {
        kinds[step] = kind;
        this.#keep(step, text);
      }
      return;
    }
    const step = this.#stepOf(seq, at, host);
    kinds[step] = kind;
    this.#keep(step, text);
    if (delivered === null) return;
    message[step] = this.#links[delivered.from * this.#hosts + host]?.[delivered.number - 1] ?? -1;
  }

  /** What was recorded so far. */
  record(scenario: string, seed: number, servers: number): RunRecord {
    // One fault may be steps of several hosts, whose observations alternate.
    this.#observations.sort((a, b) => a.step - b.step);
    return {
      scenario,
      seed,
      servers,
      hosts: this.#hosts,
      events: this.#events,
      untilUs: this.#untilUs,
      steps: this.#steps,
      messages: this.#messages,
      observations: this.#observations,
      faults: this.#faults,
      log: this.#log.columns,
      texts: this.#texts,
    };
  }

  /** The step of a host during an event; several observations and sends share it. */
  #stepOf(seq: number, at: number, host: number): number {
    const { seq: seqs, at: ats, host: hosts, kind, message } = this.#steps;
    for (let step = seqs.length - 1; step >= 0 && seqs[step] === seq; step -= 1) {
      if (hosts[step] === host) return step;
    }
    seqs.push(seq);
    ats.push(at);
    hosts.push(host);
    kind.push('');
    message.push(-1);
    return seqs.length - 1;
  }

  #observeWorld(observation: Observation, seq: number, at: number): void {
    const { kind, episode } = observation as { kind: string; episode: number };
    if (kind === 'faultStarted') {
      const { fault, targets } = observation as { fault: string; targets: readonly number[] };
      this.#running.set(episode, this.#faults.length);
      const cut = this.#linksCut(episode, targets);
      this.#faults.push({ fault, hosts: [...targets], seq, fromUs: at, toUs: Infinity, cut });
    }
    if (kind === 'faultEnded') {
      const fault = this.#faults[this.#running.get(episode) ?? -1];
      if (fault !== undefined) fault.toUs = at;
    }
  }

  #keep(step: number, text: string): void {
    this.#texts.set(step, text);
    this.#texts.delete(step - textsKept);
  }

  /** Leaves out the older half of the frequent ones. */
  #leaveOut(): void {
    let spare = this.#frequent - frequentKept;
    this.#observations = this.#observations.filter(({ observation }) => {
      if (spare === 0 || !frequent.has(observation.kind)) return true;
      spare -= 1;
      return false;
    });
    this.#frequent = frequentKept;
  }
}
