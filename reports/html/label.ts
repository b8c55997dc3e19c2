import { oneLine } from '../text.js';
import { readXml, type XmlNode } from '../xml.js';

const MAX_LABEL = 44;

/** Names for the payloads that these scenarios are about; any other goes by its element. */
const PAYLOADS: Readonly<Record<string, string>> = {
  'jabber:iq:roster': 'roster',
  'jabber:iq:privacy': 'privacy',
  'urn:ietf:params:xml:ns:xmpp-bind': 'bind',
  'urn:ietf:params:xml:ns:xmpp-session': 'session',
  'http://jabber.org/protocol/disco#info': 'disco#info',
  'http://jabber.org/protocol/disco#items': 'disco#items',
};

/** What a stanza is in a few words (`presence subscribe`, `iq set roster`), and whom it says it is from and to. */
export interface StanzaLabel {
  readonly text: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** A label for one stanza; what is no XML is named by its first characters. */
export function labelOf(xml: string): StanzaLabel {
  const node = readXml(xml)?.[0];
  if (node === undefined) return { text: clipped(oneLine(xml)), from: undefined, to: undefined };
  const words = [node.name, node.attributes.get('type') ?? '', detailOf(node)].filter((word) => word !== '');
  return {
    text: clipped(oneLine(words.join(' '))),
    from: node.attributes.get('from'),
    to: node.attributes.get('to'),
  };
}

function detailOf(node: XmlNode): string {
  const children = node.children.filter((child) => typeof child !== 'string');
  const error = children.find((child) => child.name === 'error');
  if (node.attributes.get('type') === 'error' || node.name === 'stream:error') {
    const condition = (error ?? node).children.find((child) => typeof child !== 'string');
    return typeof condition === 'object' ? condition.name : '';
  }
  if (node.name !== 'iq') return '';
  const [payload] = children;
  if (payload === undefined) return '';
  return PAYLOADS[payload.attributes.get('xmlns') ?? ''] ?? payload.name;
}

function clipped(text: string): string {
  return text.length <= MAX_LABEL ? text : `${text.slice(0, MAX_LABEL - 1)}…`;
}

/**
 * Shortens a JID to the scenario's name of its owner: accounts are made for each case, `romeo-02f0dcc4-22@localhost/hall`
 * is `romeo/hall`. Any other JID stays.
 * @param owners names of users and contacts of the case
 */
export function shortJid(jid: string, owners: ReadonlySet<string>): string {
  const [, local = '', resource = ''] = /^([^@/]+)@[^/]*(\/.*)?$/s.exec(jid) ?? [];
  const name = local.split('-')[0] ?? '';
  return owners.has(local) ? local + resource : owners.has(name) ? name + resource : jid;
}
