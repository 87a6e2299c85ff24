/**
 * A process reacts and returns: it does not throw, every event ends, and it does not stop for good, unless its disk gave it a reason: one that refused it in
 * this boot, or one whose damage took its identity. A process that throws depends on the seed that made it, so it is a violation with a repro, not
 * bad usage.
 */
import { topOf } from './per-group.ts';
import type { Property } from './property.ts';

/** Nothing throws, every event ends, nobody stops for good. */
export const processAlive: Property = {
  id: 'process-alive',
  sentence: 'No process throws, or stops for good while its disk is well, and every event ends.',
  assumes: [],
  needs: 'nothing',
  // A process throws for all groups of its host at once.
  acrossGroups: true,
  watch(context) {
    const { groups } = context;
    /** Whose disk: the host's, or of several groups the one in whose folder the file lies ('': all of the host's). */
    const diskOf = (node: number, file: string): string =>
      groups === undefined ? `${node}/` : `${node}/${topOf(file)}`;
    /** The boot in which it refused last, and whether it was ever damaged. */
    const refusedIn = new Map<string, number>();
    const damaged = new Set<string>();
    return {
      on: {
        diskRefused: (o, e) => {
          refusedIn.set(diskOf(e.node, o.file), e.boot);
        },
        damaged: (o, e) => {
          damaged.add(diskOf(e.node, o.file));
        },
        threw: (o, e) => {
          context.fail(`n${e.node} threw: ${o.message}`, [
            { at: e.at, node: e.node, text: `threw ${o.message}` },
          ]);
        },
        stopped: (o, e) => {
          const disks = [diskOf(e.node, ''), diskOf(e.node, String(e.group))];
          if (o.code === 'DISK_FAILED' && disks.some((disk) => refusedIn.get(disk) === e.boot)) return;
          if (o.code === 'IDENTITY_LOST' && disks.some((disk) => damaged.has(disk))) return;
          const who = groups === undefined ? '' : `Group ${e.group}: `;
          context.fail(
            `${who}n${e.node} stopped for good with ${o.code}, though no fault gave it a reason to: ${o.message}`,
            [{ at: e.at, node: e.node, text: `stopped: ${o.code}` }],
          );
        },
      },
    };
  },
};
