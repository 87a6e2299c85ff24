/**
 * Raft alone: three replicas in one process, driven through `step` with messages and persisted completions, 16-byte commands,
 * three machines applying, no checkers, no simulated world.
 */
import { crc32c, getU32, putU32 } from '../../core/bytes.ts';
import { limits, timings } from '../../core/errors.ts';
import type { RaftInput } from '../../core/raft/node.ts';
import { RaftNode } from '../../core/raft/node.ts';
import { raftRules } from '../../core/raft/rules.ts';
import type { ProposedCommand } from '../../core/raft/replication.ts';

const commandBytes = 16;
const slots = 1024;

interface Member {
  readonly node: RaftNode;
  readonly slots: Int32Array;
  applied: number;
}

function command(n: number): ProposedCommand {
  const body = new Uint8Array(commandBytes);
  putU32(body, 0, n % slots);
  putU32(body, 4, n);
  return { kind: 'command', body, sum: crc32c(body), command: null };
}

function settle(members: readonly Member[], now: number): void {
  for (let busy = true; busy;) {
    busy = false;
    for (const [id, member] of members.entries()) {
      const { node } = member;
      if (node.takeWrite() !== null) {
        busy = true;
        node.step(now, { kind: 'persisted', write: node.issued! });
      }
      const { outbox } = node;
      if (outbox.length > 0) {
        busy = true;
        for (let i = 0; i < outbox.length; i += 1) {
          const input: RaftInput = { kind: 'message', from: id, message: outbox[i]!.message };
          members[outbox[i]!.to]!.node.step(now, input);
        }
        while (outbox.length > 0) outbox.pop();
      }
      applyCommitted(member, now);
    }
  }
}

function applyCommitted(member: Member, now: number): void {
  const { node } = member;
  while (member.applied < node.commitIndex) {
    member.applied += 1;
    const { body } = node.entryAt(member.applied);
    if (body.length === commandBytes) member.slots[getU32(body, 0)] = getU32(body, 4) | 0;
  }
  if (member.applied - node.base >= limits.snapshotEveryEntries + limits.entriesKeptBehindSnapshot) {
    const index = member.applied;
    const snapshot = { index, term: node.termAt(index), voters: [0, 1, 2], machine: new Uint8Array(0) };
    node.step(now, { kind: 'snapshotTaken', snapshot });
    node.step(now, { kind: 'compacted', base: index - limits.entriesKeptBehindSnapshot });
  }
}

/** Commits `total` commands, `perProposal` at a time. @returns committed commands a second of wall time. */
export function runRaftAlone(total: number, perProposal: number): number {
  const members: Member[] = [0, 1, 2].map((id) => ({
    node: new RaftNode(0, {
      id,
      boot: 1,
      configuration: { incoming: [0, 1, 2], outgoing: [], learners: [] },
      timings,
      limits,
      rules: raftRules,
      // Replica 0 times out first: the others never campaign.
      random: { below: () => 0, between: (min, max) => (id === 0 ? min : max) },
      observe: null,
      recovered: { term: 0, votedFor: -1, base: 0, baseTerm: 0, entries: [], snapshot: null },
    }),
    slots: new Int32Array(slots),
    applied: 0,
  }));
  const now = timings.electionMinUs;
  const leader = members[0]!.node;
  leader.step(now, { kind: 'wake' });
  settle(members, now);
  if (leader.role !== 'leader') throw new Error(`replica 0 is ${leader.role}, not the leader`);
  const began = performance.now();
  const batch: ProposedCommand[] = [];
  for (let n = 0; n < total;) {
    for (let i = 0; i < perProposal; i += 1) batch.push(command((n += 1)));
    const refused = leader.refusalOf(batch.length, false);
    if (refused !== null) throw new Error(`refused: ${refused}`);
    leader.step(now, { kind: 'propose', commands: batch });
    while (batch.length > 0) batch.pop();
    settle(members, now);
  }
  const seconds = (performance.now() - began) / 1000;
  if (leader.commitIndex < total) throw new Error(`committed ${leader.commitIndex} of ${total}`);
  return total / seconds;
}
