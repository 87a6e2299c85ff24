/**
 * Several groups in one run: each is watched apart, by an instance of its own of every property and reach, that hears what its group observed and
 * what the world observed. A finding names its group.
 *
 * What a member says carries its group. What the world says of a host (`crashed`, `started`, `healed` …) concerns all groups and is told to each; what
 * it says of a file concerns the group in whose folder the file lies, since a group keeps to the folder that is named after it. The root folder,
 * which holds the names of those folders, is everybody's. Paths stay as they are: members observe the same ones.
 *
 * An observation that carries the number of no group of the run (a request to a group that nobody serves) is heard by those alone that watch across groups.
 */
import type { Envelope, WorldObservation } from '../core/observe.ts';
import type { Evidence, GroupFacts, Handlers, Property, Watch, WatchContext } from './property.ts';

/** What the world itself observes: by which field it names a file or folder, where it does. */
const ofTheWorld: { readonly [K in WorldObservation['kind']]: '' | 'file' | 'folder' } = {
  started: '',
  crashed: '',
  paused: '',
  resumed: '',
  fsyncStarted: 'file',
  fsynced: 'file',
  folderSynced: 'folder',
  damaged: 'file',
  diskRefused: 'file',
  faultStarted: '',
  faultEnded: '',
  healed: '',
  threw: '',
};

type Handle = NonNullable<Handlers[string]>;

/** The folder at the beginning of a path, which is the group's number; of the root itself ''. */
export function topOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}

/**
 * Handlers that hand each observation on to those of the groups that it concerns.
 * @param make the handlers of one group
 */
export function routed(groups: readonly GroupFacts[], make: (group: GroupFacts) => Handlers): Handlers {
  const made = groups.map((group) => ({ id: group.id, folder: String(group.id), on: make(group) }));
  const kinds = new Set(made.flatMap(({ on }) => Object.keys(on)));
  const routes: { [kind: string]: Handle } = {};
  for (const kind of kinds) {
    const ways = made.flatMap(({ id, folder, on }) => {
      const handle = on[kind];
      return handle === undefined ? [] : [{ id, folder, handle }];
    });
    const field = Object.hasOwn(ofTheWorld, kind) ? ofTheWorld[kind as WorldObservation['kind']] : null;
    if (field === null) {
      const byId: Handle[] = [];
      for (const { id, handle } of ways) byId[id] = handle;
      routes[kind] = (observation, envelope) => byId[envelope.group]?.(observation, envelope);
    } else if (field === '') {
      routes[kind] = (observation, envelope) => {
        for (const { handle } of ways) handle(observation, envelope);
      };
    } else {
      routes[kind] = (observation, envelope) => {
        const top = topOf(String(observation[field]));
        for (const { folder, handle } of ways) {
          if (top === folder || top === '') handle(observation, envelope);
        }
      };
    }
  }
  return routes as Handlers;
}

/** Something that properties of one group share, and what the run subscribes in its place. */
class SharedOfGroup implements Watch {
  readonly on: Handlers;
  readonly made: unknown;
  constructor(made: unknown, group: GroupFacts) {
    this.made = made;
    this.on = isWatch(made) ? routed([group], () => made.on) : {};
  }
}

function isWatch(value: unknown): value is Watch {
  return typeof value === 'object' && value !== null && 'on' in value && typeof value.on === 'object';
}

/**
 * The same property, watching each group of a run apart where that has several. One that watches across groups stays as it is.
 */
export function perGroup(property: Property): Property {
  if (property.acrossGroups === true) return property;
  return {
    ...property,
    watch(context) {
      const { groups } = context;
      if (groups === undefined) return property.watch(context);
      const ends: ((envelope: Envelope) => void)[] = [];
      const on = routed(groups, (group) => {
        const watch = property.watch(contextOf(group, context));
        if (watch.end !== undefined) ends.push((envelope) => watch.end?.({ ...envelope, group: group.id }));
        return watch.on;
      });
      if (ends.length === 0) return { on };
      return {
        on,
        end(envelope) {
          for (const end of ends) end(envelope);
        },
      };
    },
  };
}

function contextOf(group: GroupFacts, context: WatchContext): WatchContext {
  const { id, voters } = group;
  const mine = (one: Evidence): Evidence => ({ ...one, text: `group ${id}: ${one.text}` });
  return {
    ...context,
    servers: voters,
    groups: [group],
    shared: <T>(key: string, make: () => T): T =>
      context.shared(`group ${id}/${key}`, () => new SharedOfGroup(make(), group)).made as T,
    fail: (message, evidence, details) =>
      context.fail(`Group ${id}: ${message}`, evidence?.map(mine), details),
    undecided: (message) => context.undecided(`Group ${id}: ${message}`),
  };
}
