import { expect } from 'chai';
import { type Element, element, NS } from '../wire/element.js';
import { parseRosterSet } from './roster.js';

const FITS = (label: string) => label.length <= 1023;

function query(...items: Element[]): Element {
  return element('query', NS.roster, {}, items);
}

function item(attrs: Readonly<Record<string, string>>, ...groups: string[]): Element {
  return element(
    'item',
    NS.roster,
    attrs,
    groups.map((group) => element('group', NS.roster, {}, group === '' ? [] : [group])),
  );
}

describe('parseRosterSet', () => {
  it('reads what is set, and ignores what only the server may say', () => {
    const set = item(
      { jid: 'Juliet@Capulet.test', name: 'Juliet', subscription: 'both', ask: 'subscribe' },
      'A',
    );
    expect(parseRosterSet(query(set), FITS)).to.deep.equal({
      jid: 'juliet@capulet.test',
      remove: false,
      name: 'Juliet',
      groups: ['A'],
    });
    expect(parseRosterSet(query(item({ jid: 'a@b', subscription: 'remove' })), FITS)).to.include({
      remove: true,
    });
    expect(parseRosterSet(query(item({ jid: 'a@b', name: '' })), FITS)).to.include({ name: undefined });
  });

  it('refuses what RFC 6121 2.3.3 lists, by its condition', () => {
    const refused = (...items: Element[]) => {
      const result = parseRosterSet(query(...items), FITS);
      return 'condition' in result ? result.condition : 'accepted';
    };
    expect(refused()).to.equal('bad-request');
    expect(refused(item({ jid: 'a@b' }), item({ jid: 'c@d' }))).to.equal('bad-request');
    expect(refused(item({}))).to.equal('bad-request');
    expect(refused(item({ jid: 'a@b' }, 'Same', 'Same'))).to.equal('bad-request');
    expect(refused(item({ jid: 'a@b' }, ''))).to.equal('not-acceptable');
    expect(refused(item({ jid: 'a@b' }, 'x'.repeat(1024)))).to.equal('not-acceptable');
    expect(refused(item({ jid: 'a@b', name: 'x'.repeat(1024) }))).to.equal('not-acceptable');
    expect(refused(item({ jid: '@b' }))).to.equal('jid-malformed');
  });
});
