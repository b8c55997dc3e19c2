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
export async function startFederation({ domain, listen, dns, streams }: S2sConfig): Promise<Federation> {
  const domains = new Map<string, DomainRule>();
  const responder =
    dns === undefined ? undefined : await startResponder(dns, { address: listen.host, domains });
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
    const server = await startRemoteServer({
      domain,
      listen,
      record: discard,
      wantsBidi: streams === 'one',
      ...names,
    });
    const { host, port } = server.address;
    // The responder can't know where the listener is before there is one.
    responder?.serve({ address: host, domains });
    domains.set(domain, { srv: { '_xmpp-server._tcp': port }, hasAddress: true });
    return {
      server,
      responder,
      domain: (name, options, peer) => {
        if (responder === undefined) throw new Error('a domain is found by the responder alone');
        return DomainServer.start(`${name}.${domain}`, options, {
          peer,
          host,
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
