/**
 * What was expected and what was observed, by property, in a few words each: read from the sentences of the package's own findings, which say both.
 * A finding whose sentence is not known here is told by its evidence (`conflict-pair.ts`): nothing is guessed.
 */
import type { FindingData } from '../tally.ts';

/** The words of one side. */
export interface SideWords {
  readonly answer: string;
  readonly reason: string;
}

/** Both sides, and the entry of the log that each is about; 0: none, or not known. */
export interface PairWords {
  readonly expected: SideWords;
  readonly observed: SideWords;
  readonly entry: number;
  readonly expectedEntry: number;
}

/** A session by the name of its client. */
export type SessionName = (session: number) => string;

interface Rule {
  readonly property: string;
  readonly says: RegExp;
  /**
   * Both sides, the entry that was observed, and that of what was expected where it is another one.
   * @param last the finding's last evidence
   */
  readonly tell: (
    m: readonly string[],
    who: SessionName,
    last: string,
  ) => readonly [SideWords, SideWords, number?, number?];
}

const side = (answer: string, reason: string): SideWords => ({ answer, reason });
const seconds = (us: string): string => `${(Number(us) / 1e6).toFixed(3)} s`;

const raft: readonly Rule[] = [
  {
    property: 'election-safety',
    says: /^Two leaders in term (\d+): (n\d+) was elected, and then (n\d+) too/,
    tell: ([, term, one, other]) => [
      side(`term ${term}: ${one}`, `${one} was elected leader of term ${term}, and a term has one leader.`),
      side(`term ${term}: ${other}`, `${other} was elected leader of that term too.`),
    ],
  },
  {
    property: 'election-safety',
    says: /^(n\d+) became leader of term (\d+) without a majority: in that term (.+?) voted for it, and (\d+) of (\d+) votes/,
    tell: ([, node, term, voters, needed, all]) => [
      side(`${needed} of ${all} votes`, `A leader of term ${term} has the votes of a majority of that term.`),
      side(
        voters === 'nobody' ? 'no vote' : `${voters!.split(',').length} of ${all} votes`,
        `${node} became leader of term ${term}; in that term ${voters} voted for it.`,
      ),
    ],
  },
  {
    property: 'vote-once',
    says: /^(n\d+) voted twice in term (\d+): for (n\d+)(.*), and then for (n\d+)/,
    tell: ([, node, term, one, , other]) => [
      side(`term ${term}: ${one}`, `${node} had voted for ${one} in term ${term}, and has one vote a term.`),
      side(`term ${term}: ${other}`, `${node} voted for ${other} in that term too.`),
    ],
  },
  {
    property: 'vote-once',
    says: /^(n\d+) forgot its vote: it had voted for (n\d+) in term (\d+), and recovered (.+), so that/,
    tell: ([, node, candidate, term, found]) => [
      side(
        `term ${term}: ${candidate}`,
        `${node} had voted for ${candidate} in term ${term}, and its vote had left it.`,
      ),
      side(found!, `${node} started with what its disk held, and can vote in term ${term} again.`),
    ],
  },
  {
    property: 'leader-completeness',
    says: /^(n\d+) became leader of term (\d+) without entry (\d+) \(term (\d+)\), which (n\d+) had committed in term (\d+): its log (?:has an entry of term (\d+) there|ends at (\d+))/,
    tell: ([, node, term, index, entryTerm, by, inTerm, has, end]) => [
      side(
        `entry ${index}: term ${entryTerm}`,
        `${by} committed it in term ${inTerm}, so the log of every later leader has it.`,
      ),
      side(
        has === undefined ? `log ends at ${end}` : `entry ${index}: term ${has}`,
        `${node} became leader of term ${term} with ${has === undefined ? 'a shorter log' : 'another entry there'}.`,
      ),
      Number(index),
    ],
  },
  {
    property: 'log-matching',
    says: /^The logs of (n\d+) and (n\d+) do not match: both have entry (\d+) of term (\d+)/,
    tell: ([, one, other, index, term]) => [
      side(
        `${one}: as before ${index}`,
        `${one} had entry ${index} of term ${term}; who has that too has all before it.`,
      ),
      side(`${other}: not as`, `${other} has entry ${index} of term ${term} after other entries.`),
      Number(index),
    ],
  },
  {
    property: 'state-machine-safety',
    says: /^(.+) (\d+): (n\d+) has (.+), and (n\d+(?: itself, earlier)?) had (.+)\.$/,
    tell: ([, what, index, node, ours, who, theirs]) => [
      side(theirs!, `${who} had that at ${index}.`),
      side(ours!, `${node} has something else there (${what!.toLowerCase()} ${index}).`),
      Number(index),
    ],
  },
  {
    property: 'state-machine-safety',
    says: /^Two nodes hold different entries as committed at (\d+): (n\d+) has (.+) there, (n\d+) had committed an entry of term (\d+)/,
    tell: ([, index, node, ours, by, term]) => [
      side(`entry ${index}: term ${term}`, `${by} had committed it: it is the same for everyone.`),
      side(ours!.replace('an entry of ', `entry ${index}: `), `${node} holds that as committed at ${index}.`),
      Number(index),
    ],
  },
  {
    property: 'leader-append-only',
    says: /^The leader (n\d+) of term (\d+) removed (entr(?:y|ies)) (\d+)(?: to (\d+))? from its own log/,
    tell: ([, node, term, what, from, to]) => [
      side(
        to === undefined ? `${what} ${from} stays` : `${what} ${from}–${to} stay`,
        `${node} led term ${term}: a leader only appends to its log.`,
      ),
      side(
        'removed',
        `${node} removed ${what} ${from}${to === undefined ? '' : ` to ${to}`} from its own log.`,
      ),
      Number(from),
    ],
  },
  {
    property: 'committed-durable',
    says: /Entry (\d+) \(term (\d+)\) was committed by (n\d+) although no quorum held it durably: (.+?) on disk, (\d+) of (\d+) are needed/,
    tell: ([, index, term, node, held, needed, all]) => [
      side(`${needed} of ${all} disks`, `An entry is committed once a quorum holds it durably.`),
      side(held!, `${node} committed entry ${index} of term ${term}.`),
      Number(index),
    ],
  },
  {
    property: 'committed-durable',
    says: /(?:Entry|Entries) (\d+)(?: to (\d+))? \(term (\d+)\) had been committed, and (n\d+) held it durably; it recovered (.+)\.$/,
    tell: ([, index, to, term, node, found]) => [
      to === undefined
        ? side(`entry ${index}`, `It is of term ${term}, was committed, and was durable on ${node}.`)
        : side(
            `entries ${index}–${to}`,
            `They are of term ${term}, were committed, and were durable on ${node}.`,
          ),
      side(found!, `That is what ${node} recovered.`),
      Number(index),
    ],
  },
  {
    property: 'committed-durable',
    says: /^(n\d+) removed what is committed from its log: (entr(?:y|ies)) (\d+)(?: to (\d+))? \(term (\d+)\), committed by (n\d+) in term (\d+);/,
    tell: ([, node, what, from, to, term, by, inTerm]) => [
      side(
        to === undefined ? `${what} ${from} stays` : `${what} ${from}–${to} stay`,
        `${by} committed it in term ${inTerm}: what is committed stays in every log that has it.`,
      ),
      side(
        'removed',
        `${node} removed ${what} ${from}${to === undefined ? '' : ` to ${to}`} (term ${term}).`,
      ),
      Number(from),
    ],
  },
  {
    property: 'committed-durable',
    says: /^(n\d+) put an older snapshot in the place of a newer log: the snapshot ends at (\d+), and entries up to (\d+) were/,
    tell: ([, node, end, lost]) => [
      side(`all up to ${lost}`, `Entries up to ${lost} were committed, and durable on ${node}.`),
      side(`up to ${end}`, `The snapshot that ${node} put in their place ends there.`),
      Number(end),
      Number(lost),
    ],
  },
  {
    property: 'monotonic',
    says: /^(n\d+)'s (.+) went back from (\d+) to (\d+)/,
    tell: ([, node, what, from, to]) => [
      side(`≥ ${from}`, `The ${what} of ${node} had been ${from}, and never goes back.`),
      side(to!, `That is the ${what} of ${node} now.`),
    ],
  },
];

const locks: readonly Rule[] = [
  {
    property: 'lock-exclusion',
    says: /^Lock (.+) was granted to session (\d+) at index (\d+), while session (\d+) held it with token (\d+)/,
    tell: ([, lock, session, index, owner, token], who) => [
      side('no grant', `${who(Number(owner))} held ${lock} with token ${token}.`),
      side(
        `granted to ${who(Number(session))}`,
        `Entry ${index} gave ${lock} to ${who(Number(session))} as well.`,
      ),
      Number(index),
      0,
    ],
  },
  {
    property: 'lock-exclusion',
    says: /^At index (\d+) the holding of (.+) with token (\d+) by session (\d+) was (\w+), but (?:the lock was free|session (\d+) held it with token (\d+))/,
    tell: ([, index, lock, token, session, did, owner, held], who) => [
      owner === undefined
        ? side(`${lock} is free`, `Nobody held ${lock}.`)
        : side(`token ${held}`, `${who(Number(owner))} held ${lock} under token ${held}.`),
      side(`token ${token}: ${did}`, `Entry ${index} did that for ${who(Number(session))}.`),
      Number(index),
      0,
    ],
  },
  {
    property: 'lock-exclusion',
    says: /^Lock (.+) was granted at index (\d+) to session (\d+), which was not open/,
    tell: ([, lock, index, session], who) => [
      side('no grant', `Session ${session}, of ${who(Number(session))}, was not open.`),
      side(`granted to ${who(Number(session))}`, `Entry ${index} gave ${lock} to that session.`),
      Number(index),
      0,
    ],
  },
  {
    property: 'fifo-grants',
    says: /^Lock (.+) was granted at index (\d+) to request (\d+) of session (\d+), before request (\d+) of session (\d+), queued at (\d+)/,
    tell: ([, lock, index, request, session, waiting, waiter, place], who) => [
      side(
        `${who(Number(waiter))} first`,
        `Request ${waiting} of ${who(Number(waiter))} was in line for ${lock} from entry ${place} on.`,
      ),
      side(
        `granted to ${who(Number(session))}`,
        `Entry ${index} gave ${lock} to request ${request} of ${who(Number(session))}.`,
      ),
      Number(index),
      Number(place),
    ],
  },
  {
    property: 'limits-exact',
    says: /^A request at index (\d+) was refused with (\w+), but there were (.+), of (\d+) that may be/,
    tell: ([, index, code, there, limit]) => [
      side('not refused', `There were ${there}; ${limit} may be.`),
      side(code!, `That is how the request of entry ${index} was refused.`),
      Number(index),
    ],
  },
  {
    property: 'wait-not-early',
    says: /^Operation (\d+) asked to wait ([\d.]+) s for a lock and was told of its timeout after ([\d.]+) s/,
    tell: ([, operation, asked, waited]) => [
      side(`≥ ${asked} s`, `Operation ${operation} asked to wait that long.`),
      side(`${waited} s`, 'It was told of its timeout after so long.'),
    ],
  },
  {
    property: 'fencing-monotonic',
    says: /^Lock (.+) was granted with token (\d+) at index (\d+), after token (\d+) at index (\d+)/,
    tell: ([, lock, token, index, before, at]) => [
      side(`above ${before}`, `${lock} had been granted under token ${before} at entry ${at}; tokens rise.`),
      side(token!, `Entry ${index} granted ${lock} under token ${token}.`),
      Number(index),
      Number(at),
    ],
  },
  {
    property: 'exactly-once',
    says: /^Request (\d+) of session (\d+) was executed twice: at index (\d+), and again at index (\d+)/,
    tell: ([, request, session, first, second], who) => [
      side('once', `Request ${request} of ${who(Number(session))} was executed at entry ${first}.`),
      side('twice', `It was executed at entry ${second} again.`),
      Number(second),
      Number(first),
    ],
  },
  {
    property: 'exactly-once',
    says: /^Request (\d+) of session (\d+) was answered as (failed|if done at index \d+), but it was executed at index (\d+)/,
    tell: ([, request, session, said, place], who) => [
      side(
        `done at ${place}`,
        `Request ${request} of ${who(Number(session))} was executed at entry ${place}.`,
      ),
      side(said!.replace('if done at index', 'done at'), `That is what ${who(Number(session))} heard.`),
      Number(place),
    ],
  },
  {
    property: 'lease-not-early',
    says: /^The lease of lock (.+) \(token (\d+), version \d+, (\d+) us\) had expired at index (\d+), (\d+) us after it began/,
    tell: ([, lock, token, ttl, index, after]) => [
      side(seconds(ttl!), `The lease of ${lock} under token ${token} was to last that long.`),
      side(seconds(after!), `Entry ${index} ended it that long after it began.`),
      Number(index),
      0,
    ],
  },
  {
    property: 'lease-not-late',
    says: /^The lease of lock (.+) \(token (\d+), version \d+, (\d+) us\) was over, but at index (\d+) the lock was still held/,
    tell: ([, lock, token, ttl, index]) => [
      side(
        'lease ended',
        `${lock} was held under token ${token} on a lease of ${seconds(ttl!)}, which was over.`,
      ),
      side('still held', `No entry up to ${index} ended it.`),
      Number(index),
      0,
    ],
  },
];

const barriers: readonly Rule[] = [
  {
    property: 'barrier-not-early',
    says: /^Generation (\d+) of barrier (.+) tripped at index (\d+), when (\d+) of (\d+) had arrived for it: it takes (\d+) of at least (\d+)/,
    tell: ([, generation, barrier, index, arrived, all, needed], _, last) => {
      const names = /: (.+)$/.exec(last)?.[1];
      return [
        side(`${needed} of ${all}`, `That many arrivals trip generation ${generation} of ${barrier}.`),
        side(
          `${arrived} of ${all}`,
          `Entry ${index} tripped it when ${names === undefined ? 'so many' : `only ${names}`} had arrived for it.`,
        ),
        Number(index),
      ];
    },
  },
  {
    property: 'barrier-not-late',
    says: /^Generation (\d+) of barrier (.+) had (\d+) of (\d+) arrivals after index (\d+), enough to trip/,
    tell: ([, generation, barrier, arrived, all, index]) => [
      side('tripped', `${arrived} of ${all} arrivals are enough for generation ${generation} of ${barrier}.`),
      side('waits', `After entry ${index} it still waited.`),
      Number(index),
    ],
  },
  {
    property: 'barrier-one-outcome',
    says: /^Generation (\d+) of barrier (.+) was (\w+) at index (\d+), though it was (\w+) already/,
    tell: ([, generation, barrier, now, index, before]) => [
      side(before!, `That is how generation ${generation} of ${barrier} had ended.`),
      side(now!, `Entry ${index} ended it once more.`),
      Number(index),
      0,
    ],
  },
  {
    property: 'barrier-one-outcome',
    says: /^Request (\d+) of session (\d+) heard at index (\d+) that generation (\d+) of barrier (.+) was (\w+), but it was (\w+)/,
    tell: ([, , session, index, generation, barrier, heard, was], who) => [
      side(was!, `That is how generation ${generation} of ${barrier} had ended.`),
      side(heard!, `That is what ${who(Number(session))} was told by entry ${index}.`),
      Number(index),
      0,
    ],
  },
];

const others: readonly Rule[] = [
  {
    property: 'cascade-order',
    says: /^Generation (\d+) of barrier (.+) tripped at index (\d+), while that of its parent (.+) had not/,
    tell: ([, generation, barrier, index, parent]) => [
      side(`${parent} first`, `Generation ${generation} of ${barrier} trips once that of its parent has.`),
      side(`${barrier} tripped`, `Entry ${index} tripped it, and that of ${parent} had not.`),
      Number(index),
    ],
  },
  {
    property: 'causality',
    says: /^The write (\S+) of (.+) at index (\d+) has (\S+) in its past, but its clock does not descend from it/,
    tell: ([, dot, key, index, past]) => [
      side(`${dot} after ${past}`, `${past} is in the past of that write to ${key}.`),
      side('clock says not', `The clock of entry ${index} does not descend from ${past}.`),
      Number(index),
      0,
    ],
  },
  {
    property: 'merge-laws',
    says: /^Merging (.+) of key (.+) by "(.+?)" gave (.+?); (in another order|in another grouping|with a value twice), (.+), it gives (.+)\.$/s,
    tell: ([, , key, merge, gave, way, , other], _, last) => [
      side(
        'one result',
        `However values of ${key} are ordered, grouped or repeated, they merge to the same.`,
      ),
      side(`${gave} or ${other}`, `"${merge}" gave the one in this run, and gives the other ${way}.`),
      Number(/ at (\d+)$/.exec(last)?.[1] ?? 0),
    ],
  },
  {
    property: 'progress',
    says: /^No progress after (.+?) (?:was|were) healed: operation (\d+) of (\w+), .*?(has not ended|failed|was given up) after ([\d.]+ s)/,
    tell: ([, phase, operation, client, how, waited]) => [
      side('it ends ok', `${client} asked operation ${operation}, and ${phase} had been healed.`),
      side(how!, `That is what came of operation ${operation} of ${client} after ${waited}.`),
    ],
  },
  {
    property: 'progress',
    says: /^No progress after (.+?) (?:was|were) healed: (n\d+) did not catch up: entry (\d+) was committed by then, and ([\d.]+ s) later n\d+ knows of (\d+) only/,
    tell: ([, phase, node, target, later, commit]) => [
      side(`commit ≥ ${target}`, `Entry ${target} was committed when ${phase} had been healed.`),
      side(`commit ${commit}`, `That is all ${node} knew of ${later} later.`),
      Number(commit),
      Number(target),
    ],
  },
  {
    property: 'process-alive',
    says: /^([nc]\d+) threw: (.+)$/s,
    tell: ([, node, error]) => [
      side('no error', `What ${node} runs ends every event.`),
      side(error!, `${node} threw that.`),
    ],
  },
];

const rules: readonly Rule[] = [...raft, ...locks, ...barriers, ...others];
/** A sentence is looked at so far. */
const lookedMax = 2_000;

/** The words of a finding; null where its sentence is not known. */
export function pairWords({ property, message, evidence }: FindingData, who: SessionName): PairWords | null {
  const looked = message.slice(0, lookedMax);
  const last = evidence.at(-1)?.text.slice(0, lookedMax) ?? '';
  for (const rule of rules) {
    if (rule.property !== property) continue;
    const found = rule.says.exec(looked);
    if (found === null) continue;
    const [expected, observed, entry = 0, expectedEntry = entry] = rule.tell(found, who, last);
    return { expected, observed, entry, expectedEntry };
  }
  return null;
}
