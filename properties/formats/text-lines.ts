/** Cuts a text into its lines as it comes in, none longer than the limit. */
import { HistoryError } from './history-error.ts';
import type { HistoryLimits } from './limits.ts';

/** A line without its end, counted from 1. `whole`: it had an end; the last line of a file that was cut has none. */
export interface TextLine {
  readonly text: string;
  readonly line: number;
  readonly whole: boolean;
}

export class TextLines {
  readonly #limits: HistoryLimits;
  #rest = '';
  #line = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
  }

  /** Lines that are not blank. @throws HistoryError EVENT_TOO_LONG */
  push(chunk: string): readonly TextLine[] {
    const lines: TextLine[] = [];
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const text = this.#rest + chunk.slice(from, end);
      this.#rest = '';
      from = end + 1;
      this.#take(text, true, lines);
    }
    this.#rest += chunk.slice(from);
    this.#check(this.#rest, this.#line + 1);
    return lines;
  }

  /** The last line, if it has no end. */
  end(): readonly TextLine[] {
    const lines: TextLine[] = [];
    if (this.#rest !== '') this.#take(this.#rest, false, lines);
    this.#rest = '';
    return lines;
  }

  #take(raw: string, whole: boolean, lines: TextLine[]): void {
    this.#line += 1;
    this.#check(raw, this.#line);
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (text.trim() !== '') lines.push({ text, line: this.#line, whole });
  }

  #check(text: string, line: number): void {
    if (text.length <= this.#limits.eventChars) return;
    throw new HistoryError(
      'EVENT_TOO_LONG',
      { line, column: this.#limits.eventChars + 1 },
      `the line is longer than ${this.#limits.eventChars} characters`,
      'write one event a line',
    );
  }
}
