import { connect, type Socket } from 'node:net';
import type { Address } from './resolve.js';

/**
 * Connects to the first address that can be connected to.
 * @param timeoutMs longest time for all of them; each has its share
 * @param signal ends the attempts
 * @returns undefined when there is none
 */
export async function dial(
  addresses: readonly Address[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Socket | undefined> {
  for (const address of addresses) {
    if (signal.aborted) return undefined;
    const socket = await attempt(address, timeoutMs / addresses.length, signal);
    if (socket !== undefined) return socket;
  }
  return undefined;
}

function attempt(address: Address, timeoutMs: number, signal: AbortSignal): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, signal });
    const timer = setTimeout(() => socket.destroy(), timeoutMs);
    // What goes wrong is told by the close that follows.
    socket.on('error', () => {});
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}
