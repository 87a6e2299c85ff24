/** Closed-loop clients: each asks again as soon as it was answered. */

/** What was measured. */
export interface Throughput {
  readonly writesASecond: number;
  /** Of one write, ms. */
  readonly medianMs: number;
  readonly p99Ms: number;
}

/**
 * Runs the clients for a while after a warm-up.
 * @param write one acknowledged write of client i; rejects where it was not acknowledged
 * @param onMeasured called when measuring begins and ends
 */
export async function drive(
  clients: number,
  forMs: number,
  write: (client: number) => Promise<unknown>,
  onMeasured: (phase: 'begins' | 'ends') => Promise<void> = async () => {},
): Promise<Throughput> {
  const tookMs: number[] = [];
  let measuring = false;
  let ending = false;
  const running = Array.from({ length: clients }, async (_, i) => {
    while (!ending) {
      const askedMs = performance.now();
      await write(i);
      if (measuring) tookMs.push(performance.now() - askedMs);
    }
  });
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(forMs / 3);
  await onMeasured('begins');
  measuring = true;
  const startedMs = performance.now();
  await pause(forMs);
  measuring = false;
  const seconds = (performance.now() - startedMs) / 1_000;
  await onMeasured('ends');
  ending = true;
  await Promise.all(running);
  tookMs.sort((a, b) => a - b);
  return {
    writesASecond: tookMs.length / seconds,
    medianMs: tookMs[tookMs.length >> 1] ?? 0,
    p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0,
  };
}
