import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer } from 'node:tls';
import { selfSigned } from '../wire/certificate.js';
import { Accounts } from './accounts.js';
import { ComponentConnection } from './component.js';
import { ClientConnection } from './connection.js';
import { policyOf } from './deviations.js';
import { FAULTS } from './faults/index.js';
import type { Mode, Policy } from './policy.js';
import { Router } from './router.js';
import { Federation, type FederationOptions } from './s2s/federation.js';
import { VARIATIONS } from './variations/index.js';
import { watched } from './watch.js';

/** What the embedded server is to be. */
export interface ReferenceOptions {
  /** Decides where the two RFCs differ. */
  readonly spec: Mode;
  readonly domain: string;
  /** Address to listen on; 127.0.0.1 when absent. */
  readonly host?: string;
  /** Port for clients; a free one when absent or 0. */
  readonly port?: number;
  /** `starttls` (offered, never demanded) when absent. */
  readonly tls?: 'starttls' | 'direct' | 'off';
  /** Opens a port for components; the secret admits any domain but the server's own. */
  readonly component?: { readonly domain: string; readonly secret: string; readonly port?: number };
  /** Opens a port for other servers, and reaches them; `resolve` can't be given to a thread of its own. */
  readonly s2s?: FederationOptions & { readonly port?: number };
  /** Ids from the register of faults. */
  readonly faults?: readonly string[];
  /** Ids from the register of variations. */
  readonly variations?: readonly string[];
  /** Told the id of each variation that would have decided otherwise than this server has; see watch.ts. */
  readonly onVariation?: (id: string) => void;
}

/** A running embedded server. */
export interface Reference {
  readonly host: string;
  readonly port: number;
  /** Undefined when no component was asked for. */
  readonly componentPort: number | undefined;
  /** Undefined when other servers were not asked for. */
  readonly s2sPort: number | undefined;
  readonly domain: string;
  /** The certificate to trust, PEM. */
  readonly ca: string;
  /** Cuts every connection and stops listening. */
  close(): Promise<void>;
}

/** Connections that may wait to be accepted; hundreds come at once. */
const BACKLOG = 1024;

/**
 * Starts the embedded server: one domain, accounts in memory.
 * @throws {Error} when a fault or variation is unknown or does not apply, or a port is taken
 */
export async function startReference(options: ReferenceOptions): Promise<Reference> {
  const { domain, host = '127.0.0.1', tls = 'starttls', component } = options;
  const accounts = new Accounts(domain);
  const deviations = [...(options.faults ?? []), ...(options.variations ?? [])];
  const policy = policyOf(options.spec, deviations, [...FAULTS, ...VARIATIONS], accounts);
  const router = new Router({ domain, policy: observed(policy, options, accounts), accounts });
  const { key, cert } = selfSigned(domain);
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };
  const starttls = tls === 'starttls' ? createSecureContext({ key, cert }) : undefined;
  const serve = (socket: Socket) => new ClientConnection(socket, { router, starttls });
  const clients = tls === 'direct' ? createTlsServer({ key, cert }, serve) : createServer(serve);
  clients.on('connection', accept);
  const servers = [clients];
  let federation: Federation | undefined;
  const close = async (): Promise<void> => {
    router.close();
    federation?.close();
    const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
  };
  try {
    const port = await listen(clients, options.port ?? 0, host);
    let componentPort: number | undefined;
    if (component !== undefined) {
      const components = createServer((socket) => new ComponentConnection(socket, router, component.secret));
      components.on('connection', accept);
      servers.push(components);
      componentPort = await listen(components, component.port ?? 0, host);
    }
    let s2sPort: number | undefined;
    if (options.s2s !== undefined) {
      const context = tls === 'off' ? undefined : createSecureContext({ key, cert });
      const peers = new Federation(router, context, options.s2s);
      federation = peers;
      router.federate(peers);
      const others = createServer((socket) => peers.accept(socket));
      others.on('connection', accept);
      servers.push(others);
      s2sPort = await listen(others, options.s2s.port ?? 0, host);
    }
    return { host, port, componentPort, s2sPort, domain, ca: cert, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function observed(policy: Policy, { spec, onVariation }: ReferenceOptions, accounts: Accounts): Policy {
  if (onVariation === undefined) return policy;
  const permitted = VARIATIONS.filter(({ specs }) => specs?.includes(spec) !== false);
  return watched(policy, permitted, accounts, onVariation);
}

/** Listens on the port, or on a free one for 0, and tells which. */
async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen({ port, host, backlog: BACKLOG });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error(`The reference server listens on ${host}, but not on a TCP port.`);
  }
  return address.port;
}
