/** A violation with bounded texts and lists, for files that are to stay small whatever a process says. */
import type { ViolationKind } from './tally.ts';
import { cut, visible } from './visible-text.ts';

/** Characters of one text. */
const maxText = 1_000;
/** Pieces of evidence, lines of details, faults in force. */
const maxPieces = 40;

/** Names and texts cut, and made visible; the end of a list says how much is left out. */
export function boundedKind(kind: ViolationKind): ViolationKind {
  const { told } = kind;
  const { finding } = told;
  const text = (given: string): string => cut(visible(given), maxText);
  const { evidence, details } = finding;
  const rest = (all: readonly unknown[]): string => `… and ${all.length - maxPieces} more`;
  const last = evidence[maxPieces - 1];
  return {
    ...kind,
    property: text(kind.property),
    told: {
      ...told,
      scenario: text(told.scenario),
      finding: {
        ...finding,
        property: text(finding.property),
        message: text(finding.message),
        evidence: [
          ...evidence.slice(0, maxPieces).map((one) => ({ ...one, text: text(one.text) })),
          ...(evidence.length > maxPieces ? [{ ...last!, text: rest(evidence) }] : []),
        ],
        ...(details !== undefined && {
          details: [
            ...details.slice(0, maxPieces).map(text),
            ...(details.length > maxPieces ? [rest(details)] : []),
          ],
        }),
      },
      inForce: told.inForce.slice(0, maxPieces).map((fault) => ({ ...fault, fault: text(fault.fault) })),
      lastEvents: told.lastEvents.map((event) => ({ ...event, text: text(event.text) })),
    },
  };
}
