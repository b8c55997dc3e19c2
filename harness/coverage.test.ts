import { expect } from 'chai';
import { coverageOf, describeCoverage } from './coverage.js';
import type { Fixtures } from './fixtures.js';
import { catalogueOf, clause, playable, scenario } from './verdict/sample.support.test.js';

const JUDGED = clause('rfc3921:9.3/judged');
const OPEN = clause('rfc3921:9.3/open', { level: 'SHOULD', summary: 'What is open.' });
const INSIDE = clause('rfc6121:3.1/inside', { unjudged: 'internal-state', why: 'Nobody sees it.' });
const CLIENT = clause('rfc6121:3.1/client', { role: 'client' });

function proving(id: string, name: string) {
  const state = {
    kind: 'state',
    of: 'romeo',
    to: 'juliet',
    is: 'To',
    item: '',
    proves: [JUDGED.id],
    alternatives: [],
    line: 1,
    when: '',
  } as const;
  return playable({ scenario: scenario({ id }), name, states: [state] });
}

function fixtures(...listed: (typeof JUDGED)[]): Fixtures {
  return {
    catalogue: catalogueOf(...listed),
    states: new Map(),
    scenarios: [],
    cases: [proving('a/one', 'first'), proving('a/one', 'second'), proving('a/two', 'only')],
  };
}

describe('coverageOf', () => {
  it('sorts clauses into judged, open, not judgeable and those for clients', () => {
    const coverage = coverageOf(fixtures(JUDGED, OPEN, INSIDE, CLIENT));
    expect([...coverage.judged]).to.deep.equal([[JUDGED.id, ['a/one', 'a/two']]]);
    expect(coverage.open).to.deep.equal([OPEN]);
    expect(coverage.unjudgeable).to.deep.equal([INSIDE]);
    expect(coverage.client).to.deep.equal([CLIENT]);
  });
});

describe('describeCoverage', () => {
  it('counts by section and names what is open and what can not be judged', () => {
    expect(describeCoverage(fixtures(JUDGED, OPEN, INSIDE, CLIENT))).to.equal(`rfc3921: 2 clauses

  section  judged  not yet  not judgeable  client
  9.3           1        1              0       0

rfc6121: 2 clauses

  section  judged  not yet  not judgeable  client
  3.1           0        0              1       1

Not judged yet:
  rfc3921:9.3/open: SHOULD: What is open.

Not judgeable from outside:
  rfc6121:3.1/inside: internal-state: Nobody sees it.

3 server clauses: 1 judged, 1 not yet, 1 not judgeable; 1 client clauses.
`);
  });

  it('says that nothing is open', () => {
    expect(describeCoverage(fixtures(JUDGED))).to.include('Not judged yet:\n  none\n');
  });
});
