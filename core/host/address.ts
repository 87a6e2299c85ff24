/** Where replicas listen. For now on loopback only: messages are neither encrypted nor is a peer's name proved. */
import { BlockList, isIP } from 'node:net';
import { limits } from '../errors.ts';
import { HostError } from './host-error.ts';

/** A TCP address on loopback. */
export interface Address {
  readonly host: string;
  /** 1 … 65,535. */
  readonly port: number;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const wanted = 'Write addresses as 127.0.0.1:7000.';

/**
 * `127.0.0.1:7000`, `[::1]:7000` or `localhost:7000`.
 * @throws HostError `BAD_ADDRESS`: also for what is not on loopback
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim());
  const port = Number(match?.[3] ?? 0);
  if (match === null || port < 1 || port > 65_535) {
    throw new HostError('BAD_ADDRESS', `"${text}" is not an address.`, wanted);
  }
  const named = match[1] ?? match[2] ?? '';
  const host = named === 'localhost' ? '127.0.0.1' : named;
  const family = isIP(host);
  if (family === 0 || !loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')) {
    throw new HostError(
      'BAD_ADDRESS',
      `"${text}" is not on loopback, and nothing else is listened on yet.`,
      wanted,
    );
  }
  return { host, port };
}

/** As it is written. */
export function showAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * The addresses of a group, in the order of ids.
 * @throws HostError `BAD_ADDRESS` | `BAD_PEERS`
 */
export function parsePeers(texts: readonly string[]): readonly Address[] {
  if (texts.length < 1 || texts.length > limits.clusterSize) {
    throw new HostError(
      'BAD_PEERS',
      `a group has 1 to ${limits.clusterSize} replicas; got ${texts.length} addresses.`,
      'Name the address of each replica once, this one included, in the order of their ids.',
    );
  }
  const addresses = texts.map(parseAddress);
  const seen = new Set<string>();
  for (const address of addresses) {
    const shown = showAddress(address);
    if (seen.has(shown)) {
      throw new HostError(
        'BAD_ADDRESS',
        `${shown} stands twice.`,
        'Give each replica an address of its own.',
      );
    }
    seen.add(shown);
  }
  return addresses;
}
