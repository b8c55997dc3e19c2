import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Element, element, NS, serialize } from '../wire/element.js';
import { StreamParser } from '../wire/framing.js';
import type { Reference } from './server.js';

/** Milliseconds to wait for what should come. */
const PATIENCE = 2_000;

interface Waiter {
  readonly test: (element: Element) => boolean;
  readonly found: (element: Element) => void;
}

/** The other end of a stream, for the tests of this server: bytes out, elements in, nothing by itself. */
export class RawClient {
  /** All that has come and not been taken, headers included, in order. */
  readonly inbox: Element[] = [];
  /** Settles when the server has closed the stream. */
  readonly closed: Promise<void>;
  socket: Socket;
  #parser: StreamParser;
  #waiters: Waiter[] = [];

  constructor(
    socket: Socket,
    private readonly contentNs: string,
  ) {
    this.socket = socket;
    this.#parser = this.#newParser();
    this.#listen();
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
  }

  /** Opens a TCP connection to the port for clients, or that for components. */
  static async connect(reference: Reference, kind: 'client' | 'component' = 'client'): Promise<RawClient> {
    const port = kind === 'client' ? reference.port : (reference.componentPort ?? 0);
    const socket = connect({ port, host: reference.host });
    await once(socket, 'connect');
    return new RawClient(socket, kind === 'client' ? NS.client : NS.component);
  }

  /** Connects a component and proves its secret. */
  static async component(reference: Reference, domain: string, secret: string): Promise<RawClient> {
    const component = await RawClient.connect(reference, 'component');
    component.open(domain);
    const header = await component.next((received) => received.name === 'stream');
    component.send(`<handshake>${handshakeDigest(header, secret)}</handshake>`);
    await component.next((received) => received.name === 'handshake');
    return component;
  }

  /** Registers a user, and logs in as one resource by PLAIN over TLS. */
  static async login(reference: Reference, user: string, resource: string): Promise<RawClient> {
    const client = await RawClient.connect(reference);
    await client.features(reference.domain);
    await client.startTls(reference);
    await client.features(reference.domain);
    client.send(
      `<iq type='set' id='reg'><query xmlns='jabber:iq:register'><username>${user}</username>` +
        `<password>secret</password></query></iq>`,
    );
    await client.next((received) => received.attrs.id === 'reg');
    const credentials = Buffer.from(`\0${user}\0secret`).toString('base64');
    client.send(`<auth xmlns='${NS.sasl}' mechanism='PLAIN'>${credentials}</auth>`);
    await client.next((received) => received.name === 'success');
    client.restart();
    await client.features(reference.domain);
    client.send(
      `<iq type='set' id='bind'><bind xmlns='${NS.bind}'><resource>${resource}</resource></bind></iq>`,
    );
    await client.next((received) => received.attrs.id === 'bind');
    return client;
  }

  /** Sends a header, and awaits header and features. */
  async features(domain: string): Promise<Element> {
    this.open(domain);
    await this.next((received) => received.name === 'stream');
    return this.next((received) => received.name === 'features');
  }

  /** Goes over to TLS, trusting the server's own certificate only. */
  async startTls(reference: Reference): Promise<void> {
    this.send(`<starttls xmlns='${NS.tls}'/>`);
    await this.next((received) => received.name === 'proceed');
    this.socket.removeAllListeners('data');
    const secured = connectTls({ socket: this.socket, servername: reference.domain, ca: reference.ca });
    await once(secured, 'secureConnect');
    this.socket = secured;
    this.restart();
    this.#listen();
  }

  /** Sends a stream header. */
  open(to: string): void {
    this.send(
      `<stream:stream xmlns='${this.contentNs}' xmlns:stream='${NS.streams}' to='${to}' version='1.0'>`,
    );
  }

  /** Expects a new header. */
  restart(): void {
    this.#parser = this.#newParser();
  }

  /** Sends text as it is. */
  send(xml: string): void {
    this.socket.write(xml);
  }

  /** Takes the first element, come or to come, that passes the test. */
  async next(test: (element: Element) => boolean): Promise<Element> {
    const at = this.inbox.findIndex(test);
    const [found] = at < 0 ? [] : this.inbox.splice(at, 1);
    if (found !== undefined) return found;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const seen = this.inbox.map((received) => serialize(received)).join('\n');
        reject(new Error(`Nothing that was waited for has come; what did come:\n${seen}`));
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

  /** Everything that has come once the server has answered an IQ sent now; taken from the inbox. */
  async settled(): Promise<Element[]> {
    const id = `fence-${Math.random()}`;
    this.send(`<iq type='get' id='${id}'><query xmlns='urn:example:unknown'/></iq>`);
    await this.next((received) => received.attrs.id === id);
    return this.inbox.splice(0);
  }

  /** Cuts the connection. */
  cut(): void {
    this.socket.destroy();
  }

  #listen(): void {
    this.socket.on('data', (bytes: Buffer) => this.#parser.write(bytes));
    this.socket.on('error', () => this.socket.destroy());
  }

  #newParser(): StreamParser {
    return new StreamParser({
      opened: (header) => this.#take(header),
      element: (received) => this.#take(received),
      closed: () => this.#take(element('end', NS.streams)),
      failed: (error) => this.#take(element('failed', NS.streams, {}, [error.message])),
    });
  }

  #take(received: Element): void {
    const waiter = this.#waiters.find(({ test }) => test(received));
    if (waiter === undefined) {
      this.inbox.push(received);
      return;
    }
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.found(received);
  }
}

/** A stanza in short: name, type, sender, and the roster item it carries. */
export function brief(stanza: Element): string {
  const { type = 'available', from = '-' } = stanza.attrs;
  const item = stanza.children
    .flatMap((child) => (typeof child === 'string' ? [] : child.children))
    .find((child) => typeof child !== 'string' && child.name === 'item');
  if (item === undefined || typeof item === 'string') return `${stanza.name} ${type} ${from}`;
  return `${stanza.name} ${type} ${item.attrs.jid} ${item.attrs.subscription} ${item.attrs.ask ?? ''}`.trim();
}

/** What proves the secret to the server that sent the header (XEP-0114 3). */
export function handshakeDigest(header: Element, secret: string): string {
  return createHash('sha1').update(`${header.attrs.id}${secret}`).digest('hex');
}
