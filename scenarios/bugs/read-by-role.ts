import { isCommand } from '../../core/machine/commands.ts';
import type { DeadlineSink, Machine } from '../../core/machine/contract.ts';
import { createMachine } from '../../core/machine/machine.ts';
import type { ClientMessage } from '../../core/client-messages.ts';
import type { Ports, Process } from '../../core/ports.ts';
import { Replica } from '../../core/replica.ts';
import type { ReplicaOptions } from '../../core/replica.ts';
import type { PlantedBug } from './bug.ts';
import { wrapPorts } from './wrapped.ts';

const noDeadlines: DeadlineSink = { arm() {}, disarm() {} };

/** A replica that answers reads from its own state while it believes that it leads, and writes through the log. */
function readingByRole(ports: Ports, options: ReplicaOptions): Process {
  const machine: Machine = (options.machine ?? createMachine)();
  let leads = false;
  const hearing = wrapPorts(ports, {
    hear: ({ kind }) => {
      if (kind === 'leaderElected') leads = true;
      else if (kind === 'steppedDown') leads = false;
    },
  });
  const replica = new Replica(hearing, { ...options, machine: () => machine });
  const answer = (from: number, m: ClientMessage): boolean => {
    if (m.type !== 'request' || !leads || m.boot !== ports.boot || !isCommand(m.command)) return false;
    if (m.command.kind !== 'request' || m.command.op.f !== 'get') return false;
    // What the operation would answer here and now, without a trace in the state.
    const scratch = createMachine();
    scratch.restore(machine.snapshot(), noDeadlines);
    const { reply } = scratch.apply(Number.MAX_SAFE_INTEGER, m.command, noDeadlines);
    if (reply === null) return false;
    const { boot } = ports;
    ports.transport.send(from, {
      type: 'reply',
      boot,
      attempt: m.attempt,
      value: reply.value,
      place: 0,
    });
    return true;
  };
  return {
    receive: (from, message) => {
      if (!answer(from, message as ClientMessage)) replica.receive(from, message);
    },
    wake: (key) => replica.wake(key),
    synced: (token, error) => replica.synced(token, error),
    describe: () => replica.describe(),
  };
}

export const readByRole: PlantedBug = {
  id: 'read-by-role',
  mistake: 'A read is served by whoever believes it leads.',
  source: 'sofa-jraft#25',
  breaks: ['linearizable-register'],
  scenarios: ['long-pause', 'leader-isolated'],
  parts: { make: readingByRole },
};
