/**
 * A process reacts and returns: it does not throw, every event ends, and it does not stop for good: no fault of this world damages a disk or makes it fail. A process that
 * throws depends on the seed that made it, so it is a violation with a repro, not bad usage.
 */
import type { Property } from './property.ts';

/** Nothing throws, every event ends, nobody stops for good. */
export const processAlive: Property = {
  id: 'process-alive',
  sentence: 'No process throws or stops for good, and every event ends.',
  assumes: [],
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
          context.fail(
            `n${e.node} stopped for good with ${o.code}, though no fault gave it a reason to: ${o.message}`,
            [{ at: e.at, node: e.node, text: `stopped: ${o.code}` }],
          );
        },
      },
    };
  },
};
