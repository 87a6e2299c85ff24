/**
 * Which code this is: version, commit, Node, and a digest of the built files that can reach a trace hash. Equal digests and different hashes
 * are nondeterminism, so the digest must cover a user's scenario and the files that it imports as well.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rooms whose code takes part in a run. */
const rooms = ['core', 'sim', 'properties', 'scenarios'];

/** Version and commit of the code, and the Node that runs it. */
export interface BuildIdentity {
  readonly version: string;
  /** Seven hex digits, or `unknown` outside a checkout. */
  readonly commit: string;
  /** Without the leading v. */
  readonly node: string;
}

let known: BuildIdentity | undefined;

/** The identity of what runs now; asked of Git once. */
export function buildIdentity(): BuildIdentity {
  known ??= { version: packageVersion(), commit: currentCommit(), node: process.versions.node };
  return known;
}

/** Folder that holds the rooms: `dist`, or the sources in tests. */
function root(): string {
  return fileURLToPath(new URL('..', import.meta.url));
}

function packageVersion(): string {
  for (const folder of [root(), join(root(), '..')]) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return 'unknown';
}

/** The commit that a user works at; of the package where that is no checkout. */
function currentCommit(): string {
  for (const cwd of [process.cwd(), root()]) {
    const git = spawnSync('git', ['rev-parse', '--short=7', 'HEAD'], {
      cwd,
      encoding: 'utf8',
      timeout: 5_000,
    });
    if (git.status === 0) return git.stdout.trim();
  }
  return 'unknown';
}

/**
 * SHA-256 over the built files and, for a scenario in a file, over that file and all that it imports by relative path. Packages that it
 * imports are not covered. 32 hex digits.
 */
export function digestOfBuild(scenarioFile: string | null): string {
  const hash = createHash('sha256');
  const add = (name: string, file: string): void => {
    hash.update(`${name}\0`);
    hash.update(readFileSync(file));
    hash.update('\0');
  };
  for (const room of rooms) {
    const folder = join(root(), room);
    if (!existsSync(folder)) continue;
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => /(?<!\.test|\.d)\.(js|ts)$/.test(name))
      .sort((a, b) => (a < b ? -1 : 1));
    for (const name of files) add(`${room}/${name}`, join(folder, name));
  }
  if (scenarioFile !== null) importedFiles(scenarioFile).forEach((file, i) => add(`scenario/${i}`, file));
  return hash.digest('hex').slice(0, 32);
}

/** A file and, depth first, those that it imports by relative path; found by reading, not by running. */
export function importedFiles(file: string, seen = new Set<string>()): string[] {
  if (seen.has(file) || !existsSync(file)) return [...seen];
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const match of text.matchAll(/(?:from|import|require)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g)) {
    const base = resolve(dirname(file), match[1]!);
    const found = [base, `${base}.ts`, `${base}.js`, base.replace(/\.js$/, '.ts')].find((path) =>
      existsSync(path),
    );
    if (found !== undefined && /\.[cm]?[jt]s$/.test(found)) importedFiles(found, seen);
  }
  return [...seen];
}
