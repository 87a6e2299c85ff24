/**
 * Histories of locks and of barriers as clients of a simulated cluster recorded them, without what only a simulation knows: where in the log an
 * operation stands. So they have to be searched.
 */
import { HistoryRecorder } from '../../../properties/history.ts';
import type { Operation } from '../../../properties/index.ts';
import type { Property } from '../../../properties/property.ts';
import { scenario } from '../../define.ts';
import { LAST_CREATION, LAST_GENERATION } from '../../last-read.ts';
import { lockTurns } from '../../lock-workload.ts';
import { replica } from '../../replica-system.ts';
import { runSeed } from '../../run-seed.ts';
import type { PlannedOperation, Workload } from '../../scenario.ts';

const clients = 20;
const components = 20;
const thinkMs = 20;
/** Virtual time in which one operation of a kind ends, about. */
const msPerLockOperation = 6.8;
const msPerBarrierOperation = 1.35;

/** Twenty clients take turns at twenty locks. */
export function lockHistory(operations: number): readonly Operation[] {
  const workload = lockTurns({ locks: components, thinkMs });
  return historyOf('locks', workload, Math.ceil(operations * msPerLockOperation));
}

/** Twenty clients, two and two, meet at two barriers each, one after the other. */
export function barrierHistory(operations: number): readonly Operation[] {
  return historyOf('barriers', pairs(), Math.ceil(operations * msPerBarrierOperation));
}

function pairs(): Workload {
  return {
    draw({ client, totalUs, random }) {
      const participant = `p${client}`;
      const own = [client - (client % 2), client - (client % 2) + 1].map((i) => `b${i}`);
      const operations: PlannedOperation[] = [];
      const add = (op: object): number =>
        operations.push({ waitUs: random.between(0, 2 * thinkMs * 1000), op });
      for (const barrier of own) {
        add({ f: 'createBarrier', barrier, minParticipants: 2 });
        add({ f: 'register', barrier, creation: LAST_CREATION, participant });
      }
      for (let spentUs = 0; spentUs < totalUs; spentUs += 2 * thinkMs * 1000) {
        for (const barrier of own) {
          add({
            f: 'arrive',
            barrier,
            creation: LAST_CREATION,
            generation: LAST_GENERATION,
            participant,
            waitUs: 5_000_000,
          });
        }
      }
      return { mode: 'closed', operations };
    },
  };
}

/** A run of that length, to its end: cut off at a number of operations, a history would be another one. */
function historyOf(name: string, workload: Workload, durationMs: number): readonly Operation[] {
  let history: readonly Operation[] = [];
  const recording: Property = {
    id: 'recording',
    sentence: 'What clients asked and heard is recorded.',
    assumes: [],
    needs: 'nothing',
    watch() {
      const recorder = new HistoryRecorder();
      return {
        on: {
          invoked: (o, envelope) => recorder.invoked(o, envelope),
          queued: (o, envelope) => recorder.queued(o, envelope),
          completed: (o, envelope) => recorder.completed(o, envelope),
          sessionEnded: (o, envelope) => recorder.sessionEnded(o, envelope),
        },
        end() {
          history = [...recorder.history(), ...recorder.sessionEnds()];
        },
      };
    },
  };
  const world = scenario({
    name: `bench/${name}`,
    nodes: 3,
    clients,
    durationMs,
    process: replica(),
    workload,
    properties: [recording],
  });
  runSeed(world, 1);
  return history.map((o) => ({ ...o, place: 0 }));
}
