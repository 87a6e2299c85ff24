/** Who asked for an entry of the log: the client, its session, its operation. */
import { hostName } from '../figures.ts';
import type { RunRecord } from '../run-record.ts';
import type { EntryTimes } from './entry-times.ts';
import type { AskedOperation } from './operation-table.ts';

/** Looks up clients. */
export class EntryAskers {
  readonly #record: RunRecord;
  readonly #times: EntryTimes;
  readonly #byRequest = new Map<string, AskedOperation>();
  readonly #byHost = new Map<number, AskedOperation[]>();
  readonly #hostOfSession = new Map<string, number>();
  /** By group and index, the client's step whose request a leader appended. */
  readonly #senders = new Map<string, number>();

  constructor(record: RunRecord, asked: readonly AskedOperation[], times: EntryTimes) {
    this.#record = record;
    this.#times = times;
    for (const one of asked) {
      const all = this.#byHost.get(one.host);
      if (all === undefined) this.#byHost.set(one.host, [one]);
      else all.push(one);
      if (one.session === 0) continue;
      this.#byRequest.set(`${one.group} ${one.session} ${one.number}`, one);
      this.#hostOfSession.set(`${one.group} ${one.session}`, one.host);
    }
    const { steps, messages, observations, servers } = record;
    for (const { step, group, observation } of observations) {
      const { kind, leading, index } = observation as Record<string, unknown>;
      if (kind !== 'entryAppended' || leading !== true) continue;
      const sender = messages.step[steps.message[step]!];
      if (sender !== undefined && steps.host[sender]! >= servers)
        this.#senders.set(`${group} ${String(index)}`, sender);
    }
  }

  /** The host of a session's client; -1 where none of its requests was answered, and no entry of it is known. */
  hostOf(group: number, session: number, index = 0): number {
    const known = this.#hostOfSession.get(`${group} ${session}`);
    if (known !== undefined) return known;
    const request = this.#times.requestOf(group, index);
    const sender = this.#senders.get(`${group} ${index}`);
    if (request?.session !== session || sender === undefined) return -1;
    return this.#record.steps.host[sender]!;
  }

  /** A session by its client's name, where it is known. */
  nameOf(group: number, session: number, index = 0): string {
    const host = this.hostOf(group, session, index);
    return host < 0 ? `session ${session}` : hostName(host, this.#record.servers);
  }

  /** The operation that an entry carries; null where that is not known. */
  operationOf(group: number, index: number): AskedOperation | null {
    const request = this.#times.requestOf(group, index);
    if (request !== null) {
      const known = this.#byRequest.get(`${group} ${request.session} ${request.number}`);
      if (known !== undefined) return known;
    }
    const sender = this.#senders.get(`${group} ${index}`);
    if (sender === undefined) return null;
    const at = this.#record.steps.at[sender]!;
    const open = (this.#byHost.get(this.#record.steps.host[sender]!) ?? []).filter(
      (one) => one.group === group && one.fromUs <= at && (one.toUs < 0 || one.toUs >= at),
    );
    return open.find((one) => one.place === index) ?? open.filter((one) => one.place === 0).at(-1) ?? null;
  }
}
