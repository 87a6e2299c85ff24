/**
 * Registers that keep concurrent values. A key has siblings, each under the dot of its write, and a clock of all that was ever written to it. A write removes what its
 * context covers; only what is left is *concurrent* with it, and goes to the key's strategy.
 *
 * Every answer to a write shows the siblings as they then stand together with the context: a context without the values that it covers would lose updates that
 * nobody has read.
 */
import type { ByteReader, ByteWriter } from '../../bytes.ts';
import { limits } from '../../errors.ts';
import type { Effects } from '../contract.ts';
import { mixInteger, mixText } from '../digest.ts';
import { mixPlain, readPlain, readText, textBytes, writePlain, writeText } from '../plain-data.ts';
import { isRegisterValue } from '../registers/registers.ts';
import type { RegisterValue } from '../registers/registers.ts';
import { clockOf, isWithin, orderedClock } from './dotted-clock.ts';
import type { VersionClock } from './dotted-clock.ts';
import type { Context, SiblingOperation } from './operations.ts';
import type { SiblingRules, Written } from './rules.ts';
import { strategyOf } from './strategies.ts';
import type { ConflictConfiguration, PrefixStrategy } from './strategies.ts';

interface Sibling extends Written {
  readonly actor: string;
  readonly counter: number;
  readonly value: RegisterValue;
}

interface Key {
  readonly siblings: readonly Sibling[];
  readonly clock: VersionClock;
  /** The clock by actor in code unit order, as it travels. */
  readonly ordered: Context['clock'];
  readonly hash: number;
}

const empty: Key = { siblings: [], clock: new Map(), ordered: [], hash: 0 };

type Op<F extends SiblingOperation['f']> = Extract<SiblingOperation, { readonly f: F }>;
type Write = Op<'putSiblings'> | Op<'deleteSiblings'> | Op<'casSiblings'>;

/** What became of a write: the siblings that stand, or why there is no change. */
type Resolved =
  | { readonly siblings: readonly Sibling[]; readonly merged: readonly RegisterValue[] }
  | { readonly error: string; readonly values: object }
  | 'rejected';

const nothingMerged: readonly RegisterValue[] = [];

/** The registers with siblings of a group. */
export class Siblings {
  private readonly rules: SiblingRules;
  private readonly conflicts: ConflictConfiguration;
  private readonly keys = new Map<string, Key>();
  private sum = 0;

  constructor(rules: SiblingRules, conflicts: ConflictConfiguration) {
    this.rules = rules;
    this.conflicts = conflicts;
  }

  /** 32 bits of the whole state. */
  digest(): number {
    return this.sum;
  }

  /** What stands. */
  read(key: string): unknown {
    return shown(key, this.keys.get(key) ?? empty);
  }

  /** Carries out one operation as the entry at `index`. */
  apply(index: number, op: SiblingOperation, effects: Effects): unknown {
    const { key } = op;
    if (key.length > 85 && textBytes(key) > limits.keyBytes) return { error: 'KEY_TOO_LONG' };
    return op.f === 'getSiblings' ? this.read(key) : this.write(index, op, effects);
  }

  private write(index: number, op: Write, effects: Effects): unknown {
    const { key, actor } = op;
    const { rules } = this;
    const before = this.keys.get(key) ?? empty;
    const carried = op.context === undefined ? { key, clock: empty.clock } : clockOf(op.context);
    if (carried === null) return { error: 'CONTEXT_MALFORMED', key };
    if (carried.key !== key) return { error: 'CONTEXT_KEY', key, of: carried.key };
    if (!isWithin(carried.clock, before.clock)) return { error: 'CONTEXT_AHEAD', ...shown(key, before) };
    if (actor.length > 85 && textBytes(actor) > limits.keyBytes) return { error: 'KEY_TOO_LONG' };
    if (op.f === 'casSiblings' && !isWithin(before.clock, carried.clock))
      return { done: false, ...shown(key, before) };
    if (
      op.f !== 'deleteSiblings' &&
      typeof op.value === 'string' &&
      textBytes(op.value) > limits.valueBytes
    ) {
      return { error: 'VALUE_TOO_LARGE' };
    }
    if (before === empty && !rules.mayAddKey(this.keys.size))
      return { error: 'TOO_MANY_KEYS', limit: limits.keys };
    if (!before.clock.has(actor) && !rules.mayAddActor(before.clock.size)) {
      return { error: 'KEY_ACTORS_FULL', key, limit: limits.keyActors };
    }
    const strategy = strategyOf(key, this.conflicts);
    const counter = rules.nextCounter(before.clock, actor);
    const resolved = this.resolve(index, op, before, carried.clock, counter, strategy);
    if (resolved === 'rejected') return { rejected: true, ...shown(key, before) };
    if ('error' in resolved) return { error: resolved.error, ...resolved.values };
    const grown = new Map(before.clock).set(actor, counter);
    const clock = op.f === 'deleteSiblings' ? rules.tombstone(grown) : rules.kept(grown);
    const after = this.set(key, resolved.siblings, clock);
    this.tell(index, op, before, resolved, carried.clock, counter, after.ordered, strategy, effects);
    const answer = shown(key, after);
    return op.f === 'casSiblings' ? { done: true, ...answer } : answer;
  }

  /** What stands after the write: what its context does not cover is concurrent, and the strategy's. */
  private resolve(
    index: number,
    op: Write,
    { siblings }: Key,
    context: VersionClock,
    counter: number,
    { strategy, merge = '' }: PrefixStrategy,
  ): Resolved {
    const concurrent = siblings.filter((one) => !this.rules.replaces(context, one));
    if (strategy === 'reject' && concurrent.length > 0) return 'rejected';
    if (op.f === 'deleteSiblings') {
      return { siblings: strategy === 'last_writer_wins' ? [] : concurrent, merged: nothingMerged };
    }
    const wallUs = op.f === 'putSiblings' ? (op.wallUs ?? 0) : 0;
    const incoming: Sibling = { actor: op.actor, counter, value: op.value, index, wallUs };
    if (concurrent.length === 0) return { siblings: [incoming], merged: nothingMerged };
    switch (strategy) {
      case 'last_writer_wins': {
        const standing = concurrent.find((one) => !this.rules.wins(incoming, one));
        return { siblings: [standing ?? incoming], merged: nothingMerged };
      }
      case 'merge_function':
        return this.merge(incoming, concurrent, merge);
      default:
        return this.rules.mayAddSibling(concurrent.length)
          ? { siblings: [...concurrent, incoming], merged: nothingMerged }
          : { error: 'SIBLINGS_FULL', values: { key: op.key, limit: limits.siblings } };
    }
  }

  private merge(incoming: Sibling, concurrent: readonly Sibling[], name: string): Resolved {
    const values = [...concurrent.map(({ value }) => value), incoming.value];
    try {
      const merge = this.conflicts.merges[name]!;
      const value = values.reduce((a, b) => merge(a, b));
      if (!isRegisterValue(value)) throw new TypeError('a merged value is an integer or a text');
      if (typeof value === 'string' && textBytes(value) > limits.valueBytes)
        throw new RangeError('a merged value is no longer than any other');
      return { siblings: [{ ...incoming, value }], merged: values };
    } catch {
      return { error: 'MERGE_FAILED', values: { merge: name, values } };
    }
  }

  private tell(
    index: number,
    op: Write,
    before: Key,
    {
      siblings,
      merged,
    }: { readonly siblings: readonly Sibling[]; readonly merged: readonly RegisterValue[] },
    context: VersionClock,
    counter: number,
    clock: Context['clock'],
    { strategy, merge = '' }: PrefixStrategy,
    effects: Effects,
  ): void {
    const { key, actor } = op;
    const stays = new Set(siblings.map(dotText));
    effects.observe({
      kind: 'siblingsWritten',
      index,
      key,
      operation: op.f === 'deleteSiblings' ? 'delete' : 'write',
      actor,
      counter,
      strategy,
      merge,
      carried: orderedClock(context),
      removed: before.siblings.map(dotText).filter((dot) => !stays.has(dot)),
      kept: siblings.map(dotText),
      clock,
      merged,
      value: merged.length > 0 ? siblings[0]!.value : null,
    });
  }

  private set(key: string, siblings: readonly Sibling[], clock: VersionClock): Key {
    let hash = mixText(0x7369626c, key);
    for (const { actor, counter, value, index, wallUs } of siblings) {
      hash = mixPlain(mixInteger(mixText(hash, actor), counter), value);
      hash = mixInteger(mixInteger(hash, index), wallUs);
    }
    const ordered = orderedClock(clock);
    for (const [actor, counter] of ordered) hash = mixInteger(mixText(hash, actor), counter);
    this.sum ^= (this.keys.get(key)?.hash ?? 0) ^ hash;
    const after: Key = { siblings, clock, ordered, hash };
    this.keys.set(key, after);
    return after;
  }

  /** Writes the whole state, by key in code unit order. */
  save(writer: ByteWriter): void {
    const keys = [...this.keys].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    writer.u32(keys.length);
    for (const [key, { siblings, ordered }] of keys) {
      writeText(writer, key);
      writer.u32(siblings.length);
      for (const { actor, counter, value, index, wallUs } of siblings) {
        writeText(writer, actor);
        writer.u53(counter);
        writePlain(writer, value);
        writer.u53(index);
        writer.u53(wallUs);
      }
      writer.u32(ordered.length);
      for (const [actor, counter] of ordered) {
        writeText(writer, actor);
        writer.u53(counter);
      }
    }
  }

  /** Replaces the whole state by one that was saved. @throws RangeError where the bytes hold none. */
  restore(reader: ByteReader): void {
    this.clear();
    for (let left = reader.u32(); left > 0; left -= 1) {
      const key = readText(reader);
      const siblings: Sibling[] = [];
      for (let some = reader.u32(); some > 0; some -= 1) {
        const [actor, counter, value] = [readText(reader), reader.u53(), readPlain(reader)];
        if (!isRegisterValue(value)) throw new RangeError('a sibling is neither an integer nor a text');
        siblings.push({ actor, counter, value, index: reader.u53(), wallUs: reader.u53() });
      }
      const clock = new Map<string, number>();
      for (let some = reader.u32(); some > 0; some -= 1) clock.set(readText(reader), reader.u53());
      this.set(key, siblings, clock);
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.keys.clear();
    this.sum = 0;
  }
}

/** Siblings by dot, and the context that covers them. */
function shown(key: string, { siblings, ordered }: Key): object {
  const told = siblings.map(({ actor, counter, value }) => ({ actor, counter, value }));
  if (told.length > 1)
    told.sort((a, b) => (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : a.counter - b.counter));
  return { siblings: told, context: { key, clock: ordered } };
}

function dotText({ actor, counter }: Sibling): string {
  return `${actor}:${counter}`;
}
