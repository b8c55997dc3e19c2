import { expect } from 'chai';
import { element, elements, NS } from '../wire/element.js';
import type { Mode } from './policy.js';
import { parseRules } from './privacy-lists.js';
import { Sandbox } from './sandbox.support.test.js';
import { presence } from './stanza.js';

const JULIET = 'juliet@capulet.test';
const NURSE = 'nurse@capulet.test';

/** Romeo sees and is seen by both; a list by the name of `a` denies Juliet. */
function scene(mode: Mode, granules: readonly string[], available = true) {
  const sandbox = new Sandbox(mode);
  const account = sandbox.user('romeo');
  for (const contact of [JULIET, NURSE]) sandbox.put(account, contact, 'both');
  const item = element(
    'item',
    NS.privacy,
    { type: 'jid', value: JULIET, action: 'deny', order: '1' },
    granules.map((granule) => element(granule, NS.privacy)),
  );
  const rules = parseRules(element('list', NS.privacy, { name: 'a' }, [item]), new Set());
  if ('condition' in rules) throw new Error(rules.condition);
  account.privacy.lists.set('a', rules);
  const orchard = sandbox.connect(account, 'orchard', { interested: true, available });
  return { sandbox, account, orchard };
}

/** What leaves when the stanza comes in or goes out: place, name and type. */
function traffic(sandbox: Sandbox, act: () => void): string[] {
  sandbox.sent.length = 0;
  act();
  return sandbox.sent.map(({ at, stanza }) => `${at} ${stanza.name} ${stanza.attrs.type ?? 'available'}`);
}

describe('privacy lists in force', () => {
  it('keep probes and presence from whom they block, at log-in', () => {
    for (const mode of ['rfc3921', 'rfc6121'] as const) {
      for (const [granule, kept] of [
        ['presence-in', ['broadcast']],
        ['presence-out', ['probe']],
        ['message', ['broadcast', 'probe']],
      ] as const) {
        const { sandbox, account, orchard } = scene(mode, [granule], false);
        account.privacy.defaultName = 'a';
        sandbox.sent.length = 0;
        sandbox.from(orchard, presence({}));
        const sentTo = (contact: string) =>
          sandbox.sent
            .filter(({ stanza }) => stanza.attrs.to === contact)
            .map(({ stanza }) => (stanza.attrs.type === 'probe' ? 'probe' : 'broadcast'))
            .sort();
        expect(sentTo(JULIET), `${mode} ${granule}`).to.deep.equal(kept);
        expect(sentTo(NURSE)).to.deep.equal(['broadcast', 'probe']);
      }
    }
  });

  it('answer no probe of someone who is blocked, whether anyone is available or not', () => {
    for (const mode of ['rfc3921', 'rfc6121'] as const) {
      const { sandbox, account, orchard } = scene(mode, ['presence-out']);
      account.privacy.defaultName = 'a';
      const probe = (from: string) =>
        traffic(sandbox, () =>
          sandbox.router.route(presence({ from: `${from}/balcony`, to: account.bare, type: 'probe' })),
        );
      expect(probe(JULIET)).to.deep.equal([]);
      expect(probe(NURSE)).to.deep.equal(['capulet.test presence available']);
      sandbox.from(orchard, presence({ type: 'unavailable' }));
      expect(probe(JULIET)).to.deep.equal([]);
      if (mode === 'rfc6121') expect(probe(NURSE)).to.deep.equal(['capulet.test presence unavailable']);
    }
  });

  it('concern the resource for which they are active, and no other', () => {
    const { sandbox, account, orchard } = scene('rfc3921', []);
    sandbox.connect(account, 'garden', { interested: true, available: true });
    orchard.activeList = 'a';
    const comes = (name: string, type?: string, to = account.bare) => {
      const payload = name === 'iq' ? [element('query', 'urn:example:q')] : [];
      const stanza = element(name, NS.client, { from: `${JULIET}/balcony`, to, type, id: 'i' }, payload);
      return traffic(sandbox, () => sandbox.router.route(stanza));
    };
    expect(comes('presence')).to.deep.equal(['romeo/garden presence available']);
    expect(comes('message', 'chat')).to.deep.equal(['romeo/garden message chat']);
    expect(comes('message', 'chat', orchard.jid)).to.deep.equal([]);
    expect(comes('iq', 'get', orchard.jid)).to.deep.equal(['capulet.test iq error']);
    expect(comes('iq', 'result', orchard.jid)).to.deep.equal([]);
    expect(comes('presence', 'probe')).to.deep.equal(['capulet.test presence available']);
    orchard.activeList = undefined;
    expect(comes('message', 'chat', orchard.jid)).to.deep.equal(['romeo/orchard message chat']);
  });

  it('tell the sender of a blocked message nothing under RFC 3921, an error under XEP-0016', () => {
    const answered = (mode: Mode) => {
      const { sandbox, account } = scene(mode, ['message']);
      account.privacy.defaultName = 'a';
      const message = element('message', NS.client, { from: JULIET, to: account.bare, type: 'chat' });
      const sent = traffic(sandbox, () => sandbox.router.route(message));
      return [...sent, ...account.offline.map(() => 'stored')];
    };
    expect(answered('rfc3921')).to.deep.equal([]);
    expect(answered('rfc6121')).to.deep.equal(['capulet.test message error']);
  });

  it('stop all that the user sends, without granules, and tell the user so', () => {
    const { sandbox, orchard } = scene('rfc3921', []);
    orchard.activeList = 'a';
    const goes = (name: string, type?: string) => {
      const payload = name === 'iq' ? [element('query', 'urn:example:q')] : [];
      const stanza = element(name, NS.client, { to: JULIET, type, id: 'i' }, payload);
      return traffic(sandbox, () => sandbox.from(orchard, stanza));
    };
    for (const [name, type] of [
      ['message', 'chat'],
      ['iq', 'get'],
      ['presence'],
      ['presence', 'subscribed'],
    ]) {
      expect(goes(name ?? '', type)).to.deep.equal([`romeo/orchard ${name} error`]);
      const [error] = sandbox.sent.flatMap(({ stanza }) => elements(stanza)).flatMap(elements);
      expect(error?.name).to.equal('not-acceptable');
    }
  });

  it('never come between the user and the own resources or server', () => {
    const { sandbox, account, orchard } = scene('rfc3921', []);
    const list = element('list', NS.privacy, { name: 'b' }, [
      element('item', NS.privacy, { action: 'deny', order: '1' }),
    ]);
    const rules = parseRules(list, new Set());
    if ('condition' in rules) throw new Error(rules.condition);
    account.privacy.lists.set('b', rules);
    account.privacy.defaultName = 'b';
    sandbox.connect(account, 'garden', { interested: true, available: true });
    const ping = (to: string) =>
      element('iq', NS.client, { to, type: 'get', id: 'i' }, [element('ping', 'urn:xmpp:ping')]);
    const hello = element('message', NS.client, { to: `${account.bare}/garden`, type: 'chat' });
    expect(traffic(sandbox, () => sandbox.from(orchard, hello))).to.deep.equal(['romeo/garden message chat']);
    for (const to of [account.bare, account.domain]) {
      expect(traffic(sandbox, () => sandbox.from(orchard, ping(to)))).to.deep.equal([
        'romeo/orchard iq result',
      ]);
    }
    expect(traffic(sandbox, () => sandbox.set(orchard, { jid: NURSE, name: 'Nurse' }))).to.deep.equal([
      'romeo/orchard iq set',
      'romeo/garden iq set',
      'romeo/orchard iq result',
    ]);
    expect(traffic(sandbox, () => sandbox.from(orchard, presence({})))).to.include(
      'romeo/garden presence available',
    );
  });
});
