import { type Element, element, NS } from '../wire/element.js';
import type { Sandbox } from './sandbox.support.test.js';
import type { Session } from './session.js';
import { presence } from './stanza.js';

const PARIS = 'paris@capulet.test';

/** Every kind of stanza against an active list and a default list, while someone is there and while nobody is. */
export function visitPrivacy(sandbox: Sandbox): void {
  for (const choice of ['active', 'default']) {
    for (const granules of [['presence-in'], ['presence-out'], []]) {
      const account = sandbox.user(`capulet-${choice}-${granules.join()}`);
      sandbox.put(account, PARIS, 'both');
      const orchard = sandbox.connect(account, 'orchard', { interested: true, available: true });
      sandbox.inbound(account, undefined, PARIS);
      ask(sandbox, orchard, denying(granules));
      ask(sandbox, orchard, element(choice, NS.privacy, { name: 'unseen' }));
      meet(sandbox, orchard);
      sandbox.put(account, PARIS, 'none', false);
      sandbox.inbound(account, 'subscribe', PARIS);
      const garden = sandbox.connect(account, 'garden', { interested: true, available: true });
      sandbox.put(account, PARIS, 'both');
      sandbox.inbound(account, 'probe', PARIS);
      for (const session of [garden, orchard]) sandbox.from(session, presence({ type: 'unavailable' }));
      meet(sandbox, orchard);
      sandbox.from(orchard, presence({}));
      sandbox.connect(account, 'cellar', { interested: true, available: true });
    }
  }
}

function denying(granules: readonly string[]): Element {
  const children = granules.map((granule) => element(granule, NS.privacy));
  const item = element(
    'item',
    NS.privacy,
    { type: 'jid', value: PARIS, action: 'deny', order: '1' },
    children,
  );
  return element('list', NS.privacy, { name: 'unseen' }, [item]);
}

function ask(sandbox: Sandbox, session: Session, child: Element): void {
  const query = element('query', NS.privacy, {}, [child]);
  sandbox.from(session, element('iq', NS.client, { type: 'set', id: 'i' }, [query]));
}

/** What comes from the other, and what the user sends there. */
function meet(sandbox: Sandbox, session: Session): void {
  const { account } = session;
  for (const type of [undefined, 'unavailable', 'probe']) sandbox.inbound(account, type, PARIS);
  const body = element('body', NS.client, {}, ['Hist!']);
  const query = element('query', 'urn:example:q');
  for (const to of [account.bare, session.jid]) {
    const attrs = { from: `${PARIS}/hall`, to };
    sandbox.router.route(element('message', NS.client, { ...attrs, type: 'chat' }, [body]));
    sandbox.router.route(element('iq', NS.client, { ...attrs, type: 'get', id: 'i' }, [query]));
  }
  sandbox.from(session, element('message', NS.client, { to: PARIS, type: 'chat' }, [body]));
}
