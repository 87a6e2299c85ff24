/** `stormglass consensus`: a story of a minute's reading, told from a real run as it happens. */
import { counted } from '../../reports/figures.ts';
import type { Style } from '../../reports/style.ts';
import { exitCodes } from '../../reports/verdict.ts';
import { bugs as planted } from '../bugs/index.ts';
import { plant } from '../bugs/bug.ts';
import { Narrator } from '../consensus/narrator.ts';
import type { Chapter, Line } from '../consensus/narrator.ts';
import { demonstration } from '../consensus/script.ts';
import { InputError } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { runSeed } from '../run-seed.ts';
import type { SeedResult } from '../run-contract.ts';
import type { Outlet } from './outlet.ts';

const signs = { leader: '●', follower: '·', down: '✗' } as const;

function lanesOf(line: Line, paint: Style): string {
  return line.lanes
    .map((lane, node) => {
      const sign = signs[lane];
      const shown = lane === 'leader' ? paint.good(sign) : lane === 'down' ? paint.bad(sign) : sign;
      return line.host === `n${node}` ? paint.strong(shown) : shown;
    })
    .join(' ');
}

function lineOf(line: Line, paint: Style): string {
  const at = (line.atUs / 1e6).toFixed(3).padStart(7);
  const text = line.mood === 'plain' ? line.text : paint[line.mood](line.text);
  return `  ${paint.faint(`${at} s`)}  ${lanesOf(line, paint)}  ${line.host}  ${text}`;
}

function verdictOf(result: SeedResult, properties: readonly string[], paint: Style): readonly string[] {
  const { counts, findings } = result;
  const checked = `${counted(properties.length, 'property', 'properties')} over ${counted(counts.observations, 'observation')}: ${properties.join(', ')}.`;
  if (findings.length === 0) {
    return [
      '',
      paint.good('Held:') + ` ${checked}`,
      `${counts.operationsOk} operations are linearizable. Hash ${result.hash}.`,
    ];
  }
  return [
    '',
    ...findings.map(({ property, message }) => `${paint.bad(`Violated: ${property}.`)} ${message}`),
    `Watched: ${checked}`,
  ];
}

/**
 * Tells the story of a seed.
 * @param bug id of a planted bug that the story is to show, or `undefined`
 * @returns 0 where everything held, 1 where something was violated
 * @throws InputError `UNKNOWN_BUG`
 */
export function consensus(seed: number, bug: string | undefined, json: boolean, outlet: Outlet): number {
  const mistake = bug === undefined ? undefined : planted.find(({ id }) => id === bug);
  if (bug !== undefined && mistake === undefined) {
    const known = planted.map(({ id }) => id);
    throw new InputError('UNKNOWN_BUG', `there is no planted bug "${bug}".`, [
      `nearest: ${nearest(bug, known, 3).join(', ')}`,
    ]);
  }
  const paint = outlet.style;
  const say = (lines: readonly string[]): void => {
    if (!json) outlet.say(lines);
  };
  const narrator = new Narrator((chapter: Chapter | null, line: Line) => {
    say([...(chapter === null ? [] : ['', paint.strong(chapter.title), '']), lineOf(line, paint)]);
  });
  say([
    `Three replicas, four clients, seed ${seed}. ${signs.leader} leads, ${signs.down} is down; times are virtual.`,
  ]);
  if (mistake !== undefined) say([paint.warn(`Planted: ${mistake.mistake}`)]);
  const play = demonstration([narrator.reach]);
  const result = runSeed(mistake === undefined ? play : plant(play, mistake), seed);
  const properties = play.properties.map(({ id }) => id);
  say(verdictOf(result, properties, paint));
  if (json) {
    const { hash, findings, counts } = result;
    outlet.document({
      seed,
      bug: bug ?? null,
      chapters: narrator.chapters,
      checked: { properties, counts },
      findings,
      hash,
    });
  }
  return result.findings.length > 0 ? exitCodes.violated : exitCodes.held;
}
