import { parentPort, workerData } from 'node:worker_threads';
import type { EmbeddedAddress } from './embedded.js';
import { type ReferenceOptions, startReference } from './reference/server.js';

const { close: _, ...address } = await startReference(workerData as ReferenceOptions);
parentPort?.postMessage(address satisfies EmbeddedAddress);
