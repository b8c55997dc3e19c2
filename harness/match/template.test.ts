import { expect } from 'chai';
import fc from 'fast-check';
import { type Element, element, NS } from '../wire/element.js';
import { StreamParser } from '../wire/framing.js';
import { matches, matchTemplate, nearest } from './template.js';

function parse(xml: string, contentNamespace: string = NS.client): Element {
  const found: Element[] = [];
  const parser = new StreamParser({
    opened: () => undefined,
    element: (stanza) => found.push(stanza),
    closed: () => undefined,
    failed: (error) => {
      throw error;
    },
  });
  parser.write(Buffer.from(`<s xmlns='${contentNamespace}'>${xml}`));
  const [stanza] = found;
  if (stanza === undefined) throw new Error(`no stanza in ${xml}`);
  return stanza;
}

function differences(template: string, actual: string, captures: Record<string, string> = {}): string[] {
  return matchTemplate(parse(template), parse(actual), { captures }).differences.map(
    ({ path, expected, received }) => `${path}: ${expected} | ${received}`,
  );
}

const PUSH = `<iq type='set' id='p1' to='romeo@montague.test/orchard'><query xmlns='jabber:iq:roster' ver='3'>
  <item jid='juliet@capulet.test' subscription='to' ask='subscribe'><group>Friends</group><group>Lovers</group></item>
</query></iq>`;

describe('matchTemplate', () => {
  it('leaves free what the template does not list', () => {
    expect(differences("<iq type='set'/>", PUSH)).to.deep.equal([]);
    expect(
      differences(
        "<iq type='set'><query xmlns='jabber:iq:roster'><item jid='juliet@capulet.test'/></query></iq>",
        PUSH,
      ),
    ).to.deep.equal([]);
  });

  it('compares listed attributes, {any}, {absent} and captured values', () => {
    expect(
      differences("<iq id='{any}' from='{absent}' to='{me}'/>", PUSH, { me: 'romeo@montague.test/orchard' }),
    ).to.be.empty;
    expect(
      differences("<iq id='{absent}' from='{any}' to='{me}' type='{never}'/>", PUSH, { me: 'x' }),
    ).to.deep.equal([
      'iq/@id: absent | p1',
      'iq/@from: any value | absent',
      'iq/@to: x | romeo@montague.test/orchard',
      'iq/@type: {never}, which was never captured | set',
    ]);
  });

  it('takes {any} for an attribute that is there and empty', () => {
    expect(differences("<iq id='{any}'/>", "<iq id=''/>")).to.be.empty;
  });

  it('captures attributes and text, and knows them further down', () => {
    const result = matchTemplate(
      parse(
        "<iq id='{let push}'><query xmlns='jabber:iq:roster'><item jid='{let who}' ask='subscribe'><group>{let group}</group></item></query></iq>",
      ),
      parse(PUSH),
    );
    expect(result.matched).to.equal(true);
    expect(result.captures).to.deep.equal({ push: 'p1', who: 'juliet@capulet.test', group: 'Friends' });
    expect(
      differences(
        "<iq id='{let id}'><ping xmlns='urn:p' re='{id}'/></iq>",
        "<iq id='7'><ping xmlns='urn:p' re='7'/></iq>",
      ),
    ).to.be.empty;
  });

  it('names the item that a difference is in', () => {
    expect(
      differences(
        `<iq><query xmlns='jabber:iq:roster'><item jid='juliet@capulet.test' subscription='both'><group>Foes</group><group>Friends</group></item></query></iq>`,
        PUSH,
      ),
    ).to.deep.equal([
      "iq/query/item[@jid='juliet@capulet.test']/@subscription: both | to",
      "iq/query/item[@jid='juliet@capulet.test']/group: Foes | Lovers",
    ]);
  });

  it("calls an item missing rather than take another JID's for it", () => {
    expect(
      differences(
        "<iq><query xmlns='jabber:iq:roster'><item jid='nurse@capulet.test' ask='{absent}'/></query></iq>",
        PUSH,
      ),
    ).to.deep.equal([
      "iq/query/item[@jid='nurse@capulet.test']: <item xmlns='jabber:iq:roster' jid='nurse@capulet.test' ask='{absent}'/> | absent, but there is <item xmlns='jabber:iq:roster' jid='juliet@capulet.test' subscription='to' ask='subscribe'/>",
    ]);
  });

  it('gives each listed child a child of its own, whatever the order', () => {
    const actual = '<presence><status>b</status><status>a</status></presence>';
    expect(differences('<presence><status>a</status><status>b</status></presence>', actual)).to.be.empty;
    expect(differences('<presence><status>{any}</status><status>b</status></presence>', actual)).to.be.empty;
    expect(differences('<presence><status>b</status><status>b</status></presence>', actual)).to.deep.equal([
      'presence/status: b | a',
    ]);
    expect(differences('<presence><status/><status/><status/></presence>', actual)).to.deep.equal([
      'presence/status: <status/> | absent',
    ]);
  });

  it('says by {absent} that no such child may be there', () => {
    const template =
      "<iq><query xmlns='jabber:iq:roster'><item jid='{any}'><group>{absent}</group></item></query></iq>";
    expect(differences(template, PUSH)).to.have.lengthOf(1);
    expect(differences(template, "<iq><query xmlns='jabber:iq:roster'><item jid='a@b.test'/></query></iq>"))
      .to.be.empty;
    const noJuliet = "<iq><query xmlns='jabber:iq:roster'><item jid='JID'>{absent}</item></query></iq>";
    expect(differences(noJuliet.replace('JID', 'nurse@capulet.test'), PUSH)).to.be.empty;
    const [found] = differences(noJuliet.replace('JID', 'juliet@capulet.test'), PUSH);
    expect(found).to.match(/^iq\/query\/item\[@jid='juliet@capulet.test'\]: absent \| <item /);
  });

  it('compares text exactly, but not the lay-out of the template', () => {
    expect(differences('<message>\n  <body>Hi </body>\n</message>', '<message><body>Hi </body></message>')).to
      .be.empty;
    expect(
      differences('<message><body>Hi</body></message>', '<message><body>Hi </body></message>'),
    ).to.deep.equal(['message/body: Hi | Hi ']);
    expect(differences('<message><body>{any}</body></message>', '<message><body/></message>')).to.deep.equal([
      'message/body: any value | absent',
    ]);
    expect(differences('<message><body/></message>', '<message><body>free</body></message>')).to.be.empty;
  });

  it('counts the namespaces of the three kinds of stream as one, and no other', () => {
    const template = parse("<message to='a@b.test'><body>Hi</body></message>");
    for (const ns of [NS.client, NS.server, NS.component]) {
      expect(matches(template, parse("<message to='a@b.test'><body>Hi</body></message>", ns)), ns).to.equal(
        true,
      );
    }
    expect(differences('<message/>', "<message xmlns='urn:other'/>")).to.deep.equal([
      ": <message/> | <message xmlns='urn:other'/>",
    ]);
    expect(differences("<iq><query xmlns='urn:a'/></iq>", "<iq><query xmlns='urn:b'/></iq>")).to.deep.equal([
      "iq/query: <query xmlns='urn:a'/> | absent, but there is <query xmlns='urn:b'/>",
    ]);
  });

  it('says of a stanza of another kind just that', () => {
    expect(
      differences("<presence type='subscribed'><status>x</status></presence>", "<message type='chat'/>"),
    ).to.deep.equal([": <presence type='subscribed'/> | <message type='chat'/>"]);
  });
});

describe('a roster item without a subscription', () => {
  const item = (attributes: string) =>
    `<iq type='set'><query xmlns='jabber:iq:roster'><item jid='a@b.test'${attributes}/></query></iq>`;

  it('has the subscription "none", and no other', () => {
    expect(differences(item(" subscription='none'"), item(''))).to.deep.equal([]);
    expect(differences(item(" subscription='to'"), item(''))).to.have.length(1);
    expect(differences(item(" ask='subscribe'"), item(''))).to.have.length(1);
  });
});

describe('nearest', () => {
  const candidates = [
    "<message to='a@b.test'><body>Hi</body></message>",
    "<presence type='unavailable' from='c@d.test' to='a@b.test'/>",
    "<presence type='subscribed' from='x@y.test' to='z@y.test'/>",
    "<iq type='set'><ping xmlns='urn:xmpp:ping'/></iq>",
    "<iq type='set' id='9' from='x@y.test'><query xmlns='jabber:iq:roster'><item jid='q@r.test'/></query></iq>",
  ].map((xml) => parse(xml));

  it('prefers the kind of stanza, then its type, then its content, then fewer differences', () => {
    const pick = (template: string): number => nearest(parse(template), candidates);
    expect(pick("<presence type='subscribed' from='c@d.test' to='a@b.test'/>")).to.equal(2);
    expect(pick("<presence from='c@d.test' to='z@y.test'/>")).to.equal(1);
    expect(
      pick(
        "<iq type='set' id='{absent}' from='{absent}'><query xmlns='jabber:iq:roster'><item jid='a@b.test'/></query></iq>",
      ),
    ).to.equal(4);
    expect(pick('<message><body>Ho</body></message>')).to.equal(0);
  });

  it('has none among none', () => {
    expect(nearest(parse('<presence/>'), [])).to.equal(-1);
  });
});

const name = fc.constantFrom('item', 'group', 'show', 'query');
const value = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => !/^\s*\{/.test(text));
const attributes = fc.dictionary(fc.constantFrom('id', 'type', 'jid', 'xml:lang', '{urn:x}y'), value);

function treeOf(depth: number): fc.Arbitrary<Element> {
  const content =
    depth === 0
      ? value.map((text) => (text === '' ? [] : [text]))
      : fc.array(treeOf(depth - 1), { maxLength: 4 });
  return fc
    .tuple(name, fc.constantFrom(NS.client, NS.roster), attributes, content)
    .map(([local, ns, attrs, children]) => element(local, ns, attrs, children));
}

const tree = fc.integer({ min: 0, max: 3 }).chain(treeOf);

function shuffled(node: Element): Element {
  return { ...node, children: node.children.map((c) => (typeof c === 'string' ? c : shuffled(c))).reverse() };
}

describe('a template made of a stanza', () => {
  it('matches that stanza, its children in any order', () => {
    fc.assert(
      fc.property(tree, (stanza) => {
        expect(matchTemplate(stanza, stanza).differences).to.deep.equal([]);
        expect(matches(stanza, shuffled(stanza))).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('differs by one once a listed attribute is removed or changed', () => {
    fc.assert(
      fc.property(tree, (stanza) => {
        for (const key of Object.keys(stanza.attrs)) {
          const { [key]: old, ...rest } = stanza.attrs;
          const removed = matchTemplate(stanza, { ...stanza, attrs: rest });
          expect(removed.differences).to.deep.equal([
            { path: `${stanza.name}/@${key}`, expected: old, received: 'absent' },
          ]);
          expect(matches(stanza, { ...stanza, attrs: { ...rest, [key]: `${old}!` } })).to.equal(false);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('differs by one once a listed child is removed from among its like', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), fc.nat(), (texts, pick) => {
        const item = (groups: readonly string[]): Element =>
          element(
            'item',
            NS.roster,
            {},
            groups.map((group) => element('group', NS.roster, {}, [`g${group}`])),
          );
        const fewer = texts.filter((_, index) => index !== pick % texts.length);
        expect(matchTemplate(item(texts), item(fewer.reverse())).differences).to.have.lengthOf(1);
        expect(matches(item(fewer), item(texts))).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });
});
