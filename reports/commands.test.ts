import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { replayCommand, testCommand } from './commands.ts';

describe('the command of a test', () => {
  test('names its file and its name, as a pattern that means just that name', () => {
    expect(testCommand({ file: 'a.test.ts', name: 'holds (5 nodes)' }, 31)).toBe(
      'STORMGLASS_SEED=31 npx vitest run a.test.ts -t "holds \\(5 nodes\\)"'.replaceAll('"', "'"),
    );
    expect(testCommand({ file: 'a.test.ts', name: 'holds' }, 31)).toContain('-t "holds"');
    expect(testCommand(null, 31)).toBe('STORMGLASS_SEED=31 npx vitest run');
  });

  test.each(['$(touch x)', '`id`', `it's "odd" \\ !`, 'a\nb', '; rm -rf /', '--run'])(
    'hands a shell the name as one word, whatever it is: %j',
    (name) => {
      const command = testCommand({ file: `it's ${name}.ts`, name }, 1).replace(
        'npx vitest',
        'printf %s\\\\0',
      );
      const { stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
      const [, file, option, pattern] = stdout.split('\0');
      expect([file, option]).toEqual([`it's ${name}.ts`, '-t']);
      expect(new RegExp(`^${pattern!}$`).test(name)).toBe(true);
    },
  );

  test('goes before a repro and a scenario', () => {
    const run = { scenario: 's', seed: 7, repro: 'r.json', file: null };
    expect(replayCommand(run)).toBe('npx stormglass replay r.json');
    expect(replayCommand({ ...run, test: { file: 'a.test.ts', name: 'holds' } })).toBe(
      'STORMGLASS_SEED=7 npx vitest run a.test.ts -t "holds"',
    );
  });
});
