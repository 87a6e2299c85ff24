/** What a search may use, and how much of it. */

/** Switches for tests: a search without one of its techniques must reach the same verdict. */
export interface Techniques {
  readonly absorption: boolean;
  readonly rank: boolean;
  readonly symmetry: boolean;
  readonly hindsight: boolean;
  readonly goals: boolean;
  readonly hiding: boolean;
  readonly aim: boolean;
  readonly dominance: boolean;
}

export const everyTechnique: Techniques = {
  absorption: true,
  rank: true,
  symmetry: true,
  hindsight: true,
  goals: true,
  hiding: true,
  aim: true,
  dominance: true,
};

/** Bounds of a search. */
export interface Bounds {
  /** Work in all: configurations visited, and every state looked at from one of them. */
  readonly maxStates: number;
  /** Sharp configurations that a return may leave, and blurred ones; Infinity: all configurations. */
  readonly beam: number;
  /** Configurations visited at one return, some 40 bytes each; fewer where so many operations are open that each takes much more. */
  readonly maxVisited: number;
}
