/** Scenario files such as users write, for tests of the command line: laid out in a folder of their own beside the built package. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A process that only ticks, with a line of its own at each wake. */
const ticking = (name: string, line: string): string => `
import { scenario, property } from 'stormglass';
export default scenario({
  name: '${name}', nodes: 2, durationMs: 2000, minSeeds: 50, summary: 'Ticks.',
  process: (ports) => ({
    start() { ports.timers.set(0, ports.clock.monotonicUs() + 100_000); },
    receive() {},
    wake(key) {
      ports.timers.set(key, ports.clock.monotonicUs() + 100_000);
      ports.transport.send(1 - ports.node, { tick: 1 });
      ${line}
    },
  }),
  properties: [property('seen', { start: () => 0, on: { seen: (n, o, fail) => (o.n > 5 ? fail('saw ' + o.n) : o.n) } })],
});
`;

const files: { readonly [name: string]: string } = {
  // A package of its own, whatever lies above it.
  'package.json': '{"name": "own-scenarios", "private": true}',
  'own/holds.mjs': ticking('own/holds', ''),
  'own/violates.ts': `const typed: number = 9;\n${ticking('own/violates', "ports.emit({ kind: 'seen', n: typed });")}`,
  'own/throws.mjs': ticking('own/throws', "throw new Error('out of ideas');"),
  'own/endless.mjs': ticking('own/endless', 'for (;;);'),
  'own/nowhere.mjs': ticking('own/nowhere', "ports.transport.send(99, 'hello');"),
  'own/outside.mjs': ticking(
    'own/outside',
    'ports.timers.set(1, ports.clock.monotonicUs() + 1 + Math.floor(Math.random() * 1e6));',
  ),
  'bad/loads-for-ever.mjs': 'for (;;);',
  'bad/throws.mjs': "throw new Error('not today');",
  'bad/empty.mjs': 'export const nothing = 1;',
  'bad/cut.json': '{"schema": 1, "ver',
  'bad/newer.json': '{"schema": 2}',
  'bad/empty.json': '',
  'bad/file': '',
};

/** Writes the files into a new folder that finds `stormglass` as an installed package would be found; returns the folder. */
export function layOut(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stormglass-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}
