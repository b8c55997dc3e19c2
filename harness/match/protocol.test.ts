import { expect } from 'chai';
import { NS } from '../wire/element.js';
import { ProtocolSchemas } from './protocol.js';
import { declaredPrefixes } from './start-tag.js';

const STANZAS = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";
const JULIET = 'juliet@capulet.test';
const ROMEO = 'romeo@montague.test';

/** What the RFCs show or allow, and what real servers add to it. */
const SOUND: Readonly<Record<string, string>> = {
  'initial presence': '<presence/>',
  'presence in full': `<presence from='${ROMEO}/orchard' to='${JULIET}' id='a b' xml:lang='en'><show>xa</show><status>Away</status><priority>-128</priority></presence>`,
  'presence, its children in another order':
    '<presence><priority>+5</priority><status/><show>chat</show></presence>',
  'a status in two languages':
    "<presence xml:lang='en'><status>Wooing</status><status xml:lang='cs'>Dvořím se</status></presence>",
  'unavailable, with a status': "<presence type='unavailable'><status>gone home</status></presence>",
  'a request with a status': `<presence to='${JULIET}' type='subscribe'><status>It is me</status></presence>`,
  'a probe': `<presence type='probe' from='${ROMEO}' to='${JULIET}'/>`,
  'capabilities and delay':
    "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='n' ver='v='/><delay xmlns='urn:xmpp:delay' stamp='2024-01-01T00:00:00Z' from='d.test'/></presence>",
  'a presence error': `<presence type='error' from='${JULIET}' to='${ROMEO}'><error type='cancel'><remote-server-not-found ${STANZAS}/></error></presence>`,
  'an error from an address that is no JID': `<presence type='error' from='a@b@c.test' to='${ROMEO}'><error by='c.test' type='modify'><jid-malformed ${STANZAS}/></error></presence>`,
  'an error with the stanza, legacy code, text and a condition of an application': `<message type='error' from='${JULIET}' to='${ROMEO}'><body>Hi</body><error code='503' type='cancel'><text ${STANZAS} xml:lang='en'>no</text><service-unavailable ${STANZAS}/><spam xmlns='urn:example:spam'/></error><thread>t</thread></message>`,
  'a redirect': `<iq type='error' id='1'><error type='modify'><redirect ${STANZAS}>xmpp:x@y.test</redirect></error></iq>`,
  'a message in two languages':
    "<message xml:lang='en'><subject>I</subject><subject xml:lang='cs'>J</subject><body>W</body><body xml:lang='cs'>P</body><thread parent='p'>t</thread></message>",
  'a message without content': `<message to='${JULIET}/balcony'/>`,
  'a message that only an extension explains':
    "<message type='headline'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='n'/></event></message>",
  'stanza ids, and attributes of another namespace':
    "<message type='chat' xmlns:x='urn:example:x' x:sent-by='me'><body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' id='1' by='d.test'/></message>",
  'XHTML, whose body is another body':
    "<message><body>W</body><html xmlns='http://jabber.org/protocol/xhtml-im'><body xmlns='http://www.w3.org/1999/xhtml'><p>W</p></body></html></message>",
  'a forwarded message': `<message from='${ROMEO}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client' type='chat'><body>Hi</body></message></forwarded></sent></message>`,
  'an extension with a namespace name that is no URI':
    "<message><x xmlns='application-ns'/><x xmlns='jabber:x:event'/></message>",
  'a roster get': "<iq type='get' id='r1'><query xmlns='jabber:iq:roster' ver=''/></iq>",
  'a roster': `<iq type='result' id='r1' to='${ROMEO}/orchard'><query xmlns='jabber:iq:roster' ver='7'><item jid='${JULIET}' name='J' subscription='both'><group>Friends</group><group>Lovers</group></item><item jid='nurse@capulet.test' subscription='none' ask='subscribe' approved='true'/><item jid='gateway.test' subscription='from'/></query></iq>`,
  'a roster push that removes': `<iq type='set' id='p'><query xmlns='jabber:iq:roster'><item jid='${JULIET}' subscription='remove'/></query></iq>`,
  'an empty result': "<iq type='result' id=''/>",
  'a ping': "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>",
  binding:
    "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>balcony</resource></bind></iq>",
  'a resource bound':
    "<iq type='result' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>\n  juliet@capulet.test/balcony 4db0 @/ \n</jid></bind></iq>",
  'a session':
    "<iq type='set' id='s' to='capulet.test'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/></iq>",
  'a session refused': `<iq from='capulet.test' type='error' id='s'><session xmlns='urn:ietf:params:xml:ns:xmpp-session'/><error type='auth'><forbidden ${STANZAS}/></error></iq>`,
  'an error that repeats a wrong request': `<iq type='error' id='r'><query xmlns='jabber:iq:roster'><item name='x'/></query><error type='modify'><bad-request ${STANZAS}/></error></iq>`,
  'a type in double quotes after an attribute that speaks of one': `<message id="type='error'" type = "chat"><body>Hi</body></message>`,
};

/** What the prose forbids, with the words that must name the fault. */
const BROKEN: readonly (readonly [what: string, stanza: string, says: RegExp])[] = [
  ['a type that presence has not', "<presence type='available'/>", /'type'.*'available'.*'subscribe'/],
  ['a type that messages have not', "<message type='whisper'/>", /'type'.*'whisper'/],
  ['a show that is none', '<presence><show>online</show></presence>', /'show'.*'online'.*'dnd'/],
  ['an empty show', '<presence><show/></presence>', /'show'/],
  ['two shows', '<presence><show>xa</show><show>dnd</show></presence>', /'show'.*at most one show/],
  ['a show with an attribute', "<presence><show xml:lang='en'>xa</show></presence>", /'show'.*lang/],
  ['a priority that is too high', '<presence><priority>128</priority></presence>', /'priority'.*'128'/],
  ['a priority that is no integer', '<presence><priority>high</priority></presence>', /'priority'.*'high'/],
  [
    'two priorities',
    '<presence><priority>1</priority><status/><priority>1</priority></presence>',
    /at most one priority/,
  ],
  [
    'two statuses in a language',
    "<presence><status xml:lang='en'>a</status><status xml:lang='en'>b</status></presence>",
    /'status'.*one status for a language/,
  ],
  [
    'two bodies without a language',
    '<message><body>a</body><body>b</body></message>',
    /'body'.*one body for a language/,
  ],
  ['two threads', '<message><thread>a</thread><thread>b</thread></message>', /at most one thread/],
  ['mixed content in a body', "<message><body>a<b xmlns='urn:b'/></body></message>", /'body'/],
  ['a body with an attribute', "<message><body type='x'>a</body></message>", /'body'.*'type'/],
  ['text between the children', '<message>hello<body>a</body></message>', /'message'.*[Cc]haracter content/],
  ['a child that is not defined', '<message><query/></message>', /'query'.*not expected/],
  ['a child without a namespace', "<message><x xmlns=''/></message>", /'x'.*not expected/],
  ['an attribute that is not defined', "<presence priority='1'/>", /'priority'.*not allowed/],
  ['an empty to', "<message to=''/>", /'to'/],
  ['a language that is none', "<message xml:lang='in English'/>", /lang.*'in English'/],
  ['an iq without id', "<iq type='result'/>", /'id' is required/],
  ['an iq without type', "<iq id='1'/>", /'type' is required/],
  ['an iq of a type that is none', "<iq id='1' type='subscribe'/>", /'type'.*'subscribe'/],
  ['a request without content', "<iq id='1' type='get'/>", /'iq'.*[Mm]issing child/],
  [
    'a request of two',
    "<iq id='1' type='set'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>",
    /'b'.*not expected/,
  ],
  [
    'a result of two',
    "<iq id='1' type='result'><a xmlns='urn:a'/><b xmlns='urn:b'/></iq>",
    /'b'.*not expected/,
  ],
  ['an iq error without error', "<iq id='1' type='error'><a xmlns='urn:a'/></iq>", /'error' is missing/],
  ['a message error without error', "<message type='error'><body>a</body></message>", /'error' is missing/],
  [
    'a presence error without error',
    "<presence type='error'><show>xa</show></presence>",
    /'error' is missing/,
  ],
  [
    'an error in what is no error',
    `<message><error type='wait'><conflict ${STANZAS}/></error></message>`,
    /'error'.*not expected/,
  ],
  [
    'an error in a result',
    `<iq id='1' type='result'><error type='wait'><conflict ${STANZAS}/></error></iq>`,
    /'error'.*not expected/,
  ],
  ['an error without content', "<message type='error'><error type='wait'/></message>", /'error'.*[Mm]issing/],
  [
    'an error with text alone',
    `<message type='error'><error type='wait'><text ${STANZAS}>x</text></error></message>`,
    /'error'.*exactly one defined condition/,
  ],
  [
    'an error of a condition that is not defined',
    `<message type='error'><error type='wait'><tired ${STANZAS}/></error></message>`,
    /exactly one defined condition/,
  ],
  [
    'an error of two conditions',
    `<message type='error'><error type='wait'><gone ${STANZAS}/><conflict ${STANZAS}/></error></message>`,
    /'conflict'.*exactly one defined condition/,
  ],
  [
    'an error without type',
    `<message type='error'><error code='503'><conflict ${STANZAS}/></error></message>`,
    /'type' is required/,
  ],
  [
    'an error of a type that is none',
    `<message type='error'><error type='fatal'><conflict ${STANZAS}/></error></message>`,
    /'type'.*'fatal'/,
  ],
  [
    'a roster item without jid',
    "<iq id='1' type='set'><query xmlns='jabber:iq:roster'><item name='x'/></query></iq>",
    /'item'.*'jid' is required/,
  ],
  [
    'a roster item twice',
    "<iq id='1' type='result'><query xmlns='jabber:iq:roster'><item jid='a@b.test'/><item jid='a@b.test'/></query></iq>",
    /'item'.*one item for a jid/,
  ],
  [
    'a subscription that is none',
    "<iq id='1' type='set'><query xmlns='jabber:iq:roster'><item jid='a@b.test' subscription='pending'/></query></iq>",
    /'subscription'.*'pending'.*'both'/,
  ],
  [
    'an ask that is none',
    "<iq id='1' type='set'><query xmlns='jabber:iq:roster'><item jid='a@b.test' ask='unsubscribe'/></query></iq>",
    /'ask'.*'unsubscribe'/,
  ],
  [
    'an approved that is no boolean',
    "<iq id='1' type='set'><query xmlns='jabber:iq:roster'><item jid='a@b.test' approved='yes'/></query></iq>",
    /'approved'.*'yes'/,
  ],
  [
    'a bare JID bound',
    "<iq id='1' type='result'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>a@b.test</jid></bind></iq>",
    /'jid'.*'a@b.test'/,
  ],
  ['an undeclared prefix', '<message><foo:x/></message>', /^Not well-formed: .*foo/],
  ['what is no stanza of the content namespace', '<note/>', /'note'/],
];

describe('ProtocolSchemas', () => {
  let schemas: ProtocolSchemas;

  before(() => {
    schemas = ProtocolSchemas.compile();
  });

  after(() => {
    schemas[Symbol.dispose]();
  });

  describe('accepts', () => {
    for (const [what, stanza] of Object.entries(SOUND)) {
      it(what, () => {
        expect(schemas.violations(stanza, NS.client)).to.deep.equal([]);
      });
    }
  });

  describe('refuses', () => {
    for (const [what, stanza, says] of BROKEN) {
      it(what, () => {
        const found = schemas.violations(stanza, NS.client);
        expect(found).to.have.lengthOf.above(0);
        expect(found.join('\n')).to.match(says);
      });
    }
  });

  it('names no namespace of the specification in its messages', () => {
    for (const [, stanza] of BROKEN) {
      expect(schemas.violations(stanza, NS.client).join('\n')).not.to.match(/\{(jabber|urn):/);
    }
  });

  describe('on streams of other kinds', () => {
    const good = "<presence from='a@b.test' to='c@d.test'><show>xa</show></presence>";
    const bad = "<presence from='a@b.test' to='c@d.test'><show>on</show></presence>";

    for (const ns of [NS.server, NS.component]) {
      it(`judges a stanza of ${ns} alike, its namespace inherited or its own`, () => {
        for (const spelling of [good, good.replace('<presence', `<presence xmlns='${ns}'`)]) {
          expect(schemas.violations(spelling, ns)).to.deep.equal([]);
        }
        for (const spelling of [bad, bad.replace('<presence', `<presence xmlns="${ns}"`)]) {
          expect(schemas.violations(spelling, ns).join()).to.match(/'show'/);
        }
      });
    }

    it('judges a stanza that declares jabber:client on a component stream', () => {
      const declared = bad.replace('<presence', "<presence xmlns='jabber:client'");
      expect(schemas.violations(declared, NS.component).join()).to.match(/'show'/);
    });

    it('judges a stanza with a prefix', () => {
      const prefixed = "<j:presence xmlns:j='jabber:server'><j:show>on</j:show></j:presence>";
      expect(schemas.violations(prefixed, NS.client).join()).to.match(/'show'/);
    });

    it('knows the prefixes that the stream header declares', () => {
      const prefixes = declaredPrefixes(
        "<?xml version='1.0'?><s:stream xmlns='jabber:client' xmlns:s='http://etherx.jabber.org/streams' xmlns:foo=\"urn:foo\" id='1'>",
      );
      expect(prefixes).to.deep.equal({ s: NS.streams, foo: 'urn:foo' });
      expect(schemas.violations('<message><foo:x/></message>', NS.client, prefixes)).to.deep.equal([]);
    });
  });

  it('leaves alone what is no stanza', () => {
    for (const other of [
      '<stream:features><bind xmlns="urn:ietf:params:xml:ns:xmpp-bind"/></stream:features>',
      "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>",
      "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>",
      "<r xmlns='urn:xmpp:sm:3'/>",
    ]) {
      expect(schemas.violations(other, NS.client)).to.deep.equal([]);
    }
    expect(schemas.violations('<handshake/>', NS.component)).to.deep.equal([]);
  });

  it('is disposed of and compiled anew', () => {
    for (let round = 0; round < 20; round++) {
      using again = ProtocolSchemas.compile();
      expect(again.violations("<iq type='result'/>", NS.client)).to.have.lengthOf(1);
    }
  });
});
