import { elements, NS } from '../../wire/element.js';
import { blockedJids } from '../blocklist.js';
import type { Variation } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { alter, drop, firstOnly, is, remembering, rewriteAll } from '../faults/gate.js';
import { bareText } from '../jid.js';
import { errorReply, resultReply, stamp } from '../stanza.js';

function isUnblockAll({ trigger, stanza }: Occasion): boolean {
  const [command] = elements(stanza);
  return trigger === 'blocking-set' && command?.name === 'unblock' && elements(command).length === 0;
}

/** Whether a command is refused because of the address in it. */
function isMalformed({ stanza }: Emission): boolean {
  return elements(stanza)
    .flatMap(elements)
    .some(({ name }) => name === 'jid-malformed');
}

/** Another answer to a command that names what is no address. */
function onMalformed(
  id: string,
  title: string,
  answer: (occasion: Occasion) => Emission['stanza'],
): Variation {
  return {
    id: `blocking/${id}`,
    title,
    deviate: alter(
      (emission, occasion) => is('reply', 'blocking-set')(emission, occasion) && isMalformed(emission),
      (_, __, occasion) => answer(occasion),
    ),
  };
}

/** What XEP-0191 leaves open. */
export const BLOCKING_VARIATIONS: readonly Variation[] = [
  {
    id: 'blocking/pushed-to-all',
    title: 'blocks are pushed to every resource, whether it has requested the blocklist or not',
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, { account }) => {
      const [push] = emissions.filter(({ purpose }) => purpose === 'blocking-push');
      if (push === undefined || account === undefined) return emissions;
      return [
        ...emissions.filter(({ purpose }) => purpose !== 'blocking-push'),
        ...[...account.sessions.values()].map((to): Emission => {
          return { ...push, to, stanza: stamp(push.stanza, { to: to.jid }) };
        }),
      ];
    }),
  },
  {
    id: 'blocking/push-before-result',
    title: 'a block is pushed, and presence sent, before the command is answered',
    deviate: rewriteAll((emissions, { trigger }) => {
      if (trigger !== 'blocking-set') return emissions;
      const isReply = ({ purpose }: Emission) => purpose === 'reply';
      return [...emissions.filter((emission) => !isReply(emission)), ...emissions.filter(isReply)];
    }),
  },
  onMalformed('malformed-bad-request', 'what is no address is refused with bad-request', ({ stanza }) =>
    errorReply(stanza, 'modify', 'bad-request'),
  ),
  onMalformed('malformed-not-acceptable', 'what is no address is refused with not-acceptable', ({ stanza }) =>
    errorReply(stanza, 'modify', 'not-acceptable'),
  ),
  onMalformed(
    'malformed-ignored',
    'a block of what is no address is answered with a result, without effect',
    ({ stanza }) => resultReply(stanza),
  ),
  {
    id: 'blocking/unblock-of-others-not-found',
    title: 'the unblock of an address that is not blocked is refused with item-not-found',
    deviate: unblockOfOthers('item-not-found'),
  },
  {
    id: 'blocking/unblock-of-others-refused',
    title: 'the unblock of an address that is not blocked is refused with bad-request',
    deviate: unblockOfOthers('bad-request'),
  },
  {
    id: 'blocking/own-address-refused',
    title: 'a block of the own address or domain is refused',
    deviate: alter(
      ({ purpose, stanza }, { trigger, stanza: { children }, account }) => {
        const items = children.flatMap((child) => (typeof child === 'string' ? [] : elements(child)));
        const own = [account?.bare, account?.domain];
        const isOwn = items.some(({ attrs }) => own.includes(bareText(attrs.jid ?? '')));
        return trigger === 'blocking-set' && purpose === 'reply' && isOwn && stanza.attrs.type === 'result';
      },
      (_, __, { stanza }) => errorReply(stanza, 'cancel', 'not-allowed'),
    ),
  },
  {
    id: 'blocking/unblock-all-untold',
    title: 'no presence is sent to those who are unblocked together with all others',
    specs: ['rfc6121'],
    deviate: drop((emission, occasion) => emission.purpose === 'shared-presence' && isUnblockAll(occasion)),
  },
  {
    id: 'blocking/unblock-all-told-of-one-resource',
    title: 'those who are unblocked together with all others get the presence of one resource',
    specs: ['rfc6121'],
    deviate: (policy, accounts) => {
      const first = firstOnly('shared-presence', 'blocking-set')(policy, accounts);
      return {
        emissions: (emissions, occasion) =>
          (isUnblockAll(occasion) ? (first.emissions ?? policy.emissions) : policy.emissions)(
            emissions,
            occasion,
          ),
      };
    },
  },
  {
    id: 'blocking/beside-active-list',
    title: 'the blocklist applies also where a privacy list is active',
    deviate: (policy) => ({
      rulesInForce(rules, account, session) {
        const sound = policy.rulesInForce(rules, account, session);
        const blocked = account.privacy.blocklist;
        if (session?.activeList === undefined || blocked === undefined) return sound;
        return [...blocked.map((rule) => ({ ...rule, order: -rule.order })), ...sound];
      },
    }),
  },
];

/** Another answer to an unblock that names nobody who is blocked. */
function unblockOfOthers(condition: string): Variation['deviate'] {
  return remembering(
    () => new Map<string, readonly string[]>(),
    (emissions, occasion, known) => {
      const { account, stanza, trigger } = occasion;
      if (trigger !== 'blocking-set' || account === undefined) return emissions;
      const former = known.get(account.bare) ?? [];
      known.set(account.bare, blockedJids(account.privacy.blocklist ?? []));
      const [command] = elements(stanza);
      const items = command?.ns === NS.blocking && command.name === 'unblock' ? elements(command) : [];
      if (items.length === 0 || items.some(({ attrs }) => former.includes((attrs.jid ?? '').toLowerCase()))) {
        return emissions;
      }
      return emissions
        .filter(({ purpose }) => purpose === 'reply')
        .map((emission) => ({ ...emission, stanza: errorReply(stanza, 'cancel', condition) }));
    },
  );
}
