import { randomBytes } from 'node:crypto';
import { type Element, element, elements, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import { type Severed, visible } from './privacy-gate.js';
import {
  BAD_REQUEST,
  CONFLICT,
  listElement,
  NOT_FOUND,
  type PrivacyRefusal,
  parseRules,
} from './privacy-lists.js';
import type { Session } from './session.js';
import { errorReply, resultReply } from './stanza.js';
import type { World } from './world.js';

/** What a change comes to: done, with the name of a list whose definition is new; or refused. */
type Change = { readonly redefined?: string } | PrivacyRefusal;

/** Handles a privacy query of the user's own (RFC 3921 10.3 to 10.8). */
export function privacyQuery(world: World, session: Session, iq: Element, query: Element): Batch {
  const { account } = session;
  if (iq.attrs.type === 'get') {
    const found = retrieve(session, query);
    const answer =
      'condition' in found ? errorReply(iq, found.type, found.condition) : resultReply(iq, found);
    return {
      occasion: occasionOf('privacy-get', iq, { account, session }),
      emissions: [{ purpose: 'reply', to: session, stanza: answer }],
    };
  }
  const occasion = occasionOf('privacy-set', iq, { account, session });
  const before = world.policy.blockingTellsAbsence ? visible(world, account) : [];
  const changed = change(session, query);
  if ('condition' in changed) {
    const refusal = errorReply(iq, changed.type, changed.condition);
    return { occasion, emissions: [{ purpose: 'reply', to: session, stanza: refusal }] };
  }
  return {
    occasion,
    emissions: [
      { purpose: 'reply', to: session, stanza: resultReply(iq) },
      ...(changed.redefined === undefined ? [] : listPushes(account, changed.redefined)),
      ...absences(before, world.policy.blockingTellsAbsence ? visible(world, account) : []),
    ],
  };
}

/** The names of all lists, or one list (RFC 3921 10.3). */
function retrieve({ account: { privacy }, activeList }: Session, query: Element): Element | PrivacyRefusal {
  const [asked, ...more] = elements(query);
  if (asked === undefined) {
    const { defaultName } = privacy;
    return element('query', NS.privacy, {}, [
      ...(activeList === undefined ? [] : [element('active', NS.privacy, { name: activeList })]),
      ...(defaultName === undefined ? [] : [element('default', NS.privacy, { name: defaultName })]),
      ...[...privacy.lists.keys()].map((name) => element('list', NS.privacy, { name })),
    ]);
  }
  const { name } = asked.attrs;
  if (more.length > 0 || asked.name !== 'list' || asked.ns !== NS.privacy || name === undefined) {
    return BAD_REQUEST;
  }
  const rules = privacy.lists.get(name);
  return rules === undefined ? NOT_FOUND : element('query', NS.privacy, {}, [listElement(name, rules)]);
}

function change(session: Session, query: Element): Change {
  const [asked, ...more] = elements(query);
  if (asked === undefined || more.length > 0 || asked.ns !== NS.privacy) return BAD_REQUEST;
  const { name } = asked.attrs;
  if (asked.name === 'active') return activate(session, name);
  if (asked.name === 'default') return makeDefault(session, name);
  if (asked.name !== 'list' || name === undefined) return BAD_REQUEST;
  return elements(asked).length === 0 ? removeList(session, name) : defineList(session, name, asked);
}

/** RFC 3921 10.4; without a name, no list is active any more. */
function activate(session: Session, name: string | undefined): Change {
  if (name !== undefined && !session.account.privacy.lists.has(name)) return NOT_FOUND;
  session.activeList = name;
  return {};
}

/** RFC 3921 10.5: refused while the default list that would be given up applies to another connected resource. */
function makeDefault(session: Session, name: string | undefined): Change {
  const { privacy } = session.account;
  if (name !== undefined && !privacy.lists.has(name)) return NOT_FOUND;
  const given = privacy.defaultName;
  if (given !== undefined && given !== name && others(session).some(followsDefault)) return CONFLICT;
  privacy.defaultName = name;
  return {};
}

/** RFC 3921 10.6 and 10.7. */
function defineList({ account }: Session, name: string, list: Element): Change {
  const groups = new Set([...account.roster.values()].flatMap((item) => item.groups));
  const rules = parseRules(list, groups);
  if ('condition' in rules) return rules;
  account.privacy.lists.set(name, rules);
  return { redefined: name };
}

/** RFC 3921 10.8: refused while the list applies to another connected resource. */
function removeList(session: Session, name: string): Change {
  const { privacy } = session.account;
  if (!privacy.lists.has(name)) return NOT_FOUND;
  if (others(session).some(({ activeList }) => privacy.nameInForce(activeList) === name)) return CONFLICT;
  privacy.lists.delete(name);
  if (session.activeList === name) session.activeList = undefined;
  if (privacy.defaultName === name) privacy.defaultName = undefined;
  return {};
}

function others(session: Session): Session[] {
  return [...session.account.sessions.values()].filter((other) => other !== session);
}

function followsDefault({ activeList }: Session): boolean {
  return activeList === undefined;
}

/** Every connected resource is told the name of the list that is new (RFC 3921 10.2, rule 10). */
function listPushes(account: Account, name: string): Emission[] {
  return [...account.sessions.values()].map((to) => ({
    purpose: 'privacy-push',
    to,
    stanza: element(
      'iq',
      NS.client,
      { to: to.jid, type: 'set', id: `privacy-${randomBytes(6).toString('hex')}` },
      [element('query', NS.privacy, {}, [element('list', NS.privacy, { name })])],
    ),
  }));
}

/** Unavailable presence where available presence passed before and does no longer (XEP-0016 2.10 and 2.11). */
function absences(before: readonly Severed[], now: readonly Severed[]): Emission[] {
  const key = ({ session, stanza: { attrs } }: Severed) => `${session.jid}\n${attrs.from}\n${attrs.to}`;
  const kept = new Set(now.map(key));
  return before
    .filter((passed) => !kept.has(key(passed)))
    .map(({ session, stanza, direction }) => ({
      purpose: 'severed-presence',
      to: direction === 'in' ? session : 'route',
      stanza,
    }));
}
