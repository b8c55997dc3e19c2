import { expect } from 'chai';
import { element, NS } from '../wire/element.js';
import { checkXPath, evaluateXPath } from './xpath.js';

const stanza = element('iq', NS.component, { type: 'result', 'xml:lang': 'en', '{urn:x}by': 'me' }, [
  element('query', NS.roster, { ver: '3' }, [
    element('item', NS.roster, { jid: 'a@b.test' }, [element('group', NS.roster, {}, ['Friends'])]),
    element('item', NS.roster, { jid: 'c@d.test', ask: 'subscribe' }),
  ]),
  element('error', NS.component, { type: 'cancel' }, [element('conflict', NS.stanzaErrors)]),
]);

describe('evaluateXPath', () => {
  const cases: readonly (readonly [expression: string, expected: boolean])[] = [
    ["/c:iq[@type='result']", true],
    ['self::c:iq', true],
    ['r:query/r:item', true],
    ['r:query/r:item/r:name', false],
    ['count(//r:item) = 2', true],
    ['count(//r:item)', true],
    ['count(//r:name)', false],
    ["string(//r:item[@jid='a@b.test']/r:group)", true],
    ["string(//r:item[@jid='c@d.test']/r:group)", false],
    ["c:error[@type='cancel']/e:conflict", true],
    ["@xml:lang = 'en'", true],
    ["@*[local-name() = 'by' and namespace-uri() = 'urn:x'] = 'me'", true],
    ['//r:item[@ask]/@jid = $contact', true],
  ];
  for (const [expression, expected] of cases) {
    it(`finds ${expression} ${expected}`, () => {
      expect(checkXPath(expression)).to.equal(undefined);
      expect(evaluateXPath(expression, stanza, { contact: 'c@d.test' })).to.equal(expected);
    });
  }

  it('says which variable has no value', () => {
    expect(() => evaluateXPath('@id = $push-id', stanza)).to.throw(/@id = \$push-id.*push-id/);
  });

  it('says what is not valid', () => {
    expect(() => evaluateXPath('//c:iq[', stanza)).to.throw(/"\/\/c:iq\[" can't be evaluated/);
  });
});

describe('checkXPath', () => {
  const faults: readonly (readonly [expression: string, says: RegExp])[] = [
    ['', /not valid/],
    ['c:iq[', /not valid/],
    ["'open", /not valid: Unterminated/],
    ["matches(@id, 'x')", /matches\(\).*does not have/],
    ['count(//q:item) > 1', /prefix q, which stands for no namespace/],
    ['//q:*', /prefix q/],
    ['@q:id', /prefix q/],
    ['r:query[item]', /element item without a prefix: write c:item/],
    ["//r:item[concat(@jid, name/text()) = '']", /element name without a prefix/],
  ];
  for (const [expression, says] of faults) {
    it(`refuses ${expression || 'an empty expression'}`, () => {
      expect(checkXPath(expression)).to.match(says);
    });
  }
});
