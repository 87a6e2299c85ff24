/**
 * Recorded histories of real systems, in a folder with their verdicts: what judging each of them takes, splitting and interning included, reading
 * the file not; and what it takes with one technique of the search switched off.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { median } from 'd3-array';
import { parseHistory } from '../../../properties/index.ts';
import type { Operation } from '../../../properties/index.ts';
import { componentsOf } from '../../../properties/linearizability/components.ts';
import type { Techniques } from '../../../properties/linearizability/techniques.ts';
import type { AnyModel } from '../../../properties/linearizability/model.ts';
import { modelNamed } from '../../../properties/linearizability/models-by-name.ts';
import { search } from '../../../properties/linearizability/search.ts';

/** A history and what is known of it. */
export interface Recorded {
  readonly file: string;
  readonly model: AnyModel;
  readonly operations: readonly Operation[];
  readonly isLinearizable: boolean;
  /** What another checker took, in microseconds. */
  readonly referenceUs: number;
}

/** Rounds that are timed, after as many that are not. */
const rounds = 60;
const maxStates = 2_000_000;

/**
 * The histories that `verdicts.tsv` of the folder names: file, `true` or `false`, microseconds of another checker.
 * @throws Error if a file is missing
 */
export function recordedIn(folder: string): readonly Recorded[] {
  const lines = readFileSync(join(folder, 'verdicts.tsv'), 'utf8').trim().split('\n').slice(1);
  return lines.map((line) => {
    const [file, verdict, us] = line.split('\t') as [string, string, string];
    const { operations, model } = parseHistory(readFileSync(join(folder, file)), { name: file });
    return {
      file,
      model: modelNamed(model ?? ''),
      operations,
      isLinearizable: verdict === 'true',
      referenceUs: Number(us),
    };
  });
}

/** Whether it is linearizable, or `null` where the budget was spent; and states looked at. */
export function judge(
  { model, operations }: Recorded,
  without: Partial<Techniques> = {},
): { readonly verdict: boolean | null; readonly states: number } {
  let states = 0;
  for (const part of componentsOf(model, model.prepare?.(operations) ?? operations)) {
    const result = search(model, part.operations, maxStates, without);
    states += result.states;
    if (result.verdict !== 'ok') return { verdict: result.verdict === 'undecided' ? null : false, states };
  }
  return { verdict: true, states };
}

/** Microseconds that judging all of them takes once, as things are. @throws Error where a verdict is not the known one */
export function onceUs(all: readonly Recorded[]): number {
  const startedAt = performance.now();
  for (const one of all) {
    const { verdict } = judge(one);
    if (verdict !== one.isLinearizable) {
      throw new Error(
        `${one.file}: judged ${verdict}, but it is ${one.isLinearizable ? '' : 'not '}linearizable.`,
      );
    }
  }
  return (performance.now() - startedAt) * 1e3;
}

/** Microseconds of each, and of all together: medians of rounds in a process that has done it often. */
export function warmUs(all: readonly Recorded[]): {
  readonly each: readonly number[];
  readonly total: number;
} {
  for (let i = 0; i < rounds; i += 1) onceUs(all);
  const times = all.map(() => [] as number[]);
  const totals: number[] = [];
  for (let i = 0; i < rounds; i += 1) {
    let total = 0;
    all.forEach((one, at) => {
      const startedAt = performance.now();
      judge(one);
      const us = (performance.now() - startedAt) * 1e3;
      times[at]!.push(us);
      total += us;
    });
    totals.push(total);
  }
  return { each: times.map((us) => median(us)!), total: median(totals)! };
}

/** What leaving a technique out does: microseconds, states looked at, and how many are no longer decided. */
export interface Without {
  readonly us: number;
  readonly states: number;
  readonly undecided: number;
}

/** @throws Error where a verdict is another than with all techniques */
export function withoutOne(all: readonly Recorded[], without: Partial<Techniques>): Without {
  const run = (): Without => {
    let states = 0;
    let undecided = 0;
    const startedAt = performance.now();
    for (const one of all) {
      const judged = judge(one, without);
      states += judged.states;
      if (judged.verdict === null) undecided += 1;
      else if (judged.verdict !== one.isLinearizable) {
        throw new Error(`${one.file}: another verdict without ${JSON.stringify(without)}.`);
      }
    }
    return { us: (performance.now() - startedAt) * 1e3, states, undecided };
  };
  const first = run();
  // Where it explodes, once is enough.
  if (first.us > 2e6) return first;
  for (let i = 0; i < 10; i += 1) run();
  const runs = Array.from({ length: 11 }, run).sort((a, b) => a.us - b.us);
  return runs[5]!;
}
