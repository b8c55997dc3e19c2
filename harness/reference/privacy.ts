import { bareJid, fullJid, type Jid } from './jid.js';

/** The elements that limit a rule to kinds of stanza (RFC 3921 10.1). */
export const GRANULES = ['message', 'iq', 'presence-in', 'presence-out'] as const;

/** One of them. */
export type Granule = (typeof GRANULES)[number];

/** What a rule is asked about: `other` is what no granule covers, which only rules without any concern. */
export type StanzaKind = Granule | 'other';

/** Subscription values of a roster item; `none` stands also for those who are not listed. */
export const SUBSCRIPTIONS = ['none', 'to', 'from', 'both'] as const;

/** One of them. */
export type Subscription = (typeof SUBSCRIPTIONS)[number];

/** Whom a rule concerns; `everyone` is the fall-through. */
export type Subject =
  | { readonly type: 'jid'; readonly jid: Jid }
  | { readonly type: 'group'; readonly name: string }
  | { readonly type: 'subscription'; readonly value: Subscription }
  | { readonly type: 'everyone' };

/** One item of a privacy list. */
export interface Rule {
  readonly subject: Subject;
  readonly action: 'allow' | 'deny';
  readonly order: number;
  /** None: every stanza, also those that the granules leave out. */
  readonly granules: readonly Granule[];
}

/** The other side, as the user's roster knows it. */
export interface Counterpart {
  readonly jid: Jid;
  readonly groups: readonly string[];
  readonly subscription: Subscription;
}

/** How far a rule for a domain reaches: RFC 3921 10.1 takes subdomains in, XEP-0016 2.1 does not. */
export type DomainReach = 'subdomains' | 'domain';

/**
 * What a privacy list says about a stanza (RFC 3921 10.2): in ascending order the first rule that concerns it decides,
 * and where none does it is allowed.
 */
export function judgeByList(
  rules: readonly Rule[],
  counterpart: Counterpart,
  kind: StanzaKind,
  reach: DomainReach,
): Rule['action'] {
  const decisive = [...rules]
    .sort((one, other) => one.order - other.order)
    .find((rule) => covers(rule, kind) && concerns(rule.subject, counterpart, reach));
  return decisive?.action ?? 'allow';
}

function covers({ granules }: Rule, kind: StanzaKind): boolean {
  return granules.length === 0 || granules.some((granule) => granule === kind);
}

function concerns(subject: Subject, { jid, groups, subscription }: Counterpart, reach: DomainReach): boolean {
  switch (subject.type) {
    case 'everyone':
      return true;
    case 'group':
      return groups.includes(subject.name);
    case 'subscription':
      return subject.value === subscription;
    case 'jid':
      return matchesJid(subject.jid, jid, reach);
  }
}

/** The four forms of RFC 3921 10.1: with a resource, only that; without, any; a domain takes in all who live there. */
function matchesJid(ruled: Jid, jid: Jid, reach: DomainReach): boolean {
  if (ruled.resource !== '') return fullJid(ruled) === fullJid(jid);
  if (ruled.local !== '') return bareJid(ruled) === bareJid(jid);
  return jid.domain === ruled.domain || (reach === 'subdomains' && jid.domain.endsWith(`.${ruled.domain}`));
}
