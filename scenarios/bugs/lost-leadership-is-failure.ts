import type { ClientMessage } from '../../core/client-messages.ts';
import type { Ports, Process } from '../../core/ports.ts';
import { Replica } from '../../core/replica.ts';
import type { ReplicaOptions } from '../../core/replica.ts';
import type { PlantedBug } from './bug.ts';
import { wrapPorts } from './wrapped.ts';

/** A replica that refuses what it has in its log, as soon as it leads no more. */
function refusing(ports: Ports, options: ReplicaOptions): Process {
  /** Attempts that it took on and has not answered, and who made them. */
  const unanswered = new Map<string, readonly [client: number, attempt: number]>();
  const send = (to: number, message: unknown): void => {
    const { type, attempt } = message as { readonly type?: string; readonly attempt?: number };
    if (type === 'reply' || type === 'refusal') unanswered.delete(`${to} ${attempt}`);
    ports.transport.send(to, message);
  };
  const wrapped = wrapPorts(ports, {
    send,
    hear(observation) {
      if (observation.kind !== 'steppedDown') return;
      for (const [client, attempt] of [...unanswered.values()]) {
        send(client, { type: 'refusal', boot: ports.boot, attempt, code: 'NOT_LEADER', leader: -1 });
      }
    },
  });
  const replica = new Replica(wrapped, options);
  const receive = replica.receive.bind(replica);
  replica.receive = (from, message) => {
    const m = message as ClientMessage;
    if (m.type === 'request' && m.boot === ports.boot)
      unanswered.set(`${from} ${m.attempt}`, [from, m.attempt]);
    receive(from, message);
  };
  return replica;
}

/** What was in the log of a leader that is deposed may still be committed by the next one: nobody knows yet. */
export const lostLeadershipIsFailure: PlantedBug = {
  id: 'lost-leadership-is-failure',
  mistake: 'A proposal whose leader was deposed is reported as failed, not as unknown.',
  source: 'hashicorp/raft#561',
  breaks: ['exactly-once', 'linearizable-register'],
  scenarios: ['leader-isolated', 'long-pause', 'flapping-links', 'lossy-and-slow'],
  parts: { make: refusing },
};
