/**
 * Leadership transfer (thesis 3.10). The leader takes no commands while it brings the target's log up to its own; then it tells it to time out
 * at once (TimeoutNow). The target campaigns without a pre-vote, and its votes pass the windows in which voters refuse others: that the
 * leader is heard is no reason, since the leader asked for it. If the target does not lead within an election timeout the leader goes on.
 */
import type { CoreErrorCode } from '../errors.ts';
import { startCandidacy } from './election.ts';
import type { TimeoutNow } from './messages.ts';
import { isVoter } from './quorum.ts';
import { send } from './state.ts';
import type { RaftState } from './state.ts';

/** A transfer under way at the leader. */
export interface Transfer {
  readonly target: number;
  /** Given up then. */
  readonly deadline: number;
  /** TimeoutNow has left: once at least. */
  told: boolean;
}

/** Why leadership cannot be given to `target` from here, or `null`. */
export function transferRefusal(s: RaftState, target: number): CoreErrorCode | null {
  if (s.role !== 'leader') return 'NOT_LEADER';
  if (s.transfer !== null) return 'TRANSFERRING';
  return isVoter(s.configuration, target) && target !== s.id ? null : 'BAD_TARGET';
}

/** Starts a transfer that `transferRefusal` allows. */
export function startTransfer(s: RaftState, now: number, target: number): void {
  s.transfer = { target, deadline: now + s.timings.electionMaxUs, told: false };
  s.observe?.({ kind: 'transferStarted', term: s.term, target });
  tellWhenUpToDate(s);
}

/** The target holds the whole log: it may take over. To be called when its match rises. */
export function tellWhenUpToDate(s: RaftState): void {
  const { transfer } = s;
  if (transfer === null || transfer.told) return;
  // By what counts: one that repairs itself would not campaign.
  if (!s.rules.targetIsUpToDate(s.matchIndex[transfer.target]!, s.log.lastIndex)) return;
  transfer.told = true;
  tell(s, transfer);
}

function tell(s: RaftState, { target }: Transfer): void {
  send(s, target, { type: 'timeoutNow', term: s.term });
}

/** With a round of heartbeats: what was told may be lost. A target that has heard it is in a later term, and ignores it. */
export function tellAgain(s: RaftState): void {
  if (s.transfer?.told === true) tell(s, s.transfer);
}

/** The leader's deadline came. */
export function giveUpTransfer(s: RaftState, now: number): void {
  if (s.transfer === null || now < s.transfer.deadline) return;
  s.observe?.({ kind: 'transferGivenUp', term: s.term, target: s.transfer.target });
  s.transfer = null;
}

/** Only this term's leader may say so: one of another term knows nothing of the present. */
export function onTimeoutNow(s: RaftState, now: number, from: number, m: TimeoutNow): void {
  if (m.term !== s.term || s.leader !== from || s.role === 'leader') return;
  if (!isVoter(s.configuration, s.id) || s.installing !== null) return;
  if (!s.rules.mayVoteInRepair(s.repair !== null)) return;
  startCandidacy(s, now, true);
}
