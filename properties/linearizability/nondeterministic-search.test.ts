/** A nondeterministic model, of a bag from which anything may be taken, against a bag spelled out. */
import type { Spelled } from './models/differential.test-support.ts';
import { provesAgainstBruteForce } from './models/differential.test-support.ts';
import { nondeterministic } from './nondeterministic.ts';

type BagOp = { readonly f: 'put'; readonly value: number } | { readonly f: 'take' };

const bag = nondeterministic<string, BagOp, number | null>({
  name: 'bag',
  init: () => [''],
  steps(letters, op, value) {
    if (op.f === 'put') return [[...letters, String(op.value)].sort().join('')];
    if (letters === '') return value === null || value === undefined ? [letters] : [];
    const taken = value === undefined ? [...letters] : [String(value)];
    return taken.filter((one) => letters.includes(one)).map((one) => letters.replace(one, ''));
  },
  readOnly: (op, value) => op.f === 'take' && value === null,
});

/** How often each of the values 0 … 3 is there. */
const spelled: Spelled<readonly number[], BagOp> = {
  init: [0, 0, 0, 0],
  outcomes(counts, op) {
    const changed = (value: number, by: number): number[] =>
      counts.map((count, other) => (other === value ? count + by : count));
    if (op.f === 'put') return [{ answer: null, next: changed(op.value, 1) }];
    if (counts.every((count) => count === 0)) return [{ answer: null, next: counts }];
    return counts.flatMap((count, value) => (count > 0 ? [{ answer: value, next: changed(value, -1) }] : []));
  },
  draw: (draws) => (draws.chance(50) ? { f: 'take' } : { f: 'put', value: draws.below(4) }),
  flip: (draws, op) => (op.f === 'put' ? undefined : [0, 1, 2, 3, null][draws.below(5)]),
};

provesAgainstBruteForce(bag, spelled as Spelled<unknown, BagOp>, 90);
