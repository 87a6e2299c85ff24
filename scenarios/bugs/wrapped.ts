/** Wrappers around a replica, for mistakes that are no decision of its own: of its ports, of its machine. */
import { createMachine } from '../../core/machine/machine.ts';
import type { Machine } from '../../core/machine/contract.ts';
import type { Observation } from '../../core/observe.ts';
import type { Disk, FileHandle, Ports } from '../../core/ports.ts';

/** What a wrapper of ports looks at, or does in their place. */
export interface PortsWrapper {
  /** In place of sending. */
  readonly send?: (to: number, message: unknown) => void;
  /** Hears what is emitted before the world does. */
  readonly hear?: (observation: Observation) => void;
  /** In place of the disk. */
  readonly disk?: Disk;
}

/** The same ports but for what the wrapper takes over. */
export function wrapPorts(ports: Ports, { send, hear, disk = ports.disk }: PortsWrapper): Ports {
  const { node, group, boot, servers, clock, timers, transport, random } = ports;
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
    emit(observation, of) {
      hear?.(observation);
      ports.emit(observation, of);
    },
  };
}

/** The same disk, but for what is read of a file from its start. `see` returns the bytes that are shown, or some of them. */
export function wrapReads(disk: Disk, see: (path: string, bytes: Uint8Array) => Uint8Array): Disk {
  const paths = new Map<FileHandle, string>();
  return {
    makeFolder: (path) => disk.makeFolder(path),
    list: (folder) => disk.list(folder),
    create: (path) => disk.create(path),
    open(path) {
      const file = disk.open(path);
      paths.set(file, path);
      return file;
    },
    close: (file) => disk.close(file),
    size: (file) => disk.size(file),
    read(file, offset, length) {
      const bytes = disk.read(file, offset, length);
      return offset === 0 ? see(paths.get(file) ?? '', bytes) : bytes;
    },
    append: (file, bytes, length) => disk.append(file, bytes, length),
    truncate: (file, length) => disk.truncate(file, length),
    rename: (from, to) => disk.rename(from, to),
    unlink: (path) => disk.unlink(path),
    fsync: (file, token) => disk.fsync(file, token),
    fsyncFolder: (folder, token) => disk.fsyncFolder(folder, token),
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
