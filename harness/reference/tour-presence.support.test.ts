import { element, NS } from '../wire/element.js';
import type { Sandbox } from './sandbox.support.test.js';
import { errorReply, presence } from './stanza.js';

const JULIET = 'juliet@capulet.test';
const NURSE = 'nurse@capulet.test';
const PAGE = 'page@capulet.test';
const STRANGER = 'stranger@capulet.test';
const text = (name: string, content: string) => element(name, NS.client, {}, [content]);
const CONTENT = [
  text('show', 'away'),
  text('status', 'Away'),
  text('status', 'Away as well'),
  text('priority', '5'),
  element('x', 'urn:example:x'),
];

/** Presence of the user: broadcast, sent directly, ended, refused. */
export function visitPresenceOfUser(sandbox: Sandbox): void {
  const account = sandbox.user('balthasar');
  sandbox.put(account, JULIET, 'both');
  sandbox.put(account, NURSE, 'from');
  sandbox.put(account, PAGE, 'none-pending-out');
  const first = sandbox.connect(account, 'tomb', { interested: true, available: true });
  const second = sandbox.connect(account, 'road', { interested: true, available: true });
  sandbox.from(second, presence({}, [text('priority', '-1')]));

  sandbox.from(first, presence({ id: 'p1' }, CONTENT));
  sandbox.from(first, presence({ type: 'invisible' }));
  sandbox.from(first, presence({}, [text('priority', '1000')]));
  for (const to of [NURSE, `${STRANGER}/moon`, STRANGER]) {
    sandbox.from(first, presence({ to }, CONTENT));
    sandbox.from(first, presence({}, CONTENT));
    sandbox.from(first, presence({ to, type: 'unavailable' }));
    sandbox.from(first, presence({}, CONTENT));
    sandbox.router.route(presence({ from: to, to: first.jid, type: 'probe' }));
  }
  sandbox.from(first, presence({ to: PAGE }));
  sandbox.from(first, presence({ to: 'departed@capulet.test' }));
  sandbox.router.route(presence({ from: 'departed@capulet.test', to: first.jid, type: 'unavailable' }));
  sandbox.from(first, presence({ type: 'unavailable' }, CONTENT));
  sandbox.from(first, presence({ to: STRANGER }, CONTENT));
  sandbox.from(first, presence({}, CONTENT));
  sandbox.from(second, presence({ to: STRANGER }));
  sandbox.router.disconnect(second);
  sandbox.from(first, presence({ to: NURSE }));
  sandbox.subscription(first, 'out', 'unsubscribed', NURSE);

  sandbox.router.route(
    errorReply(presence({ from: first.jid, to: JULIET }), 'cancel', 'service-unavailable'),
  );
  sandbox.from(first, presence({}, CONTENT));
  for (const from of [JULIET, STRANGER]) sandbox.inbound(account, undefined, from);
  sandbox.from(first, presence({}, CONTENT));
  sandbox.router.route(
    errorReply(presence({ from: first.jid, to: JULIET }), 'cancel', 'service-unavailable'),
  );
  sandbox.router.disconnect(first);

  const unseen = sandbox.connect(account, 'vault', { interested: true, available: false });
  sandbox.from(unseen, presence({ to: STRANGER }));
  sandbox.router.disconnect(unseen);
}
