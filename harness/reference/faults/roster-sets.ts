import { elements, NS, text } from '../../wire/element.js';
import type { Deviate, Fault } from '../deviations.js';
import type { Emission, Occasion } from '../emission.js';
import type { RosterItem } from '../roster.js';
import { errorReply, resultReply } from '../stanza.js';
import { drop, rewriteAll, rewriteEach } from './gate.js';
import { claimedItem, storing } from './roster-storing.js';

/** The items that a roster set of the user's own names. */
function itemsOf({ stanza }: Occasion) {
  return elements(stanza).flatMap(elements);
}

function groupsOf(occasion: Occasion): string[] {
  return itemsOf(occasion).flatMap(elements).map(text);
}

function isRefusal({ purpose, stanza }: Emission, { trigger }: Occasion): boolean {
  return purpose === 'reply' && trigger === 'roster-set' && stanza.attrs.type === 'error';
}

function isForNoAddress({ stanza }: Emission): boolean {
  return elements(stanza)
    .flatMap(elements)
    .some(({ name, ns }) => name === 'jid-malformed' && ns === NS.stanzaErrors);
}

/** Answers some of the roster sets that are refused otherwise: with another condition, or with a result. */
function answering(test: (occasion: Occasion) => boolean, condition: string | undefined): Deviate {
  return rewriteEach((emission, occasion) => {
    if (!isRefusal(emission, occasion) || !test(occasion)) return emission;
    const { stanza } = occasion;
    return {
      ...emission,
      stanza: condition === undefined ? resultReply(stanza) : errorReply(stanza, 'modify', condition),
    };
  });
}

function repeats(groups: readonly string[]): boolean {
  return new Set(groups).size < groups.length;
}

const LONG = 1000;

/** What becomes of an item that exists when it is set. */
function updating(change: (next: RosterItem, previous: RosterItem) => Partial<RosterItem>): Deviate {
  return storing(['roster-set'], (next, previous) =>
    previous === undefined ? next : { ...next, ...change(next, previous) },
  );
}

/** Faults in what a roster set may say and what it does (RFC 6121 2.3.3 and 2.4.1). */
export const ROSTER_SET_FAULTS: readonly Fault[] = [
  {
    id: 'roster-set/several-items',
    title: 'a roster set with two items is reported as done',
    breaks: ['rfc6121:2.3.3/several-items'],
    specs: ['rfc6121'],
    deviate: answering((occasion) => itemsOf(occasion).length > 1, undefined),
  },
  {
    id: 'roster-set/same-group-twice',
    title: 'a roster set that names a group twice is refused as not-acceptable',
    breaks: ['rfc6121:2.3.3/duplicate-groups'],
    specs: ['rfc6121'],
    deviate: answering((occasion) => repeats(groupsOf(occasion)), 'not-acceptable'),
  },
  {
    id: 'roster-set/empty-group',
    title: 'a roster set with an empty group is refused as bad-request',
    breaks: ['rfc6121:2.3.3/empty-group'],
    specs: ['rfc6121'],
    deviate: answering((occasion) => groupsOf(occasion).includes(''), 'bad-request'),
  },
  {
    id: 'roster-set/long-name',
    title: 'a name that is too long is refused as bad-request',
    breaks: ['rfc6121:2.3.3/long-name'],
    specs: ['rfc6121'],
    deviate: answering(
      (occasion) => itemsOf(occasion).some(({ attrs }) => (attrs.name ?? '').length > LONG),
      'bad-request',
    ),
  },
  {
    id: 'roster-set/long-group',
    title: 'a group that is too long is refused as bad-request',
    breaks: ['rfc6121:2.3.3/long-group'],
    specs: ['rfc6121'],
    deviate: answering((occasion) => groupsOf(occasion).some((group) => group.length > LONG), 'bad-request'),
  },
  {
    id: 'roster-set/of-nobody',
    title: 'a roster set without an item, or whose item has no JID, is reported as done',
    breaks: ['rfc6121:2.3.3/not-carried-out'],
    specs: ['rfc6121'],
    deviate: answering((occasion) => itemsOf(occasion)[0]?.attrs.jid === undefined, undefined),
  },
  {
    id: 'roster-set/refused-in-silence',
    title: 'a roster set whose JID is no address is not answered',
    breaks: ['rfc6121:2.3.3/not-carried-out'],
    specs: ['rfc6121'],
    deviate: drop((emission, occasion) => isRefusal(emission, occasion) && isForNoAddress(emission)),
  },
  {
    id: 'roster-set/refused-as-done',
    title: 'a roster set whose JID is no address is reported as done, without effect',
    breaks: ['rfc6121:2.3.3/not-carried-out'],
    specs: ['rfc6121'],
    deviate: rewriteEach((emission, occasion) =>
      isRefusal(emission, occasion) && isForNoAddress(emission)
        ? { ...emission, stanza: resultReply(occasion.stanza) }
        : emission,
    ),
  },
  {
    id: 'roster-set/groups-not-added',
    title: 'an item that exists gets no further groups',
    breaks: ['rfc3921:7.5/stored', 'rfc6121:2.4.1/group-added', 'rfc6121:2.4.2/item-changed'],
    deviate: updating((next, { groups }) => ({
      groups: next.groups.filter((group) => groups.includes(group)),
    })),
  },
  {
    id: 'roster-set/groups-only-added',
    title: 'an item that exists loses no group',
    breaks: ['rfc3921:7.5/stored', 'rfc6121:2.4.1/group-removed', 'rfc6121:2.4.2/item-changed'],
    deviate: updating((next, { groups }) => ({ groups: [...new Set([...groups, ...next.groups])] })),
  },
  {
    id: 'roster-set/last-group-stays',
    title: 'a set without groups leaves the groups as they were',
    breaks: ['rfc6121:2.4.1/groups-cleared'],
    specs: ['rfc6121'],
    deviate: updating((next, { groups }) => (next.groups.length === 0 ? { groups } : {})),
  },
  {
    id: 'roster-set/name-stays',
    title: 'an item that has a name keeps it',
    breaks: ['rfc3921:7.5/stored', 'rfc6121:2.4.1/name-changed', 'rfc6121:2.4.2/item-changed'],
    deviate: updating((next, { name }) => ({ name: name ?? next.name })),
  },
  {
    id: 'roster-set/name-not-cleared',
    title: 'a set without a name leaves the name as it was',
    breaks: ['rfc6121:2.4.1/name-cleared'],
    specs: ['rfc6121'],
    deviate: updating((next, { name }) => ({ name: next.name ?? name })),
  },
  {
    id: 'roster-set/text-normalized',
    title: 'names and groups are normalized and trimmed',
    breaks: ['rfc3921:7.4/stored', 'rfc6121:2/data-stored'],
    deviate: storing(['roster-set'], (next) => ({
      ...next,
      name: next.name?.normalize('NFKC').trim(),
      groups: next.groups.map((group) => group.normalize('NFKC').trim()),
    })),
  },
  {
    id: 'roster-set/ask-taken',
    title: 'a roster set may claim that a request is pending',
    breaks: ['rfc3921:8.2/set-push', 'rfc6121:2.1.2.2/pending-out-shown'],
    deviate: storing(['roster-set'], (next, _previous, occasion) =>
      claimedItem(occasion)?.attrs.ask === 'subscribe' ? { ...next, ask: true } : next,
    ),
  },
  {
    id: 'roster-set/approved-taken',
    title: 'a roster set may claim that a request is approved in advance',
    breaks: ['rfc6121:2.1.2.1/pre-approval-shown'],
    specs: ['rfc6121'],
    deviate: storing(['roster-set'], (next, _previous, occasion) =>
      claimedItem(occasion)?.attrs.approved === 'true' ? { ...next, approved: true } : next,
    ),
  },
  {
    id: 'roster-set/addresses-compared-as-written',
    title: 'an address that is written in another way makes another item',
    breaks: ['rfc3921:7.5/stored', 'rfc6121:2.4.2/item-changed'],
    deviate: storing(['roster-set'], (next, previous, occasion) => {
      const written = claimedItem(occasion)?.attrs.jid ?? next.jid;
      if (previous === undefined || written === next.jid) return next;
      occasion.account?.roster.set(written, { ...next, jid: written });
      return previous;
    }),
  },
  {
    id: 'roster-set/forgotten-at-departure',
    title: 'what was set is lost when the last available resource leaves',
    breaks: [
      'rfc3921:7.4/stored',
      'rfc3921:7.5/stored',
      'rfc6121:2.3.2/item-created',
      'rfc6121:2.4.2/item-changed',
    ],
    deviate: rewriteAll((emissions, { trigger, account }) => {
      if (trigger === 'unavailable' && account?.available().length === 0) account.roster.clear();
      return emissions;
    }),
  },
];
