import { type Element, element, elements, NS } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Occasion, Purpose } from '../emission.js';
import { CONFLICT, NOT_FOUND, type PrivacyRefusal, parseRules } from '../privacy-lists.js';
import { refused } from '../privacy-queries.js';
import type { Session } from '../session.js';
import { errorReply, resultReply } from '../stanza.js';
import { alter, drop, is, rewriteEach } from './gate.js';
import { asksFor, deciding, ignoring, isRefusal, others } from './privacy-deviate.js';

/** Changes the query in the answer to a get. */
function answering(change: (query: Element, occasion: Occasion) => Element): Deviate {
  return alter(is('reply', 'privacy-get'), (stanza, _, occasion) => {
    const [query] = elements(stanza);
    return query === undefined || stanza.attrs.type !== 'result'
      ? stanza
      : { ...stanza, children: [change(query, occasion)] };
  });
}

/** Answers the refusal of a get by a result. */
function grantingGets(answer: (asked: readonly Element[], account: Account) => Element): Deviate {
  return rewriteEach((emission, occasion) => {
    const { stanza, account } = occasion;
    if (!is('reply', 'privacy-get')(emission, occasion) || account === undefined) return emission;
    if (emission.stanza.attrs.type !== 'error') return emission;
    const asked = elements(stanza).flatMap(elements);
    return { ...emission, stanza: resultReply(stanza, answer(asked, account)) };
  });
}

/** Accepts what is refused for this reason, and does nothing. */
function acceptingIdly(refusal: PrivacyRefusal, name: string): Deviate {
  return deciding((change, _, query) =>
    isRefusal(change, refusal) && asksFor(query, name) ? { kind: 'ignored' } : undefined,
  );
}

/** Loses what answers or tells the change of a list that was there before. */
function losingAfterEdits(purpose: Purpose): Deviate {
  return (policy) => {
    const editors = new Set<Session>();
    return {
      privacyChange(sound, session, query) {
        const change = policy.privacyChange(sound, session, query);
        const isEdit = change.kind === 'define' && session.account.privacy.lists.has(change.name);
        if (isEdit) editors.add(session);
        else editors.delete(session);
        return change;
      },
      emissions(emissions, occasion) {
        const { trigger, session } = occasion;
        const isEdit = trigger === 'privacy-set' && session !== undefined && editors.has(session);
        const sound = policy.emissions(emissions, occasion);
        return isEdit ? sound.filter((emission) => emission.purpose !== purpose) : sound;
      },
    };
  };
}

function without(query: Element, name: string): Element {
  return { ...query, children: elements(query).filter((item) => item.name !== name) };
}

function withLists(query: Element, change: (list: Element) => Element): Element {
  return { ...query, children: elements(query).map((item) => (item.name === 'list' ? change(item) : item)) };
}

function withItems(query: Element, change: (item: Element, index: number) => Element): Element {
  return withLists(query, (list) => ({ ...list, children: elements(list).map(change) }));
}

function withoutFeature(stanza: Element): Element {
  const [query] = elements(stanza);
  if (query === undefined) return stanza;
  return {
    ...stanza,
    children: [{ ...query, children: elements(query).filter((item) => item.attrs.var !== NS.privacy) }],
  };
}

/** Faults in how privacy lists are kept, given and told. */
export const PRIVACY_LIST_FAULTS: readonly Fault[] = [
  {
    id: 'privacy-lists/none',
    title: 'the server keeps no privacy lists',
    breaks: ['rfc3921:12.1/privacy-lists'],
    specs: ['rfc3921'],
    deviate: rewriteEach((emission, occasion) =>
      is('reply', 'privacy-get')(emission, occasion) || is('reply', 'privacy-set')(emission, occasion)
        ? { ...emission, stanza: errorReply(occasion.stanza, 'cancel', 'service-unavailable') }
        : emission,
    ),
  },
  {
    id: 'privacy-lists/not-announced',
    title: 'privacy lists are not announced',
    breaks: ['xep0016:3/announced'],
    specs: ['rfc3921'],
    deviate: alter(is('reply', 'in:iq'), withoutFeature),
  },
  {
    id: 'privacy-lists/active-not-named',
    title: 'the answer to a request for the names leaves the active list out',
    breaks: ['rfc3921:10.3/names'],
    specs: ['rfc3921'],
    deviate: answering((query) => without(query, 'active')),
  },
  {
    id: 'privacy-lists/default-not-named',
    title: 'the answer to a request for the names leaves the default list out',
    breaks: ['rfc3921:10.3/names'],
    specs: ['rfc3921'],
    deviate: answering((query) => without(query, 'default')),
  },
  {
    id: 'privacy-lists/only-used-named',
    title: 'the answer to a request for the names holds the active and the default list alone',
    breaks: ['rfc3921:10.3/names'],
    specs: ['rfc3921'],
    deviate: answering((query, { stanza }) =>
      elements(stanza).flatMap(elements).length > 0 ? query : without(query, 'list'),
    ),
  },
  {
    id: 'privacy-lists/names-with-items',
    title: 'the answer to a request for the names holds the lists themselves',
    breaks: ['rfc3921:10.3/names'],
    specs: ['rfc3921'],
    deviate: answering((query, { stanza }) =>
      elements(stanza).flatMap(elements).length > 0
        ? query
        : withLists(query, (list) => ({
            ...list,
            children: [element('item', NS.privacy, { action: 'allow', order: '1' })],
          })),
    ),
  },
  {
    id: 'privacy-lists/kinds-lost',
    title: 'a list is given back without the kinds of stanza',
    breaks: ['rfc3921:10.3/list'],
    specs: ['rfc3921'],
    deviate: answering((query) => withItems(query, (item) => ({ ...item, children: [] }))),
  },
  {
    id: 'privacy-lists/renumbered',
    title: 'the items of a list are given back with other orders',
    breaks: ['rfc3921:10.3/list'],
    specs: ['rfc3921'],
    deviate: answering((query) =>
      withItems(query, (item, index) => ({ ...item, attrs: { ...item.attrs, order: String(index + 10) } })),
    ),
  },
  {
    id: 'privacy-lists/item-added',
    title: 'a list is given back with a last item of its own',
    breaks: ['rfc3921:10.3/list'],
    specs: ['rfc3921'],
    deviate: answering((query) =>
      withLists(query, (list) =>
        elements(list).length === 0
          ? list
          : {
              ...list,
              children: [
                ...list.children,
                element('item', NS.privacy, { action: 'allow', order: '4294967295' }),
              ],
            },
      ),
    ),
  },
  {
    id: 'privacy-lists/one-list-kept',
    title: 'a list takes the place of any other',
    breaks: ['rfc3921:10.1/list-stored'],
    specs: ['rfc3921'],
    deviate: deciding((change, { account }) => {
      if (change.kind === 'define') account.privacy.lists.clear();
      return undefined;
    }),
  },
  {
    id: 'privacy-lists/forgotten',
    title: 'the lists are gone when the last session is',
    breaks: ['rfc3921:10.1/list-stored'],
    specs: ['rfc3921'],
    deviate: (policy) => ({
      emissions(emissions, occasion) {
        const { account, trigger } = occasion;
        if (account !== undefined && trigger === 'unavailable' && account.available().length === 0) {
          account.privacy.lists.clear();
          account.privacy.defaultName = undefined;
        }
        return policy.emissions(emissions, occasion);
      },
    }),
  },
  {
    id: 'privacy-lists/edit-unanswered',
    title: 'the change of a list that is there is not answered',
    breaks: ['rfc3921:10.6/edit-acknowledged'],
    specs: ['rfc3921'],
    deviate: losingAfterEdits('reply'),
  },
  {
    id: 'privacy-lists/merged',
    title: 'the items of an edited list are added to those that it had',
    breaks: ['rfc3921:10.1/list-replaced'],
    specs: ['rfc3921'],
    deviate: deciding((change, { account }) => {
      if (change.kind !== 'define') return undefined;
      const orders = new Set(change.rules.map(({ order }) => order));
      const kept = (account.privacy.lists.get(change.name) ?? []).filter(({ order }) => !orders.has(order));
      return { ...change, rules: [...kept, ...change.rules] };
    }),
  },
  {
    id: 'privacy-lists/removal-ignored',
    title: 'the removal of a list is answered and not done',
    breaks: ['rfc3921:10.8/list-removed'],
    specs: ['rfc3921'],
    deviate: ignoring('remove'),
  },
  {
    id: 'privacy-lists/own-list-in-use',
    title: 'a list is not removed while it applies to the resource itself',
    breaks: ['rfc3921:10.8/list-removed'],
    specs: ['rfc3921'],
    deviate: deciding((change, { account, activeList }) =>
      change.kind === 'remove' && account.privacy.nameInForce(activeList) === change.name
        ? refused(CONFLICT)
        : undefined,
    ),
  },
  {
    id: 'privacy-lists/default-never-removed',
    title: 'the default list is not removed while any other resource is connected',
    breaks: ['rfc3921:10.8/list-removed'],
    specs: ['rfc3921'],
    deviate: deciding((change, session) =>
      change.kind === 'remove' &&
      session.account.privacy.defaultName === change.name &&
      others(session).length > 0
        ? refused(CONFLICT)
        : undefined,
    ),
  },
  {
    id: 'privacy-lists/unknown-list-empty',
    title: 'a list that is not there is given as an empty one',
    breaks: ['rfc3921:10.3/unknown-list'],
    specs: ['rfc3921'],
    deviate: grantingGets((asked) =>
      element(
        'query',
        NS.privacy,
        {},
        asked.map(({ attrs: { name } }) => element('list', NS.privacy, { name })),
      ),
    ),
  },
  {
    id: 'privacy-lists/first-list-given',
    title: 'of several lists asked for at once the first is given',
    breaks: ['rfc3921:10.3/several-lists'],
    specs: ['rfc3921'],
    deviate: grantingGets((asked) => element('query', NS.privacy, {}, asked.slice(0, 1))),
  },
  {
    id: 'privacy-lists/edit-not-pushed',
    title: 'the change of a list that is there is told to nobody',
    breaks: ['rfc3921:10.2/list-push', 'rfc3921:10.6/edit-pushed'],
    specs: ['rfc3921'],
    deviate: losingAfterEdits('privacy-push'),
  },
  {
    id: 'privacy-lists/pushed-to-others',
    title: 'the change of a list is not told to the resource that made it',
    breaks: ['rfc3921:10.2/list-push', 'rfc3921:10.7/addition-pushed'],
    specs: ['rfc3921'],
    deviate: drop(({ purpose, to }, { session }) => purpose === 'privacy-push' && to === session),
  },
  {
    id: 'privacy-lists/pushed-to-available',
    title: 'the change of a list is told to available resources alone',
    breaks: ['rfc3921:10.2/list-push', 'rfc3921:10.7/addition-pushed'],
    specs: ['rfc3921'],
    deviate: drop(({ purpose, to }) => purpose === 'privacy-push' && to !== 'route' && !to.available),
  },
  {
    id: 'privacy-lists/pushed-to-interested',
    title: 'the change of a list is told to resources alone that have requested the roster',
    breaks: ['rfc3921:10.2/list-push', 'rfc3921:10.7/addition-pushed'],
    specs: ['rfc3921'],
    deviate: drop(({ purpose, to }) => purpose === 'privacy-push' && to !== 'route' && !to.interested),
  },
  {
    id: 'privacy-lists/pushed-with-items',
    title: 'a changed list is told with its items',
    breaks: ['rfc3921:10.2/list-push', 'rfc3921:10.7/addition-pushed'],
    specs: ['rfc3921'],
    deviate: alter(is('privacy-push'), (stanza, _, { stanza: { children } }) => ({ ...stanza, children })),
  },
  {
    id: 'privacy-lists/unknown-active-accepted',
    title: 'the choice of an active list that is not there is answered with a result',
    breaks: ['rfc3921:10.4/unknown-active-list'],
    specs: ['rfc3921'],
    deviate: acceptingIdly(NOT_FOUND, 'active'),
  },
  {
    id: 'privacy-lists/unknown-default-accepted',
    title: 'the choice of a default list that is not there is answered with a result',
    breaks: ['rfc3921:10.5/unknown-default-list'],
    specs: ['rfc3921'],
    deviate: acceptingIdly(NOT_FOUND, 'default'),
  },
  {
    id: 'privacy-lists/unknown-removed',
    title: 'the removal of a list that is not there is answered with a result',
    breaks: ['rfc3921:10.8/unknown-list'],
    specs: ['rfc3921'],
    deviate: acceptingIdly(NOT_FOUND, 'list'),
  },
  {
    id: 'privacy-lists/unknown-group-accepted',
    title: 'a rule may speak of a group that the roster does not have',
    breaks: ['rfc3921:10.1/unknown-group-refused'],
    specs: ['rfc3921'],
    deviate: acceptingIdly(NOT_FOUND, 'list'),
  },
  {
    id: 'privacy-lists/first-child-done',
    title: 'of several things asked for at once the first is done',
    breaks: ['rfc3921:10.1/several-children-refused'],
    specs: ['rfc3921'],
    deviate: deciding((_, __, query) => (elements(query).length > 1 ? { kind: 'ignored' } : undefined)),
  },
  {
    id: 'privacy-lists/several-removed',
    title: 'several lists are removed at once',
    breaks: ['rfc3921:10.8/several-lists'],
    specs: ['rfc3921'],
    deviate: deciding((_, { account }, query) => {
      const asked = elements(query);
      if (asked.length < 2 || asked.some((list) => list.name !== 'list' || elements(list).length > 0))
        return undefined;
      for (const { attrs } of asked) account.privacy.lists.delete(attrs.name ?? '');
      return { kind: 'ignored' };
    }),
  },
  {
    id: 'privacy-lists/same-order-accepted',
    title: 'two rules may have the same order',
    breaks: ['rfc3921:10.1/order-not-unique-refused'],
    specs: ['rfc3921'],
    deviate: deciding((change, _, query) => {
      const [list] = elements(query);
      if (change.kind !== 'refused' || list?.name !== 'list') return undefined;
      const rules = elements(list).flatMap((item) => {
        const parsed = parseRules({ ...list, children: [item] }, new Set());
        return 'condition' in parsed ? [] : parsed;
      });
      const isSound = rules.length > 0 && rules.length === elements(list).length;
      return isSound ? { kind: 'define', name: list.attrs.name ?? '', rules } : undefined;
    }),
  },
];
