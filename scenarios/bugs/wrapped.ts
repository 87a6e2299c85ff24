/** Wrappers around a replica, for mistakes that are no decision of its own: of its ports, of its machine. */
import { createMachine } from '../../core/machine/machine.ts';
import type { Machine } from '../../core/machine/contract.ts';
import type { Observation } from '../../core/observe.ts';
import type { Ports } from '../../core/ports.ts';

/** What a wrapper of ports looks at, or does in their place. */
export interface PortsWrapper {
  /** In place of sending. */
  readonly send?: (to: number, message: unknown) => void;
  /** Hears what is emitted before the world does. */
  readonly hear?: (observation: Observation) => void;
}

/** The same ports but for what the wrapper takes over. */
export function wrapPorts(ports: Ports, { send, hear }: PortsWrapper): Ports {
  const { node, group, boot, servers, clock, timers, transport, disk, random } = ports;
  return {
    node,
    group,
    boot,
    servers,
    clock,
    timers,
    transport: send === undefined ? transport : { send },
    disk,
    random,
    emit(observation) {
      hear?.(observation);
      ports.emit(observation);
    },
  };
}

/** The same machine, but it restores only those snapshots that `readable` lets it read. */
export function restoringMachine(machine: Machine, readable: (bytes: Uint8Array) => boolean): Machine {
  const wrapped = wrapMachine((inner, ...entry) => inner.apply(...entry), machine);
  return {
    ...wrapped,
    restore: (bytes, deadlines) => {
      if (readable(bytes)) machine.restore(bytes, deadlines);
    },
  };
}

/** The same machine but for how it applies entries. */
export function wrapMachine(
  apply: (machine: Machine, ...entry: Parameters<Machine['apply']>) => ReturnType<Machine['apply']>,
  machine = createMachine(),
): Machine {
  return {
    apply: (index, command, deadlines) => apply(machine, index, command, deadlines),
    read: (operation) => machine.read(operation),
    digest: () => machine.digest(),
    snapshot: () => machine.snapshot(),
    restore: (bytes, deadlines) => machine.restore(bytes, deadlines),
    encode: (command) => machine.encode(command),
    decode: (body) => machine.decode(body),
    expire: (due) => machine.expire(due),
    isReserved: (command) => machine.isReserved(command),
    describe: (command) => machine.describe(command),
  };
}
