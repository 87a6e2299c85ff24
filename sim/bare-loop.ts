/** The loop without a system in it: what the world itself costs an event. The benchmark prints its rate. */
import { Scheduler } from './scheduler.ts';
import { streamOf } from './random.ts';
import { Trace } from './trace.ts';

/** Entries in the queue at any time. */
const PENDING = 1_000;

/**
 * Takes `events` entries out of a queue of 1,000, one by one; each costs a draw, a step of the hash, and a new entry up to 65 ms later.
 * @returns 24 bits of the hash, so that nothing can be left out
 */
export function runBareLoop(events: number): number {
  const queue = new Scheduler();
  const trace = new Trace();
  const stream = streamOf(1, '0/bare-loop');
  for (let i = 0; i < PENDING; i += 1) queue.schedule(i, 1, i & 7, i, 0, null);
  for (let seq = 1; seq <= events; seq += 1) {
    queue.pop();
    const word = stream.u32();
    trace.event(queue.at, seq, queue.host, queue.kind, word);
    queue.schedule(queue.at + (word & 0xffff) + 1, queue.kind, queue.host, queue.a, seq & 0xffff, null);
  }
  return Number.parseInt(trace.hex().slice(0, 6), 16);
}
