/** The lanes: one canvas as wide as its place, scrolled in the causal scale, zoomed in real time, drawn anew at most once a frame. */
import { instant } from '../../figures.ts';
import { columnsOf, shownSlice } from '../causal-columns.ts';
import type { CausalColumns } from '../causal-columns.ts';
import { html } from '../html.ts';
import { chooseLanes, sliceTimes } from '../lane-choice.ts';
import type { LaneChoice } from '../lane-choice.ts';
import { laneFilter } from '../lane-filter.ts';
import { labelsWidth, layOut } from '../lane-layout.ts';
import type { LaneLayout } from '../lane-layout.ts';
import { causalScale, timeScale, timeSpan } from '../lane-scale.ts';
import { lanesList } from '../lanes-list.ts';
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
  #asked = 0;
  /** A cursor that moved is brought into view once the columns are known. */
  #follow = true;
  #listed = -1;

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
    new ResizeObserver(() => {
      this.#resize();
      this.#ask();
    }).observe(this.#root);
    const restyle = () => {
      this.#pen = this.#stripPen = null;
      this.#ask();
    };
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', restyle);
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
    if (this.#asked !== 0) return;
    this.#asked = requestAnimationFrame(() => {
      this.#asked = 0;
      this.#draw();
    });
  }

  /** Fits the canvases to the place and the lanes. */
  #resize(): void {
    const style = getComputedStyle(this.#root);
    const inner = this.#root.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    this.#width = Math.max(160, Math.floor(inner));
    const { stick, canvas, surface, strip } = this.#at;
    const labels = labelsWidth(this.#width);
    const { height } = this.#layout;
    stick.style.width = `${this.#width}px`;
    surface.style.left = `${labels}px`;
    sized(canvas, this.#width, height);
    sized(strip, this.#width - labels, overviewPx);
    this.#zoom.resize(this.#width - labels, height);
    this.#columns = null;
    this.#pen = this.#stripPen = null;
  }

  #draw(): void {
    const { page, view } = this.#store;
    const { scroll, spacer, canvas, overview, strip } = this.#at;
    this.#pen ??= penOf(canvas);
    this.#stripPen ??= penOf(strip);
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
    if (this.#listed === view.event) return;
    this.#listed = view.event;
    this.#at.list.innerHTML = lanesList(page, this.#layout, this.#index.events, view.event).text;
  }

  #columnsNow(): CausalColumns {
    if (this.#columns !== null) return this.#columns;
    const { slice, events } = this.#store.page.timeline;
    const { storyEvents } = this.#store.page;
    const last = storyEvents.at(-1) ?? -1;
    const { shown } = shownSlice(slice, storyEvents, last >= 0 ? last : (slice.at(-1) ?? 0), this.#all);
    this.#columns = columnsOf(events, shown, this.#width - labelsWidth(this.#width));
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
    const { surface, canvas } = this.#at;
    const place = (event: MouseEvent): MarkPlace => {
      const { left, top } = canvas.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    surface.addEventListener('pointermove', (event) => {
      // A finger that scrolls points at nothing; a pressed button drags.
      if (event.pointerType === 'touch' || event.buttons !== 0 || this.#scene === null) return;
      const at = place(event);
      const hovered = markAt(this.#scene, at.x, at.y);
      surface.classList.toggle('points', hovered !== null);
      this.#details.tip(hovered, { x: at.x + canvas.offsetLeft, y: at.y });
      this.#store.set({ hovered });
    });
    surface.addEventListener('pointerleave', () => {
      this.#details.tip(null, { x: 0, y: 0 });
      this.#store.set({ hovered: null });
    });
    surface.addEventListener('click', (event) => {
      if (event.defaultPrevented || this.#scene === null) return;
      const at = place(event);
      this.#select(markAt(this.#scene, at.x, at.y));
    });
  }

  /** Chooses a mark, and takes the cursor to its event. */
  #select(selected: string | null): void {
    const mark = markOf(this.#store.page, selected);
    const event = mark === null ? -1 : eventOfMark(this.#store.page, this.#index.events, mark);
    this.#store.set(event >= 0 ? { event, selected } : { selected });
  }

  /** Where a mark was drawn; where it was not, beside the cursor. */
  #placeOf(scene: Scene, selected: string | null): MarkPlace {
    const inset = parseFloat(getComputedStyle(this.#root).paddingLeft);
    const hit = scene.hits.find(({ id }) => id === selected);
    const top = scene.layout.lanes[0]?.middle ?? 0;
    if (selected === null) return { x: 0, y: 0 };
    if (hit === undefined || !/^[emo]/.test(selected))
      return { x: inset + scene.labels + scene.cursorX, y: hit === undefined ? top : hit.y1 - 12 };
    const x = Math.max(scene.labels, (hit.x0 + hit.x1) / 2);
    return { x: inset + x, y: Math.max(hit.y0, hit.y1) - 4 };
  }
}

/** A pen for a canvas as it is now; its colours and widths of texts hold until fonts, scheme or size change. */
function penOf(canvas: HTMLCanvasElement): Pen {
  const ctx = canvas.getContext('2d', { alpha: false });
  if (ctx === null) throw new Error('this browser draws on no canvas');
  ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  return new Pen(ctx, readPalette(), devicePixelRatio);
}

function sized(canvas: HTMLCanvasElement, width: number, height: number): void {
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
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
            aria-label="${`Lanes of ${servers} nodes and ${hosts - servers} clients`}"
          ></canvas>
          <div class="lanes-surface"></div>
        </div>
      </div>
    </div>
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
  };
}
