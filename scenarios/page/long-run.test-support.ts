/**
 * Runs as long as one likes, with crashes and partitions all the while, and a violation at the end: what the page of an hour of virtual time with
 * 100,000 operations is measured with.
 */
import type { Property } from '../../properties/property.ts';
import type { RunPageInput } from '../../reports/page/run-page-of.ts';
import { crashes } from '../../sim/nemesis/crashes.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { scenario } from '../define.ts';
import { replica } from '../replica-system.ts';
import { recorderOf, runSeed } from '../run-seed.ts';
import type { Scenario } from '../scenario.ts';
import { mix } from '../workload.ts';
import { aboutOf } from './planted-page.test-support.ts';

/** Nothing is answered after an instant: violated by the first answer to a write that comes later. */
function silentFrom(lateUs: number): Property {
  return {
    id: 'silent-at-the-end',
    sentence: 'No write is answered in the last seconds of the run.',
    assumes: [],
    needs: 'virtual-time',
    watch(context) {
      let leader = { at: 0, node: 0, text: 'started' };
      return {
        on: {
          leaderElected(o, { at, node }) {
            leader = { at, node, text: `elected leader of term ${o.term}` };
          },
          completed(o, { at, node }) {
            if (at < lateUs || o.outcome !== 'ok' || o.session === 0) return;
            const evidence = [leader, { at, node, text: `completed operation ${o.id} at index ${o.place}` }];
            context.fail(
              `c${node - context.servers.length} was answered at ${at} us, after ${lateUs} us.`,
              evidence,
            );
          },
        },
      };
    },
  };
}

/** Five servers, four clients who ask 28 times a second together, and faults every other minute. */
export function longScenario(durationMs: number): Scenario {
  return scenario({
    name: 'long-run',
    summary: 'A long run under faults, with a violation at its end.',
    nodes: 5,
    clients: 4,
    durationMs,
    process: replica(),
    workload: mix({ put: 4, get: 4, cas: 1 }, { keys: 24, thinkMs: 134, mode: 'closed' }),
    faults: [
      crashes({ everyMs: [60_000, 180_000], downMs: [500, 3_000], leader: 0.5 }),
      partitions({ everyMs: [60_000, 180_000] }),
    ],
    properties: [silentFrom(durationMs * 1_000 - 2_000_000)],
  });
}

/** Runs it, and gives all that its page is made of. */
export function longRun(durationMs: number): RunPageInput {
  const long = longScenario(durationMs);
  const plan = long.plan(1);
  const recorder = recorderOf(long, plan);
  const result = runSeed(long, 1, { plan, recorder });
  const [finding] = result.findings;
  if (finding === undefined) throw new Error('the run holds');
  const record = recorder.record(long.name, 1, plan.world.servers);
  return {
    ...{ record, finding, story: result.story ?? [], about: aboutOf(record, result.hash) },
    ...{ rule: long.properties[0]!.sentence, linearizability: null, whatIf: null },
  };
}
