import { describe, expect, test } from 'vitest';
import { Stage } from './stage.test-support.ts';

/** Five nodes under a load of writes, and a round for reads on its way. */
function loaded(): Stage {
  const stage = new Stage(5);
  stage.tick(0);
  stage.settle([]);
  for (let n = 0; n < 50; n += 1) stage.propose(0, `w${n}`);
  stage.read(0);
  return stage;
}

/** Counts the messages of reads that leave while everything settles; those of the round that was under way before are not counted. */
function messagesOfReads(stage: Stage): Record<string, number> {
  const counts: Record<string, number> = {};
  const already = new Set(stage.wires);
  const seen = new Set(already);
  for (let left = 1_000; left > 0 && stage.wires.length > 0; left -= 1) {
    const [wire] = stage.wires.splice(0, 1);
    stage.arrive(wire!);
    for (const id of stage.players.keys()) stage.persistAll(id);
    for (const sent of stage.wires) {
      if (seen.has(sent)) continue;
      seen.add(sent);
      counts[sent.message.type] = (counts[sent.message.type] ?? 0) + 1;
    }
  }
  return counts;
}

const answers = (stage: Stage): number =>
  stage.told().filter((line) => /to the client: reply \d+ at \d+: "/.test(line)).length;

describe('a hundred reads under load, on five nodes', () => {
  test('cost the leader one round: four heartbeats, and their answers', () => {
    const stage = loaded();
    for (let n = 0; n < 100; n += 1) stage.read(0);
    const { heartbeat, heartbeatReply, readIndex } = messagesOfReads(stage);
    // Four more answers are those of the round that was under way.
    expect({ heartbeat, heartbeatReply: heartbeatReply! - 4, readIndex }).toEqual({
      heartbeat: 4,
      heartbeatReply: 4,
      readIndex: undefined,
    });
    expect(answers(stage)).toBe(101);
  });

  test('cost a follower one question more', () => {
    const stage = loaded();
    // Its question is on its way: the hundred share the next.
    stage.read(3);
    for (let n = 0; n < 100; n += 1) stage.read(3);
    const { heartbeat, heartbeatReply, readIndex, readIndexReply } = messagesOfReads(stage);
    // The question before the hundred's, and a round of its own, if it does not share the leader's, are not theirs.
    expect(readIndex).toBe(1);
    expect(readIndexReply).toBe(2);
    expect(heartbeat).toBe(8);
    expect(heartbeatReply! - 4).toBe(8);
    expect(answers(stage)).toBe(102);
  });
});
