/**
 * A configuration as a record of integers: these fields, then the words of the mask of open operations that took effect, then those of the
 * mask of open blind writes that are covered.
 */
export const stateField = 0;
/** Which multiset of operations of unknown result was used. */
export const usedField = 1;
/** If the last step was such an operation, the state before it (+ 1) and its number (+ 1); else 0. */
export const beforeField = 2;
export const causeField = 3;
/** 1: it allows more than any configuration does. */
export const blurField = 4;
export const fields = 5;
