/** How a command that works for a while is interrupted. */
import { exitCodes } from '../../reports/verdict.ts';

/** npm passes a signal on that the terminal has sent to its children already: two within this time are one. */
const oneSignalMs = 500;

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. Stays until the process ends. */
export function stopOnSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  const interrupt = (): void => {
    if (stop.signal.aborted) {
      if (performance.now() - firstAt > oneSignalMs) process.exit(exitCodes.interrupted);
      return;
    }
    firstAt = performance.now();
    stop.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return stop.signal;
}
