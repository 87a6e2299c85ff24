/** Where the time of a piece of work goes: V8's sampling profiler, the functions with the most time of their own. */
import { Session } from 'node:inspector';
import type { Profiler } from 'node:inspector';

const SAMPLE_US = 250;

/** One function of a profile. */
export interface Entry {
  /** `name file:line`, or `(garbage collector)`. */
  readonly where: string;
  /** Its share of all samples, 0 … 1, without the functions that it called. */
  readonly share: number;
}

/** Runs `work` under the profiler. @returns the functions that took most, heaviest first */
export function profileOf(work: () => void, entries: number): Entry[] {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  session.post('Profiler.start');
  work();
  let profile: Profiler.Profile | null = null;
  session.post('Profiler.stop', (error, stopped) => {
    if (error !== null) throw error;
    ({ profile } = stopped);
  });
  session.disconnect();
  return profile === null ? [] : heaviest(profile, entries);
}

function heaviest(profile: Profiler.Profile, entries: number): Entry[] {
  const names = new Map<number, string>();
  for (const { id, callFrame } of profile.nodes) {
    const { functionName, url, lineNumber } = callFrame;
    const file = url.slice(url.lastIndexOf('/dist/') + 6);
    const name = functionName === '' ? '(anonymous)' : functionName;
    names.set(id, url === '' ? name : `${name} ${file}:${lineNumber + 1}`);
  }
  const times = new Map<string, number>();
  let total = 0;
  const deltas = profile.timeDeltas ?? [];
  (profile.samples ?? []).forEach((id, i) => {
    const name = names.get(id) ?? '';
    const time = deltas[i] ?? 0;
    total += time;
    times.set(name, (times.get(name) ?? 0) + time);
  });
  return [...times]
    .sort((a, b) => b[1] - a[1])
    .slice(0, entries)
    .map(([where, time]) => ({ where, share: time / total }));
}
