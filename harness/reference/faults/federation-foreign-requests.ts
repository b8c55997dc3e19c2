import { element, elements, NS } from '../../wire/element.js';
import type { Account, Accounts } from '../accounts.js';
import { blockedJids, listBlocking } from '../blocklist.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Occasion } from '../emission.js';
import { parseJid } from '../jid.js';
import { parseRules } from '../privacy-lists.js';
import { itemElement, newItem, type RosterItem } from '../roster.js';
import { resultReply, stamp } from '../stanza.js';
import { rewriteAll, rewriteEach } from './gate.js';

/** Faults in what users of other servers may ask for, and get done, in the place of the user. */
export const FEDERATION_FOREIGN_REQUEST_FAULTS: readonly Fault[] = [
  {
    id: 'federation/roster-read-from-abroad',
    title: 'a user of another server gets the roster of the user to whose address the query goes',
    breaks: ['rfc6121:2/reading-restricted'],
    specs: ['rfc6121'],
    deviate: rewriteAll((emissions, occasion, accounts) => {
      const { account, stanza } = occasion;
      if (account === undefined || !isOf(NS.roster, 'get', occasion, accounts)) return emissions;
      const query = element('query', NS.roster, {}, [...account.roster.values()].map(itemElement));
      return [{ purpose: 'reply', to: 'route', stanza: resultReply(stanza, query) }];
    }),
  },
  {
    id: 'federation/roster-set-from-abroad',
    title:
      'a roster set of a user of another server is carried out on the roster of the user it is addressed to',
    breaks: [
      'rfc3921:7.2/set-applies-to-sender',
      'rfc6121:2/change-restricted',
      'rfc6121:2/removal-restricted',
    ],
    deviate: carriesOut(NS.roster, changeRoster),
  },
  {
    id: 'federation/roster-set-without-sender',
    title:
      'a roster set of a user of another server reaches the client without a sender, as a push of the server would',
    breaks: ['rfc3920:9.1.2/from-passed-on', 'rfc6120:8.1.2.1/from-passed-on'],
    deviate: rewriteEach((emission, occasion, accounts) =>
      emission.purpose === 'delivered' && isOf(NS.roster, 'set', occasion, accounts)
        ? { ...emission, stanza: stamp(emission.stanza, { from: undefined }) }
        : emission,
    ),
  },
  {
    id: 'federation/lists-set-from-abroad',
    title:
      'a privacy query of a user of another server is carried out on the lists of the user it is addressed to',
    breaks: ['rfc3921:10.1/list-stored', 'rfc3921:10.2/no-list-in-force'],
    specs: ['rfc3921'],
    deviate: carriesOut(NS.privacy, changeLists),
  },
  {
    id: 'federation/blocks-set-from-abroad',
    title: 'a blocking command of a user of another server is carried out for the user it is addressed to',
    breaks: ['xep0191:3.3/until-unblocked', 'rfc6121:8.5.3.1/message'],
    specs: ['rfc6121'],
    deviate: carriesOut(NS.blocking, changeBlocks),
  },
];

/** Whether a user of another server sends the user such an IQ. */
function isOf(ns: string, type: 'get' | 'set', { trigger, stanza }: Occasion, { domain }: Accounts): boolean {
  const isForeign = parseJid(stanza.attrs.from ?? '')?.domain !== domain;
  return trigger === 'in:iq' && isForeign && stanza.attrs.type === type && elements(stanza)[0]?.ns === ns;
}

/** Does to the account what a set of that namespace says, whatever is answered. */
function carriesOut(ns: string, change: (account: Account, occasion: Occasion) => void): Deviate {
  return rewriteAll((emissions, occasion, accounts) => {
    const { account } = occasion;
    if (account !== undefined && isOf(ns, 'set', occasion, accounts)) change(account, occasion);
    return emissions;
  });
}

/** Takes the subscription that the item states as well. */
function changeRoster({ roster }: Account, { stanza }: Occasion): void {
  const [item] = elements(stanza).flatMap(elements);
  const { jid, subscription } = item?.attrs ?? {};
  if (jid === undefined) return;
  if (subscription === 'remove') roster.delete(jid);
  else if (isSubscription(subscription)) {
    roster.set(jid, { ...(roster.get(jid) ?? newItem(jid)), subscription });
  }
}

function isSubscription(value: string | undefined): value is RosterItem['subscription'] {
  return value === 'none' || value === 'to' || value === 'from' || value === 'both';
}

function changeLists({ privacy, sessions }: Account, { stanza }: Occasion): void {
  const [asked] = elements(stanza).flatMap(elements);
  const name = asked?.attrs.name;
  if (asked === undefined || name === undefined) return;
  if (asked.name === 'default') privacy.defaultName = name;
  else if (asked.name === 'active') {
    for (const session of sessions.values()) session.activeList = name;
  } else if (elements(asked).length === 0) privacy.lists.delete(name);
  else {
    const rules = parseRules(asked, new Set());
    if (!('condition' in rules)) privacy.lists.set(name, rules);
  }
}

function changeBlocks({ privacy }: Account, { stanza }: Occasion): void {
  const [command] = elements(stanza);
  const name = privacy.defaultName;
  if (command === undefined || name === undefined) return;
  const jids = elements(command).map(({ attrs }) => attrs.jid ?? '');
  const rules = privacy.lists.get(name) ?? [];
  const blocked = blockedJids(rules);
  const kept = jids.length === 0 ? [] : blocked.filter((jid) => !jids.includes(jid));
  const next = listBlocking(rules, command.name === 'block' ? [...blocked, ...jids] : kept);
  privacy.lists.set(name, next);
  privacy.blocklist = next;
}
