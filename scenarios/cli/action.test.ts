/** The action for GitHub: valid by a validator that is not ours, and its script run as a runner runs it. `npm test` builds first. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { layOut } from './own-scenarios.test-support.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'action.yml'), 'utf8');
const action = parse(text) as {
  readonly inputs: { readonly [name: string]: { readonly default: string } };
  readonly runs: {
    readonly steps: readonly { readonly run?: string; readonly env?: { readonly [n: string]: string } }[];
  };
};
const [step] = action.runs.steps;

/** WebAssembly in CommonJS, without types of its own that this configuration finds. */
const { validateAction } = createRequire(import.meta.url)('@action-validator/core') as {
  validateAction(text: string): { readonly actionType: string; readonly errors: readonly unknown[] };
};

describe('action.yml', () => {
  test('is a valid action', () => {
    expect(validateAction(text)).toEqual({ actionType: 'action', errors: [] });
    expect(validateAction(text.replace('using: composite', 'using: nothing')).errors).not.toEqual([]);
    expect(validateAction(text.replace('shell: bash', 'shel: bash')).errors).not.toEqual([]);
  });

  test('puts no input into the text of its script, where it would be run', () => {
    expect(step!.run).not.toContain('${{');
  });
});

describe('its script', () => {
  let folder = '';
  beforeAll(() => {
    if (!existsSync(join(root, 'dist/scenarios/cli/main.js'))) throw new Error('build first: npm run build');
    folder = layOut();
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(root, join(folder, 'node_modules/stormglass'), 'dir');
    symlinkSync('../stormglass/dist/scenarios/cli/main.js', join(folder, 'node_modules/.bin/stormglass'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => {
    for (const name of ['summary', 'output']) writeFileSync(join(folder, name), '');
  });

  /** Inputs as a workflow gives them, over the defaults; the shell with the options that a runner gives `bash`. */
  function runStep(inputs: { readonly [name: string]: string }, cwd = folder) {
    const value = (expression: string): string => {
      const name = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(expression)![1]!;
      return inputs[name] ?? action.inputs[name]!.default;
    };
    const given = Object.fromEntries(Object.entries(step!.env!).map(([name, from]) => [name, value(from)]));
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step!.run!], {
      cwd,
      encoding: 'utf8',
      env: {
        ...process.env,
        ...given,
        GITHUB_ACTION_PATH: root,
        GITHUB_WORKSPACE: folder,
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
        GITHUB_OUTPUT: join(folder, 'output'),
      },
    });
    const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
    return { code: ran.status, out: ran.stdout, summary: read('summary'), output: read('output') };
  }

  test('runs the stormglass of the project: annotations, the summary of the job, JUnit, exit code', () => {
    const { code, out, summary, output } = runStep({
      arguments: '--scenario own/violates.ts --seeds 2',
      out: 'of the job',
    });
    expect(out).toContain('✗ seen — own/violates, seed 1');
    expect(out).toMatch(/^::error file=own\/violates\.ts,line=\d+,title=seen violated in own\/violates/m);
    expect(summary).toMatch(/^## ✗ Violated\n[\s\S]*```mermaid\nsequenceDiagram\n/);
    expect(existsSync(join(folder, 'of the job/junit.xml'))).toBe(true);
    expect({ code, output }).toEqual({ code: 1, output: 'exit-code=1\n' });
  });

  test('adds up shards, and takes nothing of an earlier step for its own where it is refused', () => {
    runStep({ arguments: '--scenario own/holds.mjs --seeds 2 --shard 1/2', out: 'shards' });
    expect(runStep({ command: 'report', arguments: 'shards', out: 'shards' })).toMatchObject({ code: 2 });
    expect(existsSync(join(folder, 'shards/summary.md'))).toBe(false);
    runStep({ arguments: '--scenario own/holds.mjs --seeds 2 --shard 2/2', out: 'shards' });
    const { code, out } = runStep({ command: 'report', arguments: 'shards', out: 'shards' });
    expect(out).toContain('All held: 2 runs');
    expect(code).toBe(0);
  });

  test('does not run what stands in an input', () => {
    const { code } = runStep({ arguments: '$(touch ran) `touch ran` ; touch ran', out: 'x' });
    expect(code).toBe(2);
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  test('runs the stormglass of the action where the project has none', () => {
    const elsewhere = layOut();
    try {
      const { code, out } = runStep({ arguments: 'steady-state --seeds 1' }, elsewhere);
      expect(out).toContain('✓ steady-state');
      expect(code).toBe(0);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
