/**
 * The network between hosts.
 *
 * Fault model: datagrams on one-way links. A message may be lost, may arrive twice, takes a time from a distribution with a tail, and may be held back
 * so that later ones pass it; so links neither order nor number anything. A link can be cut (one way or both, by several episodes at once): what is sent
 * then is lost, what was in flight still arrives, long after the cut if its delay says so. A frame whose bytes were damaged is dropped by its
 * checksum; content is never altered without notice, since a system that trusts its network with that needs signatures, not consensus.
 * Episodes add to loss, duplication, reordering and delay of single links; what the plan gives every link stays when they end.
 *
 * Every link has a stream of its own and spends the same number of draws on every message, lost or cut or not: so message n of a link
 * meets the same fate whatever happens elsewhere, and has a name, (link, n), under which a replay can freeze its outcome.
 */
import type { LinkWeather } from './faults.ts';
import type { Decision, NetworkPlan } from './plan.ts';
import { amountBelow, delayTable, drawFrom, thresholdOf } from './distributions.ts';
import type { DelayTable } from './distributions.ts';
import type { Stream, Streams } from './random.ts';

const TWO_32 = 4294967296;
/** How long reordering holds a message back at most where the plan names no bound of its own. */
const REORDER_MAX_US = 10_000;

/** One one-way link. */
class Link {
  readonly stream: Stream;
  /** Messages sent so far. */
  sent = 0;
  cuts = 0;
  lossPpm = 0;
  duplicationPpm = 0;
  reorderPpm = 0;
  extraDelayUs = 0;
  lossThreshold = 0;
  /** Words from here on duplicate the message. */
  duplicationFrom = TWO_32;
  reorderThreshold = 0;
  decisions: Map<number, Decision> | null = null;

  constructor(stream: Stream) {
    this.stream = stream;
  }

  /** Thresholds for the plan's rates with what episodes add. */
  aim(plan: NetworkPlan): void {
    this.lossThreshold = thresholdOf(plan.lossPpm + this.lossPpm);
    this.duplicationFrom = TWO_32 - thresholdOf(plan.duplicationPpm + this.duplicationPpm);
    this.reorderThreshold = thresholdOf(plan.reorderPpm + this.reorderPpm);
  }
}

export class Network {
  /** The last message offered: its number on its link, from 1. */
  number = 0;
  /** … how long its first copy takes, in microseconds, */
  firstDelayUs = 0;
  /** … and the second and any further copy. */
  secondDelayUs = 0;
  /** Messages offered, those of them that never arrive by the network's doing, and those that arrive more than once. */
  sent = 0;
  lost = 0;
  duplicated = 0;
  /** How often a link went from whole to cut. */
  cuts = 0;

  private readonly hosts: number;
  private readonly plan: NetworkPlan;
  private readonly streams: Streams;
  private readonly delay: DelayTable;
  private readonly reorderMaxUs: number;
  /** By from · hosts + to; made when first used, since most pairs of clients never talk. */
  private readonly links: (Link | null)[] = [];

  /**
   * @param streams gives each link one of its own
   * @param decisions frozen outcomes of single messages
   * @throws Error for a decision on a link that does not exist
   */
  constructor(hosts: number, plan: NetworkPlan, streams: Streams, decisions: readonly Decision[]) {
    this.hosts = hosts;
    this.plan = plan;
    this.streams = streams;
    this.delay = delayTable(plan.delay);
    this.reorderMaxUs = plan.reorderMaxUs > 0 ? plan.reorderMaxUs : REORDER_MAX_US;
    for (let i = 0; i < hosts * hosts; i += 1) this.links.push(null);
    for (const decision of decisions) {
      const ends = /^(\d+)>(\d+)$/.exec(decision.link);
      const from = Number(ends?.[1]);
      const to = Number(ends?.[2]);
      if (ends === null || from >= hosts || to >= hosts) {
        throw new Error(
          `a decision names the link ${JSON.stringify(decision.link)}: expected FROM>TO with hosts below ${hosts}`,
        );
      }
      const link = this.link(from, to);
      link.decisions ??= new Map();
      link.decisions.set(decision.n, decision);
    }
  }

  /**
   * Decides what becomes of the next message of a link.
   * @returns how many copies arrive; their delays stand in `firstDelayUs` and `secondDelayUs`
   */
  offer(from: number, to: number): number {
    const link = this.links[from * this.hosts + to] ?? this.link(from, to);
    link.sent += 1;
    this.number = link.sent;
    this.sent += 1;

    // Six draws, always.
    const stream = link.stream;
    const fate = stream.u32();
    let first = drawFrom(this.delay, stream) + link.extraDelayUs;
    const held = stream.u32();
    const second = drawFrom(this.delay, stream) + link.extraDelayUs;
    if (held < link.reorderThreshold) first += amountBelow(held, link.reorderThreshold, this.reorderMaxUs);

    let copies = fate < link.lossThreshold ? 0 : fate >= link.duplicationFrom ? 2 : 1;
    if (link.decisions !== null) {
      const decision = link.decisions.get(this.number);
      if (decision !== undefined) {
        if (copies === 0 && decision.drop !== true) copies = 1;
        if (decision.copies !== undefined) copies = decision.copies;
        if (decision.drop === true) copies = 0;
        if (decision.delayUs !== undefined) first = decision.delayUs;
      }
    }
    if (link.cuts > 0) copies = 0;
    if (copies === 0) this.lost += 1;
    else if (copies > 1) this.duplicated += 1;
    this.firstDelayUs = first;
    this.secondDelayUs = second;
    return copies;
  }

  /** Cuts a one-way link once more. */
  cut(from: number, to: number): void {
    const link = this.link(from, to);
    if (link.cuts === 0) this.cuts += 1;
    link.cuts += 1;
  }

  /** Takes one cut back. @throws Error where there is none. */
  mend(from: number, to: number): void {
    const link = this.link(from, to);
    if (link.cuts === 0) throw new Error(`the link ${from}>${to} is mended more often than it was cut`);
    link.cuts -= 1;
  }

  /** Whether a message sent now would be lost to a cut. */
  isCut(from: number, to: number): boolean {
    return this.link(from, to).cuts > 0;
  }

  /** Adds to the weather of a one-way link. */
  addWeather(from: number, to: number, change: LinkWeather): void {
    const link = this.link(from, to);
    link.lossPpm += change.lossPpm ?? 0;
    link.duplicationPpm += change.duplicationPpm ?? 0;
    link.reorderPpm += change.reorderPpm ?? 0;
    link.extraDelayUs += change.delayUs ?? 0;
    link.aim(this.plan);
  }

  /** A one-way link as the plan made it, whatever episodes did. */
  heal(from: number, to: number): void {
    const link = this.links[from * this.hosts + to];
    if (link == null) return;
    link.cuts = 0;
    link.lossPpm = 0;
    link.duplicationPpm = 0;
    link.reorderPpm = 0;
    link.extraDelayUs = 0;
    link.aim(this.plan);
  }

  private link(from: number, to: number): Link {
    const at = from * this.hosts + to;
    const known = this.links[at];
    if (known != null) return known;
    const link = new Link(this.streams.of(`0/network/${from}>${to}`));
    link.aim(this.plan);
    this.links[at] = link;
    return link;
  }
}
