/** Where the time of a piece of work goes: V8's sampling profiler, by functions with the most time of their own, or by part of the code. */
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
  return heaviest(profiled(work), entries);
}

/**
 * Runs `work` under the profiler, and shares out its time.
 * @param partOf the part that a function belongs to, by its name and the address of its file; `null`: none. A sample counts for the innermost function on the stack that
 *   belongs to one. The collector of garbage is a function without a file, `(garbage collector)`
 * @returns share of all samples by part, 0 … 1; what belongs to none is left out
 */
export function sharesOf(
  work: () => void,
  partOf: (name: string, url: string) => string | null,
): Map<string, number> {
  const profile = profiled(work);
  const parents = new Map<number, number>();
  for (const { id, children } of profile.nodes) for (const child of children ?? []) parents.set(child, id);
  const parts = new Map(
    profile.nodes.map(({ id, callFrame }) => [id, partOf(callFrame.functionName, callFrame.url)]),
  );
  const shares = new Map<string, number>();
  const total = eachSample(profile, (leaf, time) => {
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      const part = parts.get(id) ?? null;
      if (part === null) continue;
      shares.set(part, (shares.get(part) ?? 0) + time);
      return;
    }
  });
  return new Map([...shares].map(([part, time]) => [part, time / total]));
}

function profiled(work: () => void): Profiler.Profile {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  session.post('Profiler.start');
  work();
  let profile: Profiler.Profile = { nodes: [], startTime: 0, endTime: 0 };
  session.post('Profiler.stop', (error, stopped) => {
    if (error !== null) throw error;
    ({ profile } = stopped);
  });
  session.disconnect();
  return profile;
}

/** What starts and ends the profile. */
const OWN = 'dispatch';

/**
 * Goes through all samples but the profiler's own.
 * @param see told of each: the function on top of the stack, and how long it was there, µs
 * @returns the time of all, µs
 */
function eachSample(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  see: (node: number, time: number) => void,
): number {
  const own = new Set(
    nodes
      .filter(({ callFrame: { functionName, url } }) => functionName === OWN && url === '')
      .map(({ id }) => id),
  );
  let total = 0;
  samples.forEach((id, i) => {
    if (own.has(id)) return;
    const time = timeDeltas[i] ?? 0;
    total += time;
    see(id, time);
  });
  return total;
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
  const total = eachSample(profile, (id, time) => {
    const name = names.get(id) ?? '';
    times.set(name, (times.get(name) ?? 0) + time);
  });
  return [...times]
    .sort((a, b) => b[1] - a[1])
    .slice(0, entries)
    .map(([where, time]) => ({ where, share: time / total }));
}
