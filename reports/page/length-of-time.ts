/** A length of time in three figures, for the numbers of a plot. */
import { exact } from '../figures.ts';

/** From microseconds: `350 µs`, `11.2 ms`, `214 ms`, `1.02 s`, `1,204 s`. */
export function lengthOfTime(us: number): string {
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 999_500) return `${threeFigures(us / 1_000)} ms`;
  return `${threeFigures(us / 1_000_000)} s`;
}

/** In two figures, for the ticks of an axis: `25 ms`, `0.28 s`. */
export function roughTime(us: number): string {
  if (us < 995) return `${Number(us.toPrecision(2))} µs`;
  if (us < 99_500) return `${Number((us / 1_000).toPrecision(2))} ms`;
  return `${twoFigures(us / 1_000_000)} s`;
}

function twoFigures(seconds: number): string {
  return seconds < 99.5 ? String(Number(seconds.toPrecision(2))) : exact(seconds);
}

function threeFigures(value: number): string {
  if (value >= 99.95) return exact(value);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
