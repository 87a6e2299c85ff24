/** The servers at the cursor: role, term, commit index, and the end of each log as a matrix of entries, node × index. */
import { exact, hostName, instant } from '../figures.ts';
import { html } from './html.ts';
import type { Html } from './html.ts';
import type { Changing, LogCell, NodeRole, NodeState, PageState } from './page-state.ts';
import type { RunPage } from './run-page.ts';
import { shortHtml } from './whole-text.ts';

/** Letters of a column's head, and digits of a number there: digits are wider, and their end tells numbers apart. */
const headMax = 8;
const digitsMax = 6;
const digitsKept = 4;

/** Heading, node table and log. Nothing where the run has no servers. */
export function stateHtml(page: RunPage, state: PageState, step: number): Html {
  const { nodes, columns } = state;
  if (nodes.length === 0) return html``;
  const { servers } = page.about;
  // Of an entry that several nodes hold, the one that the verdict names did wrong.
  const blamed = new Set([page.pair?.expected.node, page.pair?.observed.node].filter((one) => one != null));
  return html`<div class="panel-head">
      <h2 id="state-title">${titleOf(page, state, step)}</h2>
      ${groupsHtml(state)}<span class="note">${noteOf(state)}</span>
    </div>
    <div class="state-scroll" role="region" aria-labelledby="state-title" tabindex="0">
      <table class="state-table">
        <thead>
          <tr>
            <th scope="col" class="of-node">node</th>
            <th scope="col" class="of-role">role</th>
            <th scope="col" class="of-term">term</th>
            <th scope="col" class="of-commit">commit</th>
            ${columns.map(
              ({ index, label }) =>
                html`<th scope="col" class="of-entry">
                  <code>${index}</code><span>${labelHtml(label)}</span>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${nodes.map((node) => rowHtml(node, hostName(node.host, servers), blamed.size === 0 || blamed.has(node.host)))}
        </tbody>
      </table>
    </div>`;
}

function titleOf({ timeline, about }: RunPage, { event, group, groups }: PageState, step: number): Html {
  const of = groups.length > 1 ? html` <span class="of-group">of group ${group}</span>` : null;
  if (step > 0) return html`State after step ${step}${of}`;
  const at = timeline.events.atUs[event] ?? about.untilUs;
  return html`State at ${instant(at)}${of}`;
}

/** What an entry is about, as far as the head of a column has room. */
function labelHtml(label: string): Html {
  if (!/^\d{1,20}$/.test(label) || label.length <= digitsMax) return shortHtml(label, headMax);
  return html`<span title="${label}">…${label.slice(-digitsKept)}</span>`;
}

/** Buttons for the groups of a run that has several. */
function groupsHtml({ group, groups }: PageState): Html | null {
  if (groups.length < 2) return null;
  return html`<span class="groups" role="group" aria-label="Group of replicas"
    >${groups.map(
      (one) =>
        html`<button type="button" data-group="${one}" aria-pressed="${one === group ? 'true' : 'false'}">
          ${one}
        </button>`,
    )}</span
  >`;
}

/** What the cells mean, as far as such are in view. */
function noteOf({ columns, nodes }: PageState): string {
  if (columns.length === 0) return 'no log has an entry yet';
  const conflicts = nodes.some((node) => node.log.some((cell) => cell?.conflicts === true));
  return `log by index: filled is committed there, dashed not yet${conflicts ? ', ≠ conflicts with a later term' : ''}`;
}

function rowHtml(node: NodeState, name: string, blamed: boolean): Html {
  const { term, commit, log } = node;
  return html`<tr class="${hasChanged(node) ? 'changed' : ''}">
    <th scope="row" class="of-node"><code>${name}</code></th>
    <td class="of-role">${roleHtml(node)}</td>
    <td class="of-term">${termHtml(term)}</td>
    <td class="of-commit"><code>${changingHtml(commit, (value) => html`${exact(value)}`)}</code></td>
    ${log.map((cell) => html`<td class="of-entry">${cell === null ? null : cellHtml(cell, name, blamed)}</td>`)}
  </tr>`;
}

/** Whether the event left its mark on this node. */
function hasChanged({ role, term, commit, log }: NodeState): boolean {
  return (
    'before' in role || 'before' in term || 'before' in commit || log.some((cell) => cell?.fresh === true)
  );
}

/** A value, with the one before it where the event changed it: old → new. */
export function changingHtml<T>(value: Changing<T>, draw: (one: T) => Html): Html {
  if (!('before' in value)) return draw(value.now);
  return html`<span class="was">${draw(value.before as T)}</span>
    <span class="to" aria-label="became">→</span> <b>${draw(value.now)}</b>`;
}

const roleNames: { readonly [role in NonNullable<NodeRole>]: string } = {
  leader: 'leader',
  follower: 'follower',
  candidate: 'candidate',
  'pre-candidate': 'pre-vote',
};

function roleHtml({ up, role }: NodeState): Html {
  if (up === 'crashed' || up === 'stopped') return html`${mark(up)} ${up}`;
  // Who becomes what is said by its row's bar; the old role beside the new one would not fit.
  const name = role.now === null ? 'no role' : roleNames[role.now];
  const was = 'before' in role && role.before !== null && role.before !== undefined;
  const title = was ? `was ${roleNames[role.before]} before this step` : '';
  const told = was ? html`<b title="${title}">${name}</b>` : html`${name}`;
  return html`${mark(role.now ?? 'none')}
  ${told}${up === 'paused' ? html` <span class="is-paused">paused</span>` : null}`;
}

/** A role as a mark that reads in grey: filled leads, hatched stands, open follows, a cross is down. */
function mark(what: NonNullable<NodeRole> | 'crashed' | 'stopped' | 'none'): Html {
  return html`<i class="role-mark role-${what}" aria-hidden="true"></i>`;
}

function termHtml(term: Changing<number>): Html {
  const { now, before } = term;
  if (now === 0) return html`<span class="note">–</span>`;
  const title = before === undefined ? '' : `was ${before} before this step`;
  return html`<span class="term-chip term-${now % 3}${before === undefined ? '' : ' is-new'}" title="${title}"
    >T${now}</span
  >`;
}

function cellHtml(cell: LogCell, node: string, blamed: boolean): Html {
  const { index, term, state, conflicts, fresh } = cell;
  const violating = cell.violating && blamed;
  const classes = [
    `entry term-${term % 3}`,
    state,
    ...(conflicts ? ['conflicts'] : []),
    ...(fresh ? ['fresh'] : []),
    ...(violating ? ['violating'] : []),
  ].join(' ');
  const told = [
    `entry ${index} of term ${term} on ${node}`,
    state === 'committed' ? 'committed there' : 'not committed there yet',
    ...(conflicts ? ['conflicts with one of a later term'] : []),
    ...(fresh ? ['new in this step'] : []),
    ...(violating ? ['the verdict is about it'] : []),
  ].join('; ');
  return html`<span class="${classes}" title="${told}"
    >${conflicts ? html`<i>≠</i>` : null}${term}<span class="unseen"> ${told}</span></span
  >`;
}
