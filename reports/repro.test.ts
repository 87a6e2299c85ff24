import { describe, expect, test } from 'vitest';
import { readRepro } from './repro.ts';

const delay = { minUs: 300, maxUs: 1_000, tailPpm: 0, tailMaxUs: 0 };
const file = {
  schema: 1,
  version: '0.1.0',
  commit: '1a2b3c4',
  node: '20.20.2',
  seedEpoch: 1,
  scenario: {
    name: 'torn-tail',
    from: 'catalogue',
    file: 'scenarios/catalogue/torn-tail.js',
    export: 'default',
  },
  configuration: { batchEntries: 1 },
  seed: 31,
  plan: {
    world: {
      seed: 31,
      servers: 1,
      clients: 0,
      wire: 'structured',
      network: { delay, lossPpm: 0, duplicationPpm: 0, reorderPpm: 0, reorderMaxUs: 0 },
      disk: { fsync: delay },
      clocks: [{ driftPpm: -20, wallOffsetUs: 0 }],
      episodes: [
        {
          id: 0,
          fault: 'mine',
          when: { atUs: 5 },
          durationUs: 9,
          target: { select: 'leader' },
          args: {},
          extra: 1,
        },
      ],
      phases: { weatherUs: 1, quorumUs: 0, allUs: 0, quorum: [] },
    },
    clients: [{ mode: 'closed', operations: [{ waitUs: 0, op: { f: 'get' } }] }],
  },
  decisions: [{ link: '1>2', n: 37, drop: true }],
  resolutions: [{ episode: 0, atUs: 5, hosts: [0] }],
  hash: '8c1f0a52e9d4',
  checkpoints: [],
  event: 12,
  digest: 'ab',
  violation: { property: 'monotonic', message: 'went back', at: 4, seq: 12, nodes: [0], evidence: [] },
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const problem = (data: Uint8Array): string => {
  const reading = readRepro(data);
  return 'problem' in reading ? reading.problem : '';
};

describe('a repro file', () => {
  test('is read back whole, with fields of faults that this version does not know', () => {
    expect(readRepro(bytes(JSON.stringify(file)))).toEqual({ repro: file });
  });

  test('that is none is named for what it is', () => {
    expect(problem(new Uint8Array())).toBe('is empty');
    expect(problem(bytes(' \n'))).toBe('is empty');
    expect(problem(Uint8Array.of(0x1f, 0x8b, 0xff, 0x00))).toContain('is binary');
    expect(problem(bytes(JSON.stringify(file).slice(0, 400)))).toContain('it was cut');
    expect(problem(bytes(JSON.stringify({ ...file, schema: 2 })))).toContain('newer stormglass');
    expect(problem(bytes(JSON.stringify({ ...file, seed: 0 })))).toContain('seed');
    expect(problem(bytes('[]'))).toContain('is no repro file');
  });
});
