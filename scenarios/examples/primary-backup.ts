/**
 * A system that shares no code with the package's own: primary–backup replication over the same ports, with the mistake that such systems
 * are known for. A backup that has not heard from the primary for 300 ms takes over; nothing makes the old primary stop. Cut off, both answer:
 * a split brain. The client's own history shows it: an acknowledged write that a later read does not see.
 */
import type { Ports, Process } from '../../core/ports.ts';
import { partitions } from '../../sim/nemesis/partitions.ts';
import { property } from '../../properties/property.ts';
import { scenario } from '../define.ts';
import type { ClientProcess, Done, System } from '../scenario.ts';

type Message =
  | { type: 'beat' }
  | { type: 'copy'; value: number }
  | { type: 'ask'; id: number; write: number | null }
  | { type: 'answer'; id: number; value: number };

const [BEAT, SUSPECT, RETRY] = [0, 1, 2];

/** Host 0 starts as primary of one counter; the others wait for it to fall silent, the lower number the less long. */
function server(ports: Ports): Process {
  let primary = ports.node === 0 && ports.boot === 1;
  let value = 0;
  const arm = (key: number, us: number): void => ports.timers.set(key, ports.clock.monotonicUs() + us);
  const tell = (message: Message): void => {
    for (const other of ports.servers) if (other !== ports.node) ports.transport.send(other, message);
  };
  return {
    start: () => arm(primary ? BEAT : SUSPECT, 300_000 + ports.node * 100_000),
    wake() {
      if (!primary) ports.emit({ kind: 'tookOver', value });
      primary = true;
      tell({ type: 'beat' });
      arm(BEAT, 50_000);
    },
    receive(from, received) {
      const message = received as Message;
      if (message.type === 'copy') value = Math.max(value, message.value);
      if (message.type === 'beat' && !primary) arm(SUSPECT, 300_000 + ports.node * 100_000);
      if (message.type !== 'ask' || !primary) return;
      // The mistake: it answers before any backup has the write, and never asks whether it still is the primary.
      value = Math.max(value, message.write ?? 0);
      tell({ type: 'copy', value });
      ports.transport.send(from, { type: 'answer', id: message.id, value });
    },
  };
}

/** Asks one server after another until one answers. */
function client(ports: Ports, done: Done): ClientProcess {
  let pending: { id: number; write: number | null } | null = null;
  let target = 0;
  const ask = (): void => {
    if (pending === null) return;
    ports.transport.send(ports.servers[target] as number, { type: 'ask', ...pending });
    ports.timers.set(RETRY, ports.clock.monotonicUs() + 100_000);
  };
  return {
    invoke(id, operation) {
      pending = { id, write: (operation as { write?: number }).write ?? null };
      ask();
    },
    wake() {
      target = (target + 1) % ports.servers.length;
      ask();
    },
    receive(_from, received) {
      const message = received as Message;
      if (message.type !== 'answer' || message.id !== pending?.id) return;
      const { id } = pending;
      pending = null;
      ports.timers.cancel(RETRY);
      done(id, 'ok', message.value);
    },
  };
}

const primaryBackup: System = {
  name: 'primary-backup',
  process: server,
  client: (ports, _configuration, done) => client(ports, done),
};

/** Every read sees every write that was acknowledged before it was asked: the counter written only rises. */
export const noLostWrite = property('no-lost-write', {
  scope: 'world',
  sentence: 'A read sees at least the highest write that was acknowledged before it began.',
  start: () => ({ acknowledged: 0, least: new Map<number, number>() }),
  on: {
    invoked(state, o) {
      state.least.set(o.id, state.acknowledged);
      return state;
    },
    completed(state, o, fail) {
      const value = o.value as number;
      const least = state.least.get(o.id) ?? 0;
      if (value < least)
        fail(`Operation ${o.id} answered ${value}, but ${least} had been acknowledged before.`);
      return { ...state, acknowledged: Math.max(state.acknowledged, value) };
    },
  },
});

export default scenario({
  name: 'examples/primary-backup',
  summary: 'Primary–backup replication without a quorum: a split brain loses an acknowledged write.',
  nodes: 3,
  clients: 2,
  durationMs: 10_000,
  process: primaryBackup,
  workload: {
    draw: ({ client: number, clients, random }) => ({
      mode: 'closed',
      operations: Array.from({ length: 200 }, (_, i) => ({
        waitUs: random.between(1_000, 80_000),
        op: random.below(2) === 0 ? { write: 1 + number + clients * i } : {},
      })),
    }),
  },
  faults: [partitions({ everyMs: [500, 2_000], lastMs: [500, 1_500] })],
  properties: [noLostWrite],
});
