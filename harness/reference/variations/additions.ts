import { randomBytes, randomInt } from 'node:crypto';
import { type Element, element, elements, NS } from '../../wire/element.js';
import type { Variation } from '../deviations.js';
import type { Emission, Occasion, Purpose } from '../emission.js';
import { rewriteAll, rewriteEach } from '../faults/gate.js';
import { delayed, extend } from '../stanza.js';

/** What a server makes of its own accord, so that another of its processes may send it. */
const GENERATED: readonly Purpose[] = [
  'push',
  'request',
  'notification',
  'auto-reply',
  'cancellation',
  'shared-presence',
  'withdrawn-presence',
  'probe',
];

/** Milliseconds, exclusive, by which generated stanzas are held back at most. */
const MAX_DELAY = 101;

const DISCO_INFO = 'http://jabber.org/protocol/disco#info';

/** A disco query from the server to whoever has just come. */
function query(domain: string, { trigger, session, contact }: Occasion): Emission[] {
  const to = trigger === 'component-connected' ? contact : session?.jid;
  if (to === undefined || (trigger !== 'component-connected' && trigger !== 'initial-presence')) return [];
  const stanza = element(
    'iq',
    NS.client,
    { from: domain, to, type: 'get', id: `disco-${randomBytes(6).toString('hex')}` },
    [element('query', DISCO_INFO)],
  );
  return [{ purpose: 'unsolicited', to: session ?? 'route', stanza }];
}

/** Versioned roster payload: what a server that keeps versions puts into pushes and results (RFC 6121 2.6). */
function versioned(iq: Element): Element {
  return {
    ...iq,
    children: elements(iq).map((payload) => ({
      ...payload,
      attrs: { ver: randomBytes(4).toString('hex'), ...payload.attrs },
    })),
  };
}

function decorated(stanza: Element, domain: string): Element {
  const id = element('stanza-id', 'urn:xmpp:sid:0', { by: domain, id: randomBytes(6).toString('hex') });
  return extend(extend(stanza, delayed(domain)), id);
}

/** What servers add of their own accord, and when they do it. */
export const ADDITION_VARIATIONS: readonly Variation[] = [
  {
    id: 'delayed-generated-stanzas',
    title: 'what the server generates comes 0 to 100 ms late, in order on each stream',
    deviate: rewriteEach((emission) =>
      GENERATED.includes(emission.purpose) ? { ...emission, delay: randomInt(MAX_DELAY) } : emission,
    ),
  },
  {
    id: 'extensions',
    title: 'pushes carry a version, presence and requests carry a delay and an id',
    deviate: rewriteEach((emission, _occasion, { domain }) => {
      const { purpose, stanza } = emission;
      if (purpose === 'push' || purpose === 'roster') return { ...emission, stanza: versioned(stanza) };
      return stanza.name === 'presence' && stanza.attrs.type !== 'error'
        ? { ...emission, stanza: decorated(stanza, domain) }
        : emission;
    }),
  },
  {
    id: 'disco-queries',
    title: 'the server asks each client and component what it supports',
    deviate: rewriteAll((emissions, occasion, { domain }) => [...emissions, ...query(domain, occasion)]),
  },
  {
    id: 'welcome-message',
    title: 'the server greets each resource that becomes available',
    deviate: rewriteAll((emissions, { trigger, session }, { domain }) => {
      if (trigger !== 'initial-presence' || session === undefined) return emissions;
      const stanza = element('message', NS.client, { from: domain, to: session.jid }, [
        element('body', NS.client, {}, [`Welcome to ${domain}`]),
      ]);
      return [...emissions, { purpose: 'unsolicited', to: session, stanza }];
    }),
  },
];
