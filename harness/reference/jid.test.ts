import { expect } from 'chai';
import { bareText, fullJid, parseJid } from './jid.js';

describe('parseJid', () => {
  it('folds case in local part and domain, and leaves the resource alone', () => {
    const jid = parseJid('Romeo@Montague.TEST/Orchard/East@noon');
    expect(jid).to.deep.equal({ local: 'romeo', domain: 'montague.test', resource: 'Orchard/East@noon' });
    expect(jid && fullJid(jid)).to.equal('romeo@montague.test/Orchard/East@noon');
    expect(bareText('montague.test/x')).to.equal('montague.test');
  });

  it('knows what is no address', () => {
    const wrong = ['', '@b', 'a@', 'a@b/', 'a b@c', 'a@b c', 'a@b@c', `${'x'.repeat(1024)}@b`, 'a"@b'];
    expect(wrong.filter((text) => parseJid(text) !== undefined)).to.deep.equal([]);
  });
});
