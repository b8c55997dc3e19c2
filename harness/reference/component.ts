import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { type Element, element, NS, text } from '../wire/element.js';
import { parseJid } from './jid.js';
import type { Router } from './router.js';
import { type StreamHandler, XmlStream } from './stream.js';

const STANZAS = ['message', 'presence', 'iq'];

/** One stream of an external component (XEP-0114): it speaks for every address at its domain. */
export class ComponentConnection implements StreamHandler {
  readonly #stream: XmlStream;
  #id = '';
  #domain = '';
  #accepted = false;

  constructor(
    socket: Socket,
    private readonly router: Router,
    private readonly secret: string,
  ) {
    this.#stream = new XmlStream(socket, NS.component, router.world.domain, this);
  }

  opened(header: Element, contentNs: string): void {
    this.#id = randomBytes(8).toString('hex');
    this.#domain = parseJid(header.attrs.to ?? '')?.domain ?? '';
    // A component is answered in the name of its own domain (XEP-0114 3).
    this.#stream.open({ from: this.#domain, id: this.#id });
    if (header.ns !== NS.streams || contentNs !== NS.component) this.#stream.fail('invalid-namespace');
    else if (this.#domain === '' || this.#domain === this.router.world.domain) {
      this.#stream.fail('host-unknown');
    }
  }

  element(received: Element): void {
    if (!this.#accepted) this.#handshake(received);
    else if (received.ns !== NS.client || !STANZAS.includes(received.name)) {
      this.#stream.fail('unsupported-stanza-type');
    } else if (parseJid(received.attrs.from ?? '')?.domain !== this.#domain) {
      this.#stream.fail('invalid-from');
    } else if (received.attrs.to === undefined) this.#stream.fail('improper-addressing');
    else this.router.route(received);
  }

  ended(): void {
    if (this.#accepted) this.router.disconnectComponent(this.#domain, this.#stream);
  }

  #handshake(received: Element): void {
    const expected = createHash('sha1')
      .update(this.#id + this.secret)
      .digest('hex');
    if (received.name !== 'handshake' || text(received).trim().toLowerCase() !== expected) {
      this.#stream.fail('not-authorized');
    } else if (!this.router.connectComponent(this.#domain, this.#stream)) {
      this.#stream.fail('conflict');
    } else {
      this.#accepted = true;
      this.#stream.send(element('handshake', NS.component));
      this.router.greetComponent(this.#domain);
    }
  }
}
