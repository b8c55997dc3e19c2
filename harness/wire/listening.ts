import { once } from 'node:events';
import type { Server } from 'node:net';
import type { Address } from './endpoint.js';
import { codeOf, TargetError, where } from './failure.js';

/**
 * Starts listening.
 * @param address where; a free port for 0
 * @param option that gave the address, for the message
 * @returns where it listens, by IP address
 * @throws TargetError `listen`
 */
export async function listening(
  server: Server,
  address: Address & { readonly backlog?: number },
  option: string,
): Promise<Address> {
  server.listen(address);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenFailure(error, address, option);
  }
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? { host: bound.address, port: bound.port } : address;
}

/** Explains why nothing can listen there. */
export function listenFailure(error: unknown, address: Address, option: string): TargetError {
  const why = codeOf(error) === 'EADDRINUSE' ? 'it is taken' : codeOf(error) || String(error);
  return new TargetError(
    'listen',
    `Nothing can listen on ${where(address)} (${why}): give another address with ${option}.`,
    { cause: error },
  );
}
