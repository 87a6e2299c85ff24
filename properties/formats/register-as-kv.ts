/**
 * A history of versioned registers as one of a key–value store, which more tools know: values become texts (their JSON; the empty text for an absent
 * key), versions are left out, a delete is a put of the empty text. A cas that was done is a put, one that was not is a get of what it found.
 * All of that relaxes: what is not linearizable as a key–value store was not as registers. The converse need not hold.
 */
import type { Operation } from '../history.ts';
import type { RegisterOp } from '../linearizability/models/register.ts';

/** What a reply may show. */
interface Shown {
  readonly value?: unknown;
  readonly version?: unknown;
  readonly done?: unknown;
  readonly error?: unknown;
}

/**
 * Operations on registers as get and put of texts; others, failed ones, and those that were refused by name are left out. The key of a register that
 * is a number becomes a text.
 */
export function registersAsKeyValue(operations: readonly Operation[]): readonly Operation[] {
  return operations.flatMap((operation) => {
    const { op, value, outcome, ...rest } = operation;
    const register = op as Partial<RegisterOp> | null;
    const reply = (value ?? {}) as Shown;
    if (typeof register !== 'object' || register?.key === undefined || outcome === 'fail') return [];
    if (reply.error !== undefined) return [];
    const key = String(register.key);
    const get = {
      ...rest,
      outcome,
      op: { f: 'get', key },
      value: outcome === 'ok' ? textOf(reply) : undefined,
    };
    const put = (written: string): readonly Operation[] => [
      { ...rest, outcome, op: { f: 'put', key, value: written }, value: outcome === 'ok' ? null : undefined },
    ];
    switch (register.f) {
      case 'get':
        return [get];
      case 'put':
        return put(JSON.stringify(register.value ?? null));
      case 'delete':
        return put('');
      case 'cas':
        return reply.done === false ? [get] : put(JSON.stringify(register.value ?? null));
      default:
        return [];
    }
  });
}

/** What an answer shows; version 0 is an absent key. */
function textOf({ value, version }: Shown): string {
  return version === 0 || value === undefined ? '' : JSON.stringify(value);
}
