/**
 * Cuts a text in EDN (github.com/edn-format/edn) into its forms, one event each, as the text comes in. It knows brackets, strings, comments and
 * tags, no more: the forms themselves are read by `edn-data`. That reader takes text as it is, closes brackets of any kind with one another
 * and drops the odd one of a map; here each is an error with its place, and so are depth and length. What the reader mistakes is
 * handed to it in other words that mean the same: comments are left out, characters that are brackets are written by their code, and integers
 * that a double cannot hold get an `N`.
 */
import { HistoryError, quoted } from './history-error.ts';
import type { TextPlace } from './history-error.ts';
import type { HistoryLimits } from './limits.ts';

/** One form and where it began. */
export interface EdnForm {
  readonly text: string;
  readonly place: TextPlace;
}

/** Brackets that are open, or the top level: how many forms stand in them, and what the next one is marked by. */
interface Frame {
  readonly opened: string;
  readonly closer: string;
  readonly place: TextPlace;
  forms: number;
  tagged: boolean;
  discards: number;
}

type Mode = 'between' | 'token' | 'character' | 'string' | 'escape' | 'comment';

const closers: { readonly [opener: string]: string } = { '(': ')', '[': ']', '{': '}' };
/** Space between forms, for `edn-data` as well; and by code what ends a token. */
const spaces = ' ,\t\n\r';
const ends = new Uint8Array(128);
for (const c of `${spaces}()[]{}";`) ends[c.charCodeAt(0)] = 1;
/** More digits than these may be beyond 2^53. */
const safeDigits = 15;
const escapes = 'trnbf\\"u';
/** So much of a comment is told. */
const commentMax = 200;

export class EdnForms {
  readonly #limits: HistoryLimits;
  /** Told of comments between forms, without their semicolons. */
  readonly #onComment: (text: string) => void;
  #text = '';
  #at = 0;
  #line = 1;
  #lineStart = 0;
  #mode: Mode = 'between';
  readonly #top: Frame = frame('', '', { line: 1, column: 1 });
  readonly #stack: Frame[] = [];
  /** The form under way: what is done of it, where the rest begins, where it began. */
  #pieces: string[] = [];
  #from = -1;
  #length = 0;
  #place: TextPlace = { line: 1, column: 1 };
  #tokenFrom = 0;
  /** The bracket around all events, where there is one. */
  #outer: { readonly closer: string; readonly place: TextPlace; closed: boolean } | null = null;
  #forms: EdnForm[] = [];
  #any = false;

  constructor(limits: HistoryLimits, onComment: (text: string) => void = () => {}) {
    this.#limits = limits;
    this.#onComment = onComment;
  }

  /** @throws HistoryError BAD_EDN, NESTED_TOO_DEEP, EVENT_TOO_LONG */
  push(chunk: string): readonly EdnForm[] {
    this.#text += chunk;
    while (this.#at < this.#text.length) this.#step(this.#text[this.#at]!);
    this.#drop();
    return this.#taken();
  }

  /** The last form, if no bracket had to end it. @throws HistoryError CUT_HISTORY, BAD_EDN */
  end(): readonly EdnForm[] {
    if (this.#mode === 'token' || this.#mode === 'character') this.#endToken();
    const inside = this.#stack.at(-1);
    if (this.#mode === 'string' || this.#mode === 'escape') {
      throw this.#cut('a string', inside?.place ?? this.#place);
    }
    if (inside !== undefined) throw this.#cut(`what ${quoted(inside.opened)} opened`, inside.place);
    if (this.#top.tagged || this.#top.discards > 0) throw this.#cut('a tag', this.#place);
    if (this.#outer?.closed === false) throw this.#cut('the vector of events', this.#outer.place);
    return this.#taken();
  }

  #taken(): readonly EdnForm[] {
    const forms = this.#forms;
    this.#forms = [];
    return forms;
  }

  #step(c: string): void {
    switch (this.#mode) {
      case 'string':
        return this.#inString();
      case 'escape':
        if (!escapes.includes(c)) throw this.#bad(`a string cannot hold the escape ${quoted(`\\${c}`)}`);
        this.#mode = 'string';
        this.#advance(c);
        return;
      case 'comment':
        return this.#inComment();
      case 'character':
        this.#firstOfCharacter(c);
        return;
      case 'token':
        return this.#inToken();
      case 'between':
        return this.#between(c);
    }
  }

  /** Strings are the long part of an event, so their plain stretches are skipped at once. */
  #inString(): void {
    const from = this.#at;
    const text = this.#text;
    let at = from;
    let code = 0;
    while (at < text.length && (code = text.charCodeAt(at)) !== 34 && code !== 92) {
      at += 1;
      if (code === 10) {
        this.#line += 1;
        this.#lineStart = at;
      }
    }
    this.#at = at;
    this.#lengthen();
    if (at === text.length) return;
    this.#mode = code === 34 ? 'between' : 'escape';
    this.#at += 1;
    if (code === 34) this.#formEnded();
  }

  #inToken(): void {
    const text = this.#text;
    let at = this.#at;
    while (at < text.length && ends[text.charCodeAt(at)] !== 1) at += 1;
    this.#at = at;
    this.#lengthen();
    if (at < text.length) this.#endToken();
  }

  #inComment(): void {
    const end = this.#text.indexOf('\n', this.#at);
    const stop = end < 0 ? this.#text.length : end;
    if (this.#from < 0) {
      const told = this.#text.slice(this.#at, Math.min(stop, this.#at + commentMax));
      this.#onComment(told.replace(/^;+/, '').trim());
    } else {
      this.#pieces.push(this.#text.slice(this.#from, this.#at), ' ');
    }
    this.#at = stop;
    if (this.#from >= 0) this.#from = stop;
    if (end >= 0) this.#mode = 'between';
  }

  #between(c: string): void {
    if (spaces.includes(c)) {
      this.#advance(c);
    } else if (c === ';') {
      this.#mode = 'comment';
    } else if (c === ')' || c === ']' || c === '}') {
      this.#close(c);
    } else if (!this.#any && this.#outer === null && (c === '[' || c === '(')) {
      this.#outer = { closer: closers[c]!, place: this.#here(), closed: false };
      this.#advance(c);
    } else {
      this.#begin();
      if (c === '"') this.#beginString();
      else if (c in closers) this.#open(c);
      else if (c === '\\') this.#mode = 'character';
      else this.#mode = 'token';
      this.#tokenFrom = this.#at;
      this.#advance(c);
    }
  }

  /** A form begins here, if none is under way. */
  #begin(): void {
    if (this.#from >= 0) return;
    if (this.#outer?.closed === true) {
      throw this.#bad('there is more after the end of the vector of events');
    }
    this.#any = true;
    this.#from = this.#at;
    this.#length = 0;
    this.#place = this.#here();
  }

  /** An event whose first key is a text is one of JSON, which soon makes no sense as EDN. */
  #beginString(): void {
    this.#mode = 'string';
    const [event, ...inner] = this.#stack;
    if (event?.opened !== '{' || inner.length > 0 || event.forms > 0 || event.discards > 0) return;
    throw new HistoryError(
      'MIXED_FORMATS',
      event.place,
      'this is taken for EDN, and here is an event of JSON: its first key is a text in quotes',
      'keep one format a file; --format json-lines if all of it is JSON',
    );
  }

  #open(c: string): void {
    if (this.#stack.length >= this.#limits.nesting) {
      throw new HistoryError(
        'NESTED_TOO_DEEP',
        this.#here(),
        `brackets stand more than ${this.#limits.nesting} deep in one event`,
        'leave out what is so deep: values of operations are small',
      );
    }
    const opened = this.#text[this.#at - 1] === '#' ? '#{' : c;
    this.#stack.push(frame(opened, closers[c]!, this.#here()));
  }

  #close(c: string): void {
    const inside = this.#stack.at(-1);
    if (inside === undefined) {
      if (this.#outer?.closed !== false || c !== this.#outer.closer || this.#from >= 0) {
        throw this.#bad(`${quoted(c)} closes nothing`);
      }
      this.#outer.closed = true;
      this.#advance(c);
      return;
    }
    const { opened, place } = inside;
    if (c !== inside.closer) {
      throw this.#bad(
        `${quoted(c)} closes what ${quoted(opened)} opened in line ${place.line}, column ${place.column}`,
      );
    }
    if (inside.tagged || inside.discards > 0) throw this.#bad('a tag stands without a value');
    if (opened === '{' && inside.forms % 2 === 1) {
      throw this.#bad(
        `the map that began in line ${place.line}, column ${place.column} has a key without a value`,
      );
    }
    this.#stack.pop();
    this.#advance(c);
    this.#formEnded();
  }

  /** The first after a backslash belongs to the character, whatever it is. */
  #firstOfCharacter(c: string): void {
    if (ends[c.charCodeAt(0)] === 1 || c === '#') {
      const code = c.charCodeAt(0).toString(16).padStart(4, '0');
      this.#pieces.push(this.#text.slice(this.#from, this.#at - 1), `\\u${code}`);
      this.#from = this.#at + 1;
    }
    this.#mode = 'token';
    this.#advance(c);
  }

  #endToken(): void {
    const token = this.#text.slice(this.#tokenFrom, this.#at);
    const next = this.#text[this.#at];
    this.#mode = 'between';
    if (token.startsWith('#')) return this.#mark(token, next);
    if (token === ':' || token.startsWith('^'))
      throw this.#bad(`${quoted(token)} is nothing that EDN has`, token.length);
    if (token.length > safeDigits && /^[-+]?\d+$/.test(token)) {
      this.#pieces.push(this.#text.slice(this.#from, this.#at), 'N');
      this.#from = this.#at;
    }
    this.#formEnded();
  }

  /** A tag, a set, or `#_`, which drops the next form. */
  #mark(token: string, next: string | undefined): void {
    const inside = this.#stack.at(-1) ?? this.#top;
    if (token === '#' && next === '{') return;
    if (token.startsWith('#_')) {
      // What follows without a space is the form that is dropped.
      inside.discards += 1;
      this.#pieces.push(this.#text.slice(this.#from, this.#tokenFrom), '#_ ');
      this.#from = this.#tokenFrom + 2;
      if (token.length === 2) return;
      this.#tokenFrom += 2;
      return this.#endToken();
    }
    // A name that every object has would be called as a function by the reader.
    if (!/^#[A-Za-z]/.test(token) || token.slice(1) in {}) {
      throw this.#bad(`${quoted(token)} is no tag that is read`, token.length);
    }
    inside.tagged = true;
  }

  #formEnded(): void {
    const inside = this.#stack.at(-1) ?? this.#top;
    inside.tagged = false;
    if (inside.discards > 0) inside.discards -= 1;
    else inside.forms += 1;
    if (this.#stack.length > 0 || inside.discards > 0) return;
    const dropped = inside.forms === 0;
    inside.forms = 0;
    if (!dropped) {
      this.#pieces.push(this.#text.slice(this.#from, this.#at));
      this.#forms.push({ text: this.#pieces.join(''), place: this.#place });
    }
    this.#pieces = [];
    this.#from = -1;
  }

  #advance(c: string): void {
    this.#at += 1;
    if (c === '\n') {
      this.#line += 1;
      this.#lineStart = this.#at;
    }
    if (this.#from >= 0) this.#lengthen();
  }

  #lengthen(): void {
    if (this.#length + this.#at - this.#from <= this.#limits.eventChars) return;
    throw new HistoryError(
      'EVENT_TOO_LONG',
      this.#place,
      `one event is longer than ${this.#limits.eventChars} characters`,
      'look for a quote or a bracket that is missing; each event is a map of its own',
    );
  }

  /** What is done with is forgotten; a form under way stays. */
  #drop(): void {
    // A long string would be copied again with each chunk.
    if (this.#mode === 'string') {
      this.#pieces.push(this.#text.slice(this.#from, this.#at));
      this.#from = this.#at;
    }
    const keep = this.#from >= 0 ? this.#from : this.#at;
    if (keep === 0) return;
    this.#text = this.#text.slice(keep);
    this.#at -= keep;
    this.#lineStart -= keep;
    this.#tokenFrom -= keep;
    if (this.#from >= 0) {
      this.#length = this.#pieces.reduce((sum, piece) => sum + piece.length, 0);
      this.#from = 0;
    }
  }

  #here(): TextPlace {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  /** @param back how many characters before this one it began */
  #bad(what: string, back = 0): HistoryError {
    const { line, column } = this.#here();
    const next = 'mend that place; a history in EDN is maps, one a line or all in one vector';
    return new HistoryError('BAD_EDN', { line, column: column - back }, what, next);
  }

  #cut(what: string, place: TextPlace): HistoryError {
    const next = 'remove the event that is not whole, if the file was cut; or record again';
    return new HistoryError('CUT_HISTORY', place, `the text ends inside ${what}, which began here`, next);
  }
}

function frame(opened: string, closer: string, place: TextPlace): Frame {
  return { opened, closer, place, forms: 0, tagged: false, discards: 0 };
}
