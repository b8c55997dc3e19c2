import type { S2sConfig } from './config.js';
import { type DnsResponder, startResponder } from './wire/dns/responder.js';
import type { Zone } from './wire/dns/zone.js';
import { where } from './wire/failure.js';
import { type RemoteServer, startRemoteServer } from './wire/s2s/remote-server.js';
import type { Recorder } from './wire/transcript.js';

/** The harness as a remote server, and the name service that leads to it. */
export interface Federation {
  readonly server: RemoteServer;
  /** Undefined where the user's own name service leads to the server. */
  readonly responder: DnsResponder | undefined;
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
  const empty: Zone = { address: listen.host, domains: new Map() };
  const responder = dns === undefined ? undefined : await startResponder(dns, empty);
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
    responder?.serve({
      address: listen.host,
      domains: new Map([[domain, { srv, hasAddress: true }]]),
    });
    return {
      server,
      responder,
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
