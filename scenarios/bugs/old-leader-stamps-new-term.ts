import type { Ports, Process } from '../../core/ports.ts';
import type { Append } from '../../core/raft/messages.ts';
import { Replica } from '../../core/replica.ts';
import type { ReplicaOptions } from '../../core/replica.ts';
import type { PlantedBug } from './bug.ts';
import { wrapPorts } from './wrapped.ts';

/** A timer that replicas leave free. */
const senderTimer = 40;
/** How far the sender lags behind the replica, in microseconds. */
const lagUs = 5_000;

interface Waiting {
  readonly to: number;
  readonly append: Append;
  /** The replica's term when it made the append. */
  readonly term: number;
}

/** Appends leave through a sender of their own, a little later, stamped with what the term is then. */
export function sendingLate(ports: Ports, options: ReplicaOptions): Process {
  const waiting: Waiting[] = [];
  let term = 0;
  const lagging = wrapPorts(ports, {
    send: (to, message) => {
      const append = message as Append;
      if (append.type !== 'append') {
        ports.transport.send(to, message);
        return;
      }
      waiting.push({ to, append, term });
      if (waiting.length === 1) ports.timers.set(senderTimer, ports.clock.monotonicUs() + lagUs);
    },
    hear: (observation) => {
      if (observation.kind === 'termChanged' || observation.kind === 'recovered')
        term = (observation as { readonly term: number }).term;
    },
  });
  const replica = new Replica(lagging, options);
  const sendAll = (): void => {
    for (const { to, append, term: made } of waiting.splice(0)) {
      const entries = append.entries.map((entry) => (entry.term === made ? { ...entry, term } : entry));
      ports.transport.send(to, { ...append, term, entries });
    }
  };
  return {
    receive: (from, message) => replica.receive(from, message),
    wake: (key) => {
      if (key === senderTimer) sendAll();
      else replica.wake(key);
    },
    synced: (token, error) => replica.synced(token, error),
    describe: () => replica.describe(),
  };
}

/** A leader that is deposed with appends in its sender's queue speaks for the new term, which another leads. */
export const oldLeaderStampsNewTerm: PlantedBug = {
  id: 'old-leader-stamps-new-term',
  mistake: "A deposed leader's append is stamped with the new term.",
  source: 'camunda#5360',
  breaks: ['log-matching', 'committed-durable'],
  scenarios: ['long-pause', 'leader-isolated'],
  parts: { make: sendingLate },
};
