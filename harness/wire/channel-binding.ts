import { createHash } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { child, type Element, elements, NS } from './element.js';

/** A channel binding type by its registered name, and how to obtain its data. */
export interface ChannelBinding {
  readonly type: 'tls-exporter' | 'tls-unique' | 'tls-server-end-point';
  /** Whether the server named the type (XEP-0440); otherwise it is what the TLS version makes likely. */
  readonly named: boolean;
  /** Undefined when the connection turns out not to have it. */
  data(): Buffer | undefined;
}

/** Signature algorithms by the hex of their OID, and the hash that `tls-server-end-point` takes (RFC 5929 4.1). */
const SIGNATURE_HASH: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'sha256', // md5WithRSA
  '2a864886f70d010105': 'sha256', // sha1WithRSA
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d0401': 'sha256', // ecdsa-with-SHA1
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};

/**
 * The channel binding to use on a TLS connection.
 * @param socket the connection with TLS established and no session resumed
 * @param features the stream features; where they name the server's types (XEP-0440), one of these is taken
 * @returns undefined when the server names types and none of them is available
 */
export function channelBinding(socket: TLSSocket, features: Element): ChannelBinding | undefined {
  const named = child(features, 'sasl-channel-binding', NS.saslChannelBinding);
  const accepted =
    named && new Set(elements(named).map((item) => (item.name === 'channel-binding' ? item.attrs.type : '')));
  return available(socket, accepted !== undefined).find(
    ({ type }) => accepted === undefined || accepted.has(type),
  );
}

function available(socket: TLSSocket, named: boolean): ChannelBinding[] {
  const endPoint: ChannelBinding = {
    type: 'tls-server-end-point',
    named,
    data: () => serverEndPoint(socket.getPeerCertificate().raw),
  };
  // tls-unique is undefined on TLS 1.3, where RFC 9266 puts tls-exporter in its place.
  return socket.getProtocol() === 'TLSv1.3'
    ? [
        {
          type: 'tls-exporter',
          named,
          data: () => socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)),
        },
        endPoint,
      ]
    : [{ type: 'tls-unique', named, data: () => socket.getFinished() }, endPoint];
}

/** The hash of the certificate (DER) under the hash of its own signature; undefined for algorithms without one. */
function serverEndPoint(certificate: Buffer): Buffer | undefined {
  const outer = derValue(certificate, 0);
  const toBeSigned = derValue(certificate, outer.start);
  const algorithm = derValue(certificate, toBeSigned.end);
  const oid = derValue(certificate, algorithm.start);
  const hash = SIGNATURE_HASH[certificate.subarray(oid.start, oid.end).toString('hex')];
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest();
}

/** Where the value of the DER element at this offset starts and ends. */
function derValue(der: Buffer, offset: number): { start: number; end: number } {
  const first = der.readUInt8(offset + 1);
  if (first < 0x80) return { start: offset + 2, end: offset + 2 + first };
  const octets = first & 0x7f;
  const start = offset + 2 + octets;
  return { start, end: start + der.readUIntBE(offset + 2, octets) };
}
