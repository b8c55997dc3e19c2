import { expect } from 'chai';
import fc from 'fast-check';
import { type Element, NS, text } from './element.js';
import { type FramingError, type FramingLimits, StreamParser } from './framing.js';

interface Seen {
  readonly headers: { element: Element; raw: string }[];
  readonly stanzas: { element: Element; raw: string }[];
  readonly errors: FramingError[];
  closed: number;
}

function parse(chunks: readonly (string | Uint8Array)[], limits?: FramingLimits): Seen {
  const seen: Seen = { headers: [], stanzas: [], errors: [], closed: 0 };
  const parser = new StreamParser(
    {
      opened: (element, raw) => seen.headers.push({ element, raw }),
      element: (element, raw) => seen.stanzas.push({ element, raw }),
      closed: () => {
        seen.closed++;
      },
      failed: (error) => seen.errors.push(error),
    },
    limits,
  );
  for (const chunk of chunks) parser.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return seen;
}

const HEADER = `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${NS.streams}' id='1' xml:lang='en'>`;
const FIRST = "<message from='a@x/ü'><body>früh 🌹 &amp; spät</body></message>";
const SECOND = "<iq type='result' id='2'><q xmlns='urn:q'><![CDATA[<x>]]></q></iq>";

describe('StreamParser', () => {
  it('cuts a stream into header, stanzas with their text, and end', () => {
    const seen = parse([HEADER + FIRST + SECOND, '</stream:stream>']);
    expect(seen.headers).to.have.length(1);
    expect(seen.headers[0]?.element.attrs).to.eql({ id: '1', 'xml:lang': 'en' });
    expect(seen.headers[0]?.raw).to.equal(HEADER);
    expect(seen.stanzas.map(({ raw }) => raw)).to.eql([FIRST, SECOND]);
    expect(seen.closed).to.equal(1);
    expect(seen.errors).to.eql([]);
  });

  it('resolves namespaces and joins text and CDATA', () => {
    const [first, second] = parse([HEADER + FIRST + SECOND]).stanzas;
    expect(first?.element).to.include({ name: 'message', ns: NS.client });
    const query = second?.element.children[0];
    expect(query).to.be.an('object').that.includes({ name: 'q', ns: 'urn:q' });
    expect(typeof query === 'object' ? text(query) : '').to.equal('<x>');
  });

  it('names qualified attributes by namespace, and drops declarations', () => {
    const [stanza] = parse([`${HEADER}<message xmlns:p='urn:p' p:a='1' xml:lang='de' a='2'/>`]).stanzas;
    expect(stanza?.element.attrs).to.eql({ '{urn:p}a': '1', 'xml:lang': 'de', a: '2' });
  });

  it('gives the same whatever way the bytes are cut', () => {
    const bytes = Buffer.from(`${HEADER}${FIRST} \n ${SECOND}${FIRST}</stream:stream>`);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 30 }), (cuts) => {
        const at = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        const seen = parse(chunks);
        expect(seen.stanzas.map(({ raw }) => raw)).to.eql([FIRST, SECOND, FIRST]);
        expect(seen.closed).to.equal(1);
      }),
      { numRuns: 200 },
    );
  });

  it('reports a stanza in the very write that completes it', () => {
    const seen = parse([HEADER, FIRST.slice(0, -1)]);
    expect(seen.stanzas).to.have.length(0);
    expect(parse([HEADER, FIRST.slice(0, -1), '>']).stanzas).to.have.length(1);
  });

  it('counts white space between stanzas towards none of them', () => {
    const seen = parse([HEADER, ...Array.from({ length: 50 }, () => ' '), FIRST], { stanza: 100, depth: 10 });
    expect(seen.stanzas.map(({ raw }) => raw)).to.eql([FIRST]);
    expect(seen.errors).to.eql([]);
  });

  for (const [what, bytes, fault] of [
    ['a mismatched tag', '<message></presence>', 'not-well-formed'],
    ['an undeclared prefix', '<p:message/>', 'not-well-formed'],
    ['an attribute given twice', "<message a='1' a='2'/>", 'not-well-formed'],
    ['a comment', '<message><!-- x --></message>', 'restricted-xml'],
    ['a processing instruction', '<?x y?>', 'restricted-xml'],
    ['bytes that are not UTF-8', new Uint8Array([0x3c, 0xff, 0xfe]), 'bad-encoding'],
  ] as const) {
    it(`refuses ${what}, keeping what came before`, () => {
      const seen = parse([HEADER, FIRST, bytes, FIRST]);
      expect(seen.stanzas).to.have.length(1);
      expect(seen.errors.map((error) => error.fault)).to.eql([fault]);
      expect(seen.closed).to.equal(0);
    });
  }

  it('refuses a document type declaration', () => {
    const seen = parse(["<!DOCTYPE stream [<!ENTITY a 'b'>]>", HEADER]);
    expect(seen.errors.map((error) => error.fault)).to.eql(['restricted-xml']);
    expect(seen.headers).to.eql([]);
  });

  it('keeps the text that it could not read', () => {
    const seen = parse([HEADER, FIRST, '<message></presence>']);
    expect(seen.errors[0]?.unread).to.equal('<message></presence>');
    const undecodable = parse([HEADER, '<a>', new Uint8Array([0x62, 0xff])]);
    expect(undecodable.errors[0]?.unread).to.equal('<a>b\ufffd');
  });

  it('bounds what one stanza may take, in length and depth', () => {
    const limits = { stanza: 200, depth: 5 };
    const long = parse([HEADER, `<message>${'x'.repeat(300)}`], limits);
    expect(long.errors.map((error) => error.fault)).to.eql(['policy-violation']);
    const deep = parse([HEADER, '<a>'.repeat(6)], limits);
    expect(deep.errors.map((error) => error.fault)).to.eql(['policy-violation']);
    expect(parse([HEADER, `<a><a><a><a/></a></a></a>`], limits).errors).to.eql([]);
    // saxes reads on to the next semicolon after a raw ampersand.
    const ampersand = parse([HEADER, '<message>a & b', 'x'.repeat(300)], limits);
    expect(ampersand.errors).to.have.length(1);
  });

  it('forgets a stanza once it is reported', () => {
    const many = Array.from({ length: 20 }, () => FIRST);
    expect(parse([HEADER, ...many], { stanza: 150, depth: 9 }).stanzas).to.have.length(20);
  });
});
