/**
 * What one real replica observed, as a file: JSON Lines, `[at, seq, boot, observation]`; `at` in microseconds of the machine's monotonic clock.
 *
 * Lines are handed to the system before what they tell of can be acted on by others: a process that is killed has told all that mattered. They are
 * not fsynced: this is for tests that kill processes, not machines.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Envelope, Observation } from '../core/observe.ts';
import { InputError } from './input-error.ts';

/** One observation with its envelope. */
export interface RecordedObservation {
  readonly observation: Observation;
  readonly envelope: Envelope;
}

/** Appends observations to a file. */
export class ObservationFile {
  readonly #file: number;
  #lines: string[] = [];

  /** @throws InputError `BAD_FILE` */
  constructor(path: string) {
    try {
      this.#file = openSync(path, 'a');
    } catch (error) {
      const why = String((error as NodeJS.ErrnoException).code);
      throw new InputError('BAD_FILE', `${path} cannot be written (${why}).`, [
        'name a file in a folder that exists',
      ]);
    }
  }

  /** Keeps one until the next `flush`. */
  add(observation: Observation, { at, seq, boot }: Envelope): void {
    this.#lines.push(JSON.stringify([at, seq, boot, observation]));
  }

  /** Hands what was kept to the system. */
  flush(): void {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.from(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done);
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

/**
 * Reads a file back. A last line that is cut is left out: the process was killed while it wrote it, before anybody heard.
 * @param node whose it is
 * @throws Error where any other line is not understood
 */
export function readObservations(path: string, node: number): readonly RecordedObservation[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  // What follows the last line's end: nothing, or the cut line.
  lines.pop();
  return lines.map((line) => {
    const [at, seq, boot, observation] = JSON.parse(line) as [number, number, number, Observation];
    return { observation, envelope: { at, node, group: 0, boot, seq } };
  });
}
