#!/usr/bin/env node
/** The command line: what may be typed, and how errors are said. Exit codes are those of `reports/verdict.ts`, 2 for bad input. */
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs';
import { style, wantsColour } from '../../reports/style.ts';
import { tellBadInput } from '../../reports/terminal.ts';
import { buildIdentity } from '../build-identity.ts';
import { InputError } from '../input-error.ts';
import type { InputProblem } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { oneSeed } from './arguments.ts';
import { bugs } from './bugs.ts';
import { check } from './check.ts';
import { consensusBench } from './consensus-bench.ts';
import { consensus } from './consensus.ts';
import { diff } from './diff.ts';
import { standardInput } from './history-input.ts';
import { init } from './init.ts';
import { list } from './list.ts';
import { endWithReader, Outlet } from './outlet.ts';
import { replay } from './replay.ts';
import { report } from './report.ts';
import { serve } from './serve.ts';
import { mainJobIntroduction, mainJobSeeds, run, standardSeeds } from './run.ts';

const badInput = 2;
/** Stands for `-` among words: no word can hold it. */
const dash = '\0';
const internalError = 3;
const commands = [
  ...['list', 'run', 'report', 'replay', 'diff', 'check', 'bugs'],
  ...['consensus', 'consensus-bench', 'init', 'serve'],
];
const aliases = ['consensus-demo', 'raft', 'raft-bench'];
const known = [...commands, ...aliases];

/** Of an option given twice the last counts. (yargs' own setting for that would also keep only the last of several scenario names.) */
const last = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.at(-1);
/** … but where each counts. */
const all = (value: string | readonly string[] | undefined): readonly string[] =>
  value === undefined ? [] : [value].flat();
const text = (describe: string) => ({ type: 'string', requiresArg: true, coerce: last, describe }) as const;
const whatIf = {
  type: 'boolean',
  default: true,
  describe:
    'pages of runs tell what would have been without each fault: some hundred runs more a page (--no-what-if)',
} as const;
const flag = (describe: string) => ({ type: 'boolean', default: false, describe }) as const;

async function main(words: readonly string[]): Promise<number> {
  let exitCode = 0;
  await yargs([...words])
    .scriptName('stormglass')
    .usage('$0 [command]\n\nWithout a command: a campaign over the whole catalogue, under a minute.')
    .command(
      '$0',
      false,
      (y) => y,
      async (args) => {
        exitCode = await run(nothingAsked(args), mainJobIntroduction);
      },
    )
    .command(
      'list',
      'the scenarios, with what each one tries and must reach',
      (y) => y.options({ json: flag('one JSON document'), scenario: text('a file of your own') }),
      async (args) => {
        const color = args['color'] as boolean | undefined;
        exitCode = await list({ scenario: args.scenario, json: args.json, color });
      },
    )
    .command(
      'run [names..]',
      'a campaign: seeds of one, some or all scenarios',
      (y) =>
        y
          .positional('names', { type: 'string', array: true, describe: 'scenarios; all without a name' })
          .options({
            seeds: text(`how many seeds a scenario (${standardSeeds})`),
            seed: text('one seed only'),
            first: text('the first seed (1), or "random"'),
            workers: text('worker threads (all cores)'),
            shard: text('i/n: the ith of n parts of the seeds'),
            'time-limit': text('begin no further seed after this wall time: 60s, 5m'),
            verify: text('1/n: run every nth seed twice more, in lockstep'),
            'event-limit': text('wall time after which an event counts as endless (10s)'),
            reporter: text('terminal, junit, markdown, html, github; several with commas between'),
            'what-if': whatIf,
            out: text('folder for repro files, the result and reports (stormglass-out)'),
            scenario: text('a file of your own: .js, .mjs, .ts'),
            json: flag('one JSON document on standard output'),
            'fail-fast': flag('end at the lowest seed that violates'),
          }),
      async (args) => {
        const color = args['color'] as boolean | undefined;
        exitCode = await run({
          names: args.names ?? [],
          seeds: args.seeds,
          seed: args.seed,
          first: args.first,
          workers: args.workers,
          shard: args.shard,
          timeLimit: args['time-limit'],
          verify: args.verify,
          eventLimit: args['event-limit'],
          out: args.out,
          reporter: args.reporter,
          whatIf: args['what-if'],
          scenario: args.scenario,
          json: args.json,
          failFast: args['fail-fast'],
          color,
          debug: args['debug'] === true,
        });
      },
    )
    .command(
      'report <from..>',
      'the results of shards as one: folders that run --shard i/n --out wrote',
      (y) =>
        y
          .positional('from', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'folders with results, or result documents',
          })
          .options({
            reporter: text('terminal, junit, markdown, html, github; several with commas between'),
            out: text('folder for reports, and the result of all (stormglass-out)'),
            json: flag('one JSON document on standard output'),
          }),
      async (args) => {
        const color = args['color'] as boolean | undefined;
        const { from, reporter, out, json } = args;
        exitCode = await report({ from, reporter, out, json, color, debug: args['debug'] === true });
      },
    )
    .command(
      'replay <what>',
      'one run again, exactly: a repro file, the page of a run, or a scenario with --seed',
      (y) =>
        y
          .positional('what', {
            type: 'string',
            demandOption: true,
            describe: 'repro.json, report.html, or a scenario',
          })
          .options({
            seed: text('the seed of the scenario'),
            trace: flag('print every event'),
            until: text('stop after this event; without --trace, with the last ones before it'),
            focus: text('only events of these hosts: n1,c0'),
            dump: text('tell of these hosts at the end, or at --until'),
            break: flag('with --until: stop in a debugger right before that event'),
            out: text('folder for the trace, and for what was told of hosts'),
            report: text('file for the page of the run: report.html'),
            'what-if': whatIf,
            history: text('file for what clients asked and heard: .jsonl, .edn, .txt (Porcupine)'),
            export: {
              ...{ type: 'string', requiresArg: true, coerce: all },
              describe:
                'chrome=FILE (Perfetto, speedscope), shiviz=FILE: the run for other tools; may be repeated',
            },
            'history-format': text('json-lines, jepsen-edn or porcupine, whatever the file is called'),
            scenario: text('the file that holds the scenario'),
            'event-limit': text('wall time after which an event counts as endless (10s)'),
          }),
      async (args) => {
        const color = args['color'] as boolean | undefined;
        const { what, seed, scenario, trace, until, focus, dump, out } = args;
        const stops = args.break;
        const eventLimit = args['event-limit'];
        exitCode = await replay({
          ...{ what, seed, scenario, trace, until, focus, dump, out, eventLimit, color },
          history: args.history,
          historyFormat: args['history-format'],
          exports: args.export ?? [],
          report: args.report,
          whatIf: args['what-if'],
          break: stops,
        });
      },
    )
    .command(
      'diff <a> <b>',
      'two repros or traces: the first event that differs (exit code 1: they part)',
      (y) =>
        y
          .positional('a', {
            type: 'string',
            demandOption: true,
            describe: 'repro.json, or a trace (.jsonl)',
          })
          .positional('b', { type: 'string', demandOption: true, describe: 'another' }),
      async (args) => {
        exitCode = await diff(args.a, args.b, new Outlet(args['color'] as boolean | undefined, false));
      },
    )
    .command(
      'check <files..>',
      'whether recorded histories are linearizable, whoever recorded them',
      (y) =>
        y
          .positional('files', {
            type: 'string',
            array: true,
            demandOption: true,
            describe:
              "histories: Jepsen EDN or log lines, Porcupine's text, JSON Lines; - is standard input, judged while it comes",
          })
          .options({
            model: text('what they are histories of: a name, or a file of your own (guessed)'),
            format: text('jepsen-edn, jepsen-log, porcupine or json-lines (recognised)'),
            'max-states': text(
              'states to look at before it is left undecided (4000000; of what is judged while it comes 2000000000)',
            ),
            keyed: { type: 'boolean', describe: 'values of EDN are [key value] (recognised)' },
            'ignore-times': flag('take the order of the file although times fall'),
            out: text('folder for a report, and for the operations that matter'),
            json: flag('one JSON document on standard output'),
          }),
      async (args) => {
        const color = args['color'] as boolean | undefined;
        const { model, format, keyed, json, out } = args;
        const files = args.files.map((file) => (file === dash ? standardInput : file));
        const [maxStates, ignoreTimes] = [args['max-states'], args['ignore-times']];
        exitCode = await check({ files, model, format, maxStates, keyed, ignoreTimes, json, out, color });
      },
    )
    .command(
      'bugs [ids..]',
      'the planted bugs: after how many seeds each is caught',
      (y) =>
        y
          .positional('ids', { type: 'string', array: true, describe: 'bugs; all without an id' })
          .options({ json: flag('one JSON document on standard output') }),
      (args) => {
        const color = args['color'] as boolean | undefined;
        exitCode = bugs(args.ids ?? [], args.json, new Outlet(color, args.json));
      },
    )
    .command(
      ['consensus', 'consensus-demo', 'raft'],
      'a story of a minute: election, failover, a snapshot, a zombie at a lock, barriers, conflicts',
      (y) =>
        y.options({
          seed: text('the seed of the run (1)'),
          plant: text('a planted bug that the story is to show: no-fence'),
          json: flag('one JSON document on standard output'),
        }),
      (args) => {
        const color = args['color'] as boolean | undefined;
        exitCode = consensus(oneSeed(args.seed ?? '1'), args.plant, args.json, new Outlet(color, args.json));
      },
    )
    .command(
      ['consensus-bench', 'raft-bench'],
      'the benchmark of the coordination core: medians, and how they spread',
      (y) =>
        y
          .options({
            only: text(
              'sections, with commas between: elections, replication, locks, barriers, conflicts, world-speed, checkers',
            ),
            repeats: text('measures of each thing (5)'),
            seeds: text('worlds of each kind of election (1000)'),
            json: flag('one JSON document on standard output'),
          })
          .example(
            '$0 consensus-bench --only elections,locks --repeats 9',
            'time to a leader over a thousand seeds, and what locks cost',
          ),
      async (args) => {
        const color = args['color'] as boolean | undefined;
        const { only, repeats, seeds, json } = args;
        exitCode = await consensusBench({ only, repeats, seeds, json, color });
      },
    )
    .command(
      'init',
      'a system, a scenario, a property and a test of your own, to begin with',
      (y) => y.options({ dir: { ...text('the folder to write to'), default: 'stormglass' } }),
      (args) => {
        exitCode = init(args.dir!, new Outlet(args['color'] as boolean | undefined, false));
      },
    )
    .command(
      'serve',
      'one real replica as a process: its files, TCP on loopback',
      (y) =>
        y.options({
          id: { ...text('its place in --peers, from 0'), demandOption: true },
          peers: {
            ...text('addresses of all replicas in the order of ids: 127.0.0.1:7000,127.0.0.1:7001'),
            demandOption: true,
          },
          dir: { ...text('its folder, made where there is none'), demandOption: true },
          cluster: text('name of the group; processes of another are refused (stormglass)'),
          observe: text('append what the replica observes to this file, as JSON Lines'),
        }),
      async (args) => {
        const outlet = new Outlet(args['color'] as boolean | undefined, false);
        const { id, peers, dir, cluster, observe } = args;
        exitCode = await serve({ id: id!, peers: peers!, dir: dir!, cluster, observe }, outlet);
      },
    )
    .options({
      color: { type: 'boolean', describe: 'colour (on a terminal, unless NO_COLOR is set)', global: true },
      debug: { ...flag('show where an error came from'), global: true },
    })
    .epilogue(
      'Exit codes: 0 all held · 1 a violation · 2 bad usage or input · 3 nondeterminism or an internal error · 4 undecided, or coverage not met · 130 interrupted.',
    )
    .version(buildIdentity().version)
    .help()
    .locale('en')
    .wrap(80)
    .strict()
    .parserConfiguration({ 'camel-case-expansion': false })
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | null, error: Error | undefined) => {
      // What yargs itself finds wrong is bad input as well.
      throw error === undefined || error.name === 'YError'
        ? notUnderstood(message ?? error?.message ?? '', words)
        : error;
    })
    .parseAsync();
  return exitCode;
}

function nothingAsked(args: { readonly [option: string]: unknown }): Parameters<typeof run>[0] {
  return {
    names: [],
    seeds: String(mainJobSeeds),
    seed: undefined,
    first: undefined,
    workers: undefined,
    shard: undefined,
    timeLimit: undefined,
    verify: undefined,
    eventLimit: undefined,
    out: undefined,
    reporter: undefined,
    whatIf: false,
    scenario: undefined,
    json: false,
    failFast: false,
    color: args['color'] as boolean | undefined,
    debug: args['debug'] === true,
  };
}

function notUnderstood(message: string, words: readonly string[]): InputError {
  const [first] = words;
  if (first !== undefined && !first.startsWith('-') && !known.includes(first)) {
    const [near] = nearest(first, known, 1);
    return new InputError('UNKNOWN_COMMAND', `there is no command "${first}".`, [
      near === undefined ? 'try: npx stormglass --help' : `try: npx stormglass ${near}`,
    ]);
  }
  const unknown = /^Unknown arguments?: (.*)/s.exec(message)?.[1]?.split(', ') ?? [];
  if (first === 'replay' && unknown.length > 0 && unknown.every((word) => words.includes(word))) {
    return new InputError(
      'BAD_OPTION',
      `replay takes one repro file, or one scenario; got ${unknown.length + 1}.`,
      [`try: npx stormglass replay ${words[1] ?? ''}`],
    );
  }
  const command = first !== undefined && known.includes(first) ? `${first} ` : '';
  return new InputError('BAD_OPTION', `${message.split('\n')[0] ?? ''}.`, [
    `try: npx stormglass ${command}--help`,
  ]);
}

function problemOf(error: unknown): InputProblem {
  if (error instanceof InputError) return error.problem;
  const thrown = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'INTERNAL',
    message: thrown.message.split('\n')[0] ?? '',
    next: ['this is a mistake of the testbed, or of a scenario outside its processes; --debug shows where'],
    ...(thrown.stack !== undefined && { trace: thrown.stack }),
  };
}

endWithReader();
// The parser drops a dash that stands alone.
const words = hideBin(process.argv).map((word, _, all) =>
  word === standardInput && all[0] === 'check' ? dash : word,
);
try {
  process.exitCode = await main(words);
} catch (error) {
  const problem = problemOf(error);
  const colour = wantsColour(
    process.stderr.isTTY === true,
    process.env,
    words.includes('--no-color') ? false : undefined,
  );
  const trace = problem.trace ?? (error instanceof Error ? error.stack : undefined);
  const lines = [
    ...tellBadInput(problem, style(colour)),
    ...(words.includes('--debug') && trace !== undefined ? [trace] : []),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = error instanceof InputError ? badInput : internalError;
}
