/** What is wrong with a scenario, and what to write instead. */
export class ScenarioError extends Error {
  readonly code = 'BAD_SCENARIO';
  /** What its author can do about it. */
  readonly next: string;
  constructor(message: string, next: string) {
    super(message);
    this.name = 'ScenarioError';
    this.next = next;
  }
}
