/** The decisions about registers, one function each. The machine calls the rules that it was created with. */
import { limits } from '../../errors.ts';

/** The decisions about registers, one function each. */
export const registerRules = {
  /** The version that a write leaves: the log index of its entry, so that it rises and is never used twice, a delete in between or not. */
  versionOfWrite(index: number): number {
    return index;
  },

  /** Whether a compare-and-set takes effect: the key's version is still the one compared with; 0 is "absent". */
  casHolds(standing: number, compared: number): boolean {
    return standing === compared;
  },

  /** Whether a key of so many bytes (UTF-8) is allowed. */
  keyFits(bytes: number): boolean {
    return bytes <= limits.keyBytes;
  },

  /** Whether a value of so many bytes (UTF-8; an integer takes 8) is allowed. */
  valueFits(bytes: number): boolean {
    return bytes <= limits.valueBytes;
  },

  /** Whether a new key may be made beside so many. */
  mayAddKey(keys: number): boolean {
    return keys < limits.keys;
  },
};

/** What a planted mistake replaces one of. */
export type RegisterRules = typeof registerRules;
