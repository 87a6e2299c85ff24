/** The smallest machine that a script can read: a list of the texts that were applied, in order. */
import { crc32c } from '../bytes.ts';
import type { Applied, Machine } from '../machine/contract.ts';

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Commands are texts of ASCII letters and digits; the answer is the number of texts applied so far. */
export class TextMachine implements Machine {
  texts: string[] = [];

  apply(index: number, command: unknown): Applied {
    this.texts.push(String(command));
    const reply = { session: 0, number: 0, value: this.texts.length, place: index };
    return { reply, replyDigest: this.texts.length, repeated: false, waits: false, session: 0, number: 0 };
  }
  /** Any read shows all texts. */
  read(): unknown {
    return this.texts.join(' ');
  }
  digest(): number {
    return crc32c(this.snapshot());
  }
  snapshot(): Uint8Array {
    return bytesOf(this.texts.join(' '));
  }
  restore(bytes: Uint8Array): void {
    this.texts = textOf(bytes)
      .split(' ')
      .filter((text) => text !== '');
  }
  encode(command: unknown): Uint8Array {
    return bytesOf(String(command));
  }
  decode(body: Uint8Array): unknown {
    return textOf(body);
  }
  expire(): unknown {
    return 'expiry';
  }
  isReserved(): boolean {
    return false;
  }
  describe(command: unknown): string {
    return String(command);
  }
}
