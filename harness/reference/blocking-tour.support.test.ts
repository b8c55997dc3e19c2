import { element, NS } from '../wire/element.js';
import type { Sandbox } from './sandbox.support.test.js';
import { presence } from './stanza.js';

const PARIS = 'paris@capulet.test';

/** Commands of every kind, what passes while an address is blocked, and the end of the block. */
export function visitBlocking(sandbox: Sandbox): void {
  for (const jid of [PARIS, `${PARIS}/hall`, 'capulet.test', '@capulet.test']) {
    const account = sandbox.user(`capulet-${jid.length}`);
    sandbox.put(account, PARIS, 'both');
    const orchard = sandbox.connect(account, 'orchard', { interested: true, available: true });
    sandbox.connect(account, 'cellar', { interested: true, available: true });
    const ask = (name: string, type: string, ...jids: readonly string[]) => {
      const items = jids.map((item) => element('item', NS.blocking, { jid: item }));
      const payload = element(name, NS.blocking, {}, items);
      sandbox.from(orchard, element('iq', NS.client, { type, id: 'i' }, [payload]));
    };
    ask('block', 'set');
    ask('blocklist', 'get');
    ask('block', 'set', jid, 'verona.test');
    for (const type of [undefined, 'unavailable', 'probe', 'subscribe'])
      sandbox.inbound(account, type, PARIS);
    for (const from of [PARIS, `${PARIS}/hall`]) {
      const body = element('body', NS.client, {}, ['Hist!']);
      const attrs = { from, to: account.bare, type: 'chat' };
      sandbox.router.route(element('message', NS.client, attrs, [body]));
    }
    sandbox.from(orchard, element('message', NS.client, { to: PARIS, type: 'chat' }));
    sandbox.from(orchard, presence({ to: `${PARIS}/hall` }));
    ask('unblock', 'set', 'verona.test');
    ask('unblock', 'set', 'verona.test');
    ask('unblock', 'set');
    ask('block', 'set', account.bare);
    ask('blocklist', 'get');
  }
}
