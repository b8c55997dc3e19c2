import { Deadline } from '../deadline.js';
import { child, type Element, NS } from '../element.js';
import type { Endpoint } from '../endpoint.js';
import { type Place, type StreamEnd, TargetError, where } from '../failure.js';
import { startTls } from '../negotiation.js';
import { XmppStream } from '../stream.js';
import type { Recorder } from '../transcript.js';
import { connectTcp } from '../transport.js';
import { DIALBACK_PREFIX, type DomainPair } from './dialback.js';

/** How a stream to another server is opened. */
export interface OpeningOptions {
  /** Where that server listens, and how its certificate is checked. */
  readonly endpoint: Endpoint;
  readonly pair: DomainPair;
  /** For the whole opening, in milliseconds. */
  readonly timeoutMs: number;
  readonly record: Recorder;
  readonly explain: (end: StreamEnd, awaited: string, place: Place) => TargetError;
  /** Told of the features, those before TLS and those behind it. */
  readonly onFeatures?: (features: Element) => void;
}

/** A stream to another server, on which nothing has been proved yet. */
export interface ServerStream {
  readonly stream: XmppStream;
  /** Its id, which the other server gave. */
  readonly id: string;
  readonly place: Place;
  /** What is left of it is for what comes next. */
  readonly deadline: Deadline;
  readonly isSecured: boolean;
  /** The last that were told; undefined from a server from before XMPP 1.0. */
  readonly features: Element | undefined;
}

/**
 * Connects to another server, and secures the stream where TLS is offered. A peer from before XMPP 1.0 sends no
 * features (RFC 6120 4.7.5).
 * @throws TargetError of any kind but `authentication` and `registration`; the connection is closed then
 */
export async function openServerStream(options: OpeningOptions): Promise<ServerStream> {
  const { endpoint, pair, timeoutMs, record, explain } = options;
  const deadline = new Deadline(timeoutMs);
  const place = { host: endpoint.host, port: endpoint.port, domain: pair.to };
  const stream = new XmppStream(await connectTcp(endpoint, deadline), {
    place,
    record,
    timeoutMs,
    explain,
    remedy: 'check that --s2s names its port for servers',
  });
  try {
    const greet = async () => {
      const greeted = await openHeader(stream, pair, place, deadline);
      if (greeted.features !== undefined) options.onFeatures?.(greeted.features);
      return greeted;
    };
    let opened = await greet();
    const offered = opened.features !== undefined && child(opened.features, 'starttls', NS.tls) !== undefined;
    if (offered) {
      await startTls(stream, { endpoint }, place, deadline);
      opened = await greet();
    }
    return { stream, id: opened.id, features: opened.features, place, deadline, isSecured: offered };
  } catch (error) {
    stream.cut();
    throw error;
  }
}

async function openHeader(stream: XmppStream, pair: DomainPair, place: Place, deadline: Deadline) {
  const { attrs } = await stream.open(NS.server, { ...DIALBACK_PREFIX, ...pair, version: '1.0' }, deadline);
  if (attrs.id === undefined || attrs.id === '') {
    throw new TargetError(
      'stream',
      `${where(place)} gave the stream for ${pair.to} no id, without which there is no dialback key: check that it is its port for servers.`,
    );
  }
  if (!/^[1-9]/.test(attrs.version ?? '')) return { id: attrs.id, features: undefined };
  const features = await stream.read('stream features', deadline);
  if (features.name !== 'features' || features.ns !== NS.streams) {
    throw new TargetError(
      'stream',
      `${where(place)} sent <${features.name} xmlns='${features.ns}'/> where stream features are due: look into the server's log.`,
    );
  }
  return { id: attrs.id, features };
}
