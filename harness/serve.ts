import { UsageError } from './config.js';

/** Options of `xmpp-conform serve`. */
export interface ServeOptions {
  readonly spec: 'rfc3921' | 'rfc6121';
  readonly domain: string;
  readonly port: string;
  readonly componentPort: string;
  readonly componentDomain: string;
  readonly componentSecret: string;
  readonly tls: 'starttls' | 'direct' | 'off';
}

/**
 * Runs the embedded server until SIGINT or SIGTERM.
 * @throws UsageError when a port is no port or taken
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
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    throw new UsageError(
      `The embedded server can't listen: ${error.message}; choose another --port or --component-port.`,
    );
  });
  process.stdout.write(
    `Serving ${domain} (${spec}) at ${server.host}:${server.port}, components of ${options.componentDomain} at ${server.host}:${server.componentPort}.\n` +
      'Accounts are made by in-band registration and kept in memory. Ctrl-C ends it.\n',
  );
  if (tls !== 'off') process.stdout.write(`Its certificate:\n${server.ca}`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await server.close();
}

function portOf(option: string, value: string): number {
  const port = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (!(port >= 0 && port <= 65535))
    throw new UsageError(`${option} must be a port from 0 to 65535, not "${value}".`);
  return port;
}
