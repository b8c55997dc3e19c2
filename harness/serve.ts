import { isIP } from 'node:net';
import { UsageError } from './config.js';
import type { ReferenceOptions } from './reference/server.js';

/** Options of `xmpp-conform serve`. */
export interface ServeOptions {
  readonly spec: 'rfc3921' | 'rfc6121';
  readonly domain: string;
  readonly port: string;
  readonly componentPort: string;
  readonly componentDomain: string;
  readonly componentSecret: string;
  /** Where other servers connect; without it there is no federation. */
  readonly s2sPort?: string;
  /** Name servers that find other servers; those of the system when absent. */
  readonly dns?: readonly string[];
  readonly tls: 'starttls' | 'direct' | 'off';
}

/**
 * Runs the embedded server until SIGINT or SIGTERM.
 * @throws UsageError when a port is no port or taken, or a name server is none
 */
export async function serve(options: ServeOptions): Promise<void> {
  const { startReference } = await import('./reference/server.js');
  const { spec, domain, tls } = options;
  const server = await startReference({
    spec,
    domain,
    tls,
    port: portOf('--port', options.port),
    component: {
      domain: options.componentDomain,
      secret: options.componentSecret,
      port: portOf('--component-port', options.componentPort),
    },
    ...federationOf(options),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    throw new UsageError(
      `The embedded server can't listen: ${error.message}; choose another ${options.s2sPort === undefined ? '--port or --component-port' : '--port, --component-port or --s2s-port'}.`,
    );
  });
  process.stdout.write(
    `Serving ${domain} (${spec}) at ${server.host}:${server.port}, components of ${options.componentDomain} at ${server.host}:${server.componentPort}.\n` +
      'Accounts are made by in-band registration and kept in memory. Ctrl-C ends it.\n',
  );
  if (server.s2sPort !== undefined) {
    process.stdout.write(`Other servers reach it at ${server.host}:${server.s2sPort}, by dialback.\n`);
  }
  if (tls !== 'off') process.stdout.write(`Its certificate:\n${server.ca}`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
}

function federationOf({ s2sPort, dns }: ServeOptions): Pick<ReferenceOptions, 's2s'> {
  if (s2sPort === undefined) {
    if (dns === undefined) return {};
    throw new UsageError('--dns says where other servers are found: give --s2s-port as well.');
  }
  const port = portOf('--s2s-port', s2sPort);
  return { s2s: dns === undefined ? { port } : { port, dnsServers: dns.map(nameServer) } };
}

/** The name server as the resolver wants it: an address, and a port where it is not 53. */
function nameServer(value: string): string {
  const parts = /^(?:\[(.+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(value);
  const host = isIP(value) === 6 ? value : (parts?.[1] ?? parts?.[2] ?? '');
  const port = Number(isIP(value) === 6 ? 53 : (parts?.[3] ?? 53));
  if (isIP(host) === 0 || port < 1 || port > 65535) {
    throw new UsageError(
      `--dns must be the IP address of a name server, with or without :PORT, not "${value}".`,
    );
  }
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function portOf(option: string, value: string): number {
  const port = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(port >= 0 && port <= 65535))
    throw new UsageError(`${option} must be a port from 0 to 65535, not "${value}".`);
  return port;
}
