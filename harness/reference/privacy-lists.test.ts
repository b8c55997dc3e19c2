import { expect } from 'chai';
import { type Element, element, NS } from '../wire/element.js';
import { BAD_REQUEST, listElement, NOT_FOUND, PrivacyLists, parseRules } from './privacy-lists.js';

type Attributes = Readonly<Record<string, string>>;

function list(...items: readonly Element[]): Element {
  return element('list', NS.privacy, { name: 'a' }, items);
}

function itemOf(attrs: Attributes, ...granules: readonly string[]): Element {
  const children = granules.map((name) => element(name, NS.privacy));
  return element('item', NS.privacy, { action: 'deny', order: '1', ...attrs }, children);
}

const parse = (parsed: Element) => parseRules(parsed, new Set(['Foes']));

describe('parseRules', () => {
  it('reads every form of an item, and the list is written back in ascending order', () => {
    const rules = parse(
      list(
        itemOf({ order: '9', action: 'allow' }),
        itemOf({ order: '3', type: 'jid', value: 'Tybalt@Capulet.test/hall' }, 'message', 'iq'),
        itemOf({ order: '0', type: 'group', value: 'Foes' }, 'presence-in'),
        itemOf({ order: '4294967295', type: 'subscription', value: 'none' }, 'presence-out'),
      ),
    );
    if ('condition' in rules) throw new Error(rules.condition);
    expect(listElement('a', rules)).to.deep.equal(
      list(
        itemOf({ order: '0', type: 'group', value: 'Foes' }, 'presence-in'),
        itemOf({ order: '3', type: 'jid', value: 'tybalt@capulet.test/hall' }, 'message', 'iq'),
        itemOf({ order: '9', action: 'allow' }),
        itemOf({ order: '4294967295', type: 'subscription', value: 'none' }, 'presence-out'),
      ),
    );
  });

  it('refuses what RFC 3921 10.1 does not allow', () => {
    for (const wrong of [
      list(itemOf({ action: 'maybe' })),
      list(itemOf({ order: '-1' })),
      list(itemOf({ order: '1.5' })),
      list(itemOf({ order: '' })),
      list(itemOf({ order: '4294967296' })),
      list(itemOf({ order: '1' }), itemOf({ order: '01' })),
      list(itemOf({ type: 'jid', value: '@capulet.test' })),
      list(itemOf({ type: 'jid' })),
      list(itemOf({ type: 'subscription', value: 'remove' })),
      list(itemOf({ type: 'moon', value: 'full' })),
      list(itemOf({}, 'presence')),
      list(element('rule', NS.privacy)),
      list(element('item', NS.roster)),
    ]) {
      expect(parse(wrong)).to.equal(BAD_REQUEST);
    }
  });

  it('finds no group that the roster does not have', () => {
    expect(parse(list(itemOf({ type: 'group', value: 'Friends' })))).to.equal(NOT_FOUND);
  });
});

describe('PrivacyLists', () => {
  it('puts the active list in force, or else the default, and never both', () => {
    const lists = new PrivacyLists();
    const [one, two] = [parse(list(itemOf({ order: '1' }))), parse(list(itemOf({ order: '2' })))];
    if ('condition' in one || 'condition' in two) throw new Error('The lists are sound.');
    lists.lists.set('one', one).set('two', two);
    expect(lists.inForce(undefined)).to.deep.equal([]);
    lists.defaultName = 'one';
    expect(lists.inForce(undefined)).to.equal(one);
    expect(lists.inForce('two')).to.equal(two);
  });
});
