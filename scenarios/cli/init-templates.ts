/**
 * What `init` writes: a small system that is right, with the mistake that it is easy to make named where it would be made. Plain text, so that what stands
 * here is what the user gets; `init.test.ts` type-checks and runs it.
 */

/** A file to write, and what it is, in a few words. */
export interface Template {
  readonly path: string;
  readonly about: string;
  readonly text: string;
}

const system = `/**
 * A system of your own: a server that hands out tickets, and clients that ask for them. Replace it by yours.
 *
 * A process reacts to one input at a time and returns. All it has of the world are its ports: no Date, no Math.random, no timers, no promises. So a
 * seed decides everything, and a failing seed replays exactly.
 */
import type { ClientProcess, Done, Ports, Process, System } from 'stormglass';

const RETRY = 0;

/** Server 0 hands out 1, 2, 3 …; its file has a byte for each ticket that is gone, so that a crash makes it forget none. */
function server({ disk, transport }: Ports): Process {
  const file = disk.list('').includes('gone') ? disk.open('gone') : disk.create('gone');
  const waiting = new Map<number, { to: number; ask: number }>();
  let ready = false;
  // The name of a new file is durable only when its folder is synced.
  disk.fsyncFolder('', 0);
  return {
    receive(from, message) {
      if (!ready) return;
      disk.append(file, new Uint8Array(1), 1);
      const ticket = disk.size(file);
      waiting.set(ticket, { to: from, ask: message as number });
      // Answer here, before the fsync, and the test fails: the power goes, and a ticket comes twice.
      disk.fsync(file, ticket);
    },
    synced(token) {
      if (token === 0) ready = true;
      const asked = waiting.get(token);
      if (asked === undefined) return;
      waiting.delete(token);
      transport.send(asked.to, { ask: asked.ask, ticket: token });
    },
    wake() {},
  };
}

/** Asks until it is answered: a message may be lost, late, or come twice. */
function client({ clock, timers, transport }: Ports, done: Done): ClientProcess {
  let asking = 0;
  const ask = () => {
    transport.send(0, asking);
    timers.set(RETRY, clock.monotonicUs() + 100_000);
  };
  return {
    invoke(id) {
      asking = id;
      ask();
    },
    receive(_from, message) {
      const answer = message as { ask: number; ticket: number };
      if (answer.ask !== asking) return;
      asking = 0;
      timers.cancel(RETRY);
      done(answer.ask, 'ok', answer.ticket);
    },
    wake: ask,
  };
}

export const tickets: System = {
  name: 'tickets',
  process: server,
  client: (ports, _configuration, done) => client(ports, done),
};
`;

const property = `/** What must hold: a fold over what the processes and the world observe. */
import { property } from 'stormglass';

export const noTicketTwice = property('no-ticket-twice', {
  scope: 'world',
  start: () => new Set<unknown>(),
  on: {
    // Clients emit \`invoked\` and \`completed\`; your processes may emit kinds of their own: \`ports.emit({ kind: 'given', … })\`.
    completed(given, { value }, fail, { node }) {
      if (given.has(value)) fail(\`Host \${node} was given ticket \${value}, and so was another before.\`);
      given.add(value);
      return given;
    },
  },
});
`;

const scenario = `/** What is tried: the system, its load, its weather, what must hold. Each seed draws another run of it. */
import { crashes, lossyLinks, pauses, scenario } from 'stormglass';
import { noTicketTwice } from './no-ticket-twice.js';
import { tickets } from './tickets.js';

export default scenario({
  name: 'tickets',
  summary: 'Tickets under crashes, power cuts, pauses and losses: none is handed out twice.',
  nodes: 1,
  clients: [2, 4],
  durationMs: 10_000,
  process: tickets,
  workload: {
    draw: () => ({
      mode: 'closed',
      operations: Array.from({ length: 400 }, () => ({ waitUs: 5_000, op: 'ticket' })),
    }),
  },
  faults: [crashes({ everyMs: [300, 1_500], downMs: [20, 300] }), lossyLinks(), pauses()],
  properties: [noTicketTwice],
});
`;

const test = `import { expectHolds } from 'stormglass';
import { test } from 'vitest';
import tickets from './tickets.scenario.js';

test('no ticket is handed out twice, whatever the weather', async () => {
  await expectHolds(tickets, { seeds: 100 });
});
`;

const configuration = (
  folder: string,
): string => `// Where \`npx stormglass run\` and \`list\` find your scenarios, and where the repros of failing seeds go.
export default { scenarios: '${folder}/*.scenario.ts', out: 'stormglass-out' };
`;

/** The files, in the order in which they are read. */
export function templates(folder: string): readonly Template[] {
  return [
    { path: `${folder}/tickets.ts`, about: 'a system: replace it by yours', text: system },
    { path: `${folder}/no-ticket-twice.ts`, about: 'a property: what must hold of it', text: property },
    { path: `${folder}/tickets.scenario.ts`, about: 'a scenario: load, weather, properties', text: scenario },
    { path: `${folder}/tickets.test.ts`, about: 'the test: a hundred seeds', text: test },
    { path: 'stormglass.config.mjs', about: 'where the command line finds it', text: configuration(folder) },
  ];
}
