/** Chrome traces as a tool that is not ours reads them: the engine of Chrome's DevTools, in Node. */
import * as TraceEngine from '@paulirish/trace_engine';
import type { ChromeTrace } from './chrome-trace.ts';

/** What the engine found. */
export interface EngineReading {
  /** Names by process, and by process and thread. */
  readonly processes: ReadonlyMap<number, string>;
  readonly threads: ReadonlyMap<string, string>;
  /** Complete events that it has in the tree of their thread: one that overlaps another has no place there. */
  readonly spans: readonly {
    readonly name: string;
    readonly ts: number;
    readonly dur: number;
    readonly pid: number;
    readonly tid: number;
  }[];
  /** Flows of which it found both ends: names and times. */
  readonly flows: readonly (readonly {
    readonly name: string;
    readonly ts: number;
    readonly pid: number;
  }[])[];
}

/** Has a trace's JSON read by the engine. @throws whatever it throws for a trace that it does not understand */
export async function readByEngine(trace: ChromeTrace): Promise<EngineReading> {
  const { traceEvents } = JSON.parse(JSON.stringify(trace)) as { traceEvents: never[] };
  const processor = TraceEngine.Processor.TraceProcessor.createWithAllHandlers();
  await processor.parse(traceEvents, { isFreshRecording: false });
  const { Meta, Renderer, Flows } = processor.data!;
  const spans: EngineReading['spans'][number][] = [];
  for (const { threads } of Renderer.processes.values()) {
    for (const { tree } of threads.values()) {
      const open = [...(tree?.roots ?? [])];
      for (let node = open.pop(); node !== undefined; node = open.pop()) {
        const { name, ts, dur, pid, tid } = node.entry;
        spans.push({ name, ts, dur: dur ?? 0, pid, tid });
        open.push(...node.children);
      }
    }
  }
  const threadNames = [...Meta.threadsInProcess].flatMap(([pid, threads]) =>
    [...threads].map(([tid, { args }]) => [`${pid}/${tid}`, args.name ?? ''] as [string, string]),
  );
  return {
    processes: new Map([...Meta.processNames].map(([pid, { args }]) => [pid, args.name ?? ''])),
    threads: new Map<string, string>(threadNames),
    spans,
    flows: Flows.flows.map((flow) => flow.map(({ name, ts, pid }) => ({ name, ts, pid }))),
  };
}
