import { expect } from 'chai';
import { child, type Element, element, elements, NS } from '../wire/element.js';
import type { Mode } from './policy.js';
import { Sandbox } from './sandbox.support.test.js';
import type { Session } from './session.js';
import { presence } from './stanza.js';

const JULIET = 'juliet@capulet.test';

function scene(mode: Mode = 'rfc3921', deviations: readonly string[] = []) {
  const sandbox = new Sandbox(mode, deviations);
  const account = sandbox.user('romeo');
  const orchard = sandbox.connect(account, 'orchard', { interested: true, available: true });
  const garden = sandbox.connect(account, 'garden', { interested: true, available: true });
  return { sandbox, account, orchard, garden };
}

/** What the query brings about, place by place: `result`, an error condition, or a push. */
function ask(sandbox: Sandbox, session: Session, type: 'get' | 'set', ...children: readonly Element[]) {
  sandbox.sent.length = 0;
  const query = element('query', NS.privacy, {}, children);
  sandbox.from(session, element('iq', NS.client, { type, id: 'i' }, [query]));
  return sandbox.sent.map(({ at, stanza }) => {
    const error = child(stanza, 'error');
    if (error !== undefined) return `${at}: ${elements(error)[0]?.name}`;
    return `${at}: ${stanza.attrs.type}`;
  });
}

function list(name: string, ...items: readonly Element[]): Element {
  return element('list', NS.privacy, { name }, items);
}

function denying(attrs: Readonly<Record<string, string>> = {}, ...granules: readonly string[]): Element {
  const children = granules.map((granule) => element(granule, NS.privacy));
  return element('item', NS.privacy, { action: 'deny', order: '1', ...attrs }, children);
}

const active = (name?: string) => element('active', NS.privacy, { name });
const byDefault = (name?: string) => element('default', NS.privacy, { name });

describe('privacyQuery', () => {
  it('defines a list, tells every connected resource its name, and gives it back', () => {
    const { sandbox, orchard } = scene();
    expect(ask(sandbox, orchard, 'set', list('a', denying()))).to.deep.equal([
      'romeo/orchard: result',
      'romeo/orchard: set',
      'romeo/garden: set',
    ]);
    const pushed = sandbox.sent.at(-1)?.stanza;
    expect(pushed && elements(pushed)).to.deep.equal([element('query', NS.privacy, {}, [list('a')])]);
    ask(sandbox, orchard, 'get', list('a'));
    expect(sandbox.sent.flatMap(({ stanza }) => elements(stanza).flatMap(elements))).to.deep.equal([
      list('a', denying()),
    ]);
  });

  it('names the active list, the default and all lists, in that order', () => {
    const { sandbox, orchard } = scene();
    for (const name of ['a', 'b', 'c']) ask(sandbox, orchard, 'set', list(name, denying()));
    ask(sandbox, orchard, 'set', active('b'));
    ask(sandbox, orchard, 'set', byDefault('c'));
    ask(sandbox, orchard, 'get');
    expect(sandbox.sent.flatMap(({ stanza }) => elements(stanza).flatMap(elements))).to.deep.equal([
      active('b'),
      byDefault('c'),
      list('a'),
      list('b'),
      list('c'),
    ]);
  });

  it('refuses what is not there and what is malformed', () => {
    const { sandbox, orchard } = scene();
    ask(sandbox, orchard, 'set', list('a', denying()));
    const refused = (type: 'get' | 'set', ...children: readonly Element[]) =>
      ask(sandbox, orchard, type, ...children).join();
    const notFound = 'romeo/orchard: item-not-found';
    expect(refused('get', list('b'))).to.equal(notFound);
    expect(refused('set', active('b'))).to.equal(notFound);
    expect(refused('set', byDefault('b'))).to.equal(notFound);
    expect(refused('set', list('b'))).to.equal(notFound);
    expect(refused('set', list('b', denying({ type: 'group', value: 'Foes' })))).to.equal(notFound);
    const bad = 'romeo/orchard: bad-request';
    expect(refused('get', list('a'), list('a'))).to.equal(bad);
    expect(refused('get', active('a'))).to.equal(bad);
    expect(refused('set')).to.equal(bad);
    expect(refused('set', active('a'), byDefault('a'))).to.equal(bad);
    expect(refused('set', list('b', denying(), denying()))).to.equal(bad);
    expect(refused('set', element('list', NS.privacy))).to.equal(bad);
  });

  it('refuses to give up or remove a list in use by another resource, and then changes nothing', () => {
    const { sandbox, account, orchard, garden } = scene();
    for (const name of ['a', 'b']) ask(sandbox, orchard, 'set', list(name, denying()));
    expect(ask(sandbox, orchard, 'set', byDefault('a'))).to.deep.equal(['romeo/orchard: result']);
    for (const change of [byDefault('b'), byDefault(), list('a')]) {
      expect(ask(sandbox, orchard, 'set', change)).to.deep.equal(['romeo/orchard: conflict']);
    }
    expect(ask(sandbox, orchard, 'set', byDefault('a'))).to.deep.equal(['romeo/orchard: result']);
    expect(account.privacy.defaultName).to.equal('a');
    ask(sandbox, garden, 'set', active('b'));
    expect(ask(sandbox, orchard, 'set', list('b'))).to.deep.equal(['romeo/orchard: conflict']);
    expect(ask(sandbox, orchard, 'set', list('a'))).to.deep.equal(['romeo/orchard: result']);
    expect(account.privacy.defaultName).to.equal(undefined);
    expect(ask(sandbox, garden, 'set', list('b'))).to.deep.equal(['romeo/garden: result']);
    expect(garden.activeList).to.equal(undefined);
  });

  it('sends unavailable presence where a new block ends what passed', () => {
    for (const mode of ['rfc3921', 'rfc6121'] as const) {
      const { sandbox, account, orchard } = scene(mode);
      sandbox.put(account, JULIET, 'both');
      sandbox.router.route(presence({ from: `${JULIET}/balcony`, to: account.bare }));
      ask(sandbox, orchard, 'set', list('a', denying({ type: 'jid', value: JULIET })));
      expect(ask(sandbox, orchard, 'set', active('a')), mode).to.deep.equal([
        'romeo/orchard: result',
        'capulet.test: unavailable',
        'romeo/orchard: unavailable',
      ]);
    }
  });
});
