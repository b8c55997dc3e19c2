import { child, type Element, element, NS, text } from '../wire/element.js';
import type { Account, Accounts } from './accounts.js';
import { parseJid } from './jid.js';
import { errorReply, resultReply } from './stanza.js';

/** What registration comes to: the answer, and whether the account was removed. */
export interface Registration {
  readonly reply: Element;
  readonly removed: boolean;
}

/** Whether the IQ is about registration (XEP-0077). */
export function isRegistration(iq: Element): boolean {
  const { type } = iq.attrs;
  return (
    iq.name === 'iq' && (type === 'get' || type === 'set') && child(iq, 'query', NS.register) !== undefined
  );
}

/**
 * Answers a registration IQ (XEP-0077 3): fields, a new account, a new password, or the end of the account.
 * @param account whose stream it is; undefined before authentication
 */
export function register(accounts: Accounts, account: Account | undefined, iq: Element): Registration {
  const query = child(iq, 'query', NS.register) ?? element('query', NS.register);
  const reply = (stanza: Element): Registration => ({ reply: stanza, removed: false });
  if (iq.attrs.type === 'get') return reply(resultReply(iq, fields(account)));
  if (child(query, 'remove') !== undefined) {
    if (account === undefined) return reply(errorReply(iq, 'cancel', 'not-allowed'));
    accounts.remove(account);
    return { reply: resultReply(iq), removed: true };
  }
  const username = child(query, 'username');
  const password = child(query, 'password');
  const name = parseJid(`${username === undefined ? '' : text(username)}@${accounts.domain}`);
  if (password === undefined || text(password) === '' || name === undefined) {
    return reply(errorReply(iq, 'modify', 'not-acceptable'));
  }
  if (account === undefined) {
    const created = accounts.create(name.local, text(password));
    return reply(created === undefined ? errorReply(iq, 'cancel', 'conflict') : resultReply(iq));
  }
  if (name.local !== account.local) return reply(errorReply(iq, 'modify', 'bad-request'));
  account.password = text(password);
  account.keys.clear();
  return reply(resultReply(iq));
}

function fields(account: Account | undefined): Element {
  const field = (name: string, value = '') => element(name, NS.register, {}, value === '' ? [] : [value]);
  return element('query', NS.register, {}, [
    ...(account === undefined ? [] : [field('registered')]),
    field('instructions', 'Choose a user name and a password.'),
    field('username', account?.local),
    field('password'),
  ]);
}
