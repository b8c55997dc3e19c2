import { createHash } from 'node:crypto';
import { Deadline } from './deadline.js';
import { NS } from './element.js';
import { type Place, type StreamEnd, streamFailure, TargetError, where } from './failure.js';
import { connectionOf, type XmppConnection, XmppStream } from './stream.js';
import type { Recorder } from './transcript.js';
import { connectTcp } from './transport.js';

/** Which component connects, and where. */
export interface ComponentOptions {
  readonly host: string;
  readonly port: number;
  /** The domain that the component serves. */
  readonly domain: string;
  readonly secret: string;
  /** For the whole opening, in milliseconds. */
  readonly timeoutMs: number;
  readonly record: Recorder;
}

/** A connected external component; it sends and receives for every JID at its domain. */
export interface ComponentStream extends XmppConnection {
  readonly domain: string;
}

/**
 * Connects an external component (XEP-0114, `jabber:component:accept`).
 * @throws TargetError `unreachable`, `timeout`, `not-served`, `authentication`, `refused`, `stream`; the connection is
 *   closed then
 */
export async function openComponent(options: ComponentOptions): Promise<ComponentStream> {
  const { host, port, domain, secret, timeoutMs, record } = options;
  const deadline = new Deadline(timeoutMs);
  const place = { host, port, domain };
  const stream = new XmppStream(await connectTcp(place, deadline), {
    place,
    record,
    timeoutMs,
    explain: componentFailure,
  });
  stream.note(`connected to ${where(place)}`);
  try {
    const header = await stream.open(NS.component, { to: domain }, deadline);
    const proof = createHash('sha1')
      .update(`${header.attrs.id ?? ''}${secret}`)
      .digest('hex');
    stream.say(`<handshake>${proof}</handshake>`);
    const reply = await stream.read(HANDSHAKE, deadline);
    if (reply.name !== 'handshake') {
      throw new TargetError(
        'stream',
        `${where(place)} answered the handshake of ${domain} with <${reply.name}/>: check that this is the component port.`,
      );
    }
  } catch (error) {
    stream.cut();
    throw error;
  }
  return {
    domain,
    ...connectionOf(stream),
  };
}

const HANDSHAKE = 'an answer to the handshake';

function componentFailure(end: StreamEnd, awaited: string, place: Place): TargetError {
  const at = where(place);
  switch (end.streamError) {
    case 'not-authorized':
      return new TargetError(
        'authentication',
        `${at} refuses the secret of the component ${place.domain}: correct the secret.`,
      );
    case 'conflict':
      return new TargetError(
        'refused',
        `${at} has the component ${place.domain} connected already: stop the other one.`,
      );
    case 'host-unknown':
    case 'host-gone':
    case 'improper-addressing':
      return new TargetError(
        'not-served',
        `${at} knows no component ${place.domain} (${end.message}): add it to the server's configuration or correct its domain.`,
      );
    default:
      // XEP-0114 lets a server that refuses the secret close the connection with no reason given.
      return awaited === HANDSHAKE && end.streamError === undefined
        ? new TargetError(
            'refused',
            `${at} gave the component ${place.domain} no answer to its handshake, ${end.message}: check domain and secret.`,
          )
        : streamFailure(end, awaited, place);
  }
}
