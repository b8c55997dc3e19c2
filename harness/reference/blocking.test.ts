import { expect } from 'chai';
import { type Element, element, elements, NS } from '../wire/element.js';
import { Sandbox } from './sandbox.support.test.js';
import type { Session } from './session.js';
import { presence } from './stanza.js';

const JULIET = 'juliet@capulet.test';
const MODES = ['rfc3921', 'rfc6121'] as const;

/** Romeo is seen by Juliet; orchard and garden are available. */
function scene(mode: (typeof MODES)[number]) {
  const sandbox = new Sandbox(mode);
  const account = sandbox.user('romeo');
  sandbox.put(account, JULIET, 'from');
  const orchard = sandbox.connect(account, 'orchard', { interested: true, available: true });
  const garden = sandbox.connect(account, 'garden', { interested: true, available: true });
  return { sandbox, account, orchard, garden };
}

function command(name: string, jids: readonly string[] = []): Element {
  const items = jids.map((jid) => element('item', NS.blocking, { jid }));
  return element(name, NS.blocking, {}, items);
}

/** What leaves when the resource sends the command: place, name, type and, in IQs, what is inside. */
function ask(sandbox: Sandbox, session: Session, payload: Element, type = 'set'): string[] {
  sandbox.sent.length = 0;
  sandbox.from(session, element('iq', NS.client, { type, id: 'i' }, [payload]));
  return sandbox.sent.map(({ at, stanza }) => {
    const [inside] = stanza.name === 'iq' ? elements(stanza) : [];
    const jids = inside === undefined ? [] : elements(inside).map(({ attrs }) => attrs.jid ?? '');
    const content = inside === undefined ? '' : ` ${[inside.name, ...jids].join(' ')}`;
    return `${at} ${stanza.name} ${stanza.attrs.type ?? 'available'}${content}`;
  });
}

describe('the blocking command', () => {
  it('blocks and unblocks, tells who has requested the list, and subscribers', () => {
    for (const mode of MODES) {
      const { sandbox, orchard, garden } = scene(mode);
      expect(ask(sandbox, garden, command('blocklist'), 'get')).to.deep.equal([
        'romeo/garden iq result blocklist',
      ]);
      expect(ask(sandbox, orchard, command('block', [JULIET, 'verona.test']))).to.deep.equal([
        'romeo/orchard iq result',
        `romeo/garden iq set block ${JULIET} verona.test`,
        'capulet.test presence unavailable',
        'capulet.test presence unavailable',
      ]);
      expect(ask(sandbox, garden, command('blocklist'), 'get')).to.deep.equal([
        `romeo/garden iq result blocklist ${JULIET} verona.test`,
      ]);
      expect(ask(sandbox, orchard, command('block', [JULIET]))).to.have.length(2);
      expect(ask(sandbox, orchard, command('unblock', ['verona.test']))).to.have.length(2);
      expect(ask(sandbox, orchard, command('unblock'))).to.deep.equal([
        'romeo/orchard iq result',
        'romeo/garden iq set unblock',
        'capulet.test presence available',
        'capulet.test presence available',
      ]);
      expect(ask(sandbox, garden, command('blocklist'), 'get')).to.deep.equal([
        'romeo/garden iq result blocklist',
      ]);
    }
  });

  it('is refused without items, with what is no address, or under another name', () => {
    const { sandbox, account, orchard } = scene('rfc6121');
    const conditions = [
      command('block'),
      command('block', ['@capulet.test']),
      command('banish', [JULIET]),
      element('block', NS.blocking, {}, [element('contact', NS.blocking, { jid: JULIET })]),
    ].map((payload) => {
      ask(sandbox, orchard, payload);
      const error = sandbox.sent
        .flatMap(({ stanza }) => elements(stanza))
        .find(({ name }) => name === 'error');
      return error === undefined ? '' : elements(error)[0]?.name;
    });
    expect(conditions).to.deep.equal(['bad-request', 'jid-malformed', 'bad-request', 'bad-request']);
    expect(account.privacy.lists.size).to.equal(0);
  });

  it('adds to the default privacy list, and takes away what it made', () => {
    const { sandbox, account, orchard } = scene('rfc6121');
    account.privacy.lists.set('blocklist', []);
    ask(sandbox, orchard, command('block', [JULIET]));
    expect(account.privacy.defaultName).to.equal('blocklist-');
    orchard.activeList = 'blocklist-';
    ask(sandbox, orchard, command('unblock'));
    expect([account.privacy.defaultName, orchard.activeList]).to.deep.equal([undefined, undefined]);
    account.privacy.lists.set('mine', [
      { subject: { type: 'everyone' }, action: 'allow', order: 3, granules: [] },
    ]);
    account.privacy.defaultName = 'mine';
    ask(sandbox, orchard, command('block', [JULIET]));
    expect(account.privacy.lists.get('mine')?.map(({ subject }) => subject.type)).to.deep.equal([
      'jid',
      'everyone',
    ]);
    ask(sandbox, orchard, command('unblock'));
    expect(account.privacy.lists.get('mine')).to.have.length(1);
  });

  it('sends presence to a blocked resource of a subscriber, and to subscribers at a blocked domain', () => {
    for (const [jid, to] of [
      [`${JULIET}/balcony`, `${JULIET}/balcony`],
      ['capulet.test', JULIET],
    ] as const) {
      const { sandbox, orchard } = scene('rfc6121');
      ask(sandbox, orchard, command('block', [jid]));
      const told = sandbox.sent.filter(({ stanza }) => stanza.name === 'presence');
      expect(told.map(({ stanza }) => stanza.attrs.to)).to.deep.equal([to, to]);
    }
  });

  it('has messages refused both ways, in either mode, and says to the user why', () => {
    for (const mode of MODES) {
      const { sandbox, orchard, account } = scene(mode);
      ask(sandbox, orchard, command('block', [JULIET]));
      const exchanged = (act: () => void) => {
        sandbox.sent.length = 0;
        act();
        return sandbox.sent.flatMap(({ at, stanza }) => {
          const error = elements(stanza).find(({ name }) => name === 'error');
          return [at, ...(error === undefined ? [] : elements(error).map(({ name }) => name))];
        });
      };
      const message = (from: string | undefined, to: string) =>
        element('message', NS.client, { from, to, type: 'chat' });
      expect(exchanged(() => sandbox.router.route(message(JULIET, account.bare)))).to.deep.equal([
        'capulet.test',
        'service-unavailable',
      ]);
      expect(exchanged(() => sandbox.from(orchard, message(undefined, JULIET)))).to.deep.equal([
        'romeo/orchard',
        'not-acceptable',
        'blocked',
      ]);
      expect(exchanged(() => sandbox.from(orchard, presence({ type: 'unavailable' })))).to.not.include(
        'capulet.test',
      );
    }
  });
});
