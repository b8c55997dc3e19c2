import { type Element, element, elements, NS } from '../../wire/element.js';
import { blockedJids } from '../blocklist.js';
import { subscribed } from '../contacts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { bareText, parseJid } from '../jid.js';
import { errorReply, presence, resultReply } from '../stanza.js';
import { alter, drop, firstOnly, is, isGone, rewriteAll, rewriteEach, sessionOf } from './gate.js';

/** What the user has asked for: the payload of the command. */
function commandOf({ stanza }: Occasion): Element | undefined {
  return elements(stanza)[0];
}

function isCommand(name: 'block' | 'unblock' | 'unblock-all') {
  return (occasion: Occasion): boolean => {
    const command = commandOf(occasion);
    if (occasion.trigger !== 'blocking-set' || command === undefined) return false;
    const found = command.name === 'unblock' && elements(command).length === 0 ? 'unblock-all' : command.name;
    return found === name;
  };
}

/** Picks what is sent for a purpose after a command. */
function after(name: 'block' | 'unblock' | 'unblock-all', purpose: Emission['purpose']) {
  return (emission: Emission, occasion: Occasion): boolean =>
    emission.purpose === purpose && isCommand(name)(occasion);
}

/** Rewrites the items of the blocklist where it is requested. */
function listing(rewrite: (items: readonly Element[], occasion: Occasion) => readonly Element[]): Deviate {
  return alter(is('reply', 'blocking-get'), (stanza, _, occasion) => {
    const [list] = elements(stanza);
    if (list?.name !== 'blocklist') return stanza;
    return { ...stanza, children: [{ ...list, children: rewrite(elements(list), occasion) }] };
  });
}

/** The blocklist that the server keeps is another one. */
function keeping(
  choose: (next: readonly string[], previous: readonly string[]) => readonly string[],
): Deviate {
  return () => ({ blocklist: choose });
}

/** Presence to the addresses of a command that may not see any. */
function toStrangers(name: 'block' | 'unblock', type: 'unavailable' | undefined): Deviate {
  return rewriteAll((emissions, occasion) => {
    const { account, session } = occasion;
    const command = commandOf(occasion);
    if (!isCommand(name)(occasion) || command === undefined || account === undefined) return emissions;
    const strangers = elements(command)
      .map(({ attrs }) => attrs.jid ?? '')
      .filter((jid) => !subscribed(account, 'from').includes(bareText(jid)));
    return [
      ...emissions,
      ...strangers.map((to): Emission => {
        return { purpose: 'unsolicited', to: 'route', stanza: presence({ from: session?.jid, to, type }) };
      }),
    ];
  });
}

/** Rewrites the reply to a command. */
function replying(name: 'block' | 'unblock', change: (stanza: Element, iq: Element) => Element): Deviate {
  return alter(after(name, 'reply'), (stanza, _, occasion) => change(stanza, occasion.stanza));
}

/** Rewrites the lists that the user is shown by the privacy lists protocol. */
function showingPrivacyLists(change: (query: Element, occasion: Occasion) => Element): Deviate {
  return alter(is('reply', 'privacy-get'), (stanza, _, occasion) => {
    const [query] = elements(stanza);
    if (stanza.attrs.type !== 'result' || query === undefined) return stanza;
    return { ...stanza, children: [change(query, occasion)] };
  });
}

function listedTwice(items: readonly Element[]): readonly Element[] {
  return [...items, ...items.slice(0, 1)];
}

/** Faults in what the user asks for and is told about the blocklist (XEP-0191). */
export const BLOCKING_FAULTS: readonly Fault[] = [
  {
    id: 'blocking/feature-untold',
    title: 'service discovery does not name the blocking command',
    breaks: ['xep0191:3.1/feature'],
    specs: ['rfc6121'],
    deviate: alter(is('reply'), (stanza) => {
      const [query] = elements(stanza);
      if (query === undefined || elements(query).every(({ attrs }) => attrs.var !== NS.blocking))
        return stanza;
      const children = elements(query).filter(({ attrs }) => attrs.var !== NS.blocking);
      return { ...stanza, children: [{ ...query, children }] };
    }),
  },
  {
    id: 'blocking/list-without-last',
    title: 'the blocklist comes without its last item',
    breaks: ['xep0191:3.2/items'],
    specs: ['rfc6121'],
    deviate: listing((items) => items.slice(0, -1)),
  },
  {
    id: 'blocking/listed-twice',
    title: 'the blocklist has an address twice',
    breaks: ['xep0191:3.2/items'],
    specs: ['rfc6121'],
    deviate: listing(listedTwice),
  },
  {
    id: 'blocking/empty-list-refused',
    title: 'an empty blocklist is refused with item-not-found',
    breaks: ['xep0191:3.2/empty'],
    specs: ['rfc6121'],
    deviate: alter(is('reply', 'blocking-get'), (stanza, _, occasion) =>
      elements(stanza).flatMap(elements).length === 0
        ? errorReply(occasion.stanza, 'cancel', 'item-not-found')
        : stanza,
    ),
  },
  {
    id: 'blocking/empty-list-left-out',
    title: 'an empty blocklist comes as a result without a list',
    breaks: ['xep0191:3.2/empty'],
    specs: ['rfc6121'],
    deviate: alter(is('reply', 'blocking-get'), (stanza, _, occasion) =>
      elements(stanza).flatMap(elements).length === 0 ? resultReply(occasion.stanza) : stanza,
    ),
  },
  {
    id: 'blocking/block-replaces',
    title: 'a block command replaces what was blocked before',
    breaks: ['xep0191:3.2/items'],
    specs: ['rfc6121'],
    deviate: keeping((next, previous) =>
      next.length > previous.length ? next.filter((jid) => !previous.includes(jid)) : next,
    ),
  },
  {
    id: 'blocking/first-item-alone',
    title: 'of several addresses in a command only the first is blocked',
    breaks: ['xep0191:3.3/several-blocked', 'xep0191:3.2/items'],
    specs: ['rfc6121'],
    deviate: keeping((next, previous) => {
      const added = next.filter((jid) => !previous.includes(jid));
      return next.filter((jid) => previous.includes(jid) || jid === added[0]);
    }),
  },
  {
    id: 'blocking/unblock-without-effect',
    title: 'an address that is unblocked by name stays blocked',
    breaks: ['xep0191:3.4/delivered', 'xep0191:3.2/items', 'xep0191:3.2/empty'],
    specs: ['rfc6121'],
    deviate: keeping((next, previous) =>
      next.length > 0 && next.length < previous.length ? previous : next,
    ),
  },
  {
    id: 'blocking/unblock-all-leaves-first',
    title: 'when all are unblocked the first one stays blocked',
    breaks: ['xep0191:3.5/delivered', 'xep0191:3.2/empty'],
    specs: ['rfc6121'],
    deviate: keeping((next, previous) => (next.length === 0 ? previous.slice(0, 1) : next)),
  },
  {
    id: 'blocking/unblock-takes-all',
    title: 'who unblocks one address unblocks all',
    breaks: ['xep0191:3.3/not-delivered', 'xep0191:3.2/items'],
    specs: ['rfc6121'],
    deviate: keeping((next, previous) => (next.length < previous.length ? [] : next)),
  },
  ...(['block', 'unblock', 'unblock-all'] as const).flatMap((name, index): Fault[] => {
    const section = `xep0191:3.${3 + index}`;
    return [
      {
        id: `blocking/${name}-unanswered`,
        title: `the command ${name} is carried out and not answered`,
        breaks: [`${section}/result`],
        specs: ['rfc6121'],
        deviate: drop(after(name, 'reply')),
      },
      {
        id: `blocking/${name}-not-pushed`,
        title: `the command ${name} is pushed to nobody`,
        breaks: [`${section}/push`],
        specs: ['rfc6121'],
        deviate: drop(after(name, 'blocking-push')),
      },
      {
        id: `blocking/${name}-not-pushed-to-sender`,
        title: `the command ${name} is not pushed to the resource that sent it`,
        breaks: [`${section}/push`],
        specs: ['rfc6121'],
        deviate: drop(
          (emission, occasion) =>
            after(name, 'blocking-push')(emission, occasion) && sessionOf(emission) === occasion.session,
        ),
      },
      {
        id: `blocking/${name}-pushed-to-available`,
        title: `the command ${name} is pushed to available resources only`,
        breaks: [`${section}/push`],
        specs: ['rfc6121'],
        deviate: drop(
          (emission, occasion) =>
            after(name, 'blocking-push')(emission, occasion) && sessionOf(emission)?.available === false,
        ),
      },
    ];
  }),
  {
    id: 'blocking/push-of-first-item',
    title: 'of several addresses only the first is pushed',
    breaks: ['xep0191:3.3/push', 'xep0191:3.4/push'],
    specs: ['rfc6121'],
    deviate: alter(is('blocking-push'), (stanza) => ({
      ...stanza,
      children: elements(stanza).map((command) => ({ ...command, children: command.children.slice(0, 1) })),
    })),
  },
  {
    id: 'blocking/push-of-whole-list',
    title: 'the whole blocklist is pushed instead of what has been unblocked',
    breaks: ['xep0191:3.4/push'],
    specs: ['rfc6121'],
    deviate: alter(is('blocking-push'), (stanza, _, { account }) => ({
      ...stanza,
      children: elements(stanza).map((command) => ({
        ...command,
        children: blockedJids(account?.privacy.inForce(undefined) ?? []).map((jid) =>
          element('item', NS.blocking, { jid }),
        ),
      })),
    })),
  },
  {
    id: 'blocking/block-of-nobody-taken',
    title: 'a block without items is answered with a result',
    breaks: ['xep0191:3.3/bad-request'],
    specs: ['rfc6121'],
    deviate: alter(is('reply', 'blocking-set'), (stanza, _, occasion) =>
      stanza.attrs.type === 'error' && elements(occasion.stanza).flatMap(elements).length === 0
        ? resultReply(occasion.stanza)
        : stanza,
    ),
  },
  {
    id: 'blocking/block-of-nobody-refused-otherwise',
    title: 'a block without items is refused with not-acceptable',
    breaks: ['xep0191:3.3/bad-request'],
    specs: ['rfc6121'],
    deviate: replying('block', (stanza, iq) =>
      stanza.attrs.type === 'error' && elements(iq).flatMap(elements).length === 0
        ? errorReply(iq, 'modify', 'not-acceptable')
        : stanza,
    ),
  },
  {
    id: 'blocking/absence-untold',
    title: 'no unavailable presence is sent to who is blocked',
    breaks: ['xep0191:3.3/unavailable-sent'],
    specs: ['rfc6121'],
    deviate: drop(after('block', 'severed-presence')),
  },
  {
    id: 'blocking/absence-of-one-resource',
    title: 'who is blocked is told that one resource is gone, not each',
    breaks: ['xep0191:3.3/unavailable-sent'],
    specs: ['rfc6121'],
    deviate: firstOnly('severed-presence', 'blocking-set'),
  },
  {
    id: 'blocking/absence-to-bare-jid',
    title: 'the unavailable presence for a blocked resource goes to the bare JID',
    breaks: ['xep0191:3.3/unavailable-sent'],
    specs: ['rfc6121'],
    deviate: alter(after('block', 'severed-presence'), ({ attrs }) =>
      presence({ ...attrs, to: bareText(attrs.to ?? '') }),
    ),
  },
  {
    id: 'blocking/absence-told-to-strangers',
    title: 'unavailable presence is sent to everyone who is blocked',
    breaks: ['xep0191:3.3/unavailable-to-subscribers-only'],
    specs: ['rfc6121'],
    deviate: toStrangers('block', 'unavailable'),
  },
  {
    id: 'blocking/return-untold',
    title: 'no presence is sent to who is unblocked',
    breaks: ['xep0191:3.4/presence-sent'],
    specs: ['rfc6121'],
    deviate: drop(after('unblock', 'shared-presence')),
  },
  {
    id: 'blocking/return-of-one-resource',
    title: 'who is unblocked gets the presence of one resource, not of each',
    breaks: ['xep0191:3.4/presence-sent'],
    specs: ['rfc6121'],
    deviate: firstOnly('shared-presence', 'blocking-set'),
  },
  {
    id: 'blocking/return-without-details',
    title: 'who is unblocked gets presence that says no more than that the user is there',
    breaks: ['xep0191:3.4/presence-sent'],
    specs: ['rfc6121'],
    deviate: alter(after('unblock', 'shared-presence'), ({ attrs }) => presence(attrs)),
  },
  {
    id: 'blocking/return-told-to-strangers',
    title: 'presence is sent to everyone who is unblocked',
    breaks: ['xep0191:3.4/presence-to-subscribers-only'],
    specs: ['rfc6121'],
    deviate: toStrangers('unblock', undefined),
  },
  {
    id: 'blocking/block-cancels-subscription',
    title: 'who is blocked is sent unsubscribed',
    breaks: ['xep0191:4/polite'],
    specs: ['rfc6121'],
    deviate: rewriteEach((emission, occasion) => {
      if (!after('block', 'severed-presence')(emission, occasion)) return emission;
      const { to } = emission.stanza.attrs;
      const stanza = presence({ from: occasion.account?.bare, to, type: 'unsubscribed' });
      return [emission, { purpose: 'unsolicited', to: 'route', stanza }];
    }),
  },
  {
    id: 'blocking/block-ends-own-subscription',
    title: 'the user unsubscribes from who is blocked',
    breaks: ['xep0191:4/polite'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      const { account } = occasion;
      const command = commandOf(occasion);
      if (!isCommand('block')(occasion) || command === undefined || account === undefined) return emissions;
      const seen = elements(command)
        .map(({ attrs }) => attrs.jid ?? '')
        .filter((jid) => subscribed(account, 'to').includes(jid));
      return [
        ...emissions,
        ...seen.map((to): Emission => {
          const stanza = presence({ from: account.bare, to, type: 'unsubscribe' });
          return { purpose: 'unsolicited', to: 'route', stanza };
        }),
      ];
    }),
  },
  {
    id: 'blocking/block-forgets-contact',
    title: 'who is blocked is taken off the roster without a word',
    breaks: ['xep0191:4/polite'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion) => {
      if (isCommand('block')(occasion)) {
        for (const jid of blockedJids(occasion.account?.privacy.inForce(undefined) ?? [])) {
          occasion.account?.roster.delete(jid);
        }
      }
      return emissions;
    }),
  },
  {
    id: 'blocking/ends-with-session',
    title: 'all blocks end when a resource leaves',
    breaks: ['xep0191:3.3/across-sessions', 'xep0191:3.2/items'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, { trigger, account, session }) => {
      if (trigger === 'unavailable' && isGone(session) && account?.privacy.blocklist !== undefined) {
        account.privacy.lists.clear();
        account.privacy.defaultName = undefined;
        account.privacy.blocklist = undefined;
      }
      return emissions;
    }),
  },
  {
    id: 'blocking/full-jid-taken-as-bare',
    title: 'a block of a resource blocks the whole user',
    breaks: ['xep0191:6/full'],
    specs: ['rfc6121'],
    deviate: keeping((next) => next.map((jid) => (parseJid(jid)?.local === '' ? jid : bareText(jid)))),
  },
  {
    id: 'blocking/default-list-hidden',
    title: 'the privacy list of the blocked addresses is not shown',
    breaks: ['xep0191:5/default-list'],
    specs: ['rfc6121'],
    deviate: showingPrivacyLists((query, { account }) =>
      account?.privacy.blocklist === undefined ? query : element('query', NS.privacy),
    ),
  },
  {
    id: 'blocking/default-list-of-others',
    title: 'the default privacy list is shown without the blocked addresses',
    breaks: ['xep0191:5/default-list'],
    specs: ['rfc6121'],
    deviate: showingPrivacyLists((query, { account }) => {
      const blocked = blockedJids(account?.privacy.blocklist ?? []);
      const isBlocked = ({ attrs }: Element) => blocked.includes(attrs.value ?? '');
      return {
        ...query,
        children: elements(query).map((list) => ({
          ...list,
          children: elements(list).filter((item) => !isBlocked(item)),
        })),
      };
    }),
  },
  {
    id: 'blocking/items-last',
    title: 'blocked addresses come last in the default privacy list',
    breaks: ['xep0191:5/items-first'],
    specs: ['rfc6121'],
    deviate: showingPrivacyLists((query) => ({
      ...query,
      children: elements(query).map((list) => {
        const items = elements(list);
        return {
          ...list,
          children: items.map((item, index) => ({
            ...item,
            attrs: { ...item.attrs, order: String(items.length - index) },
          })),
        };
      }),
    })),
  },
  {
    id: 'blocking/default-list-without-effect',
    title: 'what is blocked by the default privacy list is not on the blocklist',
    breaks: ['xep0191:5/default-list-change', 'xep0191:5/default-list-replaced'],
    specs: ['rfc6121'],
    deviate: listing((items, { account }) => (account?.privacy.blocklist === undefined ? [] : items)),
  },
  {
    id: 'blocking/replaced-list-lingers',
    title: 'what was blocked before stays on the blocklist when another privacy list becomes the default',
    breaks: ['xep0191:5/default-list-replaced'],
    specs: ['rfc6121'],
    deviate: listing((items, { account }) => {
      const former = blockedJids(account?.privacy.blocklist ?? []).map((jid) =>
        element('item', NS.blocking, { jid }),
      );
      return former.length > 0 ? former : items;
    }),
  },
  {
    id: 'blocking/any-jid-listed',
    title: 'every address of the default privacy list is on the blocklist, whatever is said of it',
    breaks: ['xep0191:5/other-items'],
    specs: ['rfc6121'],
    deviate: listing((_, { account }) =>
      (account?.privacy.inForce(undefined) ?? []).flatMap(({ subject }) =>
        subject.type === 'jid'
          ? [element('item', NS.blocking, { jid: `${subject.jid.local}@${subject.jid.domain}` })]
          : [],
      ),
    ),
  },
  {
    id: 'blocking/own-resources-cut-off',
    title: 'who blocks the own address cuts the own resources off from each other',
    breaks: ['xep0191:5/own-resources'],
    specs: ['rfc6121'],
    deviate: drop(({ purpose, stanza, to }, { account }) => {
      const isOwn = to !== 'route' && bareText(stanza.attrs.from ?? '') === to.account.bare;
      const blocked = blockedJids(account?.privacy.blocklist ?? []);
      const isNamed = to !== 'route' && blocked.some((jid) => to.account.bare === bareText(jid));
      return isOwn && isNamed && (purpose === 'delivered' || purpose === 'own-presence');
    }),
  },
  {
    id: 'blocking/contact-told',
    title: 'who is blocked is sent a message about it',
    breaks: ['xep0191:4/polite'],
    specs: ['rfc6121'],
    deviate: rewriteEach((emission, occasion) => {
      if (!after('block', 'severed-presence')(emission, occasion)) return emission;
      const attrs = { from: occasion.account?.bare, to: emission.stanza.attrs.to, type: 'headline' };
      const body = element('body', NS.client, {}, ['You have been blocked.']);
      return [
        emission,
        { purpose: 'unsolicited', to: 'route', stanza: element('message', NS.client, attrs, [body]) },
      ];
    }),
  },
];
