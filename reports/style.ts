/** Colour, used for meaning only and never alone: each coloured mark is also a word or a sign. */
import picocolors from 'picocolors';

/** Paints a text, or leaves it alone. */
export interface Style {
  /** A violation, an error. */
  bad(text: string): string;
  /** Something open, or missed. */
  warn(text: string): string;
  /** Held. */
  good(text: string): string;
  /** What is looked at second. */
  faint(text: string): string;
  strong(text: string): string;
}

/** A style with colours or without. */
export function style(colour: boolean): Style {
  const c = picocolors.createColors(colour);
  return { bad: c.red, warn: c.yellow, good: c.green, faint: c.dim, strong: c.bold };
}

/**
 * Whether to use colour: on a terminal, unless `NO_COLOR` (any text but the empty one), `--no-color` or a dumb terminal says otherwise.
 */
export function wantsColour(
  isTerminal: boolean,
  environment: { readonly [name: string]: string | undefined },
  flag: boolean | undefined,
): boolean {
  if (flag === false) return false;
  if ((environment['NO_COLOR'] ?? '') !== '') return false;
  return flag === true || (isTerminal && environment['TERM'] !== 'dumb');
}
