import type { Element } from '../../wire/element.js';
import type { Accounts } from '../accounts.js';
import type { Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import type { Failure, FailureError } from '../s2s/policy.js';
import { stamp } from '../stanza.js';
import { federates, isLetter } from './federate.js';
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
    id: 'federation/refused-misnamed',
    title: 'the error for a server that does not take the key is remote-server-not-found',
    breaks: ['xep0220:2.1.1/invalid-returned'],
    specs: ['rfc6121'],
    deviate: fails('refused', { type: 'cancel', condition: 'remote-server-not-found' }),
  },
  {
    id: 'federation/unresolved-misnamed',
    title: 'the error for a domain that does not exist is remote-server-timeout',
    breaks: ['rfc6120:10.4.3/remote-server-not-found'],
    specs: ['rfc6121'],
    deviate: fails('unresolved', { type: 'wait', condition: 'remote-server-timeout' }),
  },
  {
    id: 'federation/unreachable-misnamed',
    title: 'the error for a server that cannot be reached is remote-server-not-found',
    breaks: ['rfc6120:10.4.3/remote-server-timeout'],
    specs: ['rfc6121'],
    deviate: fails('unreachable', { type: 'cancel', condition: 'remote-server-not-found' }),
  },
  {
    id: 'federation/cold-order-lost',
    title: 'what has waited for a stream is sent in reverse order',
    breaks: ['rfc3920:10/in-order', 'rfc6120:10.1/routed-in-order'],
    deviate: releases((waiting) => [...waiting].reverse()),
  },
  {
    id: 'federation/cold-first-lost',
    title: 'the stanza for which a stream is opened is lost',
    breaks: ['rfc3921:11.2/foreign/message', 'rfc6120:10.4/routed'],
    deviate: releases((waiting) => waiting.slice(1)),
  },
  {
    id: 'federation/cold-rest-lost',
    title: 'of what has waited for a stream only the first stanza is sent',
    breaks: ['rfc3921:11.2/foreign/message', 'rfc6120:10.4/routed'],
    deviate: releases((waiting) => waiting.slice(0, 1)),
  },
  {
    id: 'federation/result-not-awaited',
    title: 'stanzas are sent right behind the key, before it has been found valid',
    breaks: ['xep0220:2.1.1/queued-until-valid'],
    specs: ['rfc6121'],
    deviate: federates(() => ({ awaitsResult: (waiting) => !waiting.some(isLetter) })),
  },
  {
    id: 'federation/sender-missing',
    title: 'messages are sent to other servers without a sender',
    breaks: ['rfc3920:9.1.2/from-sent', 'rfc6120:8.1.2.2/from-sent'],
    deviate: signs(() => undefined),
  },
  {
    id: 'federation/sender-bare',
    title: 'the senders of messages to other servers are bare JIDs',
    breaks: ['rfc6120:8.1.2.1/from-replaced'],
    specs: ['rfc6121'],
    deviate: signs(bareText),
  },
  {
    id: 'federation/sender-of-other-domain',
    title: 'the domain of those who send messages is not the one that was proved',
    breaks: [
      'rfc3920:9.1.2/from-matches-sent',
      'rfc3920:9.1.2/from-true',
      'rfc6120:8.1.2.2/from-matches-sent',
    ],
    deviate: signs((sender) => {
      const from = parseJid(sender);
      return from && `${from.local}@im.${from.domain}`;
    }),
  },
  {
    id: 'federation/subdomain-not-verified',
    title: 'stanzas for a subdomain take the stream of the domain above it, without verification',
    breaks: ['rfc6120:8.1.1.2/to-matches-sent'],
    specs: ['rfc6121'],
    deviate: federates(({ outboundPair }) => ({
      outboundPair: (pair) => {
        const [, ...above] = pair.to.split('.');
        return outboundPair(above.length > 1 ? { ...pair, to: above.join('.') } : pair);
      },
    })),
  },
  {
    id: 'federation/srv-not-asked',
    title: 'the SRV records of domains that lie deep are not looked up',
    breaks: ['rfc3921:11.2/srv-first', 'rfc3920:14.4/srv-first', 'rfc6120:3.2.1/srv-looked-up'],
    deviate: federates(({ lookups }) => ({
      lookups: (names) => lookups(names).filter((name) => name.split('.').length < DEEP),
    })),
  },
  {
    id: 'federation/im-and-pres-first',
    title: 'the SRV services of instant messaging and presence are looked up ahead of xmpp-server',
    breaks: ['rfc3921:11.2/srv-first'],
    specs: ['rfc3921'],
    deviate: federates(({ lookups }) => ({ lookups: (names) => [...lookups(names)].reverse() })),
  },
  {
    id: 'federation/im-and-pres-not-asked',
    title: 'the SRV services of instant messaging and presence are not looked up',
    breaks: ['rfc3921:11.2/im-and-pres-next'],
    specs: ['rfc3921'],
    deviate: federates(({ lookups }) => ({ lookups: (names) => lookups(names).slice(0, 1) })),
  },
  {
    id: 'federation/no-address-fallback',
    title: 'a domain without SRV records counts as one that does not exist',
    breaks: ['rfc3921:11.2/address-last', 'rfc6120:3.2.2/address-last'],
    deviate: federates(() => ({ addressFallback: 'never' })),
  },
  {
    id: 'federation/address-after-srv',
    title: 'the address of the domain itself is tried where the servers of its SRV records fail',
    breaks: ['rfc6120:3.2.1/no-fallback'],
    specs: ['rfc6121'],
    deviate: federates(() => ({ addressFallback: 'always' })),
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

/** Labels of an SRV name that lies deeper than that of a domain of two labels, to which the contacts have to get. */
const DEEP = 5;

/** Sends something else than what has waited, where messages have. */
function releases(change: (waiting: readonly Element[]) => readonly Element[]) {
  return federates(({ released }) => ({
    released: (waiting) => (waiting.some(isLetter) ? change(released(waiting)) : released(waiting)),
  }));
}

/** States another sender in messages. */
function signs(as: (sender: string) => string | undefined) {
  return federates(({ outbound }) => ({
    outbound: (stanza) =>
      isLetter(stanza) ? stamp(outbound(stanza), { from: as(stanza.attrs.from ?? '') }) : outbound(stanza),
  }));
}

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
