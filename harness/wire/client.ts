import { Deadline } from './deadline.js';
import { child, type Element, escapeAttribute, escapeText, NS, text } from './element.js';
import { conditionOf, describeError, INTERNAL_ERROR, type Place, TargetError, where } from './failure.js';
import { type NegotiationOptions, negotiate, openClientStream } from './negotiation.js';
import { authenticate, type Mechanism } from './sasl.js';
import { connectionOf, type XmppConnection, type XmppStream } from './stream.js';

/**
 * How far a log-in goes: `complete`; `attempted`, as far as the server lets it, a refusal of the resource or of the session
 * being an answer like any other; or left off on a stream that is `secured`, `authenticated` or `bound`.
 */
export type LogInStage = 'complete' | 'attempted' | 'secured' | 'authenticated' | 'bound';

/** Who logs in, where and how. */
export interface ClientOptions extends NegotiationOptions {
  readonly username: string;
  readonly password: string;
  /** The resource to ask for; the server chooses one when left out. */
  readonly resource?: string;
  /** Forces one SASL mechanism; the best one on offer when left out. */
  readonly mechanism?: Mechanism;
  /** `complete` when left out. */
  readonly stage?: LogInStage;
}

/** A client's stream, of a connected resource as a rule. */
export interface ClientStream extends XmppConnection {
  /** The full JID that the server bound; empty where it bound none. */
  readonly jid: string;
  /** The latest stream features. */
  readonly features: Element;
  /** The server's replies to binding and session establishment. */
  readonly replies: readonly Element[];
  /** Whether all steps were taken that the server's features ask for. */
  readonly isComplete: boolean;
}

/** How often a log-in is tried on a server that reports an error of its own. */
const ATTEMPTS = 9;

/** The pause before the second attempt; it doubles with each. */
const FIRST_PAUSE_MS = 15;

/**
 * Logs in: connects, secures, authenticates, binds a resource and, where the server offers it and does not mark it
 * optional, establishes a session (RFC 3921 section 3). A log-in that fails by an internal error of the server is
 * repeated a few times, with a note in the transcript: jabberd2 knows its sessions by the numbers of their sockets, and
 * until it has forgotten a session it refuses one on a socket of the same number.
 * @throws TargetError of any kind but `registration`; the connection is closed then
 */
export async function openClient(options: ClientOptions): Promise<ClientStream> {
  const deadline = new Deadline(options.timeoutMs);
  for (let attempt = 1; ; attempt++) {
    try {
      return await logIn(options, deadline);
    } catch (error) {
      const isFault = error instanceof TargetError && error.kind === 'internal';
      const pauseMs = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      if (!isFault || attempt === ATTEMPTS || pauseMs > deadline.remainingMs) throw error;
      options.record({
        atMs: performance.now(),
        direction: 'none',
        kind: 'note',
        xml: `log-in failed by ${INTERNAL_ERROR} of the server; attempt ${attempt + 1} of ${ATTEMPTS} in ${pauseMs} ms`,
      });
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

async function logIn(options: ClientOptions, deadline: Deadline): Promise<ClientStream> {
  const { stream, features: offered, place } = await negotiate(options, deadline);
  try {
    checkTlsDemand(options, offered, place);
    const credentials = { ...options, plainWithoutTls: options.endpoint.tls === 'off' };
    const { stage = 'complete' } = options;
    const left = { jid: '', replies: [], isComplete: false, ...connectionOf(stream) };
    if (stage === 'secured') return { ...left, features: offered };
    await authenticate(stream, offered, credentials, place, deadline);
    const features = await openClientStream(stream, place, deadline);
    if (stage === 'authenticated') return { ...left, features };
    const binding = await bind(stream, features, options.resource, place, deadline);
    if (stage === 'attempted' && isRefusal(binding) && !isInternal(binding))
      return { ...left, features, replies: [binding] };
    const jid = boundJid(binding, options.resource, place);
    if (stage === 'bound') return { ...left, jid, features, replies: [binding] };
    const session = await establishSession(stream, features, stage, place, deadline);
    const replies = session === undefined ? [binding] : [binding, session];
    if (session !== undefined && isRefusal(session)) {
      if (stage === 'attempted' && !isInternal(session)) return { ...left, jid, features, replies };
      throw refusal(session, 'establishing a session', place);
    }
    return { ...left, jid, features, replies, isComplete: true };
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
): Promise<Element> {
  if (child(features, 'bind', NS.bind) === undefined) {
    throw new TargetError(
      'stream',
      `${where(place)} offers no resource binding to users of ${place.domain}: look into the server's log.`,
    );
  }
  const wanted = resource === undefined ? '' : `<resource>${escapeText(resource)}</resource>`;
  return await stream.request(
    `<iq type='set' id='bind'><bind xmlns='${NS.bind}'>${wanted}</bind></iq>`,
    'bind',
    'an answer to resource binding',
    deadline,
  );
}

function boundJid(reply: Element, resource: string | undefined, place: Place): string {
  if (isRefusal(reply)) throw refusal(reply, `binding the resource ${resource ?? 'of its choice'}`, place);
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

/** Undefined where the server wants none; what is judged asks for a session wherever there is one to be had. */
async function establishSession(
  stream: XmppStream,
  features: Element,
  stage: 'complete' | 'attempted',
  place: Place,
  deadline: Deadline,
): Promise<Element | undefined> {
  const session = child(features, 'session', NS.session);
  const isOptional = session !== undefined && child(session, 'optional') !== undefined;
  if (session === undefined || (isOptional && stage === 'complete')) return undefined;
  return await stream.request(
    `<iq to='${escapeAttribute(place.domain)}' type='set' id='session'><session xmlns='${NS.session}'/></iq>`,
    'session',
    'an answer to session establishment',
    deadline,
  );
}

function isRefusal(reply: Element): boolean {
  return reply.attrs.type === 'error';
}

function isInternal(reply: Element): boolean {
  const error = child(reply, 'error');
  return error !== undefined && conditionOf(error) === INTERNAL_ERROR;
}

function refusal(reply: Element, what: string, place: Place): TargetError {
  const error = child(reply, 'error');
  return new TargetError(
    isInternal(reply) ? 'internal' : 'refused',
    `${where(place)} refused ${what} at ${place.domain} (${error === undefined ? 'no reason given' : describeError(error)}): look into the server's log.`,
  );
}
