/** The models that come with the package, by the names that histories and command lines give them. */
import type { AnyModel } from './model.ts';
import { barrier } from './models/barrier.ts';
import { casRegister } from './models/cas-register.ts';
import { kv } from './models/kv.ts';
import { lock } from './models/lock.ts';
import { register } from './models/register.ts';

const models: readonly AnyModel[] = [casRegister, kv, register, lock, barrier] as unknown as AnyModel[];

/** All names. */
export const modelNames: readonly string[] = models.map((model) => model.name);

/** The model of that name. @throws Error if there is none */
export function modelNamed(name: string): AnyModel {
  const model = models.find((one) => one.name === name);
  if (model === undefined) throw new Error(`there is no model ${JSON.stringify(name)}.`);
  return model;
}
