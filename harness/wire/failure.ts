import { child, type Element, elements, NS, text } from './element.js';

/** What kind of obstacle the target put in the way; decides what the user is told to do. */
export type TargetFailure =
  | 'unreachable'
  | 'no-tls'
  | 'certificate'
  | 'authentication'
  | 'not-served'
  | 'refused'
  | 'timeout'
  | 'stream'
  | 'internal'
  | 'registration'
  /** Not the target's: an address of this machine can't be listened on. */
  | 'listen';

/** The target could not be used; the message is one sentence for the user: what, where, what to do. */
export class TargetError extends Error {
  constructor(
    readonly kind: TargetFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TargetError';
  }
}

/** How a stream came to its end. */
export interface StreamEnd {
  /**
   * `closed`: with the closing tag; `error`: a stream error, or XML that can't be read any further; `lost`: the
   * connection went away without a farewell.
   */
  readonly kind: 'closed' | 'error' | 'lost';
  /** The defined condition of the stream error received (RFC 6120 4.9.3). */
  readonly streamError?: string;
  /** The end as a clause of a sentence, with the peer's own words where it gave some. */
  readonly message: string;
}

/** Where the harness was connecting to, in the user's terms. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
}

/** Writes `host:port`, an IPv6 address in brackets. */
export function where(place: Pick<Place, 'host' | 'port'>): string {
  return place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
}

/** The error code that Node or OpenSSL gave, or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Explains why no TCP connection came about. */
export function connectFailure(error: unknown, place: Pick<Place, 'host' | 'port'>): TargetError {
  const at = where(place);
  const options = { cause: error };
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return new TargetError(
        'unreachable',
        `${at} refuses connections: start the server or correct the port.`,
        options,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NONAME':
    case 'ENODATA':
      return new TargetError(
        'unreachable',
        `The host name ${place.host} can't be resolved: correct it or check the name service.`,
        options,
      );
    case 'ETIMEDOUT':
      return connectTimeout(place);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return new TargetError(
        'unreachable',
        `There is no route to ${at}: check the address and the network.`,
        options,
      );
    default:
      return new TargetError(
        'unreachable',
        `Connecting to ${at} failed (${messageOf(error)}): check that the server is running and reachable.`,
        options,
      );
  }
}

/** Nothing answered the attempt to connect. */
export function connectTimeout(place: Pick<Place, 'host' | 'port'>): TargetError {
  return new TargetError(
    'unreachable',
    `Nothing answers at ${where(place)}: check the address, the port and any firewall in between.`,
  );
}

/** Nothing came although the connection stands. */
export function answerTimeout(place: Place, awaited: string, timeoutMs: number): TargetError {
  return new TargetError(
    'timeout',
    `${where(place)} did not send ${awaited} within ${timeoutMs} ms: check that it is an XMPP server, or raise --timeout.`,
  );
}

/** Explains why TLS could not be established, certificate and all. */
export function tlsFailure(error: unknown, place: Place): TargetError {
  const at = where(place);
  const options = { cause: error };
  const refuse = (what: string, remedy: string) =>
    new TargetError('certificate', `The certificate of ${at} ${what}: ${remedy}.`, options);
  switch (codeOf(error)) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return refuse(
        `is not for ${place.domain}`,
        'correct --domain, give the server a certificate for that domain, or --insecure to accept it',
      );
    case 'CERT_HAS_EXPIRED':
      return refuse('has expired', 'renew it, or give --insecure to accept it');
    case 'CERT_NOT_YET_VALID':
      return refuse('is not valid yet', 'check the clocks, or give --insecure to accept it');
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return refuse(
        `for ${place.domain} is signed by no authority that is trusted here`,
        'give its CA with --ca, or --insecure to accept it',
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
    case 'ERR_SSL_UNKNOWN_PROTOCOL':
      return new TargetError(
        'no-tls',
        `${at} does not speak TLS from the first byte: give --tls starttls, or the port for direct TLS.`,
        options,
      );
    case 'ECONNRESET':
    case 'EPIPE':
      return new TargetError(
        'no-tls',
        `${at} dropped the connection during the TLS handshake: check its certificate and TLS settings.`,
        options,
      );
    default:
      return /^(CERT_|UNABLE_TO|INVALID_|ERROR_IN_)/.test(codeOf(error))
        ? refuse(`can't be verified (${messageOf(error)})`, 'mend it, or give --insecure to accept it')
        : new TargetError(
            'no-tls',
            `TLS with ${at} failed (${messageOf(error)}): check its certificate and TLS settings.`,
            options,
          );
  }
}

/** The defined condition of an error that lies in the server (RFC 6120 4.9.3.6, 8.3.3.7). */
export const INTERNAL_ERROR = 'internal-server-error';

/** Explains a stream that ended while something was still awaited, for a client. */
export function streamFailure(end: StreamEnd, awaited: string, place: Place): TargetError {
  const at = where(place);
  switch (end.streamError) {
    case 'host-unknown':
    case 'host-gone':
    case 'improper-addressing':
      return new TargetError(
        'not-served',
        `${at} does not serve the domain ${place.domain} (${end.streamError}): name one that it serves with --domain.`,
      );
    case INTERNAL_ERROR:
      return new TargetError(
        'internal',
        `${at} did not send ${awaited} for ${place.domain}: ${end.message}; look into the server's log.`,
      );
    case 'see-other-host':
      return new TargetError(
        'refused',
        `${at} sends clients of ${place.domain} to another host (${end.message}): give that one as --target.`,
      );
    default:
      return new TargetError(
        'stream',
        `${at} did not send ${awaited} for ${place.domain}: ${end.message}; look into the server's log.`,
      );
  }
}

/** The defined condition inside a stream error, stanza error or SASL failure, or `undefined-condition`. */
export function conditionOf(error: Element): string {
  const defined = elements(error).find(
    (item) =>
      item.name !== 'text' && [NS.streamErrors, NS.stanzaErrors, NS.sasl].some((known) => known === item.ns),
  );
  return defined?.name ?? 'undefined-condition';
}

/** The condition and, where the peer gave one, its own explanation: `not-authorized, "no such user"`. */
export function describeError(error: Element): string {
  const condition = conditionOf(error);
  const words = [NS.streamErrors, NS.stanzaErrors, NS.sasl]
    .map((ns) => child(error, 'text', ns))
    .find((found) => found !== undefined);
  const explanation = words === undefined ? '' : text(words).replace(/\s+/g, ' ').trim();
  return explanation === '' ? condition : `${condition}, "${explanation}"`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.message === '' ? codeOf(error) : error.message).split('\n')[0] ?? '';
}
