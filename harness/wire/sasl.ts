import { randomBytes } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import saslprep from '@mongodb-js/saslprep';
import { type ChannelBinding, channelBinding } from './channel-binding.js';
import type { Deadline } from './deadline.js';
import { child, type Element, elements, NS, text } from './element.js';
import { describeError, type Place, TargetError, where } from './failure.js';
import {
  clientFinal,
  clientFirstBare,
  deriveKeys,
  parseServerFirst,
  ScramError,
  type ScramHash,
  type ScramKeys,
  verifyServerFinal,
} from './scram.js';
import type { XmppStream } from './stream.js';
import { WITHHELD } from './transcript.js';

/** The SASL mechanisms that the harness speaks, the preferred one first. */
export const MECHANISMS = [
  'SCRAM-SHA-256-PLUS',
  'SCRAM-SHA-1-PLUS',
  'SCRAM-SHA-256',
  'SCRAM-SHA-1',
  'PLAIN',
] as const;

/** One of {@link MECHANISMS}. */
export type Mechanism = (typeof MECHANISMS)[number];

/** Who logs in, and how. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** Forces one mechanism; the best one on offer when left out. */
  readonly mechanism?: Mechanism;
  /** Whether PLAIN may go over a stream without TLS. */
  readonly plainWithoutTls: boolean;
}

/**
 * Authenticates on the stream (RFC 6120 section 6); the stream has to be restarted afterwards.
 * @param features the stream features with the mechanisms on offer
 * @throws TargetError `authentication`, also when the server proves not to know the password
 */
export async function authenticate(
  stream: XmppStream,
  features: Element,
  credentials: Credentials,
  place: Place,
  deadline: Deadline,
): Promise<void> {
  const offered = offeredMechanisms(features);
  const binding = stream.socket instanceof TLSSocket ? channelBinding(stream.socket, features) : undefined;
  const mechanism = choose(offered, credentials, stream.socket instanceof TLSSocket, binding, place);
  const username = prepare(credentials.username, 'user name', place);
  const password = prepare(credentials.password, 'password', place);
  if (mechanism === 'PLAIN') {
    const message = Buffer.from(`\0${username}\0${password}`).toString('base64');
    const auth = (content: string) => `<auth xmlns='${NS.sasl}' mechanism='PLAIN'>${content}</auth>`;
    stream.say(auth(message), auth(WITHHELD));
    await answer(stream, 'success', mechanism, username, place, deadline);
    return;
  }
  const login = { mechanism, username, password, offered, binding, place, deadline };
  try {
    await scramAsBound(stream, login, binding?.named === false && credentials.mechanism === undefined);
  } catch (error) {
    if (!(error instanceof ScramError)) throw error;
    throw new TargetError(
      'authentication',
      `${where(place)} failed ${mechanism} for ${username}@${place.domain}: ${error.message}; this server is not to be trusted with the password.`,
      { cause: error },
    );
  }
}

interface ScramLogin {
  readonly mechanism: Exclude<Mechanism, 'PLAIN'>;
  readonly username: string;
  readonly password: string;
  readonly offered: ReadonlySet<string>;
  readonly binding: ChannelBinding | undefined;
  readonly place: Place;
  readonly deadline: Deadline;
}

/**
 * A server that offers -PLUS without naming its types of channel binding may know none for this TLS version; the client
 * learns that from its refusal only, and goes on without (RFC 6120 6.4.5 lets it try again).
 */
async function scramAsBound(stream: XmppStream, login: ScramLogin, isGuess: boolean): Promise<void> {
  const unbound = login.mechanism.startsWith('SCRAM-SHA-256') ? 'SCRAM-SHA-256' : 'SCRAM-SHA-1';
  try {
    await scram(stream, login);
  } catch (error) {
    const isRefusal = error instanceof TargetError && error.kind === 'authentication';
    if (!isRefusal || !isGuess || unbound === login.mechanism || !login.offered.has(unbound)) throw error;
    stream.note(`${login.mechanism} with ${login.binding?.type} was refused; trying ${unbound}`);
    await scram(stream, { ...login, mechanism: unbound });
  }
}

async function scram(stream: XmppStream, login: ScramLogin): Promise<void> {
  const { mechanism, username, place, deadline } = login;
  const hash: ScramHash = mechanism.startsWith('SCRAM-SHA-256') ? 'sha256' : 'sha1';
  const { gs2Header, bindingData } = bindingFor(login);
  const nonce = randomBytes(18).toString('base64');
  const first = clientFirstBare(username, nonce);
  stream.say(`<auth xmlns='${NS.sasl}' mechanism='${mechanism}'>${base64(gs2Header + first)}</auth>`);
  const challenge = await answer(stream, 'challenge', mechanism, username, place, deadline);
  const serverFirst = Buffer.from(text(challenge), 'base64').toString();
  const { salt, iterations, nonce: fullNonce } = parseServerFirst(serverFirst, nonce);
  const { message, serverSignature } = clientFinal({
    hash,
    gs2Header,
    bindingData,
    clientFirstBare: first,
    serverFirst,
    nonce: fullNonce,
    keys: await keysFor(hash, login.password, salt, iterations),
  });
  stream.say(`<response xmlns='${NS.sasl}'>${base64(message)}</response>`);
  let outcome = await answer(stream, 'either', mechanism, username, place, deadline);
  verifyServerFinal(Buffer.from(text(outcome), 'base64').toString(), serverSignature);
  if (outcome.name === 'challenge') {
    // A server that sends no data with success puts its signature in one more challenge (RFC 6120 6.3.10).
    stream.say(`<response xmlns='${NS.sasl}'/>`);
    outcome = await answer(stream, 'success', mechanism, username, place, deadline);
  }
}

function bindingFor(login: ScramLogin): { gs2Header: string; bindingData: Buffer } {
  const { mechanism, binding, offered, place } = login;
  if (!mechanism.endsWith('-PLUS')) {
    // `y` says that the client could bind and saw no offer, which exposes whoever removed the offer on the way
    // (RFC 5802 section 6); where -PLUS is on offer but not taken, `y` would be a false alarm.
    const couldBind = binding !== undefined && ![...offered].some((name) => name.endsWith('-PLUS'));
    return { gs2Header: couldBind ? 'y,,' : 'n,,', bindingData: Buffer.alloc(0) };
  }
  const data = binding?.data();
  if (binding === undefined || data === undefined) {
    throw new TargetError(
      'authentication',
      `${mechanism} can't be used with ${where(place)}, whose connection has no channel binding that both sides know: choose a mechanism without -PLUS.`,
    );
  }
  return { gs2Header: `p=${binding.type},,`, bindingData: data };
}

function offeredMechanisms(features: Element): ReadonlySet<string> {
  const list = child(features, 'mechanisms', NS.sasl);
  return new Set(list === undefined ? [] : elements(list).map((item) => text(item).trim()));
}

function choose(
  offered: ReadonlySet<string>,
  credentials: Credentials,
  encrypted: boolean,
  binding: ChannelBinding | undefined,
  place: Place,
): Mechanism {
  const list = [...offered].join(', ') || 'no mechanism at all';
  const forced = credentials.mechanism;
  if (forced !== undefined && !offered.has(forced)) {
    throw new TargetError(
      'authentication',
      `${where(place)} does not offer ${forced} to users of ${place.domain}, only ${list}: choose one of these.`,
    );
  }
  const usable = (name: Mechanism): boolean => {
    if (name === 'PLAIN') return encrypted || credentials.plainWithoutTls;
    return !name.endsWith('-PLUS') || binding !== undefined;
  };
  const chosen = forced ?? MECHANISMS.find((name) => offered.has(name) && usable(name));
  if (chosen === 'PLAIN' && !usable('PLAIN')) return refusePlain(place);
  if (chosen === undefined) {
    if (offered.has('PLAIN')) return refusePlain(place);
    throw new TargetError(
      'authentication',
      `${where(place)} offers users of ${place.domain} ${list}: enable one of ${MECHANISMS.join(', ')}.`,
    );
  }
  return chosen;
}

function refusePlain(place: Place): never {
  throw new TargetError(
    'authentication',
    `${where(place)} wants the password in the clear on a connection without TLS: enable TLS or SCRAM, or give --tls off to allow it.`,
  );
}

async function answer(
  stream: XmppStream,
  expected: 'challenge' | 'success' | 'either',
  mechanism: Mechanism,
  username: string,
  place: Place,
  deadline: Deadline,
): Promise<Element> {
  const received = await stream.read('an answer to the authentication', deadline);
  if (received.ns === NS.sasl) {
    const fits = expected === 'either' ? ['challenge', 'success'] : [expected];
    if (fits.includes(received.name)) return received;
    if (received.name === 'failure') {
      const remedy =
        child(received, 'not-authorized', NS.sasl) === undefined
          ? "look into the server's log"
          : 'check the user name and the password';
      throw new TargetError(
        'authentication',
        `${where(place)} refuses to log in ${username}@${place.domain} with ${mechanism} (${describeError(received)}): ${remedy}.`,
      );
    }
  }
  throw new TargetError(
    'authentication',
    `${where(place)} answered ${mechanism} of ${username}@${place.domain} with <${received.name} xmlns='${received.ns}'/>, out of turn: look into the server's log.`,
  );
}

function prepare(value: string, what: string, place: Place): string {
  // Most are plain ASCII, which SASLprep leaves as it is (RFC 4013 section 2).
  if (/^[\x20-\x7e]+$/.test(value)) return value;
  try {
    const prepared = saslprep(value);
    if (prepared !== '') return prepared;
  } catch (error) {
    throw new TargetError(
      'authentication',
      `The ${what} given for ${place.domain} holds characters that SASLprep forbids: give another account.`,
      { cause: error },
    );
  }
  throw new TargetError(
    'authentication',
    `The ${what} given for ${place.domain} is empty: give another account.`,
  );
}

/** Keys of recent log-ins: most accounts log in several times, and deriving is most of what a log-in costs. */
const recentKeys = new Map<string, Promise<ScramKeys>>();
const RECENT_KEYS = 512;

function keysFor(hash: ScramHash, password: string, salt: Buffer, iterations: number): Promise<ScramKeys> {
  const id = `${hash} ${iterations} ${salt.toString('base64')} ${password}`;
  const known = recentKeys.get(id);
  if (known !== undefined) return known;
  const [oldest] = recentKeys.keys();
  if (recentKeys.size >= RECENT_KEYS && oldest !== undefined) recentKeys.delete(oldest);
  const keys = deriveKeys(hash, password, salt, iterations);
  recentKeys.set(id, keys);
  return keys;
}

function base64(message: string): string {
  return Buffer.from(message).toString('base64');
}
