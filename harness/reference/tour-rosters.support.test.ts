import { type Element, element, NS } from '../wire/element.js';
import type { Sandbox } from './sandbox.support.test.js';
import type { Session } from './session.js';
import { presence } from './stanza.js';

const NURSE = 'nurse@capulet.test';
const LONG = 'x'.repeat(1100);

function query(attrs: Readonly<Record<string, string>>, ...items: Element[]): Element {
  return element('query', NS.roster, attrs, items);
}

function item(attrs: Readonly<Record<string, string>>, ...groups: string[]): Element {
  const named = groups.map((group) => element('group', NS.roster, {}, group === '' ? [] : [group]));
  return element('item', NS.roster, attrs, named);
}

function iq(attrs: Readonly<Record<string, string>>, payload: Element): Element {
  return element('iq', NS.client, { id: 'i', ...attrs }, [payload]);
}

/** Roster sets of every kind, rosters of others, and versions. */
export function visitRosters(sandbox: Sandbox): void {
  visitSets(sandbox);
  visitOthers(sandbox);
  visitVersions(sandbox);
}

function visitSets(sandbox: Sandbox): void {
  const account = sandbox.user('peter');
  const session = sandbox.connect(account, 'kitchen', { interested: true, available: true });
  const set = (...items: Element[]) => sandbox.from(session, iq({ type: 'set' }, query({}, ...items)));
  set();
  set(item({ name: 'Nurse' }));
  set(item({ jid: NURSE }), item({ jid: 'page@capulet.test' }));
  set(item({ jid: NURSE }, 'Same', 'Same'));
  set(item({ jid: NURSE }, ''));
  set(item({ jid: NURSE, name: LONG }));
  set(item({ jid: NURSE }, LONG));
  set(item({ jid: '@capulet.test' }));
  set(item({ jid: account.bare }));
  set(item({ jid: NURSE, name: ' Nurse ' }, 'One', 'Two'));
  set(item({ jid: NURSE.toUpperCase(), name: 'My Nurse' }, 'One', 'Two', 'Three'));
  set(item({ jid: NURSE, name: 'My Nurse' }, 'One'));
  set(item({ jid: NURSE }));
  set(item({ jid: 'asked@capulet.test', ask: 'subscribe' }));
  set(item({ jid: 'approved@capulet.test', approved: 'true' }));
  sandbox.from(session, presence({ type: 'unavailable' }));
  sandbox.roster(session);
}

function visitOthers(sandbox: Sandbox): void {
  const account = sandbox.user('abram');
  const owner = sandbox.connect(account, 'street', { interested: true, available: true });
  sandbox.set(owner, { jid: NURSE, name: 'Nurse' });
  const ask = (attrs: Readonly<Record<string, string>>, payload: Element) =>
    sandbox.router.route(iq({ ...attrs, from: 'friar@capulet.test', to: account.bare }, payload));
  ask({ type: 'get' }, query({}));
  ask({ type: 'set' }, query({}, item({ jid: NURSE, name: 'Nobody' })));
  ask({ type: 'set' }, query({}, item({ jid: NURSE, subscription: 'remove' })));
  sandbox.roster(owner);
}

function visitVersions(sandbox: Sandbox): void {
  const account = sandbox.user('gregory');
  const owner = sandbox.connect(account, 'street', { interested: true, available: true });
  const get = (session: Session, ver: string) => sandbox.from(session, iq({ type: 'get' }, query({ ver })));
  get(owner, '');
  sandbox.set(owner, { jid: NURSE, name: 'Nurse' });
  sandbox.set(owner, { jid: 'page@capulet.test' });
  const { version } = account.rosterHistory;
  get(owner, version);
  sandbox.set(owner, { jid: NURSE, name: 'Her Nurse' });
  sandbox.set(owner, { jid: NURSE, name: 'My Nurse' });
  sandbox.set(owner, { jid: 'page@capulet.test', subscription: 'remove' });
  get(sandbox.connect(account, 'market', { interested: false, available: true }), version);
}
