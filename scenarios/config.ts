/** `stormglass.config.js`, `.mjs` or `.ts` in the folder of the run: where scenarios are, where repros go, how many workers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { filesMatching } from './glob.ts';
import { InputError } from './input-error.ts';
import { importFile, shownPath } from './load-scenario.ts';

/** Where a configuration is looked for, in this order. */
export const configNames = ['stormglass.config.js', 'stormglass.config.mjs', 'stormglass.config.ts'];

const schema = z.strictObject({
  /** Patterns of scenario files, from the folder of the configuration: `*`, `**`, `?`. */
  scenarios: z.union([z.string(), z.array(z.string())]).optional(),
  /** Folder for repro files. */
  out: z.string().min(1).optional(),
  workers: z.int().min(1).max(256).optional(),
  /** Wall time after which an event counts as endless, in ms. */
  eventLimitMs: z.int().min(100).optional(),
});

/** What the default export of a configuration file holds. */
export type StormglassConfig = z.infer<typeof schema>;

/** A configuration with its patterns followed. */
export interface LoadedConfig {
  /** Scenario files, as absolute paths; empty without patterns. */
  readonly files: readonly string[];
  readonly config: StormglassConfig;
}

/**
 * Loads the configuration of a folder; an empty one where there is none.
 * @throws InputError BAD_CONFIG, CONFIG_FILE_THREW; NO_SCENARIO_FILES where patterns match nothing.
 */
export async function loadConfig(folder: string): Promise<LoadedConfig> {
  const file = configNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (file === undefined) return { files: [], config: {} };
  const exports = await importFile(file, 'CONFIG_FILE', 'configuration file');
  const result = schema.safeParse(exports['default']);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where =
      issue === undefined || issue.path.length === 0 ? 'its default export' : issue.path.join('.');
    throw new InputError(
      'BAD_CONFIG',
      `${shownPath(file)}: ${where}: ${issue?.message ?? 'not understood'}.`,
      ["try: export default { scenarios: 'scenarios/**/*.js', out: 'stormglass-out', workers: 2 }"],
    );
  }
  const patterns = [result.data.scenarios ?? []].flat();
  const files = [...new Set(patterns.flatMap((pattern) => filesMatching(folder, pattern)))];
  if (patterns.length > 0 && files.length === 0) {
    throw new InputError(
      'NO_SCENARIO_FILES',
      `no file matches ${patterns.join(', ')} of ${shownPath(file)}.`,
      ['try: patterns from the folder of the configuration: scenarios/**/*.js'],
    );
  }
  return { files, config: result.data };
}
