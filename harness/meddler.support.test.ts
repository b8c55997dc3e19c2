import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** One connection that goes through a meddler. */
export interface Link {
  /** From 1, in the order of the connections. */
  readonly number: number;
  /** Drops the connection on both sides. */
  cut(): void;
  /** Sends text to the client, as if the server had. */
  tell(text: string): void;
}

/** Sees each chunk of text on its way; returns what is passed on in its place. */
export type Meddle = (text: string, towards: 'server' | 'client', link: Link) => string;

/** Stands between a client and a server on loopback. */
export interface Meddler {
  readonly port: number;
  /** What is done to the text; leaves it alone at first. */
  meddle: Meddle;
  /** Refuses new connections and drops those there are. */
  stop(): Promise<void>;
}

/** Starts a meddler in front of a port; connections must be without TLS. */
export async function startMeddler(port: number): Promise<Meddler> {
  const sockets = new Set<Socket>();
  let count = 0;
  const pipe = (from: Socket, to: Socket, towards: 'server' | 'client', link: Link) => {
    sockets.add(from);
    from.setEncoding('utf8').setNoDelay();
    from.on('error', () => {});
    from.on('data', (text) => {
      const passed = meddler.meddle(String(text), towards, link);
      if (passed !== '' && to.writable) to.write(passed);
    });
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    const link: Link = { number: ++count, cut, tell: (text) => client.write(text) };
    pipe(client, upstream, 'server', link);
    pipe(upstream, client, 'client', link);
  }).listen({ port: 0, host: '127.0.0.1', backlog: 1024 });
  await once(server, 'listening');
  const address = server.address();
  let stopping: Promise<void> | undefined;
  const meddler: Meddler = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    meddle: (text) => text,
    stop: () => {
      stopping ??= new Promise((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return stopping;
    },
  };
  return meddler;
}
