import { connect, isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
  connect as tlsConnect,
} from 'node:tls';
import { domainToASCII } from 'node:url';
import type { SelfSigned } from './certificate.js';
import type { Deadline } from './deadline.js';
import type { Address, Endpoint } from './endpoint.js';
import { codeOf, connectFailure, connectTimeout, TargetError, tlsFailure, where } from './failure.js';

/**
 * Opens a TCP connection.
 * @throws TargetError `unreachable`
 */
export async function connectTcp(address: Address, deadline: Deadline): Promise<Socket> {
  const socket = connect({ host: address.host, port: address.port, noDelay: true });
  await settled(socket, 'connect', deadline, (error) =>
    error === undefined ? connectTimeout(address) : connectFailure(error, address),
  );
  return socket;
}

/** The latest TLS session of an endpoint, to be resumed: saves both sides the signature and the certificate. */
const sessions = new WeakMap<Endpoint, Buffer>();

/**
 * Establishes TLS on a connection and checks the certificate against the domain (RFC 6120 13.7.2).
 * @param socket without data listeners
 * @param resume whether an earlier session with this endpoint, whose certificate was checked then, may be resumed
 * @throws TargetError `certificate`, `no-tls`, `timeout`
 */
export async function establishTls(
  socket: Socket,
  endpoint: Endpoint,
  domain: string,
  deadline: Deadline,
  resume: boolean,
): Promise<TLSSocket> {
  const session = resume ? sessions.get(endpoint) : undefined;
  const name = domainToASCII(domain) || domain;
  const place = { host: endpoint.host, port: endpoint.port, domain };
  let context: SecureContext;
  try {
    context = secureContext(endpoint, domain);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const secured = tlsConnect({
    socket,
    secureContext: context,
    rejectUnauthorized: !endpoint.insecure,
    checkServerIdentity: (_host, certificate) =>
      endpoint.insecure ? undefined : checkServerIdentity(name, certificate),
    // SNI carries no addresses (RFC 6066 section 3).
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(endpoint.tls === 'direct' ? { ALPNProtocols: ['xmpp-client'] } : {}),
    ...(session === undefined ? {} : { session }),
  });
  let isChecked = false;
  let latest: Buffer | undefined;
  if (resume) {
    secured.on('session', (ticket) => {
      latest = ticket;
      if (isChecked) sessions.set(endpoint, ticket);
    });
  }
  await settled(secured, 'secureConnect', deadline, (error) =>
    error === undefined
      ? new TargetError(
          'timeout',
          `${where(place)} did not complete the TLS handshake within ${deadline.timeoutMs} ms: check its TLS settings, or raise --timeout.`,
        )
      : tlsFailure(error, place),
  );
  // Node checks no name on a resumed session, and in TLS 1.2 the ticket comes before the check of the first.
  isChecked = true;
  if (latest !== undefined) sessions.set(endpoint, latest);
  return secured;
}

/** A context takes milliseconds to build, so each set of authorities has one for the life of the process. */
const contexts = new Map<string, SecureContext>();

/** Those of the harness's servers go with them: each domain of each case is one. */
const serverContexts = new WeakMap<SelfSigned, Map<string, SecureContext>>();

function secureContext({ ca, identity }: Endpoint, domain: string): SecureContext {
  const cache = identity === undefined ? contexts : (serverContexts.get(identity) ?? new Map());
  if (identity !== undefined) serverContexts.set(identity, cache);
  const key = ca ?? '';
  const known = cache.get(key);
  if (known !== undefined) return known;
  try {
    const created = createSecureContext({ ...(ca === undefined ? {} : { ca }), ...identity });
    cache.set(key, created);
    return created;
  } catch (error) {
    throw new TargetError(
      'certificate',
      `The CA certificate given for ${domain} can't be read (${codeOf(error) || 'not PEM'}): give a PEM file with --ca.`,
      { cause: error },
    );
  }
}

/** Waits for the event; on failure or deadline destroys the socket and throws what `explain` makes of it. */
function settled(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  deadline: Deadline,
  explain: (error: Error | undefined) => TargetError,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (failure?: TargetError) => {
      clearTimeout(timer);
      socket.off(event, onEvent).off('error', onError).off('close', onClose);
      if (failure === undefined) {
        resolve();
        return;
      }
      // What a dying socket still has to say is of no interest, but must not become an uncaught exception.
      socket.on('error', () => {});
      socket.destroy();
      reject(failure);
    };
    const onEvent = () => finish();
    const onError = (error: Error) => finish(explain(error));
    const onClose = () =>
      finish(explain(Object.assign(new Error('connection closed'), { code: 'ECONNRESET' })));
    const timer = setTimeout(() => finish(explain(undefined)), deadline.remainingMs);
    socket.on(event, onEvent).on('error', onError).on('close', onClose);
  });
}
