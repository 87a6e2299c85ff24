/** The runs of a what-if, on workers that are watched as in a campaign. */
import type { RunPage, WhatIf } from '../../reports/page/run-page.ts';
import { unexpected } from '../campaign.ts';
import { HandLost } from '../hand.ts';
import type { Hand, Hire } from '../hand.ts';
import { answerWhatIf } from '../what-if.ts';
import type { WhatIfOutcome, WhatIfQuestion, WhatIfRun } from '../what-if.ts';
import type { ScenarioRef } from '../worker-messages.ts';

/** How the runs are made. */
export interface WhatIfRuns {
  readonly ref: ScenarioRef;
  readonly workers: number;
  /** Wall time without a sign of life after which an event counts as endless, in ms. */
  readonly silenceMs: number;
  /** Told after each run how many are done, and of how many. */
  readonly onRun?: (done: number, of: number) => void;
}

/** The page of a run, with what would have been otherwise where that was asked for. */
export async function withWhatIf(
  page: RunPage,
  { whatIf }: { readonly whatIf?: WhatIfQuestion },
  runs: WhatIfRuns,
  hire: Hire,
): Promise<RunPage> {
  return whatIf === undefined ? page : { ...page, whatIf: await whatIfInWorkers(whatIf, runs, hire) };
}

/** Makes all runs that a question names, and adds them up. @throws InputError where the scenario does not load any more */
export async function whatIfInWorkers(
  question: WhatIfQuestion,
  { ref, workers, silenceMs, onRun }: WhatIfRuns,
  hire: Hire,
): Promise<WhatIf> {
  const { tasks, subject } = question;
  const outcomes: WhatIfOutcome[] = [];
  let next = 0;
  let done = 0;
  const ask = async (hand: Hand, run: WhatIfRun): Promise<WhatIfOutcome> => {
    const reply = await hand.ask({ type: 'what-if', ref, subject, run }, silenceMs);
    if (reply.type === 'answered') return reply.outcome;
    // A plan without one of its episodes may be none that the scenario can run.
    if (reply.type === 'failed') return { outcome: 'undecided', property: null, atUs: null };
    throw unexpected(reply);
  };
  const work = async (): Promise<void> => {
    let hand = hire();
    try {
      while (next < tasks.length) {
        const task = next;
        next += 1;
        try {
          outcomes[task] = await ask(hand, tasks[task]!);
        } catch (error) {
          if (!(error instanceof HandLost)) throw error;
          outcomes[task] = endless(subject.property, error);
          hand = hire();
        }
        done += 1;
        onRun?.(done, tasks.length);
      }
    } finally {
      // Where one throws, the others end with the run that they are at.
      next = Math.max(next, tasks.length);
      await hand.dismiss();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work));
  return answerWhatIf(question, outcomes);
}

/** A run whose worker was lost came to an event that does not end. */
function endless(property: string, { virtualMs }: HandLost): WhatIfOutcome {
  const atUs = virtualMs * 1000;
  return property === 'process-alive'
    ? { outcome: 'still', property: null, atUs }
    : { outcome: 'other', property: 'process-alive', atUs };
}
