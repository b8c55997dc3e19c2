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
  // The thread's file has the extension of this one: .js when built, .ts when run from the sources.
  const file = new URL(`./embedded-thread${extname(import.meta.url)}`, import.meta.url);
  const thread = new Worker(file, { workerData: options });
  const address = await new Promise<EmbeddedAddress>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  return {
    ...address,
    close: async () => {
      await thread.terminate();
    },
  };
}
