/** Bad input from a person: a code, one clear line, and what to type next. Nothing of the project failed. */

import { visible } from '../properties/linearizability/for-people.ts';

/** As plain data, so that a worker can send one. */
export interface InputProblem {
  /** `UNKNOWN_SCENARIO` */
  readonly code: string;
  /** A sentence with the value that was given. */
  readonly message: string;
  /** Lines with the next step, each with its label: `try: npx stormglass run --seeds 10`. */
  readonly next: readonly string[];
  /** Where it broke, for `--debug`. */
  readonly trace?: string;
}

/** Thrown for bad input; commands end with exit code 2. */
export class InputError extends Error {
  readonly problem: InputProblem;
  /** @param message may hold what was typed, or read from a file: a terminal must not obey it */
  constructor(code: string, message: string, next: readonly string[], trace?: string) {
    super(visible(message));
    this.name = 'InputError';
    const told = { code, message: this.message, next: next.map(visible) };
    this.problem = trace === undefined ? told : { ...told, trace };
  }
}

/** The error of a problem that came from a worker. */
export function inputError(problem: InputProblem): InputError {
  return new InputError(problem.code, problem.message, problem.next, problem.trace);
}
