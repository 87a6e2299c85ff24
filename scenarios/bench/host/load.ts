/** Closed-loop clients: each asks again as soon as it was answered. */
import { quantile } from 'd3-array';

/** What was measured. */
export interface Throughput {
  readonly writesASecond: number;
  /** Of one write, ms. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** More of how to drive. */
export interface DriveOptions {
  /** Called when measuring begins and ends. */
  readonly onMeasured?: (phase: 'begins' | 'ends') => Promise<void>;
  /** Ends it early once aborted; what was measured by then counts for nothing. */
  readonly stop?: AbortSignal;
}

/**
 * Runs the clients for a while after a warm-up.
 * @param write one acknowledged write of client i; rejects where it was not acknowledged, and so does this then
 */
export async function drive(
  clients: number,
  forMs: number,
  write: (client: number) => Promise<unknown>,
  { onMeasured = async () => {}, stop }: DriveOptions = {},
): Promise<Throughput> {
  const tookMs: number[] = [];
  let measuring = false;
  let ending = false;
  const running = Promise.all(
    Array.from({ length: clients }, async (_, i) => {
      while (!ending) {
        const askedMs = performance.now();
        await write(i);
        if (measuring) tookMs.push(performance.now() - askedMs);
      }
    }),
  );
  // A write that fails while nobody looks is told by whichever wait comes next.
  running.catch(() => {});
  const wait = (ms: number): Promise<unknown> => Promise.race([pause(ms, stop), running]);
  try {
    await wait(forMs / 3);
    await onMeasured('begins');
    measuring = true;
    const startedMs = performance.now();
    await wait(forMs);
    measuring = false;
    const seconds = (performance.now() - startedMs) / 1_000;
    await onMeasured('ends');
    return {
      writesASecond: tookMs.length / seconds,
      medianMs: quantile(tookMs, 0.5) ?? 0,
      p99Ms: quantile(tookMs, 0.99) ?? 0,
    };
  } finally {
    ending = true;
    await running;
  }
}

/** Some time, or until it is to stop. */
function pause(ms: number, stop: AbortSignal | undefined): Promise<void> {
  if (stop?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      stop?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    stop?.addEventListener('abort', end);
  });
}
