import { isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, TLSSocket } from 'node:tls';
import { type Element, escapeAttribute, NS, serialize } from '../wire/element.js';
import { DEFAULT_LIMITS, type FramingFault, type StreamEvents, StreamParser } from '../wire/framing.js';
import { Outlet } from './outlet.js';
import { type Ending, type Policy, soundEnding } from './policy.js';
import type { StanzaOutlet } from './session.js';
import { translate } from './stanza.js';

/** What happens on a stream. */
export interface StreamHandler {
  /** The peer's header, its content namespace, and its text, which alone shows the other namespaces that it declares. */
  opened(header: Element, contentNs: string, raw: string): void;
  element(element: Element): void;
  /** The stream is over: closed, failed or cut. Reported once. */
  ended(): void;
}

/** Stream errors for what the framing layer refuses (RFC 6120 4.9.3). */
const FAULT_CONDITIONS: Readonly<Record<FramingFault, string>> = {
  'not-well-formed': 'not-well-formed',
  'restricted-xml': 'restricted-xml',
  'bad-encoding': 'unsupported-encoding',
  'policy-violation': 'policy-violation',
};

/** What a policy decides about the stream itself. */
export type StreamRules = Pick<Policy, 'ending' | 'leavesOutRestricted' | 'replacesBadOctets' | 'takesSize'>;

/** The server's end of one XML stream, from TCP or TLS up to whole elements. */
export class XmlStream implements StanzaOutlet {
  #socket: Socket;
  #parser: StreamParser;
  #headerSent = false;
  #over = false;
  #corked = false;
  readonly #outlet = new Outlet((text) => this.#write(text));
  readonly #onData = (bytes: Buffer) => this.#parser.write(bytes);
  readonly #onGone = () => this.#end();

  /**
   * @param contentNs namespace of the stanzas on this stream
   * @param domain the server's domain, the `from` of its headers
   * @param rules what may be decided otherwise; left out for peers that no clause speaks of
   */
  constructor(
    socket: Socket,
    private readonly contentNs: string,
    private readonly domain: string,
    private readonly handler: StreamHandler,
    private readonly rules?: StreamRules,
  ) {
    this.#socket = socket;
    this.#parser = this.#newParser();
    this.#attach(socket);
  }

  /** The socket, as it is now. */
  get socket(): Socket {
    return this.#socket;
  }

  /** Sends the header, as the answer to the peer's or as the first. */
  open(attrs: Readonly<Record<string, string>>): void {
    this.#headerSent = true;
    const all = Object.entries({ from: this.domain, ...attrs })
      .map(([key, value]) => ` ${key}='${escapeAttribute(value)}'`)
      .join('');
    this.#outlet.push(
      `<?xml version='1.0'?><stream:stream xmlns='${this.contentNs}' xmlns:stream='${NS.streams}'${all}>`,
    );
  }

  /** Sends the stream features. */
  features(features: readonly Element[]): void {
    const content = features.map((feature) => serialize(feature, this.contentNs)).join('');
    this.#outlet.push(`<stream:features>${content}</stream:features>`);
  }

  /** Sends a stanza of the client namespace in that of this stream, or any other element as it is. */
  send(stanza: Element, delay = 0): void {
    if (this.#over) return;
    const node = this.contentNs === NS.client ? stanza : translate(stanza, NS.client, this.contentNs);
    this.#outlet.push(serialize(node, this.contentNs), delay);
  }

  /** Sends an element as it is written, where the prefix matters (XEP-0220 2). */
  sendText(xml: string): void {
    if (!this.#over) this.#outlet.push(xml);
  }

  /** Expects a new header from the peer: after SASL (RFC 6120 6.4.6) or TLS (5.4.3.3). */
  restart(): void {
    this.#headerSent = false;
    this.#parser = this.#newParser();
  }

  /** Goes on over TLS, this side being the server. */
  secure(context: SecureContext): void {
    this.#wrap((plain) => new TLSSocket(plain, { isServer: true, secureContext: context }));
  }

  /**
   * Goes on over TLS, this side having opened the connection. Any certificate is taken: who the peer is shows otherwise.
   * @param servername the domain that is meant
   */
  secureAsInitiator(context: SecureContext, servername: string): void {
    const named = isIP(servername) === 0 ? { servername } : {};
    this.#wrap((plain) =>
      connectTls({ socket: plain, secureContext: context, rejectUnauthorized: false, ...named }),
    );
  }

  /** Ends the stream with a stream error (RFC 6120 4.9). */
  fail(condition: string): void {
    if (this.#over) return;
    const ending = this.rules === undefined ? soundEnding(condition) : this.rules.ending(condition);
    if (ending === undefined) return;
    if (!this.#headerSent) this.open({ version: '1.0' });
    if (ending.condition !== undefined) {
      this.#outlet.push(`<stream:error><${ending.condition} xmlns='${NS.streamErrors}'/></stream:error>`);
    }
    this.#close(ending);
  }

  /** Ends the stream in good order. */
  close(): void {
    if (!this.#over) this.#close({ tag: true, connection: true, told: true });
  }

  #close({ tag, connection, told }: Omit<Ending, 'condition'>): void {
    if (tag) this.#outlet.push('</stream:stream>');
    this.#outlet.flush();
    this.#flush();
    if (connection) this.#socket.end();
    if (told) this.#end();
    else this.#over = true;
  }

  #wrap(secured: (plain: Socket) => TLSSocket): void {
    this.#flush();
    const plain = this.#socket;
    plain.off('data', this.#onData);
    plain.off('close', this.#onGone);
    this.#socket = secured(plain);
    this.#attach(this.#socket);
    this.restart();
  }

  #attach(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('data', this.#onData);
    socket.on('close', this.#onGone);
    // A connection that breaks reports an error and then its close, which says all there is to say.
    socket.on('error', () => socket.destroy());
  }

  #newParser(): StreamParser {
    const limits = { ...DEFAULT_LIMITS, replacesBadOctets: this.rules?.replacesBadOctets === true };
    const events: StreamEvents = {
      opened: (header, raw) => {
        const contentNs = /\sxmlns\s*=\s*(["'])(.*?)\1/.exec(raw)?.[2] ?? '';
        this.handler.opened(header, contentNs, raw);
      },
      leavesOut: () => this.rules?.leavesOutRestricted === true,
      element: (received, raw) => {
        if (this.rules?.takesSize(raw.length) === false) this.fail('policy-violation');
        if (!this.#over) {
          const native = this.contentNs === NS.client;
          this.handler.element(native ? received : translate(received, this.contentNs, NS.client));
        }
      },
      closed: () => this.close(),
      failed: (error) => this.fail(FAULT_CONDITIONS[error.fault]),
    };
    return new StreamParser(events, limits);
  }

  /** Gathers what is written in one turn of the event loop into one segment. */
  #write(text: string): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => this.#flush());
    }
    this.#socket.write(text);
  }

  #flush(): void {
    if (!this.#corked) return;
    this.#corked = false;
    this.#socket.uncork();
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#outlet.flush();
    this.handler.ended();
  }
}
