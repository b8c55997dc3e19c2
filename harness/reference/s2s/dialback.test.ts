import { expect } from 'chai';
import { element, NS } from '../../wire/element.js';
import { declaredDialback, dialbackKey, dialbackText, domainsOf } from './dialback.js';

describe('dialback elements', () => {
  it('have the key that XEP-0220 gives as its example', () => {
    const parts = { from: 'capulet.example', to: 'montague.example', id: 'D60000229F' };
    expect(dialbackKey('s3cr3tf0rd14lb4ck', parts)).to.equal(
      'b4835385f37fe2895af6c196b59097b16862406db80559900d96bf6fa7d23df3',
    );
  });

  it('have another key for each stream, pair and secret', () => {
    const parts = { from: 'a.test', to: 'b.test', id: '1' };
    const others = [
      { ...parts, id: '2' },
      { ...parts, from: 'c.test' },
      { ...parts, to: 'c.test' },
    ];
    const keys = [parts, ...others].map((each) => dialbackKey('s', each));
    expect(new Set([...keys, dialbackKey('t', parts)]).size).to.equal(5);
  });

  it('are written with the prefix that is declared, and nothing slips out of their attributes', () => {
    expect(dialbackText('result', { from: 'a.test', to: 'b.test' }, 'k&y')).to.equal(
      "<db:result from='a.test' to='b.test'>k&amp;y</db:result>",
    );
    expect(dialbackText('verify', { id: "1'/>", type: 'error' }, '', 'item-not-found')).to.equal(
      `<db:verify id='1&apos;/&gt;' type='error'><error type='cancel'><item-not-found xmlns='${NS.stanzaErrors}'/></error></db:verify>`,
    );
  });

  it('name domains and nothing else', () => {
    const domains = (from?: string, to?: string) => domainsOf(element('result', NS.dialback, { from, to }));
    expect(domains('A.test', 'b.test')).to.deep.equal({ from: 'a.test', to: 'b.test' });
    for (const wrong of [undefined, '', 'x@a.test', 'a.test/r', 'a b.test', '@']) {
      expect(domains(wrong, 'b.test'), String(wrong)).to.equal(undefined);
      expect(domains('a.test', wrong), String(wrong)).to.equal(undefined);
    }
  });

  it('are announced in the header', () => {
    expect(declaredDialback(`<stream:stream xmlns:db="jabber:server:dialback" id='1'>`)).to.equal(
      NS.dialback,
    );
    expect(declaredDialback(`<stream:stream xmlns:db='other'>`)).to.equal('other');
    expect(declaredDialback('<stream:stream>')).to.equal(undefined);
  });
});
