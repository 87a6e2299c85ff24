/** A step of a recorded run in words, by what its host received, or by what the world did. */
import { hostName } from './figures.ts';
import { countWhile, observationsOf } from './run-record.ts';
import type { RunRecord } from './run-record.ts';

/** A step as the trace has it; of an fsync, what it made durable. */
export function stepText(record: RunRecord, step: number): string {
  const { steps, messages, texts, servers } = record;
  const message = steps.message[step]!;
  const text = texts.get(step);
  if (message >= 0) {
    const words = text?.replace(/^\d+>\d+ #\d+ ?/, '') ?? '';
    return `heard from ${hostName(steps.host[messages.step[message]!]!, servers)}: ${words === '' ? messages.label[message]! : words}`;
  }
  if (steps.kind[step] === 'timer') return `woke up (${text ?? 'timer'})`;
  const durable = steps.kind[step] === 'fsynced' ? durableIndex(record, step) : null;
  if (durable !== null) return `had its log durable up to entry ${durable}`;
  return `went on: ${text ?? steps.kind[step]!}`;
}

/** Observations that are looked through for the batch that an fsync made durable. */
const batchLookBack = 20_000;

/** Up to which entry the log of a host was durable after an fsync; null where that was not told. */
function durableIndex(record: RunRecord, step: number): number | null {
  const { steps, observations } = record;
  const synced = observationsOf(record, step).find(({ observation }) => observation.kind === 'fsynced');
  if (synced === undefined) return null;
  const { file, length } = synced.observation as { file: string; length: number };
  const before = countWhile(observations.length, (i) => observations[i]!.step < step);
  for (let i = before - 1; i >= Math.max(0, before - batchLookBack); i -= 1) {
    const one = observations[i]!;
    if (one.observation.kind !== 'recordsWritten' || steps.host[one.step] !== steps.host[step]) continue;
    const batch = one.observation as { file: string; end: number; lastIndex: number };
    if (batch.file === file && batch.end <= length) return batch.lastIndex;
  }
  return null;
}
