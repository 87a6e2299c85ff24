/** `stormglass init`: a scenario, a property and a test in the user's own project, ready to run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { configNames } from '../config.ts';
import { InputError } from '../input-error.ts';
import { exitCodes } from '../../reports/verdict.ts';
import type { Outlet } from './outlet.ts';
import { templates } from './init-templates.ts';

/** The parts of a package.json that matter here. */
interface PackageFile {
  readonly dependencies?: { readonly [name: string]: string };
  readonly devDependencies?: { readonly [name: string]: string };
}

/**
 * Writes the files, all or none.
 * @param folder below the current folder
 * @throws InputError `NO_PACKAGE` | `BAD_PACKAGE` | `BAD_FOLDER` | `FILES_EXIST` | `OUT_NOT_WRITABLE`: nothing was written
 */
export function init(folder: string, outlet: Outlet): number {
  const installed = installedIn('package.json');
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(folder) || folder.split('/').includes('..')) {
    throw new InputError('BAD_FOLDER', `--dir names a folder below this one; got "${folder}".`, [
      'try: npx stormglass init --dir stormglass',
    ]);
  }
  const all = templates(folder);
  // A configuration of the user's own stays as it is.
  const configured = configNames.find((name) => existsSync(name));
  const files = configured === undefined ? all : all.filter(({ path }) => !configNames.includes(path));
  const there = files.filter(({ path }) => existsSync(path)).map(({ path }) => path);
  if (there.length > 0) {
    const are = there.length === 1 ? 'is' : 'are';
    throw new InputError('FILES_EXIST', `${there.join(', ')} ${are} there already; nothing was written.`, [
      'try: npx stormglass init --dir another-folder',
    ]);
  }
  write(folder, files);
  outlet.say([
    ...files.map(({ path, about }) => `${path.padEnd(36)} ${about}`),
    '',
    ...(configured === undefined
      ? []
      : [`Yours:      ${configured} stays as it is; add '${folder}/*.scenario.ts' to its scenarios`]),
    ...(installed.has('vitest') ? [] : ['First:      npm install --save-dev vitest']),
    'The test:   npx vitest run',
    `A campaign: npx stormglass run${configured === undefined ? '' : ` --scenario ${folder}/tickets.scenario.ts`}`,
    'Then break it: answer before the fsync, and see which seed finds it.',
  ]);
  return exitCodes.held;
}

function installedIn(path: string): ReadonlySet<string> {
  if (!existsSync(path)) {
    throw new InputError('NO_PACKAGE', 'there is no package.json here; init writes into a project.', [
      'try: npm init -y',
    ]);
  }
  try {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as PackageFile;
    return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  } catch {
    throw new InputError('BAD_PACKAGE', 'package.json here is no JSON.', ['mend it first']);
  }
}

function write(folder: string, files: ReturnType<typeof templates>): void {
  try {
    mkdirSync(folder, { recursive: true });
    // `wx`: what came into being since it was looked for is not overwritten either.
    for (const { path, text } of files) writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    throw new InputError(
      'OUT_NOT_WRITABLE',
      `files could not be written to ${folder} (${(error as NodeJS.ErrnoException).code}).`,
      ['look who may write there'],
    );
  }
}
