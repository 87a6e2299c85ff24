/**
 * Linearizability as the page of a run tells it: what the clients asked and heard of one object, with an order that explains as much of it as
 * possible, and the operation that no order has a place for.
 *
 * Another property than linearizability ends a run at once, and then the client that is wronged has not heard of it yet: to a model, anything may
 * still become of its operation. So the run is repeated and goes on to its end, as it would have gone had nobody watched.
 */
import { recordInto } from '../../properties/history-handlers.ts';
import { HistoryRecorder } from '../../properties/history.ts';
import type { Operation, RecordedOperation } from '../../properties/history.ts';
import { checkLinearizable } from '../../properties/linearizability/check.ts';
import type { NotLinearizable } from '../../properties/linearizability/check.ts';
import { componentsOf } from '../../properties/linearizability/components.ts';
import type { Component } from '../../properties/linearizability/components.ts';
import { isLinearizability } from '../../properties/linearizability/linearizable.ts';
import { linearize } from '../../properties/linearizability/linearize.ts';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { describeOperation, describeState } from '../../properties/linearizability/model.ts';
import { routed } from '../../properties/per-group.ts';
import type { Finding, Handlers } from '../../properties/property.ts';
import type { PlacedHistory, PlacedOperation } from '../../reports/page/run-page.ts';
import type { RunOptions } from '../run-contract.ts';
import { runSeed, STATES_MAX } from '../run-seed.ts';
import type { Scenario, ScenarioPlan } from '../scenario.ts';

/** Operations with their states that a page carries of one order, and of the smaller history: what a person reads. */
const placedMax = 120;
const historyMax = 60;
/** Where all fits, an order is only looked for among so many operations, with so many steps of the model: a fraction of a second. */
const orderedMax = 5_000;
const orderStepsMax = 300_000;

/** The part of a run's options that decides how it goes. */
export type SameRun = Pick<RunOptions, 'plan' | 'decisions' | 'resolutions' | 'onProgress'>;

/** What a group's clients asked and heard: in the whole run, and as far as it was heard when the violation was found. */
interface Heard {
  readonly whole: HistoryRecorder;
  readonly before: HistoryRecorder;
}

/**
 * Runs a seed again and judges its history by the models of the scenario's properties.
 *
 * @param finding what was violated; null where all held
 * @param switchedOff properties that the plan switched off: nothing is judged by their models
 * @param options the same as those of the run that is told. It must be a run of which every event ends.
 * @returns null where the scenario has no such property that was on, or its clients asked nothing
 */
export function placedHistory(
  scenario: Scenario,
  seed: number,
  finding: Finding | null,
  switchedOff: readonly string[],
  options: SameRun = {},
): PlacedHistory | null {
  const models = scenario.properties
    .filter(isLinearizability)
    .filter((property) => !switchedOff.includes(property.id))
    .toSorted((a, b) => Number(b.id === finding?.property) - Number(a.id === finding?.property))
    .map((property) => property.model);
  if (models.length === 0) return null;
  const plan = options.plan ?? scenario.plan(seed);
  const heard = hear(scenario, seed, plan, finding?.seq ?? Infinity, options);
  const judging = {
    maxStates: STATES_MAX,
    ...(options.onProgress && { onProgress: () => options.onProgress!(0) }),
  };
  let undecided: PlacedHistory | null = null;
  for (const { whole } of heard) {
    for (const model of models) {
      const operations = historyFor(model, whole);
      const result = checkLinearizable(model, operations, judging);
      if (result.verdict === 'undecided' && `linearizable-${model.name}` === finding?.property)
        undecided = openHistory(model, operations.length, result.message);
      if (result.verdict !== 'violation') continue;
      // What was asked only afterwards is no part of this violation.
      const { invokedUs = 0 } = result.operation;
      if (finding === null || invokedUs <= finding.at) return violated(model, operations, result);
    }
  }
  return undecided ?? explained(models, heard, finding);
}

/** Runs the seed to its end, unwatched but for its histories: one a group. */
function hear(
  scenario: Scenario,
  seed: number,
  plan: ScenarioPlan,
  lastSeq: number,
  options: SameRun,
): readonly Heard[] {
  const heard: Heard[] = [];
  const listen = (): Handlers => {
    const whole = new HistoryRecorder();
    const before = new HistoryRecorder();
    heard.push({ whole, before });
    return bothInto(recordInto(whole, false), recordInto(before, false), lastSeq);
  };
  const listener = plan.groups === undefined ? listen() : routed(plan.groups, listen);
  runSeed({ ...scenario, properties: [], reach: [] }, seed, { ...options, plan, listener });
  return heard;
}

/** Hands everything to the one, and to the other what came up to an event. */
function bothInto(whole: Handlers, before: Handlers, lastSeq: number): Handlers {
  const both: { [kind: string]: NonNullable<Handlers[string]> } = {};
  for (const kind of Object.keys(whole)) {
    both[kind] = (observation, envelope) => {
      whole[kind]?.(observation, envelope);
      if (envelope.seq <= lastSeq) before[kind]?.(observation, envelope);
    };
  }
  return both;
}

function historyFor(model: AnyModel, recorder: HistoryRecorder): readonly RecordedOperation[] {
  return model.sessionEnds === true ? [...recorder.history(), ...recorder.sessionEnds()] : recorder.history();
}

function componentsFor(model: AnyModel, operations: readonly Operation[]): readonly Component[] {
  return componentsOf(model, model.prepare?.(operations) ?? operations);
}

function violated(model: AnyModel, operations: readonly Operation[], result: NotLinearizable): PlacedHistory {
  const { key, operation, history, prefix, reason } = result;
  const onKey = componentsFor(model, operations).find((one) => one.key === key);
  const told = describeOperation(model, operation.op, operation.value);
  const order = prefix?.operations ?? [];
  return {
    model: model.name,
    key: key === null ? null : String(key),
    verdict: 'not-linearizable',
    operations: onKey?.operations.length ?? operations.length,
    smaller: history.length,
    fit: order.length,
    placed: withStates(model, order).slice(-placedMax),
    unplaced: [placedOperation(model, operation, '')],
    history: lastWith(history, operation).map((one) => placedOperation(model, one, '')),
    reason: reason.startsWith(`${told}; `) ? reason.slice(told.length + 2) : reason,
  };
}

/** The last of a history, the operation that it is about always among them. */
function lastWith(history: readonly Operation[], about: Operation): readonly Operation[] {
  const sorted = history.toSorted((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  return sorted.filter((one, i) => i >= sorted.length - historyMax || one.id === about.id);
}

function openHistory(model: AnyModel, operations: number, message: string): PlacedHistory {
  const nothing = { smaller: 0, fit: 0, placed: [], unplaced: [], history: [] };
  return { model: model.name, key: null, verdict: 'undecided', operations, ...nothing, reason: message };
}

/** Where nothing is wrong with what was heard up to the violation: the order of the object that it is about, else of the busiest. */
function explained(
  models: readonly AnyModel[],
  heard: readonly Heard[],
  finding: Finding | null,
): PlacedHistory | null {
  const words = new Set(
    finding === null
      ? []
      : [finding.message, ...finding.evidence.map((one) => one.text)].join(' ').match(/[\w/-]+/g),
  );
  let best: { readonly model: AnyModel; readonly component: Component; readonly weight: number } | null =
    null;
  for (const { before } of heard) {
    for (const model of models) {
      for (const component of componentsFor(model, historyFor(model, before))) {
        const isNamed = words.has(String(component.key));
        const weight = component.operations.length + (isNamed ? 1e9 : 0);
        if (best === null || weight > best.weight) best = { model, component, weight };
      }
    }
  }
  if (best === null) return null;
  const { model, component } = best;
  const { operations, key } = component;
  const found = operations.length > orderedMax ? null : linearize(model, operations, orderStepsMax);
  const placed = withStates(model, found?.order ?? []);
  return {
    model: model.name,
    key: key === null ? null : String(key),
    verdict: 'ok',
    operations: operations.length,
    smaller: 0,
    fit: placed.length,
    placed: placed.slice(-placedMax),
    unplaced: [],
    history: [],
    reason: '',
  };
}

/** Each operation of an order with the state that the model has after it. */
function withStates(model: AnyModel, order: readonly Operation[]): readonly PlacedOperation[] {
  let state: unknown = model.init();
  return order.map((operation) => {
    if (state !== null) state = model.step(state, operation.op, operation.value);
    return placedOperation(model, operation, state === null ? '' : describeState(model, state));
  });
}

function placedOperation(model: AnyModel, operation: Operation, state: string): PlacedOperation {
  const { id, process, outcome, invokedUs = 0, completedUs = Infinity } = operation;
  const { node = -1 } = operation as Partial<RecordedOperation>;
  return {
    id,
    process,
    host: node,
    text: describeOperation(model, operation.op, operation.value),
    fromUs: invokedUs,
    toUs: outcome === 'ok' && Number.isFinite(completedUs) ? completedUs : -1,
    state,
  };
}
