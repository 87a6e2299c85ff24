/** `npm run kill -- [--kills N] [--disk real|cut-back|lying]`: the kill test at length, with its figures. Exit code 1: something broke. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killRun } from './kill-run.ts';
import type { KillReport } from './kill-run.ts';
import type { DiskMode } from './processes.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, disk: { type: 'string', default: 'real' } },
});
const kills = Number(values.kills);
if (!Number.isSafeInteger(kills) || kills < 1 || !['real', 'cut-back', 'lying'].includes(values.disk)) {
  process.stderr.write('npm run kill -- --kills 100 --disk real|cut-back|lying\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'stormglass-kill-'));
try {
  const startedMs = performance.now();
  const report = await killRun({ folder, kills, disk: values.disk as DiskMode });
  tell(report, performance.now() - startedMs);
  process.exitCode =
    report.findings.length + report.undecided.length + report.endedByThemselves + Number(report.stuck) === 0
      ? 0
      : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function tell(report: KillReport, wallMs: number): void {
  const { ok, fail, info } = report.operations;
  const down = report.downMs;
  const at = (share: number): string =>
    down.length === 0 ? '-' : down[Math.min(down.length - 1, Math.floor(share * down.length))]!.toFixed(0);
  process.stdout.write(
    [
      `${report.kills} kills (${report.leadersKilled} times the leader), ${report.pauses} pauses, disk ${values.disk}, ${(wallMs / 1000).toFixed(0)} s`,
      `operations: ${ok} ok, ${fail} failed, ${info} unknown; ${report.acknowledgedWrites} writes acknowledged`,
      `down after the kill of a leader, ms: median ${at(0.5)}, p90 ${at(0.9)}, longest ${at(1)}`,
      `${report.observations} observations judged: ${report.findings.length} violations, ${report.undecided.length} undecided`,
      ...report.findings.map((finding) => `${finding.property}: ${finding.message}`),
      ...report.undecided.map((open) => `${open.property} undecided: ${open.message}`),
      ...(report.stuck ? ['the group did not come back after the last kill'] : []),
      ...(report.endedByThemselves > 0 ? [`${report.endedByThemselves} processes ended by themselves`] : []),
      ...(report.complaints === '' ? [] : [report.complaints.trimEnd()]),
      '',
    ].join('\n'),
  );
}
