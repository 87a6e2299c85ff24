/** The scenario that a repro names, looked for before it runs. */
import { existsSync } from 'node:fs';
import { describeSources } from '../campaign.ts';
import { hireThread } from '../hand.ts';
import { InputError } from '../input-error.ts';
import { shownPath } from '../load-scenario.ts';
import { refOf } from '../repro-file.ts';
import type { Repro } from '../../reports/repro.ts';
import type { ScenarioRef } from '../worker-messages.ts';
import { pick } from './select.ts';

/** The scenario of a repro, looked for before it runs: one that is gone is bad input, with the nearest names. */
export async function checkedRef(
  repro: Repro,
  args: { readonly what: string; readonly scenario: string | undefined },
  silenceMs: number,
): Promise<ScenarioRef> {
  const ref = refOf(repro, args.scenario ?? null);
  const source =
    ref.from === 'file' ? { from: 'file' as const, file: ref.file } : { from: 'catalogue' as const };
  if (ref.from === 'file' && !existsSync(ref.file)) {
    throw new InputError(
      'SCENARIO_GONE',
      `there is no ${shownPath(ref.file)}, which holds the scenario "${ref.name}" of ${args.what}.`,
      [`try: npx stormglass replay ${args.what} --scenario FILE, from the folder that it was recorded in`],
    );
  }
  const known = await describeSources([source], hireThread, silenceMs);
  const exact = known.find((s) => s.name === ref.name && s.ref.exportName === ref.exportName);
  if (exact !== undefined) return exact.ref;
  if (ref.from === 'file' && known.every((s) => s.name !== ref.name)) {
    throw new InputError(
      'SCENARIO_GONE',
      `there is no scenario "${ref.name}" in ${shownPath(ref.file)} any more.`,
      [`it holds: ${known.map((s) => s.name).join(', ')}        try: … --scenario FILE`],
    );
  }
  return pick([ref.name], known)[0]?.ref ?? ref;
}
