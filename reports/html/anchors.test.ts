import { expect } from 'chai';
import { HOSTILE_TEXTS } from '../testing/hostile.js';
import { Anchors, anchorOf } from './anchors.js';

describe('anchors', () => {
  it('are readable and the same in every report', () => {
    expect(anchorOf('clause', 'rfc6121:2.3.2/push')).to.equal('clause:rfc6121:2.3.2/push');
    expect(anchorOf('case', 'roster/set', 'a name, twice')).to.equal('case:roster/set:a_name~2C~_twice');
  });

  it('tell names apart that differ in what is unsafe', () => {
    const names = ['a b', 'a_b', 'a  b', 'a~b', 'a~7E~b', 'a%20b', 'ä', '😀', ...HOSTILE_TEXTS];
    expect(new Set(names.map((name) => anchorOf('case', name))).size).to.equal(names.length);
  });

  it('need no escaping in a URL and stay short', () => {
    for (const text of HOSTILE_TEXTS) {
      const id = anchorOf('case', text, text);
      expect(id).to.match(/^[A-Za-z0-9./:_~-]+$/);
      expect(id.length).to.be.below(400);
    }
  });

  it('are numbered where names are not unique', () => {
    const anchors = new Anchors();
    expect([1, 2, 3].map(() => anchors.claim('case', 'a', 'b'))).to.deep.equal([
      'case:a:b',
      'case:a:b~~2',
      'case:a:b~~3',
    ]);
  });
});
