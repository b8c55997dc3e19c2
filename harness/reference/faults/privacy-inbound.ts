import { elements } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareJid, bareText, type Jid, parseJid } from '../jid.js';
import { GRANULES, type Granule, type Rule, type StanzaKind, type Subject } from '../privacy.js';
import type { Passage } from '../privacy-gate.js';
import { errorReply, presence } from '../stanza.js';
import { drop, rewriteAll } from './gate.js';
import { letThrough } from './privacy.js';
import { judging } from './privacy-deviate.js';

/** Each rule counts as several others, or as none. */
function rules(change: (rule: Rule) => readonly Rule[]): Deviate {
  return judging((list) => list.flatMap(change));
}

/** A rule limited to kinds of stanza concerns other kinds as well. */
function widened(from: Granule, also: Granule): Deviate {
  return rules((rule) => [
    rule.granules.includes(from) ? { ...rule, granules: [...rule.granules, also] } : rule,
  ]);
}

/** A rule limited to a kind of stanza concerns subscription stanzas, too. */
function unlimited(granule: Granule): Deviate {
  return judgingKinds((kind, { granules }) => kind === 'other' && granules.includes(granule));
}

/** Stops, besides what should be stopped, what the test picks by the kind and a rule of the list in force. */
function judgingKinds(test: (kind: StanzaKind, rule: Rule) => boolean): Deviate {
  return () => ({
    blocks: (denied, passage) =>
      denied ||
      (passage.direction === 'in' &&
        inForce(passage).some((rule) => rule.action === 'deny' && test(passage.kind, rule))),
  });
}

/** A rule without children concerns only these kinds, and no subscription stanzas. */
function narrowed(...granules: readonly Granule[]): Deviate {
  return rules((rule) => [rule.granules.length === 0 ? { ...rule, granules } : rule]);
}

function inForce({ account, session }: Passage): readonly Rule[] {
  return account.privacy.inForce(session?.activeList);
}

/** What a rule about such a subject stops comes in where the test picks it. */
function leaving(
  type: Subject['type'],
  test: (passage: Passage) => boolean,
  stops: (rule: Rule) => boolean = () => true,
): Deviate {
  return letThrough(
    (passage) =>
      passage.direction === 'in' &&
      test(passage) &&
      inForce(passage).some((rule) => rule.subject.type === type && stops(rule)),
  );
}

const ofKind =
  (kind: StanzaKind) =>
  (passage: Passage): boolean =>
    passage.kind === kind;

/** Whether the rule is limited to kinds of stanza. */
const isLimited = ({ granules }: Rule): boolean => granules.length > 0;

/** A rule about a JID counts as one about another JID, or as none. */
function jids(change: (jid: Jid) => Jid | undefined): Deviate {
  return rules((rule) => {
    if (rule.subject.type !== 'jid') return [rule];
    const jid = change(rule.subject.jid);
    return jid === undefined ? [] : [{ ...rule, subject: { type: 'jid', jid } }];
  });
}

/** What a rule about a JID stops comes in where the test picks the sender. */
function leavingSenders(test: (sender: Jid, ruled: Jid) => boolean): Deviate {
  return letThrough((passage) => {
    const sender = parseJid(passage.stanza.attrs.from ?? '');
    return (
      sender !== undefined &&
      inForce(passage).some(({ subject }) => subject.type === 'jid' && test(sender, subject.jid))
    );
  });
}

const isDomain = ({ local, resource }: Jid): boolean => local === '' && resource === '';

/** Rules are looked at as the comparison has it, whatever their numbers are. */
function ordered(compare: (one: Rule, other: Rule) => number): Deviate {
  return judging((list) => [...list].sort(compare).map((rule, order) => ({ ...rule, order })));
}

function itemOf(account: Account, { stanza }: Passage) {
  return account.roster.get(bareText(stanza.attrs.from ?? ''));
}

/** The more of the address a rule names, the narrower it is. */
function width({ subject }: Rule): number {
  if (subject.type !== 'jid') return subject.type === 'everyone' ? 4 : 3;
  const { local, resource } = subject.jid;
  return local === '' ? 2 : resource === '' ? 1 : 0;
}

/** Whether a list in force has stopped what came in: of all else, something is delivered. */
function isStopped({ account, trigger, stanza }: Occasion, emissions: readonly Emission[]): boolean {
  if (account === undefined || trigger !== `in:${stanza.name}`) return false;
  const lists = [undefined, ...[...account.sessions.values()].map(({ activeList }) => activeList)];
  return (
    lists.some((name) => account.privacy.inForce(name).length > 0) &&
    !emissions.some(({ purpose }) => purpose === 'delivered')
  );
}

/** Answers what a list has stopped. */
function answering(name: string, answer: (occasion: Occasion) => Emission['stanza'] | undefined): Deviate {
  return rewriteAll((emissions, occasion) => {
    if (occasion.stanza.name !== name || !isStopped(occasion, emissions)) return emissions;
    const stanza = answer(occasion);
    return stanza === undefined ? emissions : [...emissions, { purpose: 'reply', to: 'route', stanza }];
  });
}

/** Refuses what a list has stopped by another condition. */
function refusing(name: string, condition: string): Deviate {
  return rewriteAll((emissions, occasion) =>
    occasion.stanza.name === name && isStopped(occasion, emissions)
      ? emissions.map((emission) => ({
          ...emission,
          stanza: errorReply(occasion.stanza, 'cancel', condition),
        }))
      : emissions,
  );
}

/** The list of a resource keeps from it what another own resource has sent. */
function betweenResources(name: string): Deviate {
  return drop(({ to, stanza, purpose }) => {
    if (to === 'route' || stanza.name !== name || !['delivered', 'own-presence'].includes(purpose)) {
      return false;
    }
    const { account, activeList, jid } = to;
    const { from = '' } = stanza.attrs;
    return from !== jid && bareText(from) === account.bare && account.privacy.inForce(activeList).length > 0;
  });
}

const STOPPED_MESSAGE = ['rfc3921:10.13/by-jid', 'rfc3921:10.9/by-jid', 'rfc3921:10.1/granular-message'];
const STOPPED_IQ = ['rfc3921:10.13/by-jid', 'rfc3921:10.12/by-jid', 'rfc3921:10.1/granular-iq'];
const STOPPED_PRESENCE = [
  'rfc3921:10.13/by-jid',
  'rfc3921:10.10/by-jid',
  'rfc3921:10.1/granular-presence-in',
];

/** One fault for each type of stanza that lists do not stop. */
function typesNotStopped(
  name: 'message' | 'iq' | 'presence',
  types: readonly string[],
  breaks: readonly string[],
): Fault[] {
  return types.map((type) => ({
    id: `privacy-inbound/${name}-${type}-not-stopped`,
    title: `privacy lists do not stop a ${name} of type ${type}`,
    breaks,
    specs: ['rfc3921'],
    deviate: letThrough(
      ({ direction, stanza }) =>
        direction === 'in' && stanza.name === name && (stanza.attrs.type ?? 'available') === type,
    ),
  }));
}

/** For each child of a rule, a fault for each kind of stanza that it should not stop. */
const STOPPED_TOO: readonly Fault[] = GRANULES.flatMap((granule) => {
  const breaks = [`rfc3921:10.1/granular-${granule}`];
  const kinds = GRANULES.filter((kind) => kind !== granule && kind !== 'presence-out');
  return [
    ...kinds.map(
      (kind): Fault => ({
        id: `privacy-inbound/${granule}-rule-stops-${kind}`,
        title: `a rule limited to ${granule} concerns ${kind} as well`,
        breaks,
        specs: ['rfc3921'],
        deviate: widened(granule, kind),
      }),
    ),
    {
      id: `privacy-inbound/${granule}-rule-stops-subscriptions`,
      title: `a rule limited to ${granule} concerns subscription stanzas as well`,
      breaks: granule === 'presence-in' ? [...breaks, 'rfc3921:10.10/subscriptions-pass'] : breaks,
      specs: ['rfc3921'],
      deviate: unlimited(granule),
    } satisfies Fault,
  ];
});

/** The kinds of stanza, and the section on each. */
const SECTIONS = [
  ['message', '10.9'],
  ['presence-in', '10.10'],
  ['iq', '10.12'],
] as const;

/** For each way to say whom a rule concerns, a fault for each kind of stanza that it does not stop then. */
const LEFT: readonly Fault[] = (
  [
    ['group', 'by-group'],
    ['subscription', 'by-subscription'],
    ['everyone', 'globally'],
  ] as const
).flatMap(([type, clause]) => [
  ...SECTIONS.map(
    ([kind, section]): Fault => ({
      id: `privacy-inbound/${type}-leaves-${kind}`,
      title: `a rule about ${type} that is limited to ${kind} stops nothing`,
      breaks: [`rfc3921:${section}/${clause}`],
      specs: ['rfc3921'],
      deviate: leaving(type, ofKind(kind), isLimited),
    }),
  ),
  {
    id: `privacy-inbound/${type}-leaves-subscriptions`,
    title: `a rule about ${type} does not stop subscription stanzas`,
    breaks: [`rfc3921:10.13/${clause}`],
    specs: ['rfc3921'],
    deviate: leaving(type, ofKind('other')),
  } satisfies Fault,
]);

/** Faults in whom and what the rules of privacy lists concern, of all that comes in. */
export const PRIVACY_INBOUND_FAULTS: readonly Fault[] = [
  ...typesNotStopped('message', ['chat', 'normal', 'headline', 'groupchat', 'error'], STOPPED_MESSAGE),
  ...typesNotStopped('iq', ['get', 'set', 'result', 'error'], STOPPED_IQ),
  ...typesNotStopped('presence', ['available', 'unavailable'], STOPPED_PRESENCE),
  ...typesNotStopped(
    'presence',
    ['subscribe', 'subscribed', 'unsubscribe', 'unsubscribed'],
    ['rfc3921:10.13/by-jid', 'rfc3921:10.2/first-rule-subscriptions'],
  ),
  ...STOPPED_TOO,
  ...LEFT,
  {
    id: 'privacy-inbound/all-children-as-none',
    title: 'a rule with all four children concerns subscription stanzas as well',
    breaks: ['rfc3921:10.10/subscriptions-pass', 'rfc3921:10.1/granular-presence-in'],
    specs: ['rfc3921'],
    deviate: judgingKinds((kind, { granules }) => kind === 'other' && granules.length === GRANULES.length),
  },
  {
    id: 'privacy-inbound/allowing-presence-allows-requests',
    title: 'a rule that allows inbound presence allows subscription stanzas as well',
    breaks: ['rfc3921:10.1/granular-presence-in'],
    specs: ['rfc3921'],
    deviate: leaving('jid', ofKind('other'), ({ granules }) => granules.includes('presence-in')),
  },
  {
    id: 'privacy-inbound/allowing-all-kinds-allows-requests',
    title: 'a rule that allows all kinds of stanza by name allows subscription stanzas as well',
    breaks: ['rfc3921:10.13/globally'],
    specs: ['rfc3921'],
    deviate: leaving('jid', ofKind('other'), ({ granules }) => granules.length === GRANULES.length),
  },
  {
    id: 'privacy-inbound/no-child-stops-messages-alone',
    title: 'a rule without children concerns messages alone',
    breaks: ['rfc3921:10.13/by-jid'],
    specs: ['rfc3921'],
    deviate: narrowed('message'),
  },
  {
    id: 'privacy-inbound/no-child-leaves-messages',
    title: 'a rule without children does not concern messages',
    breaks: ['rfc3921:10.13/by-jid'],
    specs: ['rfc3921'],
    deviate: narrowed('iq', 'presence-in', 'presence-out'),
  },
  {
    id: 'privacy-inbound/full-jid-as-bare',
    title: 'a rule about a full JID concerns all resources',
    breaks: ['rfc3921:10.1/jid-full'],
    specs: ['rfc3921'],
    deviate: jids((jid) => (jid.local === '' ? jid : { ...jid, resource: '' })),
  },
  {
    id: 'privacy-inbound/full-jid-concerns-nobody',
    title: 'a rule about a full JID concerns nobody',
    breaks: ['rfc3921:10.1/jid-full'],
    specs: ['rfc3921'],
    deviate: jids((jid) => (jid.local !== '' && jid.resource !== '' ? undefined : jid)),
  },
  {
    id: 'privacy-inbound/bare-jid-leaves-resources',
    title: 'a rule about a bare JID does not concern the resources of that user',
    breaks: ['rfc3921:10.1/jid-bare'],
    specs: ['rfc3921'],
    deviate: leavingSenders(
      ({ resource }, ruled) => ruled.local !== '' && ruled.resource === '' && resource !== '',
    ),
  },
  {
    id: 'privacy-inbound/bare-jid-leaves-itself',
    title: 'a rule about a bare JID concerns the resources of that user alone',
    breaks: ['rfc3921:10.1/jid-bare'],
    specs: ['rfc3921'],
    deviate: leavingSenders(
      ({ resource }, ruled) => ruled.local !== '' && ruled.resource === '' && resource === '',
    ),
  },
  {
    id: 'privacy-inbound/bare-jid-as-domain',
    title: 'a rule about a bare JID concerns everyone at that domain',
    breaks: ['rfc3921:10.1/jid-bare'],
    specs: ['rfc3921'],
    deviate: jids((jid) => (jid.resource === '' ? { ...jid, local: '' } : jid)),
  },
  {
    id: 'privacy-inbound/domain-resource-as-domain',
    title: 'a rule about a domain with a resource concerns the domain',
    breaks: ['rfc3921:10.1/jid-domain-resource'],
    specs: ['rfc3921'],
    deviate: jids((jid) => (jid.local === '' ? { ...jid, resource: '' } : jid)),
  },
  {
    id: 'privacy-inbound/domain-resource-concerns-nobody',
    title: 'a rule about a domain with a resource concerns nobody',
    breaks: ['rfc3921:10.1/jid-domain-resource'],
    specs: ['rfc3921'],
    deviate: jids((jid) => (jid.local === '' && jid.resource !== '' ? undefined : jid)),
  },
  {
    id: 'privacy-inbound/domain-leaves-users',
    title: 'a rule about a domain does not concern the users there',
    breaks: ['rfc3921:10.1/jid-domain'],
    specs: ['rfc3921'],
    deviate: leavingSenders(({ local }, ruled) => isDomain(ruled) && local !== ''),
  },
  {
    id: 'privacy-inbound/domain-leaves-itself',
    title: 'a rule about a domain concerns the users there alone',
    breaks: ['rfc3921:10.1/jid-domain'],
    specs: ['rfc3921'],
    deviate: leavingSenders((sender, ruled) => isDomain(ruled) && bareJid(sender) === sender.domain),
  },
  {
    id: 'privacy-inbound/group-as-any-group',
    title: 'a rule about a group concerns every contact that is in a group',
    breaks: ['rfc3921:10.2/allowed-without-match'],
    specs: ['rfc3921'],
    deviate: () => ({
      blocks: (denied, passage) =>
        denied ||
        (inForce(passage).some(({ subject }) => subject.type === 'group') &&
          (itemOf(passage.account, passage)?.groups.length ?? 0) > 0),
    }),
  },
  {
    id: 'privacy-inbound/group-as-everyone',
    title: 'a rule about a group concerns everyone',
    breaks: ['rfc3921:10.2/allowed-without-match'],
    specs: ['rfc3921'],
    deviate: rules((rule) => [
      rule.subject.type === 'group' ? { ...rule, subject: { type: 'everyone' } } : rule,
    ]),
  },
  {
    id: 'privacy-inbound/strangers-have-no-subscription',
    title: 'a rule about the subscription none does not concern who is not in the roster',
    breaks: ['rfc3921:10.1/subscription-none-of-strangers'],
    specs: ['rfc3921'],
    deviate: leaving('subscription', (passage) => itemOf(passage.account, passage) === undefined),
  },
  {
    id: 'privacy-inbound/none-of-strangers-alone',
    title: 'a rule about the subscription none does not concern contacts in the roster',
    breaks: ['rfc3921:10.13/by-subscription'],
    specs: ['rfc3921'],
    deviate: leaving('subscription', (passage) => itemOf(passage.account, passage)?.subscription === 'none'),
  },
  {
    id: 'privacy-inbound/asked-for-counts',
    title: 'a subscription that is asked for counts as one',
    breaks: ['rfc3921:10.13/by-subscription'],
    specs: ['rfc3921'],
    deviate: leaving('subscription', (passage) => itemOf(passage.account, passage)?.ask === true),
  },
  {
    id: 'privacy-inbound/to-and-from-take-in-both',
    title: 'rules about the subscriptions to and from concern contacts with both as well',
    breaks: ['xep0016:2.1/subscription-exact'],
    specs: ['rfc3921'],
    deviate: rules((rule) =>
      rule.subject.type === 'subscription' && ['to', 'from'].includes(rule.subject.value)
        ? [rule, { ...rule, subject: { type: 'subscription', value: 'both' } }]
        : [rule],
    ),
  },
  {
    id: 'privacy-inbound/both-takes-in-to-and-from',
    title: 'a rule about the subscription both concerns contacts with either as well',
    breaks: ['xep0016:2.1/subscription-exact'],
    specs: ['rfc3921'],
    deviate: rules((rule) =>
      rule.subject.type === 'subscription' && rule.subject.value === 'both'
        ? [
            rule,
            { ...rule, subject: { type: 'subscription', value: 'to' } },
            { ...rule, subject: { type: 'subscription', value: 'from' } },
          ]
        : [rule],
    ),
  },
  {
    id: 'privacy-inbound/subscription-as-everyone',
    title: 'a rule about a subscription concerns everyone',
    breaks: ['rfc3921:10.2/allowed-without-match'],
    specs: ['rfc3921'],
    deviate: rules((rule) => [
      rule.subject.type === 'subscription' ? { ...rule, subject: { type: 'everyone' } } : rule,
    ]),
  },
  {
    id: 'privacy-inbound/no-fall-through',
    title: 'a rule without a type concerns nobody',
    breaks: ['rfc3921:10.1/fall-through'],
    specs: ['rfc3921'],
    deviate: rules((rule) => (rule.subject.type === 'everyone' ? [] : [rule])),
  },
  {
    id: 'privacy-inbound/fall-through-leaves-contacts',
    title: 'a rule without a type concerns strangers alone',
    breaks: ['rfc3921:10.1/fall-through'],
    specs: ['rfc3921'],
    deviate: leaving('everyone', (passage) => itemOf(passage.account, passage) !== undefined),
  },
  {
    id: 'privacy-inbound/fall-through-leaves-own-domain',
    title: 'a rule without a type does not concern users of the same server',
    breaks: ['rfc3921:10.1/fall-through'],
    specs: ['rfc3921'],
    deviate: leaving(
      'everyone',
      ({ account, stanza }) => parseJid(stanza.attrs.from ?? '')?.domain === account.domain,
    ),
  },
  {
    id: 'privacy-inbound/order-as-written',
    title: 'rules are looked at in the order in which they were written',
    breaks: ['rfc3921:10.2/ascending-order'],
    specs: ['rfc3921'],
    deviate: judging((list) => list.map((rule, order) => ({ ...rule, order }))),
  },
  {
    id: 'privacy-inbound/order-descending',
    title: 'rules are looked at in descending order',
    breaks: ['rfc3921:10.2/ascending-order', 'rfc3921:10.2/first-match-decides'],
    specs: ['rfc3921'],
    deviate: ordered((one, other) => other.order - one.order),
  },
  {
    id: 'privacy-inbound/order-by-digits',
    title: 'the numbers of rules are compared digit by digit',
    breaks: ['rfc3921:10.2/ascending-order'],
    specs: ['rfc3921'],
    deviate: ordered((one, other) => (String(one.order) < String(other.order) ? -1 : 1)),
  },
  {
    id: 'privacy-inbound/order-cut-off',
    title: 'numbers of rules above those of a signed integer of 32 bits are taken as equal',
    breaks: ['rfc3921:10.2/ascending-order'],
    specs: ['rfc3921'],
    deviate: ordered((one, other) => Math.min(one.order, 2 ** 31 - 1) - Math.min(other.order, 2 ** 31 - 1)),
  },
  {
    id: 'privacy-inbound/order-zero-last',
    title: 'a rule of order zero is looked at last',
    breaks: ['rfc3921:10.2/ascending-order'],
    specs: ['rfc3921'],
    deviate: ordered((one, other) => (one.order || Infinity) - (other.order || Infinity)),
  },
  {
    id: 'privacy-inbound/denials-first',
    title: 'rules that deny are looked at before those that allow',
    breaks: ['rfc3921:10.2/first-match-decides'],
    specs: ['rfc3921'],
    deviate: ordered((one, other) => one.action.localeCompare(other.action) * -1 || one.order - other.order),
  },
  {
    id: 'privacy-inbound/narrowest-first',
    title: 'the narrowest rule that concerns a stanza decides',
    breaks: ['rfc3921:10.2/first-match-decides'],
    specs: ['rfc3921'],
    deviate: ordered((one, other) => width(one) - width(other) || one.order - other.order),
  },
  {
    id: 'privacy-inbound/first-rule-about-sender-decides',
    title: 'the first rule about the sender decides, whatever kinds it is limited to',
    breaks: ['rfc3921:10.2/first-match-decides'],
    specs: ['rfc3921'],
    deviate: judging((list) => list.map((rule) => ({ ...rule, granules: [] }))),
  },
  {
    id: 'privacy-inbound/denied-without-match',
    title: 'what no rule of the list in force concerns is denied',
    breaks: ['rfc3921:10.2/allowed-without-match'],
    specs: ['rfc3921'],
    deviate: judging((list) => {
      const rest: Rule = { subject: { type: 'everyone' }, action: 'deny', order: Infinity, granules: [] };
      return list.length === 0 ? list : [...list, rest];
    }),
  },
  {
    id: 'privacy-inbound/any-list-in-force',
    title: 'a list is in force as soon as it is defined',
    breaks: ['rfc3921:10.2/no-list-in-force'],
    specs: ['rfc3921'],
    deviate: judging((list, { privacy }) => (list.length > 0 ? list : [...privacy.lists.values()].flat())),
  },
  {
    id: 'privacy-inbound/stopped-message-error-answered',
    title: 'an error message that a list stops is answered with an error',
    breaks: ['rfc3921:10.14/message-no-error', 'rfc3921:10.14/message-dropped'],
    specs: ['rfc3921'],
    deviate: answering('message', ({ stanza }) =>
      stanza.attrs.type === 'error' ? errorReply(stanza, 'cancel', 'service-unavailable') : undefined,
    ),
  },
  {
    id: 'privacy-inbound/stopped-message-forbidden',
    title: 'a message that a list stops is answered with forbidden',
    breaks: ['xep0016:2.14/message-error-condition'],
    specs: ['rfc3921'],
    deviate: answering('message', ({ stanza }) =>
      stanza.attrs.type === 'error' ? undefined : errorReply(stanza, 'auth', 'forbidden'),
    ),
  },
  {
    id: 'privacy-inbound/stopped-iq-not-implemented',
    title: 'an IQ that a list stops is refused with feature-not-implemented',
    breaks: ['rfc3921:10.14/iq-refused'],
    specs: ['rfc3921'],
    deviate: refusing('iq', 'feature-not-implemented'),
  },
  {
    id: 'privacy-inbound/stopped-presence-refused',
    title: 'presence that a list stops is answered with an error',
    breaks: ['rfc3921:10.14/presence-no-error', 'rfc3921:10.14/presence-dropped'],
    specs: ['rfc3921'],
    deviate: answering('presence', ({ stanza }) => errorReply(stanza, 'auth', 'forbidden')),
  },
  {
    id: 'privacy-inbound/stopped-presence-answered',
    title: 'presence that a list stops is answered with unavailable presence',
    breaks: ['xep0016:2.14/presence-no-response'],
    specs: ['rfc3921'],
    deviate: answering('presence', ({ stanza: { attrs } }) =>
      presence({ from: attrs.to, to: attrs.from, type: 'unavailable' }),
    ),
  },
  {
    id: 'privacy-inbound/stopped-answer-refused',
    title: 'an IQ result or error that a list stops is answered with an error',
    breaks: ['rfc3921:10.14/iq-answer-dropped', 'xep0016:2.14/iq-answer-dropped'],
    specs: ['rfc3921'],
    deviate: answering('iq', ({ stanza }) =>
      elements(stanza).length > 0 && ['result', 'error'].includes(stanza.attrs.type ?? '')
        ? errorReply(stanza, 'cancel', 'service-unavailable')
        : undefined,
    ),
  },
  ...(['message', 'iq', 'presence'] as const).map(
    (name): Fault => ({
      id: `privacy-inbound/own-${name}-stopped`,
      title: `a list keeps ${name} stanzas of the user's other resources from a resource`,
      breaks: ['xep0016:2.1/own-resources-pass'],
      specs: ['rfc3921'],
      deviate: betweenResources(name),
    }),
  ),
];
