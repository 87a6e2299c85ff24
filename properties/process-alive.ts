/**
 * A process reacts and returns: it does not throw, every event ends, and it does not stop for good, unless its disk gave it a reason: one that refused it in
 * this boot, or one whose damage took its identity. A process that throws depends on the seed that made it, so it is a violation with a repro, not
 * bad usage.
 */
import type { Property } from './property.ts';

/** Nothing throws, every event ends, nobody stops for good. */
export const processAlive: Property = {
  id: 'process-alive',
  sentence: 'No process throws, or stops for good while its disk is well, and every event ends.',
  assumes: [],
  needs: 'nothing',
  watch(context) {
    /** By host: the boot in which its disk refused last, and whether it was ever damaged. */
    const refusedIn: number[] = [];
    const damaged = new Set<number>();
    return {
      on: {
        diskRefused: (_, e) => {
          refusedIn[e.node] = e.boot;
        },
        damaged: (_, e) => {
          damaged.add(e.node);
        },
        threw: (o, e) => {
          context.fail(`n${e.node} threw: ${o.message}`, [
            { at: e.at, node: e.node, text: `threw ${o.message}` },
          ]);
        },
        stopped: (o, e) => {
          if (o.code === 'DISK_FAILED' && refusedIn[e.node] === e.boot) return;
          if (o.code === 'IDENTITY_LOST' && damaged.has(e.node)) return;
          context.fail(
            `n${e.node} stopped for good with ${o.code}, though no fault gave it a reason to: ${o.message}`,
            [{ at: e.at, node: e.node, text: `stopped: ${o.code}` }],
          );
        },
      },
    };
  },
};
