import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Element, element, NS } from '../../wire/element.js';
import { StreamParser } from '../../wire/framing.js';
import { RawClient } from '../raw-client.support.test.js';
import type { Reference } from '../server.js';
import type { Resolve } from './resolve.js';

/** Milliseconds to wait for what should come. */
const PATIENCE = 3_000;
const HEADER = `xmlns='${NS.server}' xmlns:db='${NS.dialback}' xmlns:stream='${NS.streams}'`;

/** What has come over one connection to the peer. */
export interface Received {
  readonly element: Element;
  /** Number of the connection, from 0. */
  readonly stream: number;
  /** Writes to that connection. */
  reply(text: string): void;
}

/** How a peer answers; the parts given are taken in place of those of a sound server. */
export interface PeerScript {
  /** Sent when the header has come: header and features. */
  greet(domain: string, stream: number): string;
  /** Answer to a key for a stream of stanzas. */
  result(asked: Element): string;
  /** Answer to a question about a key. */
  verify(asked: Element): string;
}

const SOUND: PeerScript = {
  greet: (domain, stream) =>
    `<stream:stream ${HEADER} from='${domain}' id='stream-${stream}' version='1.0'>` +
    `<stream:features><dialback xmlns='${NS.dialbackFeature}'><errors/></dialback></stream:features>`,
  result: ({ attrs }) => `<db:result from='${attrs.to}' to='${attrs.from}' type='valid'/>`,
  verify: ({ attrs }) => `<db:verify from='${attrs.to}' to='${attrs.from}' id='${attrs.id}' type='valid'/>`,
};

/** Another server that does as the test says, for the tests of federation. */
export class RawPeer {
  /** All that has come, headers included, in order. */
  readonly received: Received[] = [];
  readonly #sockets = new Set<Socket>();
  #waiters: {
    readonly test: (received: Received) => boolean;
    readonly found: (received: Received) => void;
  }[] = [];
  #streams = 0;

  private constructor(
    readonly domain: string,
    private readonly server: Server,
    private readonly script: PeerScript,
  ) {
    server.on('connection', (socket) => this.#serve(socket));
  }

  /** Starts a peer on a free port. */
  static async listen(domain: string, script: Partial<PeerScript> = {}): Promise<RawPeer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RawPeer(domain, server, { ...SOUND, ...script });
  }

  /** Where it listens. */
  get port(): number {
    const address = this.server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** How many connections have come. */
  get streams(): number {
    return this.#streams;
  }

  /** Leads every name to this peer. */
  readonly resolve: Resolve = () => Promise.resolve([{ host: '127.0.0.1', port: this.port }]);

  /** The first element, come or to come, that passes the test; it stays in the list. */
  async next(test: (received: Received) => boolean): Promise<Received> {
    const found = this.received.find(test);
    if (found !== undefined) return found;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = this.received.map(({ element: { name, attrs } }) => `${name} ${JSON.stringify(attrs)}`);
        reject(new Error(`Nothing that was waited for has come; what did come:\n${seen.join('\n')}`));
      }, PATIENCE);
      this.#waiters.push({
        test,
        found: (received) => {
          clearTimeout(timer);
          resolve(received);
        },
      });
    });
  }

  /** The stanza of that id, once it has come. */
  async stanza(id: string): Promise<Received> {
    return this.next(({ element: { ns, attrs } }) => ns === NS.server && attrs.id === id);
  }

  /** Opens a stream to the server, up to its features. */
  async dial(reference: Reference, header = `from='${this.domain}' to='${reference.domain}' version='1.0'`) {
    const socket = connect({ port: reference.s2sPort ?? 0, host: reference.host });
    await once(socket, 'connect');
    const stream = new RawClient(socket, NS.server);
    stream.send(`<stream:stream ${HEADER} ${header}>`);
    await stream.next(({ name }) => name === 'stream');
    return stream;
  }

  /** Opens a stream to the server and proves a domain on it. */
  async proved(reference: Reference): Promise<RawClient> {
    const stream = await this.dial(reference);
    const answer = await this.prove(stream, this.domain, reference.domain);
    if (answer.attrs.type !== 'valid')
      throw new Error(`The key was not taken: ${JSON.stringify(answer.attrs)}`);
    return stream;
  }

  /** Sends a key, and gives the answer. */
  async prove(stream: RawClient, from: string, to: string): Promise<Element> {
    stream.send(`<db:result from='${from}' to='${to}'>key of ${from}</db:result>`);
    return stream.next(({ ns, name }) => (ns === NS.dialback && name === 'result') || name === 'error');
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Cuts the connections that are there. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    const stream = this.#streams++;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    const reply = (text: string) => {
      if (socket.writable && text !== '') socket.write(text);
    };
    const take = (received: Element) => this.#take({ element: received, stream, reply });
    const parser = new StreamParser({
      opened: (header) => {
        reply(this.script.greet(this.domain, stream));
        take(header);
      },
      element: (received) => {
        if (received.ns === NS.dialback && received.attrs.type === undefined) {
          reply(received.name === 'result' ? this.script.result(received) : this.script.verify(received));
        }
        take(received);
      },
      closed: () => {
        take(element('end', NS.streams));
        socket.end('</stream:stream>');
      },
      failed: (error) => take(element('failed', NS.streams, {}, [error.message])),
    });
    socket.on('data', (bytes: Buffer) => parser.write(bytes));
  }

  #take(received: Received): void {
    this.received.push(received);
    const found = this.#waiters.filter(({ test }) => test(received));
    this.#waiters = this.#waiters.filter((waiter) => !found.includes(waiter));
    for (const waiter of found) waiter.found(received);
  }
}
