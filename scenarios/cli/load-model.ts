/** The model that a history is judged by: one of the package, by name, or one's own, from a file. */
import { extname, resolve } from 'node:path';
import type { AnyModel } from '../../properties/linearizability/model.ts';
import { modelNamed, modelNames } from '../../properties/linearizability/models-by-name.ts';
import { InputError } from '../input-error.ts';
import { importFile, shownPath } from '../load-scenario.ts';
import { nearest } from '../nearest.ts';

/** A model, and the file of the user's that it came from. */
export interface LoadedModel {
  readonly model: AnyModel;
  /** As typed; `null` for a model of the package. */
  readonly file: string | null;
}

/** Whether `--model` names a file. */
function isFile(named: string): boolean {
  return ['.js', '.mjs', '.ts', '.mts'].includes(extname(named)) || named.includes('/');
}

/**
 * `--model NAME|FILE`.
 * @throws InputError UNKNOWN_MODEL; MODEL_FILE_NOT_FOUND, MODEL_FILE_KIND, MODEL_FILE_THREW, MODEL_FILE_EMPTY
 */
export async function loadModel(named: string): Promise<LoadedModel> {
  if (!isFile(named)) return { model: builtInModel(named), file: null };
  const path = resolve(named);
  const exports = await importFile(path, 'MODEL_FILE', 'model file');
  const model = exports['default'];
  if (!isModel(model)) {
    throw new InputError('MODEL_FILE_EMPTY', `${shownPath(path)} has no model as its default export.`, [
      "try: export default { name: 'counter', init: () => 0, step: (state, op, value) => … } in it",
    ]);
  }
  return { model, file: named };
}

/**
 * A model of the package.
 * @throws InputError UNKNOWN_MODEL
 */
export function builtInModel(name: string): AnyModel {
  if (modelNames.some((known) => known === name)) return modelNamed(name);
  const [near] = nearest(name, modelNames, 1);
  throw new InputError('UNKNOWN_MODEL', `there is no model "${name}".`, [
    ...(near === undefined ? [] : [`nearest: ${near}`]),
    `all: ${modelNames.join(', ')}; or your own: --model FILE.ts`,
  ]);
}

function isModel(value: unknown): value is AnyModel {
  if (typeof value !== 'object' || value === null) return false;
  const { name, init, step } = value as Partial<AnyModel>;
  return typeof name === 'string' && typeof init === 'function' && typeof step === 'function';
}
