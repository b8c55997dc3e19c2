import { type Element, elements } from '../../wire/element.js';
import type { Account } from '../accounts.js';
import type { Deviate } from '../deviations.js';
import type { Rule } from '../privacy.js';
import type { PrivacyRefusal } from '../privacy-lists.js';
import type { PrivacyChange } from '../privacy-queries.js';
import type { Session } from '../session.js';

/** What a privacy query comes to is taken differently; undefined: as it should be. */
export function deciding(
  decide: (change: PrivacyChange, session: Session, query: Element) => PrivacyChange | undefined,
): Deviate {
  return (policy) => ({
    privacyChange(sound, session, query) {
      const change = policy.privacyChange(sound, session, query);
      return decide(change, session, query) ?? change;
    },
  });
}

/** Stanzas are judged by other rules than those of the list in force. */
export function judging(
  rulesFor: (rules: readonly Rule[], account: Account, session: Session | undefined) => readonly Rule[],
): Deviate {
  return (policy) => ({
    rulesInForce: (rules, account, session) =>
      rulesFor(policy.rulesInForce(rules, account, session), account, session),
  });
}

/** Answers a query with a result and leaves all as it was. */
export function ignoring(
  kind: PrivacyChange['kind'],
  test: (change: PrivacyChange) => boolean = () => true,
): Deviate {
  return deciding((change) => (change.kind === kind && test(change) ? { kind: 'ignored' } : undefined));
}

/** Whether the query is refused for this reason. */
export function isRefusal(change: PrivacyChange, refusal: PrivacyRefusal): boolean {
  return change.kind === 'refused' && change.refusal === refusal;
}

/** Whether the query holds that element and no other. */
export function asksFor(query: Element, name: string): boolean {
  const [asked, ...more] = elements(query);
  return more.length === 0 && asked?.name === name;
}

/** The other connected resources of the user. */
export function others(session: Session): Session[] {
  return [...session.account.sessions.values()].filter((other) => other !== session);
}
