/**
 * Real processes, killed in mid-write, judged by the checkers that judge simulated runs. Twelve kills a disk here; `npm run kill` does a hundred.
 * That a missing fsync is noticed is proved by a disk whose fsync does nothing.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { killRun } from './kill-run.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stormglass-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('three real replicas, killed in mid-write', () => {
  test.each(['real', 'cut-back'] as const)(
    'lose nothing that they acknowledged, and are linearizable, on a disk that is %s',
    async (disk) => {
      const report = await killRun({ folder, kills: 12, disk });
      expect(report.findings).toEqual([]);
      expect(report.undecided).toEqual([]);
      expect({ stuck: report.stuck, ended: report.endedByThemselves, complaints: report.complaints }).toEqual(
        {
          stuck: false,
          ended: 0,
          complaints: '',
        },
      );
      expect(report.leadersKilled).toBeGreaterThan(0);
      expect(report.acknowledgedWrites).toBeGreaterThan(200);
    },
  );

  test('lose acknowledged writes where fsync does nothing, and the checkers say so', async () => {
    const report = await killRun({ folder, kills: 6, disk: 'lying', allAtOnce: true });
    expect(report.findings.map((finding) => finding.property)).toContain('linearizable-register');
  });

  test('lose nothing when all three go down at once and come back with what was durable', async () => {
    const report = await killRun({ folder, kills: 9, disk: 'cut-back', allAtOnce: true });
    expect(report.findings).toEqual([]);
    expect(report.stuck).toBe(false);
  });
});
