/** A recorded run in the formats of other tools. */
import { chromeTrace } from '../reports/chrome-trace.ts';
import type { RunRecord } from '../reports/run-record.ts';
import { shivizLog } from '../reports/shiviz.ts';
import type { FindingData } from '../reports/tally.ts';

/** `chrome`: Trace Event Format, for Perfetto, speedscope and DevTools. `shiviz`: a log with vector clocks. */
export const exportFormats = ['chrome', 'shiviz'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** The text of a file in this format. @param finding the violation, where there was one */
export function exportRun(format: ExportFormat, record: RunRecord, finding: FindingData | null): string {
  return format === 'chrome'
    ? `${JSON.stringify(chromeTrace(record, finding))}\n`
    : shivizLog(record, finding);
}
