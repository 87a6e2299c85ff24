/**
 * A versioned register: `get`, `put`, `delete`, and `cas` that compares versions. Each write that takes effect gives the key a
 * version greater than every earlier one of that key, deleted ones included; an absent key answers version 0. How much greater
 * is the system's affair (a log index, usually), so the model takes versions from replies and checks that they ascend.
 *
 * A write of unknown result has an unknown version: the state then says "at least so much", and the first operation that sees
 * the version fixes it. Since any greater integer would do, keeping the least possible version loses nothing and admits nothing.
 */
import type { Model } from '../model.ts';

/** What is asked of a register; keys are independent of one another. */
export type RegisterOp =
  | { readonly f: 'get'; readonly key: string | number }
  | { readonly f: 'put'; readonly key: string | number; readonly value: unknown }
  | { readonly f: 'delete'; readonly key: string | number }
  /** Writes if the key's version is `version`; 0: if it is absent. */
  | { readonly f: 'cas'; readonly key: string | number; readonly version: number; readonly value: unknown };

/** A get answers value and version, a put its version, a delete whether the key existed, a cas whether it was done. */
export type RegisterValue =
  | { readonly value: unknown; readonly version: number }
  | { readonly version: number }
  | { readonly existed: boolean }
  | { readonly done: true; readonly version: number }
  | { readonly done: false; readonly value: unknown; readonly version: number }
  /** Refused by name, without effect. */
  | { readonly error: string };

/** What the model knows of one register: its value, and its version or a bound of it. */
export interface RegisterState {
  readonly present: boolean;
  /** `null` while absent. */
  readonly value: unknown;
  /** Of the value; while absent, the greatest so far. Where not `exact`, the least that it can be. */
  readonly version: number;
  /** False: the version may be any from `version` up. An absent key's is a bound, and counts as not exact. */
  readonly exact: boolean;
}

/** The fields of any reply, as they may or may not be there. */
interface Fields {
  readonly value?: unknown;
  readonly version?: unknown;
  readonly existed?: unknown;
  readonly done?: unknown;
  readonly error?: unknown;
}

const empty: RegisterState = { present: false, value: null, version: 0, exact: false };

/** The model `register`: one register a key. */
export const register: Model<RegisterState, RegisterOp, RegisterValue> = {
  name: 'register',
  init: () => empty,
  key: (op) => op.key,
  handles: (op) =>
    typeof op === 'object' &&
    op !== null &&
    (op.f === 'get' || op.f === 'put' || op.f === 'delete' || op.f === 'cas'),

  step(state, op, value) {
    const reply = value as Fields | undefined;
    if (reply !== undefined && reply.error !== undefined) return state;
    switch (op.f) {
      case 'get':
        return reply === undefined ? state : seen(state, reply);
      case 'put':
        return reply === undefined ? writtenUnseen(state, op.value) : written(state, op.value, reply.version);
      case 'delete':
        if (reply !== undefined && reply.existed !== state.present) return null;
        return state.present ? { present: false, value: null, version: state.version, exact: false } : state;
      case 'cas': {
        if (reply !== undefined && reply.done !== true) {
          return reply.done === false && reply.version !== op.version ? seen(state, reply) : null;
        }
        const matched = matching(state, op.version);
        if (matched === null) return null;
        return reply === undefined
          ? writtenUnseen(matched, op.value)
          : written(matched, op.value, reply.version);
      }
    }
  },

  identity(state) {
    const value = typeof state.value === 'number' ? state.value : JSON.stringify(state.value);
    return `${state.present ? (state.exact ? '=' : '>') : '-'}${state.version} ${value}`;
  },
  readOnly(op, value) {
    const reply = value as Fields | undefined;
    return (
      op.f === 'get' ||
      reply?.error !== undefined ||
      (op.f === 'cas' && reply?.done === false) ||
      (op.f === 'delete' && reply?.existed === false)
    );
  },
  rank(_op, value) {
    const version = (value as Fields | undefined)?.version;
    return typeof version === 'number' && version > 0 ? version : undefined;
  },
  covers(a, b) {
    return (
      a.present === b.present &&
      (a.exact ? b.exact && a.version === b.version : a.version <= b.version) &&
      sameValue(a.value, b.value)
    );
  },

  hindsight: {
    overwrites: true,
    leaves: (op) => (op.f === 'put' || op.f === 'cas' ? op.value : undefined),
    shows(op, value) {
      const reply = value as Fields;
      const shows = op.f === 'get' || (op.f === 'cas' && reply.done === false);
      return shows && typeof reply.version === 'number' && reply.version > 0 ? reply.value : undefined;
    },
    answerOf(op, shown) {
      const { version } = shown as Fields;
      if (typeof version !== 'number') return undefined;
      return op.f === 'cas' ? { done: true, version } : { version };
    },
    unseen: (op) => (op.f === 'put' || op.f === 'cas' ? { ...op, value: null } : op),
  },

  describe(op, value) {
    const reply = value as Fields | undefined;
    const asked =
      op.f === 'put'
        ? `put ${op.key} = ${text(op.value)}`
        : op.f === 'cas'
          ? `cas ${op.key} = ${text(op.value)} if version ${op.version}`
          : `${op.f} ${op.key}`;
    if (reply === undefined) return asked;
    if (reply.error !== undefined) return `${asked} → ${String(reply.error)}`;
    switch (op.f) {
      case 'get':
        return `${asked} → ${content(reply)}`;
      case 'put':
        return `${asked} → version ${text(reply.version)}`;
      case 'delete':
        return `${asked} → ${reply.existed === true ? 'existed' : 'was absent'}`;
      case 'cas':
        return reply.done === true
          ? `${asked} → done, version ${text(reply.version)}`
          : `${asked} → not done, ${content(reply)}`;
    }
  },
  describeState(state) {
    if (!state.present) return 'absent';
    return `${text(state.value)} (version ${state.exact ? '' : 'at least '}${state.version})`;
  },
};

/** The state once a reply has shown value and version; `null` if they are not what stands. */
function seen(state: RegisterState, reply: Fields): RegisterState | null {
  if (reply.version === 0) return !state.present && reply.value === null ? state : null;
  if (!state.present || typeof reply.version !== 'number' || !sameValue(state.value, reply.value))
    return null;
  if (state.exact) return reply.version === state.version ? state : null;
  if (reply.version < state.version) return null;
  return { present: true, value: state.value, version: reply.version, exact: true };
}

/** The state in which a comparison with `version` holds; `null` if it cannot. */
function matching(state: RegisterState, version: number): RegisterState | null {
  if (version === 0) return state.present ? null : state;
  if (!state.present) return null;
  if (state.exact) return state.version === version ? state : null;
  return version < state.version ? null : { present: true, value: state.value, version, exact: true };
}

/** A write whose version a reply told. */
function written(state: RegisterState, value: unknown, version: unknown): RegisterState | null {
  if (typeof version !== 'number' || version <= state.version) return null;
  return { present: true, value, version, exact: true };
}

/** A write whose version nobody was told. */
function writtenUnseen(state: RegisterState, value: unknown): RegisterState {
  return { present: true, value, version: state.version + 1, exact: false };
}

function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number'
    ? String(value)
    : (JSON.stringify(value) ?? 'nothing');
}

function content(reply: Fields): string {
  return reply.version === 0 && reply.value === null
    ? 'absent'
    : `${text(reply.value)} (version ${text(reply.version)})`;
}
