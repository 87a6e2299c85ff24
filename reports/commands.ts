/** The commands that reports tell people to type, quoted for a shell. */

/** A word as a POSIX shell reads it back unchanged. */
export function shellWord(word: string): string {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A test that runs a scenario: its file as people type it, and its own name, without those of the suites around it. */
export interface ScenarioTest {
  readonly file: string;
  readonly name: string;
}

/** Runs one seed of the scenario of a test. */
export function testCommand(test: ScenarioTest | null, seed: number): string {
  const command = `STORMGLASS_SEED=${seed} npx vitest run`;
  if (test === null) return command;
  const pattern = test.name.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  // Double quotes where they do: a shell leaves such a text as it is between them.
  const quoted = /["$`\\!]/.test(pattern) ? shellWord(pattern) : `"${pattern}"`;
  return `${command} ${shellWord(test.file)} -t ${quoted}`;
}

/** Replays a violation: by its test where one ran it, from its repro, or from scenario and seed where there is none. */
export function replayCommand(run: {
  readonly scenario: string;
  readonly seed: number;
  readonly repro: string | null;
  /** The user's file that holds the scenario; null for the catalogue's. */
  readonly file: string | null;
  readonly test?: ScenarioTest | undefined;
}): string {
  if (run.test !== undefined) return testCommand(run.test, run.seed);
  return run.repro === null
    ? `${seedCommand('replay', run.scenario, run.file)} --seed ${run.seed}`
    : `npx stormglass replay ${shellWord(run.repro)}`;
}

/** A command on a scenario, still without its seed; of a user's it names the file as well. */
export function seedCommand(command: 'run' | 'replay', scenario: string, file: string | null): string {
  return `npx stormglass ${command} ${shellWord(scenario)}${file === null ? '' : ` --scenario ${shellWord(file)}`}`;
}
