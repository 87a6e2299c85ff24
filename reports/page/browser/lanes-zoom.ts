/** The window of real time: zoomed by the wheel, by two fingers, by keys and buttons; panned by dragging, by shift and wheel, and in the overview. */
import { select } from 'd3-selection';
import { zoom, zoomIdentity } from 'd3-zoom';
import type { D3ZoomEvent, ZoomTransform } from 'd3-zoom';

/** The narrowest window, microseconds: a few messages of a simulated network. */
const narrowestUs = 500;
/** What one press of a key zooms by. */
const keyFactor = 2;

/** What is in view of the run. */
export class TimeZoom {
  readonly #surface: HTMLElement;
  readonly #untilUs: number;
  readonly #behaviour = zoom<HTMLElement, unknown>();
  #transform: ZoomTransform = zoomIdentity;
  #width = 1;
  #active = false;

  /**
   * @param surface takes the pointer
   * @param untilUs how long the run was
   * @param changed called after every change of the window
   */
  constructor(surface: HTMLElement, untilUs: number, changed: () => void) {
    this.#surface = surface;
    this.#untilUs = Math.max(1, untilUs);
    this.#behaviour
      .scaleExtent([1, Math.max(1, this.#untilUs / narrowestUs)])
      .clickDistance(4)
      // Shift and wheel pan; a mouse's other buttons are the browser's. Fingers have no button at all.
      .filter(
        (event: MouseEvent | TouchEvent) =>
          this.#active &&
          !('button' in event && event.button !== 0) &&
          !(event.type === 'wheel' && event.shiftKey),
      )
      .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => {
        this.#transform = event.transform;
        changed();
      });
    select(surface).call(this.#behaviour).on('dblclick.zoom', null);
    surface.addEventListener(
      'wheel',
      (event) => {
        if (!this.#active || !event.shiftKey) return;
        event.preventDefault();
        // Browsers turn shift and wheel sideways, or do not.
        this.panBy(event.deltaX === 0 ? event.deltaY : event.deltaX);
      },
      { passive: false },
    );
  }

  /** Takes the pointer, or leaves it to the causal scale, which scrolls. */
  set active(active: boolean) {
    this.#active = active;
  }

  /** Tells how wide the lanes are, px; the window stays what it was. */
  resize(width: number, height: number): void {
    const { fromUs, toUs } = this.window;
    this.#width = Math.max(1, width);
    const extent: [[number, number], [number, number]] = [
      [0, 0],
      [this.#width, height],
    ];
    this.#behaviour.extent(extent).translateExtent(extent);
    this.show(fromUs, toUs);
  }

  /** What is in view, microseconds. */
  get window(): { readonly fromUs: number; readonly toUs: number } {
    const { x, k } = this.#transform;
    const perPx = this.#untilUs / (this.#width * k);
    return { fromUs: -x * perPx, toUs: (this.#width - x) * perPx };
  }

  /** Shows a stretch of time. */
  show(fromUs: number, toUs: number): void {
    const length = Math.max(narrowestUs, Math.min(this.#untilUs, toUs - fromUs));
    const k = this.#untilUs / length;
    const begin = Math.max(0, Math.min(this.#untilUs - length, fromUs));
    const x = (-begin / this.#untilUs) * this.#width * k;
    select(this.#surface).call(this.#behaviour.transform, zoomIdentity.translate(x, 0).scale(k));
  }

  /** Zooms in (1) or out (-1) around an instant, or shows the whole run (0). */
  by(step: number, aroundUs: number): void {
    if (step === 0) {
      this.show(0, this.#untilUs);
      return;
    }
    const { fromUs, toUs } = this.window;
    const factor = step > 0 ? 1 / keyFactor : keyFactor;
    const around = aroundUs >= fromUs && aroundUs <= toUs ? aroundUs : (fromUs + toUs) / 2;
    this.show(around - (around - fromUs) * factor, around + (toUs - around) * factor);
  }

  /** Pans so many px to the right. */
  panBy(px: number): void {
    const { fromUs, toUs } = this.window;
    const us = (px * (toUs - fromUs)) / this.#width;
    this.show(fromUs + us, toUs + us);
  }

  /** Brings an instant into view where it is not. */
  reveal(us: number): void {
    const { fromUs, toUs } = this.window;
    if (us >= fromUs && us <= toUs) return;
    this.show(us - (toUs - fromUs) / 2, us + (toUs - fromUs) / 2);
  }
}
