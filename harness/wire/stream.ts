import type { Socket } from 'node:net';
import type { Deadline } from './deadline.js';
import { type Element, elements, escapeAttribute, NS } from './element.js';
import {
  answerTimeout,
  codeOf,
  conditionOf,
  describeError,
  type Place,
  type StreamEnd,
  streamFailure,
  TargetError,
  where,
} from './failure.js';
import { type FramingError, StreamParser } from './framing.js';
import type { EntryKind, Recorder } from './transcript.js';

/** Told of each stanza received: parsed, as text, and `performance.now()` at its arrival. */
export type StanzaListener = (element: Element, raw: string, atMs: number) => void;

/** Told once how the stream ended. */
export type EndListener = (end: StreamEnd) => void;

/** What the peer has closed of its own accord or in answer: its stream by the closing tag, the connection below. */
export type Closing = 'stream' | 'connection';

/** Told of each thing that the peer closes, once. */
export type ClosingListener = (what: Closing) => void;

/** A negotiated stream, for a client as for a component. */
export interface XmppConnection {
  /**
   * Sends text as it is, one stanza as a rule.
   * @param kind how the transcript lists it; `stanza` when left out
   * @throws TargetError `stream` when the stream has ended
   */
  send(xml: string, kind?: EntryKind): void;
  /** Sends bytes as they are, malformed on purpose. Throws as `send` does. */
  sendBytes(bytes: Uint8Array): void;
  /** Adds a listener; the first one also gets what has arrived before it. */
  onStanza(listener: StanzaListener): void;
  /** Adds a listener, called at once when the stream has ended already. */
  onEnd(listener: EndListener): void;
  /** Adds a listener, called at once for what the peer has closed already. */
  onClosing(listener: ClosingListener): void;
  /** Closes the stream and waits for the peer to do the same, or for the time-out. Never rejects. */
  close(): Promise<void>;
  /** Drops the connection without a farewell, as a broken network would. */
  cut(): void;
}

/** A negotiated stream as its users see it: without what belongs to the negotiation. */
export function connectionOf(stream: XmppStream): XmppConnection {
  return {
    send: (xml, kind) => stream.send(xml, kind),
    sendBytes: (bytes) => stream.sendBytes(bytes),
    onStanza: (listener) => stream.onStanza(listener),
    onEnd: (listener) => stream.onEnd(listener),
    onClosing: (listener) => stream.onClosing(listener),
    close: () => stream.close(),
    cut: () => stream.cut(),
  };
}

/** What the opener of a stream decides about it. */
export interface StreamOptions {
  readonly place: Place;
  readonly record: Recorder;
  /** For the peer's closing tag in {@link XmppConnection.close}, in milliseconds. */
  readonly timeoutMs: number;
  /** Makes a sentence for the user of an end that came while something was awaited. */
  readonly explain?: (end: StreamEnd, awaited: string, place: Place) => TargetError;
  /** What to do when the peer turns out to be no XMPP server. */
  readonly remedy?: string;
}

interface Received {
  readonly element: Element;
  readonly raw: string;
  readonly atMs: number;
}

interface Waiter {
  readonly awaited: string;
  resolve(received: Received): void;
  reject(error: TargetError): void;
}

const STREAM_HEADER = 'a stream header';
const CLOSING_TAG = '</stream:stream>';
const STANZA_NAMESPACES: ReadonlySet<string> = new Set([NS.client, NS.server, NS.component]);
const STANZA_NAMES: ReadonlySet<string> = new Set(['message', 'presence', 'iq']);

/** The content type of a TLS alert record (RFC 8446 5.1), the answer of a TLS server to a plain stream header. */
const TLS_ALERT = 0x15;

/**
 * One XMPP stream over one connection. While it is negotiated its opener pulls with {@link read}; afterwards
 * listeners are told. Everything is recorded in the order of the wire.
 */
export class XmppStream implements XmppConnection {
  #socket: Socket;
  #parser: StreamParser;
  #unreadable = false;
  /** Any byte received on this transport. */
  #answered = false;
  #arrival = 0;
  #queue: Received[] = [];
  #waiter: Waiter | undefined;
  readonly #stanzaListeners: StanzaListener[] = [];
  readonly #endListeners: EndListener[] = [];
  readonly #closingListeners: ClosingListener[] = [];
  readonly #closed = new Set<Closing>();
  #end: StreamEnd | undefined;
  #saidFarewell = false;
  /** The connection was ended from this side. */
  #isDropped = false;
  #socketError: Error | undefined;

  readonly #onData = (bytes: Buffer) => this.#receive(bytes);
  readonly #onClose = () => this.#lost();
  readonly #onPeerEnd = () => this.#peerClosed('connection');
  readonly #onError = (error: Error) => {
    this.#socketError = error;
  };

  constructor(
    socket: Socket,
    private readonly options: StreamOptions,
  ) {
    this.#parser = this.#newParser();
    this.#socket = socket;
    this.attach(socket);
  }

  /** Whether something can be sent: neither side has ended the stream. */
  get isOpen(): boolean {
    return this.#end === undefined && !this.#saidFarewell;
  }

  /** The connection below, for its TLS properties. */
  get socket(): Socket {
    return this.#socket;
  }

  /**
   * Sends a stream header and waits for the peer's; also restarts the stream (RFC 6120 4.3.3).
   * @param ns the content namespace
   * @param attributes of the header besides the namespace declarations
   * @returns the peer's header
   * @throws TargetError as {@link read}
   */
  async open(ns: string, attributes: Readonly<Record<string, string>>, deadline: Deadline): Promise<Element> {
    this.restart();
    this.sayHeader(ns, attributes);
    return this.awaitHeader(deadline);
  }

  /** Expects a new header from the peer, which says it first or in answer. */
  restart(): void {
    if (this.#end === undefined) this.#parser = this.#newParser();
    this.#queue = [];
  }

  /** Sends a stream header; what it takes is as for {@link open}. */
  sayHeader(ns: string, attributes: Readonly<Record<string, string>>): void {
    const written = Object.entries(attributes).map(([key, value]) => ` ${key}='${escapeAttribute(value)}'`);
    this.say(
      `<?xml version='1.0'?><stream:stream xmlns='${ns}' xmlns:stream='${NS.streams}'${written.join('')}>`,
    );
  }

  /**
   * Waits for the peer's stream header.
   * @throws TargetError as {@link read}
   */
  async awaitHeader(deadline: Deadline): Promise<Element> {
    const header = await this.read(STREAM_HEADER, deadline);
    if (header.name !== 'stream' || header.ns !== NS.streams) {
      throw notXmpp(`its first element is <${header.name}/> in the namespace "${header.ns}"`, this.options);
    }
    return header;
  }

  /**
   * Waits for the next first-level element; one wait at a time.
   * @param awaited what is expected, as the object of "did not send"
   * @throws TargetError `timeout`, or what the end of the stream means
   */
  async read(awaited: string, deadline: Deadline): Promise<Element> {
    return (await this.#next(awaited, deadline)).element;
  }

  /**
   * Sends an IQ and waits for its reply; what else arrives meanwhile is kept for the listeners.
   * @returns the reply, of type `result` or `error`
   * @throws TargetError as {@link read}
   */
  async request(xml: string, id: string, awaited: string, deadline: Deadline): Promise<Element> {
    if (this.#end === undefined) this.#write(xml, 'stanza', xml);
    const others: Received[] = [];
    try {
      for (;;) {
        const received = await this.#next(awaited, deadline);
        const { name, attrs } = received.element;
        if (name === 'iq' && attrs.id === id && (attrs.type === 'result' || attrs.type === 'error')) {
          return received.element;
        }
        others.push(received);
      }
    } finally {
      this.#queue.unshift(...others);
    }
  }

  /** Records a remark of the harness. */
  note(remark: string): void {
    this.options.record({ atMs: performance.now(), direction: 'none', kind: 'note', xml: remark });
  }

  /** Lets go of the connection, so that TLS can be established on it. */
  detach(): Socket {
    return this.#socket
      .off('data', this.#onData)
      .off('error', this.#onError)
      .off('end', this.#onPeerEnd)
      .off('close', this.#onClose);
  }

  /** Goes on over this connection. */
  attach(socket: Socket): void {
    this.#socket = socket;
    this.#answered = false;
    socket
      .on('data', this.#onData)
      .on('error', this.#onError)
      .on('end', this.#onPeerEnd)
      .on('close', this.#onClose);
  }

  /**
   * Sends a part of the negotiation; on a stream that has ended it does nothing, and the next {@link read} says why.
   * @param shown what the transcript holds in place of text with a password in it
   */
  say(xml: string, shown: string = xml): void {
    if (this.#end === undefined) this.#write(xml, 'stream', shown);
  }

  /** @param shown as for {@link say} */
  send(xml: string, kind: EntryKind = 'stanza', shown: string = xml): void {
    this.#demandOpen();
    this.#write(xml, kind, shown);
  }

  sendBytes(bytes: Uint8Array): void {
    this.#demandOpen();
    this.#write(bytes, 'bytes', Buffer.from(bytes).toString());
  }

  onStanza(listener: StanzaListener): void {
    this.#stanzaListeners.push(listener);
    const waiting = this.#queue;
    this.#queue = [];
    for (const { element, raw, atMs } of waiting) listener(element, raw, atMs);
  }

  onEnd(listener: EndListener): void {
    if (this.#end === undefined) this.#endListeners.push(listener);
    else listener(this.#end);
  }

  onClosing(listener: ClosingListener): void {
    this.#closingListeners.push(listener);
    for (const what of this.#closed) listener(what);
  }

  async close(): Promise<void> {
    if (this.#end !== undefined) return;
    this.#farewell();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.note(`no closing tag came back within ${this.options.timeoutMs} ms; the connection was dropped`);
        this.#finish({ kind: 'lost', message: 'it did not close the stream in answer' });
        this.#drop();
      }, this.options.timeoutMs);
      this.onEnd(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  cut(): void {
    if (this.#end === undefined) {
      this.note('connection cut');
      this.#finish({ kind: 'lost', message: 'the harness cut the connection' });
    }
    if (this.#socket.writableCorked > 0) this.#socket.uncork();
    this.#drop();
  }

  /** Ends the connection from this side, at once or when all is written. */
  #drop(when: 'now' | 'soon' = 'now'): void {
    this.#isDropped = true;
    if (when === 'soon') this.#socket.destroySoon();
    else this.#socket.destroy();
  }

  #newParser(): StreamParser {
    this.#unreadable = false;
    return new StreamParser({
      opened: (header, raw) => {
        this.#recordReceived('stream', raw);
        this.#deliver({ element: header, raw, atMs: this.#arrival });
      },
      element: (element, raw) => this.#element(element, raw),
      closed: () => {
        this.#unreadable = true;
        this.#recordReceived('stream', CLOSING_TAG);
        this.#peerClosed('stream');
        this.#finish({ kind: 'closed', message: 'it closed the stream' });
      },
      failed: (error) => this.#failed(error),
    });
  }

  #receive(bytes: Buffer): void {
    this.#arrival = performance.now();
    if (!this.#answered && bytes[0] === TLS_ALERT) {
      this.#unreadable = true;
      const advice = this.options.remedy === undefined ? ': give --tls direct' : '';
      this.#finish({ kind: 'error', message: `it answers in TLS${advice}` });
    }
    this.#answered = true;
    if (this.#unreadable) this.#recordReceived('bytes', bytes.toString());
    else this.#parser.write(bytes);
  }

  #element(element: Element, raw: string): void {
    const stanza = STANZA_NAMES.has(element.name) && STANZA_NAMESPACES.has(element.ns);
    this.#recordReceived(stanza ? 'stanza' : 'stream', raw);
    if (element.name === 'error' && element.ns === NS.streams) {
      // Who negotiates is told by the end.
      for (const listener of this.#stanzaListeners) listener(element, raw, this.#arrival);
      this.#finish({
        kind: 'error',
        streamError: conditionOf(element),
        message: `it sent the stream error ${describeError(element)}${otherHost(element)}`,
      });
      return;
    }
    this.#deliver({ element, raw, atMs: this.#arrival });
  }

  #failed(error: FramingError): void {
    this.#unreadable = true;
    if (error.unread !== '') this.#recordReceived('bytes', error.unread);
    this.#finish({ kind: 'error', message: `what it sent is no XML stream (${error.message.trim()})` });
  }

  #deliver(received: Received): void {
    // Behind a stream error nothing is for anyone any more, who could not answer it either.
    if (this.#end !== undefined) return;
    if (this.#waiter !== undefined) {
      const waiter = this.#waiter;
      this.#waiter = undefined;
      waiter.resolve(received);
    } else if (this.#stanzaListeners.length > 0) {
      const { element, raw, atMs } = received;
      for (const listener of this.#stanzaListeners) listener(element, raw, atMs);
    } else {
      this.#queue.push(received);
    }
  }

  #next(awaited: string, deadline: Deadline): Promise<Received> {
    const queued = this.#queue.shift();
    if (queued !== undefined) return Promise.resolve(queued);
    if (this.#end !== undefined) return Promise.reject(this.#explain(this.#end, awaited));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiter = undefined;
        reject(answerTimeout(this.options.place, awaited, deadline.timeoutMs));
      }, deadline.remainingMs);
      this.#waiter = {
        awaited,
        resolve: (received) => {
          clearTimeout(timer);
          resolve(received);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
    });
  }

  #demandOpen(): void {
    if (this.isOpen) return;
    const ended = this.#end?.message ?? 'the harness closed the stream';
    throw new TargetError(
      'stream',
      `Nothing can be sent to ${where(this.options.place)} any more, because ${ended}: start a new stream.`,
    );
  }

  #write(data: string | Uint8Array, kind: EntryKind, shown: string): void {
    this.options.record({ atMs: performance.now(), direction: 'sent', kind, xml: shown });
    this.#gather();
    this.#socket.write(data);
  }

  /** What is sent in one turn of the event loop goes out in one packet: the calls cost more than the bytes. */
  #gather(): void {
    const socket = this.#socket;
    if (socket.writableCorked > 0) return;
    socket.cork();
    process.nextTick(() => socket.uncork());
  }

  #farewell(): void {
    if (this.#saidFarewell) return;
    this.#saidFarewell = true;
    if (this.#socket.writable) this.#write(CLOSING_TAG, 'stream', CLOSING_TAG);
  }

  #finish(end: StreamEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.kind !== 'lost') {
      const isAnswer = this.#saidFarewell;
      this.#farewell();
      const isPeers = !isAnswer && (end.kind === 'closed' || end.streamError !== undefined);
      // Who closes a stream ends the connection as well (RFC 3920 4.7.1, RFC 6120 4.4): the peer shows whether it does.
      if (isPeers) setTimeout(() => this.#drop(), this.options.timeoutMs).unref();
      else this.#drop('soon');
      // A peer that reads no more must not keep the process.
      this.#socket.unref();
    }
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.reject(this.#explain(end, waiter.awaited));
    for (const listener of this.#endListeners.splice(0)) listener(end);
  }

  #peerClosed(what: Closing): void {
    if (this.#closed.has(what)) return;
    this.#closed.add(what);
    for (const listener of this.#closingListeners) listener(what);
  }

  #lost(): void {
    if (!this.#isDropped) this.#peerClosed('connection');
    if (this.#end !== undefined) return;
    const code = codeOf(this.#socketError);
    const how = code === '' ? 'it dropped the connection' : `the connection was lost (${code})`;
    this.note(how);
    this.#finish({ kind: 'lost', message: how });
  }

  #recordReceived(kind: EntryKind, xml: string): void {
    this.options.record({ atMs: this.#arrival, direction: 'received', kind, xml });
  }

  #explain(end: StreamEnd, awaited: string): TargetError {
    // Before its header a peer that gives no stream error is no XMPP server, as far as anyone can tell.
    if (awaited === STREAM_HEADER && end.streamError === undefined) {
      return notXmpp(end.message, this.options);
    }
    return (this.options.explain ?? streamFailure)(end, awaited, this.options.place);
  }
}

function notXmpp(finding: string, { place, remedy }: StreamOptions): TargetError {
  return new TargetError(
    'stream',
    `${where(place)} does not speak XMPP here, ${finding}: ${remedy ?? 'correct the target or the kind of TLS'}.`,
  );
}

/** The other host that a redirection names (RFC 6120 4.9.3.19), in words. */
function otherHost(error: Element): string {
  const redirect = elements(error).find((item) => item.name === 'see-other-host');
  const [host] = redirect?.children ?? [];
  return typeof host === 'string' ? `: ${host}` : '';
}
