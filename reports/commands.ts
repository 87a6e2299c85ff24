/** The commands that reports tell people to type, quoted for a shell. */

/** A word as a POSIX shell reads it back unchanged. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Replays a violation: from its repro, or from scenario and seed where there is none. */
export function replayCommand(run: {
  readonly scenario: string;
  readonly seed: number;
  readonly repro: string | null;
}): string {
  return run.repro === null
    ? `npx stormglass replay ${shellWord(run.scenario)} --seed ${run.seed}`
    : `npx stormglass replay ${shellWord(run.repro)}`;
}
