/** Elections: pre-vote, votes, candidacies (paper 5.2, thesis 9.6 for pre-vote, 4.2.3 for the quiet window). */
import { becomeLeader } from './leadership.ts';
import type { PreVote, PreVoteReply, Vote, VoteReply } from './messages.ts';
import { isVoter, voteResult } from './quorum.ts';
import { refuseQuestions } from './reads.ts';
import { adoptTerm, becomeFollower, hold, rearmElection, send, sendWhenTermDurable } from './state.ts';
import type { RaftState } from './state.ts';

/** The election deadline came: nothing was heard of a leader, or a candidacy did not win. */
export function onElectionDeadline(s: RaftState, now: number): void {
  if (!isVoter(s.configuration, s.id) || !s.rules.mayVoteInRepair(s.repair !== null)) {
    // Nobody is heard: what is asked here is better asked elsewhere.
    s.leader = -1;
    refuseQuestions(s);
    rearmElection(s, now);
    return;
  }
  // A pre-candidate that found no quorum waits a whole random timeout before it asks again.
  if (s.role === 'preCandidate') {
    s.role = 'follower';
    rearmElection(s, now);
    return;
  }
  startPreVote(s, now);
}

function startPreVote(s: RaftState, now: number): void {
  s.role = 'preCandidate';
  s.leader = -1;
  refuseQuestions(s);
  s.votes = [];
  s.votes[s.id] = true;
  s.electionDeadline = now + s.timings.preVoteUs;
  s.observe?.({ kind: 'campaigned', term: s.term + 1, pre: true, byTransfer: false });
  const { lastIndex } = s.log;
  const lastTerm = s.rules.lastTermInRequests(s.log.lastTerm, s.log.length);
  for (const peer of s.peers) send(s, peer, { type: 'preVote', term: s.term + 1, lastIndex, lastTerm });
  if (voteResult(s.configuration, s.votes) === 'won') startCandidacy(s, now, false);
}

/** Campaigns in the next term. @param byTransfer because the leader told it to */
export function startCandidacy(s: RaftState, now: number, byTransfer: boolean): void {
  s.role = 'candidate';
  s.leader = -1;
  refuseQuestions(s);
  adoptTerm(s, s.term + 1);
  s.votedFor = s.id;
  s.votes = [];
  rearmElection(s, now);
  s.observe?.({ kind: 'campaigned', term: s.term, pre: false, byTransfer });
  const { lastIndex } = s.log;
  const lastTerm = s.rules.lastTermInRequests(s.log.lastTerm, s.log.length);
  const forced = s.rules.voteRequestIsForced(byTransfer);
  for (const peer of s.peers) {
    const message: Vote = { type: 'vote', term: s.term, forced, lastIndex, lastTerm };
    if (s.rules.voteMayLeave(s.termDurable)) send(s, peer, message);
    else hold(s, peer, message, s.issuedSeq + 1);
  }
  if (s.rules.voteMayLeave(s.termDurable)) countOwnVote(s, now);
}

/** The candidate's own vote counts once it is durable, like anybody's. */
export function countOwnVote(s: RaftState, now: number): void {
  if (s.role !== 'candidate' || s.votes[s.id] === true || s.votedFor !== s.id) return;
  s.observe?.({ kind: 'voted', term: s.term, candidate: s.id });
  recordVote(s, now, s.id, true);
}

export function onPreVote(s: RaftState, now: number, from: number, m: PreVote): void {
  const upToDate = s.rules.logIsUpToDate(m.lastTerm, m.lastIndex, s.log.lastTerm, s.log.lastIndex);
  const granted =
    s.rules.mayVoteInRepair(s.repair !== null) &&
    !s.rules.windowRefusesVote(now, s.quietUntil, s.role === 'leader') &&
    s.rules.mayGrantPreVote(m.term, s.term, upToDate);
  // A grant echoes the asked term, which nobody has durably; a refusal carries the voter's own, so that a higher one spreads.
  if (granted)
    send(s, from, { type: 'preVoteReply', term: s.rules.preVoteGrantTerm(m.term, s.term), granted });
  else if (s.rules.preVoteRefusalIsSent(m.term, s.term))
    sendWhenTermDurable(s, from, { type: 'preVoteReply', term: s.term, granted });
}

export function onPreVoteReply(s: RaftState, now: number, from: number, m: PreVoteReply): void {
  if (!m.granted && s.rules.refusalRaisesTerm(m.term, s.term)) {
    becomeFollower(s, now, m.term, -1, 'higher-term');
    return;
  }
  if (s.role !== 'preCandidate') return;
  if (m.granted && !s.rules.voteCounts(m.term, s.term + 1)) return;
  // The first answer of a round stands: a late refusal of an earlier one takes no grant back.
  if (s.votes[from] !== undefined) return;
  s.votes[from] = m.granted;
  const result = voteResult(s.configuration, s.votes);
  if (result === 'won') startCandidacy(s, now, false);
  else if (result === 'lost') {
    s.role = 'follower';
    rearmElection(s, now);
  }
}

export function onVote(s: RaftState, now: number, from: number, m: Vote): void {
  // Refused by the window: neither term nor vote changes.
  if (m.term > s.term && !m.forced && s.rules.windowRefusesVote(now, s.quietUntil, s.role === 'leader')) {
    sendWhenTermDurable(s, from, { type: 'voteReply', term: s.term, granted: false });
    return;
  }
  if (m.term > s.term) becomeFollower(s, now, m.term, -1, 'higher-term');
  const upToDate = s.rules.logIsUpToDate(m.lastTerm, m.lastIndex, s.log.lastTerm, s.log.lastIndex);
  const granted =
    s.rules.mayVoteInRepair(s.repair !== null) &&
    (m.forced || !s.rules.windowRefusesVote(now, s.quietUntil, s.role === 'leader')) &&
    s.rules.mayGrantVote(m.term, s.term, s.votedFor, from, upToDate);
  if (granted) {
    if (s.votedFor !== from) {
      s.votedFor = from;
      s.hardPending = true;
    }
    // It supports another candidacy now: its own question is over, and its deadline is a follower's.
    if (s.role === 'preCandidate') s.role = 'follower';
    rearmElection(s, now);
  }
  const reply: VoteReply = { type: 'voteReply', term: s.term, granted };
  if (s.rules.voteMayLeave(s.termDurable)) send(s, from, reply);
  else hold(s, from, reply, s.hardPending ? s.issuedSeq + 1 : s.hardSeq);
}

export function onVoteReply(s: RaftState, now: number, from: number, m: VoteReply): void {
  if (m.term > s.term) {
    becomeFollower(s, now, m.term, -1, 'higher-term');
    return;
  }
  if (s.role !== 'candidate' || !s.rules.voteCounts(m.term, s.term)) return;
  recordVote(s, now, from, m.granted);
}

function recordVote(s: RaftState, now: number, from: number, granted: boolean): void {
  // The first answer stands: a voter does not change its mind within a term, a copy of its reply says nothing new.
  if (s.votes[from] !== undefined) return;
  s.votes[from] = granted;
  const result = voteResult(s.configuration, s.votes);
  if (result === 'won') becomeLeader(s, now);
  else if (result === 'lost') {
    s.role = 'follower';
    rearmElection(s, now);
  }
}
