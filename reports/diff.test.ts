import { expect } from 'chai';
import { diffStanzas } from './diff.js';

describe('diffStanzas', () => {
  const marks = (expected: string, received: string) =>
    diffStanzas(expected, received)?.map(({ side, text }) => `${side}: ${text}`);

  it('lets placeholders, absent attributes and unlisted attributes fit', () => {
    expect(
      marks(
        "<presence to='{romeo}/orchard' type='{absent}' xmlns='jabber:client'/>",
        "<presence id='1' to='romeo@example.net/orchard'/>",
      ),
    ).to.deep.equal(["both: <presence id='1' to='romeo@example.net/orchard'/>"]);
  });

  it('shows lines that differ on both sides', () => {
    expect(marks("<iq><q><a b='1'/></q></iq>", "<iq><q><a b='2'/><c/></q></iq>")).to.deep.equal([
      'both: <iq>',
      'both:   <q>',
      "expected:     <a b='1'/>",
      "received:     <a b='2'/>",
      'received:     <c/>',
      'both:   </q>',
      'both: </iq>',
    ]);
  });

  it('does not let an attribute pass that should be absent, nor text that differs', () => {
    expect(marks("<a b='{absent}'/>", "<a b='1'/>")).to.have.lengthOf(2);
    expect(marks('<a>x</a>', '<a>y</a>')).to.have.lengthOf(2);
    expect(marks("<a b='{x}1'/>", "<a b='12'/>")).to.have.lengthOf(2);
    expect(marks("<a b='{x}-{y}-z'/>", "<a b='1-2-z'/>")).to.have.lengthOf(1);
    expect(marks("<a b='aba{x}ba'/>", "<a b='aba'/>")).to.have.lengthOf(2);
  });

  it('compares nothing but XML', () => {
    expect(diffStanzas('a sentence', '<a/>')).to.equal(undefined);
    expect(diffStanzas('<a/>', '')).to.equal(undefined);
  });
});
