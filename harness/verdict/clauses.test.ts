import { expect } from 'chai';
import { clauseResults } from './clauses.js';
import { catalogueOf, clause } from './sample.support.test.js';

const A = 'rfc3921:9.3/a';

describe('clauseResults', () => {
  const results = clauseResults(
    catalogueOf(
      clause(A),
      clause('rfc3921:9.3/untouched', { contradicts: [A] }),
      clause('rfc3921:9.3/client', { role: 'client' }),
      clause('rfc3921:9.3/inside', { unjudged: 'internal-state', why: 'Nobody sees it.' }),
    ),
    new Map([[A, 'fail'] as const]),
    new Map([[A, ['area/sample']]]),
  );

  it('gives the whole catalogue, what the run touched with its outcome', () => {
    expect(results.map(({ id, outcome }) => [id, outcome])).to.deep.equal([
      [A, 'fail'],
      ['rfc3921:9.3/untouched', 'untested'],
      ['rfc3921:9.3/client', 'unjudged'],
      ['rfc3921:9.3/inside', 'unjudged'],
    ]);
  });

  it('says why no scenario judges a clause, which scenarios judge the others, and what stands against it', () => {
    expect(results.map(({ why }) => why)).to.deep.equal([
      '',
      '',
      'It speaks about clients.',
      'Nobody sees it.',
    ]);
    expect(results.map(({ scenarios }) => scenarios)).to.deep.equal([['area/sample'], [], [], []]);
    expect(results[1]?.contradicts).to.deep.equal([A]);
  });
});
