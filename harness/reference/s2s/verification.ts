import { child, type Element, elements, NS } from '../../wire/element.js';
import type { XmlStream } from '../stream.js';
import { dialbackText, domainsOf, type KeyParts } from './dialback.js';
import type { FederationHost } from './host.js';
import { type OutboundHandler, OutboundStream } from './outbound.js';
import type { Verdict } from './policy.js';

/**
 * Asks the authoritative server of `from` whether a key is its own, over a connection made for that alone
 * (XEP-0220 2.1.2).
 * @param parts what the key should be made from
 */
export function verifyKey(host: FederationHost, parts: KeyParts, key: string): Promise<Verdict> {
  return new Promise((resolve) => {
    new Verification(host, parts, key, resolve);
  });
}

class Verification implements OutboundHandler {
  readonly #outbound: OutboundStream;

  constructor(
    private readonly host: FederationHost,
    private readonly parts: KeyParts,
    private readonly key: string,
    private readonly tell: (verdict: Verdict) => void,
  ) {
    this.#outbound = new OutboundStream(host, { from: parts.to, to: parts.from }, undefined, this);
  }

  ready(stream: XmlStream): void {
    const { from, to, id } = this.parts;
    stream.sendText(dialbackText('verify', { from: to, to: from, id }, this.key));
  }

  element(received: Element, stream: XmlStream): void {
    if (received.ns !== NS.dialback || received.name !== 'verify') return;
    const mismatch = this.#mismatch(received);
    if (mismatch !== undefined) {
      // RFC 3920 8.3 names the errors; XEP-0220 2.1.2 has such an answer dropped.
      if (this.host.router.world.policy.mode === 'rfc3921') stream.fail(mismatch);
      return;
    }
    this.tell(verdictOf(received));
    this.#outbound.close();
  }

  ended(failure: 'unresolved' | 'unreachable'): void {
    this.tell(failure);
  }

  /** The stream error for an answer that is none to what was asked. */
  #mismatch(received: Element): string | undefined {
    const domains = domainsOf(received);
    const { from, to, id } = this.parts;
    if (received.attrs.id !== id) return 'invalid-id';
    if (domains?.to !== to) return 'host-unknown';
    return domains.from === from ? undefined : 'invalid-from';
  }
}

function verdictOf(answer: Element): Verdict {
  if (answer.attrs.type === 'valid' || answer.attrs.type === 'invalid') return answer.attrs.type;
  const error = child(answer, 'error', NS.client);
  const isUnknown = error && elements(error).some(({ name }) => name === 'item-not-found');
  return isUnknown ? 'unresolved' : 'unreachable';
}
