/** The model of a key–value store against one spelled out. */
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';
import { kv } from './kv.ts';
import type { KvOp } from './kv.ts';

/** Few letters, so that one text can have come about in several ways; and some of their own, as recorded histories have. */
const spelled: Spelled<{ text: string }, KvOp> = {
  init: { text: '' },
  outcomes(state, op) {
    if (op.f === 'get') return [{ answer: state.text, next: state }];
    return [{ answer: null, next: { text: `${op.f === 'put' ? '' : state.text}${op.value}` } }];
  },
  draw(draws, n) {
    const kind = draws.below(10);
    if (kind < 4) return { f: 'get' };
    const value = draws.chance(60) ? `${n}` : draws.chance(5) ? '' : ['a', 'b', 'ab'][draws.below(3)]!;
    return { f: kind < 8 ? 'append' : 'put', value };
  },
  flip(draws, op, answer, history) {
    if (op.f !== 'get') return undefined;
    const others = history.map((o) => (o.op as { value?: string }).value ?? o.value ?? '');
    const other = String(others[draws.below(others.length)]);
    return [other, `${String(answer)}${other}`, String(answer).slice(0, -1)][draws.below(3)];
  },
};

provesAgainstBruteForce(kv, spelled as Spelled<unknown, KvOp>, 85);
