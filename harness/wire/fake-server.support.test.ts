import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { TestCertificate } from './certificate.support.test.js';
import type { Endpoint } from './endpoint.js';

/** Answers what one connection receives: the text so far (cleared when something was sent) to the text to send. */
export type Answer = (received: string, socket: Socket) => string | undefined;

/** A server on loopback that says what a test wants it to say. */
export interface FakeServer {
  readonly port: number;
  readonly connections: () => number;
  endpoint(tls: Endpoint['tls'], extra?: Partial<Endpoint>): Endpoint;
  stop(): Promise<void>;
}

/** The header and the features of a stream, as a server sends them. */
export function opening(features: string): string {
  return `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1' from='xmpp.test' version='1.0'><stream:features>${features}</stream:features>`;
}

/** Starts a server; `answer` is made anew for each connection, with its number from 1. */
export async function startFake(
  connection: (number: number, socket: Socket) => Answer,
  certificate?: TestCertificate,
): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((raw) => {
    sockets.add(raw);
    raw.on('error', () => {});
    const socket =
      certificate === undefined
        ? raw
        : new TLSSocket(raw, {
            isServer: true,
            secureContext: createSecureContext({ cert: certificate.cert, key: certificate.key }),
          });
    socket.on('error', () => {});
    const answer = connection(++count, socket);
    let received = '';
    socket.on('data', (bytes) => {
      received += bytes.toString();
      const reply = answer(received, socket);
      if (reply === undefined) return;
      received = '';
      socket.write(reply);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    port,
    connections: () => count,
    endpoint: (tls, extra = {}) => ({ host: '127.0.0.1', port, tls, insecure: false, ...extra }),
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
