/**
 * A process reacts and returns: it does not throw, every event ends, and it does not take its own disk for damaged when nobody damaged it. A process that
 * throws depends on the seed that made it, so it is a violation with a repro, not bad usage.
 */
import type { Property } from './property.ts';

/** Reasons to stop for good that only damage on the disk excuses. */
const ofDamage: ReadonlySet<string> = new Set(['LOG_CORRUPT', 'IDENTITY_LOST', 'SNAPSHOT_CORRUPT']);

/** Nothing throws, every event ends, nobody stops for damage that was not done. */
export const processAlive: Property = {
  id: 'process-alive',
  sentence: 'No process throws, or stops for damage to its disk that nobody did, and every event ends.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    return {
      on: {
        threw: (o, e) => {
          context.fail(`n${e.node} threw: ${o.message}`, [
            { at: e.at, node: e.node, text: `threw ${o.message}` },
          ]);
        },
        stopped: (o, e) => {
          if (!ofDamage.has(o.code)) return;
          context.fail(`n${e.node} stopped with ${o.code}, but nothing damaged its disk: ${o.message}`, [
            { at: e.at, node: e.node, text: `stopped: ${o.code}` },
          ]);
        },
      },
    };
  },
};
