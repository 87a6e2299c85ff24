/**
 * A violation told: the sentence, the observations that conflict, the faults in force, the story of what led to it, and the
 * command that runs it again.
 */
import { counted, exact, hanging, hostName, instant, wrap, columns } from './figures.ts';
import { replayCommand } from './commands.ts';
import { storySentence } from './story-step.ts';
import type { Style } from './style.ts';
import type { EventData, FaultData, ToldViolation, ViolationKind } from './tally.ts';

/** More of the last events than this would push the sentence off the screen. */
const maxLastEvents = 12;
/** Seeds that are named one by one. */
const maxSeedsNamed = 6;

/** Hosts that the debug line names. */
const maxHostsFocused = 3;

const label = (text: string): string => `  ${text.padEnd(13)}`;

/** Tells a violation that several seeds may show; `runs` is the number of seeds of its scenario that were done. */
export function tellKind(kind: ViolationKind, runs: number, style: Style): string[] {
  return tell(kind.told, style, [seenIn(kind.seeds, runs)]);
}

/** Tells one violation. */
export function tellViolation(told: ToldViolation, style: Style): string[] {
  return tell(told, style, []);
}

function tell(told: ToldViolation, style: Style, more: readonly string[]): string[] {
  const { finding, servers } = told;
  const sections = [
    wrap(finding.message, columns - 2).map((line) => `  ${line}`),
    // Details say what the evidence does, and more.
    finding.details === undefined || finding.details.length === 0
      ? finding.evidence.flatMap((e) => hanging(`    ${moment(e.at, e.node, servers)}  `, e.text))
      : finding.details.map((line) => `    ${line}`),
    [...inForce(told.inForce, servers), ...whatLed(told), ...more],
    [`${label('Replay:')}${replayCommand(told)}`, `${label('Debug:')}… ${debugOptions(told)}`],
  ];
  const head = `${style.bad('✗')} ${style.strong(finding.property)} — ${told.scenario}, seed ${exact(told.seed)}, at ${instant(finding.at)} (event ${exact(finding.seq)})`;
  return [head, ...sections.filter((lines) => lines.length > 0).flatMap((lines) => ['', ...lines])];
}

/** What to add to the replay to stand where it happened: at its event, with the hosts involved. */
function debugOptions({ finding, servers }: ToldViolation): string {
  const hosts = [...new Set(finding.evidence.map((e) => e.node))].slice(0, maxHostsFocused);
  const names = hosts.map((host) => hostName(host, servers));
  const until = `--until ${finding.seq}`;
  return names.length === 0 ? until : `${until} --focus ${names.join(',')} --dump ${names.at(-1)!}`;
}

function seenIn(seeds: readonly number[], runs: number): string {
  const sorted = [...seeds].sort((a, b) => a - b);
  const named = sorted.slice(0, maxSeedsNamed).map(exact).join(', ');
  const rest = sorted.length > maxSeedsNamed ? ', …' : '';
  return `${label('seen in')}${exact(sorted.length)} of ${counted(runs, 'seed')}: ${named}${rest}`;
}

function moment(at: number, host: number, servers: number): string {
  return `${instant(at)}  ${hostName(host, servers)}`;
}

function inForce(faults: readonly FaultData[], servers: number): string[] {
  return faults.flatMap((fault, i) => {
    const hosts = fault.hosts.map((host) => hostName(host, servers)).join(', ');
    const span = Number.isFinite(fault.toUs)
      ? `${instant(fault.fromUs).slice(0, -2)}–${instant(fault.toUs)}`
      : `from ${instant(fault.fromUs)} on`;
    return hanging(
      label(i === 0 ? 'in force' : ''),
      `${fault.fault}${hosts === '' ? '' : ` of ${hosts}`}, ${span}`,
    );
  });
}

/** The story; where there is none, the last events of the hosts involved. */
function whatLed({ story = [], lastEvents, servers }: ToldViolation): string[] {
  if (story.length === 0) return before(lastEvents, servers);
  const digits = String(story.length).length;
  const widest = Math.max(...story.map((step) => instant(step.at).length));
  return story.flatMap((step, i) => {
    const head = `${label(i === 0 ? 'story' : '')}${String(step.number).padStart(digits)}  ${instant(step.at).padStart(widest)}  `;
    return hanging(head, `${storySentence(step, servers)} (event ${exact(step.seq)})`);
  });
}

function before(events: readonly EventData[], servers: number): string[] {
  return events
    .slice(-maxLastEvents)
    .flatMap((event, i) =>
      hanging(`${label(i === 0 ? 'before that' : '')}${moment(event.at, event.host, servers)}  `, event.text),
    );
}
