import { isIP } from 'node:net';
import { where } from '../failure.js';

/** What the harness saw of the other server's way to it; says why dialback fails there. */
export interface WayBack {
  /** The domain that the harness speaks for. */
  readonly domain: string;
  /** Where the harness listens. */
  readonly listener: { readonly host: string; readonly port: number };
  /** Whether the other server has connected there. */
  readonly hasConnected: boolean;
  /** Whether it has asked there about a key of the domain. */
  readonly hasAsked: boolean;
  /** The DNS responder, where the harness runs one, and whether it was asked for the domain. */
  readonly names?: { readonly at: string; readonly wasAsked: boolean };
}

/** What to do about a domain that the other server does not accept, as the end of a sentence. */
export function adviseOn({ domain, listener, hasConnected, hasAsked, names }: WayBack): string {
  const here = where(listener);
  if (hasAsked) return `it was told at ${here} that the dialback key is right, so look into the server's log`;
  if (hasConnected) {
    return `it connected to ${here} but did not ask there about the dialback key, so look into the server's log`;
  }
  if (isIP(domain.replace(/^\[|\]$/g, '')) !== 0) {
    return `it did not connect to ${here}; without a name it looks at port 5269, so give that to --s2s-listen`;
  }
  if (names === undefined) {
    return `it did not connect to ${here}, so let its name service give that address for _xmpp-server._tcp.${domain}, or give --dns to run a responder that does`;
  }
  return names.wasAsked
    ? `it asked the DNS responder at ${names.at} for ${domain} but did not connect to ${here}, so check that it can reach that address`
    : `it did not ask the DNS responder at ${names.at} for ${domain}, so point the server's name service there`;
}
