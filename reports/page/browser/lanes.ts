/** The lanes: one canvas as wide as its place, scrolled in the causal scale, zoomed in real time, drawn anew at most once a frame. */
import { counted, instant } from '../../figures.ts';
import { columnsOf, shownOf } from '../causal-columns.ts';
import type { CausalColumns } from '../causal-columns.ts';
import { html } from '../html.ts';
import { chooseLanes, sliceTimes } from '../lane-choice.ts';
import type { LaneChoice } from '../lane-choice.ts';
import { laneFilter } from '../lane-filter.ts';
import { labelsWidth, layOut } from '../lane-layout.ts';
import type { LaneLayout } from '../lane-layout.ts';
import { causalScale, timeScale, timeSpan } from '../lane-scale.ts';
import { cursorWords, lanesList } from '../lanes-list.ts';
import { LanesDetails } from './lanes-details.ts';
import type { MarkPlace } from './lanes-details.ts';
import { drawLanes } from './lanes-draw.ts';
import { dragOverview, drawOverview, overviewPx } from './lanes-overview.ts';
import { readPalette } from './lanes-palette.ts';
import { Pen } from './lanes-pen.ts';
import { markAt } from './lanes-pointer.ts';
import { indexOf } from './lanes-index.ts';
import type { LaneIndex } from './lanes-index.ts';
import { dotsOf, focusEvent, focusOf } from './lanes-scene.ts';
import type { Focus, Scene } from './lanes-scene.ts';
import { TimeZoom } from './lanes-zoom.ts';
import { eventOfMark } from '../mark-details.ts';
import { markOf } from '../selection.ts';
import { zoomEvent } from './keys.ts';
import './lanes.css';
import { showAllEvent } from './slice-head.ts';
import type { View, ViewStore } from './view.ts';

/** Puts the lanes into their place. */
export function mountLanes(root: HTMLElement, store: ViewStore): void {
  if (store.page.timeline.events.seq.length === 0) return;
  new Lanes(root, store).open();
}

/** The elements that are drawn on or listened to. */
interface Elements {
  readonly scroll: HTMLElement;
  readonly spacer: HTMLElement;
  readonly stick: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly surface: HTMLElement;
  readonly overview: HTMLElement;
  readonly strip: HTMLCanvasElement;
  readonly list: HTMLElement;
  readonly said: HTMLElement;
  readonly zoomButtons: HTMLElement;
}

class Lanes {
  readonly #root: HTMLElement;
  readonly #store: ViewStore;
  readonly #at: Elements;
  readonly #zoom: TimeZoom;
  readonly #details: LanesDetails;
  #choice: LaneChoice;
  #layout: LaneLayout;
  #index: LaneIndex;
  #columns: CausalColumns | null = null;
  #pen: Pen | null = null;
  #stripPen: Pen | null = null;
  #scene: Scene | null = null;
  #focus: { readonly event: number; readonly filter: string; readonly focus: Focus } | null = null;
  #all = false;
  #width = 0;
  #inset = 0;
  /** Pixels of the screen for one of the page, as the canvases have it. */
  #ratio = 1;
  /** A frame that was asked for, and whether it is to draw. */
  #asked = 0;
  #stale = false;
  /** Where the pointer is, px of the window; null where it is elsewhere, or drags. */
  #pointer: MarkPlace | null = null;
  /** A cursor that moved is brought into view once the columns are known. */
  #follow = true;
  /** What the list was made for. */
  #listed = '';

  constructor(root: HTMLElement, store: ViewStore) {
    this.#root = root;
    this.#store = store;
    const { page } = store;
    this.#choice = chooseLanes(page);
    this.#layout = layOut(page, this.#choice);
    this.#index = indexOf(page, this.#choice, null);
    this.#at = elementsIn(root, page.about.servers, page.about.hosts);
    this.#zoom = new TimeZoom(this.#at.surface, timeSpan(page), () => this.#ask());
    this.#details = new LanesDetails(root, store, this.#index.events);
  }

  /** Draws for the first time, and listens. */
  open(): void {
    const { scroll, strip } = this.#at;
    const { page } = this.#store;
    this.#resize();
    const { fromUs, toUs } = sliceTimes(page.timeline);
    const margin = Math.max(1000, (toUs - fromUs) * 0.04);
    this.#zoom.show(fromUs - margin, toUs + margin);
    this.#draw();
    this.#store.listen((view, before) => this.#changed(view, before));
    scroll.addEventListener('scroll', () => this.#ask(), { passive: true });
    new ResizeObserver(() => this.#fit()).observe(this.#root);
    this.#watchRatio();
    const restyle = () => {
      this.#pen = this.#stripPen = null;
      this.#ask();
    };
    for (const query of [
      '(prefers-color-scheme: dark)',
      '(prefers-contrast: more)',
      '(forced-colors: active)',
    ])
      matchMedia(query).addEventListener('change', restyle);
    void document.fonts.ready.then(restyle);
    this.#root.addEventListener(zoomEvent, (event) => this.#keyZoom((event as CustomEvent<number>).detail));
    this.#root.addEventListener(showAllEvent, () => {
      this.#all = true;
      this.#columns = null;
      this.#follow = true;
      this.#ask();
    });
    for (const button of this.#root.querySelectorAll<HTMLElement>('[data-zoom]'))
      button.addEventListener('click', () => this.#keyZoom(Number(button.dataset['zoom'])));
    dragOverview(strip, timeSpan(page), (us) => {
      const { fromUs: from, toUs: to } = this.#zoom.window;
      this.#zoom.show(us - (to - from) / 2, us + (to - from) / 2);
    });
    this.#listenToPointer();
  }

  #keyZoom(step: number): void {
    if (this.#store.view.scale === 'time') this.#zoom.by(step, this.#cursorUs());
  }

  #cursorUs(): number {
    const { page, view } = this.#store;
    if (view.step > 0 && page.storyEvents[view.step - 1]! < 0) return page.story[view.step - 1]!.at;
    return page.timeline.events.atUs[view.event] ?? page.verdict.atUs;
  }

  #changed(view: View, before: View): void {
    if (view.event !== before.event || view.step !== before.step || view.scale !== before.scale)
      this.#follow = true;
    if (view.filter !== before.filter) this.#choose(view.filter);
    this.#ask();
  }

  /** A search may bring lanes of objects that the story does not name. */
  #choose(filter: string): void {
    const { page } = this.#store;
    const choice = chooseLanes(page, laneFilter(page, filter)?.words ?? []);
    if (JSON.stringify(choice) === JSON.stringify(this.#choice)) return;
    this.#choice = choice;
    this.#layout = layOut(page, choice);
    this.#index = indexOf(page, choice, this.#index);
    this.#resize();
  }

  /** One drawing a frame, however many changes there were. */
  #ask(): void {
    this.#stale = true;
    this.#askFrame();
  }

  #askFrame(): void {
    if (this.#asked === 0) this.#asked = requestAnimationFrame(() => this.#frame());
  }

  #frame(): void {
    this.#asked = 0;
    // What is under the pointer may fade the rest.
    if (!this.#stale) this.#point();
    if (!this.#stale) return;
    this.#stale = false;
    this.#draw();
    // What was drawn may have moved away under a pointer that rests.
    this.#point();
  }

  /** Follows the width of the place. A canvas that was fitted is empty: it is drawn before the browser shows it. */
  #fit(): void {
    if (this.#widthNow() === this.#width && devicePixelRatio === this.#ratio) return;
    this.#resize();
    this.#stale = false;
    // Columns stand elsewhere now, so that what was in view is gone.
    if (this.#store.view.scale === 'causal') this.#follow = true;
    this.#draw();
  }

  /** Other screens have other pixels, though the place is as wide as before. */
  #watchRatio(): void {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener(
      'change',
      () => {
        this.#fit();
        this.#watchRatio();
      },
      { once: true },
    );
  }

  /** The width that lanes have, labels too. */
  #widthNow(): number {
    return Math.max(160, Math.floor(this.#root.clientWidth - 2 * this.#inset));
  }

  /** Fits the canvases to the place and the lanes. */
  #resize(): void {
    this.#inset = parseFloat(getComputedStyle(this.#root).paddingLeft);
    this.#width = this.#widthNow();
    this.#ratio = devicePixelRatio;
    this.#details.resize(this.#root.clientWidth);
    const { stick, canvas, surface, strip, zoomButtons } = this.#at;
    const labels = labelsWidth(this.#width);
    const { height } = this.#layout;
    stick.style.width = `${this.#width}px`;
    surface.style.left = `${labels}px`;
    zoomButtons.style.width = `${labels}px`;
    sized(canvas, this.#width, height, this.#ratio);
    sized(strip, this.#width - labels, overviewPx, this.#ratio);
    this.#zoom.resize(this.#width - labels, height);
    this.#columns = null;
    this.#pen = this.#stripPen = null;
  }

  #draw(): void {
    const { page, view } = this.#store;
    const { scroll, spacer, canvas, overview, strip } = this.#at;
    this.#pen ??= penOf(canvas, this.#ratio);
    this.#stripPen ??= penOf(strip, this.#ratio);
    const causal = view.scale === 'causal';
    this.#root.dataset['scale'] = view.scale;
    this.#zoom.active = !causal;
    overview.hidden = causal;
    const labels = labelsWidth(this.#width);
    const columns = this.#columnsNow();
    const total = causal ? labels + columns.width : this.#width;
    spacer.style.width = `${Math.max(this.#width, total)}px`;
    if (this.#follow) this.#reveal(columns, labels);
    this.#follow = false;
    const scene = this.#sceneNow(columns, labels, causal ? scroll.scrollLeft : 0);
    this.#scene = scene;
    drawLanes(this.#pen, scene);
    if (!causal) {
      const { window } = this.#zoom;
      const { choice, index, cursorUs, conflict } = scene;
      strip.setAttribute(
        'aria-label',
        `The whole run; in view: ${instant(window.fromUs)} to ${instant(window.toUs)}`,
      );
      const conflictUs = conflict < 0 ? -1 : page.timeline.events.atUs[conflict]!;
      drawOverview(this.#stripPen, {
        page,
        choice,
        index,
        width: this.#width - labels,
        window,
        cursorUs,
        conflictUs,
      });
    }
    this.#details.details(view.selected, this.#placeOf(scene, view.selected));
    this.#list();
  }

  /** Says in words what the lanes show: another text for each cursor, and where a search brought other lanes. */
  #list(): void {
    const { page, view } = this.#store;
    const made = `${view.event} ${view.step} ${this.#layout.lanes.map((lane) => lane.label).join(' ')}`;
    if (this.#listed === made) return;
    const first = this.#listed === '';
    this.#listed = made;
    const { event, step } = view;
    const { events } = this.#index;
    const us = this.#cursorUs();
    this.#at.list.innerHTML = lanesList(page, this.#layout, events, { event: this.#cursorEvent(), us }).text;
    // What the page opened on is read where it stands; what the cursor moves to is said.
    if (!first) this.#at.said.textContent = cursorWords(page, events, event, step);
  }

  #columnsNow(): CausalColumns {
    if (this.#columns !== null) return this.#columns;
    const { page } = this.#store;
    const { shown } = shownOf(page, this.#all);
    this.#columns = columnsOf(page.timeline.events, shown, this.#width - labelsWidth(this.#width));
    return this.#columns;
  }

  /** Brings the cursor into view: scrolls just so far in the causal scale, pans in real time. */
  #reveal(columns: CausalColumns, labels: number): void {
    const { scroll } = this.#at;
    const us = this.#cursorUs();
    if (this.#store.view.scale === 'time') {
      this.#zoom.reveal(us);
      return;
    }
    const width = this.#width - labels;
    const x = this.#sceneX(columns, us);
    const margin = Math.min(width / 3, 120);
    if (x < scroll.scrollLeft + margin || x > scroll.scrollLeft + width - margin)
      scroll.scrollLeft = x - width * 0.7;
  }

  /** Where the cursor stands in the whole of the causal scale. */
  #sceneX(columns: CausalColumns, us: number): number {
    const { view, page } = this.#store;
    return causalScale(columns, 0, columns.width).xEvent(
      this.#cursorEvent(),
      us,
      page.timeline.events.host[view.event] ?? -1,
    );
  }

  /** The event at the cursor; -1 where it is on a step that no host did, which stands at its time. */
  #cursorEvent(): number {
    const { view, page } = this.#store;
    return view.step > 0 && page.storyEvents[view.step - 1]! < 0 ? -1 : view.event;
  }

  #sceneNow(columns: CausalColumns, labels: number, scrolled: number): Scene {
    const { page, view } = this.#store;
    const width = this.#width - labels;
    const { fromUs, toUs } = this.#zoom.window;
    const scale =
      view.scale === 'causal' ? causalScale(columns, scrolled, width) : timeScale(fromUs, toUs, width);
    const cursorUs = this.#cursorUs();
    const host = page.timeline.events.host[view.event] ?? -1;
    const cursorX = scale.xEvent(this.#cursorEvent(), cursorUs, host);
    const conflict = page.verdict.state === 'violated' ? (page.storyEvents.at(-1) ?? -1) : -1;
    return {
      page,
      index: this.#index,
      choice: this.#choice,
      layout: this.#layout,
      columns,
      scale,
      view,
      focus: this.#focusNow(),
      labels,
      width: this.#width,
      narrow: labels < 84,
      cursorUs,
      cursorX,
      conflict,
      dots: dotsOf({ page, scale, view, conflict, cursorX }),
      hits: [],
      taken: [],
    };
  }

  /** The past is walked once an event, not once a frame. */
  #focusNow(): Focus {
    const { page, view } = this.#store;
    const event = focusEvent(page, this.#index, view);
    const { filter } = view;
    if (this.#focus?.event !== event || this.#focus.filter !== filter)
      this.#focus = { event, filter, focus: focusOf(page, event, laneFilter(page, filter)) };
    return this.#focus.focus;
  }

  #listenToPointer(): void {
    const { surface } = this.#at;
    surface.addEventListener('pointermove', (event) => {
      if (event.pointerType === 'touch') return;
      // A finger that scrolls points at nothing; a pressed button drags.
      this.#pointer = event.buttons === 0 ? { x: event.clientX, y: event.clientY } : null;
      this.#askFrame();
    });
    surface.addEventListener('pointerleave', () => {
      this.#pointer = null;
      this.#askFrame();
    });
    surface.addEventListener('click', (event) => {
      if (event.defaultPrevented || this.#scene === null) return;
      const at = this.#onCanvas({ x: event.clientX, y: event.clientY });
      this.#select(markAt(this.#scene, at.x, at.y));
    });
  }

  #onCanvas({ x, y }: MarkPlace): MarkPlace {
    const { left, top } = this.#at.canvas.getBoundingClientRect();
    return { x: x - left, y: y - top };
  }

  /** Finds what is under the pointer now, and tells it. */
  #point(): void {
    if (this.#scene === null || (this.#pointer === null && this.#store.view.hovered === null)) return;
    const at = this.#pointer === null ? { x: -1, y: -1 } : this.#onCanvas(this.#pointer);
    const hovered = markAt(this.#scene, at.x, at.y);
    this.#at.surface.classList.toggle('points', hovered !== null);
    this.#details.tip(hovered, { x: at.x + this.#inset, y: at.y });
    this.#store.set({ hovered });
  }

  /** Chooses a mark, and takes the cursor to its event. */
  #select(selected: string | null): void {
    const mark = markOf(this.#store.page, selected);
    const event = mark === null ? -1 : eventOfMark(this.#store.page, this.#index.events, mark);
    this.#store.set(event >= 0 ? { event, selected } : { selected });
  }

  /** Where a mark was drawn; where it was not, beside the cursor. */
  #placeOf(scene: Scene, selected: string | null): MarkPlace {
    if (selected === null) return { x: 0, y: 0 };
    const inset = this.#inset;
    const hit = scene.hits.find(({ id }) => id === selected);
    const top = scene.layout.lanes[0]?.middle ?? 0;
    if (hit === undefined || !/^[emo]/.test(selected))
      return { x: inset + scene.labels + scene.cursorX, y: hit === undefined ? top : hit.y1 - 12 };
    const x = Math.max(scene.labels, (hit.x0 + hit.x1) / 2);
    return { x: inset + x, y: Math.max(hit.y0, hit.y1) - 4 };
  }
}

/** A pen for a canvas as it is now; its colours and widths of texts hold until fonts, scheme or size change. */
function penOf(canvas: HTMLCanvasElement, ratio: number): Pen {
  const ctx = canvas.getContext('2d', { alpha: false });
  if (ctx === null) throw new Error('this browser draws on no canvas');
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  return new Pen(ctx, readPalette(), ratio);
}

function sized(canvas: HTMLCanvasElement, width: number, height: number, ratio: number): void {
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

function elementsIn(root: HTMLElement, servers: number, hosts: number): Elements {
  root.innerHTML = html`<div
      class="lanes-scroll"
      tabindex="0"
      role="group"
      aria-label="Lanes; the list after them tells what they show"
    >
      <div class="lanes-spacer">
        <div class="lanes-stick">
          <canvas
            role="img"
            aria-label="Lanes of ${counted(servers, 'node')} and ${counted(hosts - servers, 'client')}"
          ></canvas>
          <div class="lanes-surface"></div>
        </div>
      </div>
    </div>
    <p class="lanes-said unseen" role="status"></p>
    <div class="lanes-list unseen"></div>
    <div class="lanes-overview" hidden>
      <div class="lanes-zoom" role="group" aria-label="Zoom">
        <button type="button" data-zoom="1" aria-label="Zoom in">+</button>
        <button type="button" data-zoom="-1" aria-label="Zoom out">−</button>
        <button type="button" data-zoom="0" aria-label="Whole run">0</button>
      </div>
      <canvas role="img" aria-label="The whole run"></canvas>
    </div>`.text;
  const find = <E extends HTMLElement>(selector: string) => root.querySelector<E>(selector)!;
  return {
    scroll: find('.lanes-scroll'),
    spacer: find('.lanes-spacer'),
    stick: find('.lanes-stick'),
    canvas: find<HTMLCanvasElement>('.lanes-stick canvas'),
    surface: find('.lanes-surface'),
    overview: find('.lanes-overview'),
    strip: find<HTMLCanvasElement>('.lanes-overview canvas'),
    list: find('.lanes-list'),
    said: find('.lanes-said'),
    zoomButtons: find('.lanes-zoom'),
  };
}
