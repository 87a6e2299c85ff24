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
  /** The user's file that holds the scenario; null for the catalogue's. */
  readonly file: string | null;
}): string {
  return run.repro === null
    ? `${seedCommand('replay', run.scenario, run.file)} --seed ${run.seed}`
    : `npx stormglass replay ${shellWord(run.repro)}`;
}

/** A command on a scenario, still without its seed; of a user's it names the file as well. */
export function seedCommand(command: 'run' | 'replay', scenario: string, file: string | null): string {
  return `npx stormglass ${command} ${shellWord(scenario)}${file === null ? '' : ` --scenario ${shellWord(file)}`}`;
}
