/** The thread of a section: measures it, and tells what came of it. */
import { parentPort, workerData } from 'node:worker_threads';
import { Interrupted } from './section.ts';
import type { Errand, ThreadMessage } from './section-thread.ts';
import { sections } from './sections.ts';

const { section, ...measuring } = workerData as Errand;
const port = parentPort!;
const stop = new AbortController();
port.on('message', () => stop.abort());
const tell = (message: ThreadMessage): void => port.postMessage(message);
try {
  const { measure } = sections.find(({ name }) => name === section)!;
  const onProgress = (text: string): void => tell({ type: 'progress', text });
  tell({ type: 'result', result: await measure({ ...measuring, stop: stop.signal, onProgress }) });
} catch (error) {
  if (error instanceof Interrupted) tell({ type: 'interrupted' });
  else tell({ type: 'failed', error: error instanceof Error ? error : new Error(String(error)) });
} finally {
  port.close();
}
