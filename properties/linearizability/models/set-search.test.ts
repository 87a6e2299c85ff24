/** The model of a set against one spelled out: of all operations, and of those of which it makes a count. */
import type { Spelled } from './differential.test-support.ts';
import { provesAgainstBruteForce } from './differential.test-support.ts';
import { set } from './set.ts';
import type { SetOp } from './set.ts';

/** By element, up to 8, whether it is there. */
type There = readonly boolean[];

const numbersOf = (there: There): number[] => there.flatMap((is, element) => (is ? [element] : []));

const spelled: Spelled<There, SetOp> = {
  init: Array<boolean>(8).fill(false),
  outcomes(there, op) {
    if (op.f === 'read') return [{ answer: numbersOf(there), next: there }];
    const was = there[Number(op.value)]!;
    if (op.f === 'contains') return [{ answer: was, next: there }];
    const next = there.map((is, element) => (element === op.value ? op.f === 'add' : is));
    return [
      { answer: was !== (op.f === 'add'), next },
      { answer: null, next },
    ];
  },
  says(_op, answer, value) {
    if (!Array.isArray(answer) || !Array.isArray(value)) return answer === value;
    return JSON.stringify(answer) === JSON.stringify([...value].sort((a, b) => Number(a) - Number(b)));
  },
  draw(draws) {
    const kind = draws.below(12);
    if (kind < 3) return { f: 'read' };
    const value = draws.below(3);
    return { f: kind < 7 ? 'add' : kind < 10 ? 'remove' : 'contains', value };
  },
  flip(draws, op, answer) {
    if (op.f !== 'read') return typeof answer === 'boolean' ? !answer : undefined;
    const shown = answer as number[];
    if (shown.length > 0 && draws.chance(30)) return shown.slice(1);
    if (shown.length > 0 && draws.chance(10)) return [...shown, shown[0]];
    return [draws.below(5), ...shown];
  },
};

provesAgainstBruteForce(set, spelled as Spelled<unknown, SetOp>, 80);

/** Nothing is removed, and each element is added once. */
const growing: Spelled<There, SetOp> = {
  ...spelled,
  draw: (draws, n) => (draws.chance(40) ? { f: 'read' } : { f: 'add', value: n }),
  flip(draws, op, answer, history) {
    if (op.f !== 'read') return undefined;
    const shown = answer as number[];
    const other = draws.below(history.length);
    return shown.includes(other) ? shown.filter((element) => element !== other) : [other, ...shown];
  },
};

provesAgainstBruteForce({ ...set, name: 'set that grows' }, growing as Spelled<unknown, SetOp>, 85);

/** Nobody reads the whole. */
const apart: Spelled<There, SetOp> = {
  ...spelled,
  draw: (draws) => ({ f: (['add', 'remove', 'contains'] as const)[draws.below(3)]!, value: draws.below(2) }),
};

provesAgainstBruteForce({ ...set, name: 'set of elements apart' }, apart as Spelled<unknown, SetOp>, 80);
