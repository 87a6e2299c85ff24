/** The object in question at the cursor: a lock with what clients believe of it, a barrier, or a key; and the way to the others. */
import { exact, hostName } from '../figures.ts';
import { html } from './html.ts';
import type { Html, HtmlValue } from './html.ts';
import type { BarrierState, HeldToken, KeyState, KeyValue, LockState, PageState } from './page-state.ts';
import type { RunPage } from './run-page.ts';
import { changingHtml } from './state-html.ts';
import { nameHtml, shortHtml, wholeHtml } from './whole-text.ts';

/** Keys beside a lock or a barrier: those that changed or are in question. */
const keysBesideMax = 2;
/** Other objects that are named at once; the rest opens. */
const othersMax = 6;
/** Waiters, participants and dots that are named. */
const namesMax = 5;
/** Letters of a name among others. */
const nameMax = 24;

/** One object, in the words of a selection: `l:NAME`, `b:NAME`, `k:NAME`. */
interface Shown {
  readonly id: string;
  readonly kind: 'lock' | 'barrier' | 'key';
  readonly name: string;
  readonly group: number;
  readonly violating: boolean;
  readonly html: () => Html;
}

/**
 * The object that was selected, else the one that the verdict is about, else the first; and links to the others. Nothing where the run has
 * no objects.
 *
 * @param selected as in `View`
 * @param group where several groups have an object of that name: which one
 */
export function objectHtml(
  page: RunPage,
  state: PageState,
  selected: string | null,
  group = state.group,
): Html {
  const all = objectsOf(page, state);
  const shown =
    all.find((one) => one.id === selected && one.group === group) ??
    all.find((one) => one.id === selected) ??
    all.find((one) => one.violating && one.kind !== 'key') ??
    all.find((one) => one.violating) ??
    all[0];
  if (shown === undefined) return html``;
  // Keys that stand beside it are buttons there.
  const beside = new Set(
    shown.kind === 'key' ? [] : keysBeside(page, state, shown.group).map((key) => `k:${key.name}`),
  );
  return html`${shown.html()}${othersHtml(
    all.filter((one) => one !== shown && !(beside.has(one.id) && one.group === shown.group)),
    state.groups.length > 1,
  )}`;
}

function objectsOf(page: RunPage, state: PageState): readonly Shown[] {
  const { servers } = page.about;
  const several = state.groups.length > 1;
  const shown = (
    kind: Shown['kind'],
    { name, group, violating }: LockState | BarrierState | KeyState,
    draw: (title: Html) => Html,
  ): Shown => {
    const of = several ? html` <span class="of-group">of group ${group}</span>` : null;
    const title = html`${kind === 'lock' ? 'Lock' : kind === 'barrier' ? 'Barrier' : 'Key'}
    ${nameHtml(name, nameMax)}${of}`;
    return { id: `${kind[0]!}:${name}`, kind, name, group, violating, html: () => draw(title) };
  };
  return [
    ...state.locks.map((one) =>
      shown('lock', one, (title) => lockHtml(title, one, keysBeside(page, state, one.group), servers)),
    ),
    ...state.barriers.map((one) =>
      shown('barrier', one, (title) => barrierHtml(title, one, keysBeside(page, state, one.group))),
    ),
    ...state.keys.map((one) => shown('key', one, (title) => keyHtml(title, one))),
  ];
}

/** Keys that belong beside what they are guarded by: that the verdict is about, at whatever time, and that changed just now. */
function keysBeside({ timeline }: RunPage, { keys }: PageState, group: number): readonly KeyState[] {
  const about = new Set(
    timeline.keys
      .filter((lane) => lane.group === group && lane.values.some((one) => one.violating))
      .map(({ name }) => name),
  );
  const own = keys.filter((key) => key.group === group);
  const asked = own.filter((key) => about.has(key.name));
  const changed = own.filter((key) => !about.has(key.name) && 'before' in key.value);
  return [...asked, ...changed].slice(0, keysBesideMax);
}

/** The heading, a remark, and rows of name and value. */
function panel(title: HtmlValue, remark: HtmlValue, rows: readonly (Html | null)[]): Html {
  return html`<div class="panel-head">
      <h2>${title}</h2>
      <span class="note">${remark}</span>
    </div>
    <dl class="object-rows">${rows}</dl>`;
}

function row(name: HtmlValue, value: HtmlValue, classes = ''): Html {
  return html`<div class="${classes}">
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** A token: sign and number, in the colour of the grant. */
function chip(token: number, nth: number): Html {
  const colour = nth < 0 ? '' : ` token-${nth % 3}`;
  return html`<span class="token${colour}">◆${token}</span>`;
}

function lockHtml(title: Html, lock: LockState, keys: readonly KeyState[], servers: number): Html {
  const { holding, queue, leaseLeftUs, ttlUs, believers } = lock;
  const zombies = believers.filter((one) => one.zombie);
  // Where truth and belief agree, the rows say it already.
  const remark = zombies
    .slice(0, 2)
    .map(
      ({ host, token, nth }, i) =>
        html`${i === 0 ? '' : ', '}${hostName(host, servers)} believes it holds ${chip(token, nth)}`,
    );
  return panel(title, remark, [
    row(
      'owner',
      changingHtml(holding, (one) => ownerHtml(one, servers)),
    ),
    row(
      'token',
      changingHtml(holding, (one) => (one === null ? html`none` : chip(one.token, one.nth))),
    ),
    leaseHtml(leaseLeftUs, ttlUs, holding.now),
    row(
      'queue',
      changingHtml(queue, (names) => namesHtml(names, 'empty')),
    ),
    ...keys.map((key) => keyRow(key, holding.now?.token ?? 0)),
  ]);
}

function ownerHtml(held: HeldToken | null, servers: number): Html {
  if (held === null) return html`free`;
  const { host, holder } = held;
  if (host < 0) return nameHtml(holder, nameMax);
  const name = hostName(host, servers);
  return holder === name || holder === ''
    ? html`${name}`
    : html`${name} <span class="note">as ${nameHtml(holder, nameMax)}</span>`;
}

function leaseHtml(leftUs: number | null, ttlUs: number | null, held: HeldToken | null): Html | null {
  if (leftUs === null || held === null) return held === null ? row('lease left', '–') : null;
  const part = ttlUs === null || ttlUs <= 0 ? 0 : Math.min(1, Math.max(0, leftUs / ttlUs));
  const bar =
    ttlUs === null
      ? null
      : html`<i class="lease-bar" aria-hidden="true"
          ><i class="token-${held.nth < 0 ? 2 : held.nth % 3}" style="width: ${(part * 100).toFixed(1)}%"></i
        ></i>`;
  const over = leftUs < 0;
  const text = `${(Math.abs(leftUs) / 1e6).toFixed(3)} s`;
  return row('lease left', html`<code>${over ? html`over for ${text}` : text}</code>${bar}`, 'lease');
}

/** A few names, and how many more. */
function namesHtml(names: readonly string[], none: string): Html {
  if (names.length === 0) return html`${none}`;
  const more = names.length - namesMax;
  return html`${names.slice(0, namesMax).map((name, i) => html`${i === 0 ? '' : ', '}${nameHtml(name, nameMax)}`)}${more > 0 ? ` and ${exact(more)} more` : ''}`;
}

/** @param current the token under which alone it might have been written; 0: not known */
function keyRow(key: KeyState, current: number): Html {
  const token = key.value.now?.token ?? 0;
  const why = current > 0 && token > 0 && token !== current ? 'stale' : 'in question';
  return row(
    // The one or the other is shown: buttons answer with scripts only.
    html`<span class="inert">${nameHtml(key.name, 11)}</span
      ><button type="button" data-select="k:${key.name}" data-of="${key.group}">
        ${nameHtml(key.name, 11)}
      </button>`,
    html`${changingHtml(key.value, (value) => html`<code>${shortHtml(value?.text ?? 'absent', nameMax)}</code>`)}${underHtml(key.value.now)}${key.violating ? html` <b class="is-violation">${why}</b>` : null}`,
    key.violating ? 'violating' : '',
  );
}

function underHtml(value: KeyValue | null): Html | null {
  return value === null || value.token === 0 ? null : html` under ${chip(value.token, value.nth)}`;
}

function barrierHtml(title: Html, barrier: BarrierState, keys: readonly KeyState[]): Html {
  const { parent, generation, arrived, participants, needed, last } = barrier;
  const there = new Set(arrived.now);
  const missing = participants.filter((one) => !there.has(one));
  return panel(title, parent === '' ? '' : html`under ${nameHtml(parent, nameMax)}`, [
    row('generation', html`<code>${changingHtml(generation, (value) => html`${exact(value)}`)}</code>`),
    row(
      'arrived',
      html`${changingHtml({ ...arrived }, (names) => html`${exact(names.length)}`)}${needed > 0 ? ` of ${exact(needed)}` : ''}${dotsHtml(arrived.now.length, needed)}`,
    ),
    row('who', namesHtml(arrived.now, 'nobody')),
    participants.length === 0 ? null : row('missing', namesHtml(missing, 'nobody')),
    last === null ? null : row('before', html`generation ${exact(last.generation)} ${last.outcome}`),
    ...keys.map((key) => keyRow(key, 0)),
  ]);
}

/** Arrivals as dots: filled who is there, open who is needed still. Of many, none: the numbers say it. */
function dotsHtml(there: number, needed: number): Html | null {
  if (needed < 1 || needed > 12) return null;
  const dots = Array.from({ length: needed }, (_, i) => html`<i class="${i < there ? 'there' : ''}"></i>`);
  return html`<span class="arrival-dots" aria-hidden="true">${dots}</span>`;
}

function keyHtml(title: Html, { value, violating }: KeyState): Html {
  const { now } = value;
  const dots = now?.dots ?? [];
  return panel(title, violating ? html`<b class="is-violation">the verdict is about it</b>` : '', [
    now === null ? row('value', 'absent') : row('value', wholeHtml(now.text), violating ? 'violating' : ''),
    'before' in value
      ? row(
          'before',
          html`<span class="was"><code>${shortHtml(value.before?.text ?? 'absent')}</code></span>`,
        )
      : null,
    now === null || now.token === 0 ? null : row('token', chip(now.token, now.nth)),
    dots.length === 0
      ? null
      : row(
          'siblings',
          html`${exact(dots.length)}:
            <code
              >${dots.slice(0, namesMax).map((dot, i) => html`${i === 0 ? '' : ' '}${shortHtml(dot, nameMax)}`)}</code
            >${dots.length > namesMax ? ` and ${exact(dots.length - namesMax)} more` : ''}`,
        ),
  ]);
}

/** Buttons that select another object: those in question first. Only scripts can do that; without them none is shown. */
function othersHtml(others: readonly Shown[], several: boolean): Html | null {
  if (others.length === 0) return null;
  const sorted = [...others].sort((a, b) => Number(b.violating) - Number(a.violating));
  const rest = sorted.slice(othersMax);
  const button = ({ id, kind, name, group }: Shown): Html =>
    html`<button type="button" class="other" data-select="${id}" data-of="${group}">
      ${kind} ${nameHtml(name, nameMax)}${several ? html` <span class="note">of ${group}</span>` : null}
    </button> `;
  return html`<div class="others">
    ${sorted.slice(0, othersMax).map(button)}${
      rest.length === 0
        ? null
        : html`<details>
            <summary>${exact(rest.length)} more</summary>
            ${rest.map(button)}
          </details>`
    }
  </div>`;
}
