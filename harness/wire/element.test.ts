import { expect } from 'chai';
import fc from 'fast-check';
import { child, type Element, element, elements, NS, serialize, text } from './element.js';
import { StreamParser } from './framing.js';

function reparse(xml: string): Element | undefined {
  let read: Element | undefined;
  const parser = new StreamParser({
    opened: () => {},
    element: (found) => {
      read = found;
    },
    closed: () => {},
    failed: (error) => {
      throw error;
    },
  });
  parser.write(Buffer.from(`<stream:stream xmlns='${NS.client}' xmlns:stream='${NS.streams}'>${xml}`));
  return read;
}

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const ns = fc.constantFrom<string>(NS.client, NS.roster, 'urn:it\'s&<"', 'urn:b');
const content = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((value) => !/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(value));
const attrs = fc.dictionary(fc.oneof(name, fc.constantFrom('xml:lang', '{urn:p}a', '{urn:q}a')), content, {
  maxKeys: 4,
});
const { tree } = fc.letrec<{ tree: Element }>((tie) => ({
  tree: fc
    .tuple(name, ns, attrs, fc.array(fc.oneof({ maxDepth: 3 }, content, tie('tree')), { maxLength: 3 }))
    .map(([local, namespace, attributes, children]) =>
      element(local, namespace, attributes, joined(children)),
    ),
}));

/** Adjacent pieces of text are one once they have been written. */
function joined(children: readonly (Element | string)[]): (Element | string)[] {
  const result: (Element | string)[] = [];
  for (const node of children) {
    const last = result.at(-1);
    if (typeof node === 'string' && typeof last === 'string') result[result.length - 1] = last + node;
    else result.push(node);
  }
  return result;
}

describe('serialize', () => {
  it('writes what reads back as the same element', () => {
    fc.assert(
      fc.property(tree, (original) => {
        const read = reparse(serialize(original, NS.client));
        expect(JSON.parse(JSON.stringify(read))).to.eql(JSON.parse(JSON.stringify(original)));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves out a declaration that is in force already', () => {
    const item = element('item', NS.roster, { jid: 'a@b' });
    const iq = element('iq', NS.client, { type: 'set' }, [element('query', NS.roster, {}, [item])]);
    expect(serialize(iq, NS.client)).to.equal(
      "<iq type='set'><query xmlns='jabber:iq:roster'><item jid='a@b'/></query></iq>",
    );
    expect(serialize(iq)).to.match(/^<iq xmlns='jabber:client' /);
  });

  it('escapes what would end the text or the attribute', () => {
    expect(serialize(element('a', '', { b: `'"<&>\n` }, ['<&>\r']))).to.equal(
      "<a b='&apos;\"&lt;&amp;&gt;&#10;'>&lt;&amp;&gt;&#13;</a>".replace('"', '"'),
    );
  });
});

describe('reading an element', () => {
  const iq = element('iq', NS.client, { id: '1', to: undefined }, [
    'a',
    element('query', NS.roster),
    'b',
    element('error', NS.client, {}, ['c']),
  ]);

  it('leaves out attributes without a value', () => {
    expect(iq.attrs).to.eql({ id: '1' });
  });

  it('finds children by name and namespace, the own namespace unless another is given', () => {
    expect(child(iq, 'query', NS.roster)?.ns).to.equal(NS.roster);
    expect(child(iq, 'query')).to.equal(undefined);
    expect(child(iq, 'error')?.children).to.eql(['c']);
    expect(elements(iq)).to.have.length(2);
  });

  it('takes the text directly inside only', () => {
    expect(text(iq)).to.equal('ab');
  });
});
