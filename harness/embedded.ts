import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Reference, ReferenceOptions } from './reference/server.js';

/** What the thread says once the server listens. */
export type EmbeddedAddress = Omit<Reference, 'close'>;

/**
 * Starts the embedded server in a thread of its own, so that it and the harness share a machine as two programs would.
 * @throws Error when it can't be started
 */
export async function startEmbedded(options: ReferenceOptions): Promise<Reference> {
  // A thread does not inherit the loader that reads the sources: run from them, the server shares this thread.
  if (extname(import.meta.url) === '.ts') {
    const { startReference } = await import('./reference/server.js');
    return startReference(options);
  }
  const thread = new Worker(new URL('./embedded-thread.js', import.meta.url), { workerData: options });
  const address = await new Promise<EmbeddedAddress>((resolve, reject) => {
    thread.once('message', resolve);
    // A listener that stays: when the server fails later, its cases show it, and the report is still written.
    thread.on('error', reject);
    thread.once('exit', (status) => {
      reject(new Error(`The thread of the embedded server ended with status ${status} before it served.`));
    });
  });
  return {
    ...address,
    close: async () => {
      await thread.terminate();
    },
  };
}
