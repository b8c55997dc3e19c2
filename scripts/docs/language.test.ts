import { expect } from 'chai';
import { languagePage } from './language.js';

const TOLD = '<xs:annotation><xs:documentation>A play.</xs:documentation></xs:annotation>';

/** A schema of one element with these declarations inside. */
function schema(content: string, documentation = TOLD): string {
  return `<!-- How <b> it | is read. --><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
    <xs:element name="scenario">${documentation}<xs:complexType>${content}</xs:complexType></xs:element>
  </xs:schema>`;
}

describe('the reference of the scenario language', () => {
  it('tells elements, attributes, values and how often', () => {
    const text = languagePage(
      schema(`<xs:sequence><xs:element name="step" type="xs:string" minOccurs="0" maxOccurs="unbounded">${TOLD}</xs:element></xs:sequence>
        <xs:attribute name="how" default="a">${TOLD}<xs:simpleType><xs:restriction base="xs:token">
          <xs:enumeration value="a"/><xs:enumeration value="b"/></xs:restriction></xs:simpleType></xs:attribute>`),
    );
    expect(text).to.include('How \\<b\\> it \\| is read.');
    expect(text).to.include('### scenario\n\nA play.\n');
    expect(text).to.include('| `how` | `a`, `b` | `a` | A play. |');
    expect(text).to.include('| `<step>` | any number | A play. |');
  });

  it('refuses a schema that leaves something untold', () => {
    expect(() => languagePage(schema('', ''))).to.throw('does not say what the element scenario means');
    expect(() => languagePage(schema('<xs:attribute name="how"/>'))).to.throw(
      'the attribute how of scenario',
    );
  });
});
