import type { TLSSocket } from 'node:tls';
import { Deadline } from './deadline.js';
import { child, type Element, NS } from './element.js';
import type { Endpoint } from './endpoint.js';
import { type Place, TargetError, where } from './failure.js';
import { XmppStream } from './stream.js';
import type { Recorder } from './transcript.js';
import { connectTcp, establishTls } from './transport.js';

/** What it takes to get as far as authentication. */
export interface NegotiationOptions {
  readonly endpoint: Endpoint;
  readonly domain: string;
  /** For the whole opening, in milliseconds. */
  readonly timeoutMs: number;
  readonly record: Recorder;
  /** Resume an earlier TLS session: not where channel binding or the handshake itself matters. */
  readonly resumeTls?: boolean;
}

/** A stream before authentication, secured as the endpoint says. */
export interface NegotiatedStream {
  readonly stream: XmppStream;
  /** The features offered on the secured stream. */
  readonly features: Element;
  readonly place: Place;
}

/**
 * Connects, opens a client stream and secures it.
 * @param deadline what is left of it is spent at most
 * @throws TargetError of any kind but `authentication`, `refused` and `registration`; the connection is closed then
 */
export async function negotiate(
  options: NegotiationOptions,
  deadline: Deadline = new Deadline(options.timeoutMs),
): Promise<NegotiatedStream> {
  const { endpoint, domain, timeoutMs, record, resumeTls = false } = options;
  const place = { host: endpoint.host, port: endpoint.port, domain };
  const socket = await connectTcp(endpoint, deadline);
  const direct =
    endpoint.tls === 'direct' ? await establishTls(socket, endpoint, domain, deadline, resumeTls) : undefined;
  const stream = new XmppStream(direct ?? socket, { place, record, timeoutMs });
  stream.note(`connected to ${where(place)}`);
  try {
    if (direct !== undefined) noteTls(stream, direct);
    let features = await openClientStream(stream, place, deadline);
    if (endpoint.tls === 'starttls') {
      demandStartTls(features, place);
      await startTls(stream, options, place, deadline);
      features = await openClientStream(stream, place, deadline);
    }
    return { stream, features, place };
  } catch (error) {
    stream.cut();
    throw error;
  }
}

/**
 * Opens or restarts a client stream.
 * @returns the stream features
 * @throws TargetError `stream`, `timeout` (also a server from before XMPP 1.0, which sends no features), `not-served`
 */
export async function openClientStream(
  stream: XmppStream,
  place: Place,
  deadline: Deadline,
): Promise<Element> {
  await stream.open(NS.client, { to: place.domain, version: '1.0' }, deadline);
  const features = await stream.read('stream features', deadline);
  if (features.name !== 'features' || features.ns !== NS.streams) {
    throw new TargetError(
      'stream',
      `${where(place)} sent <${features.name} xmlns='${features.ns}'/> where stream features are due: look into the server's log.`,
    );
  }
  return features;
}

function demandStartTls(features: Element, place: Place): void {
  if (child(features, 'starttls', NS.tls) === undefined) {
    throw new TargetError(
      'no-tls',
      `${where(place)} offers no STARTTLS for ${place.domain}: give --tls direct or --tls off, or configure a certificate.`,
    );
  }
}

/**
 * Negotiates TLS on a stream that offers it; the stream has to be opened anew then.
 * @throws TargetError `no-tls`, `certificate`, `timeout`, `stream`
 */
export async function startTls(
  stream: XmppStream,
  { endpoint, resumeTls = false }: Pick<NegotiationOptions, 'endpoint' | 'resumeTls'>,
  place: Place,
  deadline: Deadline,
): Promise<void> {
  stream.say(`<starttls xmlns='${NS.tls}'/>`);
  const reply = await stream.read('an answer to STARTTLS', deadline);
  if (reply.name !== 'proceed' || reply.ns !== NS.tls) {
    throw new TargetError(
      'no-tls',
      `${where(place)} refused STARTTLS for ${place.domain} although it offers it: look into the server's log.`,
    );
  }
  const secured = await establishTls(stream.detach(), endpoint, place.domain, deadline, resumeTls);
  stream.attach(secured);
  noteTls(stream, secured);
}

function noteTls(stream: XmppStream, socket: TLSSocket): void {
  const resumed = socket.isSessionReused() ? ', resumed' : '';
  stream.note(`TLS established: ${socket.getProtocol()}, ${socket.getCipher().name}${resumed}`);
}
