import { expect } from 'chai';
import { bareText, fullJid, parseJid } from './jid.js';

describe('parseJid', () => {
  it('folds case in local part and domain, and leaves the resource alone', () => {
    const jid = parseJid('Romeo@Montague.TEST/Orchard/East@noon');
    expect(jid).to.deep.equal({ local: 'romeo', domain: 'montague.test', resource: 'Orchard/East@noon' });
    expect(jid && fullJid(jid)).to.equal('romeo@montague.test/Orchard/East@noon');
    expect(bareText('montague.test/x')).to.equal('montague.test');
  });

  it('takes for one address what stringprep prepares alike', () => {
    for (const [one, other] of [
      ['STRASSE@b', 'stra\u00dfe@b'],
      ['\uff52omeo@b', 'romeo@b'],
      ['rene\u0301@b', 'REN\u00c9@b'],
      ['\u03a3\u0391\u03a3@b', '\u03c3\u03b1\u03c2@b'],
    ] as const) {
      expect(bareText(one), one).to.equal(bareText(other));
    }
  });

  it('knows what is no address', () => {
    const wrong = [
      '',
      '@b',
      'a@',
      'a@b/',
      'a b@c',
      'a@b c',
      'a@b@c',
      `${'x'.repeat(1024)}@b`,
      'a"@b',
      'a\u05d0@b',
      '\u05d01@b',
    ];
    expect(wrong.filter((text) => parseJid(text) !== undefined)).to.deep.equal([]);
  });
});
