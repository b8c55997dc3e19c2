import { Deadline } from './deadline.js';
import { child, type Element, escapeAttribute, escapeText, NS, text } from './element.js';
import { describeError, type Place, TargetError, where } from './failure.js';
import { type NegotiationOptions, negotiate, openClientStream } from './negotiation.js';
import { authenticate, type Mechanism } from './sasl.js';
import type { XmppConnection, XmppStream } from './stream.js';

/** Who logs in, where and how. */
export interface ClientOptions extends NegotiationOptions {
  readonly username: string;
  readonly password: string;
  /** The resource to ask for; the server chooses one when left out. */
  readonly resource?: string;
  /** Forces one SASL mechanism; the best one on offer when left out. */
  readonly mechanism?: Mechanism;
}

/** A connected resource. */
export interface ClientStream extends XmppConnection {
  /** The full JID that the server bound. */
  readonly jid: string;
  /** The stream features after authentication. */
  readonly features: Element;
}

/**
 * Logs in: connects, secures, authenticates, binds a resource and, where the server offers it and does not mark it
 * optional, establishes a session (RFC 3921 section 3).
 * @throws TargetError of any kind but `registration`; the connection is closed then
 */
export async function openClient(options: ClientOptions): Promise<ClientStream> {
  const deadline = new Deadline(options.timeoutMs);
  const { stream, features: offered, place } = await negotiate(options, deadline);
  try {
    checkTlsDemand(options, offered, place);
    const credentials = { ...options, plainWithoutTls: options.endpoint.tls === 'off' };
    await authenticate(stream, offered, credentials, place, deadline);
    const features = await openClientStream(stream, place, deadline);
    const jid = await bind(stream, features, options.resource, place, deadline);
    await establishSession(stream, features, place, deadline);
    return {
      jid,
      features,
      send: (xml, kind) => stream.send(xml, kind),
      sendBytes: (bytes) => stream.sendBytes(bytes),
      onStanza: (listener) => stream.onStanza(listener),
      onEnd: (listener) => stream.onEnd(listener),
      close: () => stream.close(),
      cut: () => stream.cut(),
    };
  } catch (error) {
    stream.cut();
    throw error;
  }
}

function checkTlsDemand(options: ClientOptions, features: Element, place: Place): void {
  const starttls = child(features, 'starttls', NS.tls);
  const demanded = starttls !== undefined && child(starttls, 'required') !== undefined;
  if (options.endpoint.tls === 'off' && demanded && child(features, 'mechanisms', NS.sasl) === undefined) {
    throw new TargetError(
      'refused',
      `${where(place)} lets nobody log in to ${place.domain} without TLS: give --tls starttls.`,
    );
  }
}

async function bind(
  stream: XmppStream,
  features: Element,
  resource: string | undefined,
  place: Place,
  deadline: Deadline,
): Promise<string> {
  if (child(features, 'bind', NS.bind) === undefined) {
    throw new TargetError(
      'stream',
      `${where(place)} offers no resource binding to users of ${place.domain}: look into the server's log.`,
    );
  }
  const wanted = resource === undefined ? '' : `<resource>${escapeText(resource)}</resource>`;
  const reply = await stream.request(
    `<iq type='set' id='bind'><bind xmlns='${NS.bind}'>${wanted}</bind></iq>`,
    'bind',
    'an answer to resource binding',
    deadline,
  );
  refuseError(reply, `binding the resource ${resource ?? 'of its choice'}`, place);
  const bound = child(reply, 'bind', NS.bind);
  const jid = bound && child(bound, 'jid');
  if (jid === undefined) {
    throw new TargetError(
      'stream',
      `${where(place)} bound a resource at ${place.domain} without saying its JID: look into the server's log.`,
    );
  }
  return text(jid);
}

async function establishSession(
  stream: XmppStream,
  features: Element,
  place: Place,
  deadline: Deadline,
): Promise<void> {
  const session = child(features, 'session', NS.session);
  if (session === undefined || child(session, 'optional') !== undefined) return;
  const reply = await stream.request(
    `<iq to='${escapeAttribute(place.domain)}' type='set' id='session'><session xmlns='${NS.session}'/></iq>`,
    'session',
    'an answer to session establishment',
    deadline,
  );
  refuseError(reply, 'establishing a session', place);
}

function refuseError(reply: Element, what: string, place: Place): void {
  if (reply.attrs.type !== 'error') return;
  const error = child(reply, 'error');
  throw new TargetError(
    'refused',
    `${where(place)} refused ${what} at ${place.domain} (${error === undefined ? 'no reason given' : describeError(error)}): look into the server's log.`,
  );
}
