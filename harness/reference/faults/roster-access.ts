import { element, elements, NS } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import { itemElement, newItem, parseRosterSet, type RosterSet } from '../roster.js';
import { emptied, errorReply, resultReply } from '../stanza.js';
import { alter, is, rewriteEach, sessionOf } from './gate.js';
import { withoutItemAttribute } from './roster-items.js';

/** Answers in another way the roster IQs that somebody else sends to an account. */
function forOthers(
  kind: 'get' | 'set',
  answer: (emission: Emission, occasion: Occasion, account: Account) => Emission,
): Deviate {
  return rewriteEach((emission, occasion) => {
    const { trigger, stanza, account } = occasion;
    const isRoster = stanza.attrs.type === kind && elements(stanza)[0]?.ns === NS.roster;
    return trigger === 'in:iq' && isRoster && account !== undefined && emission.purpose === 'reply'
      ? answer(emission, occasion, account)
      : emission;
  });
}

/** Carries some of their sets out. */
function changedByOthers(test: (set: RosterSet) => boolean): Deviate {
  return forOthers('set', (emission, { stanza }, account) => {
    const [query] = elements(stanza);
    const set = query === undefined ? undefined : parseRosterSet(query, () => true);
    if (set === undefined || 'condition' in set || !test(set)) return emission;
    const { jid, name, groups } = set;
    if (set.remove) account.roster.delete(jid);
    else account.roster.set(jid, { ...newItem(jid), name, groups });
    return { ...emission, stanza: resultReply(stanza) };
  });
}

/** A roster result without items. */
function isEmpty({ purpose, stanza }: Emission): boolean {
  return purpose === 'roster' && elements(stanza).every(({ children }) => children.length === 0);
}

/** Faults in who gets a roster, and in what it holds when it is got. */
export const ROSTER_ACCESS_FAULTS: readonly Fault[] = [
  {
    id: 'roster-access/read-by-others',
    title: 'anyone gets the roster of anyone',
    breaks: ['rfc6121:2/reading-restricted'],
    specs: ['rfc6121'],
    deviate: forOthers('get', (emission, { stanza }, account) => {
      const items = [...account.roster.values()].map(itemElement);
      return { ...emission, stanza: resultReply(stanza, element('query', NS.roster, {}, items)) };
    }),
  },
  {
    id: 'roster-access/changed-by-others',
    title: 'anyone changes an item in the roster of anyone',
    breaks: ['rfc6121:2/change-restricted', 'rfc6121:2.1.5/sender-authorized'],
    specs: ['rfc6121'],
    deviate: changedByOthers(({ remove }) => !remove),
  },
  {
    id: 'roster-access/removed-by-others',
    title: 'anyone removes an item from the roster of anyone',
    breaks: ['rfc6121:2/removal-restricted', 'rfc6121:2.1.5/sender-authorized'],
    specs: ['rfc6121'],
    deviate: changedByOthers(({ remove }) => remove),
  },
  {
    id: 'roster-access/refused-as-unavailable',
    title: 'a roster set for another account is refused as service-unavailable',
    breaks: ['rfc6121:2.1.5/sender-authorized', 'rfc6121:2.3.3/unauthorized'],
    specs: ['rfc6121'],
    deviate: forOthers('set', (emission, { stanza }) => ({
      ...emission,
      stanza: errorReply(stanza, 'cancel', 'service-unavailable'),
    })),
  },
  {
    id: 'roster-access/empty-is-an-error',
    title: 'an available resource that asks for a roster without contacts is answered with item-not-found',
    breaks: ['rfc6121:2.1.4/empty-roster', 'rfc6121:2.1.4/empty-roster-no-error'],
    specs: ['rfc6121'],
    // Those that ask before they are available get it: otherwise nobody could log in and be judged.
    deviate: alter(
      (emission) => isEmpty(emission) && sessionOf(emission)?.available === true,
      (_stanza, _emission, { stanza }) => errorReply(stanza, 'cancel', 'item-not-found'),
    ),
  },
  {
    id: 'roster-access/empty-without-query',
    title: 'a roster without contacts is answered with a result without a query',
    breaks: ['rfc6121:2.1.4/empty-roster'],
    specs: ['rfc6121'],
    deviate: alter(isEmpty, emptied),
  },
  {
    id: 'roster-access/names-not-returned',
    title: 'roster results leave out the names',
    breaks: ['rfc6121:2/data-returned'],
    specs: ['rfc6121'],
    deviate: alter(is('roster'), withoutItemAttribute('name')),
  },
  {
    id: 'roster-access/result-without-jid',
    title: 'the items of roster results have no JID',
    breaks: ['rfc3921:7.1/own-item-has-jid', 'rfc6121:2.1.2.3/jid-in-result'],
    deviate: alter(is('roster'), withoutItemAttribute('jid')),
  },
  {
    id: 'roster-access/push-without-jid',
    title: 'the items of roster pushes have no JID',
    breaks: ['rfc3921:7.1/own-item-has-jid', 'rfc6121:2.1.2.3/jid-in-push'],
    deviate: alter(is('push'), withoutItemAttribute('jid')),
  },
];
