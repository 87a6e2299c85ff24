/** What locks and barriers cost without a world: three replicas in memory (memory-group.ts). */
import type { Operation } from '../../core/machine/commands.ts';
import { MemoryGroup } from './memory-group.ts';

/** Pairs of acquire and release a second. @param batch how many locks are asked for at once */
export function runLocks(pairs: number, batch: number): number {
  const group = new MemoryGroup();
  const names = Array.from({ length: batch }, (_, i) => `l${i}`);
  const round = (): void => {
    const granted = group.ask(
      names.map((lock): Operation => ({ f: 'acquire', lock, holder: 'h', waitUs: 0 })),
    );
    group.ask(
      names.map((lock, i): Operation => ({
        f: 'release',
        lock,
        holder: 'h',
        token: (granted[i] as { token: number }).token,
      })),
    );
  };
  for (let warm = 0; warm < 2_000 / batch; warm += 1) round();
  const startedAt = performance.now();
  for (let done = 0; done < pairs; done += batch) round();
  return pairs / ((performance.now() - startedAt) / 1e3);
}

/** Arrivals a second at a barrier of 64, all of a generation at once. */
export function runBarrier(generations: number): number {
  const group = new MemoryGroup();
  const participants = Array.from({ length: 64 }, (_, i) => `p${i}`);
  const [created] = group.ask([{ f: 'createBarrier', barrier: 'b' }]);
  const { creation } = created as { creation: number };
  const of = { barrier: 'b', creation };
  for (const participant of participants) group.ask([{ f: 'register', ...of, participant }]);
  let generation = 0;
  const round = (): void => {
    generation += 1;
    group.ask(
      participants.map((participant): Operation => ({ f: 'arrive', ...of, participant, generation })),
    );
  };
  for (let warm = 0; warm < 50; warm += 1) round();
  const startedAt = performance.now();
  for (let done = 0; done < generations; done += 1) round();
  return (generations * 64) / ((performance.now() - startedAt) / 1e3);
}
