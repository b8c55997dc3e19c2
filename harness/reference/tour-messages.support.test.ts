import { element, NS } from '../wire/element.js';
import type { Sandbox } from './sandbox.support.test.js';
import { presence } from './stanza.js';

const TYPES = ['normal', 'chat', 'groupchat', 'headline', 'error', 'whisper', undefined];
const LISTED = 'listed@capulet.test';
const SUBSCRIBED = 'subscribed@capulet.test';
const GREETED = 'greeted@capulet.test';

/** Messages of every type, to every kind of address, under every condition of RFC 6121 8.5.4. */
export function visitMessages(sandbox: Sandbox): void {
  for (const priorities of [[], [-1], [undefined], [5, 1], [5, 5], [1, undefined, -1]]) {
    const account = sandbox.user(`peter-${priorities.map((priority) => priority ?? 'none').join('-')}`);
    sandbox.put(account, LISTED, 'none');
    sandbox.put(account, SUBSCRIBED, 'from');
    sandbox.connect(account, 'stable', { interested: false, available: false });
    priorities.forEach((priority, index) => {
      const session = sandbox.connect(account, `r${index}`, { interested: false, available: false });
      const stated = priority === undefined ? [] : [element('priority', NS.client, {}, [String(priority)])];
      sandbox.from(session, presence({}, stated));
      sandbox.from(session, presence({ to: GREETED }));
    });
    for (const resource of ['', '/r0', '/moon', '/stable']) say(sandbox, account.bare + resource);
    const first = account.sessions.get('r0');
    if (first !== undefined) sandbox.from(first, presence({}, [element('priority', NS.client, {}, ['-7'])]));
    say(sandbox, account.bare);
    sandbox.connect(account, 'window', { interested: false, available: true });
  }
  const away = sandbox.user('sampson-away');
  for (const resource of ['', '/moon', '']) say(sandbox, away.bare + resource);
  sandbox.connect(away, 'window', { interested: false, available: true });
  for (const type of TYPES) {
    const account = sandbox.user(`abram-${type}`);
    send(sandbox, 'stranger@capulet.test', account.bare, type);
    sandbox.connect(account, 'window', { interested: false, available: true });
  }
  for (const resource of ['', '/moon']) say(sandbox, `nobody@${away.domain}${resource}`);
}

/** A stranger sends every type; those who may know of the user send what an absent resource alone could get. */
function say(sandbox: Sandbox, to: string): void {
  for (const type of TYPES) send(sandbox, 'stranger@capulet.test', to, type);
  for (const from of [LISTED, SUBSCRIBED, GREETED]) send(sandbox, from, to, 'groupchat');
}

function send(sandbox: Sandbox, from: string, to: string, type: string | undefined): void {
  sandbox.router.route(
    element('message', NS.client, { from, to, type }, [
      element('body', NS.client, {}, ['Hist!']),
      element('thread', NS.client, { parent: 'act  1' }, [' act  2 ']),
      element('x', 'urn:example:x'),
    ]),
  );
}
