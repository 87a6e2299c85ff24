/**
 * Interaction scripts: a small language in which the protocol is played by hand, line by line, with what the replicas do under each
 * line. A file is text: `#` begins a comment; a line at the margin is a command; indented lines are what happened, written by the runner.
 *
 *     nodes 3 [window=2 batch=1 snapshotEvery=4 keep=0 …]   replicas n0 … n2, started and at rest
 *     campaign n0           the time goes to its deadline, at which it must become a (pre-)candidate
 *     elect n0 [without n2] it campaigns and must win; only that is shown
 *     tick n0               the time goes to its deadline, which comes
 *     wait 200              so many ms pass; no deadline comes
 *     propose n0 a b        a client sends commands to n0, one after the other
 *     read n0               a client asks n0 for what was applied, outside the log
 *     transfer n0>n1        an operator asks n0 to hand leadership to n1
 *     deliver [n0>n1] [TYPE] [first|last]   the messages on the wires that fit arrive; `n0>` and `>n1` fit half a link
 *     copy …                the same, and the originals stay on the wires
 *     drop …                they are lost
 *     persist n0 [last|all] the oldest fsync completes, or the one that began last, or all
 *     settle [without n2]   messages arrive and fsyncs complete until nothing moves (n2's stay on the wires); only what is decided is shown
 *     crash n0 · power n0   the process dies; with the power, what no fsync covered is lost
 *     start n0              the next boot
 *     damage n0 FILE OFFSET flips a bit of the file whose name begins so (of a running node, of a snapshot)
 *     show · show n0 · show log · show wires
 */
import type { ReplicaOptions } from '../replica.ts';
import { Stage } from './stage.test-support.ts';
import type { Wire } from './stage.test-support.ts';

/** A line of a script that says nothing that can be done. */
export class ScriptError extends Error {}

type Verb = (stage: Stage, words: readonly string[]) => void;

function nodeOf(word: string | undefined): number {
  const match = /^n(\d)$/.exec(word ?? '');
  if (match === null) throw new ScriptError(`a node is n0 … n6; got "${word ?? ''}"`);
  return Number(match[1]);
}

function numberOf(word: string | undefined, what: string): number {
  if (!/^\d+$/.test(word ?? '')) throw new ScriptError(`${what} is a whole number; got "${word ?? ''}"`);
  return Number(word);
}

/** Takes the wires that `[LINK] [TYPE] [first|last]` names off the stage; `keep` leaves them on it. */
function take(stage: Stage, words: readonly string[], keep: boolean): readonly Wire[] {
  let fits: Wire[] = stage.wires;
  let pick = '';
  for (const word of words) {
    const link = /^(n\d)?>(n\d)?$/.exec(word);
    if (link !== null) {
      const [, from, to] = link;
      if (from !== undefined) fits = fits.filter((wire) => wire.from === nodeOf(from));
      if (to !== undefined) fits = fits.filter((wire) => wire.to === nodeOf(to));
    } else if (word === 'first' || word === 'last') pick = word;
    else if (messageTypes.has(word)) fits = fits.filter((wire) => wire.message.type === word);
    else throw new ScriptError(`"${word}" is no link, message type, first or last`);
  }
  if (pick === 'first') fits = fits.slice(0, 1);
  if (pick === 'last') fits = fits.slice(-1);
  if (fits.length === 0) stage.tell('nothing on the wires fits');
  if (!keep) stage.wires = stage.wires.filter((wire) => !fits.includes(wire));
  return fits;
}

const messageTypes = new Set([
  'preVote',
  'preVoteReply',
  'vote',
  'voteReply',
  'append',
  'appendReply',
  'heartbeat',
  'heartbeatReply',
  'snapshotChunk',
  'snapshotChunkReply',
  'timeoutNow',
  'readIndex',
  'readIndexReply',
  'repair',
  'repaired',
]);

function arrive(stage: Stage, wires: readonly Wire[]): void {
  for (const wire of wires) {
    stage.tell(`» ${stage.textOf(wire)}`);
    stage.arrive(wire);
  }
}

function withoutOf([without, ...nodes]: readonly string[]): readonly number[] {
  if (without !== undefined && without !== 'without')
    throw new ScriptError(`"${without}" is not: without nX …`);
  return nodes.map(nodeOf);
}

const verbs: Record<string, Verb> = {
  campaign(stage, [node]) {
    const id = nodeOf(node);
    stage.tick(id);
    const role = stage.roleOf(id);
    if (role === 'follower' || role === 'leader')
      throw new ScriptError(`n${id} does not campaign: it is a ${role}`);
  },
  elect(stage, [node, ...without]) {
    const id = nodeOf(node);
    const cutOff = withoutOf(without);
    for (let tries = 3; tries > 0 && stage.roleOf(id) !== 'leader'; tries -= 1) {
      stage.tick(id);
      stage.settle(cutOff);
    }
    if (stage.roleOf(id) !== 'leader')
      throw new ScriptError(`n${id} is not elected: it is a ${stage.roleOf(id)}`);
    for (const line of stage.told().filter((each) => each.includes(' leads term '))) stage.tell(line);
  },
  tick(stage, [node]) {
    stage.tick(nodeOf(node));
  },
  wait(stage, [ms]) {
    stage.now += numberOf(ms, 'a time in ms') * 1_000;
  },
  propose(stage, [node, ...texts]) {
    if (texts.length === 0) throw new ScriptError('propose nX TEXT …');
    for (const text of texts) stage.propose(nodeOf(node), text);
  },
  transfer(stage, [link]) {
    const match = /^(n\d)>(n\d)$/.exec(link ?? '');
    if (match === null) throw new ScriptError(`transfer n0>n1; got "${link ?? ''}"`);
    stage.transfer(nodeOf(match[1]), nodeOf(match[2]));
  },
  read(stage, [node]) {
    stage.read(nodeOf(node));
  },
  deliver(stage, words) {
    arrive(stage, take(stage, words, false));
  },
  copy(stage, words) {
    arrive(stage, take(stage, words, true));
  },
  drop(stage, words) {
    for (const wire of take(stage, words, false)) stage.tell(`lost: ${stage.textOf(wire)}`);
  },
  persist(stage, [node, which]) {
    const id = nodeOf(node);
    if (which !== undefined && which !== 'last' && which !== 'all')
      throw new ScriptError(`persist ${node!} [last|all]; got "${which}"`);
    if (which === 'all') stage.persistAll(id);
    else if (!stage.persist(id, which === 'last')) stage.tell(`no fsync is in flight at n${id}`);
  },
  settle(stage, words) {
    stage.settle(withoutOf(words));
    for (const line of stage.told().filter((each) => !/^n\d>n\d/.test(each))) stage.tell(line);
  },
  crash(stage, [node]) {
    stage.crash(nodeOf(node), false);
  },
  power(stage, [node]) {
    stage.crash(nodeOf(node), true);
  },
  start(stage, [node]) {
    stage.start(nodeOf(node));
  },
  damage(stage, [node, file, offset]) {
    stage.damage(nodeOf(node), file ?? '', numberOf(offset, 'an offset'));
  },
  show(stage, words) {
    if (words[0] === 'wires') for (const wire of stage.wires) stage.tell(stage.textOf(wire));
    else if (words[0] === 'log') for (const id of stage.players.keys()) stage.tell(stage.logOf(id));
    else {
      const ids = words.length === 0 ? [...stage.players.keys()] : words.map(nodeOf);
      for (const id of ids) stage.tell(stage.describe(id));
    }
  },
};

function optionsOf(words: readonly string[]): ReplicaOptions {
  let options: ReplicaOptions = {};
  for (const word of words) {
    const [name, value] = word.split('=');
    const number = numberOf(value, `the option ${name!}`);
    if (name === 'snapshotEvery') options = { ...options, snapshotEveryEntries: number };
    else if (name === 'keep') options = { ...options, entriesKeptBehindSnapshot: number };
    else if (name === 'batch') options = { ...options, limits: { ...options.limits, batchEntries: number } };
    else if (name === 'chunk')
      options = { ...options, limits: { ...options.limits, snapshotChunkBytes: number } };
    else if (name === 'window')
      options = { ...options, limits: { ...options.limits, windowAppends: number } };
    else throw new ScriptError(`there is no option "${name!}": snapshotEvery, keep, batch, window, chunk`);
  }
  return options;
}

/**
 * Plays a script.
 * @param name of the file, for errors
 * @returns the script with what happened under each command
 * @throws ScriptError with file and line, for a line that cannot be understood or done
 */
export function play(name: string, script: string): string {
  const out: string[] = [];
  let stage: Stage | null = null;
  for (const [at, line] of script.split('\n').entries()) {
    if (/^\s+\S/.test(line)) continue;
    out.push(line);
    const words = line
      .replace(/#.*/, '')
      .split(/\s+/)
      .filter((word) => word !== '');
    const [verb, ...rest] = words;
    if (verb === undefined) continue;
    try {
      stage = step(stage, verb, rest);
    } catch (error) {
      throw new ScriptError(`${name}:${at + 1}: ${(error as Error).message}`, { cause: error });
    }
    for (const told of stage.told()) out.push(`  ${told}`);
  }
  return out.join('\n');
}

function step(stage: Stage | null, verb: string, words: readonly string[]): Stage {
  if (verb === 'nodes') {
    const [count, ...options] = words;
    return new Stage(numberOf(count, 'the number of nodes'), optionsOf(options));
  }
  if (stage === null) throw new ScriptError('a script begins with: nodes N');
  const run = verbs[verb];
  if (run === undefined) {
    throw new ScriptError(`there is no verb "${verb}": nodes, ${Object.keys(verbs).join(', ')}`);
  }
  run(stage, words);
  return stage;
}
