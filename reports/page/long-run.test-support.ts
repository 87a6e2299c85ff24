/** A run of an hour with 100,000 operations and 200,000 messages, made without a world: what the lanes must pan over without a stutter. */
import { lanesPage } from './lanes-page.test-support.ts';
import type { EventTable, MessageTable, OperationTable, RoleSpan, RunPage } from './run-page.ts';

const servers = 5;
const clients = 8;
const hourUs = 3_600_000_000;
/** Messages stand in these last minutes, operations in all of the hour. */
const windowUs = 600_000_000;

/** Mutable columns of a table. */
type Columns<Table> = {
  -readonly [Key in keyof Table]: Table[Key] extends readonly (infer One)[] ? One[] : Table[Key];
};

/** Makes it; the same every time. */
export function longRunPage(operations = 100_000, messages = 200_000): RunPage {
  const base = lanesPage({ servers, hosts: servers + clients, events: [{ at: 0, host: 0 }] });
  const { events, table } = traffic(messages);
  const count = events.seq.length;
  const slice = Array.from({ length: 44 }, (_, i) => count - 44 + i);
  const storyEvents = [0, 9, 20, 31, 43].map((i) => slice[i]!);
  return {
    ...base,
    about: { ...base.about, scenario: 'an-hour', events: 4_000_000, untilUs: hourUs },
    verdict: { ...base.verdict, state: 'violated', atUs: events.atUs[count - 1]!, seq: count - 1 },
    story: storyEvents.map((event, i) => ({
      ...{ number: i + 1, seq: event, at: events.atUs[event]!, node: events.host[event]! },
      ...{ text: 'received an append', rule: i === 4 ? 'conflict' : 'near' },
    })),
    storyEvents,
    timeline: {
      ...base.timeline,
      window: { fromUs: hourUs - windowUs, toUs: hourUs },
      events,
      messages: table,
      slice,
      density: {
        binUs: 1_000_000,
        messages: Array.from({ length: 3000 }, (_, i) => 300 + ((i * 37) % 90)),
      },
      roles: roles(),
      operations: operationsOf(operations),
    },
  };
}

/** Rounds of appends and answers between a leader and the others, one event for each message received. */
function traffic(count: number): { events: EventTable; table: MessageTable } {
  const events: Columns<EventTable> = {
    ...{ seq: [], atUs: [], host: [], kind: [], message: [], previous: [], past: [], texts: {} },
    kinds: ['deliver'],
  };
  const table: Columns<MessageTable> = {
    ...{ sent: [], received: [], from: [], to: [], sentUs: [], receivedUs: [], label: [], routine: [] },
    labels: ['append', 'appendReply'],
  };
  const last = new Array<number>(servers + clients).fill(-1);
  const stepUs = windowUs / count;
  for (let i = 0; i < count; i += 1) {
    const answer = i % 2;
    const other = 1 + ((i >> 1) % (servers - 1));
    const to = answer === 1 ? 0 : other;
    const at = Math.round(hourUs - windowUs + i * stepUs);
    events.seq.push(i);
    events.atUs.push(at);
    events.host.push(to);
    events.kind.push(0);
    events.message.push(i);
    events.previous.push(last[to]!);
    events.past.push(1);
    table.sent.push(last[to === 0 ? other : 0]!);
    table.received.push(i);
    table.from.push(to === 0 ? other : 0);
    table.to.push(to);
    table.sentUs.push(Math.max(0, Math.round(at - 4000 - (i % 7) * 500)));
    table.receivedUs.push(at);
    table.label.push(answer);
    table.routine.push(0);
    last[to] = i;
  }
  return { events, table };
}

function operationsOf(count: number): OperationTable {
  const table: Columns<OperationTable> = {
    ...{ id: [], host: [], lane: [], fromUs: [], toUs: [], outcome: [], asked: [], answered: [] },
    ...{
      words: ['put k0 = 3', 'ok', 'get k1'],
      pointUs: [],
      token: [],
      object: [],
      objects: ['k0'],
      violating: [],
    },
  };
  const perClient = hourUs / (count / clients);
  for (let i = 0; i < count; i += 1) {
    const from = Math.floor(Math.floor(i / clients) * perClient + (i % clients) * 500);
    table.id.push(i);
    table.host.push(servers + (i % clients));
    table.lane.push(0);
    table.fromUs.push(from);
    table.toUs.push(i % 997 === 0 ? -1 : Math.floor(from + perClient * (0.2 + ((i * 31) % 70) / 100)));
    table.outcome.push(i % 997 === 0 ? 'unknown' : i % 101 === 0 ? 'fail' : 'ok');
    table.asked.push(i % 3 === 0 ? 2 : 0);
    table.answered.push(1);
    table.pointUs.push(from + 20_000);
    table.token.push(0);
    table.object.push(0);
  }
  return table;
}

/** A new leader every half minute. */
function roles(): readonly RoleSpan[] {
  const spans: RoleSpan[] = [];
  const termUs = 30_000_000;
  for (let term = 0; term * termUs < hourUs; term += 1)
    for (let host = 0; host < servers; host += 1)
      spans.push({
        ...{ host, group: 0, term: term + 1, fromUs: term * termUs, toUs: (term + 1) * termUs },
        role: host === term % servers ? 'leader' : 'follower',
      });
  return spans;
}
