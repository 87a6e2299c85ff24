/**
 * Where in its file a scenario is defined, for annotations. Found by reading, not by running: the lines of a stack are those of what a
 * loader made of TypeScript.
 */
import { readFileSync } from 'node:fs';
import type { ScenarioTest } from '../reports/commands.ts';
import type { ScenarioRef } from './worker-messages.ts';

/**
 * The line, from 1: of the property `name: '…'` that gives the scenario its name; where no such line is there (the name is computed), of the
 * export; null where the file has neither, or cannot be read.
 */
export function definitionLine(ref: Pick<ScenarioRef, 'file' | 'name' | 'exportName'>): number | null {
  let lines: readonly string[];
  try {
    lines = readFileSync(ref.file, 'utf8').split('\n');
  } catch {
    return null;
  }
  const named = lines.findIndex((line) => nameIn(line) === ref.name);
  if (named >= 0) return named + 1;
  const exported = lines.findIndex((line) => exportIn(line) === ref.exportName);
  return exported >= 0 ? exported + 1 : null;
}

/** The line, from 1, on which a test is: the first that holds its name in quotes; null where none does, as with `test.each`. */
export function testLine({ file, name }: ScenarioTest): number | null {
  let lines: readonly string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return null;
  }
  const quoted = ["'", '"', '`'].map((quote) => quote + name + quote);
  const found = lines.findIndex((line) => quoted.some((text) => line.includes(text)));
  return found < 0 ? null : found + 1;
}

/** The text behind `name:`, as it stands in the source. */
function nameIn(line: string): string | null {
  return /(?:^|[\s{,])name:\s*(?:'([^']*)'|"([^"]*)"|`([^`]*)`)/.exec(line)?.slice(1).find(isText) ?? null;
}

const isText = (group: string | undefined): boolean => group !== undefined;

function exportIn(line: string): string | null {
  if (/^\s*export\s+default\b/.test(line)) return 'default';
  return /^\s*export\s+(?:const|let|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)/u.exec(line)?.[1] ?? null;
}
