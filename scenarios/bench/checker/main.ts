/**
 * `npm run bench:checker [FOLDER]`: what judging histories costs, on one core. Nothing here passes or fails on time.
 *
 * - the recorded histories of FOLDER (default `../shared/data/histories`; left out where there is none), file by file, warm and in fresh processes, and
 *   with each technique of the search off in turn;
 * - a history of a million operations, judged while it grows, for different numbers of values;
 * - 100,000 operations of locks and of barriers, searched.
 *
 * `--part NAME` measures one part, in this process.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mean, median, sum } from 'd3-array';
import { checkLinearizable, modelNamed } from '../../../properties/index.ts';
import { everyTechnique } from '../../../properties/linearizability/techniques.ts';
import { casRegister } from '../../../properties/linearizability/models/cas-register.ts';
import { compact } from '../measure.ts';
import { judgeGrowing } from './growing.ts';
import { onceUs, recordedIn, warmUs, withoutOne } from './recorded.ts';

const defaultFolder = '../shared/data/histories';
const freshProcesses = 20;
const growingOperations = 1_000_000;
const coordinatedOperations = 100_000;
/** Most of the memory is room for objects that die young: V8 takes 16 MB thrice over before it looks what is left. */
const smallYoung = '--max-semi-space-size=4';

function row(name: string, value: string): void {
  console.log(`${name.padEnd(34)} ${value}`);
}

function recorded(folder: string): void {
  const all = recordedIn(folder);
  const { each, total } = warmUs(all);
  const reference = sum(all, (one) => one.referenceUs);
  console.log('file           operations  linearizable       us  reference us  ratio');
  all.forEach((one, i) => {
    const us = each[i]!;
    console.log(
      [
        one.file.padEnd(14),
        String(one.operations.length).padStart(10),
        (one.isLinearizable ? 'yes' : 'no').padStart(13),
        us.toFixed(1).padStart(8),
        one.referenceUs.toFixed(1).padStart(13),
        (us / one.referenceUs).toFixed(3).padStart(6),
      ].join(' '),
    );
  });
  const fresh = Array.from({ length: freshProcesses }, () => Number(child('once', folder)));
  row(
    'all of them, warm',
    `${(total / 1e3).toFixed(2)} ms, ${(total / reference).toFixed(4)} of the reference`,
  );
  const ratio = Math.exp(mean(all, (one, i) => Math.log(each[i]! / one.referenceUs))!);
  row('  geometric mean over files', `${ratio.toFixed(3)} of the reference`);
  const once = median(fresh)!;
  row(
    'all of them, in a fresh process',
    `${(once / 1e3).toFixed(1)} ms, ${(once / reference).toFixed(3)} of the reference`,
  );
}

function techniques(folder: string): void {
  const all = recordedIn(folder);
  const print = (name: string, { us, states, undecided }: ReturnType<typeof withoutOne>): void =>
    row(
      name,
      `${(us / 1e3).toFixed(2)} ms, ${compact(states)} states${undecided > 0 ? `, ${undecided} undecided` : ''}`,
    );
  print('with all techniques', withoutOne(all, {}));
  for (const name of Object.keys(everyTechnique))
    print(`  without ${name}`, withoutOne(all, { [name]: false }));
}

function growing(values: number): void {
  const { verdict, seconds } = judgeGrowing(casRegister, values, growingOperations);
  const { decided, operations, states } = verdict;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  const how =
    verdict.verdict === 'undecided' ? `undecided, ${compact(decided)} operations decided` : verdict.verdict;
  row(
    `  ${values === 0 ? 'distinct' : String(values)} values`,
    `${how}; ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB, ${compact(operations)} operations, ${compact(states)} states`,
  );
}

async function coordinated(kind: 'lock' | 'barrier'): Promise<void> {
  // The simulator takes some 20 MB, which no other part is to be charged with.
  const { barrierHistory, lockHistory } = await import('./coordinated.ts');
  const history = (kind === 'lock' ? lockHistory : barrierHistory)(coordinatedOperations);
  const startedAt = performance.now();
  const result = checkLinearizable(modelNamed(kind), history, { maxStates: 1_000_000_000 });
  const seconds = (performance.now() - startedAt) / 1e3;
  row(
    `  ${kind}s`,
    `${result.verdict}; ${seconds.toFixed(2)} s, ${compact(history.length)} operations, ${compact(result.states)} states`,
  );
  if (result.verdict !== 'ok') console.log(result.message);
}

/** A part in a process of its own; what it prints. */
function child(...part: readonly string[]): string {
  return childWith([], ...part);
}

/** The same, with flags of Node. */
function childWith(flags: readonly string[], ...part: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...flags, fileURLToPath(import.meta.url), '--part', ...part],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`the part ${part.join(' ')} failed: ${stderr}`);
  return stdout.trimEnd();
}

const parts: { readonly [name: string]: (argument: string) => void | Promise<void> } = {
  once: (folder) => console.log(onceUs(recordedIn(folder)).toFixed(0)),
  recorded,
  techniques,
  growing: (values) => growing(Number(values)),
  coordinated: (kind) => coordinated(kind === 'lock' ? 'lock' : 'barrier'),
};

async function main(words: readonly string[]): Promise<void> {
  if (words[0] === '--part') {
    const part = parts[words[1] ?? ''];
    if (part === undefined)
      throw new Error(`there is no part "${words[1]}"; there are: ${Object.keys(parts).join(', ')}.`);
    await part(words[2] ?? defaultFolder);
    return;
  }
  const folder = words[0] ?? defaultFolder;
  if (existsSync(join(folder, 'verdicts.tsv'))) {
    console.log(child('recorded', folder));
    console.log(child('techniques', folder));
  } else console.log(`no recorded histories: ${folder} has no verdicts.tsv.`);
  console.log('a million operations, 50 clients, 100 keys, judged while they come:');
  for (const values of [0, 1000, 100, 5]) console.log(child('growing', String(values)));
  console.log(`with ${smallYoung}, which collects garbage more often:`);
  console.log(childWith([smallYoung], 'growing', '0'));
  console.log('100,000 operations of 20 clients on 20 components, searched:');
  for (const kind of ['lock', 'barrier']) console.log(child('coordinated', kind));
}

await main(process.argv.slice(2));
