/** The entry of a worker thread: answers the main thread's requests one by one. Importing it anywhere else does nothing useful. */
import { parentPort, workerData } from 'node:worker_threads';
import { WorkerService } from './worker-service.ts';
import type { Request } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('worker.ts is the entry of a worker thread');
const { life } = workerData as { life: SharedArrayBuffer };
const service = new WorkerService(new Int32Array(life), (batch) => port.postMessage(batch));

port.on('message', (request: Request) => {
  void service.answer(request).then((reply) => port.postMessage(reply));
});
