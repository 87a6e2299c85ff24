/**
 * Which files a pattern of `stormglass.config` names: `*` and `?` within a folder, `**` over any number of them. Small on purpose: the
 * supported Node versions have no matcher of their own.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The pattern as a regular expression over paths with `/`, relative to the pattern's folder. */
export function globExpression(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i]!;
    if (pattern.startsWith('**/', i)) {
      source += '(?:[^/]+/)*';
      i += 2;
    } else if (pattern.startsWith('**', i)) {
      source += '.*';
      i += 1;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else source += char.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

/** Files under `folder` that match, as absolute paths in order of their names. Folders with a leading dot and `node_modules` are left out. */
export function filesMatching(folder: string, pattern: string): string[] {
  const expression = globExpression(pattern.replace(/^\.\//, ''));
  const found: string[] = [];
  const visit = (relative: string): void => {
    const entries = readdirSync(join(folder, relative), { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules' && !entry.name.startsWith('.')) visit(path);
      } else if (expression.test(path)) found.push(join(folder, path));
    }
  };
  visit('');
  return found;
}
