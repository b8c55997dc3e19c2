import { expect } from 'chai';
import fc from 'fast-check';
import { HOSTILE_TEXTS } from './testing/hostile.js';
import { prettyXml } from './xml.js';

describe('prettyXml', () => {
  it('puts children on their own lines and text beside its tags', () => {
    const xml = `<iq id="1" xmlns='jabber:client'><query xmlns='q'> <item jid='a>b'/><body>x &lt; y</body></query></iq>`;
    expect(prettyXml(xml)).to.equal(
      [
        "<iq xmlns='jabber:client' id='1'>",
        "  <query xmlns='q'>",
        "    <item jid='a>b'/>",
        '    <body>x &lt; y</body>',
        '  </query>',
        '</iq>',
      ].join('\n'),
    );
  });

  it('keeps mixed content as it is', () => {
    expect(prettyXml('<p>a <b>c</b>\n<![CDATA[<]]></p>')).to.equal('<p>a <b>c</b>&#10;<![CDATA[<]]></p>');
  });

  for (const text of [
    'no XML',
    '<a',
    '<a></b>',
    '</a>',
    "<stream:stream to='x'>",
    '<a>'.repeat(300),
    'x <a/>',
  ]) {
    it(`leaves ${text.slice(0, 20)} alone`, () => {
      expect(prettyXml(text)).to.equal(text);
    });
  }

  it('takes anything', () => {
    for (const text of HOSTILE_TEXTS) expect(prettyXml(text)).to.be.a('string');
    const pieces = fc.array(
      fc.constantFrom('<', '>', '/', 'a', "'", '"', '=', ' ', '<a>', '</a>', '<!--', '-->'),
    );
    fc.assert(fc.property(pieces, (parts) => typeof prettyXml(parts.join('')) === 'string'));
  });

  it('takes time in proportion to the text', () => {
    const started = performance.now();
    for (const unit of ['<a ', '<!--', "<a b='c' ", '<a b', ' ', '<'])
      prettyXml(`<a${' '.repeat(9)}${unit.repeat(20_000)}`);
    expect(performance.now() - started).to.be.below(2000);
  });
});
