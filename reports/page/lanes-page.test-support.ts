/** Small runs for tests of the lanes, made column by column; what a test does not care for is empty. */
import { runPageSchemaVersion } from './run-page.ts';
import type { FaultSpan, OperationTable, RunPage, Timeline } from './run-page.ts';

/** An event of a test: when, on which host, and which message it received, if any. */
export interface TestEvent {
  readonly at: number;
  readonly host: number;
  readonly message?: number;
}

/** A message of a test: events that sent and received it (-1: lost). */
export interface TestMessage {
  readonly sent: number;
  readonly received: number;
  readonly to?: number;
}

/** What a test sets of a run. */
export interface TestRun {
  readonly servers: number;
  readonly hosts: number;
  readonly events: readonly TestEvent[];
  readonly messages?: readonly TestMessage[];
  readonly slice?: readonly number[];
  readonly storyEvents?: readonly number[];
  readonly faults?: readonly FaultSpan[];
  readonly operations?: Partial<OperationTable>;
  readonly more?: Partial<Timeline>;
}

/** A partition of the whole run. */
export function partition(sides: readonly (readonly number[])[], fromUs = 0, toUs = 1e9): FaultSpan {
  return { fault: 'partition', hosts: sides.flat(), sides, fromUs, toUs, cut: [], lost: null };
}

/** Makes the page of a run. */
export function lanesPage(run: TestRun): RunPage {
  const { servers, hosts, events, storyEvents = [] } = run;
  const untilUs = Math.max(1, ...events.map(({ at }) => at));
  return {
    kind: 'run',
    schema: runPageSchemaVersion,
    about: {
      ...{ scenario: 'test', seed: 1, hash: null, version: '0', commit: '0', node: '20' },
      ...{ servers, hosts, events: events.length, untilUs, failingSeeds: null, command: '', vitestTest: '' },
    },
    verdict: {
      state: storyEvents.length > 0 ? 'violated' : 'held',
      ...{ property: null, rule: null, sentence: 'n0 did it', atUs: untilUs, seq: 0, details: [] },
    },
    pair: null,
    story: storyEvents.map((event, i) => ({
      ...{ number: i + 1, seq: event, at: events[event]!.at, node: events[event]!.host },
      ...{ text: `did ${i + 1}`, rule: 'near' },
    })),
    storyEvents,
    timeline: timelineOf(run, untilUs),
    linearizability: null,
    whatIf: null,
  };
}

function timelineOf(run: TestRun, untilUs: number): Timeline {
  const { events, messages = [], faults = [] } = run;
  const hostOf = (event: number) => events[event]?.host ?? -1;
  return {
    window: { fromUs: 0, toUs: untilUs },
    events: {
      seq: events.map((_, i) => i),
      atUs: events.map(({ at }) => at),
      host: events.map(({ host }) => host),
      kind: events.map(() => 0),
      kinds: ['deliver'],
      message: events.map(({ message = -1 }) => message),
      previous: events.map(({ host }, i) => events.findLastIndex((one, k) => k < i && one.host === host)),
      past: events.map(() => 1 as const),
      texts: {},
    },
    messages: {
      sent: messages.map(({ sent }) => sent),
      received: messages.map(({ received }) => received),
      from: messages.map(({ sent }) => hostOf(sent)),
      to: messages.map(({ received, to }) => to ?? hostOf(received)),
      sentUs: messages.map(({ sent }) => events[sent]!.at),
      receivedUs: messages.map(({ received }) => events[received]?.at ?? -1),
      label: messages.map(() => 0),
      labels: ['append'],
      routine: messages.map(() => 0 as const),
    },
    slice: run.slice ?? events.map((_, i) => i),
    ...{ density: null, roles: [], hostSpans: [], faults, locks: [], barriers: [], keys: [] },
    operations: {
      ...{ id: [], host: [], lane: [], fromUs: [], toUs: [], outcome: [], asked: [], answered: [] },
      ...{ words: [], pointUs: [], token: [], object: [], objects: [], violating: [] },
      ...run.operations,
    },
    log: {
      ...{ event: [], host: [], group: [], change: [], index: [], term: [], labels: {} },
      ...{ violating: 0, violatingGroup: 0 },
    },
    ...run.more,
  };
}
