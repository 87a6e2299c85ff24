/** A seed as a test of one's own: the text of a file for Vitest that runs it with `expectHolds`. */
import { posix } from 'node:path';
import { shownPath } from '../load-scenario.ts';
import type { ScenarioRef } from '../worker-messages.ts';

/** Wall time that the test allows, in ms, as it is written: a run and its judgement take seconds, on a busy machine a minute. */
const testTimeout = '120_000';
/** Names that may follow `import {` as they are. */
const identifier = /^[A-Za-z_$][\w$]*$/;

/**
 * The whole file, which runs from the folder of this command. A user's scenario is imported from its file, one of the package from `stormglass`.
 * @param drawn whether the seed still draws the plan of the run: a repro may hold another one, and then the text says so
 */
export function vitestText(ref: ScenarioRef, seed: number, drawn: boolean): string {
  const [imports, scenario] = ref.from === 'catalogue' ? ofPackage(ref.name) : ofFile(ref);
  return [
    ...imports,
    '',
    ...(drawn ? [] : ['// The run was replayed from a repro whose plan this seed no longer draws.']),
    `test(${literal(`${ref.name} holds with seed ${seed}`)}, async () => {`,
    `  await expectHolds(${scenario}, { seeds: 1, first: ${seed} });`,
    `}, ${testTimeout});`,
    '',
  ].join('\n');
}

function ofPackage(name: string): [string[], string] {
  return [
    ["import { catalogue, expectHolds } from 'stormglass';", "import { test } from 'vitest';"],
    `catalogue.find(({ name }) => name === ${literal(name)})!.scenario`,
  ];
}

function ofFile({ file, exportName }: ScenarioRef): [string[], string] {
  const imported =
    exportName === 'default'
      ? 'scenario'
      : `{ ${identifier.test(exportName) ? exportName : literal(exportName)} as scenario }`;
  return [
    [
      "import { expectHolds } from 'stormglass';",
      "import { test } from 'vitest';",
      `import ${imported} from ${literal(specifier(file))};`,
    ],
    'scenario',
  ];
}

/** The path of an import: relative where it is below this folder. */
function specifier(file: string): string {
  const shown = shownPath(file).replaceAll('\\', '/');
  return posix.isAbsolute(shown) || /^[A-Za-z]:/.test(shown) ? shown : `./${shown}`;
}

/** A string of JavaScript, in the quotes of the house. */
function literal(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
