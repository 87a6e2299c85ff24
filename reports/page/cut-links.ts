/**
 * Cut links that make no wall: one way only, or between hosts that a third one still reaches. Each stands at one of its ends, so that few nodes have a mark:
 * a node that nobody hears has one, not all who do not hear it.
 */
import { hostName } from '../figures.ts';
import type { FaultSpan, RunAbout } from './run-page.ts';

/** What does not pass at a node. */
export interface CutMark {
  readonly host: number;
  /** Who does not hear it, and whom it does not hear; rising. */
  readonly notHeardBy: readonly number[];
  readonly notHearing: readonly number[];
}

/** Hosts that a mark names; more are counted. */
const namedMax = 4;

/** The marks of a fault, at servers; links between two clients have none. */
export function cutMarks({ cut }: Pick<FaultSpan, 'cut'>, servers: number): readonly CutMark[] {
  let rest = cut.filter(([from, to]) => Math.min(from, to) < servers);
  const marks: CutMark[] = [];
  while (rest.length > 0) {
    const counts = new Array<number>(servers).fill(0);
    for (const end of rest.flat()) if (end < servers) counts[end]! += 1;
    const host = counts.indexOf(Math.max(...counts));
    const rising = (hosts: readonly number[]) => [...hosts].sort((a, b) => a - b);
    marks.push({
      host,
      notHeardBy: rising(rest.flatMap(([from, to]) => (from === host ? [to] : []))),
      notHearing: rising(rest.flatMap(([from, to]) => (to === host ? [from] : []))),
    });
    rest = rest.filter(([from, to]) => from !== host && to !== host);
  }
  return marks.sort((a, b) => a.host - b.host);
}

/** A mark in words: `not heard by n0, n2`; without names where there is no room for them. */
export function cutWords(
  { notHeardBy, notHearing }: CutMark,
  { servers, hosts }: Pick<RunAbout, 'servers' | 'hosts'>,
  named = true,
): string {
  const bothWays = notHeardBy.filter((host) => notHearing.includes(host));
  const only = (some: readonly number[]) => some.filter((host) => !bothWays.includes(host));
  const parts = [
    ['cut off', 'from', 'cut off from all', bothWays],
    ['not heard', 'by', 'heard by nobody', only(notHeardBy)],
    ['does not hear', '', 'hears nobody', only(notHearing)],
  ] as const;
  return parts
    .filter(([, , , some]) => some.length > 0)
    .map(([what, whom, all, some]) => {
      if (some.length === hosts - 1) return all;
      return named ? `${what} ${whom === '' ? '' : `${whom} `}${names(some, servers)}` : what;
    })
    .join(', ');
}

function names(hosts: readonly number[], servers: number): string {
  const more = hosts.length - namedMax;
  const named = hosts.slice(0, namedMax).map((host) => hostName(host, servers));
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
