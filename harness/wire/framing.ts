import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import { type Element, NS } from './element.js';

/** Why a byte stream stopped being an XMPP stream; names follow the stream error conditions of RFC 6120 4.9.3. */
export type FramingFault = 'not-well-formed' | 'restricted-xml' | 'bad-encoding' | 'policy-violation';

/** The bytes received are not an XML stream that this harness can go on reading. */
export class FramingError extends Error {
  /**
   * @param fault what is wrong
   * @param message the fault as a clause of a sentence
   * @param unread the text received since the last complete first-level child; a replacement character for each undecodable byte
   */
  constructor(
    readonly fault: FramingFault,
    message: string,
    readonly unread = '',
  ) {
    super(message);
    this.name = 'FramingError';
  }
}

/** What a {@link StreamParser} reports, each synchronously from within `write`. */
export interface StreamEvents {
  /** The stream header, as an element without children, and its text. */
  opened(header: Element, raw: string): void;
  /** A complete first-level child of the stream and its text as received. */
  element(element: Element, raw: string): void;
  /** The end tag of the stream. */
  closed(): void;
  /** Asked of a comment or processing instruction whether to leave it out; without it the stream has failed. */
  leavesOut?(): boolean;
  /** The stream can't be read any further; nothing is reported after it. */
  failed(error: FramingError): void;
}

/** Limits that keep a hostile or broken peer from exhausting the reader. */
export interface FramingLimits {
  /** Characters that one first-level child may take; a raw `&` makes saxes swallow all text up to the next `;`. */
  readonly stanza: number;
  /** Element depth; saxes resolves namespaces in time quadratic in it. */
  readonly depth: number;
  /** Octets that are no UTF-8 are replaced instead of ending the stream. */
  readonly replacesBadOctets?: boolean;
}

/** Limits that no stanza of good will comes near. */
export const DEFAULT_LIMITS: FramingLimits = { stanza: 1 << 20, depth: 256 };

interface OpenElement {
  name: string;
  ns: string;
  attrs: Record<string, string>;
  children: (Element | string)[];
}

/**
 * Cuts an incoming byte stream into stream header, first-level children and end of stream. Use a new parser
 * after each stream restart (RFC 6120 4.3.3).
 */
export class StreamParser {
  readonly #parser = new SaxesParser({ xmlns: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  readonly #decoder: TextDecoder;
  readonly #stack: OpenElement[] = [];
  #pending = '';
  /** Parser position (UTF-16 units) of the first character of `#pending`. */
  #pendingStart = 0;
  #done = false;

  constructor(
    private readonly events: StreamEvents,
    private readonly limits: FramingLimits = DEFAULT_LIMITS,
  ) {
    this.#decoder = new TextDecoder('utf-8', { fatal: limits.replacesBadOctets !== true });
    const parser = this.#parser;
    parser.on('opentag', (tag) => this.#open(tag as SaxesTagNS));
    parser.on('closetag', (tag) => this.#close(tag as SaxesTagNS));
    parser.on('text', (data) => this.#text(data));
    parser.on('cdata', (data) => this.#text(data));
    parser.on('error', (error) => this.#fail('not-well-formed', error.message));
    const restricted = (what: string) => () =>
      this.#fail('restricted-xml', `${what} is not allowed in a stream`);
    const unless = (fail: () => void) => () => {
      if (this.events.leavesOut?.() !== true) fail();
    };
    parser.on('comment', unless(restricted('a comment')));
    parser.on('doctype', restricted('a document type declaration'));
    parser.on('processinginstruction', unless(restricted('a processing instruction')));
  }

  /** Feeds bytes as they come from the transport, cut anywhere. */
  write(bytes: Uint8Array): void {
    if (this.#done) return;
    let chunk: string;
    try {
      chunk = this.#decoder.decode(bytes, { stream: true });
    } catch {
      this.#pending += new TextDecoder().decode(bytes);
      this.#fail('bad-encoding', 'the bytes received are not UTF-8');
      return;
    }
    this.#pending += chunk;
    try {
      this.#parser.write(chunk);
    } catch (error) {
      // saxes goes on after its own error event and may then trip over its state.
      if (!this.#done) throw error;
    }
    // White space between stanzas keeps connections alive (RFC 6120 4.6.1) and belongs to no stanza.
    if (this.#stack.length === 1 && this.#pending.trim() === '') this.#take();
    if (!this.#done && this.#pending.length > this.limits.stanza) {
      this.#fail(
        'policy-violation',
        `more than ${this.limits.stanza} characters without the end of a stanza`,
      );
    }
  }

  #open(tag: SaxesTagNS): void {
    if (this.#done) return;
    const attrs: Record<string, string> = {};
    for (const attribute of Object.values(tag.attributes as Record<string, SaxesAttributeNS>)) {
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue;
      attrs[attributeKey(attribute)] = attribute.value;
    }
    const opened: OpenElement = { name: tag.local, ns: tag.uri, attrs, children: [] };
    this.#stack.push(opened);
    if (this.#stack.length === 1) this.events.opened(opened, this.#take());
    else if (this.#stack.length > this.limits.depth) {
      this.#fail('policy-violation', `elements nested deeper than ${this.limits.depth}`);
    }
  }

  #close(tag: SaxesTagNS): void {
    // saxes closes the innermost element before it complains of an end tag with another name.
    if (this.#done || (this.#stack.length <= 2 && !this.#endsAsItBegan(tag))) return;
    const closed = this.#stack.pop();
    if (closed === undefined) return;
    const parent = this.#stack.at(-1);
    if (parent === undefined) {
      this.#done = true;
      this.events.closed();
    } else if (this.#stack.length === 1) {
      // The stream keeps no children: a session of any length takes the memory of one stanza.
      this.events.element(closed, this.#take());
    } else {
      parent.children.push(closed);
    }
  }

  #endsAsItBegan(tag: SaxesTagNS): boolean {
    if (tag.isSelfClosing) return true;
    const read = this.#pending.slice(0, this.#parser.position - this.#pendingStart);
    return read.slice(read.lastIndexOf('</') + 2, -1).trimEnd() === tag.name;
  }

  #text(data: string): void {
    const parent = this.#stack.at(-1);
    if (parent === undefined || this.#stack.length === 1) return;
    const last = parent.children.length - 1;
    const before = parent.children[last];
    if (typeof before === 'string') parent.children[last] = before + data;
    else parent.children.push(data);
  }

  /** The text read since the last first-level boundary; what the parser has not reached stays pending. */
  #take(): string {
    const length = this.#parser.position - this.#pendingStart;
    const taken = this.#pending.slice(0, length);
    this.#pending = this.#pending.slice(length);
    this.#pendingStart += taken.length;
    return taken.trim();
  }

  #fail(fault: FramingFault, message: string): void {
    if (this.#done) return;
    this.#done = true;
    this.events.failed(new FramingError(fault, message, this.#pending));
  }
}

function attributeKey(attribute: SaxesAttributeNS): string {
  if (attribute.uri === '') return attribute.local;
  if (attribute.uri === NS.xml) return `xml:${attribute.local}`;
  return `{${attribute.uri}}${attribute.local}`;
}
