/**
 * Exactly once (Raft thesis, section 6.3): a session's request takes effect at one log index, however often it was sent, whoever
 * applies it, and whatever restarts lie between. Every replica executes it there, or answers from memory; the client hears of that place, or, where the
 * request had to wait, of the place of the entry that ended its waiting.
 * A client that hears *fail* was told that nothing happened: such a request is executed neither before nor after.
 */
import { int32With } from '../growing-table.ts';
import type { Evidence, Property } from '../property.ts';

/** Where a session's requests were executed, and who said so first: tables by request number. */
class Executions {
  private places = new Int32Array(64);
  private nodes = new Int32Array(64);
  /** When each was first seen, in virtual microseconds. */
  private readonly ats: number[] = [];

  /** Log index of the execution, 0 where none was seen. */
  placeOf(number: number): number {
    return number < this.places.length ? (this.places[number] as number) : 0;
  }

  /** The client heard that this request failed, and so had no effect. */
  readonly failed = new Set<number>();
  /** Where a request that had been told to wait got its final answer. */
  readonly late = new Map<number, number>();

  nodeOf(number: number): number {
    return this.nodes[number] as number;
  }

  atOf(number: number): number {
    return this.ats[number] ?? 0;
  }

  record(number: number, place: number, node: number, at: number): void {
    if (number >= this.places.length) {
      this.places = int32With(this.places, number);
      this.nodes = int32With(this.nodes, number);
    }
    this.places[number] = place;
    this.nodes[number] = node;
    this.ats[number] = at;
  }
}

/** A request is executed at one index at most, and answered with it. */
export const exactlyOnce: Property = {
  id: 'exactly-once',
  sentence:
    'A request of a session is executed at one log index only, and its answer names that index; one that failed is not executed.',
  assumes: ['damage<=f'],
  needs: 'nothing',
  watch(context) {
    const sessions = new Map<number, Executions>();
    // Neighbouring entries are mostly of few sessions, and five replicas apply each.
    let lastSession = 0;
    let last = new Executions();
    const of = (session: number): Executions => {
      if (session === lastSession) return last;
      let found = sessions.get(session);
      if (found === undefined) {
        found = new Executions();
        sessions.set(session, found);
      }
      lastSession = session;
      last = found;
      return found;
    };

    const executedAndFailed = (
      session: number,
      number: number,
      executed: Evidence,
      failed: Evidence,
      place: number,
    ): void => {
      context.fail(
        `Request ${number} of session ${session} was answered as failed, but it was executed at index ${place}.`,
        [executed, failed],
      );
    };

    return {
      on: {
        applied: (o, e) => {
          if (o.session === 0 || o.number === 0 || o.repeated) return;
          const executions = of(o.session);
          if (executions.failed.size > 0 && executions.failed.has(o.number)) {
            executedAndFailed(
              o.session,
              o.number,
              { at: e.at, node: e.node, text: `executed (${o.session}, ${o.number}) at ${o.index}` },
              { at: e.at, node: e.node, text: `(${o.session}, ${o.number}) had been answered as failed` },
              o.index,
            );
            return;
          }
          const place = executions.placeOf(o.number);
          if (place === 0) executions.record(o.number, o.index, e.node, e.at);
          else if (place !== o.index) {
            const node = executions.nodeOf(o.number);
            const [first, second] = place < o.index ? [place, o.index] : [o.index, place];
            context.fail(
              `Request ${o.number} of session ${o.session} was executed twice: at index ${first}, and again at index ${second}.`,
              [
                {
                  at: executions.atOf(o.number),
                  node,
                  text: `executed (${o.session}, ${o.number}) at ${place}`,
                },
                { at: e.at, node: e.node, text: `executed (${o.session}, ${o.number}) at ${o.index}` },
              ],
            );
          }
        },
        answeredLate: (o) => {
          of(o.session).late.set(o.number, o.index);
        },
        completed: (o, e) => {
          if ((o.outcome !== 'ok' && o.outcome !== 'fail') || o.session === 0 || o.number === 0) return;
          const executions = of(o.session);
          const place = executions.placeOf(o.number);
          if (o.outcome === 'fail') {
            if (place === 0) executions.failed.add(o.number);
            else {
              executedAndFailed(
                o.session,
                o.number,
                {
                  at: executions.atOf(o.number),
                  node: executions.nodeOf(o.number),
                  text: `executed (${o.session}, ${o.number}) at ${place}`,
                },
                { at: e.at, node: e.node, text: `heard that (${o.session}, ${o.number}) failed` },
                place,
              );
            }
            return;
          }
          if (o.place === 0) return;
          if (place === 0 || place === o.place || executions.late.get(o.number) === o.place) return;
          context.fail(
            `Request ${o.number} of session ${o.session} was answered as if done at index ${o.place}, but it was executed at index ${place}.`,
            [
              {
                at: executions.atOf(o.number),
                node: executions.nodeOf(o.number),
                text: `executed (${o.session}, ${o.number}) at ${place}`,
              },
              { at: e.at, node: e.node, text: `heard that it took effect at ${o.place}` },
            ],
          );
        },
      },
    };
  },
};
