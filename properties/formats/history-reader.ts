/**
 * Reads a recorded history event by event, while it comes in: from bytes to text, from text to events, from events to what was asked and
 * answered. What it keeps is one event, and of each process that has an operation open what that was.
 */
import type { Operation } from '../history.ts';
import { readEdn } from './edn-events.ts';
import { EdnForms } from './edn-forms.ts';
import { EventPairs } from './event-pairs.ts';
import { HistoryError } from './history-error.ts';
import type { TextPlace } from './history-error.ts';
import type { HistoryEvent, HistoryFormat, SaidEvent } from './history-event.ts';
import { readJepsenLog } from './jepsen-log.ts';
import { readJsonLine } from './json-lines.ts';
import { historyLimits } from './limits.ts';
import type { HistoryLimits } from './limits.ts';
import { binaryKind, recognise } from './recognise.ts';
import { TextLines } from './text-lines.ts';

/** How to read a history; everything is optional. */
export interface HistoryReadOptions {
  /** Default: recognised by how the text begins. */
  readonly format?: HistoryFormat;
  /** What the history is called in errors: a file name. */
  readonly name?: string;
  /**
   * Whether values of EDN and of Jepsen's logs are `[key value]`, as `jepsen.independent` makes them. Default: yes where an invocation shows it: a
   * read of `[key nil]`, a cas of `[key [from to]]`.
   */
  readonly keyed?: boolean;
  /** Take the order of the file although times fall (`TIME_GOES_BACK` otherwise): recorders that write from several threads do that. Default: no. */
  readonly ignoreTimes?: boolean;
  readonly limits?: Partial<HistoryLimits>;
}

/** Turns chunks of one format into what they say. */
type Decoder = {
  push(text: string): readonly Said[];
  end(): readonly Said[];
};
type Said = SaidEvent | { readonly operation: Operation; readonly place: TextPlace };

/**
 * ```ts
 * const reader = new HistoryReader({ name: 'etcd.edn' });
 * for (const chunk of chunks) for (const event of reader.push(chunk)) …
 * for (const event of reader.end()) …
 * ```
 *
 * Every method throws `HistoryError`; the reader is then of no more use.
 */
export class HistoryReader {
  readonly #options: HistoryReadOptions;
  readonly #limits: HistoryLimits;
  readonly #pairs: EventPairs;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #head = '';
  #decoder: Decoder | null = null;
  #format: HistoryFormat | null;
  #model: string | null = null;
  #began = false;
  /** The end of what was taken, to tell where something is no text. */
  #line = 1;
  #column = 1;
  #keyed: boolean | undefined;
  #first: 'event' | 'operation' | null = null;

  constructor(options: HistoryReadOptions = {}) {
    this.#options = options;
    this.#limits = { ...historyLimits, ...options.limits };
    this.#format = options.format ?? null;
    this.#keyed = options.keyed;
    this.#pairs = new EventPairs(this.#limits, options.ignoreTimes === true);
  }

  /** `null` until it is known. */
  get format(): HistoryFormat | null {
    return this.#format;
  }

  /** The model that the history itself names, if it does. */
  get model(): string | null {
    return this.#model;
  }

  /** Takes a part of the history and gives the events that it completes. Bytes are UTF-8. */
  push(chunk: string | Uint8Array): readonly HistoryEvent[] {
    return this.#named(() =>
      this.#take(typeof chunk === 'string' ? chunk : this.#decoded(chunk, true), false),
    );
  }

  /** The events that were held back until the end was known. @throws HistoryError EMPTY_HISTORY, CUT_HISTORY */
  end(): readonly HistoryEvent[] {
    return this.#named(() => {
      const events = [
        ...this.#take(this.#decoded(new Uint8Array(), false), false),
        ...this.#take('', true),
        ...this.#pairs.end(this.#keyed),
      ];
      if (this.#pairs.operations > 0) return events;
      throw new HistoryError(
        'EMPTY_HISTORY',
        null,
        'there is no operation of a client in it',
        'look whether anything was recorded',
      );
    });
  }

  #named<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { name } = this.#options;
      throw error instanceof HistoryError && name !== undefined ? error.of(name) : error;
    }
  }

  #decoded(bytes: Uint8Array, stream: boolean): string {
    if (!this.#began && bytes.length > 0) {
      this.#began = true;
      const kind = binaryKind(bytes);
      if (kind !== null) {
        throw new HistoryError(
          'BINARY_HISTORY',
          { line: 1, column: 1 },
          `this is no text in UTF-8: ${kind}`,
          'unpack or convert it first',
        );
      }
    }
    try {
      return this.#utf8.decode(bytes, { stream });
    } catch {
      // What came before is read first, so that an earlier mistake is told.
      this.#take(new TextDecoder().decode(bytes).split('\uFFFD', 1)[0]!, false);
      throw this.#binary('a byte that UTF-8 does not have there');
    }
  }

  #binary(what: string): HistoryError {
    const place = { line: this.#line, column: this.#column };
    return new HistoryError(
      'BINARY_HISTORY',
      place,
      `this is no text: there is ${what}`,
      'name a history that is text',
    );
  }

  /** Text has no NUL. */
  #take(text: string, ended: boolean): readonly HistoryEvent[] {
    const nul = text.indexOf('\0');
    if (nul < 0) return this.#takeText(text, ended);
    this.#takeText(text.slice(0, nul), false);
    throw this.#binary('a NUL byte');
  }

  #takeText(text: string, ended: boolean): readonly HistoryEvent[] {
    this.#pass(text);
    let chunk = text;
    if (this.#decoder === null) {
      this.#head += text;
      this.#format ??= recognise(this.#head, ended);
      if (this.#format === null) return [];
      this.#decoder = this.#decoderOf(this.#format);
      chunk = this.#head;
      this.#head = '';
    }
    const said = this.#decoder.push(chunk);
    return this.#eventsOf(ended ? [...said, ...this.#decoder.end()] : said);
  }

  /** Moves the place to the end of a text. */
  #pass(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#line += 1;
      this.#column = 1;
      from = end + 1;
    }
    this.#column += text.length - from;
  }

  #eventsOf(said: readonly Said[]): readonly HistoryEvent[] {
    const events: HistoryEvent[] = [];
    for (const one of said) {
      const kind = 'operation' in one ? 'operation' : 'event';
      this.#first ??= kind;
      if (kind !== this.#first) {
        throw new HistoryError(
          'MIXED_FORMATS',
          one.place,
          `the history began with ${this.#first}s, and this line is ${kind === 'event' ? 'an event' : 'an operation'}`,
          'write either events or whole operations',
        );
      }
      if ('operation' in one) events.push(this.#pairs.whole(one.operation, one.place));
      else events.push(...this.#pairs.take(one, this.#keyed));
    }
    return events;
  }

  #decoderOf(format: HistoryFormat): Decoder {
    if (format === 'jepsen-edn' || format === 'porcupine') return this.#ednDecoder();
    const lines = new TextLines(this.#limits);
    if (format === 'jepsen-log') {
      return decoderOf(lines, (line) => readJepsenLog(line, this.#limits));
    }
    // What is asked stands in fields of its own.
    this.#keyed = false;
    let first = true;
    return decoderOf(lines, (line) => {
      const read = readJsonLine(line, this.#limits);
      const isFirst = first;
      first = false;
      if (read.says === 'event') return read.event;
      if (read.says === 'operation')
        return { operation: read.operation, place: { line: line.line, column: 1 } };
      this.#model = read.model;
      if (isFirst) return null;
      throw new HistoryError(
        'BAD_EVENT',
        { line: line.line, column: 1 },
        'a header stands in the middle',
        'keep one history a file',
      );
    });
  }

  #ednDecoder(): Decoder {
    const forms = new EdnForms(this.#limits, (comment) => {
      const header = /^stormglass history 1(?:; model ([\w.-]+))?(?:; keyed (yes|no))?$/.exec(comment);
      if (header === null) return;
      this.#model ??= header[1] ?? null;
      if (header[2] !== undefined) this.#keyed ??= header[2] === 'yes';
    });
    return decoderOf(forms, readEdn);
  }
}

/** Cuts, then reads each part; where cutting fails later on in a chunk, what came before is read first. */
function decoderOf<Part>(
  cutter: { push(text: string): readonly Part[]; end(): readonly Part[] },
  read: (part: Part) => Said | null,
): Decoder {
  const all = (parts: readonly Part[]): Said[] => parts.map(read).filter((said) => said !== null);
  return { push: (text) => all(cutter.push(text)), end: () => all(cutter.end()) };
}
