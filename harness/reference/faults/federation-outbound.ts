import type { Accounts } from '../accounts.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import type { Failure, FailureError } from '../s2s/policy.js';
import { stamp } from '../stanza.js';
import { federates } from './federate.js';
import { drop, rewriteAll } from './gate.js';

const TOLD_OF_OLD = [
  'rfc3920:10.2/failure-told/message',
  'rfc3920:10.2/failure-told/presence',
  'rfc3920:10.2/failure-told/iq',
];
const TOLD = [
  'rfc6120:10.4.3/failure-told/message',
  'rfc6120:10.4.3/failure-told/presence',
  'rfc6120:10.4.3/failure-told/iq',
];

/** Faults in how the server reaches other servers, and in what it sends there. */
export const FEDERATION_OUTBOUND_FAULTS: readonly Fault[] = [
  {
    id: 'federation/unreachable-untold',
    title: 'what is for a server that cannot be reached is lost without an error',
    breaks: [...TOLD_OF_OLD, ...TOLD],
    deviate: fails('unreachable', undefined),
  },
  {
    id: 'federation/refused-untold',
    title: 'what is for a server that does not take the key is lost without an error',
    breaks: [...TOLD_OF_OLD, ...TOLD, 'xep0220:2.1.1/invalid-returned'],
    deviate: fails('refused', undefined),
  },
  {
    id: 'federation/unresolved-misnamed',
    title: 'the error for a domain that does not exist is remote-server-timeout',
    breaks: ['rfc3920:9.3.3/remote-server-not-found', 'rfc6120:10.4.3/remote-server-not-found'],
    deviate: fails('unresolved', { type: 'wait', condition: 'remote-server-timeout' }),
  },
  {
    id: 'federation/unreachable-misnamed',
    title: 'the error for a server that cannot be reached is remote-server-not-found',
    breaks: ['rfc3920:9.3.3/remote-server-timeout', 'rfc6120:10.4.3/remote-server-timeout'],
    deviate: fails('unreachable', { type: 'cancel', condition: 'remote-server-not-found' }),
  },
  {
    id: 'federation/cold-order-lost',
    title: 'what has waited for a stream is sent in reverse order',
    breaks: ['rfc3920:10/in-order', 'rfc6120:10.1/in-order'],
    deviate: federates(({ released }) => ({ released: (waiting) => [...released(waiting)].reverse() })),
  },
  {
    id: 'federation/cold-first-lost',
    title: 'the stanza for which a stream is opened is lost',
    breaks: ['rfc3921:11.2/foreign/message', 'rfc3921:11.2/foreign/presence', 'rfc6120:10.4.2/routed'],
    deviate: federates(({ released }) => ({ released: (waiting) => released(waiting).slice(1) })),
  },
  {
    id: 'federation/cold-rest-lost',
    title: 'of what has waited for a stream only the first stanza is sent',
    breaks: ['rfc3921:11.2/foreign/message', 'rfc3921:11.2/foreign/presence', 'rfc6120:10.4.2/routed'],
    deviate: federates(({ released }) => ({ released: (waiting) => released(waiting).slice(0, 1) })),
  },
  {
    id: 'federation/result-not-awaited',
    title: 'stanzas are sent right behind the key, before it has been found valid',
    breaks: ['rfc3920:8.3/sent-once-valid', 'xep0220:2.1.1/queued-until-valid'],
    deviate: federates(() => ({ awaitsResult: false })),
  },
  {
    id: 'federation/sender-missing',
    title: 'stanzas are sent to other servers without a sender',
    breaks: ['rfc3920:9.1.2/server-from', 'rfc6120:8.1.2.2/from-sent'],
    deviate: federates(({ outbound }) => ({
      outbound: (stanza) => stamp(outbound(stanza), { from: undefined }),
    })),
  },
  {
    id: 'federation/sender-bare',
    title: 'the senders of all that is sent to other servers are bare JIDs',
    breaks: ['rfc3920:9.1.2/from-true', 'rfc6120:8.1.2.1/from-replaced'],
    deviate: federates(({ outbound }) => ({
      outbound: (stanza) => stamp(outbound(stanza), { from: bareText(stanza.attrs.from ?? '') }),
    })),
  },
  {
    id: 'federation/sender-of-other-domain',
    title: 'the domain of senders is not the one that was proved',
    breaks: ['rfc3920:8.3/from-validated-sent', 'rfc6120:8.1.2.2/from-matches-sent'],
    deviate: federates(({ outbound }) => ({
      outbound: (stanza) => {
        const from = parseJid(stanza.attrs.from ?? '');
        return stamp(outbound(stanza), { from: from && `${from.local}@im.${from.domain}` });
      },
    })),
  },
  {
    id: 'federation/subdomain-not-verified',
    title: 'stanzas for a subdomain take the stream of the domain above it, without verification',
    breaks: [
      'rfc3921:11.2/foreign/message',
      'rfc6120:8.1.1.2/to-matches-sent',
      'xep0220:2.1.1/pair-verified',
    ],
    deviate: federates(({ outboundPair }) => ({
      outboundPair: (pair) => {
        const [, ...above] = pair.to.split('.');
        return outboundPair(above.length > 1 ? { ...pair, to: above.join('.') } : pair);
      },
    })),
  },
  {
    id: 'federation/tls-not-taken',
    title: 'TLS is not negotiated with servers that offer it',
    breaks: ['rfc3920:14.4/tls-between-servers', 'rfc6120:5.3.1/starttls-taken'],
    deviate: federates(() => ({ takesTls: false })),
  },
  {
    id: 'federation/srv-not-asked',
    title: 'SRV records are not looked up',
    breaks: ['rfc3921:11.2/srv-first', 'rfc3920:14.4/srv-first', 'rfc6120:3.2.1/srv-preferred'],
    deviate: federates(() => ({ lookups: () => [] })),
  },
  {
    id: 'federation/im-and-pres-first',
    title: 'the SRV services of instant messaging and presence are looked up ahead of xmpp-server',
    breaks: ['rfc3921:11.2/xmpp-server-first', 'rfc3920:14.4/srv-first'],
    specs: ['rfc3921'],
    deviate: federates(({ lookups }) => ({ lookups: (names) => [...lookups(names)].reverse() })),
  },
  {
    id: 'federation/im-and-pres-not-asked',
    title: 'the SRV services of instant messaging and presence are not looked up',
    breaks: ['rfc3921:11.2/im-and-pres-fallback'],
    specs: ['rfc3921'],
    deviate: federates(({ lookups }) => ({ lookups: (names) => lookups(names).slice(0, 1) })),
  },
  {
    id: 'federation/no-address-fallback',
    title: 'a domain without SRV records counts as one that does not exist',
    breaks: [
      'rfc3920:14.4/address-fallback',
      'rfc3921:11.2/address-fallback',
      'rfc6120:3.2.2/address-fallback',
    ],
    deviate: federates(() => ({ addressFallback: 'never' })),
  },
  {
    id: 'federation/address-after-srv',
    title: 'the address of the domain itself is tried where the servers of its SRV records fail',
    breaks: ['rfc6120:3.2.1/no-fallback-after-records', 'rfc6120:3.2.1/no-service-heeded'],
    specs: ['rfc6121'],
    deviate: federates(() => ({ addressFallback: 'always' })),
  },
  {
    id: 'federation/srv-priority-ignored',
    title: 'of the servers in SRV records the one to be tried last is tried first',
    breaks: ['rfc3920:14.4/srv-priority', 'rfc6120:3.2.1/srv-priority'],
    deviate: federates(() => ({ heedsPriority: false })),
  },
  {
    id: 'federation/contacts-not-probed',
    title: 'contacts at other domains are not probed',
    breaks: ['rfc3921:5.1.1/probes-sent', 'rfc6121:4.3.1/probe'],
    deviate: drop(
      ({ purpose, stanza }, _occasion, accounts) =>
        purpose === 'probe' && isRemote(stanza.attrs.to, accounts),
    ),
  },
  {
    id: 'federation/farewell-kept-home',
    title: 'contacts at other domains do not hear that a resource becomes unavailable',
    breaks: ['rfc3921:5.1.5/unavailable-however-lost', 'rfc6121:4.5.2/subscribers'],
    deviate: drop(
      ({ purpose, stanza }, { trigger }, accounts) =>
        trigger === 'unavailable' && purpose === 'broadcast' && isRemote(stanza.attrs.to, accounts),
    ),
  },
  {
    id: 'federation/strangers-told',
    title: 'whoever has an account at another domain learns by a probe who is available',
    breaks: [
      'rfc3921:5.1.3/probe-from-stranger-forbidden',
      'rfc3921:5.1.3/probe-while-pending-not-authorized',
      'rfc6121:4.3.2/unauthorized-probe-refused',
    ],
    deviate: rewriteAll((emissions, occasion, accounts) => {
      const shown = occasion.trigger === 'in:probe' && isRemote(occasion.contact, accounts);
      return shown ? presenceOf(occasion) : emissions;
    }),
  },
];

/** Has another error, or none, for stanzas that could not be sent. */
function fails(as: Failure, error: FailureError | undefined) {
  return federates(({ failureError }) => ({
    failureError: (failure) => (failure === as ? error : failureError(failure)),
  }));
}

function isRemote(address: string | undefined, { domain }: Accounts): boolean {
  return parseJid(address ?? '')?.domain !== domain;
}

/** What a subscriber would be answered. */
function presenceOf({ account, stanza }: Occasion): Emission[] {
  const available = account?.available() ?? [];
  return available.flatMap(({ presence }): Emission[] =>
    presence === undefined
      ? []
      : [{ purpose: 'probe-answer', to: 'route', stanza: stamp(presence, { to: stanza.attrs.from }) }],
  );
}
