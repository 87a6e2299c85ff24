/**
 * Clients that die, stop, or come to stand alone.
 *
 * Fault model: a client's process goes down and comes back knowing nothing (its session lives on until it expires); it stops for a while and goes on believing what
 * it believed; or it is cut off from everybody. What is worth most is done to whoever holds something that others wait for: those are aimed at by names
 * that the system under test resolves.
 */
import type { Fault, Nemesis } from '../faults.ts';
import { hosts, selected } from '../targets.ts';
import { BadFaultError, storm } from './storm.ts';
import type { Span, StormKind } from './storm.ts';

function fault(id: string, how: 'crash' | 'pause'): Fault {
  return {
    id,
    start(control, targets) {
      for (const host of targets)
        if (how === 'crash') control.crash(host, false);
        else control.pause(host);
    },
    stop(control, targets) {
      for (const host of targets)
        if (how === 'crash') control.restart(host);
        else control.resume(host);
    },
  };
}

/** A client's process dies and comes back. */
export const clientCrash = fault('client-crash', 'crash');
/** A client stops and goes on. */
export const clientPause = fault('client-pause', 'pause');
/** The client that holds a lock, one that others wait for if there is one, dies. */
export const holderCrash = fault('holder-crash', 'crash');
/** The client that holds a lock falls asleep. */
export const holderPause = fault('holder-pause', 'pause');
/** A client that waits for a lock, or at a barrier, dies. */
export const waiterCrash = fault('waiter-crash', 'crash');

/**
 * Faults of clients; with selectors `lock-holder` and `waiter` where those are aimed at.
 * @param options.everyMs start to start (default 2–6 s)
 * @param options.lastMs how long each lasts (default 0.5–8 s)
 * @param options.crash, options.pause relative frequency for a client drawn at random (default 0)
 * @param options.holderCrash, options.holderPause, options.waiterCrash likewise for whom the name says (default 0)
 * @throws BadFaultError where no frequency is above 0
 */
export function clientFaults(options: {
  readonly everyMs?: Span;
  readonly lastMs?: Span;
  readonly crash?: number;
  readonly pause?: number;
  readonly holderCrash?: number;
  readonly holderPause?: number;
  readonly waiterCrash?: number;
}): Nemesis {
  const { crash = 0, pause = 0 } = options;
  const kinds: StormKind[] = [
    anyClient(clientCrash, crash),
    anyClient(clientPause, pause),
    aimed(holderCrash, options.holderCrash ?? 0, 'lock-holder'),
    aimed(holderPause, options.holderPause ?? 0, 'lock-holder'),
    aimed(waiterCrash, options.waiterCrash ?? 0, 'waiter'),
  ];
  if (kinds.every(({ weight }) => weight === 0)) {
    throw new BadFaultError(
      'clientFaults() needs a fault with a frequency above 0.',
      'clientFaults({ crash: 1 })',
    );
  }
  return storm({ everyMs: options.everyMs ?? [2_000, 6_000], lastMs: options.lastMs ?? [500, 8_000], kinds });
}

function anyClient(what: Fault, weight: number): StormKind {
  return {
    fault: what,
    weight,
    draft: ({ servers, clients, random }, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: clients === 0 ? hosts() : hosts(servers + random.below(clients)),
      args: {},
    }),
  };
}

function aimed(what: Fault, weight: number, selector: string): StormKind {
  return {
    fault: what,
    weight,
    draft: (_context, atUs, durationUs) => ({
      when: { atUs },
      durationUs,
      target: selected(selector),
      args: {},
    }),
  };
}
