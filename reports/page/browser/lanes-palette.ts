/** The colours and fonts of the page for what is drawn on a canvas: read from the custom properties of the root, anew whenever the scheme changes. */

/** A term's colours; of terms one in three has the same. */
export interface TermColours {
  readonly fill: string;
  readonly tint: string;
  readonly text: string;
}

/** A token's colours; of the grants of a lock one in three has the same. */
export interface TokenColours {
  readonly fill: string;
  readonly tint: string;
  readonly edge: string;
  readonly text: string;
  readonly on: string;
}

/** All that the lanes are drawn with (`style.md`, "Colour"). */
export interface Palette {
  readonly bg: string;
  readonly sunk: string;
  readonly line: string;
  readonly line2: string;
  readonly ink: string;
  readonly ink2: string;
  readonly ink3: string;
  readonly focus: string;
  readonly violation: string;
  readonly violationGround: string;
  readonly violationEdge: string;
  readonly onViolation: string;
  readonly opFill: string;
  readonly opEdge: string;
  readonly opText: string;
  /** Text on a term's fill. */
  readonly termOn: string;
  readonly terms: readonly TermColours[];
  readonly tokens: readonly TokenColours[];
  readonly sans: string;
  readonly mono: string;
}

const three = [0, 1, 2] as const;

/** Reads the palette that is in force. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    bg: read('bg'),
    sunk: read('sunk'),
    line: read('line'),
    line2: read('line2'),
    ink: read('ink'),
    ink2: read('ink2'),
    ink3: read('ink3'),
    focus: read('focus'),
    violation: read('violation'),
    violationGround: read('violation-ground'),
    violationEdge: read('violation-edge'),
    onViolation: read('on-violation'),
    opFill: read('op-fill'),
    opEdge: read('op-edge'),
    opText: read('op-text'),
    termOn: read('term-on'),
    terms: three.map((n) => ({
      fill: read(`term${n}-fill`),
      tint: read(`term${n}-tint`),
      text: read(`term${n}-text`),
    })),
    tokens: three.map((n) => ({
      fill: read(`token${n}-fill`),
      tint: read(`token${n}-tint`),
      edge: read(`token${n}-edge`),
      text: read(`token${n}-text`),
      on: read(`token${n}-on`),
    })),
    sans: read('sans') || 'Inter, system-ui, sans-serif',
    mono: read('mono') || '"JetBrains Mono", ui-monospace, monospace',
  };
}
