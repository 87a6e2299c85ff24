/** Which model a history is probably of, from the names of its operations and from what they answered. */
import type { Operation } from '../history.ts';

/** What was seen of a history. */
interface Seen {
  readonly names: ReadonlySet<string>;
  /** Whether some completed operation of that name answered so. */
  answered(name: string, how: (value: unknown) => boolean): boolean;
  /** Whether some operation has that field. */
  has(field: string): boolean;
}

/**
 * Models by what they consist of, the first that fits counts. All names of a history must be among `names`; where several models have the
 * same names, answers and fields tell them apart.
 */
const kinds: readonly {
  readonly model: string;
  readonly names: readonly string[];
  readonly if?: (seen: Seen) => boolean;
}[] = [
  // Versioned registers of this package answer {value, version}.
  {
    model: 'register',
    names: ['get', 'put', 'delete', 'cas'],
    if: (seen) => seen.answered('get', hasVersion) || seen.answered('put', hasVersion) || seen.has('version'),
  },
  { model: 'cas-register', names: ['read', 'write', 'cas'] },
  { model: 'kv', names: ['get', 'put', 'append'] },
  { model: 'counter', names: ['read', 'add', 'addAndGet'], if: isCounter },
  { model: 'set', names: ['add', 'remove', 'contains', 'read'], if: (seen) => !isCounter(seen) },
  { model: 'queue', names: ['enqueue', 'dequeue'] },
  { model: 'stack', names: ['push', 'pop'] },
  {
    model: 'fenced-mutex',
    names: ['acquire', 'release'],
    if: (seen) => seen.answered('acquire', (value) => typeof value === 'number'),
  },
  { model: 'semaphore', names: ['acquire', 'release'], if: (seen) => seen.has('permits') },
  // A client beside the process is what owned mutexes know, of which there are several: nobody guesses there.
  { model: 'mutex', names: ['acquire', 'release'], if: (seen) => !seen.has('client') && !seen.has('lock') },
];

/** @returns the name of the model, or `null` where none fits or more than one may */
export function guessModel(operations: readonly Operation[]): string | null {
  const names = new Set<string>();
  const fields = new Set<string>();
  const answers = new Map<string, unknown[]>();
  for (const { op, outcome, value } of operations) {
    const name = typeof op === 'object' && op !== null && 'f' in op ? op.f : undefined;
    if (typeof name !== 'string') return null;
    names.add(name);
    for (const field of Object.keys(op as object)) fields.add(field);
    if (outcome !== 'ok') continue;
    const told = answers.get(name);
    if (told === undefined) answers.set(name, [value]);
    else if (told.length < answersKept) told.push(value);
  }
  const seen: Seen = {
    names,
    answered: (name, how) => answers.get(name)?.some(how) === true,
    has: (field) => fields.has(field),
  };
  const fits = kinds.find((kind) => {
    return [...names].every((name) => kind.names.includes(name)) && (kind.if?.(seen) ?? true);
  });
  return fits?.model ?? null;
}

/** So many answers of each kind of operation are looked at. */
const answersKept = 100;

function hasVersion(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'version' in value;
}

function isCounter(seen: Seen): boolean {
  return (
    !seen.names.has('remove') &&
    !seen.names.has('contains') &&
    (seen.names.has('addAndGet') || !seen.answered('read', Array.isArray)) &&
    !seen.answered('add', (value) => typeof value === 'boolean')
  );
}
