/**
 * A section on a thread of its own. The engine compiles code for what it has seen: what ran before in the same thread changes figures severalfold, and a section would be
 * fast alone and slow behind another.
 */
import { Worker } from 'node:worker_threads';
import { Interrupted } from './section.ts';
import type { Measuring, SectionResult } from './section.ts';

/** What the thread is told as it begins. */
export interface Errand extends Omit<Measuring, 'stop' | 'onProgress'> {
  /** Of the section. */
  readonly section: string;
}

/** What the thread tells; the last three end it. It is told to stop by any message. */
export type ThreadMessage =
  | { readonly type: 'progress'; readonly text: string }
  | { readonly type: 'result'; readonly result: SectionResult }
  | { readonly type: 'interrupted' }
  | { readonly type: 'failed'; readonly error: Error };

/**
 * Measures a section.
 * @throws Interrupted
 * @throws Error whatever the section threw
 */
export function measureInThread(
  errand: Errand,
  stop: AbortSignal,
  onProgress: (text: string) => void,
): Promise<SectionResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(entry(), import.meta.url), { workerData: errand });
    const end = (): void => worker.postMessage('stop');
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    worker.on('message', (message: ThreadMessage) => {
      if (message.type === 'progress') onProgress(message.text);
      else if (message.type === 'result') resolve(message.result);
      else reject(message.type === 'failed' ? message.error : new Interrupted());
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      stop.removeEventListener('abort', end);
      // Of no effect where it had told how it ended.
      reject(new Error(`the thread of section ${errand.section} ended with code ${code}.`));
    });
  });
}

function entry(): string {
  return import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js';
}
