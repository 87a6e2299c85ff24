/** What a `HistoryRecorder` has to see of a run. */
import type { ObservationOf } from '../core/observe.ts';
import type { HistoryRecorder } from './history.ts';
import type { Handlers } from './property.ts';

/**
 * Hands observations to a recorder.
 *
 * @param groups whether several groups report. Their log indices cannot be told apart, so that operations get no place from them; their objects
 * can: the number of the group stands before each name, `2/k1`
 */
export function recordInto(recorder: HistoryRecorder, groups: boolean): Handlers {
  return {
    invoked: (o, envelope) => recorder.invoked(groups ? ofGroup(o, envelope.group) : o, envelope),
    queued: (o, envelope) => recorder.queued(o, envelope),
    completed: (o, envelope) => recorder.completed(groups ? { ...o, place: 0 } : o, envelope),
    ...(!groups && {
      applied: (o) => recorder.applied(o),
      lockQueued: (o) => recorder.lockQueued(o),
      lockGranted: (o) => recorder.lockGranted(o),
      barrierArrived: (o) => recorder.barrierArrived(o),
      sessionEnded: (o, envelope) => recorder.sessionEnded(o, envelope),
    }),
  };
}

/** Fields of an operation that name an object. */
const objects = ['key', 'lock', 'barrier'];

function ofGroup(o: ObservationOf<'invoked'>, group: number): ObservationOf<'invoked'> {
  if (typeof o.op !== 'object' || o.op === null) return o;
  const named = Object.entries(o.op).map(([field, value]: [string, unknown]) => [
    field,
    objects.includes(field) && typeof value === 'string' ? `${group}/${value}` : value,
  ]);
  return { ...o, op: Object.fromEntries(named) as unknown };
}
