/** A campaign as the document that `run --json` prints. */
import { resultSchemaVersion } from './result.ts';
import type { RunDocument } from './result.ts';
import { campaignHash } from './tally.ts';
import type { CampaignTally, ScenarioTally } from './tally.ts';
import { verdictOf } from './verdict.ts';

/** The document of a campaign; violations by seed, scenarios in the order in which they were asked for. */
export function toRunDocument(campaign: CampaignTally): RunDocument {
  return {
    schema: resultSchemaVersion,
    version: campaign.version,
    commit: campaign.commit,
    node: campaign.node,
    verdict: verdictOf(campaign),
    complete: campaign.complete,
    hash: campaignHash(campaign),
    scenarios: campaign.scenarios.map(toScenario),
  };
}

function toScenario(tally: ScenarioTally): RunDocument['scenarios'][number] {
  return {
    name: tally.about.name,
    firstSeed: tally.firstSeed,
    seeds: tally.seeds,
    violations: [...tally.violations].sort((a, b) => a.seed - b.seed),
    events: tally.events,
    virtualMs: tally.virtualUs / 1000,
    elapsedMs: Math.round(tally.elapsedMs),
    hash: tally.hash,
    faults: { ...tally.faults },
    reach: { ...tally.reach },
    switchedOff: [...tally.switchedOff],
  };
}
