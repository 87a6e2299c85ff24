/**
 * The run under other circumstances, as the foot of its page tells it: without each fault, and reseeded from instants before the violation.
 *
 * That a run holds without a fault says little where it also holds with that fault and other random numbers: so such a line says how many did.
 */
import { counted, exact, instant } from '../figures.ts';
import { cut, oneLine } from '../visible-text.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import { eventOfStep, fragmentOf } from './moment.ts';
import type { Reseeded, RunPage, WhatIf, WithoutFault } from './run-page.ts';

/** Faults that are told at once; the others on demand. */
const faultsShown = 3;
const faultMax = 60;
const propertyMax = 40;
/** The plot, in CSS pixels. */
const bar = { width: 4, gap: 2, height: 22 };

/** An instant of the plot, as a place on the page. */
interface Instant {
  readonly atUs: number;
  readonly violated: number;
  readonly undecided: number;
  /** Every reseeded run breaks from here on. */
  readonly inevitable: boolean;
  /** Step of the story at this event; 0: none. */
  readonly step: number;
  readonly href: string;
}

/** What each fault was to the violation; null where it was not asked, and nobody says why. */
export function whatIfHtml(page: RunPage): Html | null {
  const { whatIf, whatIfLeftOut } = page;
  if (whatIf === null) {
    if (whatIfLeftOut === undefined) return null;
    return html`<h2>What if</h2>
      <p class="note">Not asked: ${whatIfLeftOut}</p>`;
  }
  return html`<h2>What if</h2>
    ${withoutHtml(page, whatIf)}`;
}

/** From when on the violation could not be avoided; null where it was not asked. */
export function inevitableHtml(page: RunPage): Html | null {
  const { whatIf } = page;
  if (whatIf === null) return null;
  const { reseeded } = whatIf;
  if (reseeded === null) {
    return html`<h2>Inevitable from</h2>
      <p class="note">Not asked: ${tooLong(page)}</p>`;
  }
  const instants = instantsOf(page, reseeded);
  return html`<h2>${headingOf(reseeded, instants)}</h2>
    <div class="curve">
      ${plotHtml(instants, reseeded.runs)}
      <p>${sentenceOf(instants, reseeded.runs)}</p>
    </div>
    ${tableHtml(instants, reseeded.runs)}`;
}

function tooLong({ about }: RunPage): string {
  return `a run of ${counted(about.events, 'event')} takes too long to be run so often.`;
}

function withoutHtml(page: RunPage, { without, reseeded }: WhatIf): Html {
  if (without.length === 0) {
    const text = reseeded === null ? `Not asked: ${tooLong(page)}` : 'No fault struck before the violation.';
    return html`<p class="note">${text}</p>`;
  }
  const rows = without.map((one) => rowHtml(one, reseeded));
  const rest = rows.slice(faultsShown);
  return html`<dl class="without">${rows.slice(0, faultsShown)}</dl>
    ${
      rest.length === 0
        ? null
        : html`<details>
            <summary>${counted(rest.length, 'fault')} before</summary>
            <dl class="without">${rest}</dl>
          </details>`
    }`;
}

function rowHtml(one: WithoutFault, reseeded: Reseeded | null): Html {
  const { fault, outcome } = one;
  const whole = fault.length > faultMax ? cut(fault, 1000) : null;
  const chance = outcome === 'held' ? chanceOf(one, reseeded) : null;
  return html`<div>
    <dt${whole === null ? '' : html` title="${whole}"`}>without ${oneLine(fault, faultMax).replace(/ s$/, '\u00a0s')}</dt>
    <dd class="${outcome}"><b>${answerOf(one)}</b>${chance === null ? null : html` <span class="note">${chance}</span>`}</dd>
  </div>`;
}

function answerOf({ outcome, property, atUs }: WithoutFault): string {
  const name = property === null ? 'another property' : oneLine(property, propertyMax);
  if (outcome === 'held') return 'it holds';
  if (outcome === 'other') return `${name} breaks instead${atUs === null ? '' : `, at ${instant(atUs)}`}`;
  return outcome === 'still' ? 'it still breaks' : `${name} is undecided`;
}

/** Of the runs reseeded before the fault began, how many hold with it: what is to be told where some do. */
function chanceOf({ fromUs }: WithoutFault, reseeded: Reseeded | null): string | null {
  const before = reseeded?.instants.findLast(({ atUs }) => atUs <= fromUs);
  if (before === undefined || reseeded === null) return null;
  const held = reseeded.runs - before.violated - before.undecided;
  return held === 0 ? null : `as ${exact(held)} of ${exact(reseeded.runs)} reseeded`;
}

function instantsOf(page: RunPage, { instants, runs }: Reseeded): readonly Instant[] {
  const { seq: seqs } = page.timeline.events;
  const lastHeld = instants.findLastIndex(({ violated }) => violated < runs);
  return instants.map(({ atUs, seq, violated, undecided }, i) => {
    const step = page.story.find((one) => one.seq === seq)?.number ?? 0;
    // Far from the violation a page has not every event: the cursor goes to the last one before it.
    const before = Math.max(
      0,
      seqs.findLastIndex((one) => one <= seq),
    );
    const moment = { event: step > 0 ? eventOfStep(page, step) : before, step, selected: null };
    return {
      atUs,
      violated,
      undecided,
      step,
      inevitable: i > lastHeld,
      href: `#${fragmentOf(page, moment)}`,
    };
  });
}

/** By its step; where no step of the story is left when it had become inevitable, by the instant. Never, only where runs held to the last. */
function headingOf({ inevitableStep, runs }: Reseeded, instants: readonly Instant[]): string {
  if (inevitableStep !== null) return `Inevitable from step ${inevitableStep}`;
  const first = instants.find(({ inevitable }) => inevitable);
  if (first !== undefined) return `Inevitable from ${instant(first.atUs)}`;
  const { violated, undecided } = instants.at(-1)!;
  return violated + undecided < runs ? 'Never inevitable' : 'Whether inevitable is undecided';
}

/** `20 of 20 reseeded runs break from 13.353 s on, 2 of 20 before (3 undecided).` */
function sentenceOf(instants: readonly Instant[], runs: number): string {
  const of = ` of ${exact(runs)}`;
  const from = instants.findIndex(({ inevitable }) => inevitable);
  const last = instants.at(-1)!;
  if (from < 0)
    return `${exact(last.violated)}${of} reseeded runs break from ${instant(last.atUs)} on, the last instant before it${openOf(last)}.`;
  const first = instants[from]!;
  const rest =
    from === 0
      ? ', the first instant tried'
      : `, ${exact(instants[from - 1]!.violated)}${of} before${openOf(instants[from - 1]!)}`;
  return `${exact(runs)}${of} reseeded runs break from ${instant(first.atUs)} on${rest}.`;
}

/** Runs that neither broke nor held. */
function openOf({ undecided }: Pick<Instant, 'undecided'>): string {
  return undecided === 0 ? '' : ` (${exact(undecided)} undecided)`;
}

function plotHtml(instants: readonly Instant[], runs: number): Html {
  const { width, gap, height } = bar;
  const pitch = width + gap;
  const bars = instants.map(({ violated, undecided, inevitable, href }, i) => {
    // What is zero is still drawn: an instant was tried there.
    const tall = Math.max(1.5, (height * violated) / runs);
    // Undecided runs stand on top, hollow.
    const above = Math.min(height - tall, (height * undecided) / runs);
    return html`<g class="instant${inevitable ? ' inevitable' : ''}" data-instant="${i}" data-href="${href}">
      <rect class="hit" x="${i * pitch - gap / 2}" y="0" width="${pitch}" height="${height}"></rect>
      <rect
        x="${i * pitch}"
        y="${(height - tall).toFixed(1)}"
        width="${width}"
        height="${tall.toFixed(1)}"
      ></rect>
      ${
        undecided === 0
          ? null
          : html`<rect
              class="open"
              x="${i * pitch + 0.5}"
              y="${(height - tall - above + 0.5).toFixed(1)}"
              width="${width - 1}"
              height="${Math.max(0.5, above - 1).toFixed(1)}"
            ></rect>`
      }
    </g>`;
  });
  const all = instants.length * pitch - gap;
  return html`<svg
    class="instants"
    viewBox="0 0 ${all} ${height}"
    width="${all}"
    height="${height}"
    aria-hidden="true"
  >
    ${bars}
  </svg>`;
}

/** The numbers of the plot, and where each instant is. */
function tableHtml(instants: readonly Instant[], runs: number): Html {
  const rows = instants.map(
    ({ step, inevitable, href, ...one }, i) =>
      html`<tr class="${inevitable ? 'inevitable' : ''}" data-instant="${i}">
        <td><a href="${href}">${instant(one.atUs)}</a></td>
        <td>${step === 0 ? '' : `step ${step}`}</td>
        <td>${exact(one.violated)} of ${exact(runs)}${openOf(one)}</td>
      </tr>`,
  );
  return html`<details>
    <summary>${counted(instants.length, 'instant')}, ${counted(runs, 'run')} each</summary>
    <table class="instants-table">
      <thead>
        <tr>
          <th scope="col">reseeded after</th>
          <th scope="col"><span class="unseen">story</span></th>
          <th scope="col">break</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`;
}
