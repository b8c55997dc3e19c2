import { expect } from 'chai';
import { element, NS } from '../../wire/element.js';
import { inboundFate, VerifiedPairs } from './fate.js';

describe('a stanza of another server', () => {
  const message = (from?: string, to?: string) => element('message', NS.client, { from, to });
  const verified = new VerifiedPairs();
  verified.add({ from: 'capulet.test', to: 'montague.test' });
  verified.add({ from: 'verona.test', to: 'rooms.montague.test' });

  for (const mode of ['rfc3921', 'rfc6121'] as const) {
    it(`is taken between domains of a verified pair only (${mode})`, () => {
      const fate = (from?: string, to?: string) => inboundFate(mode, message(from, to), verified);
      expect(fate('juliet@capulet.test/balcony', 'romeo@montague.test')).to.equal('taken');
      expect(fate('capulet.test', 'montague.test')).to.equal('taken');
      expect(fate('juliet@CAPULET.test', 'romeo@montague.test')).to.equal('taken');
      expect(fate('juliet@mantua.test', 'romeo@montague.test')).to.equal('invalid-from');
      expect(fate('juliet@balcony.capulet.test', 'romeo@montague.test')).to.equal('invalid-from');
      expect(fate('juliet@capulet.test', 'who@mantua.test')).to.equal('host-unknown');
      expect(fate('juliet@capulet.test', 'all@rooms.montague.test')).to.equal('host-unknown');
      for (const wrong of [undefined, '', '@capulet.test', 'capulet.test/']) {
        expect(fate(wrong, 'romeo@montague.test'), String(wrong)).to.equal('improper-addressing');
        expect(fate('juliet@capulet.test', wrong), String(wrong)).to.equal('improper-addressing');
      }
    });
  }

  it('is ignored ahead of verification, or ends the stream', () => {
    const early = message('juliet@capulet.test', 'romeo@montague.test');
    expect(inboundFate('rfc3921', early, new VerifiedPairs())).to.equal('ignored');
    expect(inboundFate('rfc6121', early, new VerifiedPairs())).to.equal('not-authorized');
  });
});
