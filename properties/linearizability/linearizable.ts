/**
 * The property `linearizable-MODEL`: what the clients asked and heard in a run can be explained by one sequential object. A
 * recorded history suffices to judge it, so it holds real processes to account as well as simulated ones.
 */
import { HistoryRecorder } from '../history.ts';
import type { RecordedOperation } from '../history.ts';
import { recordInto } from '../history-handlers.ts';
import type { Evidence, Property, Watch } from '../property.ts';
import { checkLinearizable } from './check.ts';
import type { NotLinearizable } from './check.ts';
import type { AnyModel } from './model.ts';
import { describeOperation } from './model.ts';
import type { ModelName } from './models-by-name.ts';
import { modelNamed } from './models-by-name.ts';

/** Lines of evidence at most: the operation that cannot be placed, and the last ones before it. */
const evidenceMax = 6;

/** A property that judges what clients asked and heard by a sequential object. */
export interface LinearizabilityProperty extends Property {
  /** The object: whoever tells of the run judges its history again by it. */
  readonly model: AnyModel;
}

/** Whether a property is one that `linearizable` made. */
export function isLinearizability(property: Property): property is LinearizabilityProperty {
  return 'model' in property && property.id.startsWith('linearizable-');
}

/**
 * Judges the history after the run: by the order of the log where completions tell their place (`completed.place`; for unknown
 * results the first `applied` of that request), else, and in runs that search anyway, by search within the run's budget.
 *
 * @param model the name of a built-in model, or one's own
 * @throws UnknownModel if there is no built-in model of that name
 */
export function linearizable(model: ModelName | AnyModel): LinearizabilityProperty {
  const judge = typeof model === 'string' ? modelNamed(model) : model;
  return {
    id: `linearizable-${judge.name}`,
    sentence: `What clients asked and heard can be explained by one sequential ${judge.name}, in an order that respects real time.`,
    assumes: judge.sessionEnds === true ? ['damage<=f', 'drift<=rho'] : ['damage<=f'],
    needs: 'nothing',
    model: judge,
    watch(context) {
      const run = context.shared('history', () => new RecordedRun());
      return {
        on: {},
        end() {
          const ends = judge.sessionEnds === true ? run.sessionEnds : [];
          const result = checkLinearizable(judge, [...run.history, ...ends], {
            maxStates: context.maxStates,
            searchAnyway: context.searchAnyway,
            ...(context.onProgress === undefined ? {} : { onProgress: context.onProgress }),
          });
          if (result.verdict === 'undecided') context.undecided(result.message);
          if (result.verdict === 'violation') {
            context.fail(result.message, evidenceOf(judge, result), result.details);
          }
        },
      };
    },
  };
}

/** The history of a run: recorded once, for all properties that judge it. */
class RecordedRun implements Watch {
  readonly #recorder = new HistoryRecorder();
  #history: readonly RecordedOperation[] | null = null;
  readonly on = recordInto(this.#recorder, false);

  /** To be asked for when the run is over. */
  get history(): readonly RecordedOperation[] {
    return (this.#history ??= this.#recorder.history());
  }

  get sessionEnds(): readonly RecordedOperation[] {
    return this.#recorder.sessionEnds();
  }
}

/** The last operations that matter, each at the time when it was heard of last, in order of time. */
function evidenceOf(model: AnyModel, result: NotLinearizable): readonly Evidence[] {
  const matter = result.history as readonly RecordedOperation[];
  return matter
    .map((o) => ({
      at: o.completedUs === Infinity ? o.invokedUs : o.completedUs,
      node: o.node,
      text: `process ${o.process}: ${describeOperation(model, o.op, o.value)}`,
      id: o.id,
    }))
    .sort((a, b) => a.at - b.at || a.id - b.id)
    .slice(-evidenceMax)
    .map(({ at, node, text }) => ({ at, node, text }));
}
