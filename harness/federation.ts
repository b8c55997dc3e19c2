import type { S2sConfig } from './config.js';
import { DomainServer, type DomainServerOptions } from './party/domain-server.js';
import { type DnsResponder, startResponder } from './wire/dns/responder.js';
import type { DomainRule } from './wire/dns/zone.js';
import { where } from './wire/failure.js';
import { type Peer, type RemoteServer, startRemoteServer } from './wire/s2s/remote-server.js';
import type { Recorder } from './wire/transcript.js';

/** The harness as a remote server, and the name service that leads to it. */
export interface Federation {
  readonly server: RemoteServer;
  /** Undefined where the user's own name service leads to the server. */
  readonly responder: DnsResponder | undefined;
  /**
   * Starts a server for a domain of its own below that of the contacts, found by the responder.
   * @throws TargetError `listen`; Error where there is no responder
   */
  domain(name: string, options: DomainServerOptions, peer: Peer): Promise<DomainServer>;
  /** Ends both. Never rejects. */
  close(): Promise<void>;
}

const discard: Recorder = () => {};

/**
 * Starts what a target needs to find before it can federate with the harness.
 * @throws TargetError `listen`
 */
export async function startFederation({ domain, listen, dns }: S2sConfig): Promise<Federation> {
  // The responder can't know the port of the listener before there is one.
  const domains = new Map<string, DomainRule>();
  const zone = { address: listen.host, domains };
  const responder = dns === undefined ? undefined : await startResponder(dns, zone);
  try {
    const names =
      responder === undefined
        ? {}
        : {
            names: {
              at: where(responder.address),
              wasAsked: (name: string) => responder.wasAsked(name),
            },
          };
    const server = await startRemoteServer({ domain, listen, record: discard, ...names });
    const srv = { '_xmpp-server._tcp': server.address.port };
    domains.set(domain, { srv, hasAddress: true });
    return {
      server,
      responder,
      domain: (name, options, peer) => {
        if (responder === undefined) throw new Error('a domain is found by the responder alone');
        return DomainServer.start(`${name}.${domain}`, options, {
          peer,
          host: listen.host,
          domains,
          responder,
        });
      },
      close: async () => {
        await server.close();
        await responder?.close();
      },
    };
  } catch (error) {
    await responder?.close();
    throw error;
  }
}
