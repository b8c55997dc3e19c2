import { expect } from 'chai';
import { type ClaimReport, compareClaims } from './claims.js';
import { parseCatalogue } from './load.js';

const TEXT = `1.  First

   A server MUST push and SHOULD NOT wait.

1.1.  Within

   It MAY rest.
`;

function compare(sections: string): ClaimReport {
  const { sections: parsed } = parseCatalogue({
    'a.xml': `<requirements xmlns="urn:xmpp-conform:requirements:1" document="rfc3921" title="A">\n${sections}\n</requirements>`,
  });
  return compareClaims('rfc3921', parsed, TEXT);
}

const PUSH = '<clause id="push" level="MUST" role="server" claims="1">Pushes.</clause>';
const WAIT = '<clause id="wait" level="SHOULD NOT" role="server" claims="2">Waits not.</clause>';

describe('the claims of a catalogue', () => {
  it('hold when every keyword of a complete section is claimed', () => {
    expect(
      compare(`<section number="1" title="First" complete="true">${PUSH}${WAIT}</section>`),
    ).to.deep.equal({
      document: 'rfc3921',
      clauses: 2,
      sections: 1,
      completeSections: 1,
      keywords: 2,
      claimed: 2,
      faults: [],
    });
  });

  it('fail when a keyword of a complete section is unclaimed', () => {
    const { claimed, faults } = compare(
      `<section number="1" title="First" complete="true">${PUSH}</section>`,
    );
    expect(claimed).to.equal(1);
    expect(faults).to.have.lengthOf(1);
    expect(faults[0]).to.match(/^a\.xml:2: no clause of section 1 claims SHOULD NOT number 2: ".*NOT wait/);
  });

  it('do not reach into subsections', () => {
    const { faults } = compare('<section number="1.1" title="Within" complete="true"/>');
    expect(faults).to.have.lengthOf(1);
    expect(faults[0]).to.include('MAY number 1');
  });

  it('may be missing in a section that is not called complete', () => {
    expect(compare(`<section number="1" title="First">${PUSH}</section>`)).to.include({
      keywords: 0,
      claimed: 0,
    });
    expect(compare(`<section number="1" title="First">${PUSH}</section>`).faults).to.deep.equal([]);
  });

  it('fail when they count past the last keyword', () => {
    const { faults } = compare(
      '<section number="1" title="First"><clause id="push" level="MUST" role="server" claims="1 3">P.</clause></section>',
    );
    expect(faults).to.deep.equal(['a.xml:2: rfc3921:1/push claims keyword 3, but the section has only 2']);
  });

  it('fail when a clause has the level of no keyword that it claims', () => {
    const { faults } = compare(
      '<section number="1" title="First"><clause id="push" level="MAY" role="server" claims="1 2">P.</clause></section>',
    );
    expect(faults).to.deep.equal([
      'a.xml:2: rfc3921:1/push is a MAY, but what it claims is MUST, SHOULD NOT',
    ]);
  });

  it('fail for a section that the text lacks', () => {
    expect(compare('<section number="9" title="None"/>').faults).to.deep.equal([
      'a.xml:2: the text of rfc3921 has no section 9',
    ]);
  });
});
