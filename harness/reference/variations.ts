import { randomBytes, randomInt } from 'node:crypto';
import { type Element, element, elements, NS } from '../wire/element.js';
import { subscribed } from './contacts.js';
import type { Variation } from './deviations.js';
import type { Emission, Occasion, Purpose } from './emission.js';
import { drop, is, last, rewriteAll, rewriteEach } from './faults/gate.js';
import { redeliveries } from './presence.js';
import { delayed, extend, presence } from './stanza.js';
import { facetsOf } from './subscriptions.js';

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

/** The stanzas of a purpose in any order, the others where they are. */
function shuffled(emissions: readonly Emission[], purpose: Purpose): Emission[] {
  const picked = emissions.filter((emission) => emission.purpose === purpose);
  for (let at = picked.length - 1; at > 0; at -= 1) {
    const [chosen] = picked.splice(randomInt(at + 1), 1);
    if (chosen !== undefined) picked.push(chosen);
  }
  return emissions.map((emission) =>
    emission.purpose === purpose ? (picked.shift() ?? emission) : emission,
  );
}

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
      attrs: { ...payload.attrs, ver: randomBytes(4).toString('hex') },
    })),
  };
}

function decorated(stanza: Element, domain: string): Element {
  const id = element('stanza-id', 'urn:xmpp:sid:0', { by: domain, id: randomBytes(6).toString('hex') });
  return extend(extend(stanza, delayed(domain)), id);
}

/** The register of deviations that the RFCs permit: every scenario must pass with each of them. */
export const VARIATIONS: readonly Variation[] = [
  {
    id: 'push-before-notification',
    title: 'the push comes before the stanza that it belongs to',
    specs: ['rfc3921'],
    deviate: last(is('notification')),
  },
  {
    id: 'unsubscribed-before-unavailable',
    title: 'a cancellation is sent before the unavailable presence',
    specs: ['rfc3921'],
    deviate: last(is('withdrawn-presence')),
  },
  {
    id: 'unavailable-before-auto-reply',
    title: 'unavailable presence is sent before the unsubscribed that answers an unsubscribe',
    deviate: last(is('auto-reply', 'in:unsubscribe')),
  },
  {
    id: 'delayed-generated-stanzas',
    title: 'what the server generates comes 0 to 20 ms late, in order on each stream',
    deviate: rewriteEach((emission) =>
      GENERATED.includes(emission.purpose) ? { ...emission, delay: randomInt(MAX_DELAY) } : emission,
    ),
  },
  {
    id: 'shuffled-pushes',
    title: 'the pushes of one change go to the resources in any order',
    deviate: rewriteAll((emissions) => shuffled(emissions, 'push')),
  },
  {
    id: 'result-before-pushes',
    title: 'a roster set is acknowledged before it is pushed',
    deviate: last(is('push', 'roster-set', 'roster-remove')),
  },
  {
    id: 'own-presence-echo',
    title: 'a resource gets its own presence back',
    specs: ['rfc3921'],
    deviate: () => ({ ownEcho: true }),
  },
  {
    id: 'redeliver-until-acknowledged',
    title:
      'notifications are delivered at each log-in until acknowledged, also those that reached a resource',
    specs: ['rfc3921'],
    deviate: () => ({ keepsNotification: () => true }),
  },
  {
    id: 'resend-pending-out',
    title: 'unanswered requests are sent to the contact again whenever a resource becomes available',
    deviate: rewriteAll((emissions, { trigger, account }) => {
      if (trigger !== 'initial-presence' || account === undefined) return emissions;
      const asked = [...account.roster.values()].filter(({ ask }) => ask);
      return [
        ...emissions,
        ...asked.map(({ jid }): Emission => {
          const attrs = {
            from: account.bare,
            to: jid,
            type: 'subscribe',
            id: randomBytes(6).toString('hex'),
          };
          return { purpose: 'routed', to: 'route', stanza: presence(attrs) };
        }),
      ];
    }),
  },
  {
    id: 'both-stanzas-on-remove',
    title: 'a removal sends unsubscribe and unsubscribed whatever the state',
    specs: ['rfc6121'],
    deviate: () => ({ removalSendsBoth: true }),
  },
  {
    id: 'only-applicable-on-remove',
    title: 'a removal sends only what there is to cancel',
    specs: ['rfc3921'],
    deviate: () => ({ removalSendsBoth: false }),
  },
  {
    id: 'requests-withheld-from-not-interested',
    title: 'requests wait until an available resource has requested the roster',
    specs: ['rfc3921'],
    deviate: (policy) => {
      const told = new WeakSet<object>();
      return {
        getsRequest: ({ available, interested }) => available && interested,
        emissions(emissions, occasion) {
          const { trigger, session } = occasion;
          const sound = policy.emissions(emissions, occasion);
          if (session === undefined) return sound;
          if (trigger === 'initial-presence' && session.interested) told.add(session);
          if (trigger === 'unavailable') told.delete(session);
          if (trigger === 'roster-get' && session.available && !told.has(session)) {
            told.add(session);
            return [...sound, ...redeliveries(session.account, session)];
          }
          return session.interested ? sound : sound.filter(({ purpose }) => purpose !== 'redelivery');
        },
      };
    },
  },
  {
    id: 'notifications-to-interested-only',
    title: 'state changes are delivered to resources that have requested the roster only',
    deviate: () => ({ getsNotification: ({ interested }) => interested }),
  },
  {
    id: 'notifications-to-available-only',
    title: 'state changes are delivered to available resources only',
    specs: ['rfc3921'],
    deviate: () => ({ getsNotification: ({ available }) => available }),
  },
  {
    id: 'no-pre-approval',
    title: 'pre-approval is not offered',
    specs: ['rfc6121'],
    deviate: () => ({ preApproval: false, announcesPreApproval: false }),
  },
  {
    id: 'no-offline-messages',
    title: 'messages that nobody can take are returned',
    deviate: () => ({ offlineMessages: false }),
  },
  {
    id: 'extensions',
    title: 'pushes carry a version, presence and requests carry a delay and an id',
    deviate: (policy, accounts) => ({
      emissions: (emissions, occasion) =>
        policy.emissions(emissions, occasion).map((emission) => {
          const { purpose, stanza } = emission;
          if (purpose === 'push' || purpose === 'roster') return { ...emission, stanza: versioned(stanza) };
          return stanza.name === 'presence' && stanza.attrs.type !== 'error'
            ? { ...emission, stanza: decorated(stanza, accounts.domain) }
            : emission;
        }),
    }),
  },
  {
    id: 'unavailable-acknowledgement',
    title: 'a request is acknowledged by unavailable presence from the bare JID',
    deviate: rewriteAll((emissions, { trigger, account, contact, before }) => {
      const asked = trigger === 'in:subscribe' && (before === 'none' || before === 'none-pending-out');
      if (!asked || account === undefined || account.roster.get(contact)?.approved === true) return emissions;
      const stanza = presence({ from: account.bare, to: contact, type: 'unavailable' });
      return [...emissions, { purpose: 'unsolicited', to: 'route', stanza }];
    }),
  },
  {
    id: 'refusal-not-pushed',
    title: 'an item that a refusal leaves as it was is not pushed',
    specs: ['rfc6121'],
    deviate: drop(
      (emission, occasion) =>
        is('push', 'out:unsubscribed')(emission, occasion) && facetsOf(occasion.before ?? 'none').pending,
    ),
  },
  {
    id: 'absence-not-told',
    title: 'probes are not answered while no resource is available',
    specs: ['rfc3921'],
    deviate: () => ({ absenceAnswer: 'silence' }),
  },
  {
    id: 'components-trusted',
    title: 'components learn the presence of any user by a probe',
    deviate: () => ({ trustsComponents: true }),
  },
  {
    id: 'disco-queries',
    title: 'the server asks each client and component what it supports',
    deviate: (policy, accounts) => ({
      emissions: (emissions, occasion) => [
        ...policy.emissions(emissions, occasion),
        ...query(accounts.domain, occasion),
      ],
    }),
  },
  {
    id: 'welcome-message',
    title: 'the server greets each resource that becomes available',
    deviate: (policy, accounts) => ({
      emissions(emissions, occasion) {
        const sound = policy.emissions(emissions, occasion);
        const { trigger, session } = occasion;
        if (trigger !== 'initial-presence' || session === undefined) return sound;
        const stanza = element('message', NS.client, { from: accounts.domain, to: session.jid }, [
          element('body', NS.client, {}, [`Welcome to ${accounts.domain}`]),
        ]);
        return [...sound, { purpose: 'unsolicited', to: session, stanza }];
      },
    }),
  },
  {
    id: 'probes-always',
    title: 'the contacts are probed for each resource that becomes available, not just for the first',
    deviate: (policy) => ({
      emissions(emissions, occasion) {
        const { trigger, account, session } = occasion;
        const sound = policy.emissions(emissions, occasion);
        const first = account?.available().every((other) => other === session) === true;
        if (trigger !== 'initial-presence' || first || account === undefined) return sound;
        const from = policy.mode === 'rfc3921' ? session?.jid : account.bare;
        const probes = subscribed(account, 'to').map((to): Emission => {
          return { purpose: 'probe', to: 'route', stanza: presence({ from, to, type: 'probe' }) };
        });
        return [...sound, ...probes];
      },
    }),
  },
];
