/** Where a command's words go: standard output and error, with colour or without, redrawing its last line on a terminal. */
import { style, wantsColour } from '../../reports/style.ts';
import type { Style } from '../../reports/style.ts';
import { exitCodes } from '../../reports/verdict.ts';

/** Clears the line that the cursor stands in. */
const clearLine = '\r\u001b[2K';

export class Outlet {
  readonly style: Style;
  /** Whether the last line can be redrawn. */
  readonly live: boolean;
  readonly #report: NodeJS.WriteStream;
  readonly #mute: boolean;
  #lastLine = '';

  /**
   * @param machine the report on standard output is for machines: people's words go to standard error
   * @param mute people asked for no words
   */
  constructor(colour: boolean | undefined, machine: boolean, mute = false) {
    this.#mute = mute;
    this.#report = machine ? process.stderr : process.stdout;
    this.live = !mute && this.#report.isTTY === true && process.env['TERM'] !== 'dumb';
    this.style = style(wantsColour(this.#report.isTTY === true, process.env, colour));
  }

  /** Prints lines for people. */
  say(lines: readonly string[]): void {
    if (this.#mute) return;
    this.redraw('');
    if (lines.length > 0) this.#report.write(`${lines.join('\n')}\n`);
  }

  /** Replaces the last line of a terminal; the empty text removes it. */
  redraw(line: string): void {
    if (!this.live || line === this.#lastLine) return;
    this.#report.write(clearLine + line);
    this.#lastLine = line;
  }

  /** Prints one JSON document on standard output. */
  document(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }
}

/** A reader that went away (`| head`) ends the command quietly: as an interruption where the verdict was still open. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? exitCodes.interrupted);
    });
  }
}
