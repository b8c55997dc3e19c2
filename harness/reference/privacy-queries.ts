import { randomBytes } from 'node:crypto';
import { type Element, element, elements, NS } from '../wire/element.js';
import type { Account } from './accounts.js';
import { type Batch, type Emission, occasionOf } from './emission.js';
import type { Rule } from './privacy.js';
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

/** What a privacy query of type set comes to. */
export type PrivacyChange =
  | { readonly kind: 'refused'; readonly refusal: PrivacyRefusal }
  /** Without a name, no list is active any more. */
  | { readonly kind: 'activate'; readonly name: string | undefined }
  /** Without a name, no list is the default any more. */
  | { readonly kind: 'make-default'; readonly name: string | undefined }
  | { readonly kind: 'define'; readonly name: string; readonly rules: readonly Rule[] }
  | { readonly kind: 'remove'; readonly name: string }
  /** Answered with a result, and that is all; which no clause permits. */
  | { readonly kind: 'ignored' };

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
  const change = world.policy.privacyChange(decide(session, query), session, query);
  if (change.kind === 'refused') {
    const stanza = errorReply(iq, change.refusal.type, change.refusal.condition);
    return { occasion, emissions: [{ purpose: 'reply', to: session, stanza }] };
  }
  apply(session, change);
  return {
    occasion,
    emissions: [
      { purpose: 'reply', to: session, stanza: resultReply(iq) },
      ...(change.kind === 'define' ? listPushes(account, change.name) : []),
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

function decide(session: Session, query: Element): PrivacyChange {
  const [asked, ...more] = elements(query);
  if (asked === undefined || more.length > 0 || asked.ns !== NS.privacy) return refused(BAD_REQUEST);
  const { name } = asked.attrs;
  if (asked.name === 'active') return activating(session, name);
  if (asked.name === 'default') return makingDefault(session, name);
  if (asked.name !== 'list' || name === undefined) return refused(BAD_REQUEST);
  return elements(asked).length === 0 ? removing(session, name) : defining(session, name, asked);
}

/** The query is not done. */
export function refused(refusal: PrivacyRefusal): PrivacyChange {
  return { kind: 'refused', refusal };
}

/** RFC 3921 10.4. */
function activating({ account }: Session, name: string | undefined): PrivacyChange {
  if (name !== undefined && !account.privacy.lists.has(name)) return refused(NOT_FOUND);
  return { kind: 'activate', name };
}

/** RFC 3921 10.5: refused while the default list that would be given up applies to another connected resource. */
function makingDefault(session: Session, name: string | undefined): PrivacyChange {
  const { privacy } = session.account;
  if (name !== undefined && !privacy.lists.has(name)) return refused(NOT_FOUND);
  const given = privacy.defaultName;
  if (given !== undefined && given !== name && others(session).some(followsDefault)) return refused(CONFLICT);
  return { kind: 'make-default', name };
}

/** RFC 3921 10.6 and 10.7. */
function defining({ account }: Session, name: string, list: Element): PrivacyChange {
  const groups = new Set([...account.roster.values()].flatMap((item) => item.groups));
  const rules = parseRules(list, groups);
  return 'condition' in rules ? refused(rules) : { kind: 'define', name, rules };
}

/** RFC 3921 10.8: refused while the list applies to another connected resource. */
function removing(session: Session, name: string): PrivacyChange {
  const { privacy } = session.account;
  if (!privacy.lists.has(name)) return refused(NOT_FOUND);
  const isInUse = others(session).some(({ activeList }) => privacy.nameInForce(activeList) === name);
  return isInUse ? refused(CONFLICT) : { kind: 'remove', name };
}

function apply(session: Session, change: PrivacyChange): void {
  const { privacy } = session.account;
  switch (change.kind) {
    case 'activate':
      session.activeList = change.name;
      break;
    case 'make-default':
      privacy.defaultName = change.name;
      break;
    case 'define':
      privacy.lists.set(change.name, change.rules);
      break;
    case 'remove':
      privacy.lists.delete(change.name);
      if (session.activeList === change.name) session.activeList = undefined;
      if (privacy.defaultName === change.name) privacy.defaultName = undefined;
      break;
  }
}

function others(session: Session): Session[] {
  return [...session.account.sessions.values()].filter((other) => other !== session);
}

function followsDefault({ activeList }: Session): boolean {
  return activeList === undefined;
}

/** Every connected resource is told the name of the list that is new (RFC 3921 10.2, rule 10). */
export function listPushes(account: Account, name: string): Emission[] {
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
