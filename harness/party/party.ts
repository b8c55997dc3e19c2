import type { Element } from '../wire/element.js';
import { element, elements, NS, serialize } from '../wire/element.js';
import { MARKER_PREFIX } from './case-transcript.js';
import type { Mailbox } from './mailbox.js';

/** Somebody in a play: a resource of a user, or a contact. */
export interface Party {
  /** In the scenario's terms: `romeo/orchard`, `juliet`. */
  readonly name: string;
  /** The full JID of a resource, the bare JID of a contact. */
  readonly jid: string;
  readonly mailbox: Mailbox;
  /** Sends one stanza. */
  send(stanza: Element): void;
  /** Sends text as it stands. */
  sendText(text: string): void;
}

/** Called with the id of a fence marker that came back, and whether it came back as an error of its message. */
export type MarkerListener = (id: string, party: string, bounced: boolean) => void;

/** Writes a stanza for a stream whose default namespace is the content namespace. */
export function stanzaText(stanza: Element): string {
  return serialize(stanza, NS.client);
}

/** The id of the fence marker that this stanza is, if it is one. */
export function markerId(stanza: Element): string | undefined {
  const id = stanza.attrs.id;
  return id?.startsWith(MARKER_PREFIX) ? id : undefined;
}

/**
 * Whether the stanza is a push of a roster, a privacy list (RFC 3921 10.2) or a block (XEP-0191 3.3), or would be if its
 * sender may send it.
 */
export function isPush(stanza: Element): boolean {
  return (
    stanza.name === 'iq' &&
    stanza.attrs.type === 'set' &&
    elements(stanza).some(({ ns }) => ns === NS.roster || ns === NS.privacy || ns === NS.blocking)
  );
}

/**
 * What a well-behaved entity answers on its own to an IQ get or set (RFC 3920 9.2.3): a result to a roster push
 * (RFC 3921 8.1), of a privacy list (10.6) or of a block, an error to what it doesn't know; nothing to anything else.
 */
export function automaticReply(stanza: Element): Element | undefined {
  const type = stanza.attrs.type;
  if (stanza.name !== 'iq' || (type !== 'get' && type !== 'set')) return undefined;
  const addresses = { to: stanza.attrs.from, from: stanza.attrs.to, id: stanza.attrs.id };
  if (isPush(stanza)) return element('iq', NS.client, { to: addresses.to, id: addresses.id, type: 'result' });
  return element('iq', NS.client, { ...addresses, type: 'error' }, [
    element('error', NS.client, { type: 'cancel' }, [element('service-unavailable', NS.stanzaErrors)]),
  ]);
}
